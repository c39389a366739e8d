"""More shapes: repeat tile repeat_interleave roll fliplr flipud rot90 movedim swapaxes unflatten atleast_3d
broadcast_tensors meshgrid cartesian_prod hstack vstack dstack column_stack unfold tril triu diagonal diag_embed diag
diagflat trace tril_indices triu_indices logspace."""

import torch

from .golden import Golden
from .shape import with_dtypes


def method(name):
    return lambda x, *args, **kwargs: getattr(x, name)(*args, **kwargs)


def of_list(function):
    return Golden(function, lambda *tensors, **args: getattr(torch, function)(tensors, **args))


def repeat():
    golden = Golden("repeat", lambda x, sizes: x.repeat(sizes))
    golden.floats("both_dims", (2, 3), sizes=[2, 3])
    golden.floats("new_dim", (2, 3), sizes=[2, 1, 2])
    golden.floats("once", (2, 3), sizes=[1, 1])
    golden.floats("none", (2, 3), sizes=[2, 0])
    golden.floats("zero_dim", (), sizes=[3])
    golden.floats("five_dims", (2, 1, 2, 1, 2), sizes=[2, 2, 2, 2, 2])
    return with_dtypes(golden, 2, 3, sizes=[1, 2])


def tile():
    golden = Golden("tile", lambda x, dims: x.tile(dims))
    golden.floats("fewer", (2, 3), dims=[2])
    golden.floats("more", (3,), dims=[2, 2])
    return with_dtypes(golden, 2, 3, dims=[2, 2])


def repeat_interleave():
    golden = Golden("repeat_interleave")
    golden.floats("dim0", (2, 3), repeats=2, dim=0)
    golden.floats("dim_last", (2, 3), repeats=3, dim=-1)
    golden.floats("flat", (2, 3), repeats=2)
    golden.floats("none", (2, 3), repeats=0, dim=1)
    golden.floats("tensor_dim0", (3, 2), torch.tensor([2, 0, 1]), dim=0)
    golden.floats("tensor_of_one", (3, 2), torch.tensor([2]), dim=1)
    golden.floats("tensor_flat", (2, 2), torch.tensor([1, 2, 0, 3]))
    golden.case("counts", torch.tensor([2, 0, 3]))
    return with_dtypes(golden, 2, 3, repeats=2, dim=1)


def roll():
    golden = Golden("roll")
    golden.floats("dim0", (3, 4), shifts=1, dims=0)
    golden.floats("backwards", (3, 4), shifts=-1, dims=1)
    golden.floats("far", (3, 4), shifts=[5, -7], dims=[0, 1])
    golden.floats("flat", (2, 3), shifts=2)
    golden.floats("nowhere", (2, 3), shifts=3, dims=1)
    golden.floats("size0", (0, 3), shifts=1, dims=0)
    return with_dtypes(golden, 2, 3, shifts=1, dims=1)


def fliplr():
    golden = Golden("fliplr")
    golden.floats("matrix", (2, 3))
    return golden


def flipud():
    golden = Golden("flipud")
    golden.floats("matrix", (2, 3))
    golden.floats("vector", (3,))
    return golden


def rot90():
    golden = Golden("rot90")
    for k in (0, 1, 2, 3, -1, 5):
        golden.floats(f"k{k}", (2, 3), k=k)
    golden.floats("dims", (2, 3, 2), k=1, dims=[2, 0])
    return golden


def movedim():
    golden = Golden("movedim")
    golden.floats("one", (2, 3, 4), source=0, destination=2)
    golden.floats("negative", (2, 3, 4), source=-1, destination=0)
    golden.floats("two", (2, 3, 4, 2), source=[0, 1], destination=[-1, 0])
    return golden


def swapaxes():
    golden = Golden("swapaxes")
    golden.floats("dims", (2, 3, 4), axis0=0, axis1=-1)
    return golden


def unflatten():
    golden = Golden("unflatten", lambda x, dim, sizes: x.unflatten(dim, sizes))
    golden.floats("last", (2, 6), dim=1, sizes=[2, 3])
    golden.floats("inferred", (6, 2), dim=0, sizes=[3, -1])
    golden.floats("one", (4,), dim=-1, sizes=[4, 1])
    return golden


def atleast_3d():
    golden = Golden("atleast_3d")
    shapes = {"zero_dim": (), "vector": (3,), "matrix": (2, 3), "three": (2, 1, 3), "four": (1, 2, 1, 2)}
    for name, shape in shapes.items():
        golden.floats(name, shape)
    return golden


def broadcast_tensors():
    golden = Golden("broadcast_tensors")
    golden.floats("row_and_column", (3,), (2, 1))
    golden.floats("second", (3,), (2, 1), grad_of=1)
    return golden


