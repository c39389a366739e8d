#!/usr/bin/env python3
"""Trains a small net, exports it, and has finetune teach it two new classes from folders of PNG files.

    finetune.py EXAMPLES        EXAMPLES: the folder of the example programs
"""
import pathlib
import random
import subprocess
import sys
import tempfile

from classify import write_images, write_png


def run(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def main():
    examples = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        write_images(folder)
        run(examples / "mnist", "--data", folder, "--model", "lenet", "--epochs", "2", "--save", folder / "net.pt")
        draw = random.Random(0)
        for name, low in (("dark", 0), ("light", 150)):
            (folder / "images" / name).mkdir(parents=True)
            for i in range(40):
                write_png(folder / "images" / name / f"{i}.png", 28, low + draw.randrange(100))
        common = ["--images", folder / "images", "--channels", "1", "--side", "28", "--epochs", "30"]
        first = run(examples / "finetune", "--net", "lenet", "--model", folder / "net.pt", *common,
                    "--save", folder / "first.onnx")
        second = run(examples / "finetune", "--model", folder / "first.onnx", *common, "--save", folder / "second.onnx")
        for text in (first, second):
            if "2 classes: dark, light" not in text or "validation accuracy 100.00%" not in text.splitlines()[-2]:
                sys.exit(f"finetune did not learn to tell dark from light:\n{text}")
        for arguments, code, part in (
                (["--images", folder / "images" / "dark"], 1, "no classes"),
                (["--save", folder / "absent" / "new.onnx"], 2, "does not exist"),
                (["--save", folder / "new.pt"], 2, "does not end in .onnx")):
            images = [] if "--images" in arguments else ["--images", folder / "images"]
            result = subprocess.run([examples / "finetune", "--model", folder / "first.onnx", *images, *arguments],
                                    capture_output=True, text=True)
            if result.returncode != code or part not in result.stderr:
                sys.exit(f"{arguments}: exit code {result.returncode}, {result.stderr!r}")
        absent = subprocess.run([examples / "finetune", "--model", folder / "absent.onnx", *map(str, common)],
                                capture_output=True, text=True)
        if absent.returncode != 1 or "absent.onnx" not in absent.stderr:
            sys.exit(f"exit code {absent.returncode}, {absent.stderr!r}")


if __name__ == "__main__":
    main()
