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
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

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
WIDE = 427
DROPOUTS = (0.0, 0.2, 0.4)  # one is chosen for two layers and six passes
EVERY = (1000, 100)  # letters from one counting of all that was read to the next
SURE = (0.9, 0.98, 0.999)  # how sure a match is of its letter; one is chosen
TEXTS = ("valid_ids", "test_ids")


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


@functools.cache
def lesson():
    """What 09 defines, and what all runs share."""
    import keras
    import numpy as np
    import tensorflow as tf
    from _from_notebook import definitions

    import seqmodels
    from seqmodels.data.texts import load_shakespeare

    names = {name: getattr(seqmodels, name) for name in seqmodels.__all__}
    names.update(keras=keras, np=np, tf=tf, seqmodels=seqmodels)
    names["load_shakespeare"] = load_shakespeare
    wanted = ["text", "vocab", "ids", "train_ids", "perplexity_of"]
    wanted += ["passes", "cut", "prepare", "make_letters", "UNITS", "ORDER"]
    wanted += ["as_numbers", "CountReader", "Memoryless", "as_wide", "DENSE_UNITS"]
    wanted += ["Stateless"]
    wanted += ["READING_ON", "counted_on", "best_weights", "mix"]
    wanted += ["mix_by_situation", "learn_on", "from_nothing"]
    definitions("09_shakespeare", wanted, names)
    if names["source"].kind == "bundled":
        sys.exit("The tables are of Shakespeare: name its folder in SEQMODELS_DATA.")
    size, train_ids = len(names["vocab"]), names["train_ids"]
    names["ngram"] = names["NGramLM"](size, names["ORDER"]).fit(train_ids)
    names["match"] = names["MatchModel"](size).fit(train_ids)
    definitions("09_shakespeare", ["all_of_counting"], names)
    names["tenth"] = np.append(names["valid_ids"], names["test_ids"])
    return names


@functools.cache
def said(counted):
    """What a network reads beside the letters of the training text."""
    names = lesson()
    train_ids, size = names["train_ids"], len(names["vocab"])
    if counted == "all":
        log_probs = names["ngram"].next_log_probs(train_ids).astype("float16")
    else:
        log_probs = names["cross_fitted_log_probs"](train_ids, size, names["ORDER"])
    return log_probs, names["MatchModel"](size).followed(train_ids)


@functools.cache
def counted_on(text, every):
    """Log-probabilities by the n-grams that read on, a list of arrays."""
    names = lesson()
    (_, last), *recent = names["READING_ON"]
    return [
        names["counted_on"](names["train_ids"], names[text], names["ORDER"], *pair)
        for pair in [(every, last), *recent]
    ]


def n_grams(done, _, every):
    return mixed(*(counted_on(text, every) for text in TEXTS))


def mixed(valid, test):
    """Perplexities of experts together, their shares chosen on the validation text."""
    names = lesson()
    shares = names["best_weights"](names["np"].stack(valid))
    on_both = [names["mix"](names["np"].stack(one), shares) for one in (valid, test)]
    shares = [round(float(share), 3) for share in shares]
    return perplexities(on_both) | {"shares": shares}


def perplexities(on_both):
    measured = map(lesson()["perplexity_of"], on_both)
    return dict(zip(("valid", "test"), measured, strict=True))


def all_of_counting(done, _, every, sure, *network):
    """Perplexities of all of counting; with a network's log-probabilities, if any."""
    names, known = lesson(), []
    for n, text in enumerate(TEXTS):
        n_grams = counted_on(text, every)
        experts, situations = names["all_of_counting"](names[text], n_grams, sure)
        own = [one[n] for one in network]
        known.append((names["np"].vstack([*own, experts]), situations))
    return perplexities([names["mix_by_situation"](known[0], one) for one in known])


def train(network, batches, passes, rate):
    names, start = lesson(), time.perf_counter()
    names["prepare"](network, passes * len(batches), rate)
    network.fit(batches, epochs=passes, verbose=0)
    seconds = round(time.perf_counter() - start)
    return {"seconds": seconds, "weights": network.count_params()}


def measured(model, seed):
    """What all networks are asked, and their log-probabilities of both texts."""
    names = lesson()
    on_both = [model.log_probs(names[text]) for text in TEXTS[: 1 + (seed in SEEDS)]]
    if seed == CHOOSING:
        return {"valid": names["perplexity_of"](on_both[0])}, on_both
    streamed = float(-model.log_probs(names["tenth"])[1:].mean())
    found = {
        "tenth": streamed,
        "from_nothing": names["from_nothing"](model, names["tenth"]),
    }
    return perplexities(on_both) | found, on_both


def trained_reader(middle, matches, counted, rate, seed):
    """An `InformedLM`, the seconds it took and the weights of its network."""
    names = lesson()
    passes = 6 if middle.endswith("longer") else names["passes"]
    batches = names["cut"](names["train_ids"], said(counted)[: 1 + (matches > 0)])
    names["keras"].utils.set_random_seed(seed)
    if middle == "dense":
        units = names["DENSE_UNITS"][matches]
        layer = names["Memoryless"](units, activation="relu")
    else:
        options = {"cell": "gru", "num_layers": 2 if middle == "two GRUs" else 1}
        make = names["Stateless" if middle.startswith("state") else "RecurrentStack"]
        layer = make(names["UNITS"], **options)
    network = names["CountReader"](len(names["vocab"]), layer, matches)
    found = train(network, batches, passes, rate)
    match = names["match"] if matches else None
    return names["InformedLM"](network, names["ngram"], match), found


def reader(done, _, middle, matches, counted, rate, seed):
    model, found = trained_reader(middle, matches, counted, rate, seed)
    figures, still = measured(model, seed)
    if matches and seed != CHOOSING and middle in ("GRU", "dense"):
        learnt = [learn(model, text, *chosen_pace(done, middle)) for text in TEXTS]
        knows = "all of counting", EVERY[0], sureness(done)
        figures["learnt"] = perplexities(learnt)
        figures["still, mixed"] = all_of_counting(done, *knows, still)
        figures["learnt, mixed"] = all_of_counting(done, *knows, learnt)
    return found | figures


def learn(model, text, steps, pace):
    ids = lesson()[text]
    features = model.features(ids)
    return lesson()["learn_on"](model.network, ids, features, pace, steps)


def learning(done, _, middle, steps, pace, rate, seed):
    model, _ = chosen_to_learn(middle, rate, seed)
    return {"valid": lesson()["perplexity_of"](learn(model, TEXTS[0], steps, pace))}


@functools.cache
def chosen_to_learn(middle, rate, seed):
    return trained_reader(middle, 5, "others", rate, seed)


def letters(done, _, layers, passes, dropout, rate, seed):
    names = lesson()
    names["keras"].utils.set_random_seed(seed)
    units = WIDE if layers == "wide" else names["UNITS"]
    model = names["make_letters"](1 if layers == "wide" else layers, dropout, units)
    found = train(model, names["cut"](names["train_ids"]), passes, rate)
    figures, on_both = measured(model, seed)
    if seed != CHOOSING:
        counted = [names["ngram"].log_probs(names[text]) for text in TEXTS]
        pairs = zip(on_both, counted, strict=True)
        figures["mixed"] = mixed(*pairs)
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
