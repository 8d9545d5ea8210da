"""Colours that stand for values."""

import numpy as np
from numpy.typing import ArrayLike


def check_values(text: str, values: ArrayLike) -> np.ndarray:
    """Returns values as floats, `(len(text),)`, or raises if they are of another shape.

    Args:
        text: The characters.
        values: A number for each, `(len(text),)`.

    Raises:
        ValueError: If there is not one value for each character.
    """
    values = np.asarray(values, float)
    if values.shape != (len(text),):
        raise ValueError(
            f"`values` must have shape ({len(text)},), one for each character; "
            f"got {values.shape}."
        )
    return values


def scale_values(values: ArrayLike, low: float, high: float) -> np.ndarray:
    """Values as parts of the way from `low` to `high`, cut off at 0 and 1.

    >>> scale_values([-9, 0, 0.5], low=-1, high=1).tolist()
    [0.0, 0.5, 0.75]

    Args:
        values: Numbers, `(num_values,)`.
        low: The value that becomes 0.
        high: The value that becomes 1.

    Raises:
        ValueError: If a value is NaN, or `low` is not below `high`.
    """
    values = np.asarray(values, float)
    if not (np.isfinite([low, high]).all() and low < high):
        raise ValueError(
            f"`low` must be below `high`, both finite; got {low} and {high}."
        )
    if (missing := np.flatnonzero(np.isnan(values))).size:
        raise ValueError(
            f"`values` must be numbers; got NaN at {missing.size} of {values.size} "
            f"places, first at {missing[0]}."
        )
    return np.clip((values - low) / (high - low), 0, 1)


def value_colors(values: ArrayLike, low: float = -1.0, high: float = 1.0) -> np.ndarray:
    """Red, green and blue of each value: blue for low, white, orange for high.

    >>> value_colors([-1, 0, 1]).tolist()
    [[86, 180, 233], [255, 255, 255], [230, 159, 0]]

    Args:
        values: Numbers, `(num_values,)`; beyond `low` and `high` the colour stays.
        low: The value that is full blue.
        high: The value that is full orange.

    Returns:
        Integers from 0 to 255, `(num_values, 3)`.

    Raises:
        ValueError: If a value is NaN, or `low` is not below `high`.
    """
    scaled = scale_values(values, low, high)[:, None]
    end = np.where(scaled > 0.5, [230, 159, 0], [86, 180, 233])
    return (255 + np.abs(2 * scaled - 1) * (end - 255)).astype(int)
