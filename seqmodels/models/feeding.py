"""Blocks of text windows, the form in which texts are fed to compiled code.

A block is `(inputs, targets, starts, real)`: the ids of some windows, `(batch,
windows, num_steps)`, and their targets; whether the state starts anew before a window,
`(batch, windows)`; and which windows count, alike: those behind are padding. The
batch is the first axis of all four, so that `tf.distribute` divides what it should.
"""

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
    ids = tf.constant(batches.ids)
    streams = tf.range(batches.batch_size, dtype=tf.int64) * batches.stream_length
    steps = tf.range(batches.num_steps, dtype=tf.int64)
    within = tf.range(WINDOWS_PER_CALL, dtype=tf.int64)

    def block(start):
        windows = (epoch * steps_per_epoch + start + within) % len(batches)
        where = streams[:, None, None] + windows[:, None] * batches.num_steps + steps
        starts = (windows == 0) | (start + within == 0)
        real = start + within < steps_per_epoch
        flags = (tf.tile(flag[None], [len(streams), 1]) for flag in (starts, real))
        return Block(tf.gather(ids, where), tf.gather(ids, where + 1), *flags)

    return tf.data.Dataset.range(0, steps_per_epoch, WINDOWS_PER_CALL).map(block)
