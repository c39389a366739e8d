#!/usr/bin/env python3
"""Checks that includes go downwards only: a file may include what stands on its own level or below.

Prints one line per fault, `file:line: includes X (level a may not include level b)`, and fails if there are any.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# From the bottom up. A file belongs to the most specific pattern that matches it (the longest).
# `name.*` covers header and source; `**` crosses folders.
LEVELS = {
    "base": ["autograd/base/**", "autograd/graph/attributes.*", "autograd/graph/grad_mode.*"],
    "io": ["io/**"],
    "ops' declarations": ["autograd/tensor/fwd.hpp", "autograd/tensor/options.hpp", "autograd/ops/*.hpp"],
    "tensor": ["autograd/tensor/*.hpp"],
    "kernels": ["autograd/kernels/**"],
    "graph": ["autograd/graph/**", "autograd/check/op_catalog.*", "autograd/check/op_cases.hpp"],
    "ops": ["autograd/ops/**.cpp", "autograd/ops/detail/**", "autograd/tensor/*.cpp", "autograd/tensor/xtensor.hpp"],
    "checks of ops": ["autograd/check/**"],
    "files": ["files/**"],
    "datasets": ["datasets/**"],
    "nn": ["nn/**"],
    "pictures": ["pictures/**"],
    "onnx": ["onnx/**"],
    "distributed": ["distributed/**"],
    "programs": ["examples/**", "tests/**", "benchmarks/**"],
}

# What a folder may include of the folders of the library, besides itself (programs may include all of them).
FOLDERS = {
    "autograd": [],
    "io": ["autograd/base/error.hpp"],
    "files": ["autograd/**", "io/**"],
    "datasets": ["autograd/**", "io/**"],
    "nn": ["autograd/**", "io/**", "files/**", "datasets/dataset.hpp", "datasets/dataloader.hpp"],
    "pictures": ["autograd/**", "io/**", "datasets/**"],
    "onnx": ["autograd/**", "io/**", "files/**", "nn/**"],
    "distributed": ["autograd/**", "nn/**"],
    "examples": ["xtape/**"],
}

# Headers that only some files may include: header prefixes, and who may.
PRIVATE = {
    ("autograd/kernels/",): ["autograd/**.cpp", "autograd/kernels/**", "tests/**", "benchmarks/**"],
    ("autograd/base/detail/",): ["**.cpp", "autograd/**/detail/**", "autograd/kernels/**"],
    ("autograd/graph/detail/",): ["autograd/**.cpp", "autograd/graph/detail/**", "onnx/export/*.cpp",
                                 "distributed/*.cpp", "tests/**"],
    ("autograd/ops/detail/",): ["**.cpp", "autograd/ops/detail/**"],
    ("xtensor/", "xtensor-blas/", "xsimd/", "xtl/"):
        ["autograd/kernels/**", "autograd/tensor/xtensor.hpp", "tests/**", "benchmarks/**"],
    ("cblas", "openblas_config.h"): ["autograd/kernels/**", "tests/**", "benchmarks/**"],
    ("tbb/", "oneapi/"): ["autograd/base/parallel.*"],
    ("io/",): ["io/**", "**.cpp", "**/detail/**", "tests/**"],
    ("files/detail/",): ["files/**.cpp", "files/detail/**", "onnx/detail/**.cpp", "tests/**"],
    ("nn/detail/",): ["nn/**.cpp", "nn/detail/**", "tests/**"],
    ("nn/module/detail/",): ["nn/**.cpp", "nn/module/detail/**", "tests/**"],
    ("nn/layers/detail/",): ["nn/layers/*.cpp", "nn/layers/detail/**", "tests/**"],
    ("nn/losses/detail/",): ["nn/**.cpp", "nn/losses/detail/**", "tests/**"],
    ("nn/optim/detail/",): ["nn/optim/**.cpp", "nn/optim/detail/**", "tests/**"],
    ("nn/train/detail/",): ["nn/train/**.cpp", "nn/train/detail/**", "tests/**"],
    ("datasets/detail/",): ["datasets/**.cpp", "datasets/detail/**", "tests/**"],
    ("datasets/transforms/detail/",): ["datasets/transforms/*.cpp", "datasets/transforms/detail/**", "tests/**"],
    ("pictures/detail/",): ["pictures/**.cpp", "pictures/detail/**", "tests/**"],
    ("onnx/detail/",): ["onnx/**.cpp", "onnx/detail/**", "tests/**"],
    ("onnx/export/detail/",): ["onnx/export/**", "onnx/save.cpp", "tests/**"],
    ("distributed/detail/",): ["distributed/**.cpp", "distributed/detail/**", "tests/**"],
    ("mpi.h",): ["distributed/detail/mpi.hpp"],
    ("boost/",): ["tests/**", "examples/course/tests/**"],
    ("nlohmann/",): ["io/**.cpp", "files/detail/**.cpp", "nn/train/detail/**.cpp", "tests/**"],
    ("png.h",): ["pictures/detail/**.cpp", "tests/**"],
    ("onnx_schema.pb.h", "google/protobuf/"): ["onnx/detail/**", "tests/**"],
    ("zlib.h",): ["io/**.cpp", "tests/**"],
    ("CLI/",): ["examples/**", "benchmarks/**"],
    ("benchmark/",): ["benchmarks/**"],
}

# What users may include too.
PUBLIC = ["io/files.hpp"]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def matches(path, pattern):
    regex = re.escape(pattern).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
    return re.fullmatch(regex, path) is not None


def level(path):
    """The level's number and name."""
    found = [(len(pattern), number, name)
             for number, (name, patterns) in enumerate(LEVELS.items())
             for pattern in patterns if matches(path, pattern)]
    _, number, name = max(found)
    return number, name


