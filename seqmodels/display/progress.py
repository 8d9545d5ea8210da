"""One progress bar for one training run."""

import sys
from collections.abc import Iterable

from tqdm import tqdm

from seqmodels._tensorflow import keras


class ProgressBar(keras.callbacks.Callback):
    """Shows one bar for a whole `fit`, with the last losses beside it.

    It counts epochs; if there is but one, its batches, or what they are made of. In
    a notebook the bar is a display that is updated in place, so the stored output is
    its last state and not its history; elsewhere it goes to stderr.

    Args:
        total: Steps in an epoch, where a batch is many of them; `None` counts batches.
        per_batch: Steps in a batch, the last one excepted.
        unit: What a step is called.
    """

    def __init__(
        self, total: int | None = None, per_batch: int = 1, unit: str = "step"
    ):
        super().__init__()
        self.total, self.per_batch, self.unit = total, per_batch, unit

    def on_train_begin(self, logs=None):
        epochs = self.params["epochs"]
        steps = self.total or self.params.get("steps") or 0
        self._in_steps = steps > 1 and epochs == 1
        self._bar = _make_bar(
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


def progress_bar(iterable: Iterable | None = None, **kwargs) -> tqdm:
    """A `tqdm` bar that in a notebook leaves one line behind. Arguments as `tqdm`'s."""
    return _make_bar(iterable, **kwargs)


class _NotebookBar(tqdm):
    """A bar in a display of its own; `tqdm.notebook` would need a widget."""

    def __init__(self, *args, **kwargs):
        from IPython.display import display

        self._handle = display({"text/plain": ""}, raw=True, display_id=True)
        super().__init__(*args, **kwargs)

    def display(self, msg=None, pos=None):
        self._handle.update({"text/plain": msg or str(self)}, raw=True)

    def close(self):
        if not self.disable:
            self.disable = True
            self._decr_instances(self)
            self.display()


def _make_bar(*args, **kwargs):
    bar = _NotebookBar if _in_notebook() else tqdm
    return bar(*args, dynamic_ncols=False, **kwargs)


def _in_notebook():
    # That `ipykernel` is imported is no proof: pytest's nbval imports it, too.
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")
