"""The GRU as a Keras layer, made fast."""

from seqmodels._tensorflow import keras, tf
from seqmodels.gru_recurrence import gru_sequence


@keras.saving.register_keras_serializable("seqmodels")
class FusedGRU(keras.layers.Layer):
    """GRU that computes its three gates in one matrix product.

    A drop-in for `keras.layers.GRU` (with `reset_after=True`, its default): the
    weights are the same, in the same order (`kernel`, `recurrent_kernel`, `bias`;
    gates z, r, h), so `set_weights` of one takes `get_weights` of the other. It is
    as fast as `FusedLSTM`, for the same reasons.

    Args:
        units: Size of the hidden state.
        return_sequences: Whether to return the output of every step or the last.
        return_state: Whether to return the final state as well.
        go_backwards: Whether to read the sequence from its end.
        kernel_initializer: Initializer of the input weights.
        recurrent_initializer: Initializer of the recurrent weights.

    Source: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder",
    2014, section 2.3; the reset gate behind the product is from cuDNN.
    """

    stateful, states = False, None  # `keras.layers.Bidirectional` asks for them

    def __init__(
        self,
        units,
        *,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not isinstance(units, int) or units < 1:
            raise ValueError(f"`units` must be a positive integer; got {units!r}.")
        self.units = units
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.recurrent_initializer = keras.initializers.get(recurrent_initializer)
        self.supports_masking = True
        self.zero_output_for_mask = False  # set by `keras.layers.Bidirectional`

    def build(self, input_shape):
        _check_inputs(input_shape)
        if input_shape[-1] is None:
            raise ValueError(
                "`inputs` must have a known number of features; "
                f"got shape {tuple(input_shape)}."
            )
        gates = 3 * self.units
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], gates),
            initializer=self.kernel_initializer,
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.units, gates),
            initializer=self.recurrent_initializer,
        )
        self.bias = self.add_weight(name="bias", shape=(2, gates), initializer="zeros")

    def call(self, inputs, initial_state=None, mask=None):
        """Runs the layer over a batch of sequences.

        Args:
            inputs: Floats, `(batch, num_steps, features)`.
            initial_state: `h`, `(batch, units)`, or `[h]`; zeros if `None`.
            mask: Booleans, `(batch, num_steps)`; a `False` step leaves the state
                and the output as they were.

        Returns:
            `(batch, units)`, or `(batch, num_steps, units)` with
            `return_sequences`; followed by the final `h` with `return_state`.

        Raises:
            ValueError: If the rank of `inputs` or the state's shape does not fit.
        """
        _check_inputs(inputs.shape)
        if inputs.shape[-1] != self.kernel.shape[0]:
            raise ValueError(
                f"`inputs` must have {self.kernel.shape[0]} features, the number "
                f"this layer was built with; got shape {tuple(inputs.shape)}."
            )
        h = self._state(inputs, initial_state)
        x = tf.transpose(inputs, [1, 0, 2])  # (num_steps, batch, features)
        step_mask = None if mask is None else tf.transpose(mask)[:, :, None]
        if self.go_backwards:
            x = tf.reverse(x, [0])
            step_mask = None if mask is None else tf.reverse(step_mask, [0])
        input_bias, recurrent_bias = tf.unstack(tf.convert_to_tensor(self.bias))
        x_gates = tf.matmul(x, self.kernel) + input_bias  # (num_steps, batch, 3 units)
        recurrent_kernel = tf.convert_to_tensor(self.recurrent_kernel)
        outputs, h = gru_sequence(
            x_gates, h, recurrent_kernel, recurrent_bias, step_mask
        )
        if mask is not None:
            # Keras puts out zeros until the first step that is not masked.
            shown = tf.cumsum(tf.cast(step_mask, tf.int32)) > 0
            if self.zero_output_for_mask:
                shown = step_mask
            outputs = tf.where(shown, outputs, tf.zeros_like(outputs))
        if self.return_sequences:
            output = tf.transpose(outputs, [1, 0, 2])
        else:
            output = outputs[-1]
        return (output, h) if self.return_state else output

    def _state(self, inputs, state):
        if state is None:
            return tf.zeros([tf.shape(inputs)[0], self.units], inputs.dtype)
        if isinstance(state, (list, tuple)):
            if len(state) != 1:
                raise ValueError(
                    "`initial_state` must be `h` or `[h]`; got a list of "
                    f"{len(state)} states."
                )
            (state,) = state
        expected = tf.TensorShape([inputs.shape[0], self.units])
        if not expected.is_compatible_with(state.shape):
            raise ValueError(
                f"`initial_state` must have shape (batch, units) = "
                f"{tuple(expected)}; got {tuple(state.shape)}."
            )
        return tf.cast(state, inputs.dtype)

    def compute_mask(self, inputs, mask=None):
        output_mask = mask if self.return_sequences else None
        return (output_mask, None) if self.return_state else output_mask

    def get_config(self):
        serialize = keras.initializers.serialize
        return {
            **super().get_config(),
            "units": self.units,
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "go_backwards": self.go_backwards,
            "kernel_initializer": serialize(self.kernel_initializer),
            "recurrent_initializer": serialize(self.recurrent_initializer),
        }


def _check_inputs(shape):
    if len(shape) != 3:
        raise ValueError(
            "`inputs` must have shape (batch, num_steps, features); "
            f"got {tuple(shape)}."
        )
