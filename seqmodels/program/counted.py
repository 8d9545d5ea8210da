"""What counting knows of a text: for the network to read, and to be compared with."""

import io
import zlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from seqmodels.counting.compact import CompactNGramLM
from seqmodels.counting.matching import MatchModel
from seqmodels.counting.stacking import cross_fitted_log_probs
from seqmodels.program.settings import MATCH_LENGTHS, ORDERS

PRUNINGS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
PRUNING_MAY_COST = 0.002  # bits per character, on the text to choose by
BYTES_PER_CHAR, LEAST_BYTES = 15, 2_000_000  # what the n-grams may take in the file


class Parts(NamedTuple):
    """A text's ids: to train on, to choose by, held out."""

    train: np.ndarray
    choice: np.ndarray
    test: np.ndarray

    @property
    def known(self) -> np.ndarray:
        """All before the held-out text."""
        return np.append(self.train, self.choice)


def log_probs_after(model: CompactNGramLM, before: np.ndarray, ids: np.ndarray):
    """Log-probabilities of a text that another stands before."""
    before = before[len(before) - min(len(before), model.order) :]
    return model.log_probs(np.append(before, ids))[len(before) :]


def choose_order(
    parts: Parts, vocab_size: int, orders: Sequence[int] = ORDERS
) -> tuple[CompactNGramLM, dict[int, float]]:
    """The n-gram, of the order that does best on the text to choose by.

    Returns:
        The model of the text to train on, and for each order the nats per symbol.
    """
    longest = CompactNGramLM(vocab_size, max(orders)).fit(parts.train)
    nats = {}
    for order in orders:
        model = longest.of_order(order)
        nats[order] = -log_probs_after(model, parts.train, parts.choice).mean()
    return longest.of_order(min(nats, key=nats.get)), nats


def features_to_train(ids: np.ndarray, vocab_size: int, order: int) -> tuple:
    """What the network reads beside the text it learns from."""
    num_parts = min(10, len(ids))
    log_probs = cross_fitted_log_probs(
        ids, vocab_size, order, num_parts, make=CompactNGramLM
    )
    return log_probs, MatchModel(vocab_size, MATCH_LENGTHS).followed(ids)


def choose_pruning(ngram: CompactNGramLM, parts: Parts, chars: int) -> float:
    """How much to prune: what costs next to nothing, and more if the file grew large.

    Args:
        ngram: Of the text to train on.
        parts: The text.
        chars: Characters of the text to choose by.
    """
    limit = max(LEAST_BYTES, BYTES_PER_CHAR * 10 * chars)
    chosen, before = 0.0, None
    for least in PRUNINGS:
        model = ngram.pruned(least)
        found = log_probs_after(model, parts.train, parts.choice)
        bits = -found.sum() / np.log(2) / chars
        before = bits if before is None else before
        if bits - before > PRUNING_MAY_COST and size_of(ngram.pruned(chosen)) < limit:
            break
        chosen = least
    return chosen


def size_of(model: CompactNGramLM) -> int:
    """Its bytes in a file, about."""
    content = io.BytesIO()
    np.savez(content, **model.to_arrays())
    return len(zlib.compress(content.getvalue(), 1))


def matches_right(match: MatchModel, ids: np.ndarray) -> tuple[float, float]:
    """At which share of a text the longest match says something, and is right."""
    said = match.followed(ids)[:-1]
    number = (said < match.vocab_size).sum(axis=1)  # the shorter match as well
    longest = said[np.arange(len(said)), np.maximum(number - 1, 0)]
    return float((number > 0).mean()), float((longest == ids[1:]).mean())
