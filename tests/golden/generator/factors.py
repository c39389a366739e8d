"""linalg: inv solve det slogdet cholesky and logdet; in the folder linalg where PyTorch has them there."""

import torch

from .golden import Golden


def regular(*shape):
    """Well-conditioned square matrices."""
    def make(generator):
        x = torch.randn(shape, generator=generator, dtype=torch.float64)
        return ((x + shape[-1] * torch.eye(shape[-1], dtype=torch.float64)) * 1e4).round() / 1e4
    return make


def positive(*shape):
    """Symmetric, positive definite matrices."""
    def make(generator):
        x = regular(*shape)(generator)
        return ((x @ x.mT) * 1e3).round() / 1e3
    return make


def of(function, call=None):
    return Golden(f"linalg_{function}", call or getattr(torch.linalg, function))


def square(golden, make=regular, **args):
    golden.floats("matrix", make(3, 3), **args)
    golden.floats("one", make(1, 1), **args)
    golden.floats("batch", make(2, 3, 3), **args)
    golden.floats("two_batch_dims", make(2, 1, 2, 2), **args)
    golden.floats("size0_batch", make(0, 2, 2), **args)
    return golden


def inv():
    return square(of("inv"))


def det():
    golden = square(of("det"))
    golden.floats("singular", [[1.0, 2.0], [2.0, 4.0]], grad=False)
    golden.floats("negative", [[0.0, 1.0], [1.0, 0.0]])
    return golden


def logdet():
    golden = square(Golden("logdet"))
    golden.floats("negative", [[0.0, 1.0], [1.0, 0.0]], grad=False)
    return golden


def slogdet():
    golden = square(of("slogdet"), grad_of=1)
    golden.floats("singular", [[1.0, 2.0], [2.0, 4.0]], grad=False)
    golden.floats("negative", [[0.0, 2.0], [1.0, 0.0]], grad_of=1)
    return golden


def solve():
    golden = of("solve")
    golden.floats("vector", regular(3, 3), (3,))
    golden.floats("matrix", regular(3, 3), (3, 2))
    golden.floats("batch", regular(2, 3, 3), (2, 3, 2))
    golden.floats("batch_of_vectors", regular(2, 3, 3), (2, 3))
    golden.floats("batches_broadcast", regular(2, 1, 2, 2), (3, 2, 1))
    golden.floats("one_matrix_for_all", regular(2, 2), (3, 2, 2))
    golden.floats("right", regular(3, 3), (2, 3), left=False)
    golden.floats("size0_columns", regular(2, 2), (2, 0))
    return golden


def cholesky():
    golden = square(of("cholesky"), positive)
    golden.floats("upper", positive(3, 3), upper=True)
    golden.floats("lower_is_read", [[4.0, 9.0], [2.0, 5.0]], grad=False)
    return golden


def goldens():
    return [inv(), det(), logdet(), slogdet(), solve(), cholesky()]
