"""Embeddings."""

import torch
import torch.nn.functional as F

from .golden import Golden

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


def goldens():
    return [embedding()]
