"""A language model that is told what to write about."""

from collections.abc import Sequence

import numpy as np

from seqmodels._tensorflow import keras, tf
from seqmodels.models.language_model import LanguageModel
from seqmodels.models.tensor_ids import check_id_tensor
from seqmodels.models.topics import ToldTopic
from seqmodels.text.checks import check_size


@keras.saving.register_keras_serializable("seqmodels")
class TopicLM(ToldTopic, LanguageModel):
    """Predicts the next symbol of an article whose topic it is given.

    Ids below `num_symbols` are symbols, characters or words as the vocabulary has it;
    `num_symbols + k` is topic *k*. A topic's token stands where an article begins, at
    the start of a window: it clears the states and sets the topic, a state that
    stays as it is until the next token.

    Args:
        num_symbols: Number of symbols that the text is made of.
        topics: The topics' names, all different.
        units: Size of each layer's states.
        cell: As in `RecurrentStack`, and so `num_layers` and `dropout`.
        embed_dim: Size of the symbols' embedding.
        topic_dim: Size of the topic vectors.
        inject: Where the topic vector enters: `"input"`, beside the symbol at
            every step; `"start"`, as the first layer's first state; `None`, nowhere.

    Raises:
        ValueError: If a size is not a positive integer, topics are none or not
            different, or `inject` or `cell` is another.
    """

    def __init__(
        self,
        num_symbols: int,
        topics: Sequence[str],
        units: int,
        *,
        cell: str = "lstm",
        num_layers: int = 1,
        embed_dim: int = 32,
        topic_dim: int = 16,
        inject: str | None = "input",
        dropout: float = 0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.num_symbols = check_size("num_symbols", num_symbols)
        self.topics = list(topics)
        if not self.topics or len(set(self.topics)) < len(self.topics):
            raise ValueError(
                f"`topics` must be different names, at least one; got {self.topics}."
            )
        self.vocab_size = self.num_symbols + len(self.topics)
        self._make_layers(
            self.num_symbols + 1,  # one row behind: all topics' tokens are read alike
            len(self.topics),
            units,
            cell=cell,
            num_layers=num_layers,
            embed_dim=embed_dim,
            topic_dim=topic_dim,
            inject=inject,
            dropout=dropout,
        )

    def token(self, topic: str) -> int:
        """The id of a topic's token.

        Raises:
            ValueError: If there is no such topic.
        """
        if topic not in self.topics:
            known = ", ".join(self.topics)
            raise ValueError(f"`topic` must be one of {known}; got {topic!r}.")
        return self.num_symbols + self.topics.index(topic)

    def initial_states(self, batch_size: int | tf.Tensor) -> list:
        """Zeros: the topic weights, and the states as in `RecurrentStack`.

        The first is `(batch_size, len(topics))`, the others `(batch_size, units)`.
        """
        states = self.stack.initial_states(batch_size)
        return [tf.zeros([batch_size, len(self.topics)], self.compute_dtype), states]

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
            ValueError: If an id is out of range, or a topic's token stands behind
                the first step (both are seen outside compiled code only).
        """
        ids = check_id_tensor("ids", ids, self.vocab_size)
        if tf.executing_eagerly() and (ids.numpy()[:, 1:] >= self.num_symbols).any():
            raise ValueError(
                "`ids` must have topics' tokens in their first column only; got one "
                "behind it."
            )
        if states is None:
            states = self.initial_states(tf.shape(ids)[0])
        topic_weights, states = states
        topic = ids[:, 0] - self.num_symbols  # below 0: a symbol
        begins = topic[:, None] >= 0
        chosen = tf.one_hot(topic, len(self.topics), dtype=self.compute_dtype)
        topic_weights = tf.where(begins, chosen, topic_weights)
        states = tf.nest.map_structure(
            lambda first, old: tf.where(begins, first, old),
            self._first_states(topic_weights),
            states,
        )
        rows = tf.minimum(ids, self.num_symbols)
        logits, states = self._read(rows, topic_weights, states, training)
        return logits, [topic_weights, states]

    def begin(self, topic_weights: np.ndarray) -> tuple[tf.Tensor, list]:
        """Begins articles, each on a mixture of topics.

        With a single 1 among the weights this is reading that topic's token.

        Args:
            topic_weights: The share of each topic, `(batch, len(topics))`.

        Returns:
            Logits of the first symbol, `(batch, vocab_size)`, and the states.

        Raises:
            ValueError: If the shape does not fit.
        """
        weights = self._check_topic_weights(topic_weights)
        start = tf.fill([weights.shape[0], 1], self.num_symbols)
        first = self._first_states(weights)
        logits, states = self._read(start, weights, first, False)
        return logits[:, 0], [weights, states]

    def _check_batches(self, name, batches):
        super()._check_batches(name, batches)
        used = batches.stream_length * batches.batch_size
        (where,) = np.nonzero(batches.ids[:used] >= self.num_symbols)
        amid = where[where % batches.stream_length % batches.num_steps != 0]
        if len(amid):
            raise ValueError(
                f"`{name}` must have topics' tokens at the starts of windows only, "
                f"which are {batches.num_steps} steps long; got one at position "
                f"{amid[0]} of its ids, in streams of {batches.stream_length}."
            )

    def get_config(self):
        return {
            **super().get_config(),
            "num_symbols": self.num_symbols,
            "topics": self.topics,
            **self._layer_config(),
        }

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        if "num_chars" in config:  # its name in files of version 0.1.0
            config["num_symbols"] = config.pop("num_chars")
        return super().from_config(config)
