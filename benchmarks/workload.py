"""What every contender is given: sizes, text and first weights. NumPy alone."""

from typing import NamedTuple

import numpy as np

BATCH_SIZE = 64
LEARNING_RATE = 1.0
CLIP_NORM = 1.25
NUM_LETTERS = 500  # of one call that writes


class Size(NamedTuple):
    """A model and the windows of text that it is trained on.

    Args:
        units: Size of the LSTM's state.
        num_steps: Characters in a window of one stream.
        vocab_size: Number of inputs and of outputs.
        block: Windows that a compiled loop takes at once, for those that have one.
        num_windows: Length of the text: more than a turn of the fastest reads.
    """

    units: int
    num_steps: int
    vocab_size: int
    block: int
    num_windows: int

    @property
    def window_chars(self):
        return BATCH_SIZE * self.num_steps


def named(*sizes):
    return {f"{size.units}/{size.num_steps}": size for size in sizes}


ON_CPU = named(
    Size(64, 10, 27, block=100, num_windows=8000),
    Size(128, 20, 27, block=50, num_windows=2000),
    Size(256, 25, 729, block=10, num_windows=300),
    Size(512, 50, 27, block=5, num_windows=60),
)
ON_CARD = named(  # long windows, as whoever has a card would take
    Size(128, 100, 27, block=50, num_windows=1000),
    Size(512, 100, 27, block=50, num_windows=600),
    Size(1024, 100, 27, block=50, num_windows=300),
)
SIZES = ON_CPU | ON_CARD


def make_text(size):
    """Ids of a text that can be learnt: each lies one to three after the one before.

    Were they independent, no weights would beat the outputs' frequencies, and a
    wrong gradient could hide behind a loss that stands still.
    """
    rng = np.random.default_rng(1)
    num_ids = size.num_windows * size.window_chars + 1
    return (np.cumsum(rng.integers(1, 4, num_ids)) % size.vocab_size).astype(np.int32)


def make_windows(size):
    """The same text as windows: inputs and targets, each `(windows, batch, steps)`."""
    ids = make_text(size)
    inputs, targets = (
        part.reshape(BATCH_SIZE, size.num_windows, size.num_steps).swapaxes(0, 1)
        for part in (ids[:-1], ids[1:])
    )
    return np.ascontiguousarray(inputs), np.ascontiguousarray(targets)


def make_weights(size):
    """First weights by name, in Keras' layout: gates i, f, g, o side by side.

    Biases are not zero: a gate in the wrong place must show in the loss.
    """
    rng = np.random.default_rng(2)
    units, vocab_size = size.units, size.vocab_size

    def normal(*shape, scale):
        return rng.normal(0, scale, shape).astype(np.float32)

    return {
        "kernel": normal(vocab_size, 4 * units, scale=0.3),
        "recurrent_kernel": normal(units, 4 * units, scale=0.5 / units**0.5),
        "bias": normal(4 * units, scale=0.3),
        "classifier": normal(units, vocab_size, scale=1 / units**0.5),
        "classifier_bias": normal(vocab_size, scale=0.1),
    }
