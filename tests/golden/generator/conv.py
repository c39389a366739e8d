"""Convolutions, their transposes, and the gradients of their gradients."""

import torch
import torch.nn.functional as F

from .golden import Golden


def conv1d():
    golden = Golden("conv1d", F.conv1d)
    golden.floats("plain", (2, 3, 7), (4, 3, 3), (4,))
    golden.floats("no_bias", (2, 3, 7), (4, 3, 3))
    golden.floats("unbatched", (3, 7), (4, 3, 3), (4,))
    golden.floats("stride", (2, 2, 9), (3, 2, 3), (3,), stride=2)
    golden.floats("padding", (1, 2, 5), (3, 2, 3), (3,), padding=2)
    golden.floats("dilation", (2, 2, 9), (3, 2, 3), (3,), dilation=3)
    golden.floats("groups", (2, 4, 6), (6, 2, 3), (6,), padding=1, groups=2)
    golden.floats("depthwise", (2, 3, 6), (3, 1, 3), (3,), groups=3)
    golden.floats("all", (2, 4, 11), (2, 2, 3), (2,), stride=3, padding=2, dilation=2, groups=2)
    golden.floats("same", (2, 2, 6), (3, 2, 3), (3,), padding="same")
    golden.floats("same_uneven", (2, 2, 6), (3, 2, 4), (3,), padding="same")
    golden.floats("same_dilated", (1, 2, 7), (3, 2, 4), (3,), padding="same", dilation=3)
    golden.floats("valid", (1, 2, 6), (3, 2, 4), (3,), padding="valid", stride=2)
    golden.floats("one_tap", (2, 3, 5), (4, 3, 1), (4,))
    golden.floats("size0_batch", (0, 2, 6), (3, 2, 3), (3,), grad=False)
    return golden


def conv2d():
    golden = Golden("conv2d", F.conv2d)
    golden.floats("plain", (2, 3, 5, 6), (4, 3, 3, 3), (4,))
    golden.floats("no_bias", (2, 3, 5, 6), (4, 3, 3, 2))
    golden.floats("unbatched", (3, 5, 6), (4, 3, 3, 3), (4,))
    golden.floats("unbatched_no_bias", (1, 4, 4), (2, 1, 2, 3), stride=2)
    golden.floats("stride", (2, 2, 7, 8), (3, 2, 3, 3), (3,), stride=2)
    golden.floats("strides", (2, 2, 7, 8), (3, 2, 3, 2), (3,), stride=[3, 1])
    golden.floats("stride_over_kernel", (1, 2, 7, 8), (3, 2, 2, 1), (3,), stride=3)
    golden.floats("padding", (2, 2, 4, 5), (3, 2, 3, 3), (3,), padding=1)
    golden.floats("paddings", (1, 2, 4, 5), (3, 2, 3, 3), (3,), padding=[0, 2])
    golden.floats("padding_over_kernel", (1, 1, 3, 3), (2, 1, 2, 2), (2,), padding=3)
    golden.floats("dilation", (1, 2, 7, 8), (3, 2, 3, 3), (3,), dilation=2)
    golden.floats("dilations", (1, 2, 7, 8), (3, 2, 3, 3), (3,), dilation=[3, 1])
    golden.floats("two_groups", (2, 4, 4, 4), (6, 2, 3, 3), (6,), padding=1, groups=2)
    golden.floats("depthwise", (2, 3, 5, 5), (3, 1, 3, 3), (3,), padding=1, groups=3)
    golden.floats("depthwise_stride", (2, 3, 6, 6), (6, 1, 3, 3), (6,), padding=1, stride=2, groups=3)
    golden.floats("all", (2, 4, 8, 9), (2, 2, 3, 2), (2,), stride=[2, 3], padding=[2, 1], dilation=[2, 3], groups=2)
    golden.floats("same", (2, 2, 4, 5), (3, 2, 3, 5), (3,), padding="same")
    golden.floats("same_uneven", (2, 2, 4, 5), (3, 2, 2, 4), (3,), padding="same")
    golden.floats("same_dilated", (1, 2, 6, 5), (3, 2, 2, 3), (3,), padding="same", dilation=[3, 2])
    golden.floats("valid", (1, 2, 6, 5), (3, 2, 2, 3), (3,), padding="valid", stride=[2, 1])
    golden.floats("one_tap", (2, 3, 4, 5), (4, 3, 1, 1), (4,))
    golden.floats("one_tap_stride", (2, 3, 4, 5), (4, 3, 1, 1), (4,), stride=2)
    golden.floats("one_place", (2, 3, 3, 3), (4, 3, 3, 3), (4,))
    golden.floats("many_terms", (1, 9, 4, 4), (2, 9, 3, 3), (2,), padding=1)
    golden.floats("size0_batch", (0, 2, 4, 4), (3, 2, 3, 3), (3,), grad=False)
    return golden


