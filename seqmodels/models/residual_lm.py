"""A network that learns what counting leaves over."""

from seqmodels._tensorflow import keras, tf
from seqmodels.models.char_lm import CharLM
from seqmodels.models.tensor_ids import check_id_tensor
from seqmodels.text.checks import check_size

LEAST = -8.0  # nats; what an n-gram thinks less likely is all the same to the network


@keras.saving.register_keras_serializable("seqmodels")
class ResidualLM(CharLM):
    """Predicts the next token from all before it, and from what others say of it.

    Beside each token it reads the log-probabilities that another model gives to the
    next; and what followed the last times (see `MatchModel`), if `num_matches` is not
    0. Both are part of what the recurrent layers read, and both are added to the
    logits: the log-probabilities each times a weight that starts at 1, the matches
    through weights that start at 0. So the untrained network is all but the other
    model, and what it learns is what that leaves over.

    The other model must not have been fitted to the text that this one is trained on:
    see `cross_fitted_log_probs`.

    Args:
        vocab_size: Number of tokens.
        units: Size of each layer's states.
        num_matches: How many tokens that followed are read at each step.
        **kwargs: As of `CharLM`, but `embed_dim` and `input_size`; and `dropout` leaves
            alone what is read.

    Raises:
        ValueError: As `CharLM`, or if `num_matches` is negative.

    Source: H. Li et al., "N-gram Is Back: Residual Learning of Neural Text Generation
    with n-gram Language Model", 2022.
    """

    def __init__(self, vocab_size: int, units: int, *, num_matches: int = 0, **kwargs):
        # Before the initialization, of which `build` is part.
        self.num_matches = check_size("num_matches", num_matches, least=0)
        super().__init__(vocab_size, units, **kwargs)

    @property
    def feature_sizes(self) -> tuple[int, ...]:
        """Log-probabilities of all tokens, and ids of those that followed."""
        return (self.vocab_size, self.num_matches)[: 1 + (self.num_matches > 0)]

    def build(self, input_shape=None):
        size = self.num_matches * self.vocab_size
        self.stack.dropouts[0].rate = 0.0  # without a letter there is little to say
        self.stack.build((None, None, 2 * self.vocab_size + size))
        self.classifier.build((None, None, self.stack.units))
        self.trust = self.add_weight(
            name="trust", shape=(self.vocab_size,), initializer="ones"
        )
        if self.num_matches:
            shape = (size, self.vocab_size)
            self.follow = self.add_weight(
                name="follow", shape=shape, initializer="zeros"
            )
        self.built = True

    def call(self, inputs, states=None, training=False):
        """Reads tokens with what others say, and predicts after each the next.

        Args:
            inputs: Ids, `(batch, num_steps)`; log-probabilities of the token to follow
                each, `(batch, num_steps, vocab_size)`; and, if it reads matches, ids
                `(batch, num_steps, num_matches)`, where `vocab_size` is none.
            states: As from `initial_states`, which is what `None` stands for.
            training: Whether to drop out.

        Returns:
            Logits, `(batch, num_steps, vocab_size)`, and the new states.

        Raises:
            TypeError: As `CharLM`.
            ValueError: As `CharLM`, or if there are more or fewer inputs.
        """
        wanted = 1 + len(self.feature_sizes)
        given = len(inputs) if isinstance(inputs, (tuple, list)) else 1
        if given != wanted:
            raise ValueError(
                f"`inputs` must be ids and features of sizes {self.feature_sizes}, "
                f"{wanted} in all; got {given}."
            )
        ids, log_probs, *matches = inputs
        ids = check_id_tensor("ids", ids, self.vocab_size)
        if states is None:
            states = self.initial_states(tf.shape(ids)[0])
        log_probs = tf.cast(log_probs, self.compute_dtype)
        x = [
            tf.one_hot(ids, self.vocab_size, dtype=self.compute_dtype),
            tf.maximum(log_probs, LEAST) / -LEAST * 2 + 1,  # from -1 to 1
        ]
        known = self.trust * log_probs
        if matches:
            followed = tf.cast(matches[0], tf.int32)
            hot = tf.one_hot(followed, self.vocab_size, dtype=self.compute_dtype)
            shape = [*tf.unstack(tf.shape(ids)), self.follow.shape[0]]
            x.append(tf.reshape(hot, shape))
            known += tf.matmul(x[-1], self.follow)
        outputs, states = self.stack(tf.concat(x, -1), states, training=training)
        return self.classifier(outputs) + known, states

    def get_config(self):
        config = {**super().get_config(), "num_matches": self.num_matches}
        del config["embed_dim"], config["input_size"]
        return config
