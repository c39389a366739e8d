#!/usr/bin/env python3
"""Counts the instructions of training steps under callgrind, and fails where a step takes 3% more than counts.json says.

    check.py PROGRAM            compares
    check.py --write PROGRAM    writes what it counts into counts.json

A count is the difference between a long run and a short one, so that start-up drops out. Baseline kernels, OpenBLAS'
oldest ones and the plain functions of glibc run on every x86-64 processor, so counts do not depend on the machine.
Without valgrind it exits with 77, for "skipped".
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

TOLERANCE = 0.03
STEPS = {"classifier": (20, 120), "chain": (3, 13), "rows": (3, 13), "rows_in_turn": (3, 13), "pieces": (3, 13),
         "print": (3, 13), "block": (3, 13)}  # of the short run and the long one
COUNTS = pathlib.Path(__file__).with_name("counts.json")
PLAIN = {
    "XTAPE_ISA": "baseline",
    "OPENBLAS_CORETYPE": "Prescott",
    "OPENBLAS_NUM_THREADS": "1",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX,-FMA,-FMA4,-ERMS,-FSRM,-SSE4_2,-SSE4_1,-SSSE3",
}


def instructions(program, workload, steps):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, workload, str(steps)]
    run = subprocess.run(command, env=os.environ | PLAIN, capture_output=True, text=True)
    collected = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not collected:
        sys.exit(f"{' '.join(command)} failed with {run.returncode}:\n{run.stderr}")
    return int(collected[1])


def per_step(program, workload):
    few, many = STEPS[workload]
    return (instructions(program, workload, many) - instructions(program, workload, few)) // (many - few)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write the counts instead of comparing them")
    parser.add_argument("program", help="instruction_steps, of the preset dev")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        print("skipped: valgrind is not installed; scripts/install-deps.sh installs it")
        return 77
    counts = {workload: per_step(options.program, workload) for workload in STEPS}
    if options.write:
        COUNTS.write_text(json.dumps(counts, indent=2) + "\n")
        return 0
    expected = json.loads(COUNTS.read_text())
    slower = 0
    for workload, count in counts.items():
        ratio = count / expected[workload]
        slower += ratio > 1 + TOLERANCE
        print(f"{workload}: {count} instructions per step, {ratio:.3f} of the {expected[workload]} in {COUNTS.name}")
    if slower:
        print(f"{slower} of {len(counts)} take more than {TOLERANCE:.0%} more; if that is worth it, run check.py --write")
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main())
