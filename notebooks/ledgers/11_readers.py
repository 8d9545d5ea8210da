"""Trains 11's readers on IMDB, one thing changed at a time, three seeds each.

    python 11_readers.py rates    which rate, by one seed of its own (9)
    python 11_readers.py          the tables that 11 shows; needs IMDB in SEQMODELS_DATA
    python 11_readers.py table    prints them from what is stored, and trains nothing

`rates` scores on the validation reviews, the tables on the test reviews. Each finished
run is a line of `11_readers.jsonl`; a run that is there is not repeated, so the script
may be broken off and started again.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from _reviews import (  # noqa: E402
    lesson,
    run_bag,
    run_reader,
    run_strength,
    texts,
)
from _reviews_table import print_settings, print_tables  # noqa: E402
from _stored import Stored  # noqa: E402

SEEDS, CHOOSING, RATES = (1, 2, 3), 9, (0.001, 0.003)
EPOCHS, BATCH_SIZE, HIDE = 3, 128, 0.2
# Design, tokens, share of words hidden in training.
READERS = {
    "LSTM": ("LSTM", "words", HIDE),
    "two LSTMs": ("two LSTMs", "words", HIDE),
    "two GRUs": ("two GRUs", "words", HIDE),
    "both ways": ("both ways", "words", HIDE),
    "stack": ("stack", "words", HIDE),
    "pooled": ("pooled", "words", HIDE),
    "no recurrence": ("no recurrence", "words", HIDE),
    "none hidden": ("both ways", "words", 0.0),
    "taught shuffled": ("both ways", "shuffled", HIDE),
    "8,000 pieces": ("both ways", "8,000 pieces", HIDE),
    "500 pieces": ("both ways", "500 pieces", HIDE),
}
# Tokens, longest run of them, whether the reviews are cut as for the readers.
BAGS = {
    "bag of words": ("words", 1, "whole"),
    "words and pairs": ("words", 2, "whole"),
    "bag of words, cut": ("words", 1, "cut"),
    "words and pairs, cut": ("words", 2, "cut"),
    "known words, cut": ("10,000 words", 1, "cut"),  # what the readers know
    "known and pairs, cut": ("10,000 words", 2, "cut"),
    "8,000 pieces, bag": ("8,000 pieces", 1, "cut"),
    "8,000 pieces and pairs": ("8,000 pieces", 2, "cut"),
    "500 pieces, bag": ("500 pieces", 1, "cut"),
    "500 pieces and pairs": ("500 pieces", 2, "cut"),
}
STRENGTHS = [
    (bag, C)
    for bag in ("words and pairs", "words and pairs, cut")
    for C in (1, 10, 100)
]
PAIRS = [  # first minus second
    ("both ways", "LSTM"),
    ("two LSTMs", "LSTM"),
    ("stack", "both ways"),
    ("two GRUs", "two LSTMs"),
    ("pooled", "both ways"),
    ("both ways", "none hidden"),
    ("both ways", "no recurrence"),
    ("pooled", "no recurrence"),
    ("both ways", "bag of words, cut"),
    ("both ways", "known words, cut"),
    ("no recurrence", "bag of words, cut"),
    ("LSTM", "bag of words, cut"),
    ("both ways", "words and pairs, cut"),
    ("words and pairs", "words and pairs, cut"),
    ("8,000 pieces", "both ways"),
    ("500 pieces", "both ways"),
    ("8,000 pieces", "8,000 pieces, bag"),
    ("8,000 pieces", "8,000 pieces and pairs"),
    ("500 pieces", "500 pieces, bag"),
    ("500 pieces", "500 pieces and pairs"),
    ("both ways", "taught shuffled"),
    ("no recurrence", "taught shuffled"),
]


def chosen_for(row):
    """The design and words alone choose; their rate serves changed words, too."""
    return row[0], "words", HIDE


def key_of(row, rate, seed, scored_on):
    design, tokens, hide = row
    return design, tokens, hide, rate, EPOCHS, seed, scored_on


def train_missing(row, rates, seeds, scored_on, done):
    """Runs what is missing of a reader, one compilation for each rate."""
    for rate in rates:
        model, (design, tokens, hide) = None, row
        for seed in seeds:
            key = key_of(row, rate, seed, scored_on)
            if key in done:
                continue
            names = lesson()
            if model is None:
                vocab = names["make_vocab"](texts(tokens)[0])
                model = names["make_reader"](len(vocab), *names["DESIGNS"][design]())
                updates = EPOCHS * (len(texts(tokens)[0]) // BATCH_SIZE)
                names["prepare"](model, updates, rate)
            print("training", *key, flush=True)
            options = model, vocab, tokens, hide, EPOCHS, BATCH_SIZE, seed, scored_on
            done.store(key, run_reader(*options))


def chosen_rate(row, done):
    """The rate with the most validation reviews right, of those tried."""
    tried = {
        rate: done.get(key_of(chosen_for(row), rate, CHOOSING, "validation"))
        for rate in RATES
    }
    tried = {rate: run["valid"] for rate, run in tried.items() if run}
    return max(tried, key=tried.get) if tried else None


def finished(name, done):
    """The three runs of a reader, or the one of a bag."""
    if name in BAGS:
        keys = [("bag", *BAGS[name])]
    else:
        rate = chosen_rate(READERS[name], done)
        keys = [key_of(READERS[name], rate, seed, "test") for seed in SEEDS]
    return [done[key] for key in keys] if all(key in done for key in keys) else []


def main():
    done = Stored(__file__)
    if "rates" in sys.argv[1:]:
        for row in dict.fromkeys(map(chosen_for, READERS.values())):
            train_missing(row, RATES, [CHOOSING], "validation", done)
    elif "table" not in sys.argv[1:]:
        for bag in BAGS.values():
            if ("bag", *bag) not in done:
                print("fitting", *bag, flush=True)
                done.store(("bag", *bag), run_bag(*bag))
        for bag, strength in STRENGTHS:
            if ("C", *BAGS[bag], strength) not in done:
                print("fitting", bag, strength, flush=True)
                done.store(
                    ("C", *BAGS[bag], strength), run_strength(*BAGS[bag], strength)
                )
        for row in READERS.values():
            train_missing(row, [chosen_rate(row, done)], SEEDS, "test", done)
    rows = {name: finished(name, done) for name in [*BAGS, *READERS]}
    rows = {name: runs for name, runs in rows.items() if runs}
    print_tables(rows, PAIRS)
    print_settings(rows)
    for key, run in done.items():
        if key[-1] == "validation" or key[0] == "C":
            print(*key, f"{run['valid']:.4f}", run.get("right", ""))


if __name__ == "__main__":
    main()
