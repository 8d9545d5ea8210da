"""Measures training, generation and memory side by side, and writes the report.

    python benchmarks/run.py                          about ten minutes
    python benchmarks/run.py --rounds 2 --out build   a quick look, kept apart
    python benchmarks/run.py --only-report            results.json once more

Every contender is a process of its own that stays warm while it waits; one works
at a time, and all take turns in every round, in a new order each time. So a
machine that slows down for a while slows down all of them.
"""

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

from workload import BATCH_SIZE, SIZES

HERE = Path(__file__).resolve().parent

# Name in the report: module in `contenders`.
CONTENDERS = {
    "ours": "ours",
    "Keras, defaults": "keras_lstm",
    "Keras, best": "keras_lstm",
    "PyTorch": "pytorch",
    "JAX": "jax_scan",
    "TF1 graph": "tf1_graph",
}
# What "Keras, best" is the fastest of, at each size.
KERAS_SETTINGS = [
    {"unroll": unroll, "jit": jit, "block": True}
    for unroll in (False, True)
    for jit in (False, True)
]
LOSS_TOLERANCE = 1e-4


class Worker:
    """A contender's process, and the questions it is asked."""

    def __init__(self, name):
        self.name = name
        self.stderr = tempfile.TemporaryFile()  # noqa: SIM115, closed in `close`
        self.process = subprocess.Popen(
            [sys.executable, HERE / "worker.py", CONTENDERS[name]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.stderr,
            text=True,
        )

    def ask(self, what, **details):
        print(json.dumps({"do": what, **details}), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            self.stderr.seek(0)
            sys.exit(f"{self.name} broke:\n{self.stderr.read().decode()}")
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.stderr.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.5, help="length of a turn")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to")
    parser.add_argument("--only-report", action="store_true")
    options = parser.parse_args()

    path = options.out / "results.json"
    if not options.only_report:
        options.out.mkdir(exist_ok=True)
        results = measure(options)
        path.write_text(json.dumps(results, indent=1) + "\n")
    import report  # draws, so it is too large to be in memory while others measure

    report.write(json.loads(path.read_text()), options.out)


def measure(options):
    start = time.perf_counter()
    if hasattr(os, "sched_setaffinity"):  # workers inherit it, and count two cores
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    footprint = tensorflow_footprint()
    sizes = {}
    for name in options.sizes:
        print(f"{name} ...", flush=True)
        settings, trials = choose_keras(name, options.seconds)
        sizes[name] = measure_size(name, settings, options)
        sizes[name]["keras_trials"] = trials
    return {
        "sizes": sizes,
        "tensorflow_import_bytes": footprint,
        "rounds": options.rounds,
        "minutes": (time.perf_counter() - start) / 60,
        "machine": machine(),
        "versions": {
            name: metadata.version(name)
            for name in ("tensorflow", "keras", "torch", "jax", "jaxlib", "numpy")
        },
    }


def choose_keras(name, seconds):
    """The fastest of Keras' settings at this size, and what each of them reached."""
    trials = []
    for settings in KERAS_SETTINGS:
        worker = Worker("Keras, best")
        worker.ask("setup", size=name, **settings)
        windows = calibrate(worker, SIZES[name], seconds)
        trials.append({**settings, **turn(worker, SIZES[name], windows)})
        worker.close()
    best = max(trials, key=lambda trial: trial["chars_per_second"])
    return KERAS_SETTINGS[trials.index(best)], trials


def measure_size(name, keras_settings, options):
    size = SIZES[name]
    workers = [Worker(contender) for contender in CONTENDERS]
    found = {}
    for worker in workers:
        settings = keras_settings if worker.name == "Keras, best" else {}
        found[worker.name] = {
            "settings": settings,
            **worker.ask("setup", size=name, **settings),
            "block_loss": worker.ask("train", windows=size.block)["loss"],
            "windows": calibrate(worker, size, options.seconds),
            "train": [],
            "generate": [],
        }
    check_losses(found)

    rng = random.Random(0)
    for _ in range(options.rounds):
        for worker in rng.sample(workers, len(workers)):
            one = found[worker.name]
            one["train"].append(turn(worker, size, one["windows"]))
    for worker in workers:  # before generation adds to it
        found[worker.name]["peak_bytes"] = worker.ask("memory")["bytes"]
    generators = [w for w in workers if w.name in ("ours", "Keras, defaults")]
    chars = {w.name: calibrate_generation(w, options.seconds) for w in generators}
    for _ in range(options.rounds):
        for worker in rng.sample(generators, len(generators)):
            seconds = worker.ask("generate", chars=chars[worker.name])["seconds"]
            found[worker.name]["generate"].append(chars[worker.name] / seconds)
    for worker in workers:
        worker.close()
    return {"size": size._asdict(), "contenders": found}


def turn(worker, size, windows):
    answer = worker.ask("train", windows=windows)
    rate = windows * size.window_chars / answer["seconds"]
    return {"chars_per_second": rate, "loss": answer["loss"]}


def calibrate(worker, size, seconds):
    """How many windows fill a turn, in whole blocks; warms the worker up as well."""
    worker.ask("train", windows=size.block)
    taken = worker.ask("train", windows=size.block)["seconds"]
    blocks = max(1, round(seconds / taken))
    return min(blocks * size.block, size.num_windows)


def calibrate_generation(worker, seconds):
    worker.ask("generate", chars=10)
    taken = worker.ask("generate", chars=10)["seconds"]
    return max(10, round(10 * seconds / 2 / taken))


def check_losses(found):
    """The same arithmetic, or no comparison: losses must agree with ours.

    The first window's shows that the models are equal; the mean over a block, that
    gradients, clipping, updates and the carried state are equal, too.
    """
    for name, one in found.items():
        for what, tolerance in [("first_loss", 1), ("block_loss", 10)]:
            off = abs(one[what] - found["ours"][what])
            if not off < tolerance * LOSS_TOLERANCE:
                sys.exit(f"{name}: {what} is {off:.2g} away from ours")


def tensorflow_footprint():
    """Peak memory, in bytes, of a process that imports TensorFlow and ends."""
    code = "import worker, tensorflow; print(worker.peak_memory())"
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=HERE, capture_output=True, text=True, check=True)
    return int(done.stdout)


def machine():
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text().splitlines()
        cpu = next((x.split(":")[1].strip() for x in lines if "model name" in x), cpu)
    return {"cpu": cpu, "system": platform.system(), "batch_size": BATCH_SIZE}


if __name__ == "__main__":
    main()
