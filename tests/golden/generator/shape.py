"""Shapes: reshape flatten squeeze unsqueeze transpose permute t expand broadcast_to cat stack split chunk unbind flip
pad."""

import torch
import torch.nn.functional as F

from .golden import DTYPES, Golden


def with_dtypes(golden, *shape, **args):
    """The values of the other dtypes move just as well."""
    x = torch.arange(torch.Size(shape).numel()).reshape(shape)
    golden.case("i64", x, **args)
    golden.case("u8", x.to(torch.uint8), **args)
    golden.case("bool", x % 3 == 0, **args)
    return golden


def reshape():
    golden = Golden("reshape")
    golden.floats("split_a_dim", (2, 6), shape=[2, 2, 3])
    golden.floats("inferred", (2, 6), shape=[3, -1])
    golden.floats("to_one_dim", (2, 3, 2), shape=[-1])
    golden.floats("to_zero_dim", (1, 1), shape=[])
    golden.floats("from_zero_dim", (), shape=[1, 1])
    golden.floats("size0", (0, 3), shape=[3, 0, 2])
    return with_dtypes(golden, 2, 3, shape=[3, 2])


def flatten():
    golden = Golden("flatten")
    golden.floats("all", (2, 3, 2))
    golden.floats("from1", (2, 3, 2), start_dim=1)
    golden.floats("middle", (2, 3, 2, 2), start_dim=1, end_dim=-2)
    golden.floats("zero_dim", ())
    golden.floats("size0", (0, 3, 2), start_dim=1)
    return with_dtypes(golden, 2, 3)


def squeeze():
    golden = Golden("squeeze")
    golden.floats("all", (1, 3, 1, 2))
    golden.floats("dim0", (1, 3, 1), dim=0)
    golden.floats("dim_last", (1, 3, 1), dim=-1)
    golden.floats("dim_of_size_3", (1, 3, 1), dim=1)
    golden.floats("to_zero_dim", (1, 1))
    golden.floats("zero_dim", (), dim=0)
    return with_dtypes(golden, 1, 3)


def unsqueeze():
    golden = Golden("unsqueeze")
    golden.floats("dim0", (2, 3), dim=0)
    golden.floats("dim1", (2, 3), dim=1)
    golden.floats("dim_last", (2, 3), dim=-1)
    golden.floats("zero_dim", (), dim=0)
    golden.floats("size0", (0, 3), dim=1)
    return with_dtypes(golden, 2, 3, dim=1)


def transpose():
    golden = Golden("transpose")
    golden.floats("dims_0_1", (2, 3), dim0=0, dim1=1)
    golden.floats("dims_0_last", (2, 3, 4), dim0=0, dim1=-1)
    golden.floats("same_dim", (2, 3), dim0=1, dim1=1)
    golden.floats("size0", (0, 3), dim0=0, dim1=1)
    return with_dtypes(golden, 2, 3, dim0=0, dim1=1)


def permute():
    golden = Golden("permute")
    golden.floats("dims_2_0_1", (2, 3, 4), dims=[2, 0, 1])
    golden.floats("dims_1_2_0", (2, 3, 4), dims=[1, 2, 0])
    golden.floats("negative_dims", (2, 3, 4), dims=[0, -1, -2])
    golden.floats("zero_dim", (), dims=[])
    golden.floats("size0", (0, 3, 2), dims=[2, 1, 0])
    return with_dtypes(golden, 2, 3, dims=[1, 0])


def t():
    golden = Golden("t")
    golden.floats("matrix", (2, 3))
    golden.floats("vector", (3,))
    golden.floats("zero_dim", ())
    golden.floats("size0", (0, 3))
    return with_dtypes(golden, 2, 3)


def expand():
    golden = Golden("expand", lambda x, size: x.expand(size))
    golden.floats("dim0", (1, 3), size=[2, 3])
    golden.floats("kept_sizes", (2, 1, 3), size=[-1, 4, -1])
    golden.floats("new_dims", (3, 1), size=[2, 3, 2])
    golden.floats("zero_dim", (), size=[2, 3])
    golden.floats("to_size0", (1, 3), size=[0, 3])
    return with_dtypes(golden, 1, 3, size=[2, 3])


def broadcast_to():
    golden = Golden("broadcast_to")
    golden.floats("row", (3,), size=[2, 3])
    golden.floats("column", (2, 1), size=[2, 3])
    golden.floats("zero_dim", (), size=[2, 2])
    golden.floats("same", (2, 3), size=[2, 3])
    return with_dtypes(golden, 1, 3, size=[2, 3])


