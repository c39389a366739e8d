"""Borders, patches, resized and rearranged images."""

import torch.nn.functional as F

from .golden import Golden

FOLDER = "images"


def pad():
    golden = Golden("pad", F.pad, FOLDER)
    for mode in ("reflect", "replicate", "circular"):
        golden.floats(f"{mode}_images", (2, 3, 4, 5), pad=[1, 2, 3, 1], mode=mode)
        golden.floats(f"{mode}_signals", (2, 3, 5), pad=[2, 1], mode=mode)
        if mode != "circular":  # 1.13 takes no image without a batch there
            golden.floats(f"{mode}_no_batch", (3, 4, 5), pad=[1, 0, 0, 2], mode=mode)
        golden.floats(f"{mode}_most", (1, 1, 3, 4), pad=[3, 3, 2, 2], mode=mode)
    golden.floats("replicate_many", (1, 2, 3), pad=[5, 4], mode="replicate")
    golden.floats("crop", (2, 3, 4, 5), pad=[-1, 2, 1, -2], mode="replicate")
    golden.floats("constant", (2, 3, 4), pad=[1, -1, 2, 0], mode="constant", value=1.5)
    return golden


def goldens():
    return [pad()]
