"""Files that numpy and PyTorch's users write, and what they hold, written to files/.

contents.json maps each file to its tensors by name ("" for the one array of a .npy), and those that must not be read to a
part of the message. The .safetensors files are written
here, byte for byte by the rules of the format's reference implementation: header and data are ordered by dtype (widest
first) and name, the header is padded to 8 bytes.
"""

import json
import struct

import numpy as np
import torch

from .golden import SOURCE, normal, seeded, tensor_to_json
from .torch_files import refused_torch_files, torch_files

# Least to greatest alignment, as the reference implementation ranks them.
SAFETENSORS_DTYPES = ["BOOL", "U8", "I8", "I16", "U16", "F16", "BF16", "I32", "U32", "F32", "F64", "I64", "U64"]


class Files:
    """A folder of files; each holds tensors by name, as xtape is to read them."""

    def __init__(self):
        self.cases = []  # (file, write, tensors)
        self.refused = {}  # file -> (write, message)

    def add(self, file, write, arrays):
        """write(path) makes the file; arrays are numpy's."""
        self.cases.append((file, write, {name: as_read(array) for name, array in arrays.items()}))

    def refuse(self, file, write, message):
        self.refused[file] = (write, message)

    def npy(self, file, array, version=(1, 0)):
        def write(path):
            with open(path, "wb") as stream:
                np.lib.format.write_array(stream, array, version)
        self.add(file, write, {"": array})

    def write(self, root):
        folder = root / "files"
        folder.mkdir(exist_ok=True)
        for file, write, _ in self.cases:
            write(folder / file)
        for file, (write, _) in self.refused.items():
            write(folder / file)
        lines = ",\n".join(f"{json.dumps(file)}:" + json.dumps(tensors, separators=(",", ":"), allow_nan=False)
                           for file, _, tensors in self.cases)
        path = folder / "contents.json"
        messages = json.dumps({file: message for file, (_, message) in self.refused.items()}, indent=0)
        path.write_text(f'{{"source":"{SOURCE}","files":{{\n{lines}\n}},"refused":{messages}}}\n')
        return path


def as_read(array):
    """In the dtype that xtape gives: halves become float32, unsigned integers but uint8 become int64."""
    kind, size = array.dtype.kind, array.dtype.itemsize
    dtype = {"b": "?", "f": "f8" if size == 8 else "f4", "i": f"i{size}"}.get(kind, "u1" if size == 1 else "i8")
    return tensor_to_json(torch.from_numpy(np.array(array.astype(dtype), order="C")))


def safetensors(tensors, metadata=None):
    """The bytes of a file; tensors are name -> (dtype, shape, bytes)."""
    ordered = sorted(tensors.items(), key=lambda item: (-SAFETENSORS_DTYPES.index(item[1][0]), item[0].encode()))
    header, data = {}, b""
    if metadata:
        header["__metadata__"] = metadata
    for name, (dtype, shape, content) in ordered:
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def as_safetensor(array):
    kind = {"b": "BOOL", "u": f"U{8 * array.dtype.itemsize}", "i": f"I{8 * array.dtype.itemsize}",
            "f": f"F{8 * array.dtype.itemsize}"}[array.dtype.kind]
    return kind, array.shape, array.tobytes()


def writes(content):
    return lambda path: path.write_bytes(content)


HALVES = [0.0, -0.0, 1.0, -2.5, 65504.0, 6.103515625e-05, 5.960464477539063e-08, -6.097555160522461e-05,
          np.inf, -np.inf, np.nan, 0.333251953125]
PLAIN = {
    "float32": np.array([[1.5, -2.0, 0.1], [3e38, 1e-45, -0.0]], "<f4"),
    "float64": np.array([0.1, -1e300, np.pi], "<f8"),
    "int64": np.array([[-(2**63)], [2**63 - 1]], "<i8"),
    "uint8": np.array([[0, 1], [254, 255]], "|u1"),
    "bool": np.array([True, False, True, True], "|b1"),
}


