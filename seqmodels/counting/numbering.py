"""N-grams as numbers, and how they are found again. NumPy alone."""

import numpy as np


def check_length(name: str, length: int, vocab_size: int) -> None:
    """Raises if so many tokens in a row have no number that fits into 64 bits."""
    # 63 are too many even for two tokens: no need to work out a longer power.
    if length > 62 or vocab_size**length > np.iinfo(np.int64).max:
        raise ValueError(
            f"`{name}` is {length}: n-grams of {vocab_size} tokens cannot be numbered "
            "in 64 bits. Choose a lower one."
        )


def number_grams(ids: np.ndarray, length: int, vocab_size: int) -> np.ndarray:
    """The number of each n-gram in turn: its ids as digits to base `vocab_size`.

    Args:
        ids: Integers, `(num_tokens, ...)`.
        length: Tokens in an n-gram.
        vocab_size: Number of different tokens.

    Returns:
        `(num_tokens - length + 1, ...)`, or none if there are fewer tokens.
    """
    count = max(0, len(ids) - length + 1)
    numbers = np.zeros((count, *ids.shape[1:]), np.int64)
    for n in range(length):
        numbers = numbers * vocab_size + ids[n : n + count]
    return numbers


def look_up(
    keys: np.ndarray, values: np.ndarray, wanted: np.ndarray, default: float
) -> np.ndarray:
    """The values of what is wanted among sorted keys, `default` where it is not."""
    places, found = find(keys, wanted)
    values_or_default = np.full(wanted.shape, default)
    values_or_default[found] = values[places[found]]
    return values_or_default


def find(keys: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places among sorted keys, and whether what is wanted stands there."""
    if not len(keys):
        return np.zeros(wanted.shape, np.int64), np.zeros(wanted.shape, bool)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return places, keys[places] == wanted
