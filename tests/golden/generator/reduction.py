"""Reductions and what goes along one dim: sum mean var std prod amax amin logsumexp max min argmax argmin cumsum sort
topk norm; sum_squares as (x * x).sum()."""

import torch

from .golden import Golden, INF, NAN, distinct, uniform

INTEGERS = torch.tensor([[3, 1, 2], [2, 5, 1]])
MASK = torch.tensor([[True, False, True], [True, True, True]])


def dims(golden, make=lambda *shape: shape, **args):
    """All, one and several dims of 3-d, 1-d and 0-d inputs."""
    golden.floats("all", make(2, 3, 2), **args)
    golden.floats("dim0", make(2, 3, 2), dim=0, **args)
    golden.floats("dim1_keepdim", make(2, 3, 2), dim=1, keepdim=True, **args)
    golden.floats("dim_last", make(2, 3, 2), dim=-1, **args)
    golden.floats("dims_0_2", make(2, 3, 2), dim=[0, 2], **args)
    golden.floats("dims_1_2_keepdim", make(2, 3, 2), dim=[-2, -1], keepdim=True, **args)
    golden.floats("dims_all", make(2, 3, 2), dim=[0, 1, 2], **args)
    golden.floats("one_dimensional", make(5), dim=0, **args)


def sum_or_mean(function):
    golden = Golden(function)
    dims(golden)
    golden.floats("zero_dim", ())
    golden.floats("zero_dim_dim0", (), dim=0)
    golden.floats("size0", (0, 3))
    golden.floats("size0_dim0", (0, 3), dim=0)
    golden.floats("size0_dim1", (0, 3), dim=1)
    golden.floats("nan", [[NAN, 1.0], [INF, 2.0], [INF, -INF]], dim=1, grad=False)
    if function == "sum":
        golden.case("i64", INTEGERS, dim=0)
        golden.case("u8", torch.tensor([200, 100, 50], dtype=torch.uint8))
        golden.case("bool", MASK, dim=1)
    return golden


def sum_squares():
    golden = Golden("sum_squares", lambda x: (x * x).sum())
    golden.floats("matrix", (3, 20))
    golden.floats("vector", (5,))
    golden.floats("long", (2500,), grad=False)
    golden.floats("zero_dim", ())
    golden.floats("size0", (0, 3))
    golden.floats("nan", [[NAN, 1.0], [INF, 2.0]], grad=False)
    golden.floats("infinity", [[1.0, INF], [-INF, 2.0]], grad=False)
    return golden


def var_or_std(function):
    golden = Golden(function, lambda x, dim=None, **args: getattr(torch, function)(x, dim, **args))
    dims(golden, correction=1)
    golden.floats("correction0_all", (2, 3), correction=0)
    golden.floats("correction0_dim0", (3, 4), dim=0, correction=0)
    golden.floats("correction0_dims_keepdim", (2, 3, 2), dim=[0, 2], correction=0, keepdim=True)
    golden.floats("correction2_dim1", (3, 4), dim=1, correction=2)
    golden.floats("far_from_zero", uniform(10000.0, 10001.0, 6), correction=1, grad=False)
    golden.floats("constant", [[2.0, 2.0, 2.0], [1.0, 2.0, 4.0]], dim=1, correction=1)
    golden.floats("one_element", [3.0], correction=1, grad=False)
    golden.floats("one_element_correction0", [3.0], correction=0)
    golden.floats("special", [[NAN, 1.0], [INF, 2.0]], dim=1, correction=1, grad=False)
    return golden


def prod():
    def call(x, dim=None, keepdim=False):
        if dim is None:
            return torch.prod(x)
        for d in sorted((d % x.dim() for d in ([dim] if isinstance(dim, int) else dim)), reverse=True):
            x = torch.prod(x, d, keepdim)
        return x

    golden = Golden("prod", call)
    dims(golden)
    golden.floats("zero_dim", ())
    golden.floats("size0", (0, 3))
    golden.floats("size0_dim0", (0, 3), dim=0)
    golden.floats("one_zero", [2.0, 0.0, 3.0])
    golden.floats("two_zeros", [2.0, 0.0, 0.0])
    golden.floats("zeros_dim1", [[2.0, 0.0, 3.0], [0.0, 0.0, 3.0], [1.0, 2.0, 3.0]], dim=1)
    golden.floats("special", [[NAN, 1.0], [INF, 2.0], [INF, 0.0]], dim=1, grad=False)
    golden.case("i64", INTEGERS, dim=0)
    golden.case("u8", torch.tensor([20, 3], dtype=torch.uint8))
    golden.case("bool", MASK, dim=1)
    return golden


