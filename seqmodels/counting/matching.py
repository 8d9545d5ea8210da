"""What followed the last time: the memory that compressors have. NumPy alone."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from seqmodels.counting.numbering import check_length, look_up, number_grams
from seqmodels.text.checks import check_ids, check_size


class MatchModel:
    """Looks up where the last few tokens stood before, and what came next there.

    An n-gram counts what follows how often, in a text read long ago; this knows what
    followed the last time, and so remembers a name that it has just read.

    >>> model = MatchModel(vocab_size=3, lengths=(1, 2))
    >>> model.followed([0, 1, 0, 2, 0])[-1]  # after 0 came 2; 2 0 is new
    array([2, 3], dtype=int32)

    Args:
        vocab_size: Number of different tokens.
        lengths: How many tokens to look for; each is a look-up of its own.

    Raises:
        ValueError: If a number is not a positive integer, there is no length, or one
            so large that so many tokens have no number that fits into 64 bits.

    Source: M. Mahoney, "Adaptive Weighing of Context Models for Lossless Data
    Compression", 2005, whose *match model* looks for the longest only.
    """

    def __init__(self, vocab_size: int, lengths: Sequence[int] = (3, 4, 5, 6, 8)):
        self.vocab_size = check_size("vocab_size", vocab_size)
        self.lengths = tuple(check_size("lengths", length) for length in lengths)
        if not self.lengths:
            raise ValueError("`lengths` must hold at least one length; got none.")
        check_length("lengths", max(self.lengths), self.vocab_size)
        self.fit(np.zeros(0, np.int32))

    def fit(self, ids: ArrayLike) -> "MatchModel":
        """Remembers a text, and forgets others: what is read later comes after it.

        Args:
            ids: Integers, `(num_tokens,)`.

        Returns:
            The model itself.

        Raises:
            TypeError: If the ids are not integers.
            ValueError: If they are not one-dimensional, or out of range.
        """
        ids = self._check(ids)
        self.ids, self._tail = ids, ids[-max(self.lengths) :]
        self._known = []
        for length in self.lengths:
            numbers = self._numbers(ids, length)[:-1]  # what follows the last is open
            # The last of equals is the first from behind.
            numbers, place = np.unique(numbers[::-1], return_index=True)
            self._known.append((numbers, ids[len(ids) - 1 - place]))
        return self

    def followed(self, ids: ArrayLike) -> np.ndarray:
        """What followed the last times, for each token of a text after the one fitted.

        Args:
            ids: Integers, `(num_tokens,)`.

        Returns:
            Ids, `(num_tokens, len(lengths))`, `int32`: in row *t*, for each length,
            what came when the last tokens up to `ids[t]` stood before; `vocab_size`
            if they never did.

        Raises:
            TypeError: If the ids are not integers.
            ValueError: If they are not one-dimensional, or out of range.
        """
        ids = self._check(ids)
        text = np.append(self._tail, ids)
        columns = []
        for length, known in zip(self.lengths, self._known, strict=True):
            numbers = np.full(len(text), -1)
            numbers[length - 1 :] = self._numbers(text, length)
            found = look_up(*known, numbers, self.vocab_size)
            order = np.argsort(numbers, kind="stable")
            again = np.flatnonzero(np.diff(numbers[order]) == 0)
            found[order[again + 1]] = text[order[again] + 1]
            found[numbers < 0] = self.vocab_size
            columns.append(found[len(text) - len(ids) :])
        return np.stack(columns, axis=1).astype(np.int32)

    def initial_states(self, batch_size: int) -> np.ndarray:
        """The fitted text's end, `(batch_size, num_tokens)`; what is read joins it."""
        batch_size = check_size("batch_size", batch_size)
        return np.tile(self._tail, (batch_size, 1))

    def step(self, ids: ArrayLike, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Reads ids `(batch,)`; what followed, `(batch, len(lengths))`; new states."""
        ids = check_ids("ids", ids, self.vocab_size, axes=("batch",))
        states = np.append(states, ids[:, None], axis=1)
        rows = np.arange(len(ids))
        columns = []
        for length, known in zip(self.lengths, self._known, strict=True):
            found = np.full(len(ids), self.vocab_size)
            if length < states.shape[1]:
                last = states[:, -length:]
                numbers = self._numbers(last.T, length)[0]
                found = look_up(*known, numbers, self.vocab_size)
                same = sliding_window_view(states[:, :-1], length, axis=1)
                same = (same == last[:, None]).all(axis=2)[:, ::-1]
                then = states[rows, -1 - same.argmax(axis=1)]
                found = np.where(same.any(axis=1), then, found)
            columns.append(found)
        return np.stack(columns, axis=1).astype(np.int32), states

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Small arrays of which `from_arrays` makes the model: the text itself."""
        kind = np.min_scalar_type(self.vocab_size)
        numbers = np.array([self.vocab_size, *self.lengths])
        return {"sizes": numbers, "ids": self.ids.astype(kind)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "MatchModel":
        """The model of which these are the arrays."""
        vocab_size, *lengths = map(int, arrays["sizes"])
        return cls(vocab_size, lengths).fit(arrays["ids"])

    def _numbers(self, ids, length):
        return number_grams(ids, length, self.vocab_size)

    def _check(self, ids):
        return check_ids("ids", ids, self.vocab_size, axes=("num_tokens",))
