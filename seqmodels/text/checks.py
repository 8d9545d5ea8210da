"""Checks of arguments that are the same everywhere. NumPy alone."""

import operator

import numpy as np


def check_size(name, value):
    """Returns a size as an `int`, or raises if it is not a positive integer.

    >>> check_size("units", np.int64(3))
    3

    Args:
        name: What to call it in the message.
        value: The size; NumPy's integers are as good as Python's, booleans are not.

    Raises:
        ValueError: If it is no integer, a boolean, or below 1.
    """
    try:
        size = operator.index(value)
    except TypeError:
        size = 0
    if isinstance(value, (bool, np.bool_)) or size < 1:
        raise ValueError(f"`{name}` must be a positive integer; got {value!r}.")
    return size


def check_ids(name, ids, vocab_size=None):
    """Returns `ids` as an array, or raises if they are not a vocabulary's ids.

    Args:
        name: What to call them in the message.
        ids: Integers of any shape.
        vocab_size: Ids run from 0 to this, exclusive; `None` allows any.

    Raises:
        TypeError: If the ids are not integers.
        ValueError: If one is out of range.
    """
    ids = np.asarray(ids)
    if not np.issubdtype(ids.dtype, np.integer) and ids.size:
        raise TypeError(f"`{name}` must be integers; got {ids.dtype.name}.")
    if vocab_size is None or not ids.size:
        return ids
    low, high = ids.min(), ids.max()
    if low < 0 or high >= vocab_size:
        wrong = low if low < 0 else high
        raise ValueError(f"`{name}` must be from 0 to {vocab_size - 1}; got {wrong}.")
    return ids
