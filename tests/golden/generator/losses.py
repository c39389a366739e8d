"""Losses, written to nn/: gradients for the input, and for the target where PyTorch has them."""

import itertools

import torch
import torch.nn.functional as F

from .golden import Golden, INF, NAN, uniform

REDUCTIONS = ("mean", "sum", "none")
LABELS = torch.tensor([2, 0, 1, 2])
WEIGHT = torch.tensor([0.5, 1.5, 2.0], dtype=torch.float64)


def loss(function):
    return Golden(function, getattr(F, function), folder="nn")


def combinations(golden, *inputs, **choices):
    """Every combination of the reductions and of the choices {argument: [values]}; None leaves an argument out."""
    for reduction, *values in itertools.product(REDUCTIONS, *choices.values()):
        args = {key: value for key, value in zip(choices, values) if value is not None}
        name = "_".join([reduction, *(key if isinstance(value, torch.Tensor) else f"{key}_{value}"
                                      for key, value in args.items())])
        golden.floats(name, *inputs, reduction=reduction, **args)


def cross_entropy():
    golden = loss("cross_entropy")
    combinations(golden, (4, 3), LABELS, weight=[None, WEIGHT], ignore_index=[None, 2], label_smoothing=[None, 0.1])
    golden.floats("default", (4, 3), LABELS)
    golden.floats("default_ignore_index", (4, 3), torch.tensor([2, -100, 1, -100]))
    golden.floats("all_ignored_sum", (2, 3), torch.tensor([1, 1]), ignore_index=1, reduction="sum")
    golden.floats("all_ignored_mean", (2, 3), torch.tensor([1, 1]), ignore_index=1, grad=False)
    golden.floats("full_smoothing", (4, 3), LABELS, label_smoothing=1.0)
    golden.floats("large_logits", [[1e4, -1e4, 0.0], [1e4, -1e4, 0.0]], torch.tensor([0, 1]))
    golden.floats("size0_sum", (0, 3), LABELS[:0], reduction="sum")
    golden.floats("size0_mean", (0, 3), LABELS[:0], grad=False)
    golden.floats("special", [[NAN, 1.0, 2.0], [INF, 1.0, 2.0], [-INF, 1.0, 2.0]], torch.tensor([0, 1, 2]),
                  reduction="none", grad=False)
    return golden


def nll_loss():
    golden = loss("nll_loss")
    combinations(golden, uniform(-3, -0.1, 4, 3), LABELS, weight=[None, WEIGHT], ignore_index=[None, 2])
    golden.floats("all_ignored_mean", (2, 3), torch.tensor([1, 1]), ignore_index=1, grad=False)
    golden.floats("size0_mean", (0, 3), LABELS[:0], grad=False)
    return golden


def distance(function, **choices):
    """mse_loss, l1_loss and huber_loss: any two tensors of one shape."""
    golden = loss(function)
    combinations(golden, (4, 3), (4, 3), **choices)
    golden.floats("default", (4, 3), (4, 3))
    golden.floats("no_difference", [1.0, -2.0], [1.0, 2.0])
    golden.floats("zero_dim", (), ())
    golden.floats("size0_mean", (0, 3), (0, 3), grad=False)
    golden.floats("size0_sum", (0, 3), (0, 3), reduction="sum")
    golden.floats("special", [NAN, INF, -INF, 1.0], [1.0, 1.0, 1.0, NAN], reduction="none", grad=False)
    return golden


def huber_loss():
    golden = distance("huber_loss", delta=[None, 0.5, 2.0])
    golden.floats("at_delta", [1.0, -1.0, 0.5, -2.0, 0.0], [0.0] * 5, reduction="none")
    return golden


def smooth_l1_loss():
    golden = distance("smooth_l1_loss", beta=[None, 0.5, 2.0])
    golden.floats("at_beta", [1.0, -1.0, 0.5, -2.0, 0.0], [0.0] * 5, reduction="none", beta=0.5)
    golden.floats("beta_0", (4, 3), (4, 3), beta=0.0)
    return golden


