#!/usr/bin/env python3
"""Strips a copy of a program and fails where it is larger than a limit.

    size.py LIMIT PROGRAM        LIMIT: in bytes
"""
import pathlib
import subprocess
import sys
import tempfile

limit, program = int(sys.argv[1]), pathlib.Path(sys.argv[2])
with tempfile.TemporaryDirectory() as folder:
    stripped = pathlib.Path(folder) / program.name
    subprocess.run(["strip", "-o", stripped, program], check=True)
    size = stripped.stat().st_size
print(f"{program.name}: {size:,} bytes, stripped; at most {limit:,}")
sys.exit(size > limit)
