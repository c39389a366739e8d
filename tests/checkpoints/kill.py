#!/usr/bin/env python3
"""Kills trainings at random instants and checks that they end as if nothing had happened.

    kill.py KILLS EXAMPLES        EXAMPLES: the folder of the example programs, such as build/release/examples

Each setting is trained once in one piece. Then it is started with --checkpoint, killed with SIGKILL after a random
time and started again with the same command until it ends by itself; its weights and its history must be those of the
first run, byte for byte but for the seconds, and the folder must hold nothing but its checkpoint. The next series
begins with an empty folder. The kills are shared among the settings. The variable KILL_SEED gives other instants.
"""
import csv
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import time

THREADS = ["--threads", "1"]
SMALL_GPT = ["--steps", "40", "--report", "10", "--layers", "1", "--heads", "2", "--width", "16", "--context", "16",
             "--batch", "4", "--sample", "1"]


def settings(data, text):
    mnist = ["--data", data, "--batch", "32", "--epochs", "3"]
    return {
        "mlp": ["mnist", *mnist, "--hidden", "32,32"],
        "mlp, sgd, batches added up": ["mnist", *mnist, "--hidden", "16", "--optimizer", "sgd", "--accumulate", "3"],
        "cnn with augmentation": ["mnist", *mnist, "--model", "cnn", "--flip"],
        "gpt": ["char_gpt", "--text", text, *SMALL_GPT],
    }


def write_images(folder):
    """600 + 100 images of which a net can learn something: the label is the brightness."""
    draw = random.Random(0)
    for part, count in (("train", 600), ("t10k", 100)):
        labels = bytes(draw.randrange(10) for _ in range(count))
        pixels = bytes(min(255, 20 * label + draw.randrange(60)) for label in labels for _ in range(28 * 28))
        (folder / f"{part}-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 2051, count, 28, 28) + pixels)
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 2049, count) + labels)


def write_inputs(folder):
    """Gives the paths of a folder of images and of a text."""
    data, text = folder / "data", folder / "text"
    data.mkdir()
    write_images(data)
    text.write_text("\n".join(str(i * i) for i in range(2000)))
    return str(data), str(text)


class Setting:
    def __init__(self, name, examples, arguments, folder):
        self.name, self.folder = name, folder
        self.command = [str(examples / arguments[0]), *arguments[1:], *THREADS]
        self.has_log = arguments[0] == "mnist"
        folder.mkdir()
        self.expected = self.results(self.run("whole"))
        start = time.time()
        self.clear()
        self.run("whole", checkpoint=True)
        self.seconds = time.time() - start
        self.clear()

    def run(self, name, checkpoint=False, kill_after=None):
        """Gives the path of the outputs, or None for a run that was killed."""
        out = self.folder / name
        command = [*self.command, "--save", f"{out}.safetensors"]
        if self.has_log:
            command += ["--log", f"{out}.csv"]
        if checkpoint:
            command += ["--checkpoint", str(self.folder / "run"), "--checkpoint-every", "1"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            text, _ = process.communicate(timeout=kill_after)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return None
        if process.returncode != 0:
            sys.exit(f"{self.name}: {' '.join(command)} failed:\n{text.decode()}")
        return out

    def results(self, out):
        weights = pathlib.Path(f"{out}.safetensors").read_bytes()
        if not self.has_log:
            return weights, None
        with open(f"{out}.csv") as log:
            return weights, [{k: v for k, v in row.items() if k != "seconds"} for row in csv.DictReader(log)]

    def clear(self):
        for file in sorted(self.folder.glob("run/*")) + sorted(self.folder.glob("run/.*")):
            file.unlink()

    def series(self, draw, most):
        """Kills until the training comes to its end, at most so many times. Gives the number of kills."""
        kills = 0
        while True:
            limit = draw.uniform(0, self.seconds) if kills < most else None
            out = self.run("pieces", checkpoint=True, kill_after=limit)
            if out is None:
                kills += 1
                continue
            if self.results(out) != self.expected:
                sys.exit(f"{self.name}: after {kills} kills the training ended with other weights or another history")
            self.check_litter()
            self.clear()
            return kills

    def check_litter(self):
        names = sorted(p.name for p in (self.folder / "run").iterdir())
        states = [n for n in names if n.startswith("checkpoint-") and n.endswith(".safetensors")]
        if "checkpoint.json" not in names or len(states) > 2 or len(names) != len(states) + 1:
            sys.exit(f"{self.name}: the folder of checkpoints holds {names}")


def main():
    kills, examples = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    draw = random.Random(int(os.environ.get("KILL_SEED", "0")))
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        all_settings = [Setting(name, examples, arguments, folder / f"setting{i}") for i, (name, arguments) in
                        enumerate(settings(*write_inputs(folder)).items())]
        for i, setting in enumerate(all_settings):
            left, series = kills // len(all_settings) + (i < kills % len(all_settings)), 0
            while left > 0:
                left -= setting.series(draw, left)
                series += 1
            print(f"{setting.name}: survived, {series} trainings, each with the same weights and history", flush=True)
    print(f"{kills} kills survived")


if __name__ == "__main__":
    main()
