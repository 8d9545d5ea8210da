"""N-gram language models: counting what follows what. NumPy alone."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from seqmodels.text.checks import check_ids, check_size


class NGramLM:
    """Predicts the next token of a text from the `order - 1` tokens before it.

    Smoothed by interpolated Kneser-Ney with three discounts: with *h* the tokens
    before *w*, and *h'* those without the first,

        p(w | h) = (c(h w) - D(c(h w))) / c(h) + left(h) * p(w | h')

    where `left(h)` is what the discounts have taken, and the shortest history of
    all falls back on 1 / vocab_size. At the highest order *c* counts how often
    *h w* occurs; below, after how many different tokens it does. A history never
    seen leaves everything to the shorter one. Before `fit` the model knows nothing:
    every token has probability 1 / vocab_size.

    `generate` writes with it as with a `CharLM`; its state is the last tokens.

    >>> model = NGramLM(vocab_size=2, order=2).fit([0, 1, 0, 1, 0, 1, 1])
    >>> model.next_probs([1, 0])
    array([0.25, 0.75])

    Args:
        vocab_size: Number of different tokens.
        order: Length of the longest n-gram, the predicted token included.

    Raises:
        ValueError: If a number is not a positive integer, or an n-gram of this
            order has no number that fits into 64 bits.

    Source: S. Chen and J. Goodman, "An Empirical Study of Smoothing Techniques for
    Language Modeling", 1998, section 3 (modified Kneser-Ney).
    """

    def __init__(self, vocab_size: int, order: int):
        self.vocab_size = check_size("vocab_size", vocab_size)
        self.order = check_size("order", order)
        # 63 are too many even for two tokens: no need to work out a longer power.
        if self.order > 62 or self.vocab_size**self.order > np.iinfo(np.int64).max:
            raise ValueError(
                f"`order` is {self.order}: n-grams of {self.vocab_size} tokens cannot "
                "be numbered in 64 bits. Choose a lower order."
            )
        self._levels = []

    def fit(self, ids: ArrayLike) -> "NGramLM":
        """Counts a text's n-grams of all lengths up to `order`, and forgets others.

        Args:
            ids: Integers, `(num_tokens,)`, at least one.

        Returns:
            The model itself.

        Raises:
            TypeError: If the ids are not integers.
            ValueError: If they are not one-dimensional, or out of range, or none.
        """
        ids = self._check(ids)
        if not len(ids):
            raise ValueError("`ids` must hold at least one token; got none.")
        self._levels, grams = [], self._numbers(ids, self.order)
        for length in range(self.order, 0, -1):
            grams, counts = np.unique(grams, return_counts=True)
            self._levels.insert(0, _make_level(grams, counts, self.vocab_size))
            # The next shorter once for each different token before, and once for
            # the text's start, before which there is none.
            shorter = self.vocab_size ** (length - 1)
            first = self._numbers(ids[: length - 1], length - 1)
            grams = np.append(grams % shorter, first)
        return self

    def log_probs(self, ids: ArrayLike) -> np.ndarray:
        """Log-probability of each token of a text given those before it.

        The first tokens, before which there are fewer than `order - 1`, are
        predicted from those there are.

        Args:
            ids: Integers, `(num_tokens,)`.

        Returns:
            `(num_tokens,)`, in nats; the sum is the text's log-likelihood.

        Raises:
            TypeError: If the ids are not integers.
            ValueError: If they are not one-dimensional, or out of range.
        """
        ids = self._check(ids)
        probs = np.full(len(ids), 1 / self.vocab_size)
        for length, level in enumerate(self._levels, start=1):
            grams = self._numbers(ids, length)
            probs[length - 1 :] = level.interpolate(
                grams, grams // self.vocab_size, probs[length - 1 :]
            )
        return np.log(probs)

    def next_probs(self, history: ArrayLike) -> np.ndarray:
        """Probability of every token to come next.

        Args:
            history: Ids of the tokens before, `(num_tokens,)`; may be empty.

        Returns:
            `(vocab_size,)`, all positive; the sum is 1.
        """
        history = self._check(history, "history")
        padded = np.append(self.initial_states(1), history)
        return self._next(padded[None, len(history) :])[0]

    def initial_states(self, batch_size: int) -> np.ndarray:
        """Nothing read yet: `(batch_size, order - 1)`, where -1 stands for no token."""
        batch_size = check_size("batch_size", batch_size)
        return np.full((batch_size, self.order - 1), -1, np.int64)

    def step(self, ids: ArrayLike, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Reads ids `(batch,)`; logits `(batch, vocab_size)` and new states."""
        ids = check_ids("ids", ids, self.vocab_size, axes=("batch",))
        states = np.concatenate([states, ids[:, None]], axis=1)[:, 1:]
        return np.log(self._next(states)), states

    def count_params(self) -> int:
        """How many numbers the model keeps: one per n-gram and one per history."""
        return sum(len(x.grams) + len(x.contexts) for x in self._levels)

    def _next(self, states):
        probs = np.full((len(states), self.vocab_size), 1 / self.vocab_size)
        contexts, known = np.zeros(len(states), np.int64), np.ones(len(states), bool)
        for length, level in enumerate(self._levels, start=1):
            if length > 1:
                oldest = states[:, self.order - length]
                known = known & (oldest >= 0)
                contexts = contexts + oldest * self.vocab_size ** (length - 2)
            grams = contexts[:, None] * self.vocab_size + np.arange(self.vocab_size)
            new = level.interpolate(grams, contexts[:, None], probs)
            probs = np.where(known[:, None], new, probs)
        return probs

    def _numbers(self, ids, length):
        """The number of each n-gram in turn: its ids as digits to base vocab_size."""
        count = max(0, len(ids) - length + 1)
        numbers = np.zeros(count, np.int64)
        for n in range(length):
            numbers = numbers * self.vocab_size + ids[n : n + count]
        return numbers

    def _check(self, ids, name="ids"):
        return check_ids(name, ids, self.vocab_size, axes=("num_tokens",))


class _Level(NamedTuple):
    """What n-grams of one length say; both lists of numbers in ascending order."""

    grams: np.ndarray
    kept: np.ndarray  # for each n-gram, (c - D) / c(h)
    contexts: np.ndarray
    left: np.ndarray  # for each history, the share that its n-grams' discounts took

    def interpolate(self, grams, contexts, shorter):
        kept = _look_up(self.grams, self.kept, grams, 0.0)
        return kept + _look_up(self.contexts, self.left, contexts, 1.0) * shorter


def _make_level(grams, counts, vocab_size):
    discounts = _discounts(counts)[np.minimum(counts, 3)]
    contexts, start = np.unique(grams // vocab_size, return_index=True)
    if not len(grams):  # the text is shorter than this
        return _Level(grams, discounts, contexts, discounts)
    totals = np.add.reduceat(counts, start)
    left = np.add.reduceat(discounts, start) / totals
    per_gram = np.repeat(totals, np.diff(start, append=len(grams)))
    return _Level(grams, (counts - discounts) / per_gram, contexts, left)


def _discounts(counts):
    """Discounts of n-grams counted 0, 1, 2, and 3 or more times."""
    once, twice, thrice, four = (np.sum(counts == n) for n in (1, 2, 3, 4))
    if min(once, twice, thrice, four) > 0:
        ratio = once / (once + 2 * twice)
        ones = 1 - 2 * ratio * twice / once
        twos = 2 - 3 * ratio * thrice / twice
        more = 3 - 4 * ratio * four / thrice
        if min(ones, twos, more) > 0:
            return np.array([0, ones, twos, more])
    return np.array([0, 0.5, 1.0, 1.5])  # too little text to estimate them from


def _look_up(keys, values, wanted, default):
    if not len(keys):
        return np.full(wanted.shape, default)
    where = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[where] == wanted, values[where], default)
