"""Scans and ranks: cumprod cummax cummin logcumsumexp median nanmedian kthvalue mode quantile nanquantile count_nonzero
nansum nanmean aminmax var_mean std_mean."""

import torch

from .golden import Golden, INF, NAN, distinct, uniform
from .reduction import INTEGERS, MASK


def scans(golden, make=lambda *shape: shape):
    golden.floats("dim0", make(3, 4), dim=0)
    golden.floats("dim1", make(2, 3, 2), dim=1)
    golden.floats("dim_last", make(3, 4), dim=-1)
    golden.floats("one_dimensional", make(6), dim=0)
    golden.floats("zero_dim", (), dim=0)
    golden.floats("size0", (0, 3), dim=0)
    return golden


def cumprod():
    golden = scans(Golden("cumprod"))
    golden.floats("one_zero", [2.0, 0.0, 3.0, 4.0], dim=0)
    golden.floats("zeros", [[2.0, 0.0, 3.0, 0.0, 1.0], [0.0, 0.0, 3.0, 1.0, 2.0]], dim=1)
    golden.floats("special", [1.0, INF, 0.0, 2.0, NAN], dim=0, grad=False)
    golden.case("i64", INTEGERS, dim=1)
    golden.case("u8", torch.tensor([200, 100, 50], dtype=torch.uint8), dim=0)
    golden.case("bool", MASK, dim=1)
    return golden


def cumextreme(function):
    golden = scans(Golden(function), distinct)
    golden.floats("ties", [[1.0, 3.0, 3.0, 1.0], [2.0, 2.0, 2.0, 2.0]], dim=1)
    golden.floats("special", [1.0, NAN, 2.0, INF, NAN, -INF], dim=0, grad=False)
    golden.case("i64", INTEGERS, dim=1)
    golden.case("bool", MASK, dim=1)
    return golden


def logcumsumexp():
    golden = scans(Golden("logcumsumexp"))
    golden.floats("large", [[1000.0, 1000.0, 999.0], [-1000.0, -1001.0, -1000.0]], dim=1, grad=False)
    golden.floats("rising", uniform(-30, 30, 8), dim=0)
    golden.floats("special", [1.0, INF, 2.0, NAN], dim=0, grad=False)
    golden.floats("minus_infinity", [-INF, -INF, 2.0], dim=0, grad=False)
    return golden


def median(function):
    golden = Golden(function)
    golden.floats("odd_all", distinct(3, 5))
    golden.floats("even_all", distinct(3, 4))
    golden.floats("ties_all", [1.0, 2.0, 2.0, 2.0, 3.0])
    golden.floats("odd_dim0", distinct(3, 4), dim=0)
    golden.floats("even_dim1_keepdim", distinct(2, 4, 3), dim=1, keepdim=True)
    golden.floats("dim_last", distinct(2, 3, 5), dim=-1)
    golden.floats("zero_dim", ())
    golden.floats("zero_dim_dim0", (), dim=0)
    golden.floats("special_all", [1.0, NAN, 3.0, INF, 2.0], grad=False)
    golden.floats("special_dim1", [[1.0, NAN, 3.0, -INF], [4.0, 3.0, INF, 7.0]], dim=1, grad=False)
    golden.floats("all_nan", [NAN, NAN], grad=False)
    golden.case("i64", INTEGERS)
    golden.case("i64_dim1", INTEGERS, dim=1)
    golden.case("u8", torch.tensor([3, 1, 2, 9], dtype=torch.uint8))
    return golden


def kthvalue():
    golden = Golden("kthvalue")
    golden.floats("k1", distinct(3, 4), k=1)
    golden.floats("k3_dim0", distinct(4, 3), k=3, dim=0)
    golden.floats("k2_keepdim", distinct(2, 4, 3), k=2, dim=1, keepdim=True)
    golden.floats("special", [1.0, NAN, 3.0, -INF], k=4, grad=False)
    golden.case("i64", torch.tensor([[3, 1, 2], [2, 5, 1]]), k=2)
    return golden


