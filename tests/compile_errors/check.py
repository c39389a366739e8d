#!/usr/bin/env python3
"""Compiles mistakes.cpp and checks that the compiler refuses each marked line, in words that say what to write.

    check.py COMPILER INCLUDE_FOLDER...
"""

import pathlib
import re
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parent / "mistakes.cpp"


def compile_source(compiler, folders):
    command = [compiler, "-std=c++20", "-fsyntax-only", "-w", "-fno-caret-diagnostics" if "clang" in compiler else
               "-fno-diagnostics-show-caret", *(f"-I{folder}" for folder in folders), str(SOURCE)]
    if "clang" in compiler:
        command.append("-ferror-limit=0")
    return subprocess.run(command, capture_output=True, text=True, check=False)


def marked_lines():
    """The number of each line that must not compile, and the words that must be said."""
    for number, line in enumerate(SOURCE.read_text().splitlines(), 1):
        _, mark, words = line.partition(";  ")
        match = re.match(r"\s*// (.+)", words) if mark else None
        if match:
            yield number, match.group(1)


def main():
    result = compile_source(sys.argv[1], sys.argv[2:])
    if result.returncode == 0:
        sys.exit("check.py: mistakes.cpp compiles")
    faults = marked = 0
    for number, words in marked_lines():
        marked += 1
        said = [line for line in result.stderr.splitlines() if f"mistakes.cpp:{number}:" in line]
        if not said:
            print(f"line {number} compiles")
        elif not any(word in result.stderr for word in words.split("|")):
            print(f"line {number}: nobody says \"{words}\" but:\n  " + "\n  ".join(said))
        else:
            continue
        faults += 1
    print(f"check.py: {marked} mistakes, {faults} of them not as they should be")
    if faults or marked < 20:
        sys.exit(result.stderr)


if __name__ == "__main__":
    main()
