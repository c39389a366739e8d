"""Embeddings, attention, and losses of sequences."""

import math

import torch
import torch.nn.functional as F

from .golden import Golden, INF

FOLDER = "sequences"


def embedding():
    golden = Golden("embedding", F.embedding, FOLDER)
    indices = torch.tensor([[2, 0, 2], [4, 4, 1]])
    golden.floats("matrix", indices, (5, 3))
    golden.floats("list", torch.tensor([1, 1, 0]), (2, 4))
    golden.floats("number", torch.tensor(1), (2, 4))
    golden.floats("int32", indices.int(), (5, 3))
    golden.floats("cube", indices.reshape(1, 3, 2), (5, 1))
    golden.floats("padding", indices, (5, 3), padding_idx=4)
    golden.floats("padding_first", indices, (5, 3), padding_idx=0)
    golden.floats("padding_from_the_end", indices, (5, 3), padding_idx=-3)
    golden.floats("none", torch.zeros(0, 2, dtype=torch.int64), (5, 3), grad=False)
    return golden


def attention_of_2(q, k, v, mask=None, is_causal=False, scale=None, causal_offset=0):
    """The formula that PyTorch 2 documents; 1.13 has no such function in public."""
    scale = 1 / math.sqrt(q.shape[-1]) if scale is None else scale
    scores = scale * q @ k.transpose(-2, -1)
    if is_causal:
        allowed = torch.ones(scores.shape[-2:], dtype=torch.bool).tril(causal_offset)
        scores = scores.masked_fill(~allowed, -INF)
    if mask is not None:
        scores = scores.masked_fill(~mask, -INF) if mask.dtype == torch.bool else scores + mask
    return scores.softmax(-1) @ v


def scaled_dot_product_attention():
    golden = Golden("scaled_dot_product_attention", attention_of_2, FOLDER)
    heads = (2, 2, 3, 4), (2, 2, 4, 4), (2, 2, 4, 3)
    some = torch.tensor([[True, False, True, True], [False, False, True, False], [True, True, False, True]])
    golden.floats("heads", *heads)
    golden.floats("matrices", (3, 2), (4, 2), (4, 5))
    golden.floats("one_batch", (2, 3, 2), (2, 4, 2), (2, 4, 1))
    golden.floats("five_dims", (2, 1, 2, 3, 2), (2, 1, 2, 3, 2), (2, 1, 2, 3, 2))
    golden.floats("broadcast", (2, 1, 3, 4), (3, 5, 4), (1, 3, 5, 2))
    golden.floats("scale", *heads, scale=0.3)
    golden.floats("causal", (2, 2, 5, 2), (2, 2, 5, 2), (2, 2, 5, 2), is_causal=True)
    golden.floats("causal_more_keys", *heads, is_causal=True)
    golden.floats("causal_more_queries", (1, 2, 5, 2), (1, 2, 3, 2), (1, 2, 3, 2), is_causal=True)
    golden.floats("causal_offset", *heads, is_causal=True, causal_offset=2)
    golden.floats("mask", *heads, some)
    golden.floats("mask_of_keys", *heads, some[:2].reshape(2, 1, 1, 4))
    golden.floats("mask_of_queries", *heads, torch.tensor([[True]]).expand(3, 1))
    golden.floats("mask_of_heads", *heads, torch.stack([some, some.flip(0)]))
    golden.floats("bias", *heads, (3, 4))
    golden.floats("bias_of_heads", *heads, (2, 3, 4), grad=(0, 1, 2))
    golden.floats("bias_of_keys", *heads, (2, 1, 1, 4), grad=(0, 1, 2))
    none = torch.tensor([[True, False, True], [False, False, False]])
    golden.floats("no_key_allowed", (2, 3), (3, 3), (3, 2), none, grad=False)
    golden.floats("many_queries", (1, 70, 2), (1, 3, 2), (1, 3, 2))
    golden.floats("many_causal", (1, 70, 2), (1, 70, 2), (1, 70, 2), is_causal=True)
    golden.floats("no_queries", (2, 0, 3), (2, 3, 3), (2, 3, 2), grad=False)
    golden.floats("no_keys", (2, 2, 3), (2, 0, 3), (2, 0, 2), grad=False)
    return golden


def ctc_loss():
    """Behind log_softmax: PyTorch's gradient of log_probs themselves is that of scores before it."""
    golden = Golden("ctc_loss", lambda x, targets, **args: F.ctc_loss(x.log_softmax(-1), targets, **args), FOLDER)
    x, rows = (5, 3, 4), torch.tensor([[1, 2, 2], [3, 3, 9], [2, 9, 9]])
    lengths = {"input_lengths": [5, 4, 3], "target_lengths": [3, 2, 1]}
    for reduction in ("mean", "sum", "none"):
        golden.floats(reduction, x, rows, reduction=reduction, **lengths)
        golden.floats(f"one_after_the_other_{reduction}", x, torch.tensor([1, 2, 2, 3, 3, 2]), reduction=reduction,
                      **lengths)
    golden.floats("default", x, rows, **lengths)
    golden.floats("blank", x, torch.tensor([[1, 0, 0], [2, 1, 9], [0, 9, 9]]), blank=3, **lengths)
    golden.floats("alone", (5, 4), torch.tensor([1, 1]), input_lengths=[5], target_lengths=[2])
    golden.floats("alone_none", (5, 4), torch.tensor([1, 1]), input_lengths=[5], target_lengths=[2], reduction="none")
    golden.floats("empty_target", x, rows, input_lengths=[5, 4, 3], target_lengths=[0, 2, 1])
    golden.floats("zero_infinity", x, rows, input_lengths=[2, 5, 1], target_lengths=[3, 2, 1], zero_infinity=True)
    golden.floats("impossible", x, rows, input_lengths=[2, 5, 1], target_lengths=[3, 2, 1], reduction="none",
                  grad=False)
    golden.floats("long", (60, 2, 5), torch.tensor([[1, 2, 3, 4, 4, 3, 2, 1], [2, 2, 2, 1, 1, 1, 0, 0]]),
                  input_lengths=[60, 50], target_lengths=[8, 6])
    return golden


def goldens():
    return [embedding(), scaled_dot_product_attention(), ctc_loss()]
