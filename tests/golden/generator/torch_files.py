"""Files of torch.save for files.py. What PyTorch 1.13 writes it writes itself; the formats of other versions are made
here, and PyTorch 1.13 reads all of them that it knows.

Keys of storages in the first format are addresses in memory; here they count, so that a second run writes the same bytes.
"""

import collections
import io
import pickle
import struct
import zipfile

import numpy as np
import torch

from .golden import normal, seeded

MAGIC, VERSION = 0x1950a86a20f9469cfc6c, 1001
HALVES = torch.tensor([0.0, -0.0, 1.0, -2.5, 65504.0, 2.0**-24, float("inf"), float("nan")])


def arrays_of(value, prefix=""):
    """Tensors by dotted names, as xtape is to read them."""
    if isinstance(value, torch.Tensor):
        value = value.detach()
        return {prefix: (value.float() if value.dtype in (torch.float16, torch.bfloat16) else value).numpy()}
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, (list, tuple)):
        items = enumerate(value)
    else:
        items = []
    found = {}
    for key, item in items:
        found.update(arrays_of(item, f"{prefix}.{key}" if prefix else str(key)))
    return found


def checkpoint():
    """A training that was stopped: what most files hold."""
    generator = seeded("files", "checkpoint")
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    for parameter in model.parameters():
        parameter.data = normal(*parameter.shape)(generator).float()
    optimizer = torch.optim.Adam(model.parameters())
    model(normal(4, 3)(generator).float()).square().sum().backward()
    optimizer.step()
    best = collections.OrderedDict(weight=torch.nn.Parameter(torch.tensor([1.5, -2.0])))
    return {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3, "loss": 0.25, "done": False,
            "name": "größe", "none": None, "large": 2**70, "best": [best, (torch.tensor(7), {"k": torch.ones(2)})],
            "shape": torch.Size([2, 3]), "dtype": torch.float16, "device": torch.device("cpu"), 5: torch.zeros(1)}


def dtypes():
    numbers = torch.tensor([0, 1, 100])
    plain = {str(d).removeprefix("torch."): numbers.to(d)
             for d in [torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64]}
    return plain | {"float16": HALVES.half(), "bfloat16": torch.tensor([1.0, -2.5, float("inf"), 3.140625]).bfloat16(),
                    "float32": torch.tensor([[1.5, -2.0, 0.1], [3e38, 1e-45, -0.0]]),
                    "float64": torch.tensor([0.1, -1e300], dtype=torch.float64),
                    "zero_dim": torch.tensor(2.5), "size0": torch.zeros(0, 3), "inner0": torch.zeros(2, 0, 3)[:, :, 1:]}


