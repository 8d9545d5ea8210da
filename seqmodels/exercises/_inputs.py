"""Strategies for an exercise's inputs: shapes are drawn, and numbers to fill them.

Where sizes of several inputs must agree they have one name: `size("batch")`. Numbers
come from a drawn seed, with one decimal, so that a failing input can be read.
"""

from collections.abc import Callable

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

Size = int | SearchStrategy[int]


def size(name: str, low: int = 1, high: int = 4) -> SearchStrategy[int]:
    """A size that is the same wherever its name stands in an exercise's inputs."""
    return st.shared(st.integers(low, high), key=name)


def numbers(*shape: Size, scale: float = 1.0) -> SearchStrategy[np.ndarray]:
    """Normal numbers with one decimal, float64."""
    return filled(
        lambda rng, sizes: rng.normal(scale=scale, size=sizes).round(1), shape
    )


def ids(*shape: Size, vocab_size: Size) -> SearchStrategy[np.ndarray]:
    """Ids below `vocab_size`, int32."""

    def draw(rng, sizes):
        return rng.integers(sizes[-1], size=sizes[:-1], dtype="int32")

    return filled(draw, (*shape, vocab_size))


def probabilities(*shape: Size) -> SearchStrategy[np.ndarray]:
    """Distributions along the last axis, none of their numbers zero, float64."""

    def draw(rng, sizes):
        counts = rng.integers(1, 10, size=sizes)
        return counts / counts.sum(axis=-1, keepdims=True)

    return filled(draw, shape)


def flags(*shape: Size) -> SearchStrategy[np.ndarray]:
    """Arrays of True and False."""
    return filled(lambda rng, sizes: rng.random(sizes) < 0.5, shape)


def rngs() -> SearchStrategy[np.random.Generator]:
    """Sources of random numbers, each from a seed of its own."""
    return st.integers(0, 1000).map(np.random.default_rng)


def filled(
    draw_numbers: Callable[[np.random.Generator, tuple[int, ...]], np.ndarray],
    shape: tuple[Size, ...],
) -> SearchStrategy[np.ndarray]:
    """Arrays of a drawn shape, filled from a drawn seed.

    Args:
        draw_numbers: Given a source of random numbers and a shape, makes the array.
        shape: Sizes, or strategies that draw them.
    """
    sizes = [n if isinstance(n, SearchStrategy) else st.just(n) for n in shape]

    def make(drawn, seed):
        return draw_numbers(np.random.default_rng(seed), drawn)

    return st.builds(make, st.tuples(*sizes), st.integers(0, 2**16))