def cosine_embedding_loss():
    golden = loss("cosine_embedding_loss")
    sides = torch.tensor([1, -1, -1, 1])
    combinations(golden, (4, 3), (4, 3), sides, margin=[None, 0.5, -0.5])
    golden.floats("default", (4, 3), (4, 3), sides)
    golden.floats("one_example", (3,), (3,), torch.tensor(-1))
    golden.floats("zeros", [[0.0, 0.0], [0.0, 0.0]], [[1.0, 2.0], [1.0, 2.0]], torch.tensor([1, -1]))
    return golden


def triplet_margin_loss():
    golden = loss("triplet_margin_loss")
    combinations(golden, (4, 3), (4, 3), (4, 3), margin=[None, 0.2], p=[None, 1.0], swap=[None, True])
    golden.floats("default", (4, 3), (4, 3), (4, 3))
    golden.floats("eps", (4, 3), (4, 3), (4, 3), eps=0.1)
    golden.floats("one_example", (3,), (3,), (3,))
    return golden


def binary_cross_entropy():
    golden = loss("binary_cross_entropy")
    combinations(golden, uniform(0.05, 0.95, 4, 3), uniform(0, 1, 4, 3), weight=[None, WEIGHT])
    golden.floats("default", uniform(0.05, 0.95, 4), uniform(0, 1, 4))
    golden.floats("hard_targets", uniform(0.05, 0.95, 4), [0.0, 1.0, 1.0, 0.0])
    saturated = [0.0, 1.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]  # in float64 too, the gradient has a float32 1e-12
    golden.floats("saturated", *saturated, reduction="none", grad=False)
    golden.case("saturated_gradient_f32", *saturated, reduction="none", grad=(0,))
    golden.floats("size0_sum", (0,), (0,), reduction="sum")
    return golden


def binary_cross_entropy_with_logits():
    golden = loss("binary_cross_entropy_with_logits")
    combinations(golden, (4, 3), uniform(0, 1, 4, 3), weight=[None, WEIGHT], pos_weight=[None, WEIGHT.flip(0)])
    golden.floats("default", (4,), uniform(0, 1, 4))
    golden.floats("hard_targets", (4,), [0.0, 1.0, 1.0, 0.0])
    golden.floats("large_logits", [1000.0, -1000.0, 1000.0, -1000.0, 0.0], [0.0, 1.0, 1.0, 0.0, 1.0], reduction="none")
    golden.floats("size0_sum", (0,), (0,), reduction="sum")
    golden.floats("special", [NAN, INF, -INF], [1.0, 0.0, 1.0], reduction="none", grad=False)
    return golden


def multi_margin_loss():
    golden = loss("multi_margin_loss")
    combinations(golden, (4, 3), LABELS, p=[None, 2], margin=[None, 0.5], weight=[None, WEIGHT])
    golden.floats("default", (4, 3), LABELS)
    golden.floats("at_the_margin", [[1.0, 0.0, 3.0], [2.0, 1.0, 0.0]], torch.tensor([0, 0]), reduction="none")
    golden.floats("at_the_margin_p2", [[1.0, 0.0, 3.0], [2.0, 1.0, 0.0]], torch.tensor([0, 0]), p=2, reduction="none")
    return golden


def kl_div():
    golden = loss("kl_div")
    for reduction in (*REDUCTIONS, "batchmean"):
        golden.floats(reduction, uniform(-3, -0.1, 4, 3), uniform(0.05, 1, 4, 3), reduction=reduction)
        golden.floats(f"{reduction}_log_target", uniform(-3, -0.1, 4, 3), uniform(-3, -0.1, 4, 3),
                      reduction=reduction, log_target=True)
    golden.floats("default", uniform(-3, -0.1, 4, 3), uniform(0.05, 1, 4, 3))
    golden.floats("target_zero", uniform(-3, -0.1, 3), [0.0, 0.5, 0.5], reduction="sum", grad=(0,))
    golden.floats("target_zero_input_minus_infinity", [-INF, -1.0], [0.0, 1.0], reduction="none", grad=False)
    return golden


def goldens():
    return [cross_entropy(), nll_loss(), distance("mse_loss"), distance("l1_loss"), huber_loss(), smooth_l1_loss(),
            cosine_embedding_loss(), triplet_margin_loss(),
            binary_cross_entropy(), binary_cross_entropy_with_logits(), multi_margin_loss(), kl_div()]
