"""One loop over the windows of a block, the state carried along."""

from collections.abc import Callable
from typing import NamedTuple

from seqmodels._tensorflow import keras, tf
from seqmodels.models import cards
from seqmodels.models.feeding import Block
from seqmodels.text.batches import ContiguousBatches


class Perplexity(keras.metrics.Mean):
    """The exponential of a mean of nats per token."""

    def result(self):
        return tf.exp(super().result())


class Running:
    """What a run keeps, apart from the model, whose attributes Keras would save.

    The states carried from block to block are variables, made before they are needed
    because compiled code cannot make any.
    """

    def __init__(self):
        self.workers, self.wholes = None, []
        self.perplexity = Perplexity(name="perplexity")
        self.validation_blocks = None
        self.shapes = {}
        self.states = {}

    def prepare(
        self, model: keras.Model, batches: ContiguousBatches, training: bool
    ) -> None:
        """Makes new states, and has the function compiled anew, for another shape.

        A function that saw two shapes would be compiled once more for any shape.

        Args:
            model: `LanguageModel`.
            batches: What it is to read.
            training: Whether in `fit`, by its train function, not its test function.
        """
        shape = batches.batch_size, batches.num_steps
        if self.shapes.get(training) != shape:
            self.shapes[training] = shape
            self.states[training] = cards.carried_states(model, batches.batch_size)
            make = model.make_train_function if training else model.make_test_function
            make(force=True)


class Part(NamedTuple):
    """Some streams of a block, and the states before one of its windows.

    Args:
        block: Their rows of the `Block`.
        initial: The states where a text or an epoch begins.
        states: Those after the window before.
    """

    block: Block
    initial: object
    states: object

    def window(self, n: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, object]:
        """Inputs and targets of window `n`, and the states that it goes on from."""
        # Not `x[:, n]`: XLA would compile it anew for every `n`.
        inputs, targets, starts, _ = tf.nest.map_structure(
            lambda x: tf.gather(x, n, axis=1), self.block
        )

        def choose(initial, states):
            column = [-1] + [1] * (states.shape.rank - 1)
            return tf.where(tf.reshape(starts, column), initial, states)

        states = tf.nest.map_structure(choose, self.initial, self.states)
        return inputs, targets, states


def over_windows(
    on_window: Callable,
    block: Block,
    initial: object,
    carried: list[tf.Variable],
    num_parts: int,
) -> None:
    """Calls `on_window(n, parts)` for one window after the other.

    Args:
        on_window: From the number of the window and a `Part` for each part of the
            batch to the number of the next and the new states of each part.
        block: The windows.
        initial: The states where a text or an epoch begins.
        carried: The states before the first window, flat; then those after the last.
        num_parts: In how many parts the batch is read.
    """
    states = tf.nest.pack_sequence_as(initial, [v.read_value() for v in carried])
    whole = Part(block, initial, states)
    leaves = [tf.split(leaf, num_parts) for leaf in tf.nest.flatten(whole)]
    parts = [tf.nest.pack_sequence_as(whole, p) for p in zip(*leaves, strict=True)]

    def body(n, states):
        now = [p._replace(states=s) for p, s in zip(parts, states, strict=True)]
        n, new = on_window(n, now)
        return n, tf.nest.map_structure(
            lambda state, old: tf.ensure_shape(state, old.shape), new, states
        )

    states = [part.states for part in parts]
    if block.real.shape[1] == 1:  # within a loop cards cannot exchange anything
        _, states = body(0, states)
    else:
        count = tf.reduce_sum(tf.cast(block.real[0], tf.int32))
        start = tf.constant(0), states
        _, states = tf.while_loop(
            lambda n, _: n < count, body, start, parallel_iterations=1
        )
    rows = zip(*map(tf.nest.flatten, states), strict=True)
    for variable, state in zip(carried, rows, strict=True):
        variable.assign(tf.concat(state, axis=0))
