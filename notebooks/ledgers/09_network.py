"""Trains 09's networks on Shakespeare, one thing changed at a time, three seeds each.

    python 09_network.py          what is missing; needs Shakespeare in SEQMODELS_DATA
    python 09_network.py table    prints what is stored, trains nothing

Rates, dropout, the pace of learning on and how sure a match is are chosen on the
validation text, by a seed of its own (9); the three seeds are scored on both texts.
Each finished run is a line of `09_network.jsonl`; a run that is there is not repeated,
so the script may be broken off and started again.
"""

import functools
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from _shakespeare import (  # noqa: E402
    TEXTS,
    counted_on,
    learn,
    lesson,
    measured,
    mixed,
    mixed_by_situation,
    perplexities,
    trained_letters,
    trained_reader,
)
from _stored import Stored  # noqa: E402

SEEDS, CHOOSING = (1, 2, 3), 9
RATES = (0.0025, 0.005, 0.01)
LOWER = (0.000625, 0.00125)  # for the layer without recurrence, too
HIGHER = (0.02,)  # for letters alone, too
# What stands in the middle, how many matches are read, what the n-gram of the training
# text has counted: the other nine tenths of it ("others"), or all, as a trap.
READERS = [
    ("GRU", 5, "others"),
    ("dense", 5, "others"),
    ("GRU", 0, "others"),
    ("dense", 0, "others"),
    ("GRU", 0, "all"),
    ("stateless GRU", 0, "others"),
    ("stateless GRU", 5, "others"),
    ("two GRUs", 0, "others"),
    ("GRU, longer", 0, "others"),  # six passes instead of two
]
PACES = [
    (steps, rate)
    for steps in (20, 50)
    for rate in (0.0001, 0.0002, 0.0005, 0.001, 0.002)
]
# Layers, passes, dropout; the wide layer has as many weights as two.
LETTERS = [(1, 2, 0.0), (2, 2, 0.0), ("wide", 2, 0.0), (2, 2, 0.2), (1, 6, 0.0)]
DROPOUTS = (0.0, 0.2, 0.4)  # one is chosen for two layers and six passes
EVERY = (1000, 100)  # letters from one counting of all that was read to the next
SURE = (0.9, 0.98, 0.999)  # how sure a match is of its letter; one is chosen


def train_all(done):
    for every in EVERY:
        find_or_run(done, ("n-grams", every), n_grams)
        find_or_run(done, ("all of counting", every, sureness(done)), all_of_counting)
    for design in READERS:
        for seed in SEEDS:
            find_or_run(done, reader_key(done, design, seed), reader)
    for design in [*LETTERS, (2, 6, chosen_dropout(done))]:
        for seed in SEEDS:
            find_or_run(done, letters_key(done, *design, seed), letters)


def find_or_run(done, key, run):
    if key not in done:
        print("running", *key, flush=True)
        done.store(key, run(done, *key))
    return done[key]


def chosen(done, options, key_of, run):
    """The option that does best on the validation text."""
    return min(options, key=lambda one: find_or_run(done, key_of(one), run)["valid"])


def reader_key(done, design, seed):
    """With the rate that does best in two passes and without the trap."""
    honest = (design[0].removesuffix(", longer"), design[1], "others")
    rates = LOWER + RATES if design[0] == "dense" else RATES
    rate = chosen(done, rates, lambda r: ("reads", *honest, r, CHOOSING), reader)
    return ("reads", *design, rate, seed)


def letters_key(done, layers, passes, dropout, seed):
    """With the rate that does best for so many layers, in two passes, no dropout."""
    kind, rates = ("letters", layers, 2, 0.0), RATES + HIGHER
    rate = chosen(done, rates, lambda r: (*kind, r, CHOOSING), letters)
    return ("letters", layers, passes, dropout, rate, seed)


def chosen_dropout(done):
    return chosen(
        done, DROPOUTS, lambda one: letters_key(done, 2, 6, one, CHOOSING), letters
    )


def chosen_pace(done, middle):
    """Letters in a window, and rate, of the network that learns on."""
    rate = reader_key(done, (middle, 5, "others"), CHOOSING)[-2]
    kind = "pace", middle
    return chosen(done, PACES, lambda one: (*kind, *one, rate, CHOOSING), learning)


def sureness(done):
    kind = "all of counting", EVERY[0]
    return chosen(done, SURE, lambda one: (*kind, one), all_of_counting)


def n_grams(done, _, every):
    return mixed(*(counted_on(text, every) for text in TEXTS))


def all_of_counting(done, _, every, sure):
    return mixed_by_situation(every, sure)


def reader(done, _, middle, matches, counted, rate, seed):
    model, found = trained_reader(middle, matches, counted, rate, seed)
    figures, still = measured(model, seed == CHOOSING)
    if matches and seed != CHOOSING and middle in ("GRU", "dense"):
        learnt = [learn(model, text, *chosen_pace(done, middle)) for text in TEXTS]
        figures["learnt"] = perplexities(learnt)
        for name, one in {"still": still, "learnt": learnt}.items():
            together = mixed_by_situation(EVERY[0], sureness(done), one)
            figures[f"{name}, mixed"] = together
    return found | figures


def learning(done, _, middle, steps, pace, rate, seed):
    model, _ = chosen_to_learn(middle, rate, seed)
    return {"valid": lesson()["perplexity_of"](learn(model, TEXTS[0], steps, pace))}


@functools.cache
def chosen_to_learn(middle, rate, seed):
    return trained_reader(middle, 5, "others", rate, seed)


def letters(done, _, layers, passes, dropout, rate, seed):
    model, found = trained_letters(layers, passes, dropout, rate, seed)
    figures, on_both = measured(model, seed == CHOOSING)
    if seed != CHOOSING:
        counted = [lesson()["ngram"].log_probs(lesson()[text]) for text in TEXTS]
        figures["mixed"] = mixed(*zip(on_both, counted, strict=True))
    return found | figures


def print_table(done):
    """Runs without seeds, then three seeds of each design, then what was tried."""
    rows = {}
    for key, run in done.items():
        if key[-1] in SEEDS:
            rows.setdefault(key[:-1], []).append(run)
        else:
            print(*key, {k: v for k, v in run.items() if k != "key"})
    for key, runs in rows.items():
        seconds = [run["seconds"] for run in runs]
        print(f"\n{key}: {runs[0]['weights']:,} weights, {seconds} s")
        for name, first in list(runs[0].items())[3:]:
            if isinstance(first, dict):
                for part in ("test", "valid"):
                    print(f"{name}, {part}", span([run[name][part] for run in runs]))
            else:
                print(name, span([run[name] for run in runs]))


def span(values):
    return f"{sum(values) / len(values):.3f} {min(values):.3f}-{max(values):.3f}"


def main():
    done = Stored(__file__)
    if "table" not in sys.argv[1:]:
        train_all(done)
    print_table(done)


if __name__ == "__main__":
    main()
