"""How the runs of 11_readers.py are made out of what notebook 11 defines."""

import base64
import functools
import sys
import time
import zlib

import numpy as np


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
    names.update(itertools=itertools, Counter=Counter, defaultdict=defaultdict)
    names.update(TfidfVectorizer=TfidfVectorizer, make_pipeline=make_pipeline)
    names.update(LogisticRegression=LogisticRegression, load_imdb=load_imdb)
    wanted = ["train", "source", "real", "to_words", "words", "num_train"]
    wanted += ["train_words", "train_labels", "test_words", "share_right", "fit_bag"]
    wanted += ["num_steps", "last", "make_vocab", "to_array", "UNKNOWN", "make_reader"]
    wanted += ["both_ways", "DESIGNS", "prepare", "batches", "train_reader"]
    wanted += ["logits_of", "shuffled", "pairs_of", "join_pair", "letters"]
    wanted += ["learn_merges", "make_cutter", "counts", "merges", "POSITIVE"]
    wanted += ["NEGATIVE", "NEAR", "FAR", "sentences", "turned", "left"]
    definitions("11_sentiment", [*wanted, "WEIGHTS", "mixtures"], names)
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
def bag_of(tokens, longest, cut, strengths=(1, 10, 100)):
    """A bag, and the reviews in its tokens: training, validation, test."""
    names = lesson()
    parts = [list(map(names["last"], t)) if cut == "cut" else t for t in texts(tokens)]
    labels, valid_labels = names["train_labels"], names["valid_labels"]
    learn_from = parts[0], labels, parts[1], valid_labels
    return names["fit_bag"](*learn_from, longest, strengths), parts


def shares(valid_logits, test_logits):
    """Shares of the validation and the test reviews that are judged right."""
    names = lesson()
    return {
        "valid": names["share_right"](valid_logits, names["valid_labels"]),
        "right": names["share_right"](test_logits, names["test_labels"]),
    }


def run_bag(tokens, longest, cut):
    start = time.perf_counter()
    bag, (_, valid, test) = bag_of(tokens, longest, cut)
    seconds = round(time.perf_counter() - start)

    def judge(some):
        return bag.decision_function(list(map(cutter(tokens), some)))

    after = bag.decision_function(lesson()["shuffled"](texts(tokens)[2]))
    logits = bag.decision_function(valid), bag.decision_function(test)
    found = shares(*logits) | {"C": bag[-1].C, "seconds": seconds}
    return found | summary(logits[1], after, judge)


def run_strength(tokens, longest, cut, strength):
    """A bag with a C that was not chosen."""
    bag, (_, *scored) = bag_of(tokens, longest, cut, (strength,))
    return shares(*map(bag.decision_function, scored))


def summary(test_logits, shuffled_logits, judge):
    """What bags and readers are asked about order and *not*."""
    names = lesson()
    labels = names["test_labels"]
    turned = [
        names["turned"](judge, names[templates], names[adjectives])
        for templates in ("NEAR", "FAR")
        for adjectives in ("POSITIVE", "NEGATIVE")
    ]
    bits = np.packbits((test_logits > 0) == labels).tobytes()
    return {
        "shuffled": names["share_right"](shuffled_logits, labels),
        "turned": turned,
        "left": [names["left"](judge, names[part]) for part in ("NEAR", "FAR")],
        "bits": base64.b85encode(zlib.compress(bits, 9)).decode(),
    }


def run_reader(model, vocab, tokens, hide, epochs, batch_size, seed, scored_on):
    names, start = lesson(), time.perf_counter()
    train, valid, test = (names["to_array"](part, vocab) for part in texts(tokens))
    names["restart"](model, seed)
    labels = names["train_labels"]
    log = names["train_reader"](model, train, labels, epochs, batch_size, hide)
    seconds = round(time.perf_counter() - start)
    on_valid = names["logits_of"](model, valid)
    found = {
        "valid": names["share_right"](on_valid, names["valid_labels"]),
        "loss": float(log.history["loss"][-1]),
        "weights": model.count_params(),
        "seconds": seconds,
    }
    if scored_on == "validation":
        return found

    def judge(some):
        cut = [cutter(tokens)(text) for text in some]
        return names["logits_of"](model, names["to_array"](cut, vocab))

    shuffled = names["to_array"](names["shuffled"](texts(tokens)[2]), vocab)
    on_test, after = (names["logits_of"](model, x) for x in (test, shuffled))
    found |= shares(on_valid, on_test) | summary(on_test, after, judge)
    return found | mix(on_valid, on_test)


def mix(valid_logits, test_logits):
    """With the bag of words and pairs, by the weight that is best in validation."""
    names = lesson()
    bag, (_, *scored) = bag_of("words", 2, "whole")
    by_bag = [bag.decision_function(part) for part in scored]
    scaled = [
        [logits / np.std(own[0]) for logits in own]
        for own in (by_bag, (valid_logits, test_logits))
    ]
    valid, test = (
        [names["share_right"](mixed, labels) for mixed in names["mixtures"](*both)]
        for *both, labels in zip(
            *scaled, [names["valid_labels"], names["test_labels"]], strict=True
        )
    )
    best = int(np.argmax(valid))
    weight = float(names["WEIGHTS"][best])
    return {"weight": weight, "mixed": test[best], "equal": test[len(test) // 2]}
