"""Trains 11's readers on IMDB, one thing changed at a time, three seeds each.

    python 11_readers.py rates    which rate, by one seed of its own (9)
    python 11_readers.py          the tables that 11 shows; needs IMDB in SEQMODELS_DATA
    python 11_readers.py table    prints them from what is stored, and trains nothing

`rates` scores on the validation reviews, the tables on the test reviews. Each finished
run is a line of `11_readers.jsonl`; a run that is there is not repeated, so the script
may be broken off and started again.
"""

import base64
import functools
import sys
import time
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import numpy as np  # noqa: E402
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


@functools.cache
def lesson():
    """What 11 defines, on IMDB."""
    import heapq
    import itertools
    import re
    from collections import Counter, defaultdict

    import keras
    import tensorflow as tf
    from _from_notebook import definitions
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    import seqmodels
    from seqmodels.data.reviews import load_imdb

    names = {name: getattr(seqmodels, name) for name in seqmodels.__all__}
    names.update(keras=keras, np=np, tf=tf, seqmodels=seqmodels, heapq=heapq, re=re)
    names.update(itertools=itertools)
    names.update(Counter=Counter, defaultdict=defaultdict, load_imdb=load_imdb)
    names.update(TfidfVectorizer=TfidfVectorizer, make_pipeline=make_pipeline)
    names.update(LogisticRegression=LogisticRegression)
    data = ["train", "source", "real", "to_words", "words", "num_train", "train_words"]
    data += ["train_labels", "test_words"]
    definitions("11_sentiment", data, names)
    bag = ["share_right", "fit_bag", "num_steps", "last", "shuffled", "make_vocab"]
    reading = ["to_array", "UNKNOWN", "make_reader", "both_ways", "DESIGNS", "prepare"]
    reading += ["batches", "train_reader", "logits_of"]
    definitions("11_sentiment", bag + reading, names)
    pieces = ["pairs_of", "join_pair", "letters", "learn_merges", "make_cutter"]
    definitions("11_sentiment", [*pieces, "counts", "merges"], names)
    negation = ["POSITIVE", "NEGATIVE", "NEAR", "FAR", "sentences", "turned", "left"]
    definitions("11_sentiment", [*negation, "WEIGHTS", "mixtures"], names)
    if not names["real"]:
        sys.exit("IMDB is needed: name its folder in SEQMODELS_DATA.")
    return names


@functools.cache
def cutter(tokens):
    """From a text to a text of these tokens."""
    if tokens == "10,000 words":
        vocab = lesson()["make_vocab"](lesson()["train_words"])
        return lambda text: vocab.decode(vocab.encode(text))
    if not tokens.endswith("pieces"):
        return str
    number = int(tokens.split()[0].replace(",", ""))
    return lesson()["make_cutter"](lesson()["merges"], number)


@functools.cache
def texts(tokens):
    """Training, validation and test reviews, as strings of tokens."""
    names = lesson()
    parts = [names["train_words"], names["valid_words"], names["test_words"]]
    if tokens == "shuffled":
        return [names["shuffled"](part, seed) for seed, part in enumerate(parts)]
    return [[cutter(tokens)(text) for text in part] for part in parts]


@functools.cache
def bag_of(tokens, longest, cut):
    names = lesson()
    part = [list(map(names["last"], t)) if cut == "cut" else t for t in texts(tokens)]
    labels, valid_labels = names["train_labels"], names["valid_labels"]
    return names["fit_bag"](part[0], labels, part[1], valid_labels, longest), part


def run_bag(tokens, longest, cut):
    names, start = lesson(), time.perf_counter()
    bag, part = bag_of(tokens, longest, cut)
    seconds = time.perf_counter() - start
    shuffled = names["shuffled"](texts(tokens)[2])
    tests = bag.decision_function(part[2]), bag.decision_function(shuffled)
    found = summary(
        tests, lambda t: bag.decision_function(list(map(cutter(tokens), t)))
    )
    valid = names["share_right"](bag.decision_function(part[1]), names["valid_labels"])
    return {"valid": valid, "C": bag[-1].C, **found, "seconds": round(seconds)}


def run_strength(bag, strength):
    """A bag with a C that was not chosen."""
    names, (tokens, longest, cut) = lesson(), BAGS[bag]
    part = [list(map(names["last"], t)) if cut == "cut" else t for t in texts(tokens)]
    labels, valid_labels = names["train_labels"], names["valid_labels"]
    fitted = names["fit_bag"](
        part[0], labels, part[1], valid_labels, longest, (strength,)
    )
    logits = [fitted.decision_function(x) for x in part[1:]]
    labels = valid_labels, names["test_labels"]
    shares = map(names["share_right"], logits, labels)
    return dict(zip(("valid", "right"), shares, strict=True))


def summary(tests, judge):
    """What bags and readers are asked: the test reviews, as they are and shuffled."""
    names = lesson()
    labels = names["test_labels"]
    right, shuffled = (names["share_right"](logits, labels) for logits in tests)
    bits = np.packbits((tests[0] > 0) == labels).tobytes()
    turned = [
        names["turned"](judge, names[templates], names[adjectives])
        for templates in ("NEAR", "FAR")
        for adjectives in ("POSITIVE", "NEGATIVE")
    ]
    left = [names["left"](judge, names[templates]) for templates in ("NEAR", "FAR")]
    packed = base64.b85encode(zlib.compress(bits, 9)).decode()
    found = {"right": right, "shuffled": shuffled, "turned": turned, "left": left}
    return {**found, "bits": packed}


