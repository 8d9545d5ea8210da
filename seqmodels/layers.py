"""Recurrent layers, written from their equations and made fast."""

from seqmodels._tensorflow import keras, tf
from seqmodels.projection import project
from seqmodels.recurrence import lstm_sequence


@keras.saving.register_keras_serializable("seqmodels")
class FusedLSTM(keras.layers.Layer):
    """LSTM that computes its four gates in one matrix product.

    A drop-in for `keras.layers.LSTM`: the weights are the same, in the same order
    (`kernel`, `recurrent_kernel`, `bias`; gates i, f, g, o), so `set_weights` of
    one takes `get_weights` of the other. Its speed comes from two things: the
    inputs of all steps are projected in one product, and the gradient is written
    by hand, so that the recurrent weights' gradient is one product as well.

    Args:
        units: Size of the hidden and of the cell state.
        return_sequences: Whether to return the output of every step or the last.
        return_state: Whether to return the final states `h` and `c` as well.
        go_backwards: Whether to read the sequence from its end.
        kernel_initializer: Initializer of the input weights.
        recurrent_initializer: Initializer of the recurrent weights.
        unit_forget_bias: Whether the forget gate's bias starts at 1, not at 0.

    Source: Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997; the
    forget gate is from Gers et al., "Learning to Forget", 2000.
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
        unit_forget_bias=True,
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
        self.unit_forget_bias = unit_forget_bias
        self.supports_masking = True
        self.zero_output_for_mask = False  # set by `keras.layers.Bidirectional`

    def build(self, input_shape):
        _check_rank("inputs", input_shape, "(batch, num_steps, features)")
        if input_shape[-1] is None:
            raise ValueError(
                "`inputs` must have a known number of features; "
                f"got shape {tuple(input_shape)}."
            )
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], 4 * self.units),
            initializer=self.kernel_initializer,
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.units, 4 * self.units),
            initializer=self.recurrent_initializer,
        )
        self.bias = self.add_weight(
            name="bias", shape=(4 * self.units,), initializer=self._initial_bias
        )

    def _initial_bias(self, shape, dtype=None):
        forget = tf.one_hot(1, 4, dtype=dtype) * float(self.unit_forget_bias)
        return tf.repeat(forget, self.units)

    def call(self, inputs, initial_state=None, mask=None):
        """Runs the layer over a batch of sequences.

        Args:
            inputs: Floats, `(batch, num_steps, features)`; or integers, `(batch,
                num_steps)`, that stand for one-hot vectors, if the layer has been
                built for as many features.
            initial_state: `[h, c]`, each `(batch, units)`; zeros if `None`.
            mask: Booleans, `(batch, num_steps)`; a `False` step leaves the state
                and the output as they were.

        Returns:
            `(batch, units)`, or `(batch, num_steps, units)` with
            `return_sequences`; followed by `h` and `c` with `return_state`.

        Raises:
            ValueError: If the rank of `inputs` or a state's shape does not fit.
        """
        self._check_inputs(inputs)
        h, c = self._states(inputs, initial_state)
        step_mask = None if mask is None else tf.transpose(mask)[:, :, None]
        if self.go_backwards:
            inputs = tf.reverse(inputs, [1])
            step_mask = None if mask is None else tf.reverse(step_mask, [0])
        x_gates = project(inputs, self.kernel, self.bias)
        recurrent_kernel = tf.convert_to_tensor(self.recurrent_kernel)
        outputs, h, c = lstm_sequence(x_gates, h, c, recurrent_kernel, step_mask)
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
        return (output, h, c) if self.return_state else output

    def _check_inputs(self, inputs):
        if inputs.dtype.is_integer:
            _check_rank("inputs", inputs.shape, "(batch, num_steps)")
            return
        _check_rank("inputs", inputs.shape, "(batch, num_steps, features)")
        if inputs.shape[-1] != self.kernel.shape[0]:
            raise ValueError(
                f"`inputs` must have {self.kernel.shape[0]} features, the number "
                f"this layer was built with; got shape {tuple(inputs.shape)}."
            )

    def _states(self, inputs, initial_state):
        if initial_state is None:
            zeros = tf.zeros([tf.shape(inputs)[0], self.units], self.compute_dtype)
            return zeros, zeros
        if not isinstance(initial_state, (list, tuple)) or len(initial_state) != 2:
            raise ValueError(
                "`initial_state` must be a pair `[h, c]`; got "
                f"{_describe(initial_state)}."
            )
        for name, state in zip("hc", initial_state, strict=True):
            expected = tf.TensorShape([inputs.shape[0], self.units])
            if not expected.is_compatible_with(state.shape):
                raise ValueError(
                    f"`initial_state` {name} must have shape (batch, units) = "
                    f"{tuple(expected)}; got {tuple(state.shape)}."
                )
        return [tf.cast(state, self.compute_dtype) for state in initial_state]

    def compute_mask(self, inputs, mask=None):
        output_mask = mask if self.return_sequences else None
        return (output_mask, None, None) if self.return_state else output_mask

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
            "unit_forget_bias": self.unit_forget_bias,
        }


def _check_rank(name, shape, expected):
    if len(shape) != expected.count(",") + 1:
        raise ValueError(f"`{name}` must have shape {expected}; got {tuple(shape)}.")


def _describe(value):
    if isinstance(value, (list, tuple)):
        return f"{len(value)} states"
    return f"a {type(value).__name__}"
