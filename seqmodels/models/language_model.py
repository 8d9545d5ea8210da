"""Training a language model by truncated backpropagation, under Keras' `fit`."""

from collections.abc import Sequence

import numpy as np

from seqmodels._tensorflow import keras, tf
from seqmodels.display.progress import ProgressBar
from seqmodels.models import among, cards, feeding, scoring, writing
from seqmodels.models.arguments import refuse, refuse_in_compile
from seqmodels.models.blocks import read_block
from seqmodels.models.compiled import XLAModel, compiled
from seqmodels.models.feeding import Block
from seqmodels.models.reading import cross_entropy
from seqmodels.models.windows import Running
from seqmodels.text.batches import ContiguousBatches
from seqmodels.text.checks import check_ids, check_size
from seqmodels.workers.joining import watched


class LanguageModel(XLAModel):
    """What every language model with a state shares: how it is trained and stepped.

    A subclass has `vocab_size`, `initial_states(batch_size)`, and
    `call(ids, states, training)` that returns logits, `(batch, num_steps,
    vocab_size)`, and the new states in the structure of the old. If it reads features
    beside the ids, `feature_sizes` are their sizes, and a tuple stands for the ids.
    """

    feature_sizes = ()

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._running = Running()
        self._running.workers = among.take_workers(self)

    @property
    def metrics(self):
        return [*super().metrics, self._running.perplexity]

    def compile(self, optimizer="rmsprop", loss=None, **kwargs):
        """As in Keras, but without a loss: that is the next token's cross-entropy.

        Raises:
            ValueError: If a loss is given, or `steps_per_execution`.
        """
        refuse_in_compile({"loss": loss, **kwargs})
        super().compile(optimizer, **kwargs)

    def fit(
        self,
        x: ContiguousBatches,
        *,
        epochs: int = 1,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_data: ContiguousBatches | None = None,
        validation_freq: int = 1,
        callbacks: Sequence[keras.callbacks.Callback] | None = None,
        verbose: int | str = "auto",
        **refused,
    ) -> keras.callbacks.History:
        """Trains by truncated backpropagation through time, the state carried on.

        Epoch *e* reads the windows from *e* times `steps_per_epoch` on, starting
        over at the text's end, from `initial_states`: so a run that is taken up
        again at epoch *e* is the run that was never broken off.

        Args:
            x: The training text.
            epochs: Number of the epoch to stop before.
            initial_epoch: Number of the epoch to start with.
            steps_per_epoch: Windows in an epoch; `None` for one pass of the text.
            validation_data: The validation text.
            validation_freq: Epochs from one validation to the next.
            callbacks: Keras callbacks; a batch, to them, is a block of windows.
            verbose: 0 shows nothing, everything else one progress bar.

        Returns:
            Keras' history: `loss` (nats per token, regularizers added),
            `perplexity` (without them) and any metrics; and all of them with
            `val_` before for the validation text.

        Raises:
            TypeError: If a text is no `ContiguousBatches`, or another argument of
                Keras' `fit` is given.
            ValueError: If an id is outside the vocabulary, or a number does not fit.
        """
        refuse("fit", refused)
        if not self.compiled:
            raise ValueError("Call `compile()` before `fit()`.")
        self._check_batches("x", x)
        epochs = check_size("epochs", epochs)
        initial_epoch = check_size("initial_epoch", initial_epoch, least=0)
        validation_freq = check_size("validation_freq", validation_freq)
        steps = len(x)
        if steps_per_epoch is not None:
            steps = check_size("steps_per_epoch", steps_per_epoch)
        if validation_data is not None:
            self._check_batches("validation_data", validation_data)
        numbers = steps, epochs, initial_epoch, validation_freq
        x, validation_data = among.shares(self, "fit", (x, validation_data), numbers)
        windows = cards.windows_per_call(self)
        self._running.prepare(self, x, training=True)
        if validation_data is not None:
            self._running.prepare(self, validation_data, training=False)
            validation_data = feeding.evaluation_blocks(validation_data, windows)
            self._running.validation_blocks = validation_data
        first = feeding.FirstEpoch()
        callbacks = [first, *keras.tree.flatten(callbacks or [])]
        if verbose:
            callbacks.append(ProgressBar(steps, windows, "window"))
        blocks, blocks_per_epoch = feeding.training_blocks(
            x, steps, first.epoch, windows
        )
        with watched(self._running.workers):
            history = super().fit(
                blocks,
                steps_per_epoch=blocks_per_epoch,
                epochs=epochs,
                initial_epoch=initial_epoch,
                validation_data=validation_data,
                validation_freq=validation_freq,
                callbacks=among.callbacks_among(self._running.workers, callbacks),
                verbose=0,
                shuffle=False,  # Keras warns that it cannot shuffle blocks
            )
        for values in history.history.values():  # older Keras keeps tensors there
            values[:] = map(_plain, values)
        return history

    def evaluate(
        self,
        x: ContiguousBatches,
        *,
        callbacks: Sequence[keras.callbacks.Callback] | None = None,
        verbose: int | str = 0,
        return_dict: bool = True,
        **refused,
    ) -> dict[str, float] | list[float]:
        """Returns `loss` (nats per token), `perplexity` and any metrics of a text.

        Every stream starts from `initial_states`, carried to its end.

        Args:
            x: The text.
            callbacks: As in Keras.
            verbose: As in Keras.
            return_dict: As in Keras, but `True` unless told otherwise.

        Raises:
            TypeError: As `fit`.
            ValueError: As `fit`.
        """
        options = {"callbacks": callbacks, "verbose": verbose}
        if x is not None and x is self._running.validation_blocks:  # `fit` calls
            options.update(refused)
        else:
            refuse("evaluate", refused)
            self._check_batches("x", x)
            (x,) = among.shares(self, "evaluate", (x,))
            self._running.prepare(self, x, training=False)
            x = feeding.evaluation_blocks(x, cards.windows_per_call(self))
        with watched(self._running.workers):
            result = super().evaluate(x, return_dict=return_dict, **options)
        return tf.nest.map_structure(_plain, result)  # older Keras returns tensors

    def _check_batches(self, name, batches):
        if not isinstance(batches, ContiguousBatches):
            raise TypeError(
                f"`{name}` must be `ContiguousBatches`; got {type(batches).__name__}."
            )
        num_inputs = getattr(self, "input_size", self.vocab_size)
        check_ids(f"{name}.ids", batches.ids, min(num_inputs, self.vocab_size))
        scoring.check_sizes(self, f"{name}.features", batches.features)
        cards.check_divides(name, batches, self)

    def make_train_function(self, force=False):
        return self._make(super().make_train_function, force)

    def make_test_function(self, force=False):
        return self._make(super().make_test_function, force)

    def _make(self, make_function, force):
        # What reads a window is compiled by XLA, not the loop over the windows: in it,
        # XLA would have one part wait for the other at every step.
        by_xla, self.jit_compile = self.jit_compile, False
        try:
            return make_function(force)
        finally:
            self.jit_compile = by_xla

    def train_step(self, block):
        return read_block(self, Block(*block), training=True)

    def test_step(self, block):
        return read_block(self, Block(*block), training=False)

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ):
        """Mean cross-entropy of the targets, and what layers and weights add to it.

        Args:
            x: Ids, `(batch, num_steps)`.
            y: Targets, `(batch, num_steps)`.
            y_pred: Logits, `(batch, num_steps, vocab_size)`.
            sample_weight: Not used.
            training: Not used.

        Returns:
            A scalar, in nats.
        """
        losses = [tf.cast(loss, tf.float32) for loss in self.losses]
        return tf.add_n([cross_entropy(y, y_pred), *losses])

    @compiled
    def step(self, ids: tf.Tensor, states: object) -> tuple[tf.Tensor, object]:
        """One compiled step: ids `(batch,)` and states to logits and new states.

        A model that reads features takes a tuple: ids, and of each `(batch, size)`.
        """
        inputs = tf.nest.map_structure(lambda x: x[:, None], ids)
        logits, states = self(inputs, states, training=False)
        return logits[:, 0], states

    log_probs = scoring.log_probs
    score = compiled(scoring.score)
    write = writing.write  # what `generate` calls
    write_on = compiled(writing.write_on)


def _plain(value):
    """A number; a metric of several stays an array."""
    value = np.asarray(value)
    return value if value.ndim else float(value)
