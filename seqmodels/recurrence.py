"""The LSTM's loop over time, with its gradient written by hand."""

from seqmodels._tensorflow import tf


def lstm_sequence(x_gates, h, c, recurrent_kernel, mask=None):
    """Runs an LSTM over a sequence whose inputs are already projected.

    Differentiable in its first four arguments. The gradient is backpropagation
    through time as one would write it on paper: the loop collects the gate
    gradients of all steps, and the recurrent weights' gradient is one product at
    the end, where automatic differentiation would add up one product per step.

    Args:
        x_gates: Input part of the gates i, f, g, o: `(num_steps, batch, 4 units)`.
        h: Hidden state before the first step, `(batch, units)`.
        c: Cell state before the first step, `(batch, units)`.
        recurrent_kernel: `(units, 4 units)`.
        mask: Booleans, `(num_steps, batch, 1)`, or `None`; a `False` step leaves
            both states as they were.

    Returns:
        The hidden states of all steps, `(num_steps, batch, units)`, and the last
        `h` and `c`.
    """
    keep = None if mask is None else tf.cast(mask, x_gates.dtype)

    @tf.custom_gradient
    def run(x_gates, h, c, recurrent_kernel):
        gates, hs, cs = _forward(x_gates, h, c, recurrent_kernel, keep)

        def gradient(d_hs, d_h, d_c):
            h_before = tf.concat([h[None], hs[:-1]], axis=0)
            c_before = tf.concat([c[None], cs[:-1]], axis=0)
            d_gates, d_h, d_c = _backward(
                gates, c_before, cs, recurrent_kernel, keep, d_hs, d_h, d_c
            )
            # One product over all steps: (units, steps * batch) x (steps * batch, 4u)
            units = recurrent_kernel.shape[0]
            d_recurrent_kernel = tf.matmul(
                tf.reshape(h_before, [-1, units]),
                tf.reshape(d_gates, [-1, 4 * units]),
                transpose_a=True,
            )
            return d_gates, d_h, d_c, d_recurrent_kernel

        return (hs, hs[-1], cs[-1]), gradient

    return run(x_gates, h, c, recurrent_kernel)


def _forward(x_gates, h, c, recurrent_kernel, keep):
    """Gates (after their non-linearity), hidden and cell states of every step."""
    num_steps = tf.shape(x_gates)[0]
    arrays = [
        tf.TensorArray(x_gates.dtype, num_steps, element_shape=[None, size])
        for size in (x_gates.shape[-1], h.shape[-1], c.shape[-1])
    ]

    def step(t, h, c, gates_array, h_array, c_array):
        i, f, g, o = tf.split(x_gates[t] + tf.matmul(h, recurrent_kernel), 4, axis=-1)
        i, f, o = tf.sigmoid(i), tf.sigmoid(f), tf.sigmoid(o)
        g = tf.tanh(g)
        c_new = f * c + i * g
        h_new = o * tf.tanh(c_new)
        if keep is not None:
            h_new = keep[t] * h_new + (1 - keep[t]) * h
            c_new = keep[t] * c_new + (1 - keep[t]) * c
        h_new, c_new = tf.ensure_shape(h_new, h.shape), tf.ensure_shape(c_new, c.shape)
        gates = tf.concat([i, f, g, o], axis=-1)
        return (
            t + 1,
            h_new,
            c_new,
            gates_array.write(t, gates),
            h_array.write(t, h_new),
            c_array.write(t, c_new),
        )

    *_, gates, hs, cs = _loop(num_steps, step, (h, c, *arrays))
    # A loop's arrays forget the number of steps; `Flatten`, for one, needs it.
    steps = x_gates.shape[:1]
    hs, cs = (
        tf.ensure_shape(array.stack(), steps + state.shape)
        for array, state in [(hs, h), (cs, c)]
    )
    return tf.ensure_shape(gates.stack(), x_gates.shape), hs, cs


def _backward(gates, c_before, cs, recurrent_kernel, keep, d_hs, d_h, d_c):
    """Gradients of the loss by every step's gates and by the first `h` and `c`."""
    num_steps = tf.shape(gates)[0]
    recurrent_kernel_t = tf.transpose(recurrent_kernel)
    d_gates = tf.TensorArray(
        gates.dtype, num_steps, element_shape=[None, gates.shape[-1]]
    )

    def step(s, d_h, d_c, d_gates):
        t = num_steps - 1 - s
        i, f, g, o = tf.split(gates[t], 4, axis=-1)
        tanh_c = tf.tanh(cs[t])  # at a masked step not its own cell, but then unused
        d_h = d_h + d_hs[t]
        d_h_kept, d_c_kept = 0.0, 0.0
        if keep is not None:
            d_h_kept, d_c_kept = (1 - keep[t]) * d_h, (1 - keep[t]) * d_c
            d_h, d_c = keep[t] * d_h, keep[t] * d_c
        d_c = d_c + d_h * o * (1 - tanh_c * tanh_c)
        d_step = tf.concat(
            [
                d_c * g * i * (1 - i),
                d_c * c_before[t] * f * (1 - f),
                d_c * i * (1 - g * g),
                d_h * tanh_c * o * (1 - o),
            ],
            axis=-1,
        )
        d_h = tf.matmul(d_step, recurrent_kernel_t) + d_h_kept
        d_c = d_c * f + d_c_kept
        return s + 1, d_h, d_c, d_gates.write(t, d_step)

    _, d_h, d_c, d_gates = _loop(num_steps, step, (d_h, d_c, d_gates))
    return d_gates.stack(), d_h, d_c


def _loop(num_steps, step, state):
    return tf.while_loop(
        lambda t, *_: t < num_steps,
        step,
        (tf.constant(0), *state),
        maximum_iterations=num_steps,
    )
