#!/usr/bin/env python3
"""Trains the example programs with several processes: they save the weights of one process, byte for byte, and survive
that ranks are killed at random instants.

    programs.py KILLS EXAMPLES -- MPIRUN [OPTION...]        EXAMPLES: the folder of the example programs

Each setting is trained by one process, with batches added up, and by 2 to 4 ranks without. Then it is started with
--checkpoint, one rank is killed with SIGKILL after a random time, the others have to end within 10 s, not with 0, with a
line that names the rank, and the same command goes on until it ends by itself: with the same weights. The variable
KILL_SEED gives other instants.
"""
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "checkpoints"))
from kill import SMALL_GPT, write_images  # noqa: E402

SECONDS = 10
THREADS = ["--threads", "1"]


def settings(data, text):
    mnist = ["mnist", "--data", data, "--batch", "32", "--epochs", "2"]
    return {
        "mlp": [*mnist, "--hidden", "32,32"],
        "lenet with augmentation": [*mnist, "--model", "lenet", "--flip"],
        "gpt": ["char_gpt", "--text", text, *SMALL_GPT],
    }


class Programs:
    def __init__(self, examples, mpirun, folder):
        self.examples, self.mpirun, self.folder = examples, mpirun, folder

    def command(self, arguments, ranks, *more):
        program = [str(self.examples / arguments[0]), *arguments[1:], *THREADS, *more]
        return program if ranks == 1 else [*self.mpirun, "-n", str(ranks), *program]

    def weights(self, arguments, ranks, *more):
        out = self.folder / "out.safetensors"
        process = subprocess.run(self.command(arguments, ranks, "--save", str(out), *more), stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True, check=False)
        if process.returncode != 0:
            sys.exit(f"{arguments} on {ranks} ranks failed:\n{process.stdout}")
        if ranks > 1 and process.stdout.count("validation loss" if arguments[0] == "char_gpt" else "test accuracy ") == 0:
            sys.exit(f"{arguments} on {ranks} ranks printed no result:\n{process.stdout}")
        return out.read_bytes()

    def kill_one(self, arguments, ranks, draw, seconds, folder):
        """Whether a rank was killed before the training ended."""
        command = self.command(arguments, ranks, "--checkpoint", str(folder), "--checkpoint-every", "1")
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        time.sleep(draw.uniform(0.05, seconds))
        # On this machine ranks are children of mpirun, in the order in which it started them.
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        ours = [int(pid) for pid in (children.read_text().split() if children.exists() else [])]
        if len(ours) < ranks:
            process.communicate()
            return False
        rank = draw.randrange(ranks)
        start = time.time()
        try:
            os.kill(ours[rank], signal.SIGKILL)
        except ProcessLookupError:
            process.communicate()
            return False
        try:
            text, _ = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            sys.exit(f"{arguments}: the others did not end within {SECONDS} s after rank {rank} was killed")
        if process.returncode == 0:
            return False  # it had done its work
        if f"process rank {rank} with PID" not in text:
            sys.exit(f"{arguments}: no line names rank {rank}, which was killed:\n{text}")
        return time.time() - start <= SECONDS


def main():
    kills, examples, mpirun = int(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[sys.argv.index("--") + 1:]
    draw = random.Random(int(os.environ.get("KILL_SEED", "0")))
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        (folder / "data").mkdir()
        write_images(folder / "data")
        text = folder / "text"
        text.write_text("\n".join(str(i * i) for i in range(2000)))
        programs = Programs(examples, mpirun, folder)
        for number, (name, arguments) in enumerate(settings(str(folder / "data"), str(text)).items()):
            ranks = 2 + number % 3
            expected = programs.weights(arguments, 1, "--accumulate", str(ranks))
            start = time.time()
            if programs.weights(arguments, ranks) != expected:
                sys.exit(f"{name}: {ranks} ranks have other weights than one process that accumulates {ranks} batches")
            seconds = time.time() - start
            left = kills // 3 + (number < kills % 3)
            run, survived = folder / f"run{number}", 0
            while left > 0:
                survived += programs.kill_one(arguments, ranks, draw, seconds, run)
                left -= 1
            if programs.weights(arguments, ranks, "--checkpoint", str(run), "--checkpoint-every", "1") != expected:
                sys.exit(f"{name}: {ranks} ranks that were killed {survived} times ended with other weights")
            print(f"{name}: {ranks} ranks have the weights of one process, also after {survived} kills", flush=True)


if __name__ == "__main__":
    main()
