"""The LSTM and the GRU as Keras layers, written from their equations and made fast."""

from seqmodels._tensorflow import keras, tf
from seqmodels.layers.gru_recurrence import gru_sequence
from seqmodels.layers.recurrence import lstm_sequence
from seqmodels.layers.recurrent_layer import RecurrentLayer


@keras.saving.register_keras_serializable("seqmodels")
class FusedLSTM(RecurrentLayer):
    """LSTM that computes its four gates in one matrix product.

    A drop-in for `keras.layers.LSTM`: the weights are the same, in the same order
    (`kernel`, `recurrent_kernel`, `bias`; gates i, f, g, o), so `set_weights` of
    one takes `get_weights` of the other. Its speed comes from three things: the
    inputs of all steps are projected in one product; the gradient is written by
    hand, so that the recurrent weights' gradient is one product as well; and the
    two halves of a larger batch are worked on side by side.

    Args:
        units: Size of the hidden and of the cell state.
        unit_forget_bias: Whether the forget gate's bias starts at 1, not at 0.
        **kwargs: As of `RecurrentLayer` and of any Keras layer.

    Source: Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997; the
    forget gate is from Gers et al., "Learning to Forget", 2000.
    """

    num_gates, state_names = 4, ("h", "c")

    def __init__(self, units, *, unit_forget_bias=True, **kwargs):
        super().__init__(units, **kwargs)
        self.unit_forget_bias = unit_forget_bias

    def _add_bias(self, size):
        def initial(shape, dtype=None):
            forget = tf.one_hot(1, 4, dtype=dtype) * float(self.unit_forget_bias)
            return tf.repeat(forget, self.units)

        self.bias = self.add_weight(name="bias", shape=(size,), initializer=initial)

    def _input_bias(self):
        return self.bias

    def _run(self, x_gates, states, mask):
        recurrent_kernel = tf.convert_to_tensor(self.recurrent_kernel)
        return lstm_sequence(x_gates, *states, recurrent_kernel, mask)

    def get_config(self):
        return {**super().get_config(), "unit_forget_bias": self.unit_forget_bias}


@keras.saving.register_keras_serializable("seqmodels")
class FusedGRU(RecurrentLayer):
    """GRU that computes its three gates in one matrix product.

    A drop-in for `keras.layers.GRU` (with `reset_after=True`, its default): the
    weights are the same, in the same order (`kernel`, `recurrent_kernel`, `bias`;
    gates z, r, h), so `set_weights` of one takes `get_weights` of the other.

    Args:
        units: Size of the hidden state.
        **kwargs: As of `RecurrentLayer` and of any Keras layer.

    Source: Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder",
    2014, section 2.3; the reset gate behind the product is from cuDNN.
    """

    num_gates, state_names = 3, ("h",)

    def _add_bias(self, size):
        # One for the inputs' product and one for the state's, as Keras has it.
        self.bias = self.add_weight(name="bias", shape=(2, size), initializer="zeros")

    def _input_bias(self):
        return tf.convert_to_tensor(self.bias)[0]

    def _run(self, x_gates, states, mask):
        recurrent_kernel, bias = map(
            tf.convert_to_tensor, (self.recurrent_kernel, self.bias)
        )
        return gru_sequence(x_gates, *states, recurrent_kernel, bias[1], mask)
