#!/usr/bin/env python3
"""Line coverage of the library by the tests that ran in build/clang, per folder, and the files below the goal by name.

Run the tests first: XTAPE_PRESET=clang scripts/test.sh
"""

import collections
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "clang"
FOLDERS = ["autograd", "io", "files", "nn", "datasets", "onnx"]
GOAL = 95  # percent of lines


def counts_of_files():
    """{file: (lines that ran, lines)}, merged from the profiles that the programs left."""
    profiles = list((BUILD / "profiles").glob("*.profraw"))
    if not profiles:
        sys.exit("coverage: build/clang/profiles is empty; run the tests of the preset clang first")
    merged = BUILD / "profiles" / "merged.profdata"
    subprocess.run(["llvm-profdata-14", "merge", "-sparse", "-o", merged, *profiles], check=True)
    export = ["llvm-cov-14", "export", "-summary-only", f"-instr-profile={merged}", BUILD / "tests" / "xtape_tests"]
    text = subprocess.run(export, check=True, stdout=subprocess.PIPE).stdout
    counts = {}
    for file in json.loads(text)["data"][0]["files"]:
        name = relative(file["filename"])
        if name and name.split("/")[0] in FOLDERS:
            lines = file["summary"]["lines"]
            counts[name] = max(counts.get(name, (0, 0)), (lines["covered"], lines["count"]))
    return counts


def relative(filename):
    """The path in the project; "" for a file of others. The compiler cache leaves paths with .. in them, and public headers
    have a second path in the build folder."""
    path = pathlib.Path(filename).resolve()
    for root in [BUILD / "tree" / "xtape", BUILD / "include" / "xtape", ROOT]:
        if path.is_relative_to(root):
            return str(path.relative_to(root))
    return ""


def percent(covered, lines):
    return 100 * covered / max(lines, 1)


def main():
    files = counts_of_files()
    folders = collections.defaultdict(lambda: (0, 0))
    for name, (covered, lines) in files.items():
        for folder in (name.split("/")[0], "all"):
            folders[folder] = (folders[folder][0] + covered, folders[folder][1] + lines)
    below = {name: count for name, count in files.items() if percent(*count) < GOAL}

    print(f"files below {GOAL} % of lines:")
    for name in sorted(below, key=lambda name: percent(*below[name])):
        covered, lines = below[name]
        print(f"  {percent(covered, lines):5.1f} %  {lines - covered:4d} of {lines:4d} lines not run  {name}")
    for folder in [*FOLDERS, "all"]:
        print(f"{folder:10s} {percent(*folders[folder]):5.1f} % of {folders[folder][1]} lines")


main()
