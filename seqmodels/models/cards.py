"""Training on several cards of one machine: what is other under `MirroredStrategy`.

There Keras' `fit` calls the train function once for each card, on its rows of a block,
and gathers what they say. What the cards exchange must not stand in a loop of compiled
code, so a block is one window.
"""

from collections.abc import Sequence

from seqmodels._tensorflow import keras, tf
from seqmodels.models import feeding
from seqmodels.text.batches import ContiguousBatches


def windows_per_call(model: keras.Model) -> int:
    """How many windows one call into compiled code reads."""
    return 1 if model._distribute_strategy else feeding.WINDOWS_PER_CALL


def check_divides(name: str, batches: ContiguousBatches, model: keras.Model) -> None:
    """Raises if the streams cannot be divided among the cards.

    Raises:
        ValueError: If so.
    """
    strategy = model._distribute_strategy
    number = strategy.num_replicas_in_sync if strategy else 1
    if batches.batch_size % number:
        raise ValueError(
            f"The batch size of `{name}` must be a multiple of the number of cards, "
            f"{number}; got {batches.batch_size}."
        )


def carried_states(model: keras.Model, batch_size: int) -> list[tf.Variable]:
    """Variables for the states carried on, flat; each card has its own rows."""
    strategy, options = model._distribute_strategy, {}
    if strategy:
        batch_size //= strategy.num_replicas_in_sync
        options["synchronization"] = tf.VariableSynchronization.ON_READ
    states = tf.nest.flatten(model.initial_states(batch_size))
    with (strategy or tf.distribute.get_strategy()).scope():
        return [tf.Variable(state, trainable=False, **options) for state in states]


def own_number(model: keras.Model) -> int:
    """The number of the card that this is computed on, within a train function."""
    if not model._distribute_strategy:
        return 0
    number = tf.distribute.get_replica_context().replica_id_in_sync_group
    return tf.get_static_value(number)  # the tensor itself stands in another graph


def mean(model: keras.Model, gradients: Sequence[tf.Tensor]) -> list[tf.Tensor]:
    """The gradients' mean over all cards, to be applied by each.

    Keras adds them up after each card has clipped its own, which is other than
    clipping their mean; here the mean comes first, and there is nothing left to add.
    """
    for optimizer in (model.optimizer, getattr(model.optimizer, "inner_optimizer", 0)):
        if optimizer:
            optimizer._all_reduce_sum_gradients = lambda pairs: pairs
    context, found = tf.distribute.get_replica_context(), list(gradients)
    dense = [n for n, x in enumerate(found) if not isinstance(x, tf.IndexedSlices)]
    means = context.all_reduce("MEAN", [found[n] for n in dense])
    for n, value in zip(dense, means, strict=True):
        found[n] = value
    return [_gathered(x, context) for x in found]


def _gathered(gradient, context):
    """Rows' gradients stay such, as on one card, for they are clipped as they are."""
    if not isinstance(gradient, tf.IndexedSlices):
        return gradient
    values = context.all_gather(gradient.values, axis=0) / context.num_replicas_in_sync
    indices = context.all_gather(gradient.indices, axis=0)
    return tf.IndexedSlices(values, indices, gradient.dense_shape)
