"""N-grams of many short sequences, none of which is read into the next. NumPy alone."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from seqmodels.counting.levels import discounts_of
from seqmodels.text.checks import check_ids, check_size

BEFORE = -1  # stands before a sequence, and is never predicted


class ShortNGramLM:
    """Interpolated Kneser-Ney with three discounts, as `NGramLM`, of short sequences.

    Histories begin where a sequence begins. Of any order: nothing is numbered, so
    nothing has to fit into 64 bits.

    Args:
        vocab_size: Number of ids, the end among them.
        order: Length of the longest n-gram, the predicted token included.
        end: The id that ends a sequence.

    Raises:
        TypeError: If `end` is no integer.
        ValueError: If a number is not a positive integer, or `end` is out of range.
    """

    def __init__(self, vocab_size: int, order: int, end: int):
        self.vocab_size = check_size("vocab_size", vocab_size)
        self.order = check_size("order", order)
        self.end = int(check_ids("end", end, self.vocab_size, axes=()))
        self._tables, self._known = [], {}

    def fit(self, sequences: Iterable[Sequence[int]]) -> "ShortNGramLM":
        """Counts, and forgets others.

        Args:
            sequences: Each of integers, `(num_tokens,)`, without its end.

        Returns:
            The model itself.

        Raises:
            TypeError: If ids are not integers.
            ValueError: If a sequence is not one-dimensional, or an id is out of range.
        """
        levels, met = [{} for _ in range(self.order)], set()
        for sequence in sequences:
            ids = (BEFORE, *self._check("sequences", sequence), self.end)
            for t in range(1, len(ids)):
                for length in range(min(t + 1, self.order)):
                    first = t - length
                    if first > 0 and length < self.order - 1:
                        # Once for each different token before.
                        if ids[first - 1 : t + 1] in met:
                            continue
                        met.add(ids[first - 1 : t + 1])
                    found = levels[length].setdefault(ids[first:t], Counter())
                    found[ids[t]] += 1
        self._tables, self._known = [_discounted(level) for level in levels], {}
        return self

    def next_probs(self, history: Sequence[int]) -> np.ndarray:
        """Probability of every token to come after what a sequence began with.

        Args:
            history: Ids, `(num_tokens,)`; may be empty.

        Returns:
            `(vocab_size,)`, all positive; the sum is 1. Not to be written to.
        """
        return self._after(self._check("history", history))

    def token_probs(self, sequence: Sequence[int]) -> np.ndarray:
        """Probability of each token and of the end, `(num_tokens + 1,)`."""
        whole = [*self._check("sequence", sequence), self.end]
        return np.array([self._after(whole[:t])[w] for t, w in enumerate(whole)])

    def _check(self, name, ids):
        return check_ids(name, ids, self.vocab_size, axes=("num_tokens",)).tolist()

    def _after(self, history):
        history = (BEFORE, *history)
        return self._probs(history[max(len(history) - self.order + 1, 0) :])

    def _probs(self, history):
        if history in self._known:
            return self._known[history]
        probs = np.full(self.vocab_size, 1 / self.vocab_size)
        if history:
            probs = self._probs(history[1:])
        found = self._tables[len(history)].get(history) if self._tables else None
        if found:
            ids, shares, left = found
            probs = left * probs
            probs[ids] += shares
        if len(self._known) < 50_000:
            self._known[history] = probs
        return probs


def _discounted(level):
    discounts = discounts_of(
        np.array([count for found in level.values() for count in found.values()])
    )
    table = {}
    for history, found in level.items():
        ids, counts = np.array([*found]), np.array([*found.values()])
        taken = discounts[np.minimum(counts, 3)]
        total = counts.sum()
        table[history] = ids, (counts - taken) / total, taken.sum() / total
    return table
