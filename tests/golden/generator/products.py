"""Products spelt with matmul: mv addmm addmv addr baddbmm addbmm inner tensordot kron cross matrix_power chain_matmul
einsum."""

import torch

from .golden import Golden, INF, NAN

INTEGERS = torch.tensor([[1, 2, 3], [4, 5, 6]])


def mv():
    golden = Golden("mv")
    golden.floats("matrix", (2, 3), (3,))
    golden.floats("size0", (2, 0), (0,))
    golden.case("i64", INTEGERS, torch.tensor([1, 0, -1]))
    return golden


def added(function, shapes):
    golden = Golden(function)
    golden.floats("plain", *shapes)
    golden.floats("factors", *shapes, beta=0.5, alpha=-2.0)
    if function != "baddbmm":  # which multiplies fresh memory by 0 there
        golden.floats("beta0", *shapes, beta=0)
    golden.floats("broadcast", (1,), *shapes[1:], alpha=3)
    return golden


def addmm():
    golden = added("addmm", ((2, 4), (2, 3), (3, 4)))
    golden.floats("row", (4,), (2, 3), (3, 4))
    golden.floats("nan_ignored", [[NAN]], (1, 2), (2, 1), beta=0, grad=[1, 2])
    golden.case("i64", torch.tensor([[1, 1], [2, 2]]), INTEGERS, INTEGERS.t(), beta=2, alpha=3)
    return golden


def inner():
    golden = Golden("inner")
    golden.floats("vectors", (3,), (3,))
    golden.floats("matrices", (2, 3), (4, 3))
    golden.floats("three_dims", (2, 1, 3), (3,))
    golden.floats("zero_dim", (), (2, 2))
    return golden


def tensordot():
    golden = Golden("tensordot", lambda a, b, dims=2, dims_a=None, dims_b=None: torch.tensordot(
        a, b, dims if dims_a is None else (dims_a, dims_b)))
    golden.floats("two", (2, 3, 4), (3, 4, 2))
    golden.floats("one", (2, 3), (3, 2, 2), dims=1)
    golden.floats("none", (2,), (3,), dims=0)
    golden.floats("listed", (3, 2, 4), (4, 5, 3), dims_a=[0, -1], dims_b=[2, 0])
    golden.floats("all", (2, 3), (2, 3), dims=2)
    return golden


def kron():
    golden = Golden("kron")
    golden.floats("matrices", (2, 2), (2, 3))
    golden.floats("vector", (2,), (2, 3))
    golden.floats("zero_dim", (), (2,))
    golden.case("i64", torch.tensor([1, 2]), torch.tensor([[3, 4]]))
    return golden


def cross():
    golden = Golden("cross")
    golden.floats("rows", (2, 3), (2, 3))
    golden.floats("dim0", (3, 2), (3, 2), dim=0)
    golden.floats("broadcast", (1, 3), (4, 3), dim=1)
    golden.floats("first_of_size_3", (3, 3), (3, 3))
    golden.case("i64", torch.tensor([1, 2, 3]), torch.tensor([4, 5, 7]))
    return golden


def matrix_power():
    golden = Golden("matrix_power")
    for n in (0, 1, 2, 3, 6):
        golden.floats(f"n{n}", (3, 3), n=n, grad=n > 0)
    golden.floats("batch", (2, 2, 2), n=3)
    return golden


def chain_matmul():
    golden = Golden("chain_matmul")
    golden.floats("three", (2, 5), (5, 1), (1, 4))
    golden.floats("four", (1, 4), (4, 2), (2, 3), (3, 1))
    golden.floats("one", (2, 3))
    return golden


def einsum():
    golden = Golden("einsum", lambda *operands, equation: torch.einsum(equation, *operands))
    cases = {
        "matmul": ("ij,jk->ik", (2, 3), (3, 4)), "implicit": ("ij,jk", (2, 3), (3, 4)),
        "implicit_transpose": ("ba", (2, 3)), "transpose": ("ij->ji", (2, 3)), "sum": ("ij->", (2, 3)),
        "sum_of_rows": ("ij->i", (2, 3)), "diagonal": ("ii->i", (3, 3)), "trace": ("ii", (3, 3)),
        "batch_trace": ("bii->b", (2, 3, 3)), "dot": ("i,i->", (3,), (3,)), "outer": ("i,j->ij", (2,), (3,)),
        "hadamard": ("ij,ij->ij", (2, 3), (2, 3)), "bmm": ("bij,bjk->bik", (2, 2, 3), (2, 3, 2)),
        "attention": ("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 2, 4)),
        "attention_values": ("bhqk,bhkd->bqhd", (2, 2, 3, 2), (2, 2, 2, 4)),
        "bilinear": ("bn,anm,bm->ba", (2, 3), (4, 3, 2), (2, 2)), "chain": ("ij,jk,kl->il", (2, 3), (3, 2), (2, 4)),
        "ellipsis": ("...ij,...jk->...ik", (2, 1, 2, 3), (3, 3, 2)),
        "ellipsis_implicit": ("...ij,jk", (2, 2, 3), (3, 2)),
        "ellipsis_moved": ("i...->...i", (2, 3, 4)), "ellipsis_summed": ("i...->i", (2, 3, 4)),
        "ellipsis_empty": ("...i,i->...", (3,), (3,)), "one_operand_summed": ("ij,k->k", (2, 3), (2,)),
        "broadcast": ("ij,ij->ij", (1, 3), (2, 3)), "broadcast_contracted": ("ij,jk->ik", (2, 1), (3, 2)),
        "capitals": ("aB,Bc->ca", (2, 3), (3, 2)), "implicit_capitals": ("aB,Bc", (2, 3), (3, 2)),
        "spaces": (" i j , j k -> i k ", (2, 3), (3, 2)), "repeats_and_products": ("iij,jk->ik", (2, 2, 3), (3, 2)),
        "zero_dim": (",i->i", (), (3,)), "size0": ("ij,jk->ik", (2, 0), (0, 3)),
        "size0_batch": ("bi,bi->b", (0, 3), (0, 3)),
        "every_kind": ("abcd,aefc->abdef", (2, 3, 2, 2), (2, 2, 3, 2)),
    }
    for name, (equation, *shapes) in cases.items():
        golden.floats(name, *shapes, equation=equation)
    golden.case("i64", INTEGERS, INTEGERS, equation="ij,kj->ik")
    return golden


def goldens():
    return [mv(), addmm(), added("addmv", ((2,), (2, 3), (3,))), added("addr", ((2, 3), (2,), (3,))),
            added("baddbmm", ((2, 2, 3), (2, 2, 4), (2, 4, 3))), added("addbmm", ((2, 3), (2, 2, 4), (2, 4, 3))),
            inner(), tensordot(), kron(), cross(), matrix_power(), chain_matmul(), einsum()]