def cat():
    golden = Golden("cat", lambda *tensors, **args: torch.cat(tensors, **args))
    golden.floats("dim0", (2, 3), (1, 3), (3, 3), dim=0)
    golden.floats("dim1", (2, 3), (2, 1), dim=1)
    golden.floats("dim_last", (2, 2, 1), (2, 2, 3), dim=-1)
    golden.floats("one", (2, 3), dim=0)
    golden.floats("size0", (0, 3), (2, 3), dim=0)
    golden.floats("empty_vector_is_skipped", (0,), (2, 3), dim=1)
    for a, b in (("f32", "f64"), ("i64", "f32"), ("u8", "i64"), ("bool", "u8"), ("bool", "bool"), ("i64", "i64")):
        left = torch.tensor([[1, 0]]).to(DTYPES[a])
        golden.case(f"{a}_{b}", left, torch.tensor([[2, 1]]).to(DTYPES[b]), dim=0)
    return golden


def stack():
    golden = Golden("stack", lambda *tensors, **args: torch.stack(tensors, **args))
    golden.floats("dim0", (2, 3), (2, 3), (2, 3), dim=0)
    golden.floats("dim1", (2, 3), (2, 3), dim=1)
    golden.floats("dim_last", (2, 3), (2, 3), dim=-1)
    golden.floats("zero_dim", (), (), (), dim=0)
    golden.floats("size0", (0,), (0,), dim=0)
    golden.case("i64", torch.tensor([1, 2]), torch.tensor([3, 4]), dim=0)
    return golden


def pieces(function, argument, cases):
    """split and chunk: each case once with the gradient of the first output, once with that of the last."""
    golden = Golden(function)
    for name, shape, value, dim in cases:
        for which, grad_of in (("first", 0), ("last", -1)):
            last = len(golden.call(torch.zeros(shape), value, dim=dim)) - 1
            golden.floats(f"{name}_{which}", shape, **{argument: value}, dim=dim, grad_of=last if grad_of else 0)
    return with_dtypes(golden, 2, 3, **{argument: 2}, dim=1)


def split():
    return pieces("split", "split_size_or_sections", [
        ("even", (4, 2), 2, 0), ("uneven", (2, 5), 2, 1), ("sections", (2, 6), [1, 2, 3], -1),
        ("section_of_size0", (3, 2), [0, 3], 0), ("larger_than_the_dim", (2, 3), 5, 1)])


def chunk():
    return pieces("chunk", "chunks", [
        ("even", (4, 2), 2, 0), ("uneven", (2, 5), 3, 1), ("fewer_than_asked", (6, 1), 4, 0), ("one", (2, 3), 1, -1)])


def unbind():
    golden = Golden("unbind")
    golden.floats("dim0_first", (3, 2), dim=0)
    golden.floats("dim0_last", (3, 2), dim=0, grad_of=2)
    golden.floats("dim1", (2, 3, 2), dim=1, grad_of=1)
    golden.floats("dim_last", (2, 3), dim=-1, grad_of=2)
    return with_dtypes(golden, 2, 3, dim=1)


def flip():
    golden = Golden("flip")
    golden.floats("dim0", (3, 2), dims=[0])
    golden.floats("dims_0_2", (2, 3, 2), dims=[0, -1])
    golden.floats("no_dims", (2, 3), dims=[])
    golden.floats("size0", (0, 3), dims=[0])
    return with_dtypes(golden, 2, 3, dims=[1])


def pad():
    golden = Golden("pad", F.pad)
    golden.floats("last_dim", (2, 3), pad=[1, 2])
    golden.floats("two_dims_value", (2, 3), pad=[1, 0, 2, 1], value=-1.5)
    golden.floats("crop", (3, 4), pad=[-1, 2, 1, -1], value=0.5)
    golden.floats("nothing", (2, 3), pad=[0, 0])
    golden.floats("size0", (0, 2), pad=[0, 1, 1, 0], value=2.0)
    return with_dtypes(golden, 2, 3, pad=[1, 1], value=1.0)


def goldens():
    return [reshape(), flatten(), squeeze(), unsqueeze(), transpose(), permute(), t(), expand(), broadcast_to(), cat(),
            stack(), split(), chunk(), unbind(), flip(), pad()]
