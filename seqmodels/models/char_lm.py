"""A language model of characters, or of any other tokens."""

from seqmodels._tensorflow import keras, tf
from seqmodels.layers.dropout import Dropout
from seqmodels.layers.fused import FusedLSTM
from seqmodels.models.language_model import LanguageModel
from seqmodels.models.tensor_ids import check_id_tensor


@keras.saving.register_keras_serializable("seqmodels")
class CharLM(LanguageModel):
    """Predicts the next token of a text from all that came before.

    `logits, states = model(ids, states)`: the state is an argument and a result,
    so a text can be read in pieces. Layers of `FusedLSTM` stand between the
    tokens (one-hot, or embedded) and a linear classifier.

    Args:
        vocab_size: Number of tokens.
        units: Size of each layer's hidden and cell state.
        num_layers: Number of LSTM layers.
        embed_dim: Size of the token embedding; `None` feeds one-hot vectors.
        dropout: Share of the inputs of every LSTM layer and of the classifier that
            is zeroed in training. Never within the recurrence: Zaremba et al.,
            "Recurrent Neural Network Regularization", 2014.
        input_size: Number of different inputs, where it is not `vocab_size`.
        initializer: Initializer of all weight matrices but the embedding; `None`
            takes Keras' defaults.
        unit_forget_bias: Whether the forget gates' biases start at 1, not at 0.
    """

    def __init__(
        self,
        vocab_size,
        units,
        *,
        num_layers=1,
        embed_dim=None,
        dropout=0.0,
        input_size=None,
        initializer=None,
        unit_forget_bias=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocab_size = vocab_size
        self.units = units
        self.num_layers = num_layers
        self.embed_dim = embed_dim
        self.dropout = dropout
        self.input_size = input_size or vocab_size
        self.initializer = initializer and keras.initializers.get(initializer)
        self.unit_forget_bias = unit_forget_bias
        policy = {"dtype": self.dtype_policy}
        self.embedding = (
            keras.layers.Embedding(
                self.input_size, embed_dim, name="embedding", **policy
            )
            if embed_dim
            else None
        )
        self.lstms = [
            FusedLSTM(
                units,
                return_sequences=True,
                return_state=True,
                kernel_initializer=self._copy_initializer("glorot_uniform"),
                recurrent_initializer=self._copy_initializer("orthogonal"),
                unit_forget_bias=unit_forget_bias,
                name=f"lstm_{n}",
                **policy,
            )
            for n in range(num_layers)
        ]
        self.dropouts = [Dropout(dropout, **policy) for _ in range(num_layers + 1)]
        self.classifier = keras.layers.Dense(
            vocab_size,
            kernel_initializer=self._copy_initializer("glorot_uniform"),
            name="classifier",
            **policy,
        )
        self.build()

    def _copy_initializer(self, default):
        # An initializer with a seed gives the same numbers at every use: copy it.
        if self.initializer is None:
            return default
        return self.initializer.clone()

    def build(self, input_shape=None):
        if self.embedding:
            self.embedding.build((None, None))
        features = self.embed_dim or self.input_size
        for lstm in self.lstms:
            lstm.build((None, None, features))
            features = self.units
        self.classifier.build((None, None, self.units))
        self.built = True

    def initial_states(self, batch_size):
        """Zero states: for each layer a pair `(h, c)`, each `(batch_size, units)`."""
        zeros = tf.zeros([batch_size, self.units], self.compute_dtype)
        return [(zeros, zeros) for _ in self.lstms]

    def call(self, ids, states=None, training=False):
        """Reads tokens and predicts, after each, the one to follow.

        Args:
            ids: Integers, `(batch, num_steps)`.
            states: For each layer a pair `(h, c)`, each `(batch, units)`; zeros if
                `None`.
            training: Whether to drop out.

        Returns:
            Logits, `(batch, num_steps, vocab_size)`, and the new states.

        Raises:
            TypeError: If `ids` are not integers.
            ValueError: If an id is outside the vocabulary (seen outside compiled
                code only), or a shape does not fit.
        """
        ids = check_id_tensor("ids", ids, self.input_size)
        if states is None:
            states = self.initial_states(tf.shape(ids)[0])
        if len(states) != self.num_layers:
            raise ValueError(
                f"`states` must have one pair (h, c) for each of {self.num_layers} "
                f"layers; got {len(states)}."
            )
        if self.embedding:
            x = self.embedding(ids)
        elif training and self.dropout:
            x = tf.one_hot(ids, self.input_size, dtype=self.compute_dtype)
        else:
            x = ids  # the layer takes them for the same one-hot vectors
        new_states = []
        *between, last = self.dropouts
        for drop, lstm, state in zip(between, self.lstms, states, strict=True):
            if not x.dtype.is_integer:
                x = drop(x, training=training)
            x, h, c = lstm(x, initial_state=state)
            new_states.append((h, c))
        return self.classifier(last(x, training=training)), new_states

    def get_config(self):
        return {
            **super().get_config(),
            "vocab_size": self.vocab_size,
            "units": self.units,
            "num_layers": self.num_layers,
            "embed_dim": self.embed_dim,
            "dropout": self.dropout,
            "input_size": self.input_size,
            "initializer": self.initializer
            and keras.initializers.serialize(self.initializer),
            "unit_forget_bias": self.unit_forget_bias,
        }
