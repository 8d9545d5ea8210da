"""From the outputs of all steps to one vector for the whole sequence."""

from seqmodels._tensorflow import keras, tf
from seqmodels.layers.loop import check_mask


@keras.saving.register_keras_serializable("seqmodels")
class MeanMaxPooling(keras.layers.Layer):
    """Mean and largest value over the steps that are not masked; zeros if all are.

    The mean says how much of something there is, the maximum whether it is there at
    all. `keras.layers.GlobalAveragePooling1D` divides by the number of steps, which
    makes a sequence of nothing but padding NaN, and with it the gradient of its batch;
    `keras.layers.GlobalMaxPooling1D` does not look at the mask.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        """Pools over time.

        Args:
            inputs: Floats, `(batch, num_steps, features)`.
            mask: Booleans, `(batch, num_steps)`; `None` counts every step.

        Returns:
            `(batch, 2 * features)`: the means, then the maxima.

        Raises:
            ValueError: If `inputs` does not have three dimensions, or the mask does
                not fit them.
        """
        if len(inputs.shape) != 3:
            raise ValueError(
                "`inputs` must have shape (batch, num_steps, features); "
                f"got {tuple(inputs.shape)}."
            )
        if mask is None:
            mask = tf.ones(tf.shape(inputs)[:2], tf.bool)
        mask = check_mask(mask, inputs.shape)[:, :, None]
        # Not a product: what stands at a masked step may be NaN.
        kept = tf.where(mask, inputs, tf.zeros_like(inputs))
        count = tf.reduce_sum(tf.cast(mask, inputs.dtype), axis=1)
        mean = tf.reduce_sum(kept, axis=1) / tf.maximum(count, 1)
        lowest = tf.fill(tf.shape(inputs), inputs.dtype.min)
        top = tf.reduce_max(tf.where(mask, inputs, lowest), axis=1)
        top = tf.where(count > 0, top, tf.zeros_like(top))
        return tf.concat([mean, top], axis=-1)

    def compute_mask(self, inputs, mask=None):
        return None

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return input_shape[0], 2 * input_shape[2]
