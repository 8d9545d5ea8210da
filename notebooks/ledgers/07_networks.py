"""Trains 07's networks on text8, one thing changed at a time, three seeds each.

    python 07_networks.py            what is missing; needs text8 in SEQMODELS_DATA
    python 07_networks.py dropout    of this table alone; or inputs, or networks
    python 07_networks.py table      prints the tables, and trains nothing

A row's rate is the best of those tried with a seed of its own (9) on the text to choose
by; its three seeds are scored on the held-out text. Each finished run is a line of
`07_networks.jsonl`; a run that is there is not repeated, so the script may be broken
off and started again.
"""

import functools
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from _stored import Stored  # noqa: E402

SEEDS, CHOOSING = (0, 1, 2), 9
DESIGNS = ["one-hot", "embedding", "embedding, 100 units"]
DESIGNS += ["pairs in, pair out", "overlapping pairs"]
INPUTS = {name: (("input", name), (0.06, 0.03, 0.015, 0.0075)) for name in DESIGNS}
SHORT, LONG, TWO = 60_000, 1_200_000, (0.01, 0.005)
DROPOUT = {
    "letters, 60,000, none": (("deep", "letters", SHORT, 0.0), TWO),
    "letters, 60,000, a quarter": (("deep", "letters", SHORT, 0.25), TWO),
    "pairs, 60,000, none": (("deep", "pairs", SHORT, 0.0), TWO),
    "pairs, 60,000, none, 6 passes": (("deep", "pairs", SHORT, 0.0, 6), TWO),
    "pairs, 60,000, a quarter": (("deep", "pairs", SHORT, 0.25), TWO),
    "pairs, 1,200,000, none": (("deep", "pairs", LONG, 0.0), TWO),
    "pairs, 1,200,000, a quarter": (("deep", "pairs", LONG, 0.25), TWO),
}
# Body, units, whether it reads what it is told, what that is, windows, passes.
RATES, SAME = (0.008, 0.004, 0.002), (0.004,)  # the best for the LSTM told both
LSTM = ("left over", "lstm", 256, True, "both", "32 x 25", 0.5)
LOW = (0.004, 0.002, 0.001, 0.0005)
DENSE = ("left over", "dense", 2104, True, "both", "32 x 25", 0.5)


def changed(row, **parts):
    """A row with some of its parts replaced."""
    names = ("kind", "body", "units", "reads", "told", "window", "passes")
    return tuple({**dict(zip(names, row, strict=True)), **parts}.values())


ATTENTION = changed(LSTM, body="attention", units=128, window="8 x 100")
NETWORKS = {
    "attention, letters alone": (
        changed(ATTENTION, reads=False, told="nothing"),
        LOW,
    ),
    "LSTM, letters alone": (
        changed(LSTM, reads=False, told="nothing"),
        (0.016, *RATES),
    ),
    "LSTM, n-gram": (changed(LSTM, told="n-gram"), SAME),
    "LSTM, matches": (changed(LSTM, told="matches"), SAME),
    "LSTM, both": (LSTM, RATES),
    "LSTM, both, 128 units": (changed(LSTM, units=128), SAME),
    "LSTM, both, 64 x 50": (changed(LSTM, window="64 x 50"), SAME),
    "LSTM, both, added but not read": (changed(LSTM, reads=False), RATES),
    "LSTM, both, from the very text": (changed(LSTM, told="the trap"), SAME),
    "dense, both, 8 units": (changed(DENSE, units=8), (0.016, 0.008, 0.004)),
    "dense, both, last 8 steps": (changed(DENSE, body="steps", units=296), LOW),
    "dense, both": (DENSE, (*RATES, 0.001)),
    "dense, both, one pass": (changed(DENSE, passes=1), (0.002,)),
    "LSTM, both, one pass": (changed(LSTM, passes=1), SAME),
}
TABLES = {"INPUTS": INPUTS, "NETWORKS": NETWORKS, "DROPOUT": DROPOUT}


@functools.cache
def lesson():
    """What 07 defines."""
    import keras
    import numpy as np
    import tensorflow as tf
    from _from_notebook import definitions

    import seqmodels

    names = {name: getattr(seqmodels, name) for name in seqmodels.__all__}
    names.update(keras=keras, np=np, tf=tf, time=time)
    exec("from seqmodels.data.texts import load_text8", names)
    data = ["text", "source", "vocab", "ids", "num_held_out", "train_ids", "known_ids"]
    definitions("07_bigrams_dropout", data, names)
    if names["source"].kind == "bundled" or len(names["text"]) < 6_300_000:
        sys.exit("text8 is needed: name its folder in SEQMODELS_DATA.")
    shallow = ["pairs", "OverlappingPairs", "pair_inputs", "designs", "num_windows"]
    shallow += ["adam", "as_batches", "train_design", "bits_of", "bits"]
    definitions("07_bigrams_dropout", shallow, names)
    deep = ["SHORT", "stops", "deep", "deep_designs", "train_deep"]
    definitions("07_bigrams_dropout", deep, names)
    left = ["Feedforward", "BODIES", "LeftOver", "window", "one_pass"]
    definitions("07_bigrams_dropout", [*left, "train_left_over"], names)
    from _bodies import Attention, LastSteps, windowed_log_probs

    names["BODIES"].update(attention=Attention, steps=LastSteps)
    names["windowed_log_probs"] = windowed_log_probs
    return names


