"""Chooses 05's settings on the 10,000 characters before the held-out ones.

    python 05_settings.py          on Kafka, with SEQMODELS_DATA naming its folder
    python 05_settings.py table    prints the stored table alone, as 05 shows it

Each design of 05 with weights of 0.1 and of 0.01 and several rates: one start at rates
far apart, three near the best; none of them is the lesson's. Each finished run is
a line of `05_settings.jsonl`; a run that is there is not repeated, so the script may be
broken off and started again.
"""

import sys
import time
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import numpy as np  # noqa: E402
from _from_notebook import definitions  # noqa: E402
from _stored import Stored  # noqa: E402

import seqmodels  # noqa: E402
from seqmodels.data.texts import load_kafka  # noqa: E402

DESIGNS = [(1, 100, 1), (1, 100, 32), (1, 100, 128), (2, 100, 32), (1, 149, 32)]
SCALES = (0.01, 0.1)
RATES = {10: (0.01, 0.02, 0.03, 0.05, 0.1, 0.3), 11: (0.02, 0.03, 0.05)}
RATES[12] = RATES[11]  # of each start
LESSON = [
    *("new_params", "adagrad", "recur", "recur_backwards", "softmax_loss", "over"),
    *("layers_of", "no_memories", "read", "loss_and_gradients", "learn_batch"),
    *("share", "UPDATES", "held_out", "train"),
]


def main():
    done = Stored(__file__)
    wanted = [
        (*design, scale, rate, seed)
        for seed, rates in RATES.items()
        for design in DESIGNS
        for scale in SCALES
        for rate in rates
    ]
    missing = [key for key in wanted if key not in done]
    if missing and "table" not in sys.argv:
        train, pieces = lesson()
        for key in missing:
            *design, scale, rate, seed = key
            *_, log = train(*pieces, *design, rate, scale=scale, seed=seed)
            done.store(key, {"bits": log[-1, 2], "seconds": log[-1, 1]})
    groups = defaultdict(list)
    for key in wanted:
        if key in done:
            groups[key[:-1]].append(done[key]["bits"])
    for rates in (RATES[11], sorted(set(RATES[10]) - set(RATES[11]))):
        print("layers units streams scale", *(f"rate {rate:<13}" for rate in rates))
        for setting in sorted({key[:-2] for key in wanted}):
            cells = [spread(groups[(*setting, rate)]) for rate in rates]
            print("{:<6} {:<5} {:<7} {:<5}".format(*setting), *cells)


def spread(bits):
    if len(bits) < 2:
        return f"{bits[0]:<18.3f}" if bits else f"{'-':<18}"
    return f"{np.mean(bits):.3f} {f'({min(bits):.2f}–{max(bits):.2f})':<12}"


def lesson():
    """The lesson's `train`, and the two texts that it takes first."""
    text, source = load_kafka()
    if source.kind != "real":
        sys.exit("The settings are chosen on Kafka: set SEQMODELS_DATA.")
    vocab = seqmodels.CharVocab.from_text(text)
    ids = vocab.encode(text)
    names = {"np": np, "time": time, "vocab": vocab, "NUM_WINDOWS": 59_000}
    for name in ("ContiguousBatches", "bits_per_char", "cross_entropy"):
        names[name] = getattr(seqmodels, name)
    definitions("05_numpy_rnn", LESSON, names)
    valid_ids, train_ids = ids[90_000:100_000], np.delete(ids, np.s_[90_000:110_000])
    return names["train"], (train_ids, valid_ids)


if __name__ == "__main__":
    main()
