"""The LSTM: its step, the gradient written by hand, and the Keras layer."""

from seqmodels._tensorflow import keras, tf
from seqmodels.layers.loop import product_over_time, project, scan, where
from seqmodels.layers.recurrent import FastLoop


@keras.saving.register_keras_serializable("seqmodels")
class FusedLSTM(FastLoop, keras.layers.LSTM):
    """`keras.layers.LSTM` with a faster loop over time.

    Everything but that loop is Keras': arguments, weights, states, masks, files.
    The speed comes from two things: the inputs of all steps are projected in one
    product; and the gradient is written by hand, so that the recurrent weights'
    gradient is one product as well. `layer.loop` says which loop runs.

    Inputs may be ids, `(batch, num_steps)`, that stand for one-hot vectors, if the
    layer has been built for as many features.

    Source: Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997; the
    forget gate is from Gers et al., "Learning to Forget", 2000.
    """

    state_names = ("h", "c")

    def run(
        self, inputs: tf.Tensor, states: list[tf.Tensor], mask: tf.Tensor | None
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        kernel, recurrent_kernel, bias = map(
            tf.convert_to_tensor,
            (self.cell.kernel, self.cell.recurrent_kernel, self.cell.bias),
        )
        x_gates = project(inputs, kernel, bias)
        outputs, *states = lstm_sequence(x_gates, *states, recurrent_kernel, mask)
        return outputs, states


def lstm_sequence(
    x_gates: tf.Tensor,
    h: tf.Tensor,
    c: tf.Tensor,
    recurrent_kernel: tf.Tensor,
    mask: tf.Tensor | None = None,
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
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

    @tf.custom_gradient
    def run(x_gates, h, c, recurrent_kernel):
        last, (gates, hs, cs) = _forward(x_gates, h, c, recurrent_kernel, mask)

        def gradient(d_hs, d_h, d_c):
            factors = _factors(gates, c, cs)
            d_states, d_gates = _backward(
                d_hs, d_h, d_c, factors, recurrent_kernel, mask
            )
            d_recurrent_kernel = product_over_time(h, hs, d_gates)
            return d_gates, *d_states, d_recurrent_kernel

        return (hs, *last), gradient

    return run(x_gates, h, c, recurrent_kernel)


def _forward(x_gates, h, c, recurrent_kernel, mask):
    """Last states; of every step its gates, hidden and cell state."""
    units = recurrent_kernel.shape[0]
    # sigmoid(x) = (1 + tanh(x / 2)) / 2: one function serves all four gates.
    half = tf.constant([0.5, 0.5, 1, 0.5], recurrent_kernel.dtype)
    scale = tf.repeat(half, units)

    def step(states, x, mask):
        h, c = states
        gates = scale * (x + tf.matmul(h, recurrent_kernel))
        gates = (1 - scale) + scale * tf.tanh(gates)
        i, f, g, o = tf.split(gates, 4, axis=-1)
        c_new = f * c + i * g
        h_new = o * tf.tanh(c_new)
        h, c = where(mask, [h_new, c_new], states)
        return [h, c], [gates, h, c]

    return scan(step, [h, c], [x_gates, mask], [4 * units, units, units])


def _backward(d_hs, d_h, d_c, factors, recurrent_kernel, mask):
    """Gradients by the first states, and by every step's gates."""

    def step(d_states, d_out, mask, by_i, by_f, by_g, by_o, c_by_h, f):
        d_h, d_c = d_states[0] + d_out, d_states[1]
        d_cell = d_c + d_h * c_by_h
        by_c = [d_cell * by for by in (by_i, by_f, by_g)]
        d_gates = tf.concat([*by_c, d_h * by_o], axis=-1)
        (d_gates,) = where(mask, [d_gates], [tf.zeros_like(d_gates)])
        d_before = [tf.matmul(d_gates, recurrent_kernel_t), d_cell * f]
        return where(mask, d_before, [d_h, d_c]), [d_gates]

    recurrent_kernel_t = tf.transpose(recurrent_kernel)
    sizes, inputs = [recurrent_kernel.shape[1]], [d_hs, mask, *factors]
    d_states, (d_gates,) = scan(step, [d_h, d_c], inputs, sizes, backwards=True)
    return d_states, d_gates


def _factors(gates, c, cs):
    """What the gradient multiplies by at each step, for all steps at once.

    Returns:
        The derivatives of the cell by the sums behind the gates i, f, g; of the
        hidden state by that behind o; of the hidden state by the step's own cell;
        and of that by the cell before, the forget gate.
    """
    i, f, g, o = tf.split(gates, 4, axis=-1)
    tanh_c = tf.tanh(cs)  # at a masked step not its own cell, but then unused
    c_before = tf.concat([c[None], cs[:-1]], axis=0)
    by_c = (g * i * (1 - i), c_before * f * (1 - f), i * (1 - g * g))
    return *by_c, tanh_c * o * (1 - o), o * (1 - tanh_c * tanh_c), f
