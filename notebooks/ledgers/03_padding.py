"""Trains 03's networks longer, on longer rows, on other strings, on other draws.

    python 03_padding.py rates     which rate, by validation places (seed 9)
    python 03_padding.py           the tables that 03 shows
    python 03_padding.py table     prints what is stored, without a run

Each finished run is a line of `03_padding.jsonl`; a run that is there is not repeated,
so the script may be broken off and started again.
"""

import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import keras  # noqa: E402
import numpy as np  # noqa: E402
from _from_notebook import definitions  # noqa: E402
from _stored import Stored  # noqa: E402

import seqmodels  # noqa: E402
from seqmodels import CharVocab, FusedLSTM  # noqa: E402, F401, what is taken uses it
from seqmodels.data.texts import load_emoji_words  # noqa: E402

FIELDS = "part design spellings epochs length rate draw seed".split()  # of a key
BATCH_SIZE, UNITS = 256, 128
vocab, alphabet = CharVocab.text8(), CharVocab.text8().chars[1:]
words = [word for word, _ in load_emoji_words()[0]]
LESSON = [
    *("to_ids", "typing_errors", "divide", "one_hot", "make_model", "macro"),
    *("without_recurrence", "letter_counts", "count_distances", "nearest_words"),
    "rival_wrong",
]
definitions("03_emoji", LESSON, globals())

origins = defaultdict(list)
for n, word in enumerate(words):
    for error, (kind, place) in typing_errors(word).items():  # noqa: F821
        origins[error].append((n, kind, place))
clear = [
    (error, *where[0])
    for error, where in origins.items()
    if len(where) == 1 and error not in set(words) and error
]


