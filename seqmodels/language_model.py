"""A character language model that trains by truncated backpropagation."""


from seqmodels._tensorflow import keras, tf
from seqmodels.batches import ContiguousBatches
from seqmodels.blocks import EpochPosition, evaluation_block, training_blocks
from seqmodels.layers import FusedLSTM
from seqmodels.progress import ProgressBar
from seqmodels.vocab import check_ids


@keras.saving.register_keras_serializable("seqmodels")
class CharLM(keras.Model):
    """Predicts the next token of a text from all that came before.

    `logits, states = model(ids, states)`: the state is an argument and a result,
    so a text can be read in pieces. Layers of `FusedLSTM` stand between the
    tokens (one-hot, or embedded) and a linear classifier.

    Args:
        vocab_size: Number of tokens.
        units: Size of each layer's hidden and cell state.
        num_layers: Number of LSTM layers.
        embed_dim: Size of the token embedding; `None` feeds one-hot vectors.
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
        initializer=None,
        unit_forget_bias=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocab_size = vocab_size
        self.units = units
        self.num_layers = num_layers
        self.embed_dim = embed_dim
        self.initializer = initializer and keras.initializers.get(initializer)
        self.unit_forget_bias = unit_forget_bias
        self.embedding = (
            keras.layers.Embedding(vocab_size, embed_dim, name="embedding")
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
            )
            for n in range(num_layers)
        ]
        self.classifier = keras.layers.Dense(
            vocab_size,
            kernel_initializer=self._copy_initializer("glorot_uniform"),
            name="classifier",
        )
        self._carried = {}  # batch size -> the states that `fit` carries on
        self.build()

    def _copy_initializer(self, default):
        # An initializer with a seed gives the same numbers at every use: copy it.
        if self.initializer is None:
            return default
        return self.initializer.clone()

    def build(self, input_shape=None):
        if self.embedding:
            self.embedding.build((None, None))
        features = self.embed_dim or self.vocab_size
        for lstm in self.lstms:
            lstm.build((None, None, features))
            features = self.units
        self.classifier.build((None, None, self.units))
        self.built = True

    def initial_states(self, batch_size):
        """Zero states: for each layer a pair `(h, c)`, each `(batch_size, units)`."""
        zeros = tf.zeros([batch_size, self.units], self.compute_dtype)
        return [(zeros, zeros) for _ in self.lstms]

    def call(self, ids, states=None):
        """Reads tokens and predicts, after each, the one to follow.

        Args:
            ids: Integers, `(batch, num_steps)`.
            states: For each layer a pair `(h, c)`, each `(batch, units)`; zeros if
                `None`.

        Returns:
            Logits, `(batch, num_steps, vocab_size)`, and the new states.

        Raises:
            TypeError: If `ids` are not integers.
            ValueError: If an id is outside the vocabulary (seen outside compiled
                code only), or a shape does not fit.
        """
        ids = self._check_ids(ids)
        if states is None:
            states = self.initial_states(tf.shape(ids)[0])
        if len(states) != self.num_layers:
            raise ValueError(
                f"`states` must have one pair (h, c) for each of {self.num_layers} "
                f"layers; got {len(states)}."
            )
        if self.embedding:
            x = self.embedding(ids)
        else:
            x = tf.one_hot(ids, self.vocab_size, dtype=self.compute_dtype)
        new_states = []
        for lstm, state in zip(self.lstms, states, strict=True):
            x, h, c = lstm(x, initial_state=state)
            new_states.append((h, c))
        return self.classifier(x), new_states

    def _check_ids(self, ids):
        ids = tf.convert_to_tensor(ids)
        if not ids.dtype.is_integer:
            raise TypeError(f"`ids` must be integers; got {ids.dtype.name}.")
        if ids.shape.rank != 2:
            raise ValueError(
                f"`ids` must have shape (batch, num_steps); got {tuple(ids.shape)}."
            )
        if tf.executing_eagerly():
            check_ids("ids", ids.numpy(), self.vocab_size)
        return ids

    # -- training ------------------------------------------------------------------

    def fit(
        self,
        x,
        *,
        epochs=1,
        steps_per_epoch=None,
        validation_data=None,
        callbacks=None,
        verbose=1,
        **kwargs,
    ):
        """Trains by truncated backpropagation through time, the state carried on.

        Epoch *e* reads the windows from *e* times `steps_per_epoch` on, starting
        over at the text's end, from a zero state: so a run that is taken up again
        at epoch *e* is the run that was never broken off.

        Args:
            x: `ContiguousBatches` of the training text.
            epochs: Number of epochs.
            steps_per_epoch: Windows in an epoch; `None` for one pass of the text.
            validation_data: `ContiguousBatches` of the validation text.
            callbacks: Keras callbacks.
            verbose: 1 for one progress bar, 0 for none.
            **kwargs: Anything else that `keras.Model.fit` takes.

        Returns:
            Keras' history: `loss` (nats per token) and `perplexity`, and both with
            `val_` before for the validation text.
        """
        if not self.compiled:
            raise ValueError("Call `compile()` before `fit()`.")
        self._check_batches("x", x)
        if validation_data is not None:
            self._check_batches("validation_data", validation_data)
            validation_data = evaluation_block(validation_data)
        if x.batch_size not in self._carried:
            states = self.initial_states(x.batch_size)
            self._carried[x.batch_size] = [
                [tf.Variable(s, trainable=False) for s in pair] for pair in states
            ]
        self.optimizer.build(self.trainable_variables)
        steps = steps_per_epoch or len(x)
        position = EpochPosition()
        callbacks = [position, *(callbacks or [])]
        if verbose:
            callbacks.append(ProgressBar())
        return super().fit(
            training_blocks(x, steps, position),
            epochs=epochs,
            validation_data=validation_data,
            callbacks=callbacks,
            verbose=0,
            shuffle=False,  # Keras warns that it cannot shuffle blocks
            **kwargs,
        )

    def evaluate(self, x, *, verbose=0, return_dict=True, **kwargs):
        """Returns `loss` (nats per token) and `perplexity` of a text.

        The state is zero at the start of each stream and carried to its end.

        Args:
            x: `ContiguousBatches` of the text.
            verbose: As in Keras.
            return_dict: As in Keras, but `True` unless told otherwise.
            **kwargs: Anything else that `keras.Model.evaluate` takes.
        """
        if not isinstance(x, tf.data.Dataset):  # as `fit` hands it on
            self._check_batches("x", x)
            x = evaluation_block(x)
        return super().evaluate(x, verbose=verbose, return_dict=return_dict, **kwargs)

    def _check_batches(self, name, batches):
        if not isinstance(batches, ContiguousBatches):
            raise TypeError(
                f"`{name}` must be `ContiguousBatches`; got {type(batches).__name__}."
            )
        check_ids(f"{name}.ids", batches.ids, self.vocab_size)

    def train_step(self, block):
        inputs, _, resets, _ = block
        carried = self._carried[inputs.shape[1]]
        weights = self.trainable_variables

        def train_on_window(ids, targets, reset, states):
            keep = tf.cast(~reset, self.compute_dtype)
            states = [(h * keep, c * keep) for h, c in states]
            with tf.GradientTape() as tape:
                logits, states = self(ids, states, training=True)
                loss = tf.reduce_mean(_cross_entropy(logits, targets))
                scaled = self.optimizer.scale_loss(loss)
            self.optimizer.apply(tape.gradient(scaled, weights), weights)
            return loss, states

        states = [tuple(tf.identity(s) for s in pair) for pair in carried]
        logs, states = self._over_windows(block, train_on_window, states)
        for variable, state in zip(tf.nest.flatten(carried), tf.nest.flatten(states)):
            variable.assign(state)
        return logs

    def test_step(self, block):
        inputs = block[0]

        def test_on_window(ids, targets, reset, states):
            logits, states = self(ids, states, training=False)
            return tf.reduce_mean(_cross_entropy(logits, targets)), states

        states = self.initial_states(inputs.shape[1])
        return self._over_windows(block, test_on_window, states)[0]

    def _over_windows(self, block, on_window, states):
        """Runs `on_window` over a block's windows, in one loop of compiled code."""
        inputs, targets, resets, count = block
        shapes = [[s.shape for s in pair] for pair in states]

        def body(n, states, total):
            loss, new = on_window(inputs[n], targets[n], resets[n], states)
            new = [
                tuple(map(tf.ensure_shape, pair, shape))
                for pair, shape in zip(new, shapes, strict=True)
            ]
            return n + 1, new, total + tf.cast(loss, tf.float32)

        _, states, total = tf.while_loop(
            lambda n, *_: n < count, body, (tf.constant(0), states, tf.constant(0.0))
        )
        windows = tf.cast(count, tf.float32)
        (tracker,) = (m for m in self.metrics if m.name == "loss")
        tracker.update_state(total / windows, sample_weight=windows)
        loss = tracker.result()
        return {"loss": loss, "perplexity": tf.exp(loss)}, states

    # -- generating ----------------------------------------------------------------

    @tf.function(jit_compile=True, reduce_retracing=True)
    def step(self, ids, states):
        """One compiled step: ids `(batch,)` and states to logits and new states."""
        logits, states = self(ids[:, None], states, training=False)
        return logits[:, 0], states

    def get_config(self):
        return {
            **super().get_config(),
            "vocab_size": self.vocab_size,
            "units": self.units,
            "num_layers": self.num_layers,
            "embed_dim": self.embed_dim,
            "initializer": self.initializer
            and keras.initializers.serialize(self.initializer),
            "unit_forget_bias": self.unit_forget_bias,
        }


def _cross_entropy(logits, targets):
    """Negative log-likelihood of each target, `(batch, num_steps)`, in nats."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=targets, logits=tf.cast(logits, tf.float32)
    )
