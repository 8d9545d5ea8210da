"""Trains 06's LSTM and plain networks by the assignment's protocol, three seeds each.

    python 06_cells.py    on text8's first 6,300,000 characters, in SEQMODELS_DATA

A row's rate and start are chosen on the text to choose by, with a seed of its own; its
three seeds are then scored on the validation and the held-out text. Each finished run
is a line of `06_cells.jsonl`; a run that is there is not repeated, so the script may be
broken off and started again. With all of them there it only prints the table.
"""

import functools
import math
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from _from_notebook import definitions  # noqa: E402
from _stored import Stored  # noqa: E402

import seqmodels  # noqa: E402
from seqmodels.data.texts import load_text8  # noqa: E402

# Cell, units, what else is changed, starts, rates. A start is the mean of the weights;
# None: as Keras starts a layer.
ASSIGNED = ([-0.1], [10.0])
LSTM = ([0.0, None, -0.1], [20.0, 10.0, 5.0, 2.5])
PLAIN = ([0.0, None], [2.0, 1.0, 0.5])
SMALL_PLAIN = ([0.0, None], [4.0, 2.0, 1.0, 0.5])
TABLE = {
    "LSTM, 64 units, as assigned": ("lstm", 64, "", *ASSIGNED),
    "LSTM, state carried to the end": ("lstm", 64, "carried", *ASSIGNED),
    "LSTM, 16 streams of 40 letters": ("lstm", 64, "16 x 40", *ASSIGNED),
    "LSTM, forget gates open at first": ("lstm", 64, "forget bias", *ASSIGNED),
    "LSTM, start around 0": ("lstm", 64, "", [0.0], [10.0]),
    "LSTM, start and rate chosen": ("lstm", 64, "", *LSTM),
    "plain, 134 units, as assigned": ("rnn", 134, "", *ASSIGNED),
    "plain, 64 units, start and rate chosen": ("rnn", 64, "", *SMALL_PLAIN),
    "plain, 134 units, start and rate chosen": ("rnn", 134, "", *PLAIN),
}
CHOOSING, SEEDS = 100, (0, 1, 2)


def main():
    done = Stored(__file__)
    rows = []
    for name, (cell, units, change, means, rates) in TABLE.items():
        mean, rate = choose(done, cell, units, change, means, rates)
        key = cell, units, change, mean, rate
        runs = [find_or_run(done, (*key, seed)) for seed in SEEDS]
        start = "Keras'" if mean is None else f"{mean:g}".replace("-", "−")
        cells = [name, f"{runs[0]['weights']:,}", start, f"{rate:g}"]
        cells += [span([run[text] for run in runs]) for text in ("valid", "test")]
        # Of a network that has learnt nothing the reach says nothing.
        reach = [str(run["reach"]) for run in runs if run["test"] < 27]
        cells.append(" ".join(reach))
        rows.append("| " + " | ".join(cells) + " |")
    print("| network | weights | start | rate | validation | held out | reach |")
    print("| --- |" + " ---: |" * 6)
    print(*rows, sep="\n")


def choose(done, cell, units, change, means, rates):
    """The mean and the rate that do best on the text to choose by."""
    tried = {(mean, rate): 0.0 for mean in means for rate in rates}
    if len(tried) > 1:
        for pair in tried:
            key = cell, units, change, *pair, CHOOSING
            tried[pair] = find_or_run(done, key)["choice"]
        print({f"{m} {r}": round(v, 2) for (m, r), v in tried.items()}, flush=True)
    return min(tried, key=tried.get)


def find_or_run(done, key):
    if key not in done:
        print("training", *key, flush=True)
        done.store(key, run(*key))
    return done[key]


def run(cell, units, change, mean, rate, seed):
    names = lesson()
    shape = (16, 40) if change == "16 x 40" else (64, 10)
    # The lesson's `run_protocol` reads `train`, a global of its own.
    names["train"] = train = seqmodels.ContiguousBatches(names["train_ids"], *shape)
    model = names["make_model"](
        cell, units, mean, rate, forget_bias=change == "forget bias"
    )
    start = time.perf_counter()
    if change == "carried":  # one epoch of all steps: the state begins at zero once
        seqmodels.restart(model, seed)
        steps = 100 * names["num_rounds"] + 1
        model.fit(train, steps_per_epoch=steps, verbose=0)
        perplexity = model.evaluate(names["valid"])["perplexity"]
    else:
        perplexity = names["run_protocol"](model, seed)["val_perplexity"][-1]
    result = {"weights": model.count_params(), "valid": perplexity}
    result["seconds"] = time.perf_counter() - start
    if seed == CHOOSING:
        result["choice"] = names["score"](model, names["choice_ids"])
    else:
        result["test"] = names["score"](model, names["test_ids"])
        result["reach"] = names["reach_of"](names["by_letters_seen"](model))
    # A network that diverged: JSON has no NaN.
    return {k: v if math.isfinite(v) else 1e9 for k, v in result.items()}


@functools.cache
def lesson():
    """What 06 defines, made on the excerpt."""
    names = {"keras": keras, "np": np, "tf": tf, "load_text8": excerpt}
    for name in ("CharLM", "CharVocab", "ContiguousBatches", "restart"):
        names[name] = getattr(seqmodels, name)
    data = ["text", "vocab", "ids", "num_held_out", "train_ids"]
    definitions("06_text8_lstm", data, names)
    protocol = ["train", "valid", "num_rounds", "drop", "make_model", "run_protocol"]
    definitions("06_text8_lstm", protocol, names)
    reading = ["num_seen", "last_start", "stretches", "by_letters_seen", "reach_of"]
    definitions("06_text8_lstm", [*reading, "score"], names)
    return names


def excerpt():
    text, source = load_text8()
    if source.kind == "bundled":
        sys.exit("The table is of text8: set SEQMODELS_DATA.")
    return text[:6_300_000], source


def span(values):
    low, middle, high = (f"{f(values):.2f}" for f in (min, np.mean, max))
    return f"{middle} ({low} to {high})"


if __name__ == "__main__":
    main()