def cut_validation(train):
    """A tenth of the training places, to choose settings by."""
    places = sorted({(n, place) for _, n, _, place in train})
    chosen = np.random.default_rng(9).choice(len(places), len(places) // 10, False)
    new = {places[i] for i in chosen}
    held_out = [item for item in train if (item[1], item[3]) in new]
    return {"validation": held_out}, [t for t in train if (t[1], t[3]) not in new]


def network(design, length):
    if design == "no recurrence":
        return without_recurrence(len(words), length)  # noqa: F821
    if design == "counts":
        hidden = keras.layers.Dense(200, activation="relu")
        return keras.Sequential([keras.Input((26,)), hidden, keras.layers.Dense(221)])
    masked = design == "masked"
    return make_model(len(words), length, UNITS, mask_spaces=masked)  # noqa: F821


def inputs(design, strings, length):
    if design == "counts":
        return letter_counts(strings).astype("float32")  # noqa: F821
    if design == "in front":
        return np.stack([vocab.encode(string.rjust(length)) for string in strings])
    return to_ids(strings, length)  # noqa: F821


def counted(test):
    """What the untrained rival misreads, per cent."""
    typed, truth = [error for error, *_ in test], [n for _, n, *_ in test]
    wrong = rival_wrong(typed, np.array(truth), count_distances)  # noqa: F821
    return macro(wrong, test)  # noqa: F821


def run(row):
    """Trains one network; how much it misreads in each test, per cent."""
    tests, train = divide(row["draw"])  # noqa: F821
    if row["part"] == "validation":
        tests, train = cut_validation(train)
    design, length, epochs = row["design"], row["length"], row["epochs"]
    if design == "letter counts":
        return {title: counted(test) for title, test in tests.items()}
    keras.utils.set_random_seed(row["seed"])
    model = network(design, length)
    if row["spellings"] == "alone":
        train, repeats = [], 1
    else:
        repeats = row["spellings"]
    typed = [error for error, *_ in train] + words * repeats
    truth = [n for _, n, *_ in train] + list(range(len(words))) * repeats
    x, y = inputs(design, typed, length), np.array(truth)
    num_steps = epochs * -(-len(x) // BATCH_SIZE)
    rate = keras.optimizers.schedules.CosineDecay(row["rate"], num_steps)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    by_xla = seqmodels.use_xla()
    model.compile(keras.optimizers.Adam(rate), loss, jit_compile=by_xla)
    log = model.fit(x, y, BATCH_SIZE, epochs, verbose=0)
    result = {"training loss": log.history["loss"][-1]}
    for title, test in tests.items():
        x = inputs(design, [error for error, *_ in test], length)
        scores = [model(x[n : n + 2048]).numpy() for n in range(0, len(x), 2048)]
        wrong = np.concatenate(scores).argmax(axis=1) != [n for _, n, *_ in test]
        result[title] = macro(wrong, test)  # noqa: F821
    return result


def row(design, epochs=10, length=11, spellings=1, draw=0, rate=None, seed=0):
    return dict(locals())


SIX = (0.002, 0.004, 0.008, 0.016, 0.032, 0.064)
RATES = [
    row(design, rate=rate, seed=9)
    for design in ("read", "masked", "in front", "no recurrence", "counts")
    for rate in SIX
]
RATES += [row("read", 10, 22, rate=r, seed=9) for r in (0.004, 0.008, 0.016, 0.032)]
RATES += [row("in front", 10, 22, rate=r, seed=9) for r in (0.004, 0.008, 0.016, 0.032)]
RATES += [
    row(design, 300, 11, "alone", rate=rate, seed=9)
    for design in ("masked", "no recurrence", "counts")
    for rate in (0.002, 0.004, 0.008, 0.016)
]
TABLE = [
    row(*setting, seed=seed)
    for setting in [
        ("masked", 10, 11),
        ("read", 10, 11),
        ("in front", 10, 11),
        ("no recurrence", 10, 11),
        ("counts", 10, 11),
        *((design, 10, 11, 50) for design in ("masked", "no recurrence", "counts")),
        *((d, 300, 11, "alone") for d in ("masked", "no recurrence", "counts")),
        ("masked", 20, 11),
        ("read", 20, 11),
        ("in front", 10, 22),
        ("read", 10, 22),  # masked, 22 are the same steps as 11
        ("read", 20, 22),
    ]
    for seed in (0, 1, 2)
]
TABLE += [row("read", 40, 22)]
TABLE += [
    row(design, draw=draw)
    for design in ("masked", "in front", "no recurrence")
    for draw in (1, 2, 3)
]
TABLE += [row("letter counts", 0, draw=draw, rate=0) for draw in (0, 1, 2, 3)]


def best_rate(setting, done):
    """The one with the fewest misread at the validation places."""
    same = {name: setting[name] for name in ("design", "length")}
    same["part"] = "validation"
    alone = setting["spellings"] == "alone"
    tried = {}
    for key, old in done.items():
        old_row = dict(zip(FIELDS, key, strict=True))
        if same.items() <= old_row.items() and alone == (key[2] == "alone"):
            tried[old_row["rate"]] = old["validation"]
    return min(tried, key=tried.get)


def main():
    done = Stored(__file__)
    part = "validation" if "rates" in sys.argv[1:] else "tests"
    groups = defaultdict(list)
    for setting in RATES if part == "validation" else TABLE:
        rate = setting["rate"]
        if rate is None:
            rate = best_rate(setting, done)
        full = {**setting, "rate": rate, "part": part}
        key = tuple(full[name] for name in FIELDS)
        if key not in done and "table" not in sys.argv[1:]:
            done.store(key, run(full))
        if key in done:
            groups[key[1:-1]].append(done[key])
    for key, olds in groups.items():
        print(*key, end=":")
        for title in [name for name in olds[0] if name != "key"]:
            x = [old[title] for old in olds]
            print(f"  {title} {np.mean(x):.3g} ({min(x):.3g}–{max(x):.3g})", end="")
        print(f"  {len(olds)} runs")


if __name__ == "__main__":
    main()