def arrays(files):
    for name, array in PLAIN.items():
        files.npy(f"{name}.npy", array)
    files.npy("zero_dim.npy", np.array(2.5, "<f8"))
    files.npy("size0.npy", np.zeros((0, 3), "<f4"))
    files.npy("eight_dims.npy", np.arange(8, dtype="<i8").reshape(2, 1, 2, 1, 1, 2, 1, 1))
    counting = np.arange(24).reshape(2, 3, 4)
    files.npy("fortran.npy", np.asfortranarray(counting.astype("<f4")))
    files.npy("fortran_big_endian.npy", np.asfortranarray(counting[0].astype(">i4")))
    files.npy("version_2.npy", PLAIN["float32"], version=(2, 0))
    files.npy("version_3.npy", PLAIN["float64"], version=(3, 0))
    files.npy("float16.npy", np.array(HALVES, "<f2"))
    files.npy("big_endian_float16.npy", np.array(HALVES, ">f2"))
    for dtype in [">f4", ">f8", ">i8"]:
        array = PLAIN[np.dtype(dtype).newbyteorder("<").name]
        files.npy(f"big_endian_{array.dtype.name}.npy", array.astype(dtype))
    for dtype in ["|i1", "<i2", "<u2", "<i4", "<u4", ">u2"]:
        limits = np.iinfo(dtype)
        order = "big_endian_" if dtype[0] == ">" else ""
        files.npy(f"{order}{np.dtype(dtype).newbyteorder('<').name}.npy", np.array([limits.min, 1, limits.max], dtype))
    files.npy("uint64.npy", np.array([0, 2**63 - 1], "<u8"))


def archives(files):
    contents = {"0.weight": PLAIN["float32"], "0.bias": PLAIN["float64"], "größe/ids": PLAIN["int64"],
                "zeros": np.zeros((40, 40), "<f4"), "nothing": np.zeros((2, 0), "|u1"), "flags": PLAIN["bool"]}
    files.add("savez.npz", lambda path: np.savez(path, **contents), contents)
    files.add("savez_compressed.npz", lambda path: np.savez_compressed(path, **contents), contents)
    files.add("empty.npz", np.savez, {})


def safetensors_files(files):
    named = {"weight": PLAIN["float32"], "bias": PLAIN["float32"][0], "größe": PLAIN["float64"],
             "ids": PLAIN["int64"], "image": PLAIN["uint8"], "mask": PLAIN["bool"], "scalar": np.array(2.5, "<f8"),
             "a \"quote\"\n": np.ones(1, "<f4"), "nothing": np.zeros((0, 3), "<f4")}
    metadata = {"format": "pt", "größe": "ü"}
    files.add("dtypes.safetensors",
              writes(safetensors({name: as_safetensor(array) for name, array in named.items()}, metadata)), named)

    others = {np.dtype(d).name: np.array([np.iinfo(d).min, 1, np.iinfo(d).max], d)
              for d in ["|i1", "<i2", "<u2", "<i4", "<u4"]}
    others["uint64"] = np.array([0, 2**63 - 1], "<u8")
    others["float16"] = np.array(HALVES, "<f2")
    content = {name: as_safetensor(array) for name, array in others.items()}
    brain = np.array([1.0, -2.5, np.inf, 3.140625], "<f4")
    content["bfloat16"] = ("BF16", brain.shape, (brain.view("<u4") >> 16).astype("<u2").tobytes())
    files.add("converted.safetensors", writes(safetensors(content)), {**others, "bfloat16": brain})


def sequential(files):
    """A network's state_dict, and what it gives for some inputs."""
    generator = seeded("files", "sequential")
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(6, 5), torch.nn.Tanh(), torch.nn.Linear(5, 3))
    for parameter in model.parameters():
        parameter.data = normal(*parameter.shape)(generator).float()
    x = normal(4, 2, 3)(generator).float()
    state = {name: value.numpy() for name, value in model.state_dict().items()}
    content = {name: as_safetensor(value) for name, value in state.items()}
    files.add("sequential.safetensors", writes(safetensors(content, {"format": "pt"})), state)
    passed = {"x": x.numpy(), "y": model(x).detach().numpy()}
    files.add("sequential.npz", lambda path: np.savez(path, **passed), passed)


def goldens():
    files = Files()
    for family in [arrays, archives, safetensors_files, sequential, torch_files, refused_torch_files]:
        family(files)
    return [files]
