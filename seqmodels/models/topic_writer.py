"""A writer of short sequences, each on a topic that it is given as numbers."""

import numpy as np

from seqmodels._tensorflow import keras, tf
from seqmodels.models.compiled import XLAModel, compiled
from seqmodels.models.stack import RecurrentStack
from seqmodels.text.checks import check_size
from seqmodels.text.sampling import sample_logits

START = 0  # what is read before the first token; as a target, padding
INJECT = ("input", "start", None)


@keras.saving.register_keras_serializable("seqmodels")
class TopicWriter(XLAModel):
    """Predicts the next token of a sequence whose topic it is given.

    `logits = model([ids, topic_weights])`. A row of ids is a whole sequence behind a 0,
    so that nothing cuts the gradient between the topic and where it is used. Train it
    by Keras' `fit` with `masked_cross_entropy`.

    Args:
        vocab_size: Number of ids, the 0 among them.
        num_topics: Number of topics.
        units: Size of each layer's states.
        num_layers: As in `RecurrentStack`, and so `dropout`.
        embed_dim: Size of the tokens' embedding.
        topic_dim: Size of the topic vectors.
        inject: Where the topic vector enters: `"input"`, beside the token at every
            step; `"start"`, as the first layer's first state; `None`, nowhere.

    Raises:
        ValueError: If a size is not a positive integer, or `inject` is another.
    """

    def __init__(
        self,
        vocab_size: int,
        num_topics: int,
        units: int,
        *,
        num_layers: int = 1,
        embed_dim: int = 64,
        topic_dim: int = 32,
        inject: str | None = "input",
        dropout: float = 0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if inject not in INJECT:
            raise ValueError(
                f'`inject` must be "input", "start" or None; got {inject!r}.'
            )
        self.vocab_size = check_size("vocab_size", vocab_size)
        self.num_topics = check_size("num_topics", num_topics)
        self.embed_dim = check_size("embed_dim", embed_dim)
        self.topic_dim = check_size("topic_dim", topic_dim)
        self.inject = inject
        policy = {"dtype": self.dtype_policy}
        self.embedding = keras.layers.Embedding(
            self.vocab_size, self.embed_dim, **policy
        )
        self.topic_vectors = self.first_state = None
        if inject:
            self.topic_vectors = keras.layers.Dense(
                self.topic_dim, use_bias=False, **policy
            )
        if inject == "start":
            size = 2 * check_size("units", units)
            self.first_state = keras.layers.Dense(size, **policy)
        options = {"num_layers": num_layers, "dropout": dropout}
        self.stack = RecurrentStack(units, **options, **policy)
        self.classifier = keras.layers.Dense(self.vocab_size, **policy)
        self.build()

    def build(self, input_shape=None):
        self.embedding.build((None, None))
        if self.topic_vectors:
            self.topic_vectors.build((None, self.num_topics))
        if self.first_state:
            self.first_state.build((None, self.topic_dim))
        beside = self.topic_dim if self.inject == "input" else 0
        self.stack.build((None, None, self.embed_dim + beside))
        self.classifier.build((None, None, self.stack.units))
        self.built = True

    def call(self, inputs, training=False):
        """Logits after each token.

        Args:
            inputs: Ids, `(batch, num_steps)`, the first of each row 0; and the share of
                each topic, `(batch, num_topics)`.
            training: Whether to drop out.

        Returns:
            `(batch, num_steps, vocab_size)`.
        """
        ids, topic_weights = inputs
        return self._read(ids, topic_weights, self._first(topic_weights), training)[0]

    def _first(self, topic_weights):
        """The states before the first token."""
        states = self.stack.initial_states(tf.shape(topic_weights)[0])
        if self.inject == "start":
            vectors = self.first_state(self.topic_vectors(topic_weights))
            h, c = tf.split(vectors, 2, axis=-1)
            states[0] = (tf.tanh(h), c)
        return states

    def _read(self, ids, topic_weights, states, training):
        x = self.embedding(ids)
        if self.inject == "input":
            vector = self.topic_vectors(topic_weights)[:, None]  # (batch, 1, topic_dim)
            vector = tf.repeat(vector, tf.shape(ids)[1], axis=1)
            x = tf.concat([x, vector], axis=-1)  # (batch, num_steps, embed + topic)
        outputs, states = self.stack(x, states, training=training)
        return self.classifier(outputs), states

    @compiled
    def begin(self, topic_weights: tf.Tensor) -> list:
        """The states before the first token, one compiled call."""
        return self._first(topic_weights)

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
            ValueError: If the weights' shape does not fit, or `longest` is no positive
                integer.
        """
        weights = np.asarray(topic_weights, np.float32)
        if weights.ndim != 2 or weights.shape[1] != self.num_topics:
            raise ValueError(
                f"`topic_weights` must have shape (batch, {self.num_topics}), a share "
                f"for each topic; got {weights.shape}."
            )
        longest = check_size("longest", longest)
        weights, written = tf.constant(weights), []
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
        names = "vocab_size num_topics embed_dim topic_dim inject".split()
        stack = self.stack.get_config()
        return {
            **super().get_config(),
            **{name: getattr(self, name) for name in names},
            **{name: stack[name] for name in ("units", "num_layers", "dropout")},
        }
