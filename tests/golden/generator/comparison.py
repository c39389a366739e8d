"""Comparisons and tests of truth: eq ne lt le gt ge any all isnan allclose. None has a gradient."""

import operator

import torch

from .arithmetic import broadcasts, promotion, with_numbers
from .golden import Golden, INF, NAN


def comparison(function):
    golden = Golden(function, with_numbers(getattr(operator, function)))
    broadcasts(golden, grad=False)
    golden.floats("ties", [1.0, 2.0, 0.0, -1.0], [1.0, 1.0, -0.0, 1.0], grad=False)
    golden.floats("special", [NAN, NAN, INF, INF, -INF, 1.0], [NAN, 1.0, INF, -INF, 0.0, NAN], grad=False)
    golden.floats("number_right", [1.0, 2.5, 3.0, NAN], other=2.5, grad=False)
    golden.floats("number_left", [1.0, 2.5, 3.0, NAN], input=2.5, grad=False)
    golden.case("large_i64", torch.tensor([2**53 + 1, 2**53]), torch.tensor([2**53, 2**53]))
    promotion(golden, grad=False)
    return golden


def truth(function):
    golden = Golden(function)
    mask = torch.tensor([[True, False, True], [False, False, False], [True, True, True]])
    inputs = {"bool": mask, "i64": mask.long() * 3, "u8": mask.to(torch.uint8) * 2, "f32": mask.float() * -0.5}
    for name, x in inputs.items():
        golden.case(f"{name}_all_elements", x, grad=False)
        golden.case(f"{name}_dim0", x, dim=0, grad=False)
        golden.case(f"{name}_dim1_keepdim", x, dim=-1, keepdim=True, grad=False)
    golden.case("zero_dim", torch.tensor(True))
    golden.case("size0", torch.zeros(0, 3, dtype=torch.bool))
    golden.case("size0_dim0", torch.zeros(0, 3, dtype=torch.bool), dim=0)
    golden.floats("nan_is_true", [NAN, 0.0], grad=False)
    return golden


def isnan():
    golden = Golden("isnan")
    golden.floats("special", [[NAN, INF, -INF], [0.0, -0.0, -NAN]], grad=False)
    golden.floats("zero_dim", NAN, grad=False)
    golden.floats("size0", (0, 3), grad=False)
    golden.case("i64", torch.tensor([0, 1]))
    return golden


def allclose():
    golden = Golden("allclose", lambda a, b, **args: torch.tensor(torch.allclose(a, b, **args)))
    golden.floats("equal", [1.0, 2.0], [1.0, 2.0], grad=False)
    golden.floats("near", [1.0, 2.0], [1.000001, 2.000001], grad=False)
    golden.floats("apart", [1.0, 2.0], [1.0, 2.1], grad=False)
    golden.floats("wide_atol", [1.0, 2.0], [1.05, 2.1], rtol=0.0, atol=0.2, grad=False)
    golden.floats("rtol_is_of_the_second", [1.0], [2.0], rtol=0.5, atol=0.0, grad=False)
    golden.floats("rtol_is_of_the_second_swapped", [2.0], [1.0], rtol=0.5, atol=0.0, grad=False)
    golden.floats("nan", [NAN], [NAN], grad=False)
    golden.floats("equal_nan", [NAN], [NAN], rtol=1e-5, atol=1e-8, equal_nan=True, grad=False)
    golden.floats("infinities", [INF, -INF], [INF, -INF], grad=False)
    golden.floats("opposite_infinities", [INF], [-INF], grad=False)
    return golden


def goldens():
    names = ["eq", "ne", "lt", "le", "gt", "ge"]
    return [*map(comparison, names), truth("any"), truth("all"), isnan(), allclose()]
