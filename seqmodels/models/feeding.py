"""Blocks of text windows, the form in which texts are fed to compiled code.

A block is `(inputs, targets, starts, real)`: the ids of some windows, `(batch,
windows, num_steps)`, and their targets; whether the state starts anew before a window,
`(batch, windows)`; and which windows count, alike: those behind are padding. The
batch is the first axis of all four, so that `tf.distribute` divides what it should.
"""

import functools
from typing import NamedTuple

from seqmodels._tensorflow import keras, tf
from seqmodels.text.batches import ContiguousBatches

# Windows that one call into compiled code trains on: enough to hide the cost of
# the call, few enough for a bar that moves and a loop that can be stopped.
WINDOWS_PER_CALL = 100


class Block(NamedTuple):
    """Some windows of a text, one after the other, in parallel streams."""

    inputs: tf.Tensor
    targets: tf.Tensor
    starts: tf.Tensor
    real: tf.Tensor


class EpochPosition(keras.callbacks.Callback):
    """Keeps the number of the epoch that `fit` is in, also after a resumption."""

    def __init__(self):
        super().__init__()
        self.epoch = tf.Variable(0, dtype=tf.int64, trainable=False)

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch.assign(epoch)


def training_blocks(
    batches: ContiguousBatches, steps_per_epoch: int, position: EpochPosition
) -> tf.data.Dataset:
    """One epoch of blocks, a `tf.data.Dataset` that can be iterated again.

    Args:
        batches: The text.
        steps_per_epoch: Windows in an epoch; the text starts over at its end.
        position: Read when the epoch starts.
    """
    return _blocks(batches, steps_per_epoch, position.epoch)


def evaluation_blocks(batches: ContiguousBatches) -> tf.data.Dataset:
    """The whole text once, from its start."""
    return _blocks(batches, len(batches), tf.constant(0, tf.int64))


def _blocks(batches, steps_per_epoch, epoch):
    # In TensorFlow's operations throughout: a Python generator in the pipeline
    # slowed the compiled training beside it by a third.
    sizes = batches.stream_length, len(batches), steps_per_epoch
    text = tf.constant(batches.ids), *(tf.constant(size, tf.int64) for size in sizes)
    shape = batches.batch_size, WINDOWS_PER_CALL, batches.num_steps
    starts = tf.data.Dataset.range(0, steps_per_epoch, WINDOWS_PER_CALL)
    return starts.map(lambda start: _block(start, epoch, *text, shape))


@functools.partial(tf.function, reduce_retracing=True, autograph=False)
def _block(start, epoch, ids, stream_length, num_windows, steps_per_epoch, shape):
    # Apart, so that it is traced once for a shape and not in every `fit`.
    batch_size, windows_per_call, num_steps = shape
    streams = tf.range(batch_size, dtype=tf.int64) * stream_length
    steps = tf.range(num_steps, dtype=tf.int64)
    within = start + tf.range(windows_per_call, dtype=tf.int64)
    windows = (epoch * steps_per_epoch + within) % num_windows
    where = streams[:, None, None] + windows[:, None] * num_steps + steps
    starts = (windows == 0) | (within == 0)
    flags = (
        tf.tile(flag[None], [batch_size, 1])
        for flag in (starts, within < steps_per_epoch)
    )
    return Block(tf.gather(ids, where), tf.gather(ids, where + 1), *flags)
