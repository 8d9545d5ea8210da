"""N-gram language models: counting what follows what. NumPy alone."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from seqmodels.counting.levels import Level, make_level
from seqmodels.counting.numbering import check_length, number_grams
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
        check_length("order", self.order, self.vocab_size)
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
            self._levels.insert(0, make_level(grams, counts, self.vocab_size))
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

    def next_log_probs(self, ids: ArrayLike) -> np.ndarray:
        """Log-probability of every token to come after each token of a text.

        Args:
            ids: Integers, `(num_tokens,)`.

        Returns:
            `(num_tokens, vocab_size)`, in nats: row *t* follows `ids[: t + 1]`. That of
            the token which does come, `ids[t + 1]`, is `log_probs(ids)[t + 1]`.

        Raises:
            TypeError: If the ids are not integers.
            ValueError: If they are not one-dimensional, or out of range.
        """
        ids = self._check(ids)
        padded = np.append(self.initial_states(1), ids)
        before = np.arange(len(ids))[:, None] + np.arange(1, self.order)
        return np.log(self._next(padded[before]))

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

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Arrays of which `from_arrays` makes the model."""
        arrays = {"sizes": np.array([self.vocab_size, self.order])}
        for n, level in enumerate(self._levels):
            named = level._asdict().items()
            arrays.update({f"{name}_{n}": array for name, array in named})
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "NGramLM":
        """The model of which these are the arrays."""
        model = cls(*map(int, arrays["sizes"]))
        for n in range((len(arrays) - 1) // len(Level._fields)):
            level = [arrays[f"{name}_{n}"] for name in Level._fields]
            model._levels.append(Level(*level))
        return model

    def _next(self, states):
        """Distributions after histories; equal histories share a row while it grows."""
        probs = np.full((1, self.vocab_size), 1 / self.vocab_size)
        row = np.zeros(len(states), np.int64)
        contexts, known = np.zeros(len(states), np.int64), np.ones(len(states), bool)
        for length, level in enumerate(self._levels, start=1):
            if length > 1:
                oldest = states[:, self.order - length]
                known = known & (oldest >= 0)
                contexts = contexts + oldest * self.vocab_size ** (length - 2)
            places, seen = level.find(contexts)
            some = np.flatnonzero(known & seen)
            which, first, back = np.unique(
                places[some], return_index=True, return_inverse=True
            )
            longer = level.rows(which, probs[row[some[first]]])
            row[some] = len(probs) + back
            probs = np.concatenate([probs, longer])
        return probs[row]

    def _numbers(self, ids, length):
        return number_grams(ids, length, self.vocab_size)

    def _check(self, ids, name="ids"):
        return check_ids(name, ids, self.vocab_size, axes=("num_tokens",))
