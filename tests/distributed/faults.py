#!/usr/bin/env python3
"""Starts programs whose ranks fail, and checks that all of them end soon, not with 0, and with a line that names the rank.

    faults.py PROGRAM -- MPIRUN [OPTION...]        PROGRAM: distributed_faults
"""
import subprocess
import sys
import time

SECONDS = 10

# What is printed, by us or by mpirun, that names the last rank of {n}.
FAULTS = {
    "shape": "rank {last} does all_reduce of float32 {{3}} by sum",
    "operation": "rank {last} does barrier",
    "batches": "rank {last} has left its World",
    "exception": "rank {last} of {n} has left its World by an exception",
    "exit": "process rank {last}",
    "kill": "rank {last} with PID",
    "segfault": "rank {last} with PID",
    "silence": "has waited for 1 seconds in",
}


def main():
    program, mpirun = sys.argv[1], sys.argv[sys.argv.index("--") + 1:]
    failures = 0
    for fault, expected in [("", None), *FAULTS.items()]:
        for n, inside in ((2, ["inside"]), (3, [])):
            command = [*mpirun, "-n", str(n), program, fault, *inside]
            start = time.time()
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            try:
                text, _ = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                process.terminate()
                text, _ = process.communicate()
            seconds = time.time() - start
            line = expected and expected.format(n=n, last=n - 1)
            if fault == "exception" and inside:
                line = f"rank {n - 1} has left its World"
            is_right = (process.returncode == 0 if expected is None else process.returncode != 0 and line in text)
            print(f"{n} ranks, {fault or 'no fault'} {' '.join(inside)}: exit code {process.returncode} after "
                  f"{seconds:.1f} s", flush=True)
            if not is_right or seconds > SECONDS:
                print(f"expected {line!r} within {SECONDS} s, got:\n{text}")
                failures += 1
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