def meshgrid():
    golden = of_list("meshgrid")
    for indexing in ("ij", "xy"):
        golden.floats(f"{indexing}_two_first", (2,), (3,), indexing=indexing)
        golden.floats(f"{indexing}_two_second", (2,), (3,), indexing=indexing, grad_of=1)
        golden.floats(f"{indexing}_three", (2,), (3,), (4,), indexing=indexing, grad_of=2)
        golden.floats(f"{indexing}_one", (3,), indexing=indexing)
    golden.floats("zero_dim", (), (2,), indexing="ij")
    return golden


def cartesian_prod():
    golden = Golden("cartesian_prod")
    golden.floats("two", (2,), (3,))
    golden.floats("three", (2,), (1,), (3,))
    golden.floats("one", (3,))
    return golden


def stacks(function):
    golden = of_list(function)
    golden.floats("zero_dims", (), ())
    golden.floats("vectors", (3,), (3,))
    golden.floats("matrices", (2, 3), (2, 3))
    golden.floats("three_dims", (2, 3, 2), (2, 3, 2))
    if function == "column_stack":
        golden.floats("vector_and_matrix", (2,), (2, 3))
    if function == "vstack":
        golden.floats("vector_and_matrix", (3,), (2, 3))
    golden.case("i64_f32", torch.tensor([1, 2]), torch.tensor([0.5, 1.5]), grad=False)
    return golden


def unfold():
    golden = Golden("unfold", method("unfold"))
    golden.floats("overlapping", (7,), dimension=0, size=3, step=1)
    golden.floats("stepping", (2, 7), dimension=1, size=2, step=3)
    golden.floats("dim0", (5, 2), dimension=0, size=3, step=2)
    golden.floats("whole", (2, 3), dimension=-1, size=3, step=5)
    return with_dtypes(golden, 2, 3, dimension=1, size=2, step=1)


def triangle(function):
    golden = Golden(function)
    for k in (0, 1, -1, 5, -5):
        golden.floats(f"k{k}", (3, 4), diagonal=k)
    golden.floats("batch", (2, 3, 2), diagonal=0)
    golden.floats("tall", (4, 2))
    golden.floats("size0", (0, 3))
    golden.floats("special", [[float("nan"), float("inf")], [float("nan"), float("inf")]], grad=False)
    return with_dtypes(golden, 2, 3)


def diagonal():
    golden = Golden("diagonal")
    for k in (0, 1, -1, 9):
        golden.floats(f"k{k}", (3, 4), offset=k)
    golden.floats("dims", (2, 3, 4), offset=1, dim1=-1, dim2=0)
    golden.floats("default_dims", (2, 3, 2))
    return with_dtypes(golden, 2, 3)


def diag_embed():
    golden = Golden("diag_embed")
    golden.floats("vector", (3,))
    golden.floats("batch", (2, 3), offset=1)
    golden.floats("below", (2, 3), offset=-2)
    golden.floats("dims", (2, 3), offset=1, dim1=0, dim2=2)
    golden.floats("dims_swapped", (2, 3), offset=1, dim1=2, dim2=0)
    return with_dtypes(golden, 2, 3)


def diag():
    golden = Golden("diag")
    for k in (0, 1, -2):
        golden.floats(f"vector_k{k}", (3,), diagonal=k)
        golden.floats(f"matrix_k{k}", (3, 4), diagonal=k)
    return golden


def diagflat():
    golden = Golden("diagflat")
    golden.floats("vector", (3,))
    golden.floats("matrix", (2, 2), offset=1)
    golden.floats("zero_dim", ())
    return golden


def trace():
    golden = Golden("trace")
    golden.floats("square", (3, 3))
    golden.floats("wide", (2, 4))
    golden.case("i64", torch.tensor([[1, 2], [3, 4]]))
    golden.case("u8", torch.tensor([[200, 2], [3, 100]], dtype=torch.uint8))
    return golden


def created(function, *cases):
    golden = Golden(function, lambda x, **args: getattr(torch, function)(**args))
    for name, args in cases:
        golden.case(name, torch.tensor(0), **args)
    return golden


def goldens():
    return [repeat(), tile(), repeat_interleave(), roll(), fliplr(), flipud(), rot90(), movedim(), swapaxes(),
            unflatten(), atleast_3d(), broadcast_tensors(), meshgrid(), cartesian_prod(), stacks("hstack"),
            stacks("vstack"), stacks("dstack"), stacks("column_stack"), unfold(), triangle("tril"), triangle("triu"),
            diagonal(), diag_embed(), diag(), diagflat(), trace(),
            created("tril_indices", ("square", {"row": 3, "col": 3}), ("offset", {"row": 2, "col": 4, "offset": 1})),
            created("triu_indices", ("square", {"row": 3, "col": 3}), ("offset", {"row": 3, "col": 2, "offset": -1})),
            created("logspace", ("decades", {"start": -1, "end": 2, "steps": 4}),
                    ("base2", {"start": 0.5, "end": 3.0, "steps": 5, "base": 2.0}))]
