"""A language model that is told what to write about."""

from seqmodels._tensorflow import keras, tf
from seqmodels.layers.dropout import Dropout
from seqmodels.layers.fused import FusedLSTM
from seqmodels.models.language_model import LanguageModel
from seqmodels.models.tensor_ids import check_id_tensor


@keras.saving.register_keras_serializable("seqmodels")
class TopicLM(LanguageModel):
    """Predicts the next symbol of an article whose topic it is given.

    Ids below `num_chars` are symbols, characters or words as the vocabulary has it;
    `num_chars + k` is topic *k*. A topic's token stands where an article begins, at
    the start of a window: it clears the states and sets the topic, a state that
    stays as it is until the next token.

    Args:
        num_chars: Number of characters, or of whatever symbols the text is made of.
        topics: The topics' names.
        units: Size of the LSTM's hidden and cell state.
        embed_dim: Size of the symbols' embedding.
        topic_dim: Size of the topic vectors.
        inject: Where the topic vector enters: `"input"`, beside the symbol at
            every step; `"start"`, as the LSTM's first state; `None`, nowhere.
        dropout: As in `CharLM`.
    """

    def __init__(
        self,
        num_chars,
        topics,
        units,
        *,
        embed_dim=32,
        topic_dim=16,
        inject="input",
        dropout=0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if inject not in ("input", "start", None):
            raise ValueError(
                f'`inject` must be "input", "start" or None; got {inject!r}.'
            )
        self.num_chars = num_chars
        self.topics = list(topics)
        self.vocab_size = num_chars + len(self.topics)
        self.units = units
        self.embed_dim = embed_dim
        self.topic_dim = topic_dim
        self.inject = inject
        self.dropout = dropout
        # One row behind the symbols: all topics' tokens are read alike.
        self.embedding = keras.layers.Embedding(num_chars + 1, embed_dim)
        self.topic_vectors = keras.layers.Dense(
            topic_dim,
            use_bias=False,
            kernel_initializer=keras.initializers.RandomNormal(stddev=1.0),
        )
        self.first_state = keras.layers.Dense(2 * units) if inject == "start" else None
        self.lstm = FusedLSTM(units, return_sequences=True, return_state=True)
        self.dropouts = [Dropout(dropout), Dropout(dropout)]
        self.classifier = keras.layers.Dense(self.vocab_size)
        self.build()

    def build(self, input_shape=None):
        self.embedding.build((None, None))
        if self.inject:
            self.topic_vectors.build((None, len(self.topics)))
        if self.first_state:
            self.first_state.build((None, self.topic_dim))
        beside = self.topic_dim if self.inject == "input" else 0
        self.lstm.build((None, None, self.embed_dim + beside))
        self.classifier.build((None, None, self.units))
        self.built = True

    def token(self, topic):
        """The id of a topic's token.

        Raises:
            ValueError: If there is no such topic.
        """
        if topic not in self.topics:
            known = ", ".join(self.topics)
            raise ValueError(f"`topic` must be one of {known}; got {topic!r}.")
        return self.num_chars + self.topics.index(topic)

    def initial_states(self, batch_size):
        """Zeros: each topic's share, and the LSTM's pair `(h, c)`.

        The first is `(batch_size, len(topics))`, the others `(batch_size, units)`.
        """
        zeros = tf.zeros([batch_size, self.units], self.compute_dtype)
        topic = tf.zeros([batch_size, len(self.topics)], self.compute_dtype)
        return [topic, (zeros, zeros)]

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
        ids = self._check_ids(ids)
        if states is None:
            states = self.initial_states(tf.shape(ids)[0])
        mix, (h, c) = states
        topic = ids[:, 0] - self.num_chars  # below 0: a symbol
        begins = topic[:, None] >= 0
        new_mix = tf.one_hot(topic, len(self.topics), dtype=self.compute_dtype)
        mix = tf.where(begins, new_mix, mix)
        new_h, new_c = self._first_states(mix)
        h, c = tf.where(begins, new_h, h), tf.where(begins, new_c, c)
        return self._read(ids, mix, h, c, training)

    def begin(self, mix):
        """Begins articles, each on a mixture of topics.

        With a single 1 in `mix` this is reading that topic's token.

        Args:
            mix: The share of each topic, `(batch, len(topics))`.

        Returns:
            Logits of the first symbol, `(batch, vocab_size)`, and the states.

        Raises:
            ValueError: If the shape does not fit.
        """
        mix = tf.convert_to_tensor(mix, self.compute_dtype)
        if mix.shape.rank != 2 or mix.shape[1] != len(self.topics):
            raise ValueError(
                f"`mix` must have shape (batch, {len(self.topics)}), a share for each "
                f"topic; got {tuple(mix.shape)}."
            )
        start = tf.fill([mix.shape[0], 1], self.num_chars)
        logits, states = self._read(start, mix, *self._first_states(mix), False)
        return logits[:, 0], states

    def _first_states(self, mix):
        if self.inject != "start":
            zeros = tf.zeros([tf.shape(mix)[0], self.units], self.compute_dtype)
            return zeros, zeros
        h, c = tf.split(self.first_state(self.topic_vectors(mix)), 2, axis=-1)
        return tf.tanh(h), c

    def _read(self, ids, mix, h, c, training):
        x = self.embedding(tf.minimum(ids, self.num_chars))
        if self.inject == "input":
            vector = self.topic_vectors(mix)[:, None]  # (batch, 1, topic_dim)
            vector = tf.repeat(vector, tf.shape(ids)[1], axis=1)
            x = tf.concat([x, vector], axis=-1)  # (batch, num_steps, embed + topic)
        first, last = self.dropouts
        x, h, c = self.lstm(first(x, training=training), initial_state=[h, c])
        return self.classifier(last(x, training=training)), [mix, (h, c)]

    def _check_ids(self, ids):
        ids = check_id_tensor("ids", ids, self.vocab_size)
        if tf.executing_eagerly() and (ids.numpy()[:, 1:] >= self.num_chars).any():
            raise ValueError(
                "`ids` must have topics' tokens in their first column only; got one "
                "behind it."
            )
        return ids

    def get_config(self):
        return {
            **super().get_config(),
            "num_chars": self.num_chars,
            "topics": self.topics,
            "units": self.units,
            "embed_dim": self.embed_dim,
            "topic_dim": self.topic_dim,
            "inject": self.inject,
            "dropout": self.dropout,
        }
