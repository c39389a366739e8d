"""Indexing with lists of indices, by masks and by an index for each element; searching. An index is written as a text,
"1:3, ..., None, -1, true, tensor"; each "tensor" is one of the inputs, in their order."""

import random

import torch

from .golden import INF, NAN, Golden

FOLDER = "indexing"


def parsed(text, tensors):
    """The indices of a text. Masks of several dims become what nonzero gives: PyTorch 1.13 puts what stands behind such
    a mask at a wrong dim, and numpy does not."""
    tensors = iter(tensors)
    indices = []
    for word in text.split(", "):
        if word == "tensor":
            index = next(tensors)
            indices += index.nonzero(as_tuple=True) if index.dtype == torch.bool and index.dim() > 1 else [index]
        elif ":" in word:
            indices.append(slice(*(int(bound) if bound else None for bound in word.split(":"))))
        else:
            indices.append({"...": Ellipsis, "None": None, "true": True, "false": False}.get(word) if not
                           word.lstrip("-").isdigit() else int(word))
    return tuple(indices)


def bound(rng, size):
    return rng.choice(["", str(rng.randint(-size - 1, size + 1))])


def random_tensor(rng, size, lookup):
    """An index of a dim, negative ones too, of a shape that broadcasts to `lookup`."""
    shape = [n if rng.random() < 0.7 else 1 for n in lookup[rng.randint(0, len(lookup) - 1):]]
    count = torch.Size(shape).numel()
    return torch.tensor([rng.randrange(-size, size) for _ in range(count)], dtype=torch.int64).reshape(shape)


def random_index(rng, shape):
    """A text, the tensors that it names, and whether there are any."""
    words, tensors = [], []
    lookup = rng.choice([[2], [3], [2, 2], [1, 3], [2, 1]])
    masked, ellipsis, d = False, False, 0
    while d < len(shape):
        kind = rng.choice(["tensor", "tensor", "slice", "slice", "int", "mask", "None", "...", "bool", "stop"])
        if kind == "tensor" and shape[d] > 0:
            words.append("tensor")
            tensors.append(random_tensor(rng, shape[d], lookup))
        elif kind == "mask" and not masked:
            dims = rng.randint(1, min(2, len(shape) - d))
            mask = torch.tensor([rng.random() < 0.5 for _ in range(torch.Size(shape[d:d + dims]).numel())],
                                dtype=torch.bool).reshape(shape[d:d + dims])
            lookup, masked = [int(mask.sum())], True
            words.append("tensor")
            tensors.append(mask)
            d += dims - 1
        elif kind == "slice":
            step = rng.choice(["", "", ":2", ":3"])
            words.append(bound(rng, shape[d]) + ":" + bound(rng, shape[d]) + step)
        elif kind == "int" and shape[d] > 0:
            words.append(str(rng.randrange(-shape[d], shape[d])))
        elif kind in ("None", "bool") and len(words) < 6:
            words.append("None" if kind == "None" else rng.choice(["true", "true", "false"]))
            continue
        elif kind == "..." and not ellipsis:
            ellipsis = True
            words.append("...")
            d += rng.randint(0, len(shape) - d)
            continue
        elif kind == "stop" and words:
            break
        else:
            continue
        d += 1
    return ", ".join(words), tensors


def random_indices(seed, count):
    """`count` times the shape of a tensor, an index that suits it, its tensors and the shape that it gives."""
    rng = random.Random(seed)
    seen = set()
    while len(seen) < count:
        shape = [rng.choice([1, 2, 3, 3, 4]) for _ in range(rng.choice([1, 2, 2, 3, 3, 4]))]
        if rng.random() < 0.05:
            shape[rng.randrange(len(shape))] = 0
        text, tensors = random_index(rng, shape)
        key = (text, tuple(shape))
        if not text or key in seen or torch.Size(shape).numel() > 36:
            continue
        try:
            result = torch.zeros(shape)[parsed(text, tensors)]
        except IndexError:
            continue
        if result.numel() <= 40 and result.dim() <= 7:
            seen.add(key)
            yield shape, text, tensors, list(result.shape)


def ramp(shape):
    return lambda generator: torch.arange(torch.Size(shape).numel(), dtype=torch.float64).reshape(shape) - 3


def index():
    golden = Golden("index", lambda x, *tensors, indices: x[parsed(indices, tensors)], FOLDER)
    for i, (shape, text, tensors, _) in enumerate(random_indices("index", 300)):
        golden.case(f"random{i}", ramp(shape), *tensors, float_dtype=torch.float64, indices=text)
    for name, x in {"i64": torch.arange(6).reshape(2, 3), "u8": torch.arange(6, dtype=torch.uint8).reshape(2, 3),
                    "bool": (torch.arange(6) % 2 == 0).reshape(2, 3)}.items():
        golden.case(name, x, torch.tensor([1, 0, 1]), indices="tensor")
        golden.case(f"{name}_mask", x, torch.tensor([[True, False, True], [False, True, True]]), indices="tensor")
    golden.floats("zero_dim_index", (3, 2), torch.tensor(1), indices="tensor")
    golden.floats("zero_dim_mask", (3,), torch.tensor(True), indices="tensor")
    golden.floats("of_zero_dim", (), indices="None")
    golden.floats("of_zero_dim_by_a_mask", (), torch.tensor(False), indices="tensor")
    return golden