def amax_or_amin(function):
    def call(x, dim=(), keepdim=False):
        return getattr(torch, function)(x, dim=dim, keepdim=keepdim)

    golden = Golden(function, call)
    dims(golden, distinct)
    golden.floats("ties", [[1.0, 3.0, 3.0, 1.0], [2.0, 2.0, 2.0, 2.0]], dim=1)
    golden.floats("ties_all", [[1.0, 3.0, 1.0], [3.0, 3.0, 1.0]])
    golden.floats("zero_dim", ())
    golden.floats("size0_dim1", (2, 0, 3), dim=0)
    golden.floats("special", [[NAN, 1.0], [1.0, NAN], [INF, 2.0], [-INF, -INF]], dim=1, grad=False)
    golden.case("i64", INTEGERS, dim=1)
    golden.case("u8", INTEGERS.to(torch.uint8))
    golden.case("bool", MASK, dim=1)
    return golden


def logsumexp():
    golden = Golden("logsumexp", lambda x, dim=None, **args: torch.logsumexp(
        x, list(range(x.dim())) if dim is None else dim, **args))
    dims(golden)
    golden.floats("zero_dim", (), dim=0)
    golden.floats("large", [[1000.0, 1000.0, 999.0], [-1000.0, -1001.0, -1000.0]], dim=1)
    golden.floats("one_minus_infinity", [[-INF, 1.0, 2.0]], dim=1)
    golden.floats("size0_dim0", (0, 3), dim=0)
    golden.floats("special", [[NAN, 1.0], [INF, 2.0], [INF, INF], [-INF, -INF], [INF, -INF]], dim=1, grad=False)
    return golden


def max_or_min(function):
    golden = Golden(function)
    golden.floats("all", distinct(3, 4))
    golden.floats("dim0", distinct(3, 4), dim=0)
    golden.floats("dim1_keepdim", distinct(2, 3, 2), dim=1, keepdim=True)
    golden.floats("dim_last", distinct(2, 3, 2), dim=-1)
    golden.floats("zero_dim", ())
    golden.floats("zero_dim_dim0", (), dim=0)
    golden.floats("size0_dim1", (0, 3), dim=1)
    golden.floats("ties_all", [[1.0, 3.0, 1.0], [3.0, 3.0, 1.0]])
    golden.floats("ties_dim1", [[1.0, 3.0, 3.0, 1.0], [2.0, 2.0, 2.0, 2.0]], dim=1)
    golden.floats("special_all", [1.0, NAN, INF, NAN], grad=False)
    golden.floats("special_dim1", [[1.0, NAN, NAN], [INF, -INF, INF], [-INF, -INF, -INF]], dim=1, grad=False)
    golden.floats("elementwise", distinct(2, 3), distinct(3))
    golden.floats("elementwise_ties", [1.0, 2.0, 3.0], [1.0, 3.0, 2.0])
    golden.case("i64_all", INTEGERS)
    golden.case("i64_dim1", INTEGERS, dim=1)
    golden.case("u8_dim0", INTEGERS.to(torch.uint8), dim=0)
    golden.case("bool_dim1", MASK, dim=1)
    golden.case("elementwise_i64_f32", INTEGERS, torch.tensor([0.5, 2.5, 1.5]), grad=False)
    return golden


