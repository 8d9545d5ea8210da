"""A model cut down to what a page has room for, and what that costs."""

from __future__ import annotations

import bisect

import numpy as np

from seqmodels._tensorflow import keras
from seqmodels.counting.compact import CompactNGramLM
from seqmodels.counting.matching import MatchModel
from seqmodels.models.informed import InformedLM
from seqmodels.page.knowledge import MOST_TABLES, pack_knowledge
from seqmodels.text.sampling import sample_logits

LONGEST_TEXT = 4_000_000  # symbols that stay of a text where there is no room for all
# Nats, as of `CompactNGramLM.pruned`: each leaves about a fifth fewer n-grams.
PRUNINGS = np.append(0.0, 2.0 ** np.arange(-5, 10.5, 0.5))
ROWS, BEFORE, STEPS = 20, 20, 50  # of the text by which the cost is measured


def fit(model: keras.Model | InformedLM) -> keras.Model | InformedLM:
    """The model, with as much of what it has counted as a page has room for.

    Where that is less, the n-grams are counted again and pruned, and of the text in
    which matches are looked up the last 4,000,000 symbols stay.

    Args:
        model: One that `check_model` passes. If it looks matches up, its n-gram must
            have counted the same text as its match model, as those of `train` have. One
            that looks up none has no text to count again, and stays as it is.
    """
    if not isinstance(model, InformedLM) or model.match is None:
        return model
    if _has_room(model):
        return model
    size, text = model.vocab_size, model.match.ids
    full = CompactNGramLM(size, model.ngram.order).fit(text)
    match = MatchModel(size, model.match.lengths).fit(text[-LONGEST_TEXT:])

    def cut(least):
        return InformedLM(model.network, full.pruned(least).quantised(), match)

    # The first that there is room for; each try takes seconds.
    n = bisect.bisect_left(PRUNINGS, True, key=lambda least: _has_room(cut(least)))
    return cut(PRUNINGS[min(n, len(PRUNINGS) - 1)])


def _has_room(model):
    return len(pack_knowledge(model)[1]) <= MOST_TABLES


def rounded(model: keras.Model | InformedLM) -> keras.Model | InformedLM:
    """The model with weights of 16 bits."""
    if isinstance(model, InformedLM):
        return InformedLM(rounded(model.network), model.ngram, model.match)
    copy = type(model).from_config(model.get_config())
    copy.set_weights([w.astype(np.float16) for w in model.get_weights()])
    return copy


def cost_in_bits(
    model: keras.Model | InformedLM, shown: keras.Model | InformedLM
) -> float:
    """Bits per symbol that the page needs more than the file, on text that this writes.

    It is the divergence of the one's predictions from the other's (Kullback and
    Leibler's), so on this text it cannot be below zero. On text that the n-gram has
    counted it could not be measured: the model is far too sure there.

    Args:
        model: As it is in the file.
        shown: As it is in the page, but for its weights, which are rounded here.
    """
    rng = np.random.default_rng(0)
    rows = rng.integers(model.vocab_size, size=(ROWS, 1))
    match = getattr(model, "match", None)
    before = match.ids if match is not None else ()
    if len(before) > BEFORE:
        starts = rng.integers(len(before) - BEFORE, size=(ROWS, 1))
        rows = before[starts + np.arange(BEFORE)]
    models, given = (model, rounded(shown)), rows.shape[1]
    states = [one.initial_states(ROWS) for one in models]
    costs, ids = [], rows[:, 0]
    for t in range(given - 1 + STEPS):
        log_probs = []
        for n, one in enumerate(models):
            logits, states[n] = one.step(np.asarray(ids, np.int32), states[n])
            logits = np.asarray(logits, np.float64)
            total = np.logaddexp.reduce(logits, axis=1, keepdims=True)
            log_probs.append(logits - total)
        own, others = log_probs
        if t + 1 < given:
            ids = rows[:, t + 1]
        else:
            costs.append(np.sum(np.exp(own) * (own - others), axis=1))
            ids = sample_logits(own, rng)
    return float(np.mean(costs) / np.log(2))
