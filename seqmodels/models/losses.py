"""Loss and metric of padded sequences, for Keras' `compile`."""

from seqmodels._tensorflow import keras, tf
from seqmodels.models.tensor_ids import nan_outside

PAD = 0  # the id that fills up a row; neither read nor counted


@keras.saving.register_keras_serializable("seqmodels")
def masked_cross_entropy(targets: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Cross-entropy of each target, scaled so that the mean leaves out padding.

    Args:
        targets: Ids, `(batch, num_steps)`, padded with 0.
        logits: `(batch, num_steps, vocab_size)`.

    Returns:
        `(batch, num_steps)`, in nats; zero at padding, NaN for a target outside the
        vocabulary. Keras takes the mean.

    Raises:
        ValueError: If the shapes do not fit together.
    """
    _check_shapes(targets, logits)
    given = tf.cast(targets, tf.float64)  # Keras hands floats; a cast to ids may wrap
    targets = tf.cast(targets, tf.int32)
    log_probs = tf.nn.log_softmax(tf.cast(logits, tf.float32))
    # TensorFlow's own sparse cross-entropy warns under XLA of a check it leaves out.
    chosen = tf.one_hot(targets, logits.shape[-1], dtype=log_probs.dtype)
    nll = -tf.reduce_sum(chosen * log_probs, axis=-1)
    nll = nan_outside(nll[..., None], given, logits.shape[-1])[..., 0]
    real = tf.cast(targets != PAD, tf.float32)
    return nll * real / tf.maximum(tf.reduce_mean(real), 1e-9)


@keras.saving.register_keras_serializable("seqmodels")
def masked_exact_match(targets: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Whether each row's likeliest ids are its targets, padding left out: `(batch,)`.

    Args:
        targets: Ids, `(batch, num_steps)`, padded with 0.
        logits: `(batch, num_steps, vocab_size)`.

    Raises:
        ValueError: If the shapes do not fit together.
    """
    _check_shapes(targets, logits)
    targets = tf.cast(targets, tf.int32)
    right = tf.argmax(logits, axis=-1, output_type=tf.int32) == targets
    return tf.cast(tf.reduce_all(right | (targets == PAD), axis=-1), tf.float32)


def _check_shapes(targets, logits):
    # TensorFlow's `==` calls sequences of unequal lengths unequal, and goes on.
    found, wanted = tf.TensorShape(targets.shape), tf.TensorShape(logits.shape)[:-1]
    if not found.is_compatible_with(wanted):
        raise ValueError(
            "`targets` must have the shape of `logits` without its last axis, "
            f"{wanted}; got {found}."
        )
