"""One whole run: every contender at every size, in turns."""

import random
from statistics import mean

from workers import Worker
from workload import NUM_LETTERS, ON_CARD, ON_CPU, SIZES

OURS, LIMIT = "ours", "bare products"
# On a card libraries may multiply float32 as TensorFloat-32, with ten bits.
LOSS_TOLERANCE = {"cpu": 1e-4, "gpu": 1e-3}

ONE_OR_TWO = [{"threads": 2}, {"threads": 1}]
# By name in the report: module in `contenders`, and the settings of which the fastest
# is taken, at each size.
TRAINING = {
    OURS: ("ours", [{}]),
    "ours, one thread": ("ours", [{"threads": 1}]),
    "ours, bfloat16": ("ours", [{"dtype": "mixed_bfloat16"}]),
    "Keras, defaults": ("keras_lstm", [{}]),
    "Keras, best": (
        "keras_lstm",
        [
            {"jit": False, "block": True, "threads": 2},
            {"jit": True, "block": True, "threads": 2},
            {"jit": True, "block": True, "threads": 1},
            {"jit": True, "block": True, "threads": 2, "unroll": True},
        ],
    ),
    "PyTorch": (
        "pytorch",
        [{"compiled": c, **t} for c in (False, True) for t in ONE_OR_TWO],
    ),
    "JAX": ("jax_scan", ONE_OR_TWO),
    "TF1 graph": ("tf1_graph", ONE_OR_TWO),
    LIMIT: ("products", ONE_OR_TWO),
}
WRITING = {
    OURS: ("ours", [{}]),
    "Keras' `predict`": ("keras_lstm", [{}]),
    "PyTorch": ("pytorch", ONE_OR_TWO),
    "JAX": ("jax_scan", ONE_OR_TWO),
    "NumPy": ("numpy_loop", [{"threads": 1}]),
    LIMIT: ("products", [{"threads": 1}]),
}
ON_GPU = (OURS, "ours, bfloat16", "Keras, defaults", "PyTorch")
# Of the same arithmetic as ours, to rounding; the others' losses are not compared.
OTHER_ARITHMETIC = ("ours, bfloat16", LIMIT)
BATCHES = (1, 32)  # of texts written at once
GREEDY = 40  # letters by which writers are compared
SLOW = {"Keras' `predict`": 20}  # letters, where 500 would take all day


def run(options, device, kinds, chosen):
    """Measures all sizes once.

    Args:
        options: Of the command line.
        device: `"cpu"` or `"gpu"`.
        kinds: Of `"training"` and `"writing"`, what to measure.
        chosen: The settings that are the fastest, by what is done, size and
            contender; those that are missing are found and put in.

    Returns:
        What was found, by size and kind.
    """
    how = {"training": measure_training, "writing": measure_writing}
    found = {}
    for name in sizes_of(options, device):
        print(f"{name} on the {device} ...", flush=True)
        setting = (name, options, device, chosen)
        found[name] = {kind: how[kind](*setting) for kind in kinds}
    return found


def sizes_of(options, device):
    """Those asked for that are of the device."""
    return [n for n in options.sizes if n in (ON_CARD if device == "gpu" else ON_CPU)]


def measure_training(name, options, device, chosen):
    size = SIZES[name]

    def rehearse(worker):
        """Losses of the first window, and of the block after it; then its speed."""
        losses = [worker.ask("train", windows=n)["loss"] for n in (1, size.block)]
        taken = worker.ask("train", windows=size.block)["seconds"]
        blocks = max(1, round(options.seconds / taken))
        worker.windows = min(blocks * size.block, size.num_windows)
        return {"losses": losses}

    def turn(worker):
        seconds = worker.ask("train", windows=worker.windows)["seconds"]
        return worker.windows * size.window_chars / seconds

    start = Starter("training", name, device, chosen, rehearse, turn)
    workers, found = start.all(TRAINING if device == "cpu" else on_gpu(TRAINING))
    check_losses(found, LOSS_TOLERANCE[device])
    take_turns(workers, found, options.rounds, turn)
    for label, worker in workers.items():
        found[label]["bytes"] = worker.ask("memory")["bytes"]
        worker.close()
    return found


