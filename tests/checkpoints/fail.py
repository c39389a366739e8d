#!/usr/bin/env python3
"""Makes each call that writes checkpoints fail once, and checks that nothing is lost.

    fail.py LIBRARY EXAMPLES      LIBRARY: the shared library made of fail_nth.c; EXAMPLES as for kill.py

For every system function below, the n-th call that concerns the folder of checkpoints fails, n = 1, 2, ... until the
program makes no such call any more. Each time the training must go on, say what happened, and end with the same
weights; and the same must follow from a program that starts on what the folder then holds.

A log that cannot be written is a mistake before the training; later it costs nothing but, in the end, itself.
"""
import errno
import os
import pathlib
import subprocess
import sys
import tempfile

from kill import Setting, THREADS, write_images

# A failure is silent where nothing is lost by it: what remove leaves behind, the next save removes; a stale file need
# not be there to be opened; and of a folder some file systems cannot say when its names are on the disk.
CALLS = {"open": errno.EACCES, "fwrite": errno.ENOSPC, "fflush": errno.ENOSPC, "fsync": errno.EIO, "rename": errno.EROFS,
         "remove": errno.EROFS, "mkdir": errno.EACCES}
MAY_BE_SILENT = {"remove", "open", "fsync"}


def main():
    library, examples = sys.argv[1], pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        (folder / "data").mkdir()
        write_images(folder / "data")
        arguments = ["mnist", "--data", str(folder / "data"), "--batch", "300", "--epochs", "1", "--hidden", "4"]
        setting = Setting("mlp", examples, arguments, folder / "setting")
        failed = {name: fail_each(setting, library, folder, name, error) for name, error in CALLS.items()}
        fail_log(examples, library, folder)
    print("failed once, survived: " + ", ".join(f"{count} {name}" for name, count in failed.items()))
    if sum(failed.values()) < 20:
        sys.exit("too few calls failed: the library does not see them")


def fail_each(setting, library, folder, name, error):
    report, run = folder / "report", setting.folder / "run"
    nth = 0
    while True:
        nth += 1
        setting.clear()
        if run.exists():
            run.rmdir()
        report.unlink(missing_ok=True)
        variables = {"LD_PRELOAD": library, "FAIL_CALL": name, "FAIL_NTH": str(nth), "FAIL_ERRNO": str(error),
                     "FAIL_FOLDER": str(run), "FAIL_REPORT": str(report)}
        out = setting.folder / "failed"
        command = [*setting.command, "--save", f"{out}.safetensors", "--log", f"{out}.csv", "--checkpoint", str(run),
                   "--checkpoint-every", "1"]
        result = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True)
        if not report.exists():
            return nth - 1
        what = f"{name} number {nth}"
        if result.returncode != 0 or setting.results(out) != setting.expected:
            sys.exit(f"{what} failed, and the training did not go on: {result.stderr}")
        told = os.strerror(error) in result.stderr and str(run) in result.stderr
        if not told and (result.stderr or name not in MAY_BE_SILENT):
            sys.exit(f"{what} failed, and nobody was told: {result.stderr!r}")
        if setting.results(setting.run("again", checkpoint=True)) != setting.expected:
            sys.exit(f"{what} failed, and what the folder held then led elsewhere")


def fail_log(examples, library, folder):
    """Each renaming of the log fails, of a training of three epochs; then all after the first."""
    arguments = ["mnist", "--data", str(folder / "data"), "--batch", "300", "--epochs", "3", "--hidden", "4"]
    setting = Setting("log", examples, arguments, folder / "logged")
    for nth, status, whole in (("1", 1, False), ("2", 0, True), ("3", 0, True), ("4", 0, True), ("2+", 1, False)):
        logs, weights = setting.folder / f"logs{nth}", setting.folder / f"{nth}.safetensors"
        logs.mkdir()
        variables = {"LD_PRELOAD": library, "FAIL_CALL": "rename", "FAIL_NTH": nth, "FAIL_ERRNO": str(errno.ENOSPC),
                     "FAIL_FOLDER": str(logs), "FAIL_REPORT": str(folder / "report")}
        result = subprocess.run([*setting.command, "--save", weights, "--log", logs / "log.csv"],
                                env={**os.environ, **variables}, capture_output=True, text=True)
        if result.returncode != status or "No space left on device" not in result.stderr or "log.csv" not in result.stderr:
            sys.exit(f"renaming {nth} of the log failed: exit code {result.returncode}, {result.stderr!r}")
        if weights.exists() != (nth != "1") or weights.exists() and weights.read_bytes() != setting.expected[0]:
            sys.exit(f"renaming {nth} of the log failed, and the training ended with other weights")
        if whole and len((logs / "log.csv").read_text().splitlines()) != 4:
            sys.exit(f"renaming {nth} of the log failed, and the log is not whole")


if __name__ == "__main__":
    main()