def strides():
    """Views of one storage."""
    x = torch.arange(24.0).reshape(2, 3, 4)
    weight = torch.nn.Parameter(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    return {"whole": x, "transposed": x.transpose(0, 2), "column": x[:, :, 1], "part": x[1, 1:, ::2], "last": x[1, 2, 3],
            "expanded": torch.tensor([[1.0], [2.0]]).expand(2, 3), "tied.encoder": weight, "tied.decoder": weight,
            "tied.transposed": weight.t()}


class Storages(pickle.Pickler):
    """A pickler that gives each storage a number."""

    def __init__(self, stream, protocol=2, legacy=False):
        super().__init__(stream, protocol)
        self.legacy = legacy
        self.storages = {}  # address -> (key, bytes, storage)

    def persistent_id(self, value):
        if not isinstance(value, torch.storage.TypedStorage):
            return None
        key = self.storages.setdefault(value.data_ptr(), (str(len(self.storages)), value))[0]
        parts = ("storage", getattr(torch, value.pickle_storage_type()), key, "cpu", value.size())
        return parts + (None,) if self.legacy else parts

    def in_order(self):
        """(key, numel, bytes)"""
        for key, storage in self.storages.values():
            data = bytes(storage._storage) if hasattr(storage, "_storage") else bytes(storage.untyped())
            yield key, storage.size(), data


def legacy(value, protocol=2):
    """As torch.save wrote before 1.6, or writes with _use_new_zipfile_serialization=False."""
    stream = io.BytesIO()
    for head in (MAGIC, VERSION, {"protocol_version": VERSION, "little_endian": True,
                                  "type_sizes": {"short": 2, "int": 4, "long": 4}}):
        pickle.dump(head, stream, protocol)
    pickler = Storages(stream, protocol, legacy=True)
    pickler.dump(value)
    storages = sorted(pickler.in_order())
    pickle.dump([key for key, _, _ in storages], stream, protocol)
    for _, numel, data in storages:
        stream.write(struct.pack("<q", numel) + data)
    return stream.getvalue()


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def tuple_of(numbers):
    return b"(" + b"".join(b"J" + struct.pack("<i", n) for n in numbers) + b"t"


def rebuild(function, storage, key, numel, shape, stride, offset=0, view=b"", more=b""):
    """The instructions for a tensor over the storage `key`."""
    return (f"ctorch._utils\n{function}\n((".encode() + text("storage") + f"c{storage}\n".encode() + text(key) +
            text("cpu") + b"J" + struct.pack("<i", numel) + view + b"tQJ" + struct.pack("<i", offset) + tuple_of(shape) +
            tuple_of(stride) + b"\x89ccollections\nOrderedDict\n)R" + more + b"tR")


def ordered_dict(tensors):
    """A state_dict with metadata, as instructions; tensors are name -> instructions."""
    pairs = b"".join(text(name) + tensor for name, tensor in tensors.items())
    return b"\x80\x02ccollections\nOrderedDict\n)R(" + pairs + b"u}" + text("_metadata") + b"}sb."


def archive(folder, content, storages, order=None):
    """The zip archive of PyTorch 2: records at multiples of 64 bytes, behind an extra field of Z."""
    stream = io.BytesIO()
    entries = {"data.pkl": content, ".format_version": b"1", ".storage_alignment": b"64"}
    if order:
        entries["byteorder"] = order.encode()
    entries |= {f"data/{key}": data for key, data in storages.items()}
    entries |= {"version": b"3\n", ".data/serialization_id": b"0" * 40}
    with zipfile.ZipFile(stream, "w") as zip_file:
        for name, data in entries.items():
            info = zipfile.ZipInfo(f"{folder}/{name}")
            padding = -(stream.tell() + 30 + len(info.filename) + 4) % 64
            info.extra = b"FB" + struct.pack("<H", padding) + b"Z" * padding
            zip_file.writestr(info, data)
    return stream.getvalue()


def made_by_pytorch_2(order):
    """Unsigned integers, whose storages have no type, beside a float, a half and a view."""
    mark = "<" if order == "little" else ">"
    arrays = {"uint16": np.array([0, 65535], "u2"), "uint32": np.array([0, 2**32 - 1], "u4"),
              "uint64": np.array([0, 2**63 - 1], "u8")}
    tensors, storages = {}, {}
    for key, (name, array) in enumerate(arrays.items()):
        storages[str(key)] = array.astype(mark + array.dtype.str[1:]).tobytes()
        tensors[name] = rebuild("_rebuild_tensor_v3", "torch.storage\nUntypedStorage", str(key), array.nbytes,
                                array.shape, (1,), more=f"ctorch\n{name}\n".encode())
    floats, halves = np.array([[1.5, -2.0, 0.1], [3e38, 1e-45, -0.0]]), np.array([1.0, -2.5, 65504.0])
    storages["f"], storages["h"] = floats.astype(mark + "f4").tobytes(), halves.astype(mark + "f2").tobytes()
    tensors["0.weight"] = rebuild("_rebuild_tensor_v2", "torch\nFloatStorage", "f", 6, (3, 2), (1, 3))
    tensors["half"] = rebuild("_rebuild_tensor_v2", "torch\nHalfStorage", "h", 3, (2,), (1,), offset=1)
    arrays["0.weight"], arrays["half"] = floats.astype("f4").T, halves[1:].astype("f2")
    return archive("model.v2", ordered_dict(tensors), storages, order), arrays


def views_of_a_legacy_storage():
    """Until 0.4 a storage could be a part of another one."""
    stream = io.BytesIO()
    for head in (MAGIC, VERSION, {}):
        pickle.dump(head, stream, 2)
    view = b"(" + text("view") + b"J" + struct.pack("<i", 2) + b"J" + struct.pack("<i", 3) + b"t"
    stream.write(ordered_dict({
        "whole": rebuild("_rebuild_tensor_v2", "torch\nFloatStorage", "root", 6, (2, 3), (3, 1), view=b"N"),
        "part": rebuild("_rebuild_tensor_v2", "torch\nFloatStorage", "root", 6, (2,), (1,), offset=1, view=view)}))
    pickle.dump(["root"], stream, 2)
    stream.write(struct.pack("<q", 6) + np.arange(6, dtype="<f4").tobytes())
    return stream.getvalue()


class Command:
    def __reduce__(self):
        import os
        return os.system, ("true",)


def add_read(files, file, write, value):
    def checked(path):
        write(path)
        assert arrays_of(torch.load(path)).keys() == arrays_of(value).keys()
    files.add(file, checked, arrays_of(value))


def torch_files(files):
    add_read(files, "checkpoint.pt", lambda path: torch.save(checkpoint(), path), checkpoint())
    for file, value in {"torch_dtypes.pt": dtypes(), "torch_strides.pt": strides()}.items():
        add_read(files, file, lambda path, value=value: torch.save(value, path), value)
    add_read(files, "torch_protocol_4.pt", lambda path: torch.save(checkpoint(), path, pickle_protocol=4), checkpoint())
    add_read(files, "torch_tensor.pt", lambda path: torch.save(torch.tensor([1.5, 2.5]), path), torch.tensor([1.5, 2.5]))
    add_read(files, "torch_list.pt", lambda path: torch.save([1, torch.ones(2), [torch.zeros(1)]], path),
             [1, torch.ones(2), [torch.zeros(1)]])
    for file, value, protocol in [("legacy_checkpoint.pt", checkpoint(), 2), ("legacy_dtypes.pt", dtypes(), 2),
                                  ("legacy_strides.pt", strides(), 2), ("legacy_protocol_1.pt", {"w": torch.ones(2), "b": True}, 1),
                                  ("legacy_protocol_4.pt", {"w": torch.ones(2), "b": True}, 4)]:
        add_read(files, file, lambda path, value=value, protocol=protocol: path.write_bytes(legacy(value, protocol)), value)
    whole = torch.arange(6.0).reshape(2, 3)
    add_read(files, "legacy_views.pt", lambda path: path.write_bytes(views_of_a_legacy_storage()),
             {"whole": whole, "part": whole.reshape(-1)[3:5]})
    for order in ["little", "big"]:
        content, arrays = made_by_pytorch_2(order)
        files.add(f"torch_2_{order}.pt", lambda path, content=content: path.write_bytes(content), arrays)


def refused_torch_files(files):
    saved = {
        "complex": ({"w": torch.ones(2, dtype=torch.complex64), "model": {"b": torch.ones(1)}},
                    'tensor "w": holds elements of torch.ComplexFloatStorage; what can be read are bool'),
        "quantised": ({"w": torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)},
                      'tensor "w": is made by torch._utils._rebuild_qtensor; what can be read are dense tensors'),
        "sparse": ({"w": torch.eye(2).to_sparse()},
                   'tensor "w": is made by torch._utils._rebuild_sparse_tensor; what can be read are dense tensors'),
        "module": (torch.nn.ReLU(), 'its pickle names "torch.nn.modules.activation.ReLU"'),
        "numpy": ({"accuracy": np.float64(0.5)}, 'its pickle names "numpy.core.multiarray.scalar"'),
        "command": ({"w": torch.ones(1), "x": Command()}, 'its pickle names "posix.system"'),
    }
    for name, (value, message) in saved.items():
        files.refuse(f"refused_{name}.pt", lambda path, value=value: torch.save(value, path), message)
    files.refuse("refused_legacy_complex.pt", lambda path: path.write_bytes(legacy(saved["complex"][0])),
                 saved["complex"][1])