def measure_writing(name, options, device, chosen):
    found = {}
    for batch_size in BATCHES:

        def rehearse(worker, batch_size=batch_size):
            """The first call's seconds; the likeliest letters."""
            letters = SLOW.get(worker.label, NUM_LETTERS)
            worker.task = {"letters": letters, "batch_size": batch_size}
            first = worker.ask("write", **worker.task)["seconds"]
            few = {"letters": GREEDY, "batch_size": batch_size, "temperature": 0}
            ids = worker.ask("write", **few)["ids"]
            return {"first_seconds": first, "likeliest": ids}

        def turn(worker):
            """Characters a second, over calls that fill a turn together."""
            seconds = []
            while sum(seconds) < options.seconds / 4:
                seconds.append(worker.ask("write", **worker.task)["seconds"])
            return worker.task["letters"] * worker.task["batch_size"] / mean(seconds)

        kind = f"writing {batch_size}"
        start = Starter(kind, name, device, chosen, rehearse, turn)
        workers, one = start.all(WRITING if device == "cpu" else on_gpu(WRITING))
        letters = {label: its.pop("likeliest") for label, its in one.items()}
        compared = set(one) - {LIMIT} if device == "cpu" else ()
        for label in compared:  # on a card, rounding may turn what is all but even
            if letters[label] != letters[OURS]:
                raise SystemExit(f"{label} writes other letters than ours at {name}")
        take_turns(workers, one, options.rounds, turn)
        for worker in workers.values():
            worker.close()
        found[str(batch_size)] = one
    return found


def on_gpu(contenders):
    """Those that can be there, each at its first settings."""
    return {k: (v[0], v[1][:1]) for k, v in contenders.items() if k in ON_GPU}


class Starter:
    """Starts contenders at their fastest settings, found by one turn of each."""

    def __init__(self, kind, name, device, chosen, rehearse, turn):
        self.device, self.size = device, name
        self.chosen = chosen.setdefault(kind, {}).setdefault(name, {})
        self.rehearse, self.turn = rehearse, turn

    def all(self, contenders):
        """A worker for each, warm, and what its rehearsal found."""
        for label, (module, settings) in contenders.items():
            if label not in self.chosen:
                self.chosen[label] = self.fastest(label, module, settings)
        workers = {
            label: self.one(label, module, self.chosen[label])
            for label, (module, _) in contenders.items()
        }
        found = {
            label: {"settings": self.chosen[label], **self.rehearse(worker)}
            for label, worker in workers.items()
        }
        return workers, found

    def one(self, label, module, settings):
        worker = Worker(module, self.size, self.device, **settings)
        worker.label = label
        return worker

    def fastest(self, label, module, alternatives):
        if len(alternatives) == 1:
            return alternatives[0]
        rates = []
        for settings in alternatives:
            worker = self.one(label, module, settings)
            self.rehearse(worker)
            rates.append(max(self.turn(worker) for _ in range(2)))
            worker.close()
        return alternatives[rates.index(max(rates))]


def take_turns(workers, found, rounds, turn):
    """All of them in every round, each time in a new order."""
    rng = random.Random(0)
    for _ in range(rounds):
        for label in rng.sample(list(workers), len(workers)):
            found[label].setdefault("rates", []).append(turn(workers[label]))


def check_losses(found, tolerance):
    """The same arithmetic, or no comparison: losses must agree with ours.

    The first window's shows that the models are equal; the mean over a block, that
    gradients, clipping, updates and the carried state are equal, too.
    """
    for label in set(found) - set(OTHER_ARITHMETIC):
        pairs = zip(found[label]["losses"], found[OURS]["losses"], strict=True)
        for (theirs, ours), factor in zip(pairs, (1, 10), strict=True):
            if not abs(theirs - ours) < factor * tolerance:
                raise SystemExit(f"{label}: a loss of {theirs:.6f}, ours {ours:.6f}")
