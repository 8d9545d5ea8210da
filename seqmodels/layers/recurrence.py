"""The LSTM's loop over time, with its gradient written by hand."""

from seqmodels._tensorflow import tf

# A batch of this many rows or more is worked on as two halves: they do not depend
# on each other, so two cores can each take one. Smaller halves gain nothing.
MIN_ROWS_TO_HALVE = 32


def lstm_sequence(x_gates, h, c, recurrent_kernel, mask=None):
    """Runs an LSTM over a sequence whose inputs are already projected.

    Differentiable in its first four arguments. The gradient is backpropagation
    through time as one would write it on paper, arranged so that the loops hold
    only what must be done step by step: what the gradient needs of each gate is
    computed for all steps at once before its loop, and the recurrent weights'
    gradient is one product at the end, where automatic differentiation would add
    up one product per step.

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
    batch_size = x_gates.shape[1]
    halve = batch_size and batch_size >= MIN_ROWS_TO_HALVE and batch_size % 2 == 0
    keep = None if mask is None else tf.cast(mask, x_gates.dtype)

    def split(x, axis):
        if x is None:
            return [None] * (2 if halve else 1)
        return tf.split(x, 2, axis) if halve else [x]

    def join(parts, axis):
        return tf.concat(parts, axis) if halve else parts[0]

    @tf.custom_gradient
    def run(x_gates, h, c, recurrent_kernel):
        keeps, x_parts = split(keep, 1), split(x_gates, 1)
        states = list(zip(split(h, 0), split(c, 0), strict=True))
        gates, hs, cs = _forward(x_parts, states, recurrent_kernel, keeps)

        def gradient(d_hs, d_h, d_c):
            factors = [
                _factors(gate, c, part)
                for gate, (_, c), part in zip(gates, states, cs, strict=True)
            ]
            d_states = list(zip(split(d_h, 0), split(d_c, 0), strict=True))
            d_gates, d_states = _backward(
                factors, split(d_hs, 1), d_states, recurrent_kernel, keeps
            )
            d_gates = join(d_gates, 1)
            h_before = tf.concat([h[None], join(hs, 1)[:-1]], axis=0)
            units = recurrent_kernel.shape[0]
            # One product over all steps: (units, steps * batch) x (steps * batch, 4u)
            d_recurrent_kernel = tf.matmul(
                tf.reshape(h_before, [-1, units]),
                tf.reshape(d_gates, [-1, 4 * units]),
                transpose_a=True,
            )
            d_h, d_c = (join(parts, 0) for parts in zip(*d_states, strict=True))
            return d_gates, d_h, d_c, d_recurrent_kernel

        last_h, last_c = join([x[-1] for x in hs], 0), join([x[-1] for x in cs], 0)
        return (join(hs, 1), last_h, last_c), gradient

    return run(x_gates, h, c, recurrent_kernel)


def _forward(x_gates, states, recurrent_kernel, keeps):
    """Gates (after their non-linearity), hidden and cell states of every step."""
    units = recurrent_kernel.shape[0]
    num_steps = tf.shape(x_gates[0])[0]
    dtype = recurrent_kernel.dtype
    # sigmoid(x) = (1 + tanh(x / 2)) / 2: one function serves all four gates.
    scale = tf.repeat(tf.constant([0.5, 0.5, 1, 0.5], dtype), units)

    def step(t, parts):
        new = []
        for x, keep, (h, c, *arrays) in zip(x_gates, keeps, parts, strict=True):
            gates = scale * (x[t] + tf.matmul(h, recurrent_kernel))
            gates = (1 - scale) + scale * tf.tanh(gates)
            i, f, g, o = tf.split(gates, 4, axis=-1)
            c_new = f * c + i * g
            h_new = o * tf.tanh(c_new)
            if keep is not None:
                h_new = keep[t] * h_new + (1 - keep[t]) * h
                c_new = keep[t] * c_new + (1 - keep[t]) * c
            h, c = tf.ensure_shape(h_new, h.shape), tf.ensure_shape(c_new, c.shape)
            rows = zip(arrays, (gates, h, c), strict=True)
            new.append((h, c, *(array.write(t, row) for array, row in rows)))
        return t + 1, new

    sizes = (4 * units, units, units)
    parts = [(*state, *_arrays(dtype, num_steps, sizes)) for state in states]
    parts = loop(num_steps, step, parts)
    # A loop's arrays forget the number of steps; `Flatten`, for one, needs it.
    stacks = [
        tuple(
            tf.ensure_shape(array.stack(), [*x.shape[:2], size])
            for array, size in zip(arrays, sizes, strict=True)
        )
        for x, (_, _, *arrays) in zip(x_gates, parts, strict=True)
    ]
    return tuple(zip(*stacks, strict=True))


def _factors(gates, c, cs):
    """What the gradient multiplies by at each step, for all steps at once.

    Returns:
        Two arrays for the gates i, f, g and for o, by which the gradients of the
        cell and of the hidden state become theirs; the derivative of `h` by the
        step's `c`; and of that by the `c` before, the forget gate.
    """
    i, f, g, o = tf.split(gates, 4, axis=-1)
    tanh_c = tf.tanh(cs)  # at a masked step not its own cell, but then unused
    c_before = tf.concat([c[None], cs[:-1]], axis=0)
    by_c = (g * i * (1 - i), c_before * f * (1 - f), i * (1 - g * g))
    return by_c, tanh_c * o * (1 - o), o * (1 - tanh_c * tanh_c), f


def _backward(factors, d_hs, d_states, recurrent_kernel, keeps):
    """Gradients of the loss by every step's gates and by the first `h` and `c`."""
    num_steps = tf.shape(d_hs[0])[0]
    recurrent_kernel_t = tf.transpose(recurrent_kernel)

    def step(s, parts):
        t = num_steps - 1 - s
        new = []
        for factor, d_out, keep, part in zip(factors, d_hs, keeps, parts, strict=True):
            (by_c, by_h, c_by_h, f), (d_h, d_c, d_gates) = factor, part
            d_h = d_h + d_out[t]
            d_h_kept, d_c_kept = 0.0, 0.0
            if keep is not None:
                d_h_kept, d_c_kept = (1 - keep[t]) * d_h, (1 - keep[t]) * d_c
                d_h, d_c = keep[t] * d_h, keep[t] * d_c
            d_c = d_c + d_h * c_by_h[t]
            d_step = tf.concat([*(d_c * by[t] for by in by_c), d_h * by_h[t]], axis=-1)
            d_h = tf.matmul(d_step, recurrent_kernel_t) + d_h_kept
            new.append((d_h, d_c * f[t] + d_c_kept, d_gates.write(t, d_step)))
        return s + 1, new

    sizes = (recurrent_kernel.shape[1],)
    dtype = recurrent_kernel.dtype
    parts = [(*state, *_arrays(dtype, num_steps, sizes)) for state in d_states]
    parts = loop(num_steps, step, parts)
    return [d_gates.stack() for *_, d_gates in parts], [part[:2] for part in parts]


def _arrays(dtype, num_steps, sizes):
    return [
        tf.TensorArray(dtype, num_steps, element_shape=[None, size]) for size in sizes
    ]


def loop(num_steps, step, parts):
    """Carries `parts`, any structure, through `step(t, parts)` for every step."""
    return tf.while_loop(
        lambda t, _: t < num_steps,
        step,
        (tf.constant(0), parts),
        maximum_iterations=num_steps,
    )[1]
