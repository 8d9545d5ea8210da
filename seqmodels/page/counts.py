"""An n-gram's counts, cut down to those that matter most."""

from __future__ import annotations

import base64
from typing import NamedTuple

import numpy as np

from seqmodels.counting.ngrams import NGramLM
from seqmodels.text.checks import check_size

PARTS = 65535  # what is kept of a probability is a whole number of these
MOST_NUMBERS = 4_000_000  # probabilities looked at for n-grams of one length
LARGEST = 2**53  # what JavaScript still counts exactly


class Gram(NamedTuple):
    """N-grams of one length, a number in each array for each of them."""

    histories: np.ndarray
    tokens: np.ndarray
    kept: np.ndarray
    worth: np.ndarray  # nats a token that the model would lose without it


def pack_counts(ngram: NGramLM, room: int) -> dict[str, object]:
    """The n-grams without which an `NGramLM` would predict worst, in so many bytes.

    What is left out leaves its share to the shorter history, so that all still adds up
    to 1. Its worth is the loss of relative entropy.

    Args:
        ngram: Fitted.
        room: Bytes, as base64.

    Returns:
        What the page reads: see `counting.js`.

    Source: A. Stolcke, "Entropy-based Pruning of Backoff Language Models", 1998.
    """
    room = check_size("room", room, least=0)
    grams = _candidates(ngram)
    order = np.argsort(-np.concatenate([level.worth for level in grams]), kind="stable")
    low, high, packed = 0, len(order), b""
    while low < high:  # the most that there is room for
        middle = (low + high + 1) // 2
        encoded = _encode(grams, order[:middle])
        if len(encoded) * 4 <= room // 4 * 4 * 3:
            low, packed = middle, encoded
        else:
            high = middle - 1
    total = sum(len(level.grams) for level in ngram._levels)
    return {
        "base64": base64.b64encode(packed).decode() if low else "",
        "num_levels": len(grams) if low else 0,
        "vocab_size": ngram.vocab_size,
        "order": ngram.order,
        "num_kept": low,
        "num_grams": total,
    }


def _candidates(ngram):
    """For each length the n-grams after the likeliest histories, and their worth."""
    size, found = ngram.vocab_size, []
    histories, shares = np.zeros(1, np.int64), np.ones(1)
    shorter = np.full((1, size), 1 / size)
    most = max(100, MOST_NUMBERS // size)
    for length, level in enumerate(ngram._levels, start=1):
        if size ** (length - 1) > LARGEST:
            break
        if length > 1:
            known = level.find(histories)[1]
            histories, shares = histories[known], shares[known]
            shorter = ngram._next(_states(histories, length - 1, ngram, cut=1))
        if not len(histories):
            break
        probs = ngram._next(_states(histories, length - 1, ngram))
        places = level.find(histories)[0]
        kept = level.rows(places, np.zeros_like(probs))
        row, tokens = np.nonzero(kept)
        some = row, tokens
        without = (kept[some] + level.left[places][row]) * shorter[some]
        worth = shares[row] * probs[some] * np.log(probs[some] / without)
        found.append(Gram(histories[row], tokens, kept[some], worth))
        joint = (shares[:, None] * probs).ravel()
        likely = np.arange(len(joint))
        if len(joint) > most:
            likely = np.sort(np.argpartition(-joint, most)[:most])
        histories = (histories[:, None] * size + np.arange(size)).ravel()[likely]
        shares = joint[likely]
    return found


def _states(histories, length, ngram, cut=0):
    """Histories as an `NGramLM` takes them, without their first `cut` tokens."""
    states = np.full((len(histories), ngram.order - 1), -1, np.int64)
    for n in range(length - cut):
        states[:, -1 - n] = histories // ngram.vocab_size**n % ngram.vocab_size
    return states


def _encode(grams, chosen):
    numbers, start = [], 0
    for level in grams:
        own = np.sort(chosen[(chosen >= start) & (chosen < start + len(level.tokens))])
        histories, first = np.unique(level.histories[own - start], return_index=True)
        numbers.append(len(histories))
        tokens = level.tokens[own - start]
        parts = np.floor(level.kept[own - start] * PARTS).astype(np.int64)
        before = 0
        for history, some in zip(
            histories.tolist(),
            np.split(np.arange(len(own)), first[1:]) if len(own) else [],
            strict=True,
        ):
            numbers += [history - before, len(some)]
            before, last = history, 0
            for token, part in zip(tokens[some], parts[some], strict=True):
                numbers += [int(token) - last, int(part)]
                last = int(token)
        start += len(level.tokens)
    return _varints(numbers)


def _varints(numbers):
    """Seven bits a byte, the lowest first; all but the last have the eighth set."""
    out = bytearray()
    for number in numbers:
        while number > 127:
            out.append(number & 127 | 128)
            number >>= 7
        out.append(number)
    return bytes(out)
