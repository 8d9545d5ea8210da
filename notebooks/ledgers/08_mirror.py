"""Trains 08's designs on text8, one thing changed at a time, three seeds each.

    python 08_mirror.py rates    which rate, by one seed of its own (9)
    python 08_mirror.py          the tables that 08 shows; needs text8 in SEQMODELS_DATA
    python 08_mirror.py table    prints them from what is stored, and trains nothing

`rates` scores on the words for choosing, the tables on the exam's. Each finished run is
a line of `08_mirror.jsonl`; a run that is there is not repeated, so the script may be
broken off and started again.
"""

import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from _stored import Stored  # noqa: E402

PARTS = "longest direction attention num_layers units num_steps rate".split()
PLAIN = {"direction": "backward", "attention": False, "units": 128, "num_layers": 2}
BASE = {
    12: {**PLAIN, "longest": 12, "num_steps": 3600},
    24: {**PLAIN, "longest": 24, "num_steps": 2000},
}
COLUMNS = {12: "4-6 10-12 13-15 16-18".split(), 24: "4-6 10-12 16-18 22-24".split()}
SIZE_12 = {
    "plain": {},
    "half the steps": {"num_steps": 1800},
    "64 units": {"units": 64},
    "32 units": {"units": 32},
}
DESIGNS = {
    "plain": {},
    "forward": {"direction": "forward"},
    "attention": {"attention": True},
}
# The plain design must work; then direction and attention, each alone.
TABLES = {"SIZE_12": (12, SIZE_12), "DESIGNS": (24, DESIGNS)}
SEEDS, CHOOSING = (1, 2, 3), 9
TRIED = [
    *({**BASE[12], "num_steps": 1800, "rate": rate} for rate in (0.005, 0.01, 0.02)),
    *({**BASE[24], "rate": rate} for rate in (0.01, 0.005)),
    {**BASE[24], "attention": True, "rate": 0.005},  # leaves nothing to gain
]


def lesson():
    """What 08 defines, up to the scores."""
    import keras
    import numpy as np
    import tensorflow as tf
    from _from_notebook import definitions

    import seqmodels

    names = {name: getattr(seqmodels, name) for name in seqmodels.__all__}
    names.update(keras=keras, np=np, tf=tf, seqmodels=seqmodels)
    exec("import itertools, random\nfrom string import ascii_lowercase", names)
    exec("from seqmodels.data.texts import load_text8", names)
    words = ["mirror", "text", "source", "words", "different", "shuffled"]
    words += ["long_words", "tenth", "for_exam", "for_choice", "hidden"]
    definitions("08_mirror", words, names)
    sentences = ["seen", "running", "thrown_out", "join", "few_words", "trained_on"]
    sentences += ["training_sentence", "training_sentences", "test_sentences"]
    definitions("08_mirror", sentences, names)
    ids = ["vocab", "START", "to_ids", "lesson", "texts", "make", "prepare", "train"]
    definitions("08_mirror", ids, names)
    scores = ["BINS", "write", "is_right", "by_length", "letters_right"]
    definitions("08_mirror", [*scores, "teacher_forced"], names)
    if names["source"].kind == "bundled":
        sys.exit("text8 is needed: name its folder in SEQMODELS_DATA.")
    return names


def train_missing(settings, seeds, scored_on, done):
    """Runs what is missing of these settings and seeds, one compilation a setting."""
    names = None
    for setting in settings:
        model = None
        for seed in seeds:
            key = key_of(setting, seed, scored_on)
            if key in done:
                continue
            print("training", *key, flush=True)
            names = names or lesson()
            model = model or prepared(names, setting)
            done.store(key, run(names, model, setting, seed, scored_on))


def key_of(setting, seed, scored_on):
    return (*(setting[name] for name in PARTS), seed, scored_on)


def prepared(names, setting):
    options = ("units", "num_layers", "direction", "attention")
    model = names["make"](**{name: setting[name] for name in options})
    names["prepare"](model, setting["num_steps"], setting["rate"])
    return model


