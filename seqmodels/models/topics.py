"""What models that are told a topic have in common: where its vector enters."""

from seqmodels._tensorflow import keras, tf
from seqmodels.models.stack import RecurrentStack
from seqmodels.text.checks import check_size

INJECT = ("input", "start", None)


class ToldTopic:
    """For a `keras.Model`: embedding, topic vectors, recurrent stack and classifier.

    The topic comes as the share of each topic, `(batch, num_topics)`, whose vector
    enters beside the token at every step, or as the first layer's first state.
    """

    def _make_layers(
        self,
        embedded: int,
        num_topics: int,
        units: int,
        *,
        cell: str,
        num_layers: int,
        embed_dim: int,
        topic_dim: int,
        inject: str | None,
        dropout: float,
    ) -> None:
        """Makes and builds them; `vocab_size` is set, `embedded` counts what is read.

        Raises:
            ValueError: If a size is not a positive integer, or `inject` or `cell` is
                another.
        """
        if inject not in INJECT:
            raise ValueError(
                f'`inject` must be "input", "start" or None; got {inject!r}.'
            )
        self.embed_dim = check_size("embed_dim", embed_dim)
        self.topic_dim = check_size("topic_dim", topic_dim)
        self.inject, self._num_topics = inject, num_topics
        policy = {"dtype": self.dtype_policy}
        self.embedding = keras.layers.Embedding(embedded, self.embed_dim, **policy)
        self.topic_vectors = keras.layers.Dense(
            self.topic_dim,
            use_bias=False,
            kernel_initializer=keras.initializers.RandomNormal(stddev=1.0),
            **policy,
        )
        size = check_size("units", units) * (2 if cell == "lstm" else 1)
        self.first_state = None
        if inject == "start":
            self.first_state = keras.layers.Dense(size, **policy)
        self.stack = RecurrentStack(
            units, cell=cell, num_layers=num_layers, dropout=dropout, **policy
        )
        self.classifier = keras.layers.Dense(self.vocab_size, **policy)
        self.build()

    def build(self, input_shape=None):
        self.embedding.build((None, None))
        if self.inject:
            self.topic_vectors.build((None, self._num_topics))
        if self.first_state:
            self.first_state.build((None, self.topic_dim))
        beside = self.topic_dim if self.inject == "input" else 0
        self.stack.build((None, None, self.embed_dim + beside))
        self.classifier.build((None, None, self.stack.units))
        self.built = True

    def _check_topic_weights(self, topic_weights):
        weights = tf.convert_to_tensor(topic_weights, self.compute_dtype)
        if weights.shape.rank != 2 or weights.shape[1] != self._num_topics:
            raise ValueError(
                f"`topic_weights` must have shape (batch, {self._num_topics}), a share "
                f"for each topic; got {tuple(weights.shape)}."
            )
        return weights

    def _first_states(self, topic_weights):
        """The states before the first token."""
        states = self.stack.initial_states(tf.shape(topic_weights)[0])
        if self.inject == "start":
            vectors = self.first_state(self.topic_vectors(topic_weights))
            h, *c = tf.split(vectors, len(states[0]), axis=-1)
            states[0] = (tf.tanh(h), *c)
        return states

    def _read(self, rows, topic_weights, states, training):
        """Logits and states, from rows of the embedding, `(batch, num_steps)`."""
        x = self.embedding(rows)
        if self.inject == "input":
            vector = self.topic_vectors(topic_weights)[:, None]  # (batch, 1, topic_dim)
            vector = tf.repeat(vector, tf.shape(rows)[1], axis=1)
            x = tf.concat([x, vector], axis=-1)  # (batch, num_steps, embed + topic)
        outputs, states = self.stack(x, states, training=training)
        return self.classifier(outputs), states

    def _layer_config(self):
        stack, own = self.stack.get_config(), ("embed_dim", "topic_dim", "inject")
        return {
            **{name: getattr(self, name) for name in own},
            **{name: stack[name] for name in "units cell num_layers dropout".split()},
        }
