"""The inputs' part of a recurrent layer's gates, for all steps in one product."""

from seqmodels._tensorflow import tf


def project(inputs, kernel, bias):
    """Multiplies the inputs of all steps by the kernel, and adds the bias.

    Args:
        inputs: Floats, `(batch, num_steps, features)`; or integers, `(batch,
            num_steps)`, that stand for one-hot vectors: such a vector times a
            matrix is a row of the matrix, so rows are looked up.
        kernel: `(features, size)`.
        bias: `(size,)`.

    Returns:
        Floats, time first: `(num_steps, batch, size)`.
    """
    kernel, bias = tf.convert_to_tensor(kernel), tf.convert_to_tensor(bias)
    if inputs.dtype.is_integer:
        return _rows(kernel, tf.transpose(inputs)) + bias
    # Not `matmul`: with three axes its gradient is one product per step.
    return tf.tensordot(tf.transpose(inputs, [1, 0, 2]), kernel, axes=1) + bias


def _rows(kernel, ids):
    """Rows of the kernel; their gradients are added up in no less than 32 bits."""

    @tf.custom_gradient
    def look_up(kernel):
        def gradient(d_rows):
            dtype = tf.float64 if kernel.dtype == tf.float64 else tf.float32
            d_rows = tf.cast(d_rows, dtype)
            d_kernel = tf.math.unsorted_segment_sum(d_rows, ids, kernel.shape[0])
            return tf.cast(d_kernel, kernel.dtype)

        return tf.gather(kernel, ids), gradient

    return look_up(kernel)
