"""Linear algebra: matmul mm bmm dot outer linear."""

import torch
import torch.nn.functional as F

from .golden import Golden, INF, NAN

INTEGERS = torch.tensor([[1, 2, 3], [4, 5, 6]])


def matmul():
    golden = Golden("matmul")
    pairs = {"1d_1d": ((3,), (3,)), "2d_1d": ((2, 3), (3,)), "1d_2d": ((3,), (3, 2)), "2d_2d": ((2, 3), (3, 4)),
             "3d_3d": ((2, 2, 3), (2, 3, 2)), "3d_2d": ((2, 2, 3), (3, 2)), "2d_3d": ((2, 3), (2, 3, 2)),
             "3d_1d": ((2, 2, 3), (3,)), "1d_3d": ((3,), (2, 3, 2)), "batch_of_one": ((1, 2, 3), (3, 3, 2)),
             "batches_broadcast": ((2, 1, 2, 3), (3, 3, 2)), "4d_4d": ((2, 1, 2, 2), (1, 2, 2, 3)),
             "size0_rows": ((0, 3), (3, 2)), "size0_inner": ((2, 0), (0, 3)), "size0_batch": ((0, 2, 3), (3, 2)),
             "size0_1d": ((0,), (0,))}
    for name, (left, right) in pairs.items():
        golden.floats(name, left, right)
    golden.floats("special", [[NAN, 0.0], [INF, 1.0]], [[0.0, 1.0], [2.0, 0.0]], grad=False)
    golden.case("i64_2d_2d", INTEGERS, INTEGERS.t())
    golden.case("i64_2d_1d", INTEGERS, torch.tensor([1, 0, -1]))
    return golden


def mm():
    golden = Golden("mm")
    golden.floats("wide", (2, 3), (3, 5))
    golden.floats("tall", (5, 2), (2, 3))
    golden.floats("one_row", (1, 4), (4, 3))
    golden.floats("one_column", (3, 4), (4, 1))
    golden.floats("inner1", (3, 1), (1, 2))
    golden.floats("size0_columns", (2, 3), (3, 0))
    golden.case("i64", INTEGERS, INTEGERS.t())
    return golden


def bmm():
    golden = Golden("bmm")
    golden.floats("batch2", (2, 2, 3), (2, 3, 2))
    golden.floats("batch1", (1, 3, 2), (1, 2, 3))
    golden.floats("size0_batch", (0, 2, 3), (0, 3, 2))
    golden.floats("size0_inner", (2, 2, 0), (2, 0, 3))
    return golden


def dot():
    golden = Golden("dot")
    golden.floats("vectors", (5,), (5,))
    golden.floats("one_element", (1,), (1,))
    golden.floats("size0", (0,), (0,))
    golden.case("i64", torch.tensor([1, 2, 3]), torch.tensor([4, 5, 6]))
    return golden


def outer():
    golden = Golden("outer")
    golden.floats("vectors", (3,), (4,))
    golden.floats("size0", (0,), (3,))
    golden.case("i64", torch.tensor([1, 2, 3]), torch.tensor([4, 5]))
    golden.case("i64_f32", torch.tensor([1, 2, 3]), torch.tensor([0.5, 1.5]))
    return golden


def linear():
    golden = Golden("linear", F.linear)
    golden.floats("bias", (4, 3), (2, 3), (2,))
    golden.floats("no_bias", (4, 3), (2, 3))
    golden.floats("vector", (3,), (2, 3), (2,))
    golden.floats("vector_no_bias", (3,), (2, 3))
    golden.floats("batches", (2, 2, 3), (2, 3), (2,))
    golden.floats("one_output", (4, 3), (1, 3), (1,))
    golden.floats("size0_rows", (0, 3), (2, 3), (2,))
    return golden


def goldens():
    return [matmul(), mm(), bmm(), dot(), outer(), linear()]
