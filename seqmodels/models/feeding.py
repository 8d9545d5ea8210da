"""Blocks of text windows, the form in which `CharLM` feeds them to compiled code.

A block is `(inputs, targets, resets, count)`: windows of ids, `(windows, batch,
num_steps)`, the targets alike, whether the state is set to zero before a window,
`(windows,)`, and how many windows count; those behind are padding.
"""

from seqmodels._tensorflow import keras, tf

# Windows that one call into compiled code trains on: enough to hide the cost of
# the call, few enough for a bar that moves and a loop that can be stopped.
WINDOWS_PER_CALL = 100


class EpochPosition(keras.callbacks.Callback):
    """Keeps the number of the epoch that `fit` is in, also after a resumption."""

    def __init__(self):
        super().__init__()
        self.epoch = tf.Variable(0, dtype=tf.int64, trainable=False)

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch.assign(epoch)


def training_blocks(batches, steps_per_epoch, position):
    """One epoch of blocks, a `tf.data.Dataset` that can be iterated again.

    Written in TensorFlow's operations throughout: a Python generator in the
    pipeline slowed the compiled training beside it by a third.

    Args:
        batches: `ContiguousBatches`.
        steps_per_epoch: Windows in an epoch; the text starts over at its end.
        position: `EpochPosition`, read when the epoch starts.
    """
    windows = _windows(batches)
    within = tf.range(WINDOWS_PER_CALL, dtype=tf.int64)

    def block(start):
        first = position.epoch * steps_per_epoch + start
        indices = (first + within) % len(batches)
        resets = (indices == 0) | (start + within == 0)
        count = tf.minimum(WINDOWS_PER_CALL, tf.cast(steps_per_epoch - start, tf.int32))
        return *windows(indices), resets, count

    return tf.data.Dataset.range(0, steps_per_epoch, WINDOWS_PER_CALL).map(block)


def evaluation_block(batches):
    """The whole text as one block, in a `tf.data.Dataset`."""
    count = len(batches)
    windows = _windows(batches)(tf.range(count, dtype=tf.int64))
    block = (*windows, tf.zeros(count, tf.bool), tf.constant(count))
    return tf.data.Dataset.from_tensors(block)


def _windows(batches):
    """A function from windows' numbers to their inputs and targets."""
    ids = tf.constant(batches.ids)
    rows = tf.range(batches.batch_size, dtype=tf.int64) * batches.stream_length
    steps = tf.range(batches.num_steps, dtype=tf.int64)

    def windows(indices):
        where = indices[:, None, None] * batches.num_steps + rows[:, None] + steps
        return tf.gather(ids, where), tf.gather(ids, where + 1)

    return windows
