#!/usr/bin/python3
"""Compares FOLDER/m.pt, read by torch.load in both its ways, with FOLDER/m.npz, which holds the same tensors. Exits with 77
where PyTorch is not installed, after a look at what later versions of it would make of the pickles."""

import pickletools
import sys
import zipfile

# What torch/_weights_only_unpickler.py of PyTorch 2.x takes, of opcodes and of names that tensors need.
OPCODES = set("""APPEND APPENDS BINFLOAT BINGET BININT BININT1 BININT2 BINPERSID BINPUT BINUNICODE BUILD EMPTY_DICT EMPTY_LIST
    EMPTY_SET EMPTY_TUPLE GLOBAL LONG1 LONG_BINGET LONG_BINPUT MARK NEWFALSE NEWOBJ NEWTRUE NONE PROTO REDUCE SETITEM SETITEMS
    SHORT_BINSTRING STOP TUPLE TUPLE1 TUPLE2 TUPLE3""".split())
NAMES = {"collections OrderedDict", "torch._utils _rebuild_tensor_v2"} | {
    f"torch {kind}Storage" for kind in ("Float", "Double", "Long", "Int", "Short", "Char", "Byte", "Bool")}

for file in ("m.pt", "alone.pt"):
    archive = zipfile.ZipFile(f"{sys.argv[1]}/{file}")
    (pickle,) = [name for name in archive.namelist() if name.endswith("/data.pkl")]
    for opcode, argument, _ in pickletools.genops(archive.read(pickle)):
        assert opcode.name in OPCODES, f"{file}: {opcode.name}"
        assert opcode.name != "GLOBAL" or argument in NAMES, f"{file}: {argument}"

try:
    import numpy as np
    import torch
except ImportError:
    sys.exit(77)

folder = sys.argv[1]
expected = np.load(folder + "/m.npz")
for weights_only in (False, True):
    read = torch.load(folder + "/m.pt", weights_only=weights_only)
    assert list(read) == list(expected), list(read)
    for name, tensor in read.items():
        array = tensor.numpy()
        assert array.dtype == expected[name].dtype and array.shape == expected[name].shape, name
        assert np.array_equal(array, expected[name]), name
    assert read["tied.a"].data_ptr() == read["tied.b"].data_ptr()
    assert read["tied.b"].stride() == (1, 2), read["tied.b"].stride()
assert torch.load(folder + "/alone.pt", weights_only=True).tolist() == [[1, 3], [2, 4]]
assert zipfile.ZipFile(folder + "/m.pt").testzip() is None
