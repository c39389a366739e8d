#!/usr/bin/python3
"""Writes the golden files beside this script: values and gradients of PyTorch 1.13 that the C++ tests compare with.

    /usr/bin/python3 tests/golden/make_golden.py         (Debian 12: apt-get install python3-torch)

Every number follows from the names of its function and case, so a second run writes the same bytes, and a new case
leaves the others as they were. The families stand in generator/, one file each, as in autograd/ops.
"""

import pathlib
import sys
import warnings

sys.dont_write_bytecode = True

import torch  # noqa: E402

from generator import (activation, arithmetic, arrangement, bitwise, comparison, conv, distance, dtypes,  # noqa: E402
                       elementwise, factors, files, gpt, images, index, indexing, linalg, logarithms, losses,
                       lr_scheduler, models, normalization, optim, order, pooling, probability, products, recurrent,
                       reduction, rounding, sequences, shape, transformer, transforms, trigonometry)

FAMILIES = [arithmetic, comparison, bitwise, dtypes, elementwise, trigonometry, logarithms, rounding, activation,
            reduction, order, shape, arrangement, indexing, linalg, products, factors, conv, normalization, pooling,
            sequences, recurrent, transformer, images, distance, probability, losses, optim, lr_scheduler, transforms,
            files, models, gpt, index]


def main():
    if not torch.__version__.startswith("1.13."):
        sys.exit(f"make_golden.py: PyTorch 1.13 is the reference, this is {torch.__version__}")
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")

    folder = pathlib.Path(__file__).resolve().parent
    cases = size = count = 0
    for family in FAMILIES:
        for golden in family.goldens():
            path = golden.write(folder)
            count += 1
            cases += len(golden.cases)
            size += path.stat().st_size
    print(f"{count} files, {cases} cases, {size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
