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
from kill import SMALL_GPT, write_inputs  # noqa: E402

SECONDS = 10
THREADS = ["--threads", "1"]


def settings(data, text):
    mnist = ["mnist", "--data", data, "--batch", "32", "--epochs", "2"]
    return {
        "mlp": [*mnist, "--hidden", "32,32"],
        "lenet with augmentation": [*mnist, "--model", "lenet", "--flip"],
        "gpt": ["char_gpt", "--text", text, *SMALL_GPT],
    }


def processes_of(mpirun, ranks):
    """The ranks: on one machine the children of mpirun, in the order in which it starts them."""
    children = pathlib.Path(f"/proc/{mpirun.pid}/task/{mpirun.pid}/children")
    end = time.time() + SECONDS
    while mpirun.poll() is None:
        processes = [int(pid) for pid in children.read_text().split()]
        if len(processes) == ranks:
            return processes
        if time.time() > end:
            mpirun.kill()
            sys.exit(f"mpirun has {len(processes)} children after {SECONDS} s; expected {ranks} ranks, as Open MPI's has")
        time.sleep(0.01)
    return []


def is_over(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def all_end(processes):
    end = time.time() + SECONDS
    while not all(is_over(pid) for pid in processes):
        if time.time() > end:
            return False
        time.sleep(0.01)
    return True


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

    def kill_one(self, arguments, ranks, draw, seconds, run):
        """Whether a rank was killed before the training ended."""
        command = self.command(arguments, ranks, "--checkpoint", run, "--checkpoint-every", "1")
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        processes = processes_of(process, ranks)
        time.sleep(draw.uniform(0, seconds))
        rank = draw.randrange(ranks)
        try:
            if processes:
                os.kill(processes[rank], signal.SIGKILL)
        except ProcessLookupError:
            processes = []
        if not all_end(processes):
            process.kill()
            sys.exit(f"{arguments}: the others did not end within {SECONDS} s after rank {rank} was killed")
        try:
            text, _ = process.communicate(timeout=SECONDS if processes else None)
        except subprocess.TimeoutExpired:
            # Open MPI 4.1: where a rank dies while it connects, mpirun names it and then waits for a lock of its own.
            process.kill()
            text, _ = process.communicate()
        if not processes or process.returncode == 0:
            return False  # it had done its work
        if f"process rank {rank} with PID" not in text:
            sys.exit(f"{arguments}: no line names rank {rank}, which was killed:\n{text}")
        return True

    def series(self, arguments, ranks, draw, seconds, expected, most):
        """Kills until the training comes to its end, at most so many times. Gives the number of kills."""
        kills = 0
        with tempfile.TemporaryDirectory(dir=self.folder) as run:
            while kills < most and self.kill_one(arguments, ranks, draw, seconds, run):
                kills += 1
            if self.weights(arguments, ranks, "--checkpoint", run, "--checkpoint-every", "1") != expected:
                sys.exit(f"{arguments}: {ranks} ranks that were killed {kills} times ended with other weights")
        return kills


def main():
    kills, examples, mpirun = int(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[sys.argv.index("--") + 1:]
    draw = random.Random(int(os.environ.get("KILL_SEED", "0")))
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        programs = Programs(examples, mpirun, folder)
        for number, (name, arguments) in enumerate(settings(*write_inputs(folder)).items()):
            ranks = 2 + number % 3
            expected = programs.weights(arguments, 1, "--accumulate", str(ranks))
            start = time.time()
            if programs.weights(arguments, ranks) != expected:
                sys.exit(f"{name}: {ranks} ranks have other weights than one process that accumulates {ranks} batches")
            seconds = time.time() - start
            left, trainings = kills // 3 + (number < kills % 3), 0
            while left > 0:
                left -= programs.series(arguments, ranks, draw, seconds, expected, left)
                trainings += 1
            print(f"{name}: {ranks} ranks have the weights of one process, also in {trainings} trainings with kills",
                  flush=True)
    print(f"{kills} kills survived")


if __name__ == "__main__":
    main()
