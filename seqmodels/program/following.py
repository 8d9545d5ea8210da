"""What is done in a run: the rate, live figures, the best weights."""

import math
import sys
import time
from collections.abc import Callable

import numpy as np

from seqmodels._tensorflow import keras
from seqmodels.display.bars import progress_bar
from seqmodels.models.feeding import WINDOWS_PER_CALL
from seqmodels.program.partial import Partial
from seqmodels.program.settings import Plan, cosine


class Rate(keras.callbacks.Callback):
    """Lets the rate fall to zero on a cosine.

    Args:
        plan: How long the run is.
        rate: Where the cosine begins.
    """

    def __init__(self, plan: Plan, rate: float):
        super().__init__()
        self.plan, self.rate = plan, rate

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        blocks = math.ceil(self.plan.windows_per_round / WINDOWS_PER_CALL)
        done = (self._epoch + batch / blocks) / self.plan.rounds
        self.model.optimizer.learning_rate.assign(cosine(self.rate, done))


class Follow(keras.callbacks.Callback):
    """Shows how far it is, and keeps what did best.

    It stands before `Resume` among the callbacks: when that has noted a round as done,
    the round's figures are written already.

    Args:
        partial: Where figures and best weights are kept.
        plan: How long the run is.
        to_bits: From nats per symbol to bits per character.
        rival: What the figures are compared with, such as "6-gram 2.250".
        say: Prints a line.
    """

    def __init__(
        self,
        partial: Partial,
        plan: Plan,
        to_bits: float,
        rival: str,
        say: Callable = print,
    ):
        super().__init__()
        self.partial, self.plan = partial, plan
        self.to_bits, self.rival, self.say = to_bits, rival, say
        self.history, self.best = partial.read_history(), partial.read_best()
        self.begun_at, self._bar, self._told = None, None, False

    @property
    def rounds_done(self) -> int:
        """How many rounds' figures there are."""
        return len(self.history)

    def on_epoch_begin(self, epoch, logs=None):
        if self.begun_at is None:
            self.begun_at, self._start = epoch, time.monotonic()
            if epoch:
                self.say(f"Goes on with round {epoch + 1} of {self.plan.rounds}.")
            del self.history[epoch:]
            if not epoch:
                self.best = None
            if sys.stderr is not None and sys.stderr.isatty():
                self._bar = progress_bar(total=self.plan.windows, unit="window")
                self._bar.n = self._bar.initial = epoch * self.plan.windows_per_round
        self._epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if self._bar is not None:
            before = self._epoch * self.plan.windows_per_round
            within = min((batch + 1) * WINDOWS_PER_CALL, self.plan.windows_per_round)
            self._bar.update(before + within - self._bar.n)

    def on_epoch_end(self, epoch, logs=None):
        windows = (epoch + 1) * self.plan.windows_per_round
        row = [windows, float(logs["loss"]), float(logs["val_loss"])]
        self.history.append(row)
        try:
            if np.isfinite(row[2]) and (self.best is None or row[2] < self.best[0]):
                self.best = row[2], self.model.get_weights()
                self.partial.write_best(*self.best)
            self.partial.write_history(self.history)
        except OSError as error:
            if not self._told:
                self._show(
                    f"What was learnt cannot be kept ({error}); training goes on"
                )
            self._told = True
        live = f"{row[2] * self.to_bits:.3f} bits, {self.rival}"
        if self._bar is not None:
            self._bar.set_postfix_str(live)
            return
        done = epoch + 1 - self.begun_at
        spent = time.monotonic() - self._start
        left = spent / done * (self.plan.rounds - epoch - 1)
        self._show(
            f"  round {epoch + 1:2} of {self.plan.rounds}: {live}"
            f"  ({left / 60:.1f} minutes left)"
        )

    def _show(self, line):
        self.say(line)

    def close(self) -> None:
        """Ends the bar, also of a run that was broken off."""
        if self._bar is not None:
            self._bar.close()
