"""Parts of a tensor: narrow slice select index_select gather."""

import torch

from .golden import Golden
from .shape import with_dtypes


def narrow():
    golden = Golden("narrow")
    golden.floats("dim0", (4, 2), dim=0, start=1, length=2)
    golden.floats("dim_last", (2, 5), dim=-1, start=2, length=3)
    golden.floats("negative_start", (2, 5), dim=1, start=-2, length=2)
    golden.floats("length0", (2, 3), dim=1, start=1, length=0)
    return with_dtypes(golden, 2, 3, dim=1, start=1, length=2)


def slice_():
    def call(x, dim=0, start=None, end=None, step=1):
        index = [slice(None)] * x.dim()
        index[dim] = slice(start, end, step)
        return x[tuple(index)]

    golden = Golden("slice", call)
    golden.floats("dim0", (4, 2), dim=0, start=1, end=3)
    golden.floats("step2", (2, 5), dim=1, start=0, end=5, step=2)
    golden.floats("step3_from1", (2, 7), dim=-1, start=1, end=7, step=3)
    golden.floats("negative_bounds", (2, 5), dim=1, start=-4, end=-1)
    golden.floats("end_beyond", (2, 3), dim=1, start=1, end=100)
    golden.floats("start_beyond", (2, 3), dim=1, start=5, end=100)
    golden.floats("start_after_end", (2, 3), dim=1, start=2, end=1)
    return with_dtypes(golden, 2, 3, dim=1, start=0, end=3, step=2)


def select():
    golden = Golden("select")
    golden.floats("dim0", (3, 2), dim=0, index=1)
    golden.floats("dim1_last_index", (2, 3, 2), dim=1, index=-1)
    golden.floats("dim_last", (2, 3), dim=-1, index=0)
    golden.floats("to_zero_dim", (3,), dim=0, index=2)
    golden.floats("size0", (0, 3), dim=1, index=1)
    return with_dtypes(golden, 2, 3, dim=1, index=1)


def index_select():
    golden = Golden("index_select", lambda x, index, dim: torch.index_select(x, dim, index))
    golden.floats("dim0", (3, 2), torch.tensor([2, 0]), dim=0)
    golden.floats("repeated", (2, 3), torch.tensor([1, 1, 0, 1]), dim=1)
    golden.floats("dim_last", (2, 2, 3), torch.tensor([2]), dim=-1)
    golden.floats("no_index", (2, 3), torch.tensor([], dtype=torch.int64), dim=0)
    for name, x in {"i64": torch.arange(6), "u8": torch.arange(6, dtype=torch.uint8),
                    "bool": torch.arange(6) % 2 == 0}.items():
        golden.case(name, x, torch.tensor([5, 0, 2]), dim=0)
    return golden


def gather():
    golden = Golden("gather", lambda x, index, dim: torch.gather(x, dim, index))
    golden.floats("dim0", (3, 2), torch.tensor([[2, 0], [1, 1]]), dim=0)
    golden.floats("dim1", (2, 3), torch.tensor([[2, 0, 0, 1], [1, 1, 1, 0]]), dim=1)
    golden.floats("labels", (4, 3), torch.tensor([[2], [0], [1], [1]]), dim=-1)
    golden.floats("smaller_index", (3, 3), torch.tensor([[2, 0]]), dim=0)
    golden.floats("size0", (2, 3), torch.zeros(0, 3, dtype=torch.int64), dim=0)
    golden.case("i64", torch.arange(6).reshape(2, 3), torch.tensor([[2, 0], [1, 1]]), dim=1)
    return golden


def goldens():
    return [narrow(), slice_(), select(), index_select(), gather()]
