"""Arithmetic: add sub mul div pow neg maximum minimum where clamp abs sign masked_fill."""

import operator

import torch

from .golden import DTYPES, Golden, INF, NAN, uniform

SPECIAL_LEFT = [NAN, INF, -INF, INF, 0.0, -0.0, 1.0, -1.0, INF, NAN]
SPECIAL_RIGHT = [1.0, 1.0, INF, INF, 0.0, 3.0, 0.0, -0.0, 0.0, NAN]

# Each dtype's values are small, so that no sum or product of two leaves the range of uint8.
SAMPLES = {"f32": [1.5, 2.25, 0.5], "f64": [0.1, 2.5, 3.0], "i64": [3, 1, 2], "i32": [2, 4, 1],
           "i16": [1, 3, 4], "i8": [4, 1, 3], "u8": [5, 2, 1], "bool": [True, False, True]}


def sample(key, zero_dim=False):
    return torch.tensor(SAMPLES[key][0] if zero_dim else SAMPLES[key], dtype=DTYPES[key])


def with_numbers(op, number="other"):
    """op of two tensors, of a tensor and the number `other`, or of the number `input` and a tensor."""
    def call(*tensors, input=None, **args):
        left = tensors[0] if input is None else input
        right = args.get(number, tensors[-1])
        return op(left, right)
    return call


def promotion(golden, numbers=("other", "input"), grad=True):
    """Every pair of dtypes, n-d with n-d, with 0-d and with a number. PyTorch refuses some; those are left out."""
    def attempt(name, *inputs, **args):
        try:
            golden.case(name, *inputs, grad=grad, **args)
        except (RuntimeError, TypeError):
            pass

    for a in DTYPES:
        for b in DTYPES:
            attempt(f"{a}_{b}", sample(a), sample(b))
            attempt(f"{a}_{b}_0d", sample(a), sample(b, zero_dim=True))
            attempt(f"{a}_0d_{b}", sample(a, zero_dim=True), sample(b))
            attempt(f"{a}_0d_{b}_0d", sample(a, zero_dim=True), sample(b, zero_dim=True))
        for number in numbers:
            attempt(f"{a}_int_{number}", sample(a), **{number: 2})
            attempt(f"{a}_float_{number}", sample(a), **{number: 2.5})
            attempt(f"{a}_0d_int_{number}", sample(a, zero_dim=True), **{number: 2})
            attempt(f"{a}_0d_float_{number}", sample(a, zero_dim=True), **{number: 2.5})


def broadcasts(golden, make=lambda *shape: shape, grad=True):
    """The shapes that a binary op meets."""
    pairs = {"same_shape": ((2, 3), (2, 3)), "row": ((2, 3), (3,)), "column": ((2, 3), (2, 1)),
             "both_stretch": ((2, 1), (1, 3)), "ranks": ((3,), (2, 1, 3)), "inner": ((2, 1, 3), (2, 2, 1)),
             "zero_dim_right": ((2, 3), ()), "zero_dim_left": ((), (2, 3)), "zero_dim_both": ((), ()),
             "size0": ((0, 3), (3,)), "size0_stretched": ((2, 0), (1, 1))}
    for name, (left, right) in pairs.items():
        golden.floats(name, make(*left), make(*right), grad=grad)


def binary(function, op):
    golden = Golden(function, with_numbers(op))
    broadcasts(golden)
    golden.floats("number_right", (2, 3), other=2.5)
    golden.floats("number_left", (2, 3), input=2.5)
    golden.floats("special", SPECIAL_LEFT, SPECIAL_RIGHT, grad=False)
    promotion(golden)
    return golden


def power():
    golden = Golden("pow", with_numbers(operator.pow, "exponent"))
    broadcasts(golden, lambda *shape: uniform(0.5, 2.0, *shape))
    for exponent in (2, 3, 0, 1, -1, 2.5, 0.5, -0.5):
        golden.floats(f"exponent_{exponent}", uniform(0.3, 2.0, 2, 3), exponent=exponent)
    for exponent in (2, 3, -1, -2, 0, 1):
        golden.floats(f"negative_base_exponent_{exponent}", uniform(-2.0, -0.3, 3), exponent=exponent)
    for exponent in (0, 1, 2, 3, 0.5):
        golden.floats(f"base_zero_exponent_{exponent}", [0.0, 1.0], exponent=exponent)
    golden.floats("number_base", (2, 3), input=2.5)
    golden.floats("number_base_zero", [0.0, 1.0, 2.0], input=0.0)
    golden.floats("base_zero", [0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 2.0, 0.5])
    golden.floats("special", SPECIAL_LEFT, SPECIAL_RIGHT, grad=False)
    golden.floats("negative_base_fraction", [-2.0, -0.5], [0.5, 1.5], grad=False)
    promotion(golden, numbers=("exponent", "input"), grad=(0,))  # PyTorch takes an integer base's log in float32
    return golden


def extremum(function):
    golden = Golden(function)
    broadcasts(golden)
    golden.floats("ties", [1.0, 2.0, -3.0, 0.0], [1.0, -2.0, -3.0, -0.0])
    golden.floats("special", SPECIAL_LEFT, SPECIAL_RIGHT, grad=False)
    promotion(golden, numbers=())
    return golden


