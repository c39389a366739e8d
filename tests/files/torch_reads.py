#!/usr/bin/python3
"""Compares FOLDER/m.pt, read by torch.load in both its ways, with FOLDER/m.npz, which holds the same tensors. Exits with 77
where PyTorch is not installed."""

import sys
import zipfile

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
