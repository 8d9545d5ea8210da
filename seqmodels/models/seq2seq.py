"""From one sequence to another: an encoder, a decoder, and attention between."""

import numpy as np

from seqmodels._tensorflow import keras, tf
from seqmodels.layers.attention import DotAttention
from seqmodels.models import writing
from seqmodels.models.compiled import XLAModel, compiled
from seqmodels.models.losses import PAD
from seqmodels.models.stack import RecurrentStack
from seqmodels.models.tensor_ids import check_id_tensor, nan_outside
from seqmodels.text.checks import check_ids, check_size


@keras.saving.register_keras_serializable("seqmodels")
class Seq2Seq(XLAModel):
    """Reads a sequence with one recurrent stack and writes another with a second.

    `logits = model((source, inputs))` is the teacher-forced model that `fit` trains:
    `inputs` is what shall be written, one step later (`teacher_forcing_pairs`).
    `greedy_decode` lets it write by itself. Id 0 is padding in both.

    Args:
        vocab_size: Number of tokens, padding and marks of start and end included.
        units: Size of the states and of what is remembered of each source token.
        cell: As in `RecurrentStack`, and so `num_layers` and `dropout`, of both.
        embed_dim: Size of the token embedding, shared by reading and writing.
        direction: `"forward"`, `"backward"` (the source reversed) or `"both"`: two
            encoders of half the units each.
        attention: Whether the decoder looks back at all that was read. If not, it
            has the encoder's last states and nothing else.

    Raises:
        ValueError: If a size is not a positive integer, `units` is odd where there
            are two encoders, or there is no such direction or cell.

    Source: Sutskever et al., arXiv 1409.3215; attention after the decoder is from
    Luong et al., arXiv 1508.04025, section 3 ("general").
    """

    def __init__(
        self,
        vocab_size: int,
        units: int,
        *,
        cell: str = "lstm",
        num_layers: int = 1,
        embed_dim: int = 32,
        direction: str = "both",
        attention: bool = True,
        dropout: float = 0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if direction not in ("forward", "backward", "both"):
            raise ValueError(
                '`direction` must be "forward", "backward" or "both"; '
                f"got {direction!r}."
            )
        units = check_size("units", units)
        if direction == "both" and units % 2:
            raise ValueError(f'`units` must be even to read "both" ways; got {units}.')
        self.vocab_size = check_size("vocab_size", vocab_size)
        self.embed_dim = check_size("embed_dim", embed_dim)
        self.direction = direction
        policy = {"dtype": self.dtype_policy}
        self.embedding = keras.layers.Embedding(
            self.vocab_size, self.embed_dim, name="embedding", **policy
        )
        ways = 2 if direction == "both" else 1
        options = {"cell": cell, "num_layers": num_layers, "dropout": dropout, **policy}
        self.encoders = [RecurrentStack(units // ways, **options) for _ in range(ways)]
        self.decoder = RecurrentStack(units, name="decoder", **options)
        self.attention = None
        if attention:
            self.attention = DotAttention(scale=1.0, name="attention", **policy)
            self.query = keras.layers.Dense(
                units, use_bias=False, name="query", **policy
            )
            self.combine = keras.layers.Dense(
                units, activation="tanh", name="combine", **policy
            )
        self.classifier = keras.layers.Dense(
            self.vocab_size, name="classifier", **policy
        )
        self.build()

    def build(self, input_shape=None):
        units = self.decoder.units
        self.embedding.build((None, None))
        for stack in [*self.encoders, self.decoder]:
            stack.build((None, None, self.embed_dim))
        if self.attention:
            self.query.build((None, None, units))
            self.combine.build((None, None, 2 * units))
        self.classifier.build((None, None, units))
        self.built = True

    def encode(
        self, source: tf.Tensor, training: bool = False
    ) -> tuple[tf.Tensor, tf.Tensor, list]:
        """Reads the source.

        Args:
            source: Ids, `(batch, source_steps)`, padded with 0.
            training: Whether to drop out.

        Returns:
            What is remembered of each step, `(batch, source_steps, units)`; which
            steps are not padding, `(batch, source_steps)`; and the decoder's first
            states, as in `RecurrentStack`.
        """
        source = check_id_tensor("source", source, self.vocab_size)
        mask = source != PAD
        x = nan_outside(self.embedding(source), source, self.vocab_size)
        ways = ["forward", "backward"] if self.direction == "both" else [self.direction]
        all_outputs, all_states = [], []
        for way, stack in zip(ways, self.encoders, strict=True):
            turn = _turned if way == "backward" else lambda x, mask: x
            turned = turn(x, mask), None, turn(mask, mask)
            outputs, states = stack(*turned, training=training)
            all_outputs.append(turn(outputs, mask))
            all_states.append(states)
        states = tf.nest.map_structure(lambda *parts: tf.concat(parts, -1), *all_states)
        return tf.concat(all_outputs, -1), mask, states

    def decode(
        self,
        ids: tf.Tensor,
        states: list,
        encoder_outputs: tf.Tensor,
        mask: tf.Tensor,
        training: bool = False,
    ) -> tuple[tf.Tensor, list, tf.Tensor | None]:
        """Writes on: reads what was written last, predicts what comes next.

        Args:
            ids: Ids, `(batch, num_steps)`.
            states: As from `encode`, or from here.
            encoder_outputs: `(batch, source_steps, units)`, from `encode`.
            mask: `(batch, source_steps)`, from `encode`.
            training: Whether to drop out.

        Returns:
            Logits, `(batch, num_steps, vocab_size)`; the new states; and where the
            decoder looked, `(batch, num_steps, source_steps)`, or `None` without
            attention.
        """
        ids = check_id_tensor("ids", ids, self.vocab_size)
        x = nan_outside(self.embedding(ids), ids, self.vocab_size)
        outputs, states = self.decoder(x, states, training=training)
        weights = None
        if self.attention:
            query = self.query(outputs)
            context, weights = self.attention(query, encoder_outputs, mask=mask)
            outputs = self.combine(tf.concat([outputs, context], axis=-1))
        return self.classifier(outputs), states, weights

    def call(self, inputs, training=False):
        """Predicts each token of the answer from the source and the tokens before.

        Args:
            inputs: `(source, inputs)`: ids, `(batch, source_steps)` and `(batch,
                num_steps)`.
            training: Whether to drop out.

        Returns:
            Logits, `(batch, num_steps, vocab_size)`; in compiled code NaN behind an
            id outside the vocabulary.

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
        encoder_outputs, mask, states = self.encode(source, training)
        return self.decode(ids, states, encoder_outputs, mask, training)[0]

    def fit(self, x=None, y=None, *args, validation_data=None, **kwargs):
        """As in Keras; ids in arrays are checked before anything is trained."""
        self._check_arrays(x, y)
        if isinstance(validation_data, (list, tuple)):
            self._check_arrays(*validation_data[:2])
        return super().fit(x, y, *args, validation_data=validation_data, **kwargs)

    def evaluate(self, x=None, y=None, *args, **kwargs):
        """As in Keras; ids in arrays are checked first."""
        self._check_arrays(x, y)
        return super().evaluate(x, y, *args, **kwargs)

    def _check_arrays(self, x, y):
        pair = x if isinstance(x, (list, tuple)) and len(x) == 2 else (None, None)
        named = zip(["source", "inputs", "targets"], [*pair, y], strict=True)
        for name, ids in named:
            if isinstance(ids, np.ndarray):
                check_ids(name, ids, self.vocab_size)

    decode_greedily = compiled(writing.decode_greedily)

    def get_config(self):
        stack = self.decoder.get_config()
        names = "units cell num_layers dropout".split()
        return {
            **super().get_config(),
            "vocab_size": self.vocab_size,
            "embed_dim": self.embed_dim,
            "direction": self.direction,
            "attention": self.attention is not None,
            **{name: stack[name] for name in names},
        }


def _turned(x, mask):
    """The steps backwards, but the padding still behind them, as cuDNN wants it."""
    ends = tf.where(mask, tf.range(1, tf.shape(mask)[1] + 1), 0)
    return tf.reverse_sequence(x, tf.reduce_max(ends, axis=1), seq_axis=1)