def where():
    golden = Golden("where", lambda condition, x, y: torch.where(condition, x, y))
    mask = torch.tensor([[True, False, True], [False, False, True]])
    golden.floats("same_shape", mask, (2, 3), (2, 3))
    golden.floats("broadcast_values", mask, (3,), (2, 1))
    golden.floats("broadcast_condition", mask[0], (2, 3), (2, 3))
    golden.floats("condition_widens", mask, (), (3,))
    golden.floats("zero_dim", torch.tensor(True), (), ())
    golden.floats("size0", torch.zeros(0, 3, dtype=torch.bool), (0, 3), (3,))
    golden.floats("chosen_away_nan", mask[0], [NAN, 1.0, -0.0], [2.0, NAN, INF])
    for name, dtype in DTYPES.items():
        golden.case(f"dtype_{name}", mask[0], sample(name), sample(name).flip(0))
    golden.case("promotes_f32_f64", mask[0], sample("f32"), sample("f64"))
    golden.case("promotes_i64_f32", mask[0], sample("i64"), sample("f32"))
    golden.case("promotes_u8_i64", mask[0], sample("u8"), sample("i64"))
    golden.case("promotes_f32_f64_0d", mask[0], sample("f32"), sample("f64", zero_dim=True))
    return golden


def clamp():
    golden = Golden("clamp")
    golden.floats("both", (3, 4), min=-0.5, max=0.5)
    golden.floats("min_only", (3, 4), min=-0.25)
    golden.floats("max_only", (3, 4), max=0.25)
    golden.floats("at_the_bounds", [-1.0, -0.5, 0.0, 0.5, 1.0], min=-0.5, max=0.5)
    golden.floats("min_above_max", [-2.0, 0.0, 2.0], min=1.0, max=-1.0)
    golden.floats("zero_dim", (), min=-0.1, max=0.1)
    golden.floats("size0", (0, 3), min=-0.1, max=0.1)
    golden.floats("special", [NAN, INF, -INF, -0.0], min=-1.0, max=1.0, grad=False)
    golden.case("i64", torch.tensor([-5, -1, 0, 1, 5]), min=-1, max=2)
    golden.case("u8", torch.tensor([0, 3, 200], dtype=torch.uint8), min=2, max=100)
    golden.case("i64_float_bounds", torch.tensor([-5, 0, 5]), min=-1.5, max=1.5)
    return golden


def unary(function):
    golden = Golden(function)
    golden.floats("random", (2, 3))
    golden.floats("zero_dim", ())
    golden.floats("size0", (0, 3))
    golden.floats("kink", [-1.0, -0.0, 0.0, 2.0])
    golden.floats("special", [NAN, INF, -INF, -0.0, 0.0], grad=False)
    golden.case("i64", torch.tensor([-3, 0, 7]))
    golden.case("u8", torch.tensor([0, 1, 200], dtype=torch.uint8))
    return golden


def masked_fill():
    golden = Golden("masked_fill")
    mask = torch.tensor([[True, False, True], [False, False, True]])
    golden.floats("same_shape", (2, 3), mask, value=-1.5)
    golden.floats("row_mask", (2, 3), mask[0], value=2)
    golden.floats("column_mask", (2, 3), mask[:, 1:2], value=0.0)
    golden.floats("infinite_value", (2, 3), mask, value=-INF)
    golden.floats("nan_is_covered", [NAN, 1.0, NAN], mask[0], value=0.5)
    golden.floats("zero_dim", (), torch.tensor(True), value=3.0)
    golden.floats("size0", (0, 3), torch.zeros(0, 3, dtype=torch.bool), value=3.0)
    golden.case("i64", torch.tensor([[1, 2, 3], [4, 5, 6]]), mask, value=-9)
    golden.case("u8", torch.tensor([1, 2, 3], dtype=torch.uint8), mask[0], value=9)
    golden.case("bool", torch.tensor([True, False, False]), mask[0], value=True)
    return golden


def with_a_product(function):
    golden = Golden(function)
    golden.floats("ordinary", (2, 3), (2, 3), uniform(0.5, 2, 2, 3))
    golden.floats("value", (2, 3), (2, 3), uniform(0.5, 2, 2, 3), value=-0.3)
    golden.floats("value_0", (2, 3), (2, 3), uniform(0.5, 2, 2, 3), value=0.0)
    golden.floats("broadcast", (2, 1, 3), (4, 1), uniform(0.5, 2, 3))
    golden.floats("size0", (0, 3), (3,), uniform(0.5, 2, 3))
    golden.case("mixed", torch.ones(2), torch.ones(2, dtype=torch.float64), torch.full((2,), 3.0))
    if function == "addcmul":
        golden.case("i64", torch.tensor([1, 2]), torch.tensor([3, 4]), torch.tensor([5, 6]))
    return golden


def goldens():
    return [binary("add", operator.add), binary("sub", operator.sub), binary("mul", operator.mul),
            binary("div", operator.truediv), power(), extremum("maximum"), extremum("minimum"), where(), clamp(),
            unary("neg"), unary("abs"), unary("sign"), masked_fill(),
            with_a_product("addcmul"), with_a_product("addcdiv")]
