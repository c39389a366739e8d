"""Activations beyond those of elementwise.py: pieces, exponentials, and those with a parameter."""

import torch
import torch.nn.functional as F

from .elementwise import SATURATED, SPECIAL, cover, of_table
from .golden import Golden, uniform

FUNCTIONS = {
    "relu6": (F.relu6, -2, 8, [0.0, -0.0, 6.0, 7.0]),
    "hardswish": (F.hardswish, -5, 5, [0.0, -2.999, 3.001, *SATURATED]),
    "mish": (F.mish, -4, 4, [0.0, *SATURATED]),
    "selu": (F.selu, -4, 4, [0.0, *SATURATED]),
    "logsigmoid": (F.logsigmoid, -4, 4, [0.0, *SATURATED]),
    "softsign": (F.softsign, -4, 4, [0.0, *SATURATED]),
}


def hardtanh():
    golden = Golden("hardtanh", F.hardtanh)
    cover(golden, -2, 2, [0.0, -1.0, 1.0, 1000.0])
    cover(golden, -2, 2, [0.0, -0.5, 1.5, -1000.0], min_val=-0.5, max_val=1.5)
    golden.case("i64", torch.tensor([-3, 0, 1, 5]))
    golden.case("u8", torch.tensor([0, 2, 5], dtype=torch.uint8), min_val=1.0, max_val=3.0)
    return golden


def hardsigmoid():
    """PyTorch's gradient in float64 has a sixth in float32."""
    golden = Golden("hardsigmoid", F.hardsigmoid)
    edges = [0.0, -3.0, 3.0, *SATURATED]
    golden.case("gradient", uniform(-5, 5, 3, 4))
    golden.case("gradient_edges", edges)
    golden.floats("random", uniform(-5, 5, 3, 4), grad=False)
    golden.floats("zero_dim", uniform(-5, 5), grad=False)
    golden.floats("size0", (0, 3))
    golden.floats("edges", edges, grad=False)
    golden.floats("special", SPECIAL, grad=False)
    return golden


def celu():
    golden = Golden("celu", F.celu)
    cover(golden, -3, 3, [0.0, -0.0, -50.0, 50.0])
    cover(golden, -3, 3, [0.0, -1.0, 1.0], alpha=0.5)
    return golden


def prelu():
    golden = Golden("prelu", F.prelu)
    golden.floats("one_weight", (2, 3), [0.25])
    golden.floats("zero_dim_weight", (2, 3), 0.25)
    golden.floats("channels", (2, 3), [0.1, 0.2, -0.5])
    golden.floats("images", (2, 3, 2, 2), [0.1, 0.2, -0.5])
    golden.floats("vector", (5,), [0.25])
    golden.floats("zero_dim", (), [0.25])
    golden.floats("kink", [0.0, -0.0, 1.0, -1.0], [0.25])
    golden.floats("size0", (0, 3), [0.25])
    return golden


def glu():
    golden = Golden("glu", F.glu)
    golden.floats("last", (2, 4))
    golden.floats("first", (4, 3), dim=0)
    golden.floats("middle", (2, 6, 2), dim=1)
    golden.floats("negative", (2, 6, 2), dim=-2)
    golden.floats("saturated", [1.0, 2.0, 1000.0, -1000.0])
    golden.floats("size0", (0, 4))
    return golden


def goldens():
    return [*of_table(FUNCTIONS, ["relu6", "softsign"], ["mish", "softsign"]), hardtanh(), hardsigmoid(), celu(), prelu(),
            glu()]
