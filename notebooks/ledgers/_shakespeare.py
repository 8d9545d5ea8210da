"""How the runs of 09_network.py are made out of what notebook 09 defines."""

import functools
import sys
import time

import numpy as np

TEXTS = ("valid_ids", "test_ids")
WIDE = 427  # units of one layer with as many weights as two


@functools.cache
def lesson():
    """What 09 defines, and what all runs share."""
    import keras
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
    wanted += ["Stateless", "READING_ON", "counted_on", "best_weights", "mix"]
    wanted += ["mix_by_situation", "learn_on", "windows_of", "from_nothing"]
    definitions("09_shakespeare", wanted, names)
    if names["source"].kind == "bundled":
        sys.exit("The tables are of Shakespeare: name its folder in SEQMODELS_DATA.")
    size, train_ids = len(names["vocab"]), names["train_ids"]
    names["ngram"] = names["NGramLM"](size, names["ORDER"]).fit(train_ids)
    names["match"] = names["MatchModel"](size).fit(train_ids)
    definitions("09_shakespeare", ["all_of_counting"], names)
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


def perplexities(on_both):
    measured = map(lesson()["perplexity_of"], on_both)
    return dict(zip(("valid", "test"), measured, strict=True))


def mixed(valid, test):
    """Perplexities of experts together, their shares chosen on the validation text."""
    names = lesson()
    shares = names["best_weights"](np.stack(valid))
    found = perplexities([names["mix"](np.stack(one), shares) for one in (valid, test)])
    return found | {"shares": [round(float(share), 3) for share in shares]}


def mixed_by_situation(every, sure, *network):
    """Perplexities of all of counting; with a network's log-probabilities, if any."""
    names, known = lesson(), []
    for n, text in enumerate(TEXTS):
        n_grams = counted_on(text, every)
        experts, situations = names["all_of_counting"](names[text], n_grams, sure)
        own = [one[n] for one in network]
        known.append((np.vstack([*own, experts]), situations))
    return perplexities([names["mix_by_situation"](known[0], one) for one in known])


def train(network, batches, passes, rate):
    names, start = lesson(), time.perf_counter()
    names["prepare"](network, passes * len(batches), rate)
    network.fit(batches, epochs=passes, verbose=0)
    seconds = round(time.perf_counter() - start)
    return {"seconds": seconds, "weights": network.count_params()}


def trained_letters(layers, passes, dropout, rate, seed):
    """A `CharLM`, the seconds it took and its weights."""
    names = lesson()
    names["keras"].utils.set_random_seed(seed)
    units = WIDE if layers == "wide" else names["UNITS"]
    model = names["make_letters"](1 if layers == "wide" else layers, dropout, units)
    return model, train(model, names["cut"](names["train_ids"]), passes, rate)


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


def measured(model, choosing):
    """What all networks are asked, and their log-probabilities of the texts."""
    names = lesson()
    if choosing:
        on_valid = model.log_probs(names["valid_ids"])
        return {"valid": names["perplexity_of"](on_valid)}, [on_valid]
    on_both = [model.log_probs(names[text]) for text in TEXTS]
    tenth = np.append(names["valid_ids"], names["test_ids"])
    streamed = float(-model.log_probs(tenth)[1:].mean())
    found = {"tenth": streamed, "from_nothing": names["from_nothing"](model, tenth)}
    return perplexities(on_both) | found, on_both


def learn(model, text, steps, pace):
    ids = lesson()[text]
    features = model.features(ids)
    return lesson()["learn_on"](model.network, ids, features, pace, steps)
