"""Repeats 05's assignment from many random starts, at the published rate and at half.

    python 05_starts.py          on Kafka, with SEQMODELS_DATA naming its folder
    python 05_starts.py table    prints the stored table alone, as 05 shows it

Every start is trained for the published 59,000 windows, by the lesson's own code, two
side by side. Each finished run is a line of `05_starts.jsonl`, with its smoothed loss
every 1,000 windows; a run that is there is not repeated, so the script may be broken
off and started again.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import numpy as np  # noqa: E402
from _from_notebook import definitions  # noqa: E402
from _stored import Stored  # noqa: E402

import seqmodels  # noqa: E402
from seqmodels.data.texts import load_kafka  # noqa: E402

RUNS = [(rate, seed) for seed in range(8) for rate in (0.1, 0.05)]
SIDE_BY_SIDE = 2
MARKS = (1000, 4000, 10_000, 20_000, 30_000, 40_000, 50_000, 59_000)


def main():
    done = Stored(__file__)
    missing = [key for key in RUNS if key not in done]
    while missing and "table" not in sys.argv:
        some, missing = missing[:SIDE_BY_SIDE], missing[SIDE_BY_SIDE:]
        for key, losses in zip(some, assignment(some), strict=True):
            done.store(key, {"losses": [round(x, 4) for x in losses]})
    print("rate seed", *(f"{n:>6}" for n in MARKS))
    for key in sorted(done, key=lambda key: (-key[0], key[1])):
        values = [f"{done[key]['losses'][n // 1000]:6.2f}" for n in MARKS]
        print(f"{key[0]:<4} {key[1]:<4}", *values)


def assignment(runs):
    """Smoothed losses every 1,000 windows, (len(runs), 60)."""
    text, source = load_kafka()
    if source.kind != "real":
        sys.exit("The starts are of Kafka: set SEQMODELS_DATA.")
    vocab = seqmodels.CharVocab.from_text(text)
    windows = seqmodels.ContiguousBatches(vocab.encode(text), 1, 25)
    names = {"np": np, "vocab": vocab}
    definitions("05_numpy_rnn", ["new_params", "adagrad", "side_by_side"], names)
    definitions("05_numpy_rnn", ["learn_side_by_side"], names)
    starts = [names["new_params"](np.random.default_rng(seed)) for _, seed in runs]
    stack = [np.stack(arrays) for arrays in zip(*starts, strict=True)]
    memory = [np.zeros_like(array) for array in stack]
    smooth, kept = np.full(len(runs), 25 * np.log(len(vocab))), []
    for n in range(59_001):
        if n % len(windows) == 0:
            h = np.zeros((len(runs), 100))
        x, y = windows[n % len(windows)]
        rates = [rate for rate, _ in runs]
        losses, h = names["learn_side_by_side"](stack, memory, x[0], y[0], h, rates)
        smooth = 0.999 * smooth + 0.001 * losses
        if n % 1000 == 0:
            kept.append(smooth)
    return np.transpose(kept)


if __name__ == "__main__":
    main()