def written(x, *rest, indices, accumulate):
    *tensors, values = rest
    if accumulate:
        return x.index_put(parsed(indices, tensors), values, accumulate=True)
    y = x * 1
    y[parsed(indices, tensors)] = values
    return y


def index_put():
    golden = Golden("index_put", written, FOLDER)
    rng = random.Random("values")
    for i, (shape, text, tensors, result) in enumerate(random_indices("index_put", 150)):
        values = [n if rng.random() < 0.7 else 1 for n in result[rng.randint(0, len(result)):]] if result else []
        golden.case(f"random{i}", ramp(shape), *tensors, tuple(values), float_dtype=torch.float64, indices=text,
                    accumulate=False)
    rows, columns = torch.tensor([1, 0, 1, 1]), torch.tensor([[0], [2]])
    golden.floats("add_rows", (2, 3), rows, (4, 3), indices="tensor", accumulate=True)
    golden.floats("add_places", (2, 3), rows, columns, (2, 4), indices="tensor, tensor", accumulate=True)
    golden.floats("add_one", (2, 3), rows, (), indices="tensor", accumulate=True)
    golden.floats("more_leading_ones", (2, 3), rows[:2], (1, 1, 2, 3), indices="tensor", accumulate=False)
    return golden


def rows():
    index, once = torch.tensor([2, 0, 2]), torch.tensor([2, 0])
    add = Golden("index_add", lambda x, i, src, dim, alpha=1: torch.index_add(x, dim, i, src, alpha=alpha), FOLDER)
    add.floats("dim0", (3, 2), index, (3, 2), dim=0)
    add.floats("alpha", (2, 3), index, (2, 3), dim=-1, alpha=-0.5)
    add.case("i64", torch.arange(6).reshape(3, 2), index, torch.ones(3, 2, dtype=torch.int64), dim=0)
    copy = Golden("index_copy", lambda x, i, src, dim: torch.index_copy(x, dim, i, src), FOLDER)
    copy.floats("dim0", (3, 2), once, (2, 2), dim=0)
    copy.floats("dim1", (2, 3), once, (2, 2), dim=1)
    fill = Golden("index_fill", lambda x, i, dim, value: torch.index_fill(x, dim, i, value), FOLDER)
    fill.floats("number", (3, 2), once, dim=0, value=0.5)
    fill.floats("negative", (2, 3), torch.tensor([-1]), dim=1, value=2)
    take = Golden("take", folder=FOLDER)
    take.floats("matrix", (2, 3), torch.tensor([[5, 0], [-1, 5]]))
    take.floats("nothing", (2, 3), torch.zeros(0, dtype=torch.int64))
    put = Golden("put", lambda x, i, src, accumulate: torch.clone(x).put_(i, src, accumulate), FOLDER)
    put.floats("replace", (2, 3), torch.tensor([5, 0, -2]), (3,), accumulate=False)
    put.floats("accumulate", (2, 3), torch.tensor([[5, 0], [-1, 5]]), (2, 2), accumulate=True)
    along = Golden("take_along_dim", lambda x, i, dim=None: torch.take_along_dim(x, i, dim), FOLDER)
    along.floats("broadcast_index", (2, 3), torch.tensor([[2, 0]]), dim=1)
    along.floats("broadcast_x", (1, 3), torch.tensor([[2], [0]]), dim=1)
    along.floats("flat", (2, 3), torch.tensor([4, 0]))
    return [add, copy, fill, take, put, along]


def scatters():
    index, once = torch.tensor([[2, 0], [2, 2]]), torch.tensor([[2, 0], [0, 2]])
    scatter = Golden("scatter", lambda x, i, src=None, dim=0, value=None:
                     torch.scatter(x, dim, i, src if value is None else value), FOLDER)
    scatter.floats("dim0", (3, 2), once, (2, 2), dim=0)
    scatter.floats("larger_source", (2, 3), once, (3, 4), dim=1, grad=[0])  # PyTorch gives no gradient of this source
    scatter.floats("number", (3, 2), index, dim=0, value=1.5)
    add = Golden("scatter_add", lambda x, i, src, dim: torch.scatter_add(x, dim, i, src), FOLDER)
    add.floats("dim0", (3, 2), index, (2, 2), dim=0)
    add.floats("larger_source", (2, 3), index, (2, 3), dim=-1, grad=[0])
    reduce = Golden("scatter_reduce", lambda x, i, src, dim, reduce, include_self:
                    torch.scatter_reduce(x, dim, i, src, reduce, include_self=include_self), FOLDER)
    many = torch.tensor([[0, 2, 2, 0, 2], [1, 1, 1, 0, 1]])
    zeros = torch.tensor([[0.0, 2.0, -1.0, 3.0, 0.0], [1.5, 0.0, 4.0, 0.0, -2.0]])
    ties = torch.tensor([[1.0, 2.0, 2.0, 1.0, 2.0], [3.0, 3.0, 3.0, 1.0, 3.0]])
    for kind in ["sum", "prod", "mean", "amax", "amin"]:
        for self_too in [True, False]:
            name = f"{kind}{'' if self_too else '_of_source_alone'}"
            reduce.floats(name, (2, 3), many, (2, 5), dim=1, reduce=kind, include_self=self_too)
            if kind == "prod":
                reduce.case(f"{name}_zeros", torch.tensor([[1.0, 2.0, 3.0], [0.0, 2.0, 5.0]]), many, zeros, dim=1,
                            reduce=kind, include_self=self_too)
            if kind in ("amax", "amin"):
                x = torch.tensor([[1.0, 2.0, 2.0], [1.0, 3.0, 5.0]])  # which PyTorch 1.13 counts though it is left out
                reduce.case(f"{name}_ties", x if self_too else x + 9, many, ties, dim=1, reduce=kind,
                            include_self=self_too)
            reduce.case(f"{name}_i64", torch.tensor([[7, 2, -3], [1, 2, 5]]), many,
                        torch.tensor([[1, 2, -8, 4, 5], [3, -4, 2, 6, 1]]), dim=1, reduce=kind, include_self=self_too)
    return [scatter, add, reduce]


