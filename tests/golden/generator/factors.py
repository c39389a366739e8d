"""linalg: inv solve det slogdet cholesky qr svd eigh pinv and the norms, as linalg_inv and so on; logdet."""

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


def qr():
    golden = of("qr")
    for mode in ("reduced", "complete"):
        golden.floats(f"{mode}_tall", (4, 2), mode=mode, grad=False)
        golden.floats(f"{mode}_wide", (2, 3), mode=mode, grad=False)
        golden.floats(f"{mode}_batch", (2, 3, 3), mode=mode, grad=False)
    return golden


def svd():
    """Bases up to their signs."""
    def call(a):
        u, s, vh = torch.linalg.svd(a, full_matrices=False)
        return s, u.detach().abs(), vh.detach().abs()
    golden = of("svd", call)
    golden.floats("square", (3, 3))
    golden.floats("tall", (4, 2))
    golden.floats("wide", (2, 3))
    golden.floats("batch", (2, 3, 2))
    return golden


def eigh():
    def call(a, UPLO="L"):
        values, vectors = torch.linalg.eigh(a, UPLO)
        return values, vectors.detach().abs()
    golden = of("eigh", call)
    golden.floats("matrix", positive(3, 3))
    golden.floats("upper", positive(3, 3), UPLO="U")
    golden.floats("batch", positive(2, 2, 2))
    golden.floats("lower_is_read", [[4.0, 9.0], [2.0, 5.0]], grad=False)
    golden.floats("upper_is_read", [[4.0, 9.0], [2.0, 5.0]], UPLO="U", grad=False)
    return golden


def pinv():
    golden = of("pinv")
    for name, spec in {"square": regular(3, 3), "tall": (4, 2), "wide": (2, 4), "batch": (2, 3, 2)}.items():
        golden.floats(name, spec, grad=False)
        golden.case(f"{name}_grad", spec, float_dtype=torch.float64)  # in float32 its terms cancel
    golden.floats("singular", [[1.0, 2.0], [2.0, 4.0]], grad=False)
    return golden


def lstsq():
    def call(a, b, driver="gelsy"):
        solution, residuals, rank, values = torch.linalg.lstsq(a, b, driver=driver)
        return solution, residuals.detach(), rank, values
    golden = of("lstsq", call)
    shapes = {"square": (regular(3, 3), (3, 2)), "tall": ((4, 2), (4, 3)), "wide": ((2, 4), (2, 1)), "vector": ((4, 2), (4,)),
              "batch": ((2, 3, 2), (2, 3, 2)), "batch_of_vectors": ((2, 3, 2), (2, 3))}
    for name, (a, b) in shapes.items():
        golden.floats(name, a, b, grad=False)
        if "vector" not in name:  # PyTorch 1.13 fails in the backward of vectors
            golden.case(f"{name}_grad", a, b, float_dtype=torch.float64)  # in float32 its terms cancel
    for driver in ("gels", "gelsd", "gelss"):
        golden.floats(f"{driver}_tall", (4, 2), (4, 3), driver=driver, grad=False)
        golden.floats(f"{driver}_wide", (2, 3), (2, 2), driver=driver, grad=False)
    golden.floats("singular", [[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]], (3, 1), grad=False)
    golden.floats("singular_gelsd", [[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]], (3, 1), driver="gelsd", grad=False)
    return golden


def norms(function, orders):
    golden = of(function)
    for order in orders:
        golden.floats(f"ord_{order}", (3, 4), ord=order)
    return golden


def norm():
    golden = norms("norm", (2, 1, float("inf"), "fro", "nuc"))
    golden.floats("no_ord", (2, 3, 2))
    golden.floats("no_ord_dim", (2, 3), dim=1, keepdim=True)
    golden.floats("vector_ord1", (5,), ord=1)
    golden.floats("ord_of_dim", (2, 3), ord=3, dim=0)
    golden.floats("ord_of_two_dims", (2, 3, 4), ord=1, dim=[2, 0])
    return golden


def vector_norm():
    golden = norms("vector_norm", (2, 1, 3.5, 0, float("inf"), -float("inf")))
    golden.floats("dim", (2, 3, 2), ord=2, dim=[0, 2], keepdim=True)
    return golden


def matrix_norm():
    golden = norms("matrix_norm", ("fro", "nuc", 1, -1, 2, -2, float("inf"), -float("inf")))
    golden.floats("batch", (2, 3, 4), ord="nuc")
    golden.floats("dims_keepdim", (2, 3, 4), ord=1, dim=[0, 2], keepdim=True)
    return golden


def goldens():
    return [inv(), det(), logdet(), slogdet(), solve(), cholesky(), qr(), svd(), eigh(), pinv(), lstsq(), norm(), vector_norm(),
            matrix_norm()]
