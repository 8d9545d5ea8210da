"""What is computed of a window of text, by parts of the batch or of all of it."""

import contextlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

from seqmodels._tensorflow import keras, tf
from seqmodels.models.compiled import use_xla
from seqmodels.models.windows import Part

# A batch of this many rows or more is read as two halves, where XLA compiles for a CPU:
# they do not depend on each other until the weights change, so two cores can each take
# one for as long as that.
MIN_ROWS_TO_HALVE = 8


class Reading(NamedTuple):
    """What a part of a window yields.

    Args:
        loss: Mean over its tokens, in nats, with what layers and weights add.
        nll: The same without.
        logits: `(rows, num_steps, vocab_size)`.
        states: Those after it.
        gradients: By the trainable variables; none if not training.
        others: New values of the variables that are not trained; `None` for those
            that stay.
    """

    loss: tf.Tensor
    nll: tf.Tensor
    logits: tf.Tensor
    states: object
    gradients: Sequence
    others: Sequence


def num_parts(model: keras.Model, batch_size: int | None) -> int:
    """In how many parts a model reads a batch; one if its size is not known."""
    several = (
        batch_size
        and batch_size >= MIN_ROWS_TO_HALVE
        and batch_size % 2 == 0
        and model.jit_compile
        and use_xla()
        # What is neither trained nor a seed may be a statistic of the whole batch.
        and not model.non_trainable_weights
        # Older Keras sums it over the batch; the mean of two halves would be another.
        and not any(layer.activity_regularizer for layer in model._flatten_layers())
    )
    return 2 if several else 1


def reader(model: keras.Model, training: bool) -> Callable:
    """A function that changes no variable, so that two of its calls need not wait.

    Returns:
        `read(n, number, *part)`, from the number of the window, that of the part and
        the `Part` to a `Reading`.
    """

    def read(n, number, *part):
        inputs, targets, states = Part(*part).window(n)
        trained, others = model.trainable_variables, model.non_trainable_variables
        with tf.GradientTape() if training else contextlib.nullcontext() as tape:
            mapping = [(v, v.value) for v in trained] + _others(model, number)
            with keras.StatelessScope(mapping, collect_losses=True) as scope:
                before = [scope.get_current_value(v) for v in others]
                logits, states = model(inputs, states, training=training)
                nll = cross_entropy(targets, logits)
                loss = model.compute_loss(inputs, targets, logits, training=training)
                after = [scope.get_current_value(v) for v in others]
            scaled = model.optimizer.scale_loss(loss) if training else None
        gradients = tape.gradient(scaled, trained) if training else []
        pairs = zip(before, after, strict=True)
        new = [None if value is old else value for old, value in pairs]
        new = _without_number(model, new, number)
        return Reading(loss, nll, logits, states, gradients, new)

    return read


def _others(model, number):
    """Values of what is not trained; to each part of a batch other random seeds."""
    states = {id(v) for v in model.non_trainable_weights}

    def value(variable):
        if id(variable) in states:
            return variable.value
        # A seed and how often it was used; the first is hashed.
        return variable + tf.cast(tf.stack([number, 0]), variable.dtype)

    return [(v, value(v)) for v in model.non_trainable_variables]


def _without_number(model, values, number):
    """New values such that the next seeds are the same for all parts again."""
    states = {id(v) for v in model.non_trainable_weights}
    pairs = zip(model.non_trainable_variables, values, strict=True)
    return [
        value
        if value is None or id(v) in states
        else value - tf.cast(tf.stack([number, 0]), value.dtype)
        for v, value in pairs
    ]


def concluder(model: keras.Model) -> Callable:
    """A function that updates weights and metrics once a window has been read.

    Returns:
        `conclude(n, blocks, readings, gradients=None)`, from the number of the window
        and what its parts are of and have yielded to the number of the next. Whatever
        reads that one needs its number, so it finds everything updated. The gradients
        are those of other workers too, where there are any.
    """

    def conclude(n, blocks, readings, gradients=None):
        loss, nll, logits, *_, others = zip(*readings, strict=True)
        if gradients is None:
            gradients = mean_gradients(readings)
        if gradients:
            model.optimizer.apply(gradients, model.trainable_variables)
        pairs = zip(model.non_trainable_variables, others[0], strict=True)
        for variable, value in pairs:
            if value is not None:
                variable.assign(value)
        values = {"loss": _mean(loss), "perplexity": _mean(nll)}
        for metric in model.metrics:
            if metric.name in values:
                metric.update_state(values[metric.name])
        inputs, targets, *_ = tf.nest.map_structure(
            lambda *parts: tf.concat([tf.gather(x, n, axis=1) for x in parts], 0),
            *blocks,
        )
        model.compute_metrics(inputs, targets, tf.concat(logits, axis=0))
        return n + 1

    return conclude


def mean_gradients(readings: Sequence[Reading]) -> list:
    """The mean over the parts of a batch, by the trainable variables."""
    parts = zip(*(reading.gradients for reading in readings), strict=True)
    return [_mean(of_one) for of_one in parts]


def _mean(parts):
    if parts[0] is None:
        return None
    if isinstance(parts[0], tf.IndexedSlices):  # gradients of an embedding's rows
        values = tf.concat([part.values for part in parts], 0) / len(parts)
        indices = tf.concat([part.indices for part in parts], 0)
        return tf.IndexedSlices(values, indices, parts[0].dense_shape)
    return tf.add_n(parts) / len(parts)


def cross_entropy(targets: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Mean over all tokens, in nats."""
    nll = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=targets, logits=tf.cast(logits, tf.float32)
    )
    return tf.reduce_mean(nll)