def argmax_or_argmin(function):
    golden = Golden(function)
    golden.floats("all", distinct(3, 4), grad=False)
    golden.floats("dim0", distinct(3, 4), dim=0, grad=False)
    golden.floats("dim1_keepdim", distinct(2, 3, 2), dim=1, keepdim=True, grad=False)
    golden.floats("dim_last", distinct(2, 3, 2), dim=-1, grad=False)
    golden.floats("zero_dim", (), grad=False)
    golden.floats("first_of_ties", [[1.0, 3.0, 3.0, 1.0], [2.0, 2.0, 2.0, 2.0]], dim=1, grad=False)
    golden.floats("special", [[1.0, NAN, NAN], [INF, -INF, INF]], dim=1, grad=False)
    golden.case("i64", INTEGERS, dim=1)
    golden.case("u8", INTEGERS.to(torch.uint8))
    return golden


def cumsum():
    golden = Golden("cumsum")
    golden.floats("dim0", (3, 4), dim=0)
    golden.floats("dim1", (2, 3, 2), dim=1)
    golden.floats("dim_last", (3, 4), dim=-1)
    golden.floats("one_dimensional", (6,), dim=0)
    golden.floats("zero_dim", (), dim=0)
    golden.floats("size0", (0, 3), dim=0)
    golden.floats("special", [1.0, INF, -INF, 2.0, NAN], dim=0, grad=False)
    golden.case("i64", INTEGERS, dim=1)
    golden.case("u8", torch.tensor([200, 100, 50], dtype=torch.uint8), dim=0)
    golden.case("bool", MASK, dim=1)
    return golden


def sort():
    golden = Golden("sort", lambda x, **args: torch.sort(x, stable=True, **args))
    golden.floats("default", distinct(3, 4))
    golden.floats("dim0", distinct(3, 4), dim=0)
    golden.floats("dim1_descending", distinct(2, 3, 2), dim=1, descending=True)
    golden.floats("zero_dim", ())
    golden.floats("size0", (0, 3), dim=0)
    golden.floats("special", [[1.0, NAN, -INF, INF], [INF, 0.0, NAN, -1.0]], dim=1, grad=False)
    golden.floats("special_descending", [1.0, NAN, -INF, INF], dim=0, descending=True, grad=False)
    golden.case("i64", INTEGERS, dim=1)
    golden.case("u8_descending", INTEGERS.to(torch.uint8), dim=1, descending=True)
    return golden


def topk():
    golden = Golden("topk")
    golden.floats("k2", distinct(3, 4), k=2)
    golden.floats("k1_dim0", distinct(3, 4), k=1, dim=0)
    golden.floats("k2_dim1_smallest", distinct(2, 3, 2), k=2, dim=1, largest=False)
    golden.floats("k_all", distinct(5), k=5)
    golden.floats("k0", distinct(2, 3), k=0, grad=False)
    golden.floats("zero_dim", (), k=1)
    golden.floats("special", [1.0, NAN, -INF, INF], k=3, dim=0, grad=False)
    golden.floats("special_smallest", [1.0, NAN, -INF, INF], k=3, dim=0, largest=False, grad=False)
    golden.case("i64", INTEGERS, k=2, dim=1)
    return golden


def norm():
    golden = Golden("norm")
    for p in (2, 1, 3, 0.5, 0, INF, -INF):
        golden.floats(f"p{p}_all", (2, 3), p=p)
        golden.floats(f"p{p}_dim1", (2, 3, 2), p=p, dim=1)
        golden.floats(f"p{p}_dims_keepdim", (2, 3, 2), p=p, dim=[0, 2], keepdim=True)
    for p in (2, 1, INF):
        golden.floats(f"p{p}_zeros", [[0.0, 0.0], [0.0, 3.0]], p=p, dim=1)
    golden.floats("pinf_ties", [[2.0, -2.0, 1.0], [1.0, 1.0, 1.0]], p=INF, dim=1)
    golden.floats("zero_dim", (), p=2)
    golden.floats("size0", (0, 3), p=2, dim=0)
    golden.floats("special", [[NAN, 1.0], [INF, 2.0]], p=2, dim=1, grad=False)
    return golden


def goldens():
    return [sum_or_mean("sum"), sum_or_mean("mean"), sum_squares(), var_or_std("var"), var_or_std("std"), prod(),
            amax_or_amin("amax"), amax_or_amin("amin"), logsumexp(), max_or_min("max"), max_or_min("min"),
            argmax_or_argmin("argmax"), argmax_or_argmin("argmin"), cumsum(), sort(), topk(), norm()]
