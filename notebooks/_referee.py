"""What the leaderboard asks of a model. Notebook 13 has and explains the same code."""

import time
from collections.abc import Callable

import numpy as np


class RefusedError(Exception):
    """Why a model gets no score."""


def said_of(model: object, ids: np.ndarray) -> np.ndarray:
    """A model's log-probabilities of a text, if they can be any."""
    found = np.asarray(model.log_probs(ids), np.float64)
    if found.shape != ids.shape:
        raise RefusedError(f"shape {ids.shape} is wanted; it gives {found.shape}")
    if not np.isfinite(found).all() or found.max() > 1e-6:
        raise RefusedError("not all it gives are finite logarithms of probabilities")
    return found


def check_the_future(
    model: object, ids: np.ndarray, found: np.ndarray, vocab_size: int, rng: object
) -> None:
    """Changes every letter from some place on: what was said before must stand."""
    place = rng.integers(len(ids) // 4, 3 * len(ids) // 4)
    shifts = rng.integers(1, vocab_size, size=len(ids) - place)
    changed = np.append(ids[:place], (ids[place:] + shifts) % vocab_size)
    again = said_of(model, changed)[:place]
    if np.abs(again - found[:place]).max() > 1e-3:
        raise RefusedError("what it says changes with what comes later, or is asked")


def check_the_sum(
    model: object, ids: np.ndarray, found: np.ndarray, vocab_size: int, rng: object
) -> None:
    """At random places: the probabilities of all letters must sum to one."""
    for place in rng.integers(1, min(1000, len(ids)), size=3):
        ends = [np.append(ids[:place], letter) for letter in range(vocab_size)]
        each = np.array([said_of(model, text)[-1] for text in ends])
        total = np.exp(each).sum()
        if abs(total - 1) > 1e-3:
            raise RefusedError(f"its probabilities sum to {total:.3f}, not to 1")
        if abs(each[ids[place]] - found[place]) > 1e-3:
            raise RefusedError("asked again about a letter it says something else")


def score(model: object, ids: np.ndarray, vocab_size: int, rng: object) -> float:
    """Bits per character of a text, or `RefusedError`."""
    found = said_of(model, ids)
    check_the_future(model, ids, found, vocab_size, rng)
    check_the_sum(model, ids, found, vocab_size, rng)
    return float(-found.mean() / np.log(2))


def start_clock(minutes: float) -> Callable[[], float]:
    """A function that says how many seconds are left."""
    end = time.perf_counter() + 60 * minutes
    return lambda: end - time.perf_counter()


def is_too_late(seconds_left: float, minutes: float) -> bool:
    """A fiftieth and a second more are let pass."""
    return -seconds_left > 1.2 * minutes + 1
