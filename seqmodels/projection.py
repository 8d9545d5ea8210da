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
    x = tf.transpose(inputs, [1, 0, 2])  # (num_steps, batch, features)
    # As a matrix: the gradient of a product of three axes is one product per step.
    flat = tf.matmul(tf.reshape(x, [-1, x.shape[-1]]), kernel) + bias
    gates = tf.reshape(flat, [*_shape(x)[:2], kernel.shape[-1]])
    return tf.ensure_shape(gates, [*x.shape[:2], kernel.shape[-1]])


def _rows(kernel, ids):
    """Rows of the kernel; their gradients are added up in single precision."""

    @tf.custom_gradient
    def look_up(kernel):
        def gradient(d_rows):
            flat = tf.cast(tf.reshape(d_rows, [-1, kernel.shape[-1]]), tf.float32)
            if kernel.dtype == tf.float64:
                flat = tf.reshape(d_rows, [-1, kernel.shape[-1]])
            rows = tf.reshape(ids, [-1])
            d_kernel = tf.math.unsorted_segment_sum(flat, rows, kernel.shape[0])
            return tf.cast(d_kernel, kernel.dtype)

        return tf.gather(kernel, ids), gradient

    return look_up(kernel)


def _shape(x):
    known, actual = x.shape.as_list(), tf.shape(x)
    return [actual[n] if size is None else size for n, size in enumerate(known)]
