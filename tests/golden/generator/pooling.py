"""Maxima and means of windows, of fixed and of adaptive ones."""

import torch.nn.functional as F

from .golden import Golden, INF, NAN, distinct, uniform

FOLDER = "pooling"
IMAGE, SIGNAL = (2, 3, 7, 6), (2, 3, 11)


def positive(*shape):
    """For means, in which float32 would cancel."""
    return uniform(0.5, 2, *shape)


def windows(golden, shape, kernels, values=distinct, **more):
    """Strides, padding and ceil_mode over inputs with and without a batch."""
    for kernel in kernels:
        golden.floats(f"kernel_{kernel}", values(*shape), kernel_size=kernel, **more)
    golden.floats("stride", values(*shape), kernel_size=3, stride=2, **more)
    golden.floats("stride_1", values(*shape), kernel_size=2, stride=1, **more)
    golden.floats("padding", values(*shape), kernel_size=3, stride=2, padding=1, **more)
    golden.floats("ceil_mode", values(*shape), kernel_size=3, stride=3, ceil_mode=True, **more)
    golden.floats("ceil_mode_padding", values(*shape), kernel_size=2, stride=3, padding=1, ceil_mode=True, **more)
    golden.floats("no_batch", values(*shape[1:]), kernel_size=2, **more)
    golden.floats("empty_batch", (0, *shape[1:]), kernel_size=2, grad=False, **more)


def max_pool2d():
    golden = Golden("max_pool2d", lambda x, **options: F.max_pool2d(x, return_indices=True, **options), FOLDER)
    windows(golden, IMAGE, (2, [3, 2], 1))
    golden.floats("dilation", distinct(*IMAGE), kernel_size=[3, 2], stride=1, dilation=2)
    golden.floats("dilation_padding", distinct(*IMAGE), kernel_size=3, stride=2, padding=[1, 0], dilation=[2, 1])
    golden.floats("even", distinct(1, 2, 4, 18), kernel_size=2)
    golden.floats("ties", [[[1.0, 1.0, 2.0, 2.0], [1.0, 1.0, 2.0, 2.0], [0.0, 3.0, -1.0, -1.0],
                           [3.0, 0.0, -2.0, -1.0]]],
                  kernel_size=2)
    golden.floats("ties_3", [[[1.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0]]], kernel_size=2, stride=1)
    golden.floats("special", [[[NAN, 1.0, 2.0, INF], [1.0, NAN, -INF, 2.0], [-INF, -INF, 1.0, 2.0],
                              [-INF, -INF, 3.0, NAN]]],
                  kernel_size=2)
    golden.floats("special_3", [[[NAN, 1.0, 2.0], [1.0, NAN, -INF], [-INF, INF, 1.0]]], kernel_size=3)
    return golden


def max_pool1d():
    golden = Golden("max_pool1d", lambda x, **options: F.max_pool1d(x, return_indices=True, **options), FOLDER)
    windows(golden, SIGNAL, (2, 3, [4]))
    golden.floats("dilation", distinct(*SIGNAL), kernel_size=3, dilation=2)
    return golden


def avg_pool2d():
    golden = Golden("avg_pool2d", F.avg_pool2d, FOLDER)
    windows(golden, IMAGE, (2, [3, 2], 1), positive)
    golden.floats("without_padding", positive(*IMAGE), kernel_size=3, stride=2, padding=1, count_include_pad=False)
    golden.floats("ceil_without_padding", positive(*IMAGE), kernel_size=2, stride=3, padding=1, ceil_mode=True,
                  count_include_pad=False)
    golden.floats("divisor", positive(*IMAGE), kernel_size=2, divisor_override=3)
    golden.floats("special", [[[NAN, 1.0], [1.0, 2.0], [INF, 1.0], [1.0, -INF]]], kernel_size=2, grad=False)
    return golden


def avg_pool1d():
    golden = Golden("avg_pool1d", F.avg_pool1d, FOLDER)
    windows(golden, SIGNAL, (2, 3, [4]), positive)
    golden.floats("without_padding", positive(*SIGNAL), kernel_size=3, stride=2, padding=1, count_include_pad=False)
    return golden


def adaptive(name, shape, sizes, values, **options):
    function = getattr(F, name)
    golden = Golden(name, lambda x, output_size: function(x, output_size, **options), FOLDER)
    for size in sizes:
        golden.floats(f"size_{size}", values(*shape), output_size=size)
    golden.floats("no_batch", values(*shape[1:]), output_size=2)
    golden.floats("empty_batch", (0, *shape[1:]), output_size=2, grad=False)
    return golden


def goldens():
    images, signals = (1, 2, [3, 5], [7, 6], [9, 4]), (1, 3, 4, 11, 13)
    return [max_pool1d(), max_pool2d(), avg_pool1d(), avg_pool2d(),
            adaptive("adaptive_avg_pool1d", SIGNAL, signals, positive),
            adaptive("adaptive_avg_pool2d", IMAGE, images, positive),
            adaptive("adaptive_max_pool1d", SIGNAL, signals, distinct, return_indices=True),
            adaptive("adaptive_max_pool2d", IMAGE, images, distinct, return_indices=True)]
