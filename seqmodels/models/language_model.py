"""Training a language model by truncated backpropagation, under Keras' `fit`."""

from seqmodels._tensorflow import keras, tf
from seqmodels.display.progress import ProgressBar
from seqmodels.models.feeding import EpochPosition, evaluation_block, training_blocks
from seqmodels.text.batches import ContiguousBatches
from seqmodels.text.checks import check_ids


class LanguageModel(keras.Model):
    """What every language model with a state shares: how it is trained and stepped.

    A subclass has `vocab_size`, `initial_states(batch_size)`, and
    `call(ids, states, training)` that returns logits, `(batch, num_steps,
    vocab_size)`, and the new states in the structure of the old.
    """

    _carried = None  # the states that `fit` carries from one compiled call to the next

    def compile(self, optimizer="rmsprop", *, jit_compile=None, **kwargs):
        """As in Keras, but compiled by XLA unless told otherwise.

        Raises:
            ValueError: If a loss or metrics are given: both are the model's own.
        """
        for name in ("loss", "metrics", "weighted_metrics"):
            if kwargs.get(name) is not None:
                raise ValueError(
                    f"`{name}` must be left out: a language model is trained on the "
                    f"cross-entropy of the next token; got {kwargs[name]!r}."
                )
        if jit_compile is None:
            jit_compile = not kwargs.get("run_eagerly", False)
        super().compile(optimizer, jit_compile=jit_compile, **kwargs)

    def compile_from_config(self, config):
        # Keras leaves a loaded model uncompiled if its `compile` is not Keras' own.
        self.compile(**keras.saving.deserialize_keras_object(config))
        self.optimizer.build(self.trainable_variables)

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
        if self._carried is None or self._carried[0].shape[0] != x.batch_size:
            states = tf.nest.flatten(self.initial_states(x.batch_size))
            self._carried = [tf.Variable(state, trainable=False) for state in states]
            self.train_function = None  # the one there is holds on to the old states
        self.optimizer.build(self.trainable_variables)
        steps = steps_per_epoch or len(x)
        position = EpochPosition()
        callbacks = [position, *(callbacks or [])]
        if verbose:
            callbacks.append(ProgressBar())
        history = super().fit(
            training_blocks(x, steps, position),
            epochs=epochs,
            validation_data=validation_data,
            callbacks=callbacks,
            verbose=0,
            shuffle=False,  # Keras warns that it cannot shuffle blocks
            **kwargs,
        )
        for values in history.history.values():  # older Keras keeps tensors there
            values[:] = map(float, values)
        return history

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
        result = super().evaluate(x, verbose=verbose, return_dict=return_dict, **kwargs)
        return tf.nest.map_structure(float, result)  # older Keras returns tensors

    def _check_batches(self, name, batches):
        if not isinstance(batches, ContiguousBatches):
            raise TypeError(
                f"`{name}` must be `ContiguousBatches`; got {type(batches).__name__}."
            )
        check_ids(f"{name}.ids", batches.ids, self.vocab_size)

    def train_step(self, block):
        weights = self.trainable_variables

        def train_on_window(ids, targets, reset, states):
            states = tf.nest.map_structure(
                lambda state: tf.where(reset, tf.zeros_like(state), state), states
            )
            with tf.GradientTape() as tape:
                logits, states = self(ids, states, training=True)
                loss = tf.reduce_mean(_cross_entropy(logits, targets))
                scaled = self.optimizer.scale_loss(loss)
            self.optimizer.apply(tape.gradient(scaled, weights), weights)
            return loss, states

        structure = self.initial_states(tf.shape(block[0])[1])
        carried = [tf.identity(state) for state in self._carried]
        states = tf.nest.pack_sequence_as(structure, carried)
        logs, states = self._over_windows(block, train_on_window, states)
        for variable, state in zip(self._carried, tf.nest.flatten(states), strict=True):
            variable.assign(state)
        return logs

    def test_step(self, block):
        def test_on_window(ids, targets, reset, states):
            logits, states = self(ids, states, training=False)
            return tf.reduce_mean(_cross_entropy(logits, targets)), states

        states = self.initial_states(tf.shape(block[0])[1])
        return self._over_windows(block, test_on_window, states)[0]

    def _over_windows(self, block, on_window, states):
        """Runs `on_window` over a block's windows, in one loop of compiled code."""
        inputs, targets, resets, count = block

        def body(n, states, total):
            loss, new = on_window(inputs[n], targets[n], resets[n], states)
            new = tf.nest.map_structure(
                lambda state, old: tf.ensure_shape(state, old.shape), new, states
            )
            return n + 1, new, total + tf.cast(loss, tf.float32)

        _, states, total = tf.while_loop(
            lambda n, *_: n < count, body, (tf.constant(0), states, tf.constant(0.0))
        )
        windows = tf.cast(count, tf.float32)
        (tracker,) = (m for m in self.metrics if m.name == "loss")
        tracker.update_state(total / windows, sample_weight=windows)
        loss = tracker.result()
        return {"loss": loss, "perplexity": tf.exp(loss)}, states

    @tf.function(jit_compile=True, reduce_retracing=True)
    def step(self, ids, states):
        """One compiled step: ids `(batch,)` and states to logits and new states."""
        logits, states = self(ids[:, None], states, training=False)
        return logits[:, 0], states


def _cross_entropy(logits, targets):
    """Negative log-likelihood of each target, `(batch, num_steps)`, in nats."""
    return tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=targets, logits=tf.cast(logits, tf.float32)
    )
