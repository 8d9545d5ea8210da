"""The recurrent layers beneath every model: one above the other, dropout between."""

from seqmodels._tensorflow import keras, tf
from seqmodels.layers.dropout import Dropout
from seqmodels.layers.gru import FusedGRU
from seqmodels.layers.loop import check_mask
from seqmodels.layers.lstm import FusedLSTM
from seqmodels.models.tensor_ids import check_id_tensor
from seqmodels.text.checks import check_size

CELLS = {"lstm": FusedLSTM, "gru": FusedGRU, "rnn": keras.layers.SimpleRNN}


@keras.saving.register_keras_serializable("seqmodels")
class RecurrentStack(keras.layers.Layer):
    """Recurrent layers that read a sequence and hand their states out and in.

    Args:
        units: Size of each layer's states.
        cell: `"lstm"`, `"gru"` or `"rnn"`, Elman's plain one.
        num_layers: Number of layers.
        dropout: Share of the inputs of every layer, and of the last one's outputs,
            that is zeroed in training. Never within the recurrence: Zaremba et al.,
            "Recurrent Neural Network Regularization", 2014.
        initializer: Initializer of all matrices; `None` takes Keras' defaults.
        unit_forget_bias: Whether an LSTM's forget biases start at 1, not at 0.

    Raises:
        ValueError: If a size is not a positive integer, or there is no such cell.
    """

    def __init__(
        self,
        units: int,
        *,
        cell: str = "lstm",
        num_layers: int = 1,
        dropout: float = 0.0,
        initializer: object = None,
        unit_forget_bias: bool = True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if cell not in CELLS:
            raise ValueError(f"`cell` must be one of {', '.join(CELLS)}; got {cell!r}.")
        self.units = check_size("units", units)
        self.cell = cell
        self.num_layers = check_size("num_layers", num_layers)
        self.dropout = dropout
        self.initializer = initializer and keras.initializers.get(initializer)
        self.unit_forget_bias = unit_forget_bias
        self.supports_masking = True
        policy = {"dtype": self.dtype_policy}
        self.layers = [self._make_layer(**policy) for _ in range(self.num_layers)]
        self.dropouts = [Dropout(dropout, **policy) for _ in range(self.num_layers + 1)]

    def _make_layer(self, **options):
        if self.initializer is not None:
            # One with a seed gives the same numbers at every use: copy it.
            options["kernel_initializer"] = self.initializer.clone()
            options["recurrent_initializer"] = self.initializer.clone()
        if self.cell == "lstm":
            options["unit_forget_bias"] = self.unit_forget_bias
        # Keras draws a seed for its own dropout, which is not used here: the weights of
        # what is made next shall not depend on it.
        options["seed"] = 0
        layer = CELLS[self.cell]
        return layer(self.units, return_sequences=True, return_state=True, **options)

    def build(self, input_shape: tuple) -> None:
        if len(input_shape) != 3:  # ids do not tell how many there may be
            raise ValueError(
                "`inputs` must have shape (batch, num_steps, features) the first time, "
                f"or `build` must be called before; got shape {tuple(input_shape)}."
            )
        features = input_shape[-1]
        for layer in self.layers:
            layer.build((None, None, features))
            features = self.units

    def initial_states(self, batch_size: int | tf.Tensor) -> list:
        """Zeros: for each layer a tuple of its states, each `(batch_size, units)`.

        An LSTM has two, `(h, c)`, the other cells one, `(h,)`.

        Raises:
            ValueError: If the size is neither a positive integer nor a tensor.
        """
        if not tf.is_tensor(batch_size):
            batch_size = check_size("batch_size", batch_size)
        return [tuple(layer.get_initial_state(batch_size)) for layer in self.layers]

    def call(self, inputs, states=None, mask=None, training=False):
        """Reads a sequence.

        Args:
            inputs: Floats, `(batch, num_steps, features)`; or ids, `(batch,
                num_steps)`, that stand for one-hot vectors.
            states: As from `initial_states`, which is what `None` stands for.
            mask: Booleans, `(batch, num_steps)`; a `False` step changes no state.
            training: Whether to drop out.

        Returns:
            The last layer's outputs, `(batch, num_steps, units)`, and the new states.

        Raises:
            ValueError: If the states are not as from `initial_states`, another shape
                does not fit, there are no steps, or an id is not below the number of
                features (seen outside compiled code only).
        """
        inputs = self._check_inputs(tf.convert_to_tensor(inputs))
        if mask is not None:
            mask = check_mask(mask, inputs.shape)
        if states is None:
            states = self.initial_states(tf.shape(inputs)[0])
        self._check(states, inputs.shape[0])
        x, new_states = inputs, []
        if x.dtype.is_integer and (self.cell == "rnn" or (training and self.dropout)):
            # Only the fused layers read ids; and what is dropped must be there.
            x = tf.one_hot(x, self.num_features, dtype=self.compute_dtype)
        *before, after = self.dropouts
        for drop, layer, state in zip(before, self.layers, states, strict=True):
            if not x.dtype.is_integer:
                x = drop(x, training=training)
            x, *state = layer(x, initial_state=list(state), mask=mask)
            new_states.append(tuple(state))
        return after(x, training=training), new_states

    @property
    def num_features(self) -> int:
        """Size of the vectors that the first layer was built for."""
        return self.layers[0].cell.kernel.shape[0]

    def _check_inputs(self, inputs):
        """Ids or floats; not every cell's layer says what it wants of them."""
        if inputs.dtype.is_integer and inputs.shape.rank == 2:
            return check_id_tensor("inputs", inputs, self.num_features)
        expected = tf.TensorShape([None, None, self.num_features])
        if not expected.is_compatible_with(inputs.shape) or inputs.shape[1] == 0:
            raise ValueError(
                f"`inputs` must have shape (batch, num_steps, {self.num_features}) and "
                f"at least one step, or be ids; got shape {tuple(inputs.shape)}."
            )
        return tf.cast(inputs, self.compute_dtype)

    def _check(self, states, batch_size):
        if not isinstance(states, (list, tuple)) or len(states) != self.num_layers:
            got = len(states) if isinstance(states, (list, tuple)) else repr(states)
            raise ValueError(
                f"`states` must have one tuple for each of {self.num_layers} layers; "
                f"got {got}."
            )
        names = ("h", "c") if self.cell == "lstm" else ("h",)
        expected = tf.TensorShape([batch_size, self.units])
        for n, state in enumerate(states):
            if not isinstance(state, (list, tuple)) or len(state) != len(names):
                several = isinstance(state, (list, tuple))
                got = f"{len(state)} tensors" if several else type(state).__name__
                raise ValueError(
                    f"`states` of layer {n} must be ({', '.join(names)}), as from "
                    f"`initial_states`; got {got}."
                )
            for name, part in zip(names, state, strict=True):
                if not expected.is_compatible_with(part.shape):
                    raise ValueError(
                        f"`states` of layer {n}: {name} must have shape (batch, units) "
                        f"= {tuple(expected)}; got {tuple(part.shape)}."
                    )

    def compute_output_spec(self, inputs, states=None, mask=None, training=False):
        batch, steps = inputs.shape[:2]
        states = tf.nest.map_structure(
            lambda state: keras.KerasTensor((batch, self.units), self.compute_dtype),
            [tuple(range(1 + (self.cell == "lstm")))] * self.num_layers,
        )
        output = keras.KerasTensor((batch, steps, self.units), self.compute_dtype)
        return output, states

    def load_own_variables(self, store):
        """Finds the layers' weights where version 0.1.0, without a stack, kept them."""
        if len(store.keys()):  # in place of this stack there was one layer
            return self.layers[0].load_own_variables(store)
        path = getattr(store, "_h5_entry_path", None) or getattr(store, "path", "")
        if path in getattr(store, "h5_file", ()):
            return None
        parent, _, own = path.rpartition("/")
        number = own.removeprefix("recurrent_stack").removeprefix("_") or "0"
        for n, layer in enumerate(self.layers, start=int(number)):
            weights = store.h5_file[f"{parent}/fused_lstm{f'_{n}' * (n > 0)}/vars"]
            layer.load_own_variables({key: weights[key][()] for key in weights})
        return None

    def get_config(self) -> dict:
        return {
            **super().get_config(),
            "units": self.units,
            "cell": self.cell,
            "num_layers": self.num_layers,
            "dropout": self.dropout,
            "initializer": self.initializer
            and keras.initializers.serialize(self.initializer),
            "unit_forget_bias": self.unit_forget_bias,
        }
