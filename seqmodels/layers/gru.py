"""The GRU: its step, the gradient written by hand, and the Keras layer."""

from seqmodels._tensorflow import keras, tf
from seqmodels.layers.loop import product_over_time, project, scan, where
from seqmodels.layers.recurrent import FastLoop


@keras.saving.register_keras_serializable("seqmodels")
class FusedGRU(FastLoop, keras.layers.GRU):
    """`keras.layers.GRU` with a faster loop over time.

    Everything but that loop is Keras': arguments, weights, states, masks, files.
    What makes it fast is the same as in `FusedLSTM`; so is what the inputs may be.
    `layer.loop` says which loop runs.

    Source: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder",
    2014, section 2.3; the reset gate behind the product is from cuDNN.
    """

    state_names = ("h",)

    def run(
        self, inputs: tf.Tensor, states: list[tf.Tensor], mask: tf.Tensor | None
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        kernel, recurrent_kernel, bias = map(
            tf.convert_to_tensor,
            (self.cell.kernel, self.cell.recurrent_kernel, self.cell.bias),
        )
        x_gates = project(inputs, kernel, bias[0])
        outputs, h = gru_sequence(x_gates, *states, recurrent_kernel, bias[1], mask)
        return outputs, [h]


def gru_sequence(
    x_gates: tf.Tensor,
    h: tf.Tensor,
    recurrent_kernel: tf.Tensor,
    recurrent_bias: tf.Tensor,
    mask: tf.Tensor | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
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

    @tf.custom_gradient
    def run(x_gates, h, recurrent_kernel, recurrent_bias):
        last, (gates, hs) = _forward(x_gates, h, recurrent_kernel, recurrent_bias, mask)

        def gradient(d_hs, d_h):
            before = tf.concat([h[None], hs[:-1]], axis=0)
            factors = _factors(gates, before)
            d_h, d_gates = _backward(d_hs, d_h, factors, recurrent_kernel, mask)
            d_inner = _behind_reset(d_gates, r=factors[3])
            d_recurrent_kernel = product_over_time(h, hs, d_inner)
            return d_gates, d_h, d_recurrent_kernel, tf.reduce_sum(d_inner, [0, 1])

        return (hs, last), gradient

    return run(x_gates, h, recurrent_kernel, recurrent_bias)


def _forward(x_gates, h, recurrent_kernel, recurrent_bias, mask):
    """Last state; of every step z, r, candidate, what r scales; and its state."""

    def step(states, x, mask):
        (h,) = states
        x_z, x_r, x_c = tf.split(x, 3, axis=-1)
        inner = tf.matmul(h, recurrent_kernel) + recurrent_bias
        h_z, h_r, h_c = tf.split(inner, 3, axis=-1)
        z, r = tf.sigmoid(x_z + h_z), tf.sigmoid(x_r + h_r)
        candidate = tf.tanh(x_c + r * h_c)
        (h,) = where(mask, [z * h + (1 - z) * candidate], states)
        return [h], [tf.concat([z, r, candidate, h_c], axis=-1), h]

    units = recurrent_kernel.shape[0]
    (last,), outputs = scan(step, [h], [x_gates, mask], [4 * units, units])
    return last, outputs


def _backward(d_hs, d_h, factors, recurrent_kernel, mask):
    """Gradients by the first state, and by every step's gates."""
    recurrent_kernel_t = tf.transpose(recurrent_kernel)

    def step(d_states, d_out, mask, by_z, by_r, by_c, r, z):
        d_h = d_states[0] + d_out
        d_candidate = d_h * by_c
        d_gates = tf.concat([d_h * by_z, d_candidate * by_r, d_candidate], -1)
        (d_gates,) = where(mask, [d_gates], [tf.zeros_like(d_gates)])
        d_inner = tf.matmul(_behind_reset(d_gates, r), recurrent_kernel_t)
        return where(mask, [d_h * z + d_inner], [d_h]), [d_gates]

    sizes, inputs = [recurrent_kernel.shape[1]], [d_hs, mask, *factors]
    (d_h,), (d_gates,) = scan(step, [d_h], inputs, sizes, backwards=True)
    return d_h, d_gates


def _factors(gates, h_before):
    """What the gradient multiplies by at each step, for all steps at once.

    Returns:
        The derivatives of the state by the sum behind z; of the candidate's sum by
        that behind r; of the state by the candidate's sum; then r and z themselves.
    """
    z, r, candidate, h_c = tf.split(gates, 4, axis=-1)
    by_z = (h_before - candidate) * z * (1 - z)
    return by_z, h_c * r * (1 - r), (1 - z) * (1 - candidate * candidate), r, z


def _behind_reset(d_gates, r):
    """The gradient by `h U + b`, whose third part passes through the reset gate."""
    d_z, d_r, d_candidate = tf.split(d_gates, 3, axis=-1)
    return tf.concat([d_z, d_r, d_candidate * r], axis=-1)
