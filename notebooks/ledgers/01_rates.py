"""Tries rates, lessons and distances for 01's networks, on seeds that it does not use.

    python 01_rates.py 60       for at most so many minutes
    python 01_rates.py table    prints the stored table alone, as 01 shows it

Each finished run is a line of `01_rates.jsonl`; a run that is there is not repeated, so
the script may be broken off and started again. It asks other questions than the lesson.
"""

import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import keras  # noqa: E402, F401, what is taken uses it
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402, F401
from _from_notebook import definitions  # noqa: E402
from _stored import Stored  # noqa: E402

import seqmodels  # noqa: E402
from seqmodels import FusedGRU, FusedLSTM  # noqa: E402, F401

CELLS = RATES = STEPS_BACK = share_right = None  # the lesson's own come in their place
definitions(
    "01_fibonacci",
    ["LANGUAGES", "SMALL_TALK", "words", "number", "filler", "NUM_WORDS", "put_country"]
    + ["make_sentences", "CELLS", "make_reader", "STEPS_BACK", "influence", "get_ready"]
    + ["practise", "share_right", "LESSONS", "RATES", "take_lessons"],
    globals(),
)
CONSTANT = (0.003, 0.01, 0.001)
FALLING = "falling"  # as in the lesson
COURSES = {"curriculum": LESSONS, "60 at once": [60] * len(LESSONS)}  # noqa: F821
PLAN = [("50 to 60", cell, 0.003, seed) for cell in CELLS for seed in range(4, 10)]
PLAN += [
    ("up to 60", cell, rate, seed)
    for rate in CONSTANT
    for cell in CELLS
    for seed in range(4, 7)
]
PLAN += [("up to 60", "LSTM", 0.003, seed) for seed in range(7, 25)]  # some are late
PLAN += [(name, "plain RNN", FALLING, s) for s in range(4, 10) for name in COURSES]
PLAN += [
    (name, "plain RNN", rate, seed)
    for rate in CONSTANT
    for seed in range(4, 7)
    for name in COURSES
]


def ask(reader, distance, num_words=None):
    """The share right among a thousand questions that the lesson does not ask."""
    num_words = num_words or NUM_WORDS  # noqa: F821
    rng = np.random.default_rng([7, distance])
    ids, answers = make_sentences(  # noqa: F821
        1000, rng, distance, distance, num_words=num_words
    )
    return float(np.mean(np.argmax(reader(ids), axis=-1) == answers))


def run(kind, cell, rate, seed):
    """Shares right at 5, 20 and 60 words, after each thousand batches; and more."""
    if cell not in readers:
        readers[cell] = get_ready(make_reader(cell))  # noqa: F821
    reader = readers[cell]
    seqmodels.restart(reader, seed)
    if kind in COURSES:
        rates = RATES if rate == FALLING else [rate] * len(RATES)
        practise(reader, COURSES[kind][0], seed, rates[0])  # noqa: F821
        first = reader.get_weights()
        seqmodels.restart(reader, seed)
        reader.set_weights(first)
        right = take_lessons(reader, COURSES[kind], seed, ask, rates)  # noqa: F821
    else:
        nearest = 50 if kind == "50 to 60" else 4
        practise(reader, 60, [seed, 0], rate, nearest)  # noqa: F821
        right = [[ask(reader, distance) for distance in (5, 20, 60)]]
    sample = make_sentences(100, np.random.default_rng(8), 60, 60)  # noqa: F821
    longer = make_reader(cell, 310)  # noqa: F821
    longer.set_weights(reader.get_weights())
    return {
        "right": right,
        "gradient": float(influence(reader, *sample, STEPS_BACK)[-1]),  # noqa: F821
        "right_300": ask(longer, 300, 310),
    }


def table(done):
    """Prints a line for each kind, cell and rate."""
    print(f"{'country':11} {'cell':10} {'rate':8} runs  right at 60  gradient left")
    for name in dict.fromkeys(key[:3] for key in PLAN):
        rows = [row for key, row in done.items() if key[:3] == name]
        if rows:
            shares = [100 * row["right"][-1][-1] for row in rows]
            left = [row["gradient"] for row in rows if "gradient" in row]
            far = [100 * row["right_300"] for row in rows if "right_300" in row]
            print(f"{name[0]:11} {name[1]:10} {name[2]!s:8} {len(rows):4}", end="  ")
            print(
                f"{np.mean(shares):.0f} ({min(shares):.0f}–{max(shares):.0f})", end=""
            )
            print(f"  {min(left):.0e}–{max(left):.0e}" if left else "", end="")
            print(
                f"  {np.mean(far):.0f} ({min(far):.0f}–{max(far):.0f})" if far else ""
            )


def main():
    done = Stored(__file__)
    minutes = float(sys.argv[1]) if sys.argv[1:] not in ([], ["table"]) else 60
    begun = time.time()
    for key in PLAN if sys.argv[1:] != ["table"] else []:
        if key not in done and time.time() - begun < 60 * minutes:
            done.store(key, run(*key))
    table(done)


readers = {}
if __name__ == "__main__":
    seqmodels.setup(seed=0)
    main()
