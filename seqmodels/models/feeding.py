"""Blocks of text windows, the form in which texts are fed to compiled code.

A block is `(inputs, targets, starts, real)`: the ids of some windows, `(batch,
windows, num_steps)`, or a tuple of them and their features, and their targets; whether
the state starts anew before a window, `(batch, windows)`; and, of the same shape, which
windows count: the others fill up the last block. The batch is the first axis of all
four, so that `tf.distribute` divides what it should.
"""

from typing import NamedTuple

from seqmodels._tensorflow import keras, tf
from seqmodels.models.compiled import graph_function
from seqmodels.text.batches import ContiguousBatches

# Windows that one call into compiled code trains on: enough to hide the cost of
# the call, few enough for a bar that moves and a loop that can be stopped.
WINDOWS_PER_CALL = 100


class Block(NamedTuple):
    """Some windows of a text, one after the other, in parallel streams."""

    inputs: tf.Tensor | tuple[tf.Tensor, ...]
    targets: tf.Tensor
    starts: tf.Tensor
    real: tf.Tensor


class FirstEpoch(keras.callbacks.Callback):
    """Keeps the number of the epoch that `fit` begins with, also after a resumption."""

    def __init__(self):
        super().__init__()
        self.epoch = tf.Variable(0, dtype=tf.int64, trainable=False)
        self._begun = False

    def on_epoch_begin(self, epoch, logs=None):
        if not self._begun:
            self.epoch.assign(epoch)
        self._begun = True


def evaluation_blocks(batches: ContiguousBatches, windows: int) -> tf.data.Dataset:
    """The whole text once, from its start, in blocks of so many windows."""
    start = tf.constant(0, tf.int64)
    blocks, count = training_blocks(batches, len(batches), start, windows)
    return blocks.take(count)


def training_blocks(
    batches: ContiguousBatches,
    steps_per_epoch: int,
    first_epoch: tf.Variable,
    windows: int,
) -> tuple[tf.data.Dataset, int]:
    """The blocks of one epoch after the other, without end, and how many one has.

    Args:
        batches: The text.
        steps_per_epoch: Windows in an epoch; the text starts over at its end.
        first_epoch: `int64`, read when the first block is needed.
        windows: In a block.
    """
    # In TensorFlow's operations throughout: a Python generator in the pipeline
    # slowed the compiled training beside it by a third.
    sizes = batches.stream_length, len(batches), steps_per_epoch
    text = [tf.constant(array) for array in (batches.ids, *batches.features)]
    text = text, *(tf.constant(size, tf.int64) for size in sizes)
    shape = batches.batch_size, windows, batches.num_steps
    options = tf.data.Options()
    # Tuned, every third `fit` or so ended late, by up to as long as it had run: the
    # tuner sleeps for periods that double, and what wakes it when it is to end comes
    # before the flag that it then looks at (TensorFlow's cancellation.cc, model.cc).
    options.autotune.enabled = False
    blocks = tf.data.Dataset.counter().with_options(options)
    blocks = blocks.map(lambda number: _block(number, first_epoch, *text, shape))
    return blocks, -(-steps_per_epoch // windows)


@graph_function
def _block(
    number, first_epoch, text, stream_length, num_windows, steps_per_epoch, shape
):
    # Apart, so that it is traced once for a shape and not in every `fit`.
    batch_size, windows_per_call, num_steps = shape
    streams = tf.range(batch_size, dtype=tf.int64) * stream_length
    steps = tf.range(num_steps, dtype=tf.int64)
    blocks_per_epoch = -(-steps_per_epoch // windows_per_call)
    epoch = first_epoch + number // blocks_per_epoch
    within = number % blocks_per_epoch * windows_per_call
    within += tf.range(windows_per_call, dtype=tf.int64)
    windows = (epoch * steps_per_epoch + within) % num_windows
    where = streams[:, None, None] + windows[:, None] * num_steps + steps
    starts = (windows == 0) | (within == 0)
    flags = (
        tf.tile(flag[None], [batch_size, 1])
        for flag in (starts, within < steps_per_epoch)
    )
    ids, *features = (tf.gather(part, where) for part in text)
    inputs = (ids, *features) if features else ids
    return Block(inputs, tf.gather(text[0], where + 1), *flags)
