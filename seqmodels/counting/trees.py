"""N-grams as a tree: each hangs from the one without its last token. NumPy alone."""

from typing import NamedTuple

import numpy as np

from seqmodels.counting.levels import discounts_of
from seqmodels.counting.numbering import find


class Counts(NamedTuple):
    """N-grams of one length in a text, in the order of their keys.

    An n-gram's key is the place of its first tokens among the n-grams shorter by one,
    times `vocab_size`, plus its last token. So keys stay small at any length.
    """

    keys: np.ndarray
    often: np.ndarray  # how often each occurs
    varied: np.ndarray  # after how many different tokens; the text's start is one
    suffixes: np.ndarray  # its place without its first token, among the shorter by one


class Branch(NamedTuple):
    """What n-grams of one length say, ready to be looked up.

    For each n-gram shorter by one: `dropped`, counts that were pruned; `left`, the
    share left to shorter ones; `first`, where its own begin, and where the last ends.
    """

    keys: np.ndarray
    counts: np.ndarray
    dropped: np.ndarray
    discounts: np.ndarray  # of 0, 1, 2, and 3 or more
    kept: np.ndarray  # for each n-gram, (c - D) / c(h)
    left: np.ndarray
    first: np.ndarray


def count(ids: np.ndarray, vocab_size: int, order: int) -> list[Counts]:
    """Counts a text's n-grams of all lengths up to `order`."""
    found, at = [], np.zeros(len(ids), np.int64)  # the n-gram before each token
    last, shorter = at, 1  # the n-grams before these, and how many there are
    for _ in range(order):
        keys, at_last, often = np.unique(
            at * vocab_size + ids[len(ids) - len(at) :],
            return_inverse=True,
            return_counts=True,
        )
        at_last = at_last.reshape(-1)  # NumPy 2.0 gave it another shape
        suffixes = np.zeros(len(keys), np.int64)
        if found:
            suffixes[at_last] = last[len(last) - len(at_last) :]
            varied = np.bincount(suffixes, minlength=shorter)
            varied[last[:1]] += 1  # before the text's start there is none
            found[-1] = found[-1]._replace(varied=varied)
        found.append(Counts(keys, often, often, suffixes))
        last, shorter = at_last, len(keys)
        at = at_last[:-1]
    return found


def grow(
    counts: list[tuple[np.ndarray, np.ndarray]],
    vocab_size: int,
    dropped: list[np.ndarray] | None = None,
    discounts: list[np.ndarray] | None = None,
) -> list[Branch]:
    """Kneser and Ney's smoothing of keys and counts, from the shortest n-grams on."""
    branches, shorter = [], 1
    for n, (keys, number) in enumerate(counts):
        without = np.zeros(shorter) if dropped is None else dropped[n]
        by = discounts_of(number) if discounts is None else discounts[n]
        parents = keys // vocab_size
        taken = by[np.minimum(number, 3).astype(np.int64)]
        total = np.bincount(parents, number, shorter) + without
        left = np.ones(shorter)
        some = total > 0
        left[some] = (np.bincount(parents, taken, shorter) + without)[some]
        left[some] /= total[some]
        first = np.searchsorted(keys, np.arange(shorter + 1) * vocab_size)
        kept = (number - taken) / total[parents]
        branches.append(Branch(keys, number, without, by, kept, left, first))
        shorter = len(keys)
    return branches


def walk(branches: list[Branch], ids: np.ndarray, vocab_size: int):
    """For each length from 0 on: where the last tokens up to each stand, or -1."""
    at = np.zeros(len(ids), np.int64)
    yield at
    for branch in branches[:-1]:
        before = np.append(-1 if branch is not branches[0] else 0, at[:-1])
        at = step(branch, before, ids, vocab_size)
        yield at


def step(branch: Branch, before: np.ndarray, ids: np.ndarray, vocab_size: int):
    """Where the n-grams stand that go on from those at `before` by a token, or -1."""
    places, found = find(branch.keys, before * vocab_size + ids)
    return np.where(found & (before >= 0), places, -1)


def spread(branches: list[Branch], histories, num_rows: int, vocab_size: int):
    """Distributions after histories, `(num_rows, vocab_size)`, from their places."""
    probs = np.full((num_rows, vocab_size), 1 / vocab_size)
    flat = probs.reshape(-1)
    for branch, at in zip(branches, histories, strict=True):
        rows = np.flatnonzero(at >= 0)
        rows = rows[branch.left[at[rows]] < 1]
        places = at[rows]
        probs[rows] *= branch.left[places, None]
        start = branch.first[places]
        num = branch.first[places + 1] - start
        grams = np.arange(num.sum()) + np.repeat(start - np.cumsum(num) + num, num)
        tokens = branch.keys[grams] % vocab_size
        flat[np.repeat(rows, num) * vocab_size + tokens] += branch.kept[grams]
    return probs
