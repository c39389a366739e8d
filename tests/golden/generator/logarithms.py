"""Logarithms and powers of 2 and 10, and what is made of them; the functions around erf."""

import torch

from .arithmetic import SPECIAL_LEFT, SPECIAL_RIGHT, broadcasts, promotion, with_numbers
from .elementwise import of_table
from .golden import Golden, uniform

FUNCTIONS = {
    "log2": (torch.log2, 0.1, 5, [1.0, 1024.0, 1e-30, 1e30]),
    "log10": (torch.log10, 0.1, 5, [1.0, 1000.0, 1e-30, 1e30]),
    "exp2": (torch.exp2, -3, 3, [0.0, 10.0, -50.0, 50.0]),
    "erfc": (torch.erfc, -3, 3, [0.0, 5.0, -5.0, 50.0]),
    "erfinv": (torch.erfinv, -0.95, 0.95, [0.0, 0.7, 0.99, -0.99, 2.0]),
}


def logaddexp():
    golden = Golden("logaddexp")
    broadcasts(golden)
    golden.floats("ties", [0.0, 2.0, -100.0], [0.0, 2.0, -100.0])
    golden.floats("far_apart", [0.0, 500.0, -100.0], [300.0, -500.0, -1000.0])
    golden.floats("special", SPECIAL_LEFT, SPECIAL_RIGHT, grad=False)
    promotion(golden, numbers=())
    return golden


def xlogy():
    golden = Golden("xlogy", with_numbers(torch.xlogy))
    broadcasts(golden, lambda *shape: uniform(0.5, 2.0, *shape))
    golden.floats("zeros", [0.0, 0.0, 0.0, 2.0], [0.0, 1.0, -1.0, 1.0])
    golden.floats("number_right", (2, 3), other=2.5)
    golden.floats("number_left", uniform(0.5, 2.0, 2, 3), input=2.5)
    golden.floats("special", SPECIAL_LEFT, SPECIAL_RIGHT, grad=False)
    promotion(golden)
    return golden


def goldens():
    return [*of_table(FUNCTIONS, FUNCTIONS, ["erfinv"]), logaddexp(), xlogy()]
