"""An n-gram model of any order that can be pruned, and stored in few bytes."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from seqmodels.counting import trees
from seqmodels.text.checks import check_ids, check_size

TOKENS_AT_ONCE = 2**14  # whose distributions are worked out together
# What a count is stored as: up to 127 as it is, above in steps of 12%.
CODES = np.append(np.arange(128), np.round(127 * 1.12 ** np.arange(1, 129)))


class CompactNGramLM:
    """`NGramLM`, but of any order, and to be pruned and quantised.

    Its n-grams are a tree, not numbers, so nothing has to fit into 64 bits; and every
    n-gram takes a byte or two for its last token, one for its count, and one or two for
    how many hang from it.

    >>> model = CompactNGramLM(vocab_size=2, order=2).fit([0, 1, 0, 1, 0, 1, 1])
    >>> model.next_log_probs([1, 0])[-1].round(4)
    array([-1.3863, -0.2877], dtype=float32)

    Args:
        vocab_size: Number of different tokens.
        order: Length of the longest n-gram, the predicted token included.

    Raises:
        ValueError: If a number is not a positive integer.
    """

    def __init__(self, vocab_size: int, order: int):
        self.vocab_size = check_size("vocab_size", vocab_size)
        self.order = check_size("order", order)
        self._set([(np.zeros(0, np.int64), np.zeros(0, np.int64))] * self.order)

    def _set(self, counts, *options):
        self._branches = trees.grow(counts, self.vocab_size, *options)

    def fit(self, ids: ArrayLike) -> "CompactNGramLM":
        """Counts a text, and forgets others; as `NGramLM.fit`."""
        ids = self._check(ids)
        if not len(ids):
            raise ValueError("`ids` must hold at least one token; got none.")
        return self._take(trees.count(ids, self.vocab_size, self.order))

    def _take(self, counts):
        self._counted = counts
        *lower, longest = counts
        pairs = [(one.keys, one.varied) for one in lower]
        self._set([*pairs, (longest.keys, longest.often)])
        return self

    def of_order(self, order: int) -> "CompactNGramLM":
        """The model of a lower order that has counted the same text."""
        model = CompactNGramLM(self.vocab_size, order)
        return model._take(self._counted[: model.order])

    def log_probs(self, ids: ArrayLike) -> np.ndarray:
        """As `NGramLM.log_probs`: `(num_tokens,)`, in nats."""
        ids = self._check(ids)
        probs = np.full(len(ids), 1 / self.vocab_size)
        before = np.zeros(len(ids), np.int64)
        for branch in self._branches:
            at = trees.step(branch, before, ids, self.vocab_size)
            known = np.flatnonzero(before >= 0)
            probs[known] *= branch.left[before[known]]
            here = np.flatnonzero(at >= 0)
            probs[here] += branch.kept[at[here]]
            before = np.append(-1, at)[: len(ids)]
        return np.log(probs)

    def next_log_probs(self, ids: ArrayLike) -> np.ndarray:
        """As `NGramLM.next_log_probs`: `(num_tokens, vocab_size)`, but `float32`."""
        ids = self._check(ids)
        histories = list(trees.walk(self._branches, ids, self.vocab_size))
        found = np.empty((len(ids), self.vocab_size), np.float32)
        for start in range(0, len(ids), TOKENS_AT_ONCE):
            piece = slice(start, start + TOKENS_AT_ONCE)
            found[piece] = self._after([at[piece] for at in histories])
        return found

    def initial_states(self, batch_size: int) -> np.ndarray:
        """As those of `NGramLM`."""
        batch_size = check_size("batch_size", batch_size)
        return np.full((batch_size, self.order - 1), -1, np.int64)

    def step(self, ids: ArrayLike, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """As `NGramLM.step`."""
        ids = check_ids("ids", ids, self.vocab_size, axes=("batch",))
        states = np.concatenate([states, ids[:, None]], axis=1)[:, 1:]
        histories = []
        for length in range(self.order):
            last = states[:, self.order - 1 - length :]
            at = np.zeros(len(ids), np.int64)
            for branch, tokens in zip(self._branches, last.T, strict=False):
                at = trees.step(branch, at, tokens, self.vocab_size)
                at[tokens < 0] = -1
            histories.append(at)
        return self._after(histories), states

    def _after(self, histories):
        rows = len(histories[0])
        return np.log(trees.spread(self._branches, histories, rows, self.vocab_size))

    def count_params(self) -> int:
        """How many n-grams it keeps."""
        return sum(len(branch.keys) for branch in self._branches)

    def pruned(self, least: float) -> "CompactNGramLM":
        """Without the n-grams that change little.

        What an n-gram is worth is its discounted count, times the logarithm of how much
        likelier it makes its token than shorter ones do; one from which longer ones
        hang stays, and so do single tokens.

        Args:
            least: What an n-gram must be worth to stay, in nats of the text counted;
                0 keeps them all.

        Raises:
            ValueError: If the model has not counted a text itself.
        """
        if not hasattr(self, "_counted"):
            raise ValueError("Only a model that has counted a text can be pruned.")
        stay = [np.ones(len(branch.keys), bool) for branch in self._branches]
        worth = self._worth() if least > 0 else []
        for n in reversed(range(1, len(worth))):
            stay[n] = worth[n] >= least
            if n + 1 < len(stay):
                parents = self._branches[n + 1].keys[stay[n + 1]] // self.vocab_size
                stay[n][parents] = True
        pairs, dropped = [], []
        numbers = np.zeros(1, np.int64)  # new places of those that stay
        before = np.ones(1, bool)
        for branch, one in zip(self._branches, stay, strict=True):
            parents, tokens = np.divmod(branch.keys, self.vocab_size)
            pairs.append(
                (
                    (numbers[parents] * self.vocab_size + tokens)[one],
                    branch.counts[one],
                )
            )
            gone = np.bincount(parents[~one], branch.counts[~one], len(before))
            dropped.append(gone[before])
            numbers, before = np.cumsum(one) - 1, one
        model = CompactNGramLM(self.vocab_size, self.order)
        model._set(pairs, dropped, [branch.discounts for branch in self._branches])
        return model

    def _worth(self):
        found, probs = [], np.full(1, 1 / self.vocab_size)
        for branch, counted in zip(self._branches, self._counted, strict=True):
            left = branch.left[branch.keys // self.vocab_size]
            shorter = probs[counted.suffixes]
            probs = branch.kept + left * shorter
            without = (branch.kept + left) * shorter
            counts = branch.kept / (branch.kept + left) * counted.often
            found.append(counts * np.log(probs / without))
        return found

    def quantised(self) -> "CompactNGramLM":
        """With each count rounded to what one byte can store."""
        arrays = self.to_arrays()
        return CompactNGramLM.from_arrays(arrays)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Small arrays of which `from_arrays` makes the quantised model."""
        kind = np.min_scalar_type(self.vocab_size)  # as many may hang from one
        arrays = {"sizes": np.array([self.vocab_size, self.order])}
        for n, branch in enumerate(self._branches):
            arrays[f"tokens_{n}"] = (branch.keys % self.vocab_size).astype(kind)
            arrays[f"children_{n}"] = np.diff(branch.first).astype(kind)
            arrays[f"counts_{n}"] = _code(branch.counts)
            arrays[f"dropped_{n}"] = _code(branch.dropped)
            arrays[f"discounts_{n}"] = branch.discounts
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "CompactNGramLM":
        """The model of which these are the arrays."""
        model = cls(*map(int, arrays["sizes"]))
        pairs, dropped, discounts = [], [], []
        for n in range(model.order):
            children = arrays[f"children_{n}"].astype(np.int64)
            parents = np.repeat(np.arange(len(children)), children)
            keys = parents * model.vocab_size + arrays[f"tokens_{n}"]
            pairs.append((keys.astype(np.int64), CODES[arrays[f"counts_{n}"]]))
            dropped.append(CODES[arrays[f"dropped_{n}"]])
            discounts.append(arrays[f"discounts_{n}"])
        model._set(pairs, dropped, discounts)
        return model

    def _check(self, ids):
        return check_ids("ids", ids, self.vocab_size, axes=("num_tokens",))


def _code(counts):
    """The nearest of `CODES`, by ratio."""
    middles = np.sqrt(CODES[:-1] * CODES[1:])
    return np.searchsorted(middles, counts).astype(np.uint8)