def run(names, model, setting, seed, scored_on):
    longest, start = setting["longest"], time.perf_counter()
    names["restart"](model, seed)
    log = names["train"](model, setting["num_steps"], longest)
    seconds = time.perf_counter() - start
    taught = {w for sentence in names["trained_on"] for w in sentence.split(" ")}
    assert not taught & names["hidden"], "training showed a word that is kept away"
    names["trained_on"].clear()
    needed = names[scored_on]
    exact = names["test_sentences"](500, longest, longest, needed, seed=longest)
    letters = names["teacher_forced"](model, exact, longest)[:longest]
    return {
        "right": names["by_length"](model, names["BINS"][longest], needed),
        "letters": [round(float(share), 4) for share in letters],
        "loss": float(log.history["loss"][-1]),
        "weights": model.count_params(),
        "seconds": round(seconds),
    }


def score(run, longest):
    """Mean share of sentences right, of the ranges that training reached."""
    inside = [v for k, v in run["right"].items() if int(k.split("-")[1]) <= longest]
    return sum(inside) / len(inside)


def with_rate(longest, change, done):
    """The setting, with the rate that did best with that length and attention or not.

    Direction, units, layers and steps are changed without a new choice.
    """
    setting = {**BASE[longest], **change}
    tried = {}
    for other in TRIED:
        same = [other[name] == setting[name] for name in ("longest", "attention")]
        key = key_of(other, CHOOSING, "for_choice")
        if all(same) and key in done:
            tried[other["rate"]] = score(done[key], longest)
    return {**setting, "rate": max(tried, key=tried.get)}


def finished(done, setting):
    keys = [key_of(setting, seed, "for_exam") for seed in SEEDS]
    return [done[key] for key in keys if key in done]


def span(shares):
    mean, low, high = sum(shares) / len(shares), min(shares), max(shares)
    text = f"{100 * mean:.1f} {100 * low:.1f}-{100 * high:.1f}"
    return text.replace("100.0", "100")


def print_tables(done):
    """As the notebook has them, to be pasted: means and ranges, in percent."""
    for title, (longest, changes) in TABLES.items():
        print(f"\n{title}")
        print_row(f"up to {longest}", COLUMNS[longest], "weights, seconds")
        for name, change in changes.items():
            runs = finished(done, with_rate(longest, change, done))
            if len(runs) < len(SEEDS):
                continue
            cells = [span([run["right"][c] for run in runs]) for c in COLUMNS[longest]]
            seconds = [run["seconds"] for run in runs]
            print_row(name, cells, f"{runs[0]['weights']:,}, {seconds}")
    print("\nPLACES")
    for name, change in DESIGNS.items():
        lists = [run["letters"] for run in finished(done, with_rate(24, change, done))]
        if len(lists) == len(SEEDS):
            means = [sum(column) / len(lists) for column in zip(*lists, strict=True)]
            pairs = zip(means[::2], means[1::2], strict=True)
            print(f"{name:13}", *(f"{50 * (a + b):5.1f}" for a, b in pairs))
            for half in (slice(0, 12), slice(12, 24)):
                means = [sum(letters[half]) / 12 for letters in lists]
                print(f"    # places {half.start + 1} to {half.stop}: {span(means)}")


def print_row(name, cells, note):
    line = "  ".join([f"{name:15}", *(f"{cell:16}" for cell in cells)]).rstrip()
    print(f"{line:88}# {note}")  # what is behind the sign is not pasted


def main():
    done = Stored(__file__)
    if "rates" in sys.argv[1:]:
        train_missing(TRIED, [CHOOSING], "for_choice", done)
    for setting in TRIED:
        key = key_of(setting, CHOOSING, "for_choice")
        if key in done:
            right = {
                n: round(100 * share, 1) for n, share in done[key]["right"].items()
            }
            print(*key, right, f"{score(done[key], setting['longest']):.4f}")
    if not {"rates", "table"} & set(sys.argv[1:]):
        for longest, changes in TABLES.values():
            settings = [with_rate(longest, change, done) for change in changes.values()]
            train_missing(settings, SEEDS, "for_exam", done)
    print_tables(done)


if __name__ == "__main__":
    main()
