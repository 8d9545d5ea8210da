"""Trains 12's writers, five starts of each design, and prints the table that 12 shows.

    python 12_formulas.py          trains what is missing, and prints the table
    python 12_formulas.py 1 4      the same, of these starts only
    python 12_formulas.py table    prints it from what is stored, and trains nothing

Each finished run is a line of `12_formulas.jsonl`; a run that is there is not repeated,
so the script may be broken off and started again. The number of the book's laws is part
of every key: a changed book asks for new runs.
"""

import functools
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from _from_notebook import definitions, imports  # noqa: E402
from _stored import Stored  # noqa: E402

SEEDS = (1, 2, 3, 4, 5)
NAMES = [
    *("book", "source", "fields", "labels", "NEAR", "groups", "home", "laws", "place"),
    *("train_at", "valid_at", "test_at", "K", "join_units", "split_units", "tokens"),
    *("units", "counts", "once", "known", "vocab", "END", "ids", "drawer", "novelty"),
    *("draws_text", "draws", "well_formed", "is_new", "form", "ASKED", "by_field"),
    *("bits_per_token", "WEIGHTS", "best_mixture", "fit_counting", "count_probs"),
    *("mix", "kind_of", "letters_by_kind", "kinds", "LENGTHS", "grouped"),
    *("to_arrays", "exchanged", "kept"),
    *("training_data", "UNITS", "PASSES", "BATCH_SIZE", "DROPOUT", "LAST_SHARE"),
    *("one_topic", "make_writer", "train_writer", "DESIGNS", "read_probs"),
    *("write_formulas", "asked", "runs", "tfidf", "field_judges", "OPEN", "CLOSE"),
    *("sides", "splice", "own_tokens", "splices", "halves", "indices", "features"),
    *("cut_ones", "repaired", "learn_sides", "side_judge", "side_scores", "auc"),
    *("order_scores", "well_formed_ones", "STRUCTURE", "structure", "is_new_text"),
    *("test_tokens", "unseen_odds", "game_inputs", "game"),
]
ORDER = 7  # the n-gram that the writer is mixed with
MEASURES = {
    "well-formed": "good",
    "and new": "new",
    "length": "length",
    "bits": "bits",
    "false field": "false",
    "mixed": "mixed",
    "on topic": "on_topic",
    "all three": "all_three",
    "own sides": "own_sides",
    "splice": "splice",
    "structure": "structure",
    "fooled": "fooled",
    "of a field": "fooled_untold",
    "named": "fooled_told",
}


@functools.cache
def lesson():
    """What 12 defines, and the judge of fields and the n-gram, fitted."""
    names = {}
    imports("12_topics", names)
    definitions("12_topics", NAMES, names)
    formulas = [names["tokens"][n] for n in names["valid_at"]]
    for judge in ("logistic", "Bayes"):
        names["field_judges"][judge].fit(formulas, names["labels"][names["valid_at"]])
    whole, own = names["fit_counting"](ORDER)
    counted = [
        names["count_probs"](whole, own, names[at]) for at in ("valid_at", "test_at")
    ]
    weight = names["best_mixture"](*counted[0], names["valid_at"])
    names["counted"] = [names["mix"](pair, weight) for pair in counted]
    return names


def run(inject, seed):
    names = lesson()
    start = time.perf_counter()
    model = names["train_writer"](inject, seed)
    seconds = round(time.perf_counter() - start)
    rng = np.random.default_rng(seed)
    written = names["write_formulas"](model, names["asked"], rng)
    good, new, length = names["form"](written)
    asked = names["ASKED"]
    judged = names["field_judges"]["logistic"].predict(written) == asked
    passed = [names["well_formed"](f) and names["is_new"](f) for f in written]
    own_sides, splice = names["order_scores"](
        *names["well_formed_ones"](written, asked)
    )
    valid_at, test_at = names["valid_at"], names["test_at"]
    read, bits = names["read_probs"], names["bits_per_token"]
    on_valid, on_test = read(model, valid_at), read(model, test_at)
    false = np.roll(names["one_topic"][test_at], 3, axis=1)
    weight = names["best_mixture"](on_valid, names["counted"][0], valid_at)
    mixed = names["mix"]((on_test, names["counted"][1]), weight)
    return {
        "good": good,
        "new": new,
        "length": length,
        "valid": bits(on_valid, valid_at),
        "bits": bits(on_test, test_at),
        "false": bits(read(model, test_at, false), test_at),
        "weight": float(weight),
        "mixed": bits(mixed, test_at),
        "on_topic": float(np.mean(judged)),
        "all_three": float(np.mean(judged & passed)),
        "own_sides": own_sides,
        "splice": splice,
        "structure": float(names["structure"](names["kept"](written))),
        "seconds": seconds,
        **(play(model, written, passed, seed) if inject == "input" else {}),
    }


def play(model, written, passed, seed):
    """How often the judge of genuineness is fooled, by 12's game."""
    names = lesson()

    def write_more(k, rng):
        return names["write_formulas"](model, names["np"].eye(names["K"])[k], rng)

    pairs = zip(written, names["ASKED"], passed, strict=True)
    fakes = [(formula, field) for formula, field, good in pairs if good]
    shares = names["game"](write_more, fakes, seed + 100)
    named = ("fooled", "fooled_untold", "fooled_told")
    return dict(zip(named, map(float, shares), strict=True))


def print_table(done, laws, designs):
    print(f"{'':12}" + "".join(f"{name:<25}" for name in designs).rstrip())
    for head, key in MEASURES.items():
        cells = []
        for inject in designs.values():
            rows = [done.get((laws, str(inject), seed), {}) for seed in SEEDS]
            cells.append(f"{spread([row[key] for row in rows if key in row], key):<25}")
        print(f"{head:12}" + "".join(cells).rstrip())


def spread(values, key):
    """Their mean, lowest and highest; shares in percent."""
    if not values:
        return "-"
    share = key in ("good", "new", "on_topic", "all_three") or key.startswith("fooled")
    form = "{:.1f}%" if share else "{:.2f}"
    parts = (np.mean(values), np.min(values), np.max(values))
    mean, low, high = (form.format(100 * v if share else v) for v in parts)
    return f"{mean} ({low} to {high})"


def main():
    done, names = Stored(__file__), lesson()
    laws = len(names["laws"])
    if "table" not in sys.argv[1:]:
        for seed in map(int, sys.argv[1:] or SEEDS):
            for inject in names["DESIGNS"].values():
                key = (laws, str(inject), seed)
                if key not in done:
                    print("training", *key, flush=True)
                    done.store(key, run(inject, seed))
    print_table(done, laws, names["DESIGNS"])


if __name__ == "__main__":
    main()