def mode():
    golden = Golden("mode")
    golden.floats("values", [[1.0, 3.0, 3.0, 1.0, 3.0], [2.0, 2.0, 5.0, 4.0, 5.0]])
    golden.floats("dim0_keepdim", [[1.0, 3.0], [1.0, 2.0], [0.0, 2.0]], dim=0, keepdim=True)
    golden.case("i64", torch.tensor([[3, 1, 3], [2, 5, 5]]))
    return golden


def quantile(function):
    golden = Golden(function, lambda x, several=None, q=None, **args: getattr(torch, function)(
        x, q if several is None else several, **args))
    few, many = [0.25, 0.75], [0.0, 0.1, 0.5, 0.9, 1.0]
    for how in ("linear", "lower", "higher", "midpoint", "nearest"):
        golden.floats(f"{how}_all", distinct(3, 3), q=0.3, interpolation=how)
        golden.floats(f"{how}_dim1", distinct(3, 6), many, dim=1, interpolation=how, grad=[0])
        golden.floats(f"{how}_between", distinct(5), q=0.375, dim=0, interpolation=how)
    golden.floats("keepdim", distinct(2, 4, 3), q=0.4, dim=1, keepdim=True)
    golden.floats("keepdim_all", distinct(2, 3), few, keepdim=True, grad=[0])
    golden.floats("several_dim0", distinct(4, 2), few, dim=0, grad=[0])
    golden.floats("nan", [[1.0, NAN, 3.0, 2.0], [4.0, 3.0, 1.0, 7.0], [NAN, NAN, NAN, NAN]], q=0.5, dim=1, grad=False)
    golden.floats("zero_dim", (), q=0.5)
    return golden


def count_nonzero():
    golden = Golden("count_nonzero")
    golden.floats("all", [[0.0, 1.0, NAN], [0.0, 0.0, -2.0]], grad=False)
    golden.floats("dim0", [[0.0, 1.0, NAN], [0.0, 0.0, -2.0]], dim=0, grad=False)
    golden.floats("dims", [[0.0, 1.0, NAN], [0.0, 0.0, -2.0]], dim=[0, 1], grad=False)
    golden.case("bool", MASK, dim=1)
    golden.case("i64", INTEGERS)
    return golden


def nan_reduction(function):
    golden = Golden(function)
    values = [[0.5, 1.0, NAN], [NAN, 3.0, -2.0], [1.0, 2.0, 4.0]]
    golden.floats("all", values)
    golden.floats("dim0", values, dim=0)
    golden.floats("dim1_keepdim", values, dim=1, keepdim=True)
    golden.floats("dims", values, dim=[0, 1])
    golden.floats("all_nan", [[NAN, NAN], [1.0, NAN]], dim=1, grad=False)
    if function == "nansum":
        golden.case("i64", INTEGERS, dim=1)
    return golden


def aminmax():
    golden = Golden("aminmax", lambda x, dim=(), keepdim=False: (x.amin(dim, keepdim), x.amax(dim, keepdim)))
    golden.floats("all_min", distinct(2, 3))
    golden.floats("all_max", distinct(2, 3), grad_of=1)
    golden.floats("dim1_keepdim", distinct(2, 3), dim=1, keepdim=True)
    golden.case("i64", INTEGERS, dim=0)
    return golden


def moments(function):
    golden = Golden(function, lambda x, dim=None, **args: getattr(torch, function)(x, dim, **args))
    golden.floats("all", (2, 3), correction=1)
    golden.floats("dim1", (2, 3), dim=1, correction=1)
    golden.floats("mean", (2, 3), dim=1, correction=0, keepdim=True, grad_of=1)
    return golden


def goldens():
    return [cumprod(), cumextreme("cummax"), cumextreme("cummin"), logcumsumexp(), median("median"),
            median("nanmedian"), kthvalue(), mode(), quantile("quantile"), quantile("nanquantile"), count_nonzero(),
            nan_reduction("nansum"), nan_reduction("nanmean"), aminmax(), moments("var_mean"), moments("std_mean")]
