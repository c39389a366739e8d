"""Batch, instance, group, layer and RMS norm."""

import torch
import torch.nn.functional as F

from .golden import Golden, normal, uniform

FOLDER = "normalization"


def far(*shape):
    """Values around 10, whose variance loses digits where sums are careless."""
    return lambda generator: normal(*shape)(generator) + 10


def with_running(function):
    """function(x, running_mean, running_var, weight, bias): {y, the running ones afterwards}."""
    def call(x, mean, var, *affine, **options):
        mean, var = mean.clone(), var.clone()
        return function(x, mean, var, *affine, **options), mean, var
    return call


def statistics(channels):
    return normal(channels), uniform(0.5, 2, channels)


def batch_norm():
    golden = Golden("batch_norm", with_running(F.batch_norm), FOLDER)
    affine = (normal(3), normal(3))
    grad = (0, 3, 4)
    for name, options in {"training": {"training": True}, "evaluation": {},
                          "options": {"training": True, "momentum": 0.3, "eps": 0.1}}.items():
        golden.floats(f"rows_{name}", (5, 3), *statistics(3), *affine, grad=grad, **options)
        golden.floats(f"signals_{name}", (4, 3, 5), *statistics(3), *affine, grad=grad, **options)
        golden.floats(f"images_{name}", (2, 3, 4, 5), *statistics(3), *affine, grad=grad, **options)
        golden.floats(f"volumes_{name}", (2, 3, 2, 3, 2), *statistics(3), *affine, grad=grad, **options)
        golden.floats(f"plain_{name}", (2, 3, 4, 5), *statistics(3), grad=(0,), **options)
        golden.floats(f"no_bias_{name}", (4, 3), *statistics(3), normal(3), grad=(0, 3), **options)
    golden.floats("one_pixel", (4, 3, 1, 1), *statistics(3), *affine, grad=grad, training=True)
    golden.case("far_f64", far(4, 3, 5), *statistics(3), *affine, grad=grad, float_dtype=torch.float64, training=True)
    golden.floats("equal", [[[2.0, 2.0]], [[2.0, 2.0]]], *statistics(1), grad=(0,), training=True)
    return golden


def instance_norm():
    golden = Golden("instance_norm", with_running(F.instance_norm), FOLDER)
    for name, options in {"default": {}, "running": {"use_input_stats": False},
                          "options": {"momentum": 0.3, "eps": 0.1}}.items():
        golden.floats(f"signals_{name}", (2, 3, 5), *statistics(3), normal(3), normal(3), grad=(0, 3, 4), **options)
        golden.floats(f"images_{name}", (2, 3, 4, 5), *statistics(3), normal(3), normal(3), grad=(0, 3, 4), **options)
        golden.floats(f"plain_{name}", (2, 3, 4, 5), *statistics(3), grad=(0,), **options)
    return golden


def group_norm():
    golden = Golden("group_norm", lambda x, *affine, **options: F.group_norm(x, *[options.pop("num_groups")], *affine,
                                                                           **options), FOLDER)
    for groups in (1, 2, 4):
        golden.floats(f"images_{groups}", (2, 4, 3, 5), (4,), (4,), num_groups=groups)
        golden.floats(f"signals_{groups}", (3, 4, 5), (4,), (4,), num_groups=groups)
        golden.floats(f"plain_{groups}", (2, 4, 3, 5), num_groups=groups)
    golden.floats("rows", (3, 6), (6,), (6,), num_groups=2)
    golden.floats("no_bias", (2, 4, 3), (4,), num_groups=2)
    golden.floats("eps", (2, 4, 3), (4,), (4,), num_groups=2, eps=0.1)
    golden.floats("no_images", (0, 4, 3), (4,), (4,), num_groups=2, grad=False)
    return golden


def layer_norm():
    golden = Golden("layer_norm", lambda x, *affine, normalized_shape, **options:
                    F.layer_norm(x, normalized_shape, *affine, **options), FOLDER)
    golden.floats("rows", (3, 5), (5,), (5,), normalized_shape=[5])
    golden.floats("many_rows", (33, 9), (9,), (9,), normalized_shape=[9])
    golden.floats("wide", (2, 37), (37,), (37,), normalized_shape=[37])
    golden.floats("sequences", (2, 3, 4), (4,), (4,), normalized_shape=[4])
    golden.floats("two_dims", (2, 3, 4), (3, 4), (3, 4), normalized_shape=[3, 4])
    golden.floats("all_dims", (3, 4), (3, 4), (3, 4), normalized_shape=[3, 4])
    golden.floats("plain", (3, 5), normalized_shape=[5])
    golden.floats("no_bias", (3, 5), (5,), normalized_shape=[5])
    golden.floats("eps", (3, 5), (5,), (5,), normalized_shape=[5], eps=0.1)
    golden.case("far_f64", far(3, 5), (5,), (5,), float_dtype=torch.float64, normalized_shape=[5])
    golden.floats("no_rows", (0, 5), (5,), (5,), normalized_shape=[5], grad=False)
    return golden


def rms_norm_of_2(x, *weight, normalized_shape, eps=None):
    """The formula of PyTorch 2; 1.13 has no such function."""
    dims = tuple(range(-len(normalized_shape), 0))
    eps = torch.finfo(x.dtype).eps if eps is None else eps
    y = x * torch.rsqrt(x.square().mean(dims, keepdim=True) + eps)
    return y * weight[0] if weight else y


def rms_norm():
    golden = Golden("rms_norm", rms_norm_of_2, FOLDER)
    golden.floats("rows", (3, 5), (5,), normalized_shape=[5])
    golden.floats("two_dims", (2, 3, 4), (3, 4), normalized_shape=[3, 4])
    golden.floats("plain", (3, 5), normalized_shape=[5])
    golden.floats("eps", (3, 5), (5,), normalized_shape=[5], eps=0.1)
    golden.floats("small", uniform(-1e-4, 1e-4, 3, 5), (5,), normalized_shape=[5])
    return golden


def goldens():
    return [batch_norm(), instance_norm(), group_norm(), layer_norm(), rms_norm()]
