"""From one sequence to another: an encoder, a decoder, and attention between."""

from seqmodels._tensorflow import keras, tf
from seqmodels.layers.attention import DotAttention
from seqmodels.layers.fused import FusedLSTM
from seqmodels.models.losses import PAD
from seqmodels.models.tensor_ids import check_id_tensor


@keras.saving.register_keras_serializable("seqmodels")
class Seq2Seq(keras.Model):
    """Reads a sequence with one LSTM and writes another one with a second.

    `logits = model((source, inputs))` is the teacher-forced model that `fit` trains:
    `inputs` is what shall be written, one step later (`teacher_forcing_pairs`).
    `greedy_decode` lets it write by itself. Id 0 is padding in both.

    Args:
        vocab_size: Number of tokens, padding and marks of start and end included.
        units: Size of the states and of what is remembered of each source token.
        embed_dim: Size of the token embedding, shared by reading and writing.
        direction: `"forward"`, `"backward"` (the source reversed) or `"both"`: two
            encoders of half the units each.
        attention: Whether the decoder looks back at all that was read. If not, it
            has the encoder's last state and nothing else.

    Source: Sutskever et al., arXiv 1409.3215; attention after the decoder is from
    Luong et al., arXiv 1508.04025, section 3 ("general").
    """

    def __init__(
        self,
        vocab_size,
        units,
        *,
        embed_dim=32,
        direction="both",
        attention=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if direction not in ("forward", "backward", "both"):
            raise ValueError(
                '`direction` must be "forward", "backward" or "both"; '
                f"got {direction!r}."
            )
        if direction == "both" and units % 2:
            raise ValueError(f'`units` must be even to read "both" ways; got {units}.')
        self.vocab_size = vocab_size
        self.units = units
        self.embed_dim = embed_dim
        self.direction = direction
        self.embedding = keras.layers.Embedding(vocab_size, embed_dim, name="embedding")
        ways = ["forward", "backward"] if direction == "both" else [direction]
        self.encoders = [
            _lstm(units // len(ways), way, go_backwards=way == "backward")
            for way in ways
        ]
        self.decoder = _lstm(units, "decoder")
        self.attention = (
            DotAttention(scale=1.0, name="attention") if attention else None
        )
        if attention:
            self.query = keras.layers.Dense(units, use_bias=False, name="query")
            self.combine = keras.layers.Dense(units, activation="tanh", name="combine")
        self.classifier = keras.layers.Dense(vocab_size, name="classifier")
        self.build()

    def build(self, input_shape=None):
        self.embedding.build((None, None))
        for lstm in [*self.encoders, self.decoder]:
            lstm.build((None, None, self.embed_dim))
        if self.attention:
            self.query.build((None, None, self.units))
            self.combine.build((None, None, 2 * self.units))
        self.classifier.build((None, None, self.units))
        self.built = True

    def encode(self, source):
        """Reads the source.

        Args:
            source: Ids, `(batch, source_steps)`, padded with 0.

        Returns:
            What is remembered of each step, `(batch, source_steps, units)`; which
            steps are not padding, `(batch, source_steps)`; and the decoder's first
            states `(h, c)`, each `(batch, units)`.
        """
        source = check_id_tensor("source", source, self.vocab_size)
        mask = source != PAD
        x = self.embedding(source)
        outputs, hs, cs = [], [], []
        for lstm in self.encoders:
            output, h, c = lstm(x, mask=mask)
            outputs.append(tf.reverse(output, [1]) if lstm.go_backwards else output)
            hs.append(h)
            cs.append(c)
        return tf.concat(outputs, -1), mask, (tf.concat(hs, -1), tf.concat(cs, -1))

    def decode(self, ids, states, memory, mask):
        """Writes on: reads what was written last, predicts what comes next.

        Args:
            ids: Ids, `(batch, num_steps)`.
            states: `(h, c)`, each `(batch, units)`.
            memory: `(batch, source_steps, units)`, from `encode`.
            mask: `(batch, source_steps)`, from `encode`.

        Returns:
            Logits, `(batch, num_steps, vocab_size)`; the new states; and where the
            decoder looked, `(batch, num_steps, source_steps)`, or `None` without
            attention.
        """
        ids = check_id_tensor("ids", ids, self.vocab_size)
        outputs, *states = self.decoder(self.embedding(ids), initial_state=states)
        weights = None
        if self.attention:
            context, weights = self.attention(self.query(outputs), memory, mask=mask)
            outputs = self.combine(tf.concat([outputs, context], axis=-1))
        return self.classifier(outputs), tuple(states), weights

    def call(self, inputs):
        """Predicts each token of the answer from the source and the tokens before.

        Args:
            inputs: `(source, inputs)`: ids, `(batch, source_steps)` and `(batch,
                num_steps)`.

        Returns:
            Logits, `(batch, num_steps, vocab_size)`.

        Raises:
            TypeError: If ids are not integers.
            ValueError: If an id is outside the vocabulary (seen outside compiled
                code only), or a shape does not fit.
        """
        if not isinstance(inputs, (list, tuple)) or len(inputs) != 2:
            raise ValueError("`inputs` must be a pair `(source, inputs)` of ids.")
        source, ids = (
            check_id_tensor(name, part, self.vocab_size)
            for name, part in zip(["source", "inputs"], inputs, strict=True)
        )
        if not source.shape[:1].is_compatible_with(ids.shape[:1]):
            raise ValueError(
                "`source` and `inputs` must have one batch size; "
                f"got {source.shape[0]} and {ids.shape[0]}."
            )
        memory, mask, states = self.encode(source)
        return self.decode(ids, states, memory, mask)[0]

    @tf.function(jit_compile=True, reduce_retracing=True)
    def read(self, source):
        """`encode`, compiled."""
        return self.encode(source)

    @tf.function(jit_compile=True, reduce_retracing=True)
    def step(self, ids, states, memory, mask):
        """One compiled step: ids `(batch,)` to logits `(batch, vocab_size)`, states."""
        logits, states, _ = self.decode(ids[:, None], states, memory, mask)
        return logits[:, 0], states

    def get_config(self):
        return {
            **super().get_config(),
            "vocab_size": self.vocab_size,
            "units": self.units,
            "embed_dim": self.embed_dim,
            "direction": self.direction,
            "attention": self.attention is not None,
        }


def _lstm(units, name, **options):
    return FusedLSTM(
        units, return_sequences=True, return_state=True, name=name, **options
    )
