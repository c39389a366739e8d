"""Elementwise functions of one tensor, from exp to erf."""

import torch
import torch.nn.functional as F

from .golden import Golden, INF, NAN, uniform

SPECIAL = [NAN, INF, -INF, 0.0, -0.0]
SATURATED = [-1000.0, -50.0, -20.0, 20.0, 50.0, 1000.0]
TINY = [1e-8, -1e-8, 1e-4, -1e-4]

# name: (function, low, high, values whose gradients are asked for too)
FUNCTIONS = {
    "exp": (torch.exp, -3, 3, [0.0, -50.0, 50.0, 1000.0, -1000.0]),
    "log": (torch.log, 0.1, 5, [1.0, 1e-30, 1e30]),
    "log1p": (torch.log1p, -0.9, 5, [0.0, 1e10]),
    "expm1": (torch.expm1, -3, 3, [0.0, 50.0, -50.0]),
    "sqrt": (torch.sqrt, 0.1, 5, [0.0, 1.0, 1e-30, 1e30]),
    "rsqrt": (torch.rsqrt, 0.1, 5, [1.0, 1e-20, 1e20]),
    "square": (torch.square, -3, 3, [0.0, 1e10, -1e-10]),
    "reciprocal": (torch.reciprocal, 0.2, 3, [-1.0, 1e10, -1e-10]),
    "sin": (torch.sin, -6, 6, [0.0, -0.0, 100.0]),
    "cos": (torch.cos, -6, 6, [0.0, -0.0, 100.0]),
    "tanh": (torch.tanh, -3, 3, [0.0, *SATURATED]),
    "sigmoid": (torch.sigmoid, -4, 4, [0.0, *SATURATED]),
    "relu": (torch.relu, -2, 2, [0.0, -0.0, 1e-30, -1e-30]),
    "silu": (F.silu, -4, 4, [0.0, *SATURATED]),
    "erf": (torch.erf, -3, 3, [0.0, *SATURATED]),
}

TAKES_INTEGERS = ["exp", "log", "log1p", "expm1", "sqrt", "rsqrt", "square", "reciprocal", "sin", "cos", "tanh",
                  "sigmoid", "relu", "erf"]

# These pass through 0, where a small result has to be as exact as a large one.
PASSES_THROUGH_ZERO = ["log1p", "expm1", "sin", "tanh", "silu", "erf"]


def cover(golden, low, high, edges, **args):
    """The inputs that every function gets, with these arguments."""
    suffix = "".join(f"_{key}_{value}" for key, value in args.items())
    golden.floats("random" + suffix, uniform(low, high, 3, 4), **args)
    golden.floats("zero_dim" + suffix, uniform(low, high), **args)
    golden.floats("size0" + suffix, (0, 3), **args)
    golden.floats("edges" + suffix, edges, **args)
    golden.floats("special" + suffix, SPECIAL, grad=False, **args)


def plain(function, call, low, high, edges, integers=True, through_zero=False):
    golden = Golden(function, call)
    cover(golden, low, high, edges)
    if through_zero:
        golden.floats("tiny", TINY)
    if integers:
        golden.case("i64", torch.tensor([1, 2, 3]))
        golden.case("u8", torch.tensor([1, 2, 3], dtype=torch.uint8))
    return golden


def of_table(functions, takes_integers, passes_through_zero):
    """The golden files of functions {name: (function, low, high, values whose gradients are asked for too)}."""
    return [plain(name, *row, name in takes_integers, name in passes_through_zero) for name, row in functions.items()]


def leaky_relu():
    golden = Golden("leaky_relu", F.leaky_relu)
    cover(golden, -2, 2, [0.0, -0.0, -1000.0, 1000.0])
    cover(golden, -2, 2, [0.0, -0.0, 1.0, -1.0], negative_slope=0.2)
    return golden


def elu():
    golden = Golden("elu", F.elu)
    cover(golden, -3, 3, [0.0, -0.0, -50.0, 50.0])
    cover(golden, -3, 3, [0.0, -1.0, 1.0], alpha=0.5)
    return golden


def gelu():
    golden = Golden("gelu", F.gelu)
    cover(golden, -4, 4, [0.0, -0.0, 10.0, -50.0, 50.0])
    cover(golden, -4, 4, [0.0, -0.0, 10.0, -50.0, 50.0], approximate="tanh")
    return golden


def softplus():
    golden = Golden("softplus", F.softplus)
    cover(golden, -4, 4, [0.0, 19.5, 20.0, 20.5, -50.0, 1000.0, -1000.0])
    cover(golden, -4, 4, [0.0, 1.5, 2.0, 2.5, 10.0], beta=2.0, threshold=4.0)
    return golden


def goldens():
    return [*of_table(FUNCTIONS, TAKES_INTEGERS, PASSES_THROUGH_ZERO), leaky_relu(), elu(), gelu(), softplus()]
