"""A language model of characters, or of any other tokens."""

from seqmodels._tensorflow import keras, tf
from seqmodels.models.language_model import LanguageModel
from seqmodels.models.stack import RecurrentStack
from seqmodels.models.tensor_ids import check_id_tensor
from seqmodels.text.checks import check_size


@keras.saving.register_keras_serializable("seqmodels")
class CharLM(LanguageModel):
    """Predicts the next token of a text from all that came before.

    `logits, states = model(ids, states)`: the state is an argument and a result,
    so a text can be read in pieces. A `RecurrentStack` stands between the tokens
    (one-hot, or embedded) and a linear classifier.

    Args:
        vocab_size: Number of tokens.
        units: Size of each layer's states.
        cell: `"lstm"`, `"gru"` or `"rnn"`.
        num_layers: Number of recurrent layers.
        embed_dim: Size of the token embedding; `None` feeds one-hot vectors.
        dropout: As in `RecurrentStack`.
        input_size: Number of different inputs; `None` for `vocab_size`.
        initializer: Initializer of all weight matrices but the embedding; `None`
            takes Keras' defaults.
        unit_forget_bias: Whether an LSTM's forget biases start at 1, not at 0.

    Raises:
        ValueError: If a size is not a positive integer, or there is no such cell.
    """

    def __init__(
        self,
        vocab_size: int,
        units: int,
        *,
        cell: str = "lstm",
        num_layers: int = 1,
        embed_dim: int | None = None,
        dropout: float = 0.0,
        input_size: int | None = None,
        initializer: object = None,
        unit_forget_bias: bool = True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocab_size = check_size("vocab_size", vocab_size)
        self.input_size = self.vocab_size
        if input_size is not None:
            self.input_size = check_size("input_size", input_size)
        self.embed_dim = embed_dim
        policy = {"dtype": self.dtype_policy}
        self.embedding = None
        if embed_dim is not None:
            self.embed_dim = check_size("embed_dim", embed_dim)
            self.embedding = keras.layers.Embedding(
                self.input_size, self.embed_dim, name="embedding", **policy
            )
        self.stack = RecurrentStack(
            units,
            cell=cell,
            num_layers=num_layers,
            dropout=dropout,
            initializer=initializer,
            unit_forget_bias=unit_forget_bias,
            **policy,
        )
        self.units, self.num_layers = self.stack.units, self.stack.num_layers
        initializer = self.stack.initializer and self.stack.initializer.clone()
        self.classifier = keras.layers.Dense(
            self.vocab_size,
            kernel_initializer=initializer or "glorot_uniform",
            name="classifier",
            **policy,
        )
        self.build()

    def build(self, input_shape=None):
        if self.embedding:
            self.embedding.build((None, None))
        self.stack.build((None, None, self.embed_dim or self.input_size))
        self.classifier.build((None, None, self.stack.units))
        self.built = True

    def initial_states(self, batch_size: int | tf.Tensor) -> list:
        """Zeros: for each layer a tuple of states, as in `RecurrentStack`."""
        return self.stack.initial_states(batch_size)

    def call(self, ids, states=None, training=False):
        """Reads tokens and predicts, after each, the one to follow.

        Args:
            ids: Integers, `(batch, num_steps)`.
            states: As from `initial_states`, which is what `None` stands for.
            training: Whether to drop out.

        Returns:
            Logits, `(batch, num_steps, vocab_size)`, and the new states.

        Raises:
            TypeError: If `ids` are not integers.
            ValueError: If an id is outside the vocabulary (seen outside compiled
                code only), or a shape does not fit.
        """
        ids = check_id_tensor("ids", ids, self.input_size)
        if states is None:  # not the stack's zeros: a subclass may begin otherwise
            states = self.initial_states(tf.shape(ids)[0])
        x = self.embedding(ids) if self.embedding else ids
        outputs, states = self.stack(x, states, training=training)
        return self.classifier(outputs), states

    def get_config(self):
        stack = self.stack.get_config()
        names = "units cell num_layers dropout initializer unit_forget_bias".split()
        return {
            **super().get_config(),
            "vocab_size": self.vocab_size,
            "embed_dim": self.embed_dim,
            "input_size": self.input_size,
            **{name: stack[name] for name in names},
        }
