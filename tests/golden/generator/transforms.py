"""Random geometry where nothing is random, by torchvision's way to compute it (an affine grid, then grid_sample).

torchvision itself is not in Debian 12. What stands here is the matrix of its functional._get_inverse_affine_matrix and
the grid of _gen_affine_grid, with PyTorch's grid_sample; what lies outside counts as `fill`.
"""

import math

import torch

from .golden import Golden


def inverse_matrix(center, angle, scale, shear):
    rot, sx, sy = math.radians(angle), math.radians(shear[0]), math.radians(shear[1])
    a = math.cos(rot - sy) / math.cos(sy)
    b = -math.cos(rot - sy) * math.tan(sx) / math.cos(sy) - math.sin(rot)
    c = math.sin(rot - sy) / math.cos(sy)
    d = -math.sin(rot - sy) * math.tan(sx) / math.cos(sy) + math.cos(rot)
    matrix = [x / scale for x in [d, -b, 0.0, -c, a, 0.0]]
    matrix[2] += matrix[0] * -center[0] + matrix[1] * -center[1] + center[0]
    matrix[5] += matrix[3] * -center[0] + matrix[4] * -center[1] + center[1]
    return torch.tensor(matrix, dtype=torch.float64).reshape(1, 2, 3)


def affine(images, degrees, scale=1.0, shear=(0.0, 0.0), interpolation="nearest", fill=0.0, center=None):
    """Clockwise by `degrees`, of {N, C, H, W}."""
    height, width = images.shape[-2:]
    middle = [0.0, 0.0] if center is None else [center[0] - width * 0.5, center[1] - height * 0.5]
    theta = inverse_matrix(middle, degrees, scale, shear)
    base = torch.ones(1, height, width, 3, dtype=torch.float64)
    base[..., 0] = torch.linspace(-width * 0.5 + 0.5, width * 0.5 - 0.5, width, dtype=torch.float64)
    base[..., 1] = torch.linspace(-height * 0.5 + 0.5, height * 0.5 - 0.5, height, dtype=torch.float64).unsqueeze(-1)
    half = torch.tensor([0.5 * width, 0.5 * height], dtype=torch.float64)
    grid = base.view(1, height * width, 3).bmm(theta.transpose(1, 2) / half).view(1, height, width, 2)
    grid = grid.expand(len(images), height, width, 2)
    outside_is_zero = images.double() - fill
    return (torch.nn.functional.grid_sample(outside_is_zero, grid, mode=interpolation, padding_mode="zeros",
                                            align_corners=False) + fill).to(images.dtype)


def rotate(images, degrees, **args):
    """Counter-clockwise by `degrees`: torchvision's rotate turns the other way than its affine."""
    return affine(images, -degrees, **args)


def goldens():
    turn = Golden("RandomRotation", rotate, folder="datasets")
    for mode in ("nearest", "bilinear"):
        turn.floats(f"{mode}_25", (2, 2, 5, 6), degrees=25.0, interpolation=mode, grad=False)
        turn.floats(f"{mode}_minus_140", (1, 1, 6, 5), degrees=-140.0, interpolation=mode, fill=0.5, grad=False)
        turn.floats(f"{mode}_center", (1, 2, 5, 5), degrees=33.0, interpolation=mode, center=[1.0, 4.5], grad=False)
    move = Golden("RandomAffine", affine, folder="datasets")
    for mode in ("nearest", "bilinear"):
        move.floats(f"{mode}_rotation", (1, 1, 5, 6), degrees=25.0, interpolation=mode, grad=False)
        move.floats(f"{mode}_scale", (1, 2, 6, 6), degrees=0.0, scale=1.3, interpolation=mode, grad=False)
        move.floats(f"{mode}_all", (2, 1, 6, 7), degrees=-17.0, scale=0.8, shear=[12.0, -8.0], interpolation=mode,
                    fill=-1.0, center=[2.0, 3.25], grad=False)
    return [turn, move]