@functools.cache
def counted():
    """N-gram and matches, of the texts to train on, to choose and to score by."""
    names = lesson()
    train, known = names["train_ids"], names["known_ids"]
    match = names["MatchModel"](27)
    cross = names["cross_fitted_log_probs"](train, 27, 10)
    found = [(cross, match.followed(train))]
    for before, ids in [(train, names["choice_ids"]), (known, names["test_ids"])]:
        log_probs = names["NGramLM"](27, 10).fit(before).next_log_probs(ids)
        found.append((log_probs.astype("float16"), match.fit(before).followed(ids)))
    return found


def told(what):
    """What a network is told of these texts; what it is not told is left blank."""
    names, np = lesson(), lesson()["np"]
    if what == "the trap":  # an n-gram of the text to train on speaks of that very text
        (_, followed), *rest = counted()
        ngram = names["NGramLM"](27, 10).fit(names["train_ids"])
        log_probs = ngram.next_log_probs(names["train_ids"]).astype("float16")
        return [(log_probs, followed), *rest]
    return [
        (
            log_probs
            if what in ("n-gram", "both")
            else np.full_like(log_probs, -np.log(27)),
            followed if what in ("matches", "both") else np.full_like(followed, 27),
        )
        for log_probs, followed in counted()
    ]


def run(kind, *parts, rate, seed):
    """Bits of one network, and the seconds of its training."""
    names = lesson()
    if kind == "left over":
        on_train, *rest = told(parts[3])
    start = time.perf_counter()
    scored_on = names["choice_ids" if seed == CHOOSING else "test_ids"]
    if kind == "input":
        model = names["designs"][parts[0]]()
        names["train_design"](model, rate, seed)
    elif kind == "deep":
        name, size, p, *passes = parts
        model = names["deep_designs"][name](p)
        names["train_deep"](model, size, rate, seed, *passes)
    else:
        *parts, _, window, passes = parts
        model = names["LeftOver"](*parts)
        window = tuple(map(int, window.split(" x ")))
        num_steps = round(passes * len(names["train_ids"]) / (window[0] * window[1]))
        names["train_left_over"](model, on_train, rate, num_steps, seed, window)
    row = {"weights": model.count_params()}
    row["seconds"] = round(time.perf_counter() - start, 1)
    if kind == "left over":
        log_probs = model.log_probs
        if parts[0] == "attention":
            log_probs = functools.partial(names["windowed_log_probs"], model)
        features = rest[seed != CHOOSING]
        return {**row, "bits": float(names["bits"](log_probs(scored_on, features)))}
    return {**row, "bits": names["bits_of"](model, scored_on)}


def find_or_run(done, setting, rate, seed, may_train):
    key = (*setting, rate, seed)
    if key not in done and may_train:
        print("training", *key, flush=True)
        print(done.store(key, run(*setting, rate=rate, seed=seed)), flush=True)
    return done.get(key)


def main():
    done, may_train = Stored(__file__), "table" not in sys.argv[1:]
    for title, table in TABLES.items():
        if {*sys.argv[1:]} & {*map(str.lower, TABLES)} - {title.lower()}:
            continue
        lines = []
        for name, (setting, rates) in table.items():
            tried = {}
            for rate in rates if len(rates) > 1 else ():
                found = find_or_run(done, setting, rate, CHOOSING, may_train)
                tried[rate] = found["bits"] if found else float("inf")
            rate = min(tried, key=tried.get) if tried else rates[0]
            runs = [find_or_run(done, setting, rate, s, may_train) for s in SEEDS]
            if all(runs):
                lines.append(line(name, setting[0], rate, runs, tried))
        seconds = f"{'seconds':>8}" if title == "NETWORKS" else ""
        print(f"\n{title}\n{'':33}{'weights':>8}{'rate':>8}{seconds}  bits")
        print(*lines, sep="\n")


def line(name, kind, rate, runs, tried):
    values = [run["bits"] for run in runs]
    mean = sum(values) / len(values)
    span = f"{mean:.3f} ({min(values):.3f} to {max(values):.3f})"
    rate = f"{rate:g}" if tried else f"={rate:g}"  # as another row's
    text = f"{name:33}{runs[0]['weights']:8,}{rate:>8}"
    if kind == "left over":  # the others are trained beside other work
        text += f"{sum(run['seconds'] for run in runs) / len(runs):8.0f}"
    return f"{text}  {span}"


if __name__ == "__main__":
    main()