def run_reader(model, vocab, tokens, hide, epochs, seed, scored_on):
    names, start = lesson(), time.perf_counter()
    arrays = [names["to_array"](part, vocab) for part in texts(tokens)]
    names["restart"](model, seed)
    log = names["train_reader"](
        model, arrays[0], names["train_labels"], epochs, BATCH_SIZE, hide
    )
    seconds = time.perf_counter() - start
    valid_logits = names["logits_of"](model, arrays[1])
    valid = names["share_right"](valid_logits, names["valid_labels"])
    found = {"valid": valid, "loss": float(log.history["loss"][-1])}
    found |= {"weights": model.count_params(), "seconds": round(seconds)}
    if scored_on == "validation":
        return found

    def judge(some):
        cut = [cutter(tokens)(text) for text in some]
        return names["logits_of"](model, names["to_array"](cut, vocab))

    shuffled = names["to_array"](names["shuffled"](texts(tokens)[2]), vocab)
    tests = [names["logits_of"](model, x) for x in (arrays[2], shuffled)]
    mixed = mix(valid_logits, tests[0])
    return found | summary(tests, judge) | mixed


def mix(valid_logits, test_logits):
    """With the bag of words and pairs, by the weight that is best in validation."""
    names = lesson()
    bag, part = bag_of(*BAGS["words and pairs"])
    by_bag = bag.decision_function(part[1]), bag.decision_function(part[2])
    by_both = by_bag, (valid_logits, test_logits)
    scaled = [[logits / np.std(own[0]) for logits in own] for own in by_both]
    valid = [
        names["share_right"](z, names["valid_labels"])
        for z in names["mixtures"](scaled[0][0], scaled[1][0])
    ]
    best = int(np.argmax(valid))
    tests = names["mixtures"](scaled[0][1], scaled[1][1])
    right = [names["share_right"](z, names["test_labels"]) for z in tests]
    weight = float(names["WEIGHTS"][best])
    return {"weight": weight, "mixed": right[best], "equal": right[len(right) // 2]}


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
            options = model, vocab, tokens, hide, EPOCHS, seed, scored_on
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


def bits(run):
    packed = zlib.decompress(base64.b85decode(run["bits"]))
    return np.unpackbits(np.frombuffer(packed, np.uint8))[:25_000].astype(float)


def span(values, form="{:.1f}"):
    mean, low, high = (form.format(f(values)) for f in (np.mean, min, max))
    return mean if len(values) == 1 else f"{mean} ({low} to {high})"


def percent(runs, name):
    if name not in runs[0]:
        return "-"
    form = "{:.2f}" if name in ("mixed", "equal") else "{:.1f}"  # these lie close
    return span([100 * run[name] for run in runs], form)


def print_tables(done):
    """As the notebook has them, to be pasted: means, lowest and highest, in percent."""
    rows = {name: finished(name, done) for name in [*BAGS, *READERS]}
    rows = {name: runs for name, runs in rows.items() if runs}
    columns = {"test": "right", "shuffled": "shuffled", "with the bag": "mixed"}
    for section, heads in [("words", ["test"]), ("pieces", ["test"]), ("", columns)]:
        print()
        print_row("", [*heads, "set by"])
        for name, runs in rows.items():
            if section in ("", section_of(name)):
                cells = [percent(runs, columns[head]) for head in heads]
                print_row(name, [*cells, setting(name, runs, done)])
    for section in ("words", "pieces", "shuffled"):
        print()
        for pair in PAIRS:
            if section_of(*pair) == section and {*pair} <= rows.keys():
                cells = difference(*(rows[name] for name in pair))
                print("  ".join([" - ".join(pair), *cells]))
    print()
    print_row("", ["left, near", "left, far"])
    for name, runs in rows.items():
        columns = zip(*(run["left"] for run in runs), strict=True)
        print_row(name, [span(column, "{:.2f}") for column in columns])
    print_settings(rows, done)


def setting(name, runs, done):
    return f"C {runs[0]['C']}" if name in BAGS else chosen_rate(READERS[name], done)


def section_of(*names):
    """Where the notebook has them."""
    if "taught shuffled" in names:
        return "shuffled"
    return "pieces" if "pieces" in names[0] else "words"


def print_settings(rows, done):
    """What the notebook does not show."""
    for key, run in done.items():
        if key[0] == "C":
            print(*key, f"validation {run['valid']:.4f}, test {run['right']:.4f}")
    for name, runs in rows.items():
        seconds = [run["seconds"] for run in runs]
        print(f"{name}: validation {percent(runs, 'valid')}, {seconds} s", end=", ")
        if name in READERS:
            weights = [round(1 - run["weight"], 2) for run in runs]
            print(f"{runs[0]['weights']:,} weights, bag mixed in {weights}", end=", ")
            losses = [round(run["loss"], 2) for run in runs]
            print(f"equal {percent(runs, 'equal')}, training loss {losses}", end="")
        print()


def difference(first, second):
    """Points between two, and its standard error, by reviews and by starts."""
    a, b = (100 * np.stack([bits(run) for run in runs]) for runs in (first, second))
    by_review = a.mean(axis=0) - b.mean(axis=0)
    variance = by_review.var() / len(by_review)
    for shares in (a.mean(axis=1), b.mean(axis=1)):
        if len(shares) > 1:  # a bag has no starts
            variance += shares.var(ddof=1) / len(shares)
    return [f"{by_review.mean():+.2f}", f"{np.sqrt(variance):.2f}"]


def print_row(name, cells):
    print("  ".join([f"{name:22}", *(f"{cell:<19}" for cell in cells)]).rstrip())


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
                done.store(("C", *BAGS[bag], strength), run_strength(bag, strength))
        for row in READERS.values():
            train_missing(row, [chosen_rate(row, done)], SEEDS, "test", done)
    for key, run in done.items():
        if key[-1] == "validation":
            print(*key, f"{run['valid']:.4f}", f"{run['seconds']} s")
    print_tables(done)


if __name__ == "__main__":
    main()
