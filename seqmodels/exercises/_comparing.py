"""Whether two answers are the same, and if not, what is different first."""

import re
from collections.abc import Mapping

import numpy as np

COUNTED = ("first", "second", "third", "fourth")


def difference(given: object, wanted: object, rtol: float = 1e-4) -> str | None:
    """Says how a reader's answer differs from the one wanted.

    A list may stand for an array or a tuple, a tensor for an array. Integers must be
    equal; other numbers may differ by rounding.

    Args:
        given: The reader's answer.
        wanted: A number, an array, a string, or a tuple, list or mapping of them.
        rtol: How much numbers may differ, as a share of the largest wanted.

    Returns:
        A sentence, or None if they are the same.
    """
    reason = _difference(given, wanted, rtol)
    if reason and isinstance(wanted, tuple):
        place = re.match(r"At index (\d): ", reason)
        if place and int(place[1]) < len(COUNTED):
            which, rest = COUNTED[int(place[1])], reason[place.end() :]
            return f"Of the {len(wanted)} that you return, the {which}: {rest}"
    return reason


def _difference(given, wanted, rtol):
    if isinstance(wanted, Mapping):
        return _difference_of_mappings(given, wanted, rtol)
    if isinstance(wanted, (str, bytes)) or wanted is None:
        same = isinstance(given, type(wanted)) and given == wanted
        return None if same else f"{wanted!r} is wanted."
    array = None if holds_arrays(wanted) else _as_numbers(wanted)
    if array is None:
        return _difference_of_sequences(given, wanted, rtol)
    numbers = _as_numbers(given)
    if numbers is None:
        if not array.size:
            return "Nothing is wanted here: an empty list."
        kind = "An array of numbers" if array.ndim else "A number"
        return f"{kind} is wanted; yours is of type {type(given).__name__}."
    if numbers.shape != array.shape:
        return _difference_of_shapes(numbers, array)
    if array.dtype.kind in "biu":
        what = "True and False" if array.dtype.kind == "b" else "The numbers"
        return None if np.array_equal(numbers, array) else f"{what} differ."
    finite = np.abs(array[np.isfinite(array)])
    atol = rtol * finite.max() if finite.size else 0
    same = np.allclose(numbers, array, rtol=0, atol=max(atol, 1e-9), equal_nan=True)
    return None if same else "The numbers differ."


def _difference_of_shapes(numbers, array):
    if not array.ndim:
        return f"A single number is wanted; yours has the shape {numbers.shape}."
    if not numbers.ndim == array.ndim == 1:
        return f"The shape {array.shape} is wanted; yours is {numbers.shape}."
    kind = "numbers are" if array.size != 1 else "number is"
    said = f"{array.size} {kind} wanted; yours are {numbers.size}"
    n = min(array.size, numbers.size)
    others = np.flatnonzero(numbers[:n] != array[:n])
    if array.dtype.kind in "biu" and others.size:  # it is not the length alone
        said += f", and other ones from index {others[0]} on"
    return said + "."


def holds_arrays(value: object) -> bool:
    """Whether it is a collection of arrays; a list of numbers is one array."""
    parts = (tuple, np.ndarray)
    return isinstance(value, tuple) or (
        isinstance(value, list) and any(isinstance(each, parts) for each in value)
    )


def _as_numbers(value):
    """The array that a value is, or None."""
    try:
        array = np.asarray(value)
    except Exception:  # ragged, or of a kind that refuses
        return None
    return array if array.dtype.kind in "biuf" else None


def _difference_of_sequences(given, wanted, rtol):
    try:
        parts = list(given)
    except TypeError:
        parts = None
    if parts is None or isinstance(given, (str, bytes, Mapping)):
        kind = f"{len(wanted)} things are wanted, in a {type(wanted).__name__}"
        return f"{kind}; yours is of type {type(given).__name__}."
    if len(parts) != len(wanted):
        return f"{len(wanted)} things are wanted; yours are {len(parts)}."
    for place, (part, other) in enumerate(zip(parts, wanted, strict=True)):
        if reason := _difference(part, other, rtol):
            return f"At index {place}: {reason}"
    return None


def _difference_of_mappings(given, wanted, rtol):
    if not isinstance(given, Mapping):
        return f"A dict is wanted; yours is of type {type(given).__name__}."
    if set(given) != set(wanted):
        return f"The keys {sorted(wanted, key=str)} are wanted."
    for key, other in wanted.items():
        if reason := _difference(given[key], other, rtol):
            return f"At {key!r}: {reason}"
    return None
