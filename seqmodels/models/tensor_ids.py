"""Ids as the models take them: tensors, checked where their values can be seen."""

from seqmodels._tensorflow import tf
from seqmodels.text.checks import check_ids


def check_id_tensor(name: str, ids: object, vocab_size: int) -> tf.Tensor:
    """Returns `ids` as an `int32` tensor, or raises if a model cannot read them.

    Args:
        name: What to call them in the message.
        ids: Integers, `(batch, num_steps)`.
        vocab_size: Ids run from 0 to this, exclusive.

    Raises:
        TypeError: If the ids are not integers.
        ValueError: If the shape does not fit, there are no steps, or an id is out
            of range (seen outside compiled code only).
    """
    ids = tf.convert_to_tensor(ids)
    if not ids.dtype.is_integer:
        raise TypeError(f"`{name}` must be integers; got {ids.dtype.name}.")
    if ids.shape.rank != 2:
        raise ValueError(
            f"`{name}` must have shape (batch, num_steps); got {tuple(ids.shape)}."
        )
    if ids.shape[1] == 0:
        raise ValueError(f"`{name}` must have at least one step; got none.")
    if tf.executing_eagerly():
        check_ids(name, ids.numpy(), vocab_size)
    if ids.dtype not in (tf.uint8, tf.int8, tf.uint16, tf.int16, tf.int32):
        # What does not fit stays outside; a cast alone would wrap it to an id.
        ids = tf.clip_by_value(tf.cast(ids, tf.int64), -1, vocab_size)
    return tf.cast(ids, tf.int32)


def nan_outside(x: tf.Tensor, ids: tf.Tensor, vocab_size: int) -> tf.Tensor:
    """`x`, `(batch, num_steps, size)`, but NaN where an id is not in the vocabulary.

    Compiled code cannot raise; a loss that is NaN is at least no better loss.
    """
    inside = ((ids >= 0) & (ids < vocab_size))[..., None]
    return tf.where(inside, x, tf.constant(float("nan"), x.dtype))
