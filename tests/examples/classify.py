#!/usr/bin/env python3
"""Trains a small net with the program mnist, and has classify name the images of PNG files with its weights.

    classify.py EXAMPLES        EXAMPLES: the folder of the example programs
"""
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "checkpoints"))
from kill import write_images  # noqa: E402


def write_png(path, side, level):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = (b"\0" + bytes([level]) * side) * side
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)) +
                     chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def main():
    examples = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        write_images(folder)  # the label is the brightness
        for suffix in ("safetensors", "pt"):
            weights = folder / f"net.{suffix}"
            subprocess.run([examples / "mnist", "--data", folder, "--model", "lenet", "--epochs", "20", "--batch", "20",
                            "--save", weights], check=True, stdout=subprocess.DEVNULL)
            pictures = []
            for label, side in ((0, 28), (9, 28), (9, 100)):
                pictures.append(folder / f"{label}-{side}.png")
                write_png(pictures[-1], side, 20 * label + 30)
            lines = subprocess.run([examples / "classify", "--model", "lenet", weights, *pictures], check=True,
                                   capture_output=True, text=True).stdout.splitlines()
            named = [line.split(": ")[1].split()[0] for line in lines]
            if named != ["0", "9", "9"]:
                sys.exit(f"expected 0, 9, 9; classify printed {lines}")
        run = folder / "run"
        subprocess.run([examples / "mnist", "--data", folder, "--model", "lenet", "--epochs", "1", "--checkpoint", run],
                       check=True, stdout=subprocess.DEVNULL)
        subprocess.run([examples / "classify", "--model", "lenet", "--key", "model", run / "checkpoint-1.safetensors",
                        pictures[0]], check=True, stdout=subprocess.DEVNULL)
        for arguments, part in ((["--model", "cnn", weights, pictures[0]], "missing: "),
                                (["--model", "lenet", weights, folder / "absent.png"], "absent.png"),
                                (["--model", "lenet", pictures[0], pictures[0]], "0-28.png")):
            result = subprocess.run([examples / "classify", *arguments], capture_output=True, text=True)
            if result.returncode != 1 or part not in result.stderr:
                sys.exit(f"classify {arguments}: exit code {result.returncode}, {result.stderr!r}")


if __name__ == "__main__":
    main()
