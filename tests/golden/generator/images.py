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


def unfold():
    golden = Golden("unfold", F.unfold, FOLDER)
    golden.floats("default", (2, 3, 4, 5), kernel_size=2)
    golden.floats("sizes", (2, 2, 6, 7), kernel_size=[3, 2], dilation=[1, 2], padding=[2, 1], stride=[2, 3])
    golden.floats("dilation", (1, 2, 7, 6), kernel_size=2, dilation=3)
    golden.floats("no_batch", (3, 4, 5), kernel_size=[2, 3])
    return golden


def fold():
    golden = Golden("fold", F.fold, FOLDER)
    golden.floats("default", (2, 12, 12), output_size=[4, 5], kernel_size=2)
    golden.floats("sizes", (2, 12, 12), output_size=[6, 7], kernel_size=[3, 2], dilation=[1, 2], padding=[2, 1],
                  stride=[2, 3])
    golden.floats("no_batch", (12, 12), output_size=[4, 5], kernel_size=2)
    golden.floats("square", (2, 4, 4), output_size=4, kernel_size=2, stride=2)
    return golden


def shuffles():
    up, down = Golden("pixel_shuffle", F.pixel_shuffle, FOLDER), Golden("pixel_unshuffle", F.pixel_unshuffle, FOLDER)
    for factor in (1, 2, 3):
        up.floats(f"factor_{factor}", (2, 18 if factor == 3 else 4, 2, 3), upscale_factor=factor)
        down.floats(f"factor_{factor}", (2, 2, 2 * factor, 3 * factor), downscale_factor=factor)
    up.floats("no_batch", (8, 2, 3), upscale_factor=2)
    up.floats("more_dims", (2, 2, 4, 2, 3), upscale_factor=2)
    down.floats("no_batch", (2, 4, 6), downscale_factor=2)
    return [up, down]


def interpolate():
    golden = Golden("interpolate", F.interpolate, FOLDER)
    sizes = {"twice": {"scale_factor": 2.0}, "factor": {"scale_factor": 1.7}, "smaller": {"scale_factor": 0.6},
             "size": {"size": [7, 3]}, "one_size": {"size": 6}, "same": {"size": [4, 5]}, "one": {"size": 1},
             "factors": {"scale_factor": [2.5, 0.5]}}
    for name, size in sizes.items():
        golden.floats(f"nearest_{name}", (2, 3, 4, 5), **size)
        for align in (False, True):
            golden.floats(f"bilinear_{name}_{align}", (2, 3, 4, 5), mode="bilinear", align_corners=align, **size)
    for name, size in {"twice": {"scale_factor": 2.0}, "factor": {"scale_factor": 1.3}, "size": {"size": 4}}.items():
        golden.floats(f"nearest_signals_{name}", (2, 3, 7), **size)
        for align in (False, True):
            golden.floats(f"linear_{name}_{align}", (2, 3, 7), mode="linear", align_corners=align, **size)
    golden.floats("empty_batch", (0, 3, 4, 5), scale_factor=2.0, grad=False)
    return golden


def goldens():
    return [pad(), unfold(), fold(), *shuffles(), interpolate()]
