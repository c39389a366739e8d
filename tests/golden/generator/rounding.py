"""Rounding, remainders, and what keeps values within bounds."""

import torch

from .arithmetic import SPECIAL_LEFT, SPECIAL_RIGHT, broadcasts, promotion, with_numbers
from .elementwise import of_table
from .golden import Golden, INF, NAN, uniform

HALVES = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999997, 8388609.0, 1e30]

FUNCTIONS = {
    "floor": (torch.floor, -5, 5, HALVES),
    "ceil": (torch.ceil, -5, 5, HALVES),
    "trunc": (torch.trunc, -5, 5, HALVES),
    "frac": (torch.frac, -5, 5, HALVES),
}


def rounded():
    golden = of_table({"round": (torch.round, -5, 5, HALVES)}, ["round"], [])[0]
    for decimals in (1, 3, -1, -2, 0):
        golden.floats(f"decimals_{decimals}", uniform(-200, 200, 2, 3), decimals=decimals)
    return golden


def remainder(function, numbers):
    golden = Golden(function, with_numbers(getattr(torch, function)))
    broadcasts(golden, lambda *shape: uniform(0.5, 5.0, *shape))
    golden.floats("signs", [5.5, -5.5, 5.5, -5.5, 6.0, -6.0], [2.0, 2.0, -2.0, -2.0, 3.0, -3.0])
    golden.floats("number_right", (2, 3), other=2.5)
    golden.case("negative_integers", torch.tensor([7, -7, 7, -7, 6, -6]), torch.tensor([3, 3, -3, -3, 3, -1]))
    golden.floats("special", SPECIAL_LEFT, SPECIAL_RIGHT, grad=False)
    promotion(golden, numbers)
    return golden


def rounded_division(name, mode):
    """Under the name of its op; the gradient of PyTorch's floor_divide is not implemented, that of div is 0."""
    golden = Golden(name, lambda a, b=None, other=None: torch.div(a, b if other is None else other, rounding_mode=mode))
    broadcasts(golden, lambda *shape: uniform(0.5, 5.0, *shape))
    golden.floats("signs", [5.5, -5.5, 5.5, -5.5, 6.0, -6.0, 0.3], [2.0, 2.0, -2.0, -2.0, 3.0, -3.0, 0.1])
    golden.floats("number_right", (2, 3), other=2.5)
    golden.case("negative_integers", torch.tensor([7, -7, 7, -7, 6, -6]), torch.tensor([3, 3, -3, -3, 3, -1]))
    golden.case("integers_and_a_number", torch.tensor([7, -7, 6]), other=2)
    golden.case("integers_and_a_real_number", torch.tensor([7, -7, 6]), other=2.5)
    golden.case("least", torch.tensor([-128, -128], dtype=torch.int8), torch.tensor([-1, 3], dtype=torch.int8))
    golden.floats("special", SPECIAL_LEFT, SPECIAL_RIGHT, grad=False)
    promotion(golden, ())
    return golden


def bound(function, number):
    golden = Golden(function, with_numbers(getattr(torch, function), number))
    broadcasts(golden)
    golden.floats("number", [-2.0, 0.5, 2.0, 0.0], **{number: 0.5})
    golden.floats("ties", [1.0, 2.0, 3.0], [1.0, 1.0, 4.0])
    golden.floats("special", SPECIAL_LEFT, SPECIAL_RIGHT, grad=False)
    promotion(golden, (number,))
    return golden


def nan_to_num():
    golden = Golden("nan_to_num")
    values = [1.5, NAN, INF, -INF, -0.0]
    golden.floats("default", values)
    golden.floats("nan", values, nan=2.0)
    golden.floats("all", values, nan=-1.0, posinf=10.0, neginf=-20.0)
    golden.floats("posinf", values, posinf=10.0)
    golden.floats("size0", (0, 3))
    golden.case("i64", torch.tensor([1, 2]))
    golden.case("bool", torch.tensor([True, False]))
    return golden


def lerp():
    def call(a, b, *weights, weight=None):
        return torch.lerp(a, b, weights[0] if weights else weight)

    golden = Golden("lerp", call)
    for weight in (0.0, 0.25, 0.5, 1.0, 1.5, -0.5):
        golden.floats(f"weight_{weight}", (2, 3), (2, 3), weight=weight)
    golden.floats("broadcast", (3,), (2, 1), weight=0.3)
    golden.floats("tensor", (2, 3), (2, 3), uniform(-1, 2, 2, 3))
    golden.floats("tensor_broadcast", (2, 3), (3,), uniform(0, 1, 2, 1))
    golden.floats("tensor_edges", (4,), (4,), [0.0, 0.5, 1.0, -0.5])
    return golden


def goldens():
    return [*of_table(FUNCTIONS, ["floor", "ceil", "trunc"], []), rounded(), remainder("fmod", ("other",)),
            remainder("remainder", ("other", "input")), rounded_division("floor_divide", "floor"),
            rounded_division("trunc_divide", "trunc"), bound("clamp_min", "min"), bound("clamp_max", "max"),
            nan_to_num(), lerp()]
