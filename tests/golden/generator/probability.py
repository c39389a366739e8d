"""Probability: softmax log_softmax one_hot, and dropout where it does not draw."""

import torch
import torch.nn.functional as F

from .golden import Golden, INF, NAN


def soft(function):
    golden = Golden(function)
    golden.floats("dim0", (3, 4), dim=0)
    golden.floats("dim1", (3, 4), dim=1)
    golden.floats("dim_middle", (2, 3, 2), dim=1)
    golden.floats("dim_last", (2, 3, 2), dim=-1)
    golden.floats("one_class", (3, 1), dim=1)
    golden.floats("zero_dim", (), dim=0)
    golden.floats("size0_rows", (0, 3), dim=1)
    golden.floats("size0_classes", (3, 0), dim=1)
    golden.floats("large", [[1e4, 1e4 - 1, -1e4], [-1e4, -1e4, -1e4 + 2]], dim=1)
    golden.floats("minus_infinity", [[-INF, 1.0, 2.0]], dim=1, grad=False)
    golden.floats("special", [[NAN, 1.0], [INF, 1.0], [-INF, -INF]], dim=1, grad=False)
    return golden


def one_hot():
    golden = Golden("one_hot", F.one_hot)
    golden.case("vector", torch.tensor([2, 0, 1, 2]), num_classes=3)
    golden.case("more_classes", torch.tensor([2, 0]), num_classes=5)
    golden.case("inferred", torch.tensor([2, 0, 3]), num_classes=-1)
    golden.case("matrix", torch.tensor([[0, 1], [2, 1]]), num_classes=3)
    golden.case("zero_dim", torch.tensor(1), num_classes=3)
    golden.case("size0", torch.tensor([], dtype=torch.int64), num_classes=3)
    return golden


def dropout():
    golden = Golden("dropout", F.dropout)
    golden.floats("eval", (2, 3), p=0.5, training=False)
    golden.floats("nothing_dropped", (2, 3), p=0.0, training=True)
    golden.floats("all_dropped", (2, 3), p=1.0, training=True)
    golden.floats("size0", (0, 3), p=0.5, training=True)
    return golden


def goldens():
    return [soft("softmax"), soft("log_softmax"), one_hot(), dropout()]