def conv_transpose1d():
    golden = Golden("conv_transpose1d", F.conv_transpose1d)
    golden.floats("plain", (2, 3, 5), (3, 4, 3), (4,))
    golden.floats("no_bias", (2, 3, 5), (3, 4, 3))
    golden.floats("unbatched", (3, 5), (3, 4, 3), (4,))
    golden.floats("stride", (2, 2, 4), (2, 3, 3), (3,), stride=2)
    golden.floats("output_padding", (2, 2, 4), (2, 3, 3), (3,), stride=3, padding=1, output_padding=2)
    golden.floats("groups", (2, 4, 5), (4, 3, 2), (6,), groups=2)
    golden.floats("all", (2, 4, 5), (4, 2, 3), (4,), stride=2, padding=2, output_padding=1, groups=2, dilation=2)
    return golden


def conv_transpose2d():
    golden = Golden("conv_transpose2d", F.conv_transpose2d)
    golden.floats("plain", (2, 3, 4, 3), (3, 4, 3, 2), (4,))
    golden.floats("no_bias", (2, 3, 4, 3), (3, 4, 3, 2))
    golden.floats("unbatched", (3, 4, 3), (3, 4, 3, 2), (4,))
    golden.floats("stride", (2, 2, 3, 4), (2, 3, 3, 3), (3,), stride=2)
    golden.floats("strides", (1, 2, 3, 4), (2, 3, 2, 2), (3,), stride=[3, 1])
    golden.floats("padding", (2, 2, 4, 4), (2, 3, 3, 3), (3,), padding=1)
    golden.floats("output_padding", (1, 2, 3, 3), (2, 3, 3, 3), (3,), stride=2, padding=1, output_padding=1)
    golden.floats("output_paddings", (1, 2, 3, 3), (2, 3, 3, 3), (3,), stride=[2, 3], output_padding=[1, 2])
    golden.floats("dilation", (1, 2, 3, 4), (2, 3, 3, 2), (3,), dilation=[2, 3])
    golden.floats("depthwise", (2, 3, 3, 3), (3, 1, 2, 2), (3,), stride=2, groups=3)
    golden.floats("all", (2, 4, 4, 3), (4, 2, 3, 2), (4,), stride=[2, 3], padding=[2, 1], output_padding=[1, 0],
                  groups=2, dilation=[2, 1])
    golden.floats("size0_batch", (0, 2, 3, 3), (2, 3, 3, 3), (3,), grad=False)
    return golden


def gradients(function):
    """The gradients of x and of the weight as outputs, whose own gradients are those of order 2."""
    def call(x, weight, g, **args):
        return torch.autograd.grad(function(x, weight, **args), (x, weight), g, create_graph=True)
    return call


def conv2d_gradients():
    golden = Golden("conv2d_gradients", gradients(F.conv2d))
    for i, of in enumerate(["x", "weight"]):
        golden.floats(f"{of}_plain", (2, 2, 4, 4), (3, 2, 3, 3), (2, 3, 2, 2), grad_of=i)
        golden.floats(f"{of}_all", (2, 4, 7, 5), (2, 2, 3, 2), (2, 2, 1, 5), stride=[3, 1], padding=[0, 1],
                      dilation=[2, 2], groups=2, grad_of=i)
    return golden


def conv_transpose2d_gradients():
    golden = Golden("conv_transpose2d_gradients", gradients(F.conv_transpose2d))
    for i, of in enumerate(["x", "weight"]):
        golden.floats(f"{of}_all", (2, 4, 3, 3), (4, 2, 3, 2), (2, 4, 6, 5), stride=2, padding=1, output_padding=1,
                      groups=2, grad_of=i)
    return golden


def goldens():
    return [conv1d(), conv2d(), conv_transpose1d(), conv_transpose2d(), conv2d_gradients(), conv_transpose2d_gradients()]