def in_tree(file, included):
    """The included header as a path from the root, or None if it is not one of the project's."""
    if included.startswith("xtape/") and included.count("/") > 1:
        included = included.removeprefix("xtape/")
    for candidate in (ROOT / included, file.parent / included):
        if candidate.is_file():
            return candidate.resolve().relative_to(ROOT).as_posix()
    return None


def faults(file):
    path = file.relative_to(ROOT).as_posix()
    folder = path.split("/")[0]
    for number, line in enumerate(file.read_text().splitlines(), 1):
        include = INCLUDE.match(line)
        if not include:
            continue
        quote, included = include.groups()
        where = f"{path}:{number}: includes {included}"
        target = in_tree(file, included)

        for prefixes, users in PRIVATE.items():
            is_private = (target or included).startswith(prefixes) and target not in PUBLIC
            if is_private and not any(matches(path, user) for user in users):
                yield f"{where} (only {', '.join(users)} may)"

        if folder not in ("examples", "tests", "benchmarks"):
            if included.startswith("xtape/"):
                yield f"{where} (inside the library headers are named from the root, without xtape/)"
            elif quote == '"' and target != included:
                yield f"{where} (no such file from the root)"
        elif quote == '"' and target is None and not included.startswith("xtape/"):
            yield f"{where} (no such file)"
        if target is None:
            continue

        allowed = FOLDERS.get(folder)
        outside = target.split("/")[0] != folder
        if allowed is not None and outside and not any(matches(included, pattern) for pattern in allowed):
            yield f"{where} ({folder} may include only {', '.join(allowed) or 'itself'})"
            continue
        (own, own_name), (other, other_name) = level(path), level(target)
        if other > own:
            yield f"{where} (level {own_name} may not include level {other_name})"


def dead_patterns(paths):
    """What stands in the tables and is no more: a rule without files checks nothing."""
    for name, patterns in LEVELS.items():
        for pattern in patterns:
            if not any(matches(path, pattern) for path in paths):
                yield f"check_includes.py: {pattern} (level {name}) matches no file"
    for prefixes in PRIVATE:
        for prefix in prefixes:
            if (ROOT / prefix.split("/")[0]).is_dir() and not (ROOT / prefix).is_dir():
                yield f"check_includes.py: there is no folder {prefix}"
    for path in PUBLIC:
        if path not in paths:
            yield f"check_includes.py: there is no file {path}"


def main():
    folders = ("autograd", "io", "files", "nn", "datasets", "pictures", "onnx", "distributed", "examples", "tests",
               "benchmarks")
    files = sorted(file for folder in folders for file in (ROOT / folder).rglob("*.[ch]pp"))
    found = [fault for file in files for fault in faults(file)]
    found += dead_patterns([file.relative_to(ROOT).as_posix() for file in files])
    for fault in found:
        print(fault)
    print(f"check_includes: {len(files)} files, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
