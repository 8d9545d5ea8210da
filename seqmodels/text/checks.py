"""Checks of arguments that are the same everywhere. NumPy alone."""

import contextlib
import operator
from collections.abc import Sequence
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

INT32 = np.iinfo(np.int32)


def check_size(name: str, value: SupportsIndex, least: int = 1) -> int:
    """Returns a size as an `int`, or raises if it is not an integer of a sensible size.

    >>> check_size("units", np.int64(3))
    3

    Args:
        name: What to call it in the message.
        value: The size; NumPy's integers are as good as Python's, booleans are not.
        least: The smallest size there may be.

    Raises:
        ValueError: If it is no integer, a boolean, or below `least`.
    """
    size = least - 1
    if not isinstance(value, (bool, np.bool_)):  # of which older NumPy warns
        with contextlib.suppress(TypeError):
            size = operator.index(value)
    if size < least:
        kinds = {0: "a non-negative integer", 1: "a positive integer"}
        wanted = kinds.get(least, f"an integer from {least} on")
        raise ValueError(f"`{name}` must be {wanted}; got {value!r}.")
    return size


def check_ids(
    name: str,
    ids: ArrayLike,
    vocab_size: int | None = None,
    axes: tuple[str, ...] | None = None,
) -> np.ndarray:
    """Returns `ids` as `int32`, or raises if they are not a vocabulary's ids.

    Args:
        name: What to call them in the message.
        ids: Integers; not copied if they are `int32` already.
        vocab_size: Ids run from 0 to this, exclusive; `None` allows all that `int32`
            holds, negative ones too.
        axes: What the axes are called; `()` is a single id, `None` allows any shape.

    Raises:
        TypeError: If the ids are not integers.
        ValueError: If the shape is another, or an id is out of range.
    """
    try:
        ids = np.asarray(ids)
    except ValueError:
        raise ValueError(f"`{name}` must have rows of one length.") from None
    if not np.issubdtype(ids.dtype, np.integer) and ids.size:
        raise TypeError(f"`{name}` must be integers; got {ids.dtype.name}.")
    if axes is not None and ids.ndim != len(axes):
        shape = ", ".join(axes) + "," * (len(axes) == 1)
        raise ValueError(f"`{name}` must have shape ({shape}); got {ids.shape}.")
    if vocab_size is None:
        least, most = INT32.min, INT32.max
        to_look_at = not np.can_cast(ids.dtype, np.int32)
    else:
        least, most = 0, min(vocab_size - 1, INT32.max)
        to_look_at = True
    if to_look_at and ids.size:
        low, high = int(ids.min()), int(ids.max())
        if low < least or high > most:
            wrong = low if low < least else high
            raise ValueError(f"`{name}` must be from {least} to {most}; got {wrong}.")
    return ids.astype(np.int32, copy=False)


def check_features(
    name: str, features: ArrayLike | Sequence[ArrayLike], num_tokens: int
) -> tuple[np.ndarray, ...]:
    """Returns a tuple of arrays, or raises if one has not a row for each token.

    Args:
        name: What to call them in the message.
        features: Integers or floats, `(num_tokens, size)`, of any precision, which they
            keep; or several such arrays, each with a size of its own; or none.
        num_tokens: Tokens of the text.

    Raises:
        TypeError: If one is neither of integers nor of floats.
        ValueError: If a shape is another, or one is not a finite number.
    """
    if isinstance(features, np.ndarray):
        features = (features,)
    arrays = tuple(np.asarray(array) for array in features)
    for n, array in enumerate(arrays):
        each = f"{name}[{n}]"
        if not np.issubdtype(array.dtype, np.number) or np.iscomplexobj(array):
            raise TypeError(
                f"`{each}` must be integers or floats; got {array.dtype.name}."
            )
        if array.ndim != 2 or len(array) != num_tokens or not array.shape[1]:
            raise ValueError(
                f"`{each}` must have shape ({num_tokens}, size), a row for each token; "
                f"got {array.shape}."
            )
        finite = np.isfinite(array).all(axis=1)
        if not finite.all():
            raise ValueError(
                f"`{each}` must be finite numbers; those of token {finite.argmin()} "
                "are not."
            )
    return arrays