def masks():
    mask, row = torch.tensor([[True, False, True], [False, False, True]]), torch.tensor([True, False, True])
    select = Golden("masked_select", folder=FOLDER)
    select.floats("matrix", (2, 3), mask)
    select.floats("broadcast_mask", (2, 3), row)
    select.floats("broadcast_x", (3,), mask)
    select.floats("none", (2, 3), mask & ~mask)
    select.case("i64", torch.arange(6).reshape(2, 3), mask)
    scatter = Golden("masked_scatter", torch.masked_scatter, FOLDER)
    scatter.floats("matrix", (2, 3), mask, (4,))
    scatter.floats("broadcast", (2, 3), row, (2, 3))
    nonzero = Golden("nonzero", folder=FOLDER)
    nonzero.case("matrix", mask)
    nonzero.case("floats", torch.tensor([[0.0, NAN, -1.0], [-0.0, 0.0, INF]]), grad=False)
    nonzero.case("vector", torch.tensor([0, 3, 0, 1]))
    nonzero.case("zero_dim", torch.tensor(2))
    nonzero.case("nothing", torch.zeros(2, 0, 3), grad=False)
    where = Golden("where_condition", lambda x: x.nonzero(as_tuple=True), FOLDER)
    where.case("matrix", mask)
    where.case("zero_dim", torch.tensor(True))
    return [select, scatter, nonzero, where]


def searches():
    def with_counts(function):
        return lambda x, **args: function(x, return_inverse=True, return_counts=True, **args)

    numbers = torch.tensor([[3, 1, 3], [1, 1, 2]])
    repeated = torch.tensor([[1.0, 2.0, 1.0], [0.5, 7.0, 0.5], [1.0, 2.0, 1.0], [1.0, 2.0, 1.0]])
    goldens = []
    for name, function in {"unique": torch.unique, "unique_consecutive": torch.unique_consecutive}.items():
        golden = Golden(name, with_counts(function), FOLDER)
        golden.case("integers", numbers)
        golden.case("floats", repeated, grad=False)
        golden.case("bools", numbers == 1)
        golden.case("rows", repeated, grad=False, dim=0)
        golden.case("columns", repeated, grad=False, dim=-1)
        golden.case("none", torch.zeros(0), grad=False)
        goldens.append(golden)
    bincount = Golden("bincount", lambda x, weights=None, minlength=0: torch.bincount(x, weights, minlength), FOLDER)
    bincount.case("counts", torch.tensor([4, 0, 1, 1, 4, 4]))
    bincount.case("minlength", torch.tensor([1, 0], dtype=torch.uint8), minlength=5)
    bincount.case("weights_f32", torch.tensor([2, 0, 2]), torch.tensor([0.5, 1.0, 0.25]), grad=False)
    bincount.case("weights_i64", torch.tensor([2, 0, 2]), torch.tensor([3, 1, 4]))
    bincount.case("none", torch.zeros(0, dtype=torch.int64))
    steps = torch.tensor([[1.0, 2.0, 2.0, 5.0], [0.0, 1.0, 3.0, 4.0]])
    wanted = torch.tensor([[2.0, 0.5, NAN], [4.0, 9.0, -INF]])
    search = Golden("searchsorted", lambda s, v, right=False: torch.searchsorted(s, v, right=right), FOLDER)
    bucket = Golden("bucketize", lambda x, b, right=False: torch.bucketize(x, b, right=right), FOLDER)
    for right in [False, True]:
        search.case(f"rows_{right}", steps, wanted, grad=False, right=right)
        search.case(f"one_row_{right}", steps[0], wanted, grad=False, right=right)
        search.case(f"integers_{right}", torch.tensor([1, 3, 3]), torch.tensor([3, 0, 4]), right=right)
        bucket.case(f"floats_{right}", wanted, steps[0], grad=False, right=right)
    return goldens + [bincount, search, bucket]


def goldens():
    return [index(), index_put()] + rows() + scatters() + masks() + searches()
