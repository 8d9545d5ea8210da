"""Attention: looking back at everything that was read, at every step anew."""

from seqmodels._tensorflow import keras, tf
from seqmodels.layers.loop import check_mask


@keras.saving.register_keras_serializable("seqmodels")
class DotAttention(keras.layers.Layer):
    """Weighted mean of a memory, the weights from dot products with a query.

    `softmax(query · memory * scale)`: as `keras.layers.Attention`, but scaled by
    default, the mask in the open and the weights always returned. The layer has
    no weights of its own.

    Args:
        scale: Factor of the dot products; `None` for 1 / sqrt(features), which
            keeps them of one size however many features there are.

    Source: Luong et al., arXiv 1508.04025, section 3.1 ("dot"); the scale is from
    Vaswani et al., arXiv 1706.03762, section 3.2.1.
    """

    def __init__(self, *, scale: float | None = None, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale
        self.supports_masking = True

    def call(self, query, memory, mask=None):
        """Looks at the memory once for each query.

        Args:
            query: Floats, `(batch, num_queries, features)`.
            memory: Floats, `(batch, num_steps, features)`.
            mask: Booleans, `(batch, num_steps)`; a `False` step is not looked at.
                Where all steps are `False`, weights and context are zero.

        Returns:
            The context, `(batch, num_queries, features)`, and the weights,
            `(batch, num_queries, num_steps)`, which sum to 1 where there is a step.

        Raises:
            ValueError: If the shapes do not go together.
        """
        _check_shapes(query.shape, memory.shape)
        scale = query.shape[-1] ** -0.5 if self.scale is None else self.scale
        if mask is not None:
            mask = check_mask(mask, memory.shape)
            seen = mask[:, None, :]
            # Not left to its weight of zero: zero times NaN is NaN.
            memory = tf.where(mask[:, :, None], memory, tf.zeros_like(memory))
        scores = tf.matmul(query * scale, memory, transpose_b=True)
        if mask is not None:
            # Half the lowest number: -inf would turn a row without steps into NaN.
            scores = tf.where(seen, scores, scores.dtype.min / 2)
        weights = tf.nn.softmax(scores)  # (batch, num_queries, num_steps)
        if mask is not None:
            weights = tf.where(seen, weights, tf.zeros_like(weights))
        return tf.matmul(weights, memory), weights

    def compute_mask(self, query, memory=None, mask=None):
        return None, None

    def get_config(self) -> dict:
        return {**super().get_config(), "scale": self.scale}


def _check_shapes(query, memory):
    for name, shape, steps in [
        ("query", query, "num_queries"),
        ("memory", memory, "num_steps"),
    ]:
        if len(shape) != 3:
            raise ValueError(
                f"`{name}` must have shape (batch, {steps}, features); "
                f"got {tuple(shape)}."
            )
    expected = tf.TensorShape([query[0], None, query[2]])
    if not expected.is_compatible_with(memory):
        raise ValueError(
            "`memory` must have the batch and the features of `query`, "
            f"{tuple(query)}; got {tuple(memory)}."
        )
