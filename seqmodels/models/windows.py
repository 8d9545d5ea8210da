"""One loop of compiled code over the windows of a block, the state carried along."""

from collections.abc import Callable

from seqmodels._tensorflow import keras, tf
from seqmodels.models.feeding import Block
from seqmodels.text.batches import ContiguousBatches


class Perplexity(keras.metrics.Mean):
    """The exponential of a mean of nats per token."""

    def result(self):
        return tf.exp(super().result())


class Running:
    """What a run keeps that belongs in no file: Keras saves a model's own attributes.

    The states carried from block to block are variables, made before they are needed
    because compiled code cannot make any.
    """

    def __init__(self):
        self.perplexity = Perplexity(name="perplexity")
        self.shapes = {}
        self.states = {}

    def prepare(
        self, make_function: Callable, model: keras.Model, batches: ContiguousBatches
    ) -> None:
        """Makes new states, and has the function compiled anew, for another shape.

        A function that saw two shapes would be compiled once more for any shape.

        Args:
            make_function: The model's `make_train_function` or `make_test_function`.
            model: `LanguageModel`.
            batches: What the function is to read.
        """
        what_for = make_function.__name__
        shape = batches.batch_size, batches.num_steps
        if self.shapes.get(what_for) != shape:
            self.shapes[what_for] = shape
            states = tf.nest.flatten(model.initial_states(batches.batch_size))
            self.states[what_for] = [tf.Variable(s, trainable=False) for s in states]
            make_function(force=True)


def over_windows(
    on_window: Callable, block: Block, initial: object, carried: list[tf.Variable]
) -> None:
    """Calls `on_window(inputs, targets, states)` for one window after the other.

    Args:
        on_window: Returns the new states.
        block: The windows.
        initial: The states where a text or an epoch begins.
        carried: The states before the first window, flat; then those after the last.
    """

    def body(n, states):
        starts = block.starts[:, n]
        states = tf.nest.map_structure(
            lambda first, old: tf.where(_column(starts, old), first, old),
            initial,
            states,
        )
        new = on_window(block.inputs[:, n], block.targets[:, n], states)
        return n + 1, tf.nest.map_structure(
            lambda state, old: tf.ensure_shape(state, old.shape), new, states
        )

    count = tf.reduce_sum(tf.cast(block.real[0], tf.int32))
    states = tf.nest.pack_sequence_as(initial, [v.read_value() for v in carried])
    _, states = tf.while_loop(lambda n, _: n < count, body, (tf.constant(0), states))
    for variable, state in zip(carried, tf.nest.flatten(states), strict=True):
        variable.assign(state)


def _column(flags, like):
    """Flags `(batch,)` with as many axes as a state has."""
    return tf.reshape(flags, [-1] + [1] * (like.shape.rank - 1))
