"""Norms of vectors and of differences: normalize, cosine_similarity, pairwise_distance, cdist."""

import torch
import torch.nn.functional as F

from .golden import Golden, INF


def normalize():
    golden = Golden("normalize", F.normalize)
    golden.floats("default", (2, 3))
    golden.floats("images", (2, 3, 2, 2))
    golden.floats("dim_0", (2, 3), dim=0)
    golden.floats("p_1", (2, 3), p=1.0, dim=-1)
    golden.floats("p_inf", (2, 3), p=INF, dim=-1)
    golden.floats("zeros", [[0.0, 0.0], [3.0, 4.0]])
    golden.floats("eps", [[1e-3, 0.0], [3.0, 4.0]], eps=0.5)
    golden.floats("vector", (4,), dim=0)
    return golden


def cosine_similarity():
    golden = Golden("cosine_similarity")
    golden.floats("default", (2, 3), (2, 3))
    golden.floats("dim_0", (2, 3), (2, 3), dim=0)
    golden.floats("last", (2, 3, 4), (2, 3, 4), dim=-1)
    golden.floats("broadcast", (2, 1, 4), (3, 4), dim=-1)
    golden.floats("vectors", (4,), (4,), dim=0)
    golden.floats("zeros", [[0.0, 0.0], [3.0, 4.0]], [[1.0, 2.0], [-4.0, 3.0]])
    return golden


def pairwise_distance():
    golden = Golden("pairwise_distance", F.pairwise_distance)
    golden.floats("default", (2, 3), (2, 3))
    golden.floats("p_1", (2, 3), (2, 3), p=1.0)
    golden.floats("keepdim", (2, 3), (2, 3), keepdim=True)
    golden.floats("eps", (2, 3), (2, 3), eps=0.1)
    golden.floats("vectors", (4,), (4,))
    golden.floats("broadcast", (2, 3), (3,))
    golden.floats("equal", [[1.0, 2.0]], [[1.0, 2.0]])
    return golden


def cdist():
    golden = Golden("cdist")
    golden.floats("default", (3, 4), (2, 4))
    golden.floats("batch", (2, 3, 4), (2, 2, 4))
    golden.floats("batch_broadcast", (2, 1, 3, 4), (3, 2, 4))
    golden.case("many_rows_f64", (30, 3), (27, 3), float_dtype=torch.float64)  # in float32 PyTorch loses digits
    golden.floats("equal_rows", [[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.0], [0.0, 0.0]])
    golden.floats("no_columns", (3, 0), (2, 0), grad=False)
    golden.floats("no_rows", (0, 3), (2, 3), grad=False)
    for p in (0.0, 1.0, 1.5, 3.0, INF):
        golden.floats(f"p_{p}", (3, 4), (2, 4), p=p)
    return golden


def goldens():
    return [normalize(), cosine_similarity(), pairwise_distance(), cdist()]
