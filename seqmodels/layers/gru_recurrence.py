"""The GRU's loop over time, with its gradient written by hand."""

from seqmodels._tensorflow import tf
from seqmodels.layers.recurrence import loop


def gru_sequence(x_gates, h, recurrent_kernel, recurrent_bias, mask=None):
    """Runs a GRU over a sequence whose inputs are already projected.

    Differentiable in its first four arguments. As in `lstm_sequence`, the gradient
    is backpropagation through time with the weights' gradients formed once, at the
    end, from those of all steps.

    Args:
        x_gates: Input part of the gates z, r, h: `(num_steps, batch, 3 units)`.
        h: State before the first step, `(batch, units)`.
        recurrent_kernel: `(units, 3 units)`.
        recurrent_bias: `(3 units,)`, added to the product of `h`.
        mask: Booleans, `(num_steps, batch, 1)`, or `None`; a `False` step leaves
            the state as it was.

    Returns:
        The states of all steps, `(num_steps, batch, units)`, and the last one.
    """
    keep = None if mask is None else tf.cast(mask, x_gates.dtype)
    units = recurrent_kernel.shape[0]

    @tf.custom_gradient
    def run(x_gates, h, recurrent_kernel, recurrent_bias):
        gates, hs = _forward(x_gates, h, recurrent_kernel, recurrent_bias, keep)

        def gradient(d_hs, d_h):
            h_before = tf.concat([h[None], hs[:-1]], axis=0)
            d_gates, d_h = _backward(gates, h_before, recurrent_kernel, keep, d_hs, d_h)
            d_inner = _behind_reset(d_gates, gates[..., units : 2 * units])
            # One product over all steps: (units, steps * batch) x (steps * batch, 3u)
            d_recurrent_kernel = tf.matmul(
                tf.reshape(h_before, [-1, units]),
                tf.reshape(d_inner, [-1, 3 * units]),
                transpose_a=True,
            )
            return d_gates, d_h, d_recurrent_kernel, tf.reduce_sum(d_inner, [0, 1])

        return (hs, hs[-1]), gradient

    return run(x_gates, h, recurrent_kernel, recurrent_bias)


def _behind_reset(d_gates, r):
    """The gradient by `h U + b`, whose third part passes through the reset gate."""
    d_z, d_r, d_candidate = tf.split(d_gates, 3, axis=-1)
    return tf.concat([d_z, d_r, d_candidate * r], axis=-1)


def _forward(x_gates, h, recurrent_kernel, recurrent_bias, keep):
    """Of every step: z, r, candidate and what r scales, side by side; the states."""
    num_steps, units = tf.shape(x_gates)[0], h.shape[-1]
    arrays = [
        tf.TensorArray(x_gates.dtype, num_steps, element_shape=[None, size])
        for size in (4 * units, units)
    ]

    def step(t, parts):
        h, gates_array, h_array = parts
        x_z, x_r, x_c = tf.split(x_gates[t], 3, axis=-1)
        inner = tf.matmul(h, recurrent_kernel) + recurrent_bias
        h_z, h_r, h_c = tf.split(inner, 3, axis=-1)
        z, r = tf.sigmoid(x_z + h_z), tf.sigmoid(x_r + h_r)
        candidate = tf.tanh(x_c + r * h_c)
        h_new = z * h + (1 - z) * candidate
        if keep is not None:
            h_new = keep[t] * h_new + (1 - keep[t]) * h
        h_new = tf.ensure_shape(h_new, h.shape)
        gates = tf.concat([z, r, candidate, h_c], axis=-1)
        return t + 1, (h_new, gates_array.write(t, gates), h_array.write(t, h_new))

    _, gates, hs = loop(num_steps, step, (h, *arrays))
    # A loop's arrays forget the number of steps; `Flatten`, for one, needs it.
    hs = tf.ensure_shape(hs.stack(), x_gates.shape[:1] + h.shape)
    return gates.stack(), hs


def _backward(gates, h_before, recurrent_kernel, keep, d_hs, d_h):
    """Gradients of the loss by every step's `x_gates` and by the first state."""
    num_steps, units = tf.shape(gates)[0], recurrent_kernel.shape[0]
    recurrent_kernel_t = tf.transpose(recurrent_kernel)
    d_gates = tf.TensorArray(gates.dtype, num_steps, element_shape=[None, 3 * units])

    def step(s, parts):
        (d_h, d_gates), t = parts, num_steps - 1 - s
        z, r, candidate, h_c = tf.split(gates[t], 4, axis=-1)
        d_h = d_h + d_hs[t]
        d_kept = 0.0
        if keep is not None:
            d_kept, d_h = (1 - keep[t]) * d_h, keep[t] * d_h
        d_candidate = d_h * (1 - z) * (1 - candidate * candidate)
        d_z = d_h * (h_before[t] - candidate) * z * (1 - z)
        d_r = d_candidate * h_c * r * (1 - r)
        d_step = tf.concat([d_z, d_r, d_candidate], axis=-1)
        d_inner = tf.matmul(_behind_reset(d_step, r), recurrent_kernel_t)
        return s + 1, (d_h * z + d_inner + d_kept, d_gates.write(t, d_step))

    d_h, d_gates = loop(num_steps, step, (d_h, d_gates))
    return d_gates.stack(), d_h
