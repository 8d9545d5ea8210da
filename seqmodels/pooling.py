"""From the outputs of all steps to one vector for the whole sequence."""

from seqmodels._tensorflow import keras, tf


@keras.saving.register_keras_serializable("seqmodels")
class MaskedMean(keras.layers.Layer):
    """Mean over the steps that are not masked; zeros if all are.

    `keras.layers.GlobalAveragePooling1D` divides by the number of steps, which makes
    a sequence of nothing but padding NaN, and with it the gradient of its batch.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        """Takes the mean over time.

        Args:
            inputs: Floats, `(batch, num_steps, features)`.
            mask: Booleans, `(batch, num_steps)`; `None` counts every step.

        Returns:
            `(batch, features)`.

        Raises:
            ValueError: If `inputs` does not have three dimensions.
        """
        if len(inputs.shape) != 3:
            raise ValueError(
                "`inputs` must have shape (batch, num_steps, features); "
                f"got {tuple(inputs.shape)}."
            )
        if mask is None:
            return tf.reduce_mean(inputs, axis=1)
        # Not a product: what stands at a masked step may be NaN.
        kept = tf.where(mask[:, :, None], inputs, tf.zeros_like(inputs))
        count = tf.reduce_sum(tf.cast(mask, inputs.dtype), axis=1, keepdims=True)
        return tf.reduce_sum(kept, axis=1) / tf.maximum(count, 1)

    def compute_mask(self, inputs, mask=None):
        return None

    def compute_output_shape(self, input_shape):
        return input_shape[0], input_shape[2]
