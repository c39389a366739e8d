"""Bits of integers and logic of bools; isclose."""

import torch

from .arithmetic import promotion, with_numbers
from .golden import Golden, INF, NAN


def bits(function):
    golden = Golden(function, with_numbers(getattr(torch, function)))
    golden.case("table", torch.tensor([[0], [1], [6], [-1], [-128]]), torch.tensor([0, 1, 5, -1, 255]))
    golden.case("bools", torch.tensor([[False], [True]]), torch.tensor([False, True]))
    golden.case("size0", torch.zeros(0, 3, dtype=torch.int64), torch.tensor([1, 2, 3]))
    golden.case("bool_number", torch.tensor([False, True]), other=True)
    golden.case("negative_number", torch.tensor([1, 2, -3]), other=-2)
    promotion(golden)
    return golden


def bitwise_not():
    golden = Golden("bitwise_not")
    golden.case("i64", torch.tensor([[0, 1, -1], [5, -128, 255]]))
    golden.case("u8", torch.tensor([0, 1, 255], dtype=torch.uint8))
    golden.case("bool", torch.tensor([False, True]))
    golden.case("zero_dim", torch.tensor(True))
    return golden


def logical_xor():
    golden = Golden("logical_xor")
    golden.case("bools", torch.tensor([[False], [True]]), torch.tensor([False, True]))
    golden.case("floats", torch.tensor([0.0, -0.0, 2.0, NAN]), torch.tensor([1.0, 0.0, INF, 0.0]), grad=False)
    golden.case("mixed", torch.tensor([0, 1, 2]), torch.tensor([0.0, 0.5, 0.0]), grad=False)
    return golden


def isclose():
    golden = Golden("isclose")
    values = [1.0, 1.0, 1.0, NAN, INF, INF, 0.0, 100.0]
    others = [1.0, 1.00001, 1.1, NAN, INF, -INF, 1e-9, 100.001]
    golden.floats("default", values, others, grad=False)
    golden.floats("tolerances", values, others, rtol=0.2, atol=0.0, grad=False)
    golden.floats("equal_nan", values, others, equal_nan=True, grad=False)
    golden.floats("broadcast", (2, 1), (3,), rtol=1.0, grad=False)
    golden.case("i64", torch.tensor([1, 100, 1000000]), torch.tensor([1, 101, 1000001]))
    return golden


def goldens():
    return [*map(bits, ("bitwise_and", "bitwise_or", "bitwise_xor")), bitwise_not(), logical_xor(), isclose()]
