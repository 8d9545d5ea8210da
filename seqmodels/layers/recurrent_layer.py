"""What the fused recurrent layers share: weights, states, masks, and their checks."""

from seqmodels._tensorflow import keras, tf
from seqmodels.layers.projection import project


class RecurrentLayer(keras.layers.Layer):
    """A layer that projects the inputs of all steps at once, then loops over time.

    A subclass has `num_gates` and `state_names`, and

    - `_add_bias(size)`, which makes the weights `bias`,
    - `_input_bias()`, the part of it that is added to the projected inputs,
    - `_run(x_gates, states, mask)`, the loop: from gates `(num_steps, batch,
      num_gates * units)` to the outputs of all steps and each of the last states.

    Args:
        units: Size of each state.
        return_sequences: Whether to return the output of every step or the last.
        return_state: Whether to return the final states as well.
        go_backwards: Whether to read the sequence from its end.
        kernel_initializer: Initializer of the input weights.
        recurrent_initializer: Initializer of the recurrent weights.

    Raises:
        ValueError: If `units` is not a positive integer.
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
        _check_rank(input_shape, "(batch, num_steps, features)")
        if input_shape[-1] is None:
            raise ValueError(
                "`inputs` must have a known number of features; "
                f"got shape {tuple(input_shape)}."
            )
        size = self.num_gates * self.units
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], size),
            initializer=self.kernel_initializer,
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.units, size),
            initializer=self.recurrent_initializer,
        )
        self._add_bias(size)

    def call(self, inputs, initial_state=None, mask=None):
        """Runs the layer over a batch of sequences.

        Args:
            inputs: Floats, `(batch, num_steps, features)`; or integers, `(batch,
                num_steps)`, that stand for one-hot vectors, if the layer has been
                built for as many features.
            initial_state: A list of the states, each `(batch, units)`: `[h, c]` of
                an LSTM, `[h]` or `h` of a GRU; zeros if `None`.
            mask: Booleans, `(batch, num_steps)`; a `False` step leaves the states
                and the output as they were.

        Returns:
            `(batch, units)`, or `(batch, num_steps, units)` with
            `return_sequences`; followed by the final states with `return_state`.

        Raises:
            ValueError: If the rank of `inputs` or a state's shape does not fit.
        """
        self._check_inputs(inputs)
        states = self._states(inputs, initial_state)
        step_mask = None if mask is None else tf.transpose(mask)[:, :, None]
        if self.go_backwards:
            inputs = tf.reverse(inputs, [1])
            step_mask = None if mask is None else tf.reverse(step_mask, [0])
        x_gates = project(inputs, self.kernel, self._input_bias())
        outputs, *states = self._run(x_gates, states, step_mask)
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
        return (output, *states) if self.return_state else output

    def _check_inputs(self, inputs):
        if inputs.dtype.is_integer:
            _check_rank(inputs.shape, "(batch, num_steps)")
            return
        _check_rank(inputs.shape, "(batch, num_steps, features)")
        if inputs.shape[-1] != self.kernel.shape[0]:
            raise ValueError(
                f"`inputs` must have {self.kernel.shape[0]} features, the number "
                f"this layer was built with; got shape {tuple(inputs.shape)}."
            )

    def _states(self, inputs, states):
        names = self.state_names
        if states is None:
            zeros = tf.zeros([tf.shape(inputs)[0], self.units], self.compute_dtype)
            return [zeros] * len(names)
        if len(names) == 1 and not isinstance(states, (list, tuple)):
            states = [states]
        if not isinstance(states, (list, tuple)) or len(states) != len(names):
            raise ValueError(
                f"`initial_state` must be `[{', '.join(names)}]`; "
                f"got {_describe(states)}."
            )
        for name, state in zip(names, states, strict=True):
            expected = tf.TensorShape([inputs.shape[0], self.units])
            if not expected.is_compatible_with(state.shape):
                raise ValueError(
                    f"`initial_state` {name} must have shape (batch, units) = "
                    f"{tuple(expected)}; got {tuple(state.shape)}."
                )
        return [tf.cast(state, self.compute_dtype) for state in states]

    def compute_mask(self, inputs, mask=None):
        output_mask = mask if self.return_sequences else None
        if not self.return_state:
            return output_mask
        return (output_mask, *[None] * len(self.state_names))

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


def _check_rank(shape, expected):
    if len(shape) != expected.count(",") + 1:
        raise ValueError(f"`inputs` must have shape {expected}; got {tuple(shape)}.")


def _describe(value):
    if isinstance(value, (list, tuple)):
        return f"{len(value)} states"
    return f"a {type(value).__name__}"
