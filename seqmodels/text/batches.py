"""Batches of ids for training sequence models. NumPy alone."""

import operator
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from seqmodels.text.checks import check_features, check_ids, check_size


class ContiguousBatches:
    """A text cut into parallel streams, read window by window.

    The text is cut into `batch_size` streams of equal length; a batch holds the
    same window of every stream, so row *r* of one batch goes on where row *r* of
    the batch before ended. That is what lets a model carry its state along. What is
    left of the text behind the last full window is dropped, never wrapped.

    >>> batches = ContiguousBatches(np.arange(25), batch_size=4, num_steps=3)
    >>> len(batches)
    2
    >>> inputs, targets = batches[0]
    >>> inputs.tolist()
    [[0, 1, 2], [6, 7, 8], [12, 13, 14], [18, 19, 20]]
    >>> targets.tolist()
    [[1, 2, 3], [7, 8, 9], [13, 14, 15], [19, 20, 21]]

    Args:
        ids: Integers from 0 on, `(num_tokens,)`.
        batch_size: Number of streams.
        num_steps: Tokens in a window.
        features: What else is read with each token: integers or floats, `(num_tokens,
            size)`, or several such arrays; inputs are then a tuple, the ids first.

    Raises:
        TypeError: If the ids are not integers, or the features not numbers.
        ValueError: If the text is too short, the ids are not one-dimensional, one is
            negative or does not fit into `int32`, a size is not positive, or features
            have not a row for each token, or are not finite.
    """

    def __init__(
        self,
        ids: ArrayLike,
        batch_size: int,
        num_steps: int,
        features: ArrayLike | Sequence[ArrayLike] = (),
    ):
        self.ids = check_ids("ids", ids, 2**31, axes=("num_tokens",))
        self.features = check_features("features", features, len(self.ids))
        self.batch_size = check_size("batch_size", batch_size)
        self.num_steps = check_size("num_steps", num_steps)
        least = self.batch_size * self.num_steps + 1
        if len(self.ids) < least:
            raise ValueError(
                f"`ids` has {len(self.ids)} tokens; {self.batch_size} streams of "
                f"{self.num_steps} steps need at least {least}."
            )
        self.stream_length = (len(self.ids) - 1) // self.batch_size
        used = self.stream_length * self.batch_size
        self._inputs = self.ids[:used].reshape(self.batch_size, -1)
        self._targets = self.ids[1 : used + 1].reshape(self.batch_size, -1)
        shape = self.batch_size, self.stream_length, -1
        self._features = [array[:used].reshape(shape) for array in self.features]

    def __len__(self) -> int:
        return self.stream_length // self.num_steps

    def __getitem__(self, window: int) -> tuple:
        """Inputs and targets of a window, both `(batch_size, num_steps)`, `int32`.

        If there are features, the inputs are a tuple: the ids, then for each array
        `(batch_size, num_steps, size)`.
        """
        window = operator.index(window)  # a small NumPy integer would overflow below
        if not 0 <= window < len(self):  # also what ends a `for` loop
            last = len(self) - 1
            raise IndexError(f"`window` must be from 0 to {last}; got {window}.")
        steps = slice(window * self.num_steps, (window + 1) * self.num_steps)
        inputs, targets = self._inputs[:, steps], self._targets[:, steps]
        if self.features:
            inputs = inputs, *(array[:, steps] for array in self._features)
        return inputs, targets

    def share(self, number: int, index: int) -> "ContiguousBatches":
        """The streams of one of several workers: a stretch of the text, nothing copied.

        >>> batches = ContiguousBatches(np.arange(25), batch_size=4, num_steps=3)
        >>> batches.share(2, 1)[0][0].tolist()
        [[12, 13, 14], [18, 19, 20]]

        Args:
            number: Of workers.
            index: Which of them, from 0.

        Raises:
            ValueError: If the streams cannot be divided among so many, or the index
                is not below their number.
        """
        number = check_size("number", number)
        index = check_size("index", index, least=0)
        if index >= number:
            raise ValueError(f"`index` must be below {number}; got {index}.")
        streams, left = divmod(self.batch_size, number)
        if left:
            raise ValueError(
                f"`batch_size` must be a multiple of the number of workers, {number}, "
                f"for each reads as many streams; got {self.batch_size}."
            )
        start = index * streams * self.stream_length
        tokens = slice(start, start + streams * self.stream_length + 1)
        features = [array[tokens] for array in self.features]
        return ContiguousBatches(self.ids[tokens], streams, self.num_steps, features)


def pad(
    sequences: Iterable[ArrayLike],
    length: int | None = None,
    *,
    value: int = 0,
    side: str = "right",
) -> np.ndarray:
    """Brings sequences of ids to one length.

    >>> pad([[1, 2, 3], [4]])
    array([[1, 2, 3],
           [4, 0, 0]], dtype=int32)

    Args:
        sequences: Sequences of integers, each `(num_tokens,)`.
        length: Length to bring them to; `None` for the longest's.
        value: The id to fill up with; -1, say, if 0 is a token of its own.
        side: Where to fill up, `"right"` or `"left"`.

    Returns:
        `(len(sequences), length)`, `int32`.

    Raises:
        TypeError: If the ids or `value` are not integers.
        ValueError: If a sequence is longer than `length` or not one-dimensional, an
            id does not fit into `int32`, `length` is negative, or `side` is neither.
    """
    if side not in ("left", "right"):
        raise ValueError(f'`side` must be "left" or "right"; got {side!r}.')
    value = check_ids("value", value, axes=())
    sequences = [check_ids("sequences", x, axes=("num_tokens",)) for x in sequences]
    longest = max(map(len, sequences), default=0)
    length = longest if length is None else check_size("length", length, least=0)
    if longest > length:
        raise ValueError(
            f"`length` is {length}, but the longest of `sequences` has {longest} ids."
        )
    padded = np.full((len(sequences), length), value, np.int32)
    for row, sequence in zip(padded, sequences, strict=True):
        start = 0 if side == "right" else length - len(sequence)
        row[start : start + len(sequence)] = sequence
    return padded


def teacher_forcing_pairs(
    targets: ArrayLike, start: int
) -> tuple[np.ndarray, np.ndarray]:
    """What a decoder reads and what it shall answer when its teacher is always right.

    >>> inputs, outputs = teacher_forcing_pairs(np.array([[5, 6, 7]]), start=1)
    >>> inputs
    array([[1, 5, 6]], dtype=int32)

    Args:
        targets: Ids, `(batch, num_steps)`.
        start: The id that the decoder starts from.

    Returns:
        The targets one step later behind `start`, and the targets themselves, both
        `(batch, num_steps)`, `int32`.

    Raises:
        TypeError: If the ids are not integers.
        ValueError: If `targets` is not two-dimensional, or an id does not fit into
            `int32`.
    """
    targets = check_ids("targets", targets, axes=("batch", "num_steps")).copy()
    inputs = np.roll(targets, 1, axis=1)
    inputs[:, :1] = check_ids("start", start, axes=())  # nothing if there are no steps
    return inputs, targets
