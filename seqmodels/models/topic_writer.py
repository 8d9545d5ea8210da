"""A writer of short sequences, each on a topic that it is given as numbers."""

import numpy as np

from seqmodels._tensorflow import keras, tf
from seqmodels.models.compiled import XLAModel, compiled
from seqmodels.models.tensor_ids import check_id_tensor, nan_outside
from seqmodels.models.topics import ToldTopic
from seqmodels.text.checks import check_ids, check_size
from seqmodels.text.sampling import sample_logits

START = 0  # what is read before the first token; as a target, padding


@keras.saving.register_keras_serializable("seqmodels")
class TopicWriter(ToldTopic, XLAModel):
    """Predicts the next token of a sequence whose topic it is given.

    `logits = model([ids, topic_weights])`. A row of ids is a whole sequence behind a 0,
    so that nothing cuts the gradient between the topic and where it is used. Train it
    by Keras' `fit` with `masked_cross_entropy`.

    Args:
        vocab_size: Number of ids, the 0 among them.
        num_topics: Number of topics.
        units: Size of each layer's states.
        cell: As in `RecurrentStack`, and so `num_layers` and `dropout`.
        embed_dim: Size of the tokens' embedding.
        topic_dim: Size of the topic vectors.
        inject: Where the topic vector enters: `"input"`, beside the token at every
            step; `"start"`, as the first layer's first state; `None`, nowhere.

    Raises:
        ValueError: If a size is not a positive integer, or `inject` or `cell` is
            another.
    """

    def __init__(
        self,
        vocab_size: int,
        num_topics: int,
        units: int,
        *,
        cell: str = "lstm",
        num_layers: int = 1,
        embed_dim: int = 64,
        topic_dim: int = 32,
        inject: str | None = "input",
        dropout: float = 0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocab_size = check_size("vocab_size", vocab_size)
        self.num_topics = check_size("num_topics", num_topics)
        self._make_layers(
            self.vocab_size,
            self.num_topics,
            units,
            cell=cell,
            num_layers=num_layers,
            embed_dim=embed_dim,
            topic_dim=topic_dim,
            inject=inject,
            dropout=dropout,
        )

    def call(self, inputs, training=False):
        """Logits after each token.

        Args:
            inputs: Ids, `(batch, num_steps)`, the first of each row 0; and the share of
                each topic, `(batch, num_topics)`.
            training: Whether to drop out.

        Returns:
            `(batch, num_steps, vocab_size)`.

        Raises:
            TypeError: If the ids are not integers.
            ValueError: If a shape does not fit, or an id is out of range (seen outside
                compiled code only).
        """
        ids, topic_weights = inputs
        ids = check_id_tensor("ids", ids, self.vocab_size)
        weights = self._check_topic_weights(topic_weights)
        logits, _ = self._read(ids, weights, self._first_states(weights), training)
        return nan_outside(logits, ids, self.vocab_size)

    @compiled
    def begin(self, topic_weights: tf.Tensor) -> list:
        """The states before the first token, one compiled call."""
        return self._first_states(topic_weights)

    @compiled
    def step(self, ids: tf.Tensor, topic_weights: tf.Tensor, states: object) -> tuple:
        """Reads ids, `(batch,)`; the next one's logits and the new states."""
        logits, states = self._read(ids[:, None], topic_weights, states, False)
        return logits[:, 0], states

    def write(
        self,
        topic_weights: np.ndarray,
        rng: np.random.Generator,
        *,
        end: int,
        longest: int = 120,
        temperature: float = 1.0,
    ) -> list[np.ndarray]:
        """Writes a sequence for each row of topic weights.

        Args:
            topic_weights: The share of each topic, `(batch, num_topics)`.
            rng: `numpy.random.Generator`.
            end: The id that ends a sequence.
            longest: Tokens after which a sequence is broken off.
            temperature: As in `sample_logits`.

        Returns:
            The ids of each, without the end.

        Raises:
            TypeError: If `end` is no integer.
            ValueError: If the weights' shape does not fit, `end` is out of range,
                `longest` is no positive integer, or the temperature is negative.
        """
        weights = self._check_topic_weights(topic_weights)
        end = int(check_ids("end", end, self.vocab_size, axes=()))
        longest, written = check_size("longest", longest), []
        ids, states = np.full(len(weights), START, np.int32), self.begin(weights)
        done = np.zeros(len(weights), bool)
        while len(written) < longest and not done.all():
            logits, states = self.step(tf.constant(ids), weights, states)
            logits = np.array(logits, np.float64)
            logits[:, START] = -np.inf  # padding, which is never a target
            ids = sample_logits(logits, rng, temperature=temperature)
            done = done | (ids == end)
            written.append(np.where(done, end, ids))
        rows = np.reshape(written, (-1, len(weights))).T
        return [row[: (row != end).cumprod().sum()] for row in rows]

    def get_config(self):
        own = {"vocab_size": self.vocab_size, "num_topics": self.num_topics}
        return {**super().get_config(), **own, **self._layer_config()}
