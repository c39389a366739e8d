"""Trigonometric and hyperbolic functions, their inverses, and hypot."""

import torch

from .arithmetic import SPECIAL_LEFT, SPECIAL_RIGHT, broadcasts, promotion
from .elementwise import of_table
from .golden import Golden

FUNCTIONS = {
    "tan": (torch.tan, -1.4, 1.4, [0.0, -0.0, 1.5, 100.0]),
    "asin": (torch.asin, -0.95, 0.95, [0.0, -0.0, 0.999, 2.0]),
    "acos": (torch.acos, -0.95, 0.95, [0.0, -0.0, 0.999, 2.0]),
    "atan": (torch.atan, -3, 3, [0.0, -0.0, 1e10]),
    "sinh": (torch.sinh, -3, 3, [0.0, -0.0, 50.0, -1000.0]),
    "cosh": (torch.cosh, -3, 3, [0.0, -0.0, 50.0, -1000.0]),
    "asinh": (torch.asinh, -3, 3, [0.0, -0.0, 1e10]),
    "acosh": (torch.acosh, 1.1, 5, [0.5, 1e10]),
    "atanh": (torch.atanh, -0.95, 0.95, [0.0, -0.0, 0.999, 2.0]),
    "sinc": (torch.sinc, -3, 3, [0.0, -0.0, 0.5, 20.5]),
}

PASSES_THROUGH_ZERO = ["tan", "asin", "atan", "sinh", "asinh", "atanh"]


def pair(function):
    golden = Golden(function)
    broadcasts(golden)
    golden.floats("signs", [1.0, 1.0, -1.0, -1.0, 0.0, 0.0, 3.0], [2.0, -2.0, 2.0, -2.0, 3.0, -3.0, 0.0])
    golden.floats("special", SPECIAL_LEFT, SPECIAL_RIGHT, grad=False)
    promotion(golden, numbers=(), grad=False)  # PyTorch's gradient beside uint8 wraps
    return golden


def goldens():
    return [*of_table(FUNCTIONS, FUNCTIONS, PASSES_THROUGH_ZERO), pair("atan2"), pair("hypot")]
