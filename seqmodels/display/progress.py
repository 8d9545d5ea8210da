"""One progress bar for one training run."""

from seqmodels._tensorflow import keras
from seqmodels.display.bars import progress_bar
from seqmodels.text.checks import check_size


class ProgressBar(keras.callbacks.Callback):
    """Shows one bar for a whole `fit`, with the last losses beside it.

    It counts epochs; if there is but one, its batches, or what they are made of. In
    a notebook the bar is a display that is updated in place, so the stored output is
    its last state and not its history; elsewhere it goes to stderr.

    Args:
        total: Steps in an epoch, where a batch is many of them; `None` counts batches.
        per_batch: Steps in a batch, the last one excepted.
        unit: What a step is called.

    Raises:
        ValueError: If a number is no positive integer.
    """

    def __init__(
        self, total: int | None = None, per_batch: int = 1, unit: str = "step"
    ):
        super().__init__()
        self.total = None if total is None else check_size("total", total)
        self.per_batch, self.unit = check_size("per_batch", per_batch), unit

    def on_train_begin(self, logs=None):
        epochs = self.params["epochs"]
        steps = self.total or self.params.get("steps") or 0
        self._in_steps = steps > 1 and epochs == 1
        self._bar = progress_bar(
            total=steps if self._in_steps else epochs,
            unit=self.unit if self._in_steps else "epoch",
        )

    def on_epoch_begin(self, epoch, logs=None):
        if not self._in_steps and epoch > self._bar.n:  # a resumed run
            self._bar.n = self._bar.initial = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self._in_steps:
            done = min((batch + 1) * self.per_batch, self._bar.total)
            self._bar.update(done - self._bar.n)

    def on_epoch_end(self, epoch, logs=None):
        shown = {k: f"{v:.4g}" for k, v in (logs or {}).items() if "loss" in k}
        self._bar.set_postfix(shown, refresh=False)
        if not self._in_steps:
            self._bar.update(1)

    def on_train_end(self, logs=None):
        self._bar.close()
