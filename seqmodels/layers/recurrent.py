"""How a recurrent layer of Keras comes by another loop over time."""

from seqmodels._tensorflow import keras, tf
from seqmodels.layers.loop import check_mask
from seqmodels.text.checks import check_ids, check_size

TANH = (keras.activations.tanh, keras.ops.tanh, tf.tanh)
SIGMOID = (keras.activations.sigmoid, keras.ops.sigmoid, tf.sigmoid)


class FastLoop:
    """Stands before `keras.layers.LSTM` or `GRU` among the bases of a layer.

    The layer has `state_names`, and `run(inputs, states, mask)`, the loop: from
    inputs as `project` takes them to the outputs of all steps, time first, and the
    list of the last states.
    """

    def __init__(self, units, *args, **kwargs):
        super().__init__(check_size("units", units), *args, **kwargs)
        # Keras wants three axes; `call` says better what it wants, and takes ids.
        self.input_spec = keras.layers.InputSpec(min_ndim=2, max_ndim=3)

    @property
    def loop(self) -> str:
        """Which loop runs over time: `"fused"` (ours), `"cudnn"` or `"keras"`."""
        plain = (
            self.activation in TANH
            and self.recurrent_activation in SIGMOID
            and self.use_bias
            and not self.recurrent_dropout
            and not self.unroll
            and getattr(self, "reset_after", True)
        )
        if not plain:
            return "keras"
        if self.use_cudnn and tf.config.list_logical_devices("GPU"):
            return "cudnn"
        # Masks of several gates are Keras' to apply, and so is the refusal of
        # `use_cudnn=True` where there is no GPU.
        several_masks = self.dropout and self.cell.implementation == 1
        return "keras" if several_masks or self.use_cudnn is True else "fused"

    def build(self, sequences_shape, initial_state_shape=None):
        _check_rank(sequences_shape)
        if sequences_shape[-1] is None:
            raise ValueError(
                "`sequences` must have a known number of features; "
                f"got shape {tuple(sequences_shape)}."
            )
        super().build(sequences_shape, initial_state_shape)

    def call(self, sequences, initial_state=None, mask=None, training=False):
        """Runs the layer over a batch of sequences.

        Args:
            sequences: Floats, `(batch, num_steps, features)`; or integers, `(batch,
                num_steps)`, that stand for one-hot vectors, if the layer has been
                built for as many features.
            initial_state: A list of the states, each `(batch, units)` or `(1,
                units)`: `[h, c]` of an LSTM, `[h]` or `h` of a GRU; zeros if `None`.
            mask: Booleans, `(batch, num_steps)`; a `False` step leaves the states
                and the output as they were.
            training: Whether to drop out.

        Returns:
            `(batch, units)`, or `(batch, num_steps, units)` with
            `return_sequences`; followed by the final states with `return_state`.

        Raises:
            ValueError: If a shape does not fit, or an id is not below the number of
                features (seen outside compiled code only).
        """
        sequences = self._inputs(tf.convert_to_tensor(sequences))
        if isinstance(mask, (list, tuple)):
            mask = mask[0]
        if mask is not None:
            mask = check_mask(mask, sequences.shape)
        if initial_state is not None:
            initial_state = self._check_states(initial_state, sequences)
        return super().call(sequences, initial_state, mask, training)

    def inner_loop(self, sequences, initial_state, mask, training=False):
        if self.loop != "fused":
            return super().inner_loop(sequences, initial_state, mask, training)
        inputs = tf.transpose(sequences, [1, 0, 2])  # time first
        if mask is not None:
            mask = tf.transpose(mask)[:, :, None]
        if self.go_backwards:
            inputs = tf.reverse(inputs, [0])
            mask = None if mask is None else tf.reverse(mask, [0])
        if mask is not None:
            # NaN behind the mask is not read, so that it spoils no gradient either.
            inputs = tf.where(mask, inputs, tf.zeros_like(inputs))
        if training and 0 < self.dropout < 1:
            inputs *= self.cell.get_dropout_mask(inputs[0])
        # A stateful layer's states are variables, and get new values after the loop:
        # the gradient needs the old ones.
        initial_state = [tf.convert_to_tensor(state) for state in initial_state]
        outputs, states = self.run(inputs, initial_state, mask)
        if mask is not None:
            # Keras puts out zeros until the first step that is not masked.
            shown = tf.cumsum(tf.cast(mask, tf.int32)) > 0
            if self.zero_output_for_mask:
                shown = mask
            outputs = tf.where(shown, outputs, tf.zeros_like(outputs))
        last = outputs[-1]
        if self.return_sequences:
            return last, tf.transpose(outputs, [1, 0, 2]), states
        return last, last[:, None], states

    def _inputs(self, sequences):
        """Floats, or ids with an axis more where our loop can look them up."""
        features = self.cell.kernel.shape[0]
        ids = sequences.shape.rank == 2 and sequences.dtype.is_integer
        if not ids:
            _check_rank(sequences.shape)
            if sequences.shape[-1] != features:
                raise ValueError(
                    f"`sequences` must have {features} features, the number this "
                    f"layer was built with; got shape {tuple(sequences.shape)}."
                )
        if sequences.shape[1] == 0:
            raise ValueError(
                "`sequences` must have at least one step; "
                f"got shape {tuple(sequences.shape)}."
            )
        if not ids:
            return tf.cast(sequences, self.compute_dtype)
        if tf.executing_eagerly():
            check_ids("sequences", sequences.numpy(), features)
        if sequences.dtype not in (tf.int32, tf.int64):
            sequences = tf.cast(sequences, tf.int64)
        if self.loop == "fused" and not self.dropout:
            return sequences[:, :, None]
        return tf.one_hot(sequences, features, dtype=self.compute_dtype)

    def _check_states(self, states, sequences):
        names = self.state_names
        if len(names) == 1 and not isinstance(states, (list, tuple)):
            states = [states]
        if not isinstance(states, (list, tuple)) or len(states) != len(names):
            got = f"{len(states)} states" if isinstance(states, (list, tuple)) else ""
            raise ValueError(
                f"`initial_state` must be `[{', '.join(names)}]`; "
                f"got {got or f'a {type(states).__name__}'}."
            )
        states = [tf.convert_to_tensor(state, self.compute_dtype) for state in states]
        for name, state in zip(names, states, strict=True):
            expected = tf.TensorShape([sequences.shape[0], self.units])
            one = tf.TensorShape([1, self.units])
            if not any(s.is_compatible_with(state.shape) for s in (expected, one)):
                raise ValueError(
                    f"`initial_state` {name} must have shape (batch, units) = "
                    f"{tuple(expected)}; got {tuple(state.shape)}."
                )
        shape = [tf.shape(sequences)[0], self.units]
        return [
            tf.broadcast_to(state, shape) if state.shape[0] == 1 else state
            for state in states
        ]

    def load_own_variables(self, store):
        """As in Keras; reads files of version 0.1.0 too.

        Those have the weights with the layer, not with its cell.
        """
        if not len(store.keys()):
            return super().load_own_variables(store)
        self.cell.load_own_variables(store)

        def nothing_left(store):
            del self.cell.load_own_variables

        # Keras comes to the cell next, and would find nothing at its place.
        self.cell.load_own_variables = nothing_left


def _check_rank(shape):
    if len(shape) != 3:
        raise ValueError(
            "`sequences` must have shape (batch, num_steps, features), or be ids, "
            "(batch, num_steps), for a layer that is built; "
            f"got shape {tuple(shape)}."
        )
