"""How the networks among the entries are trained in the time that is left."""

import math
import time

import keras


class ByTheClock(keras.callbacks.Callback):
    """A rate that falls along half a cosine while time runs out, and then an end.

    Args:
        rate: What the rate begins with.
        seconds_left: Says how much time is left.
        reserve: Seconds to keep for what comes after the training.
    """

    def __init__(self, rate, seconds_left, reserve=1.0):
        super().__init__()
        self.rate, self.left = rate, lambda: seconds_left() - reserve

    def on_train_begin(self, logs=None):
        self.num_seconds = self.before = self.left()
        self.is_first = True

    def on_train_batch_end(self, batch, logs=None):  # a batch is a block of windows
        left = self.left()
        block = 0 if self.is_first else self.before - left  # the first is compiled
        self.is_first, self.before = False, left
        gone = min(1 - left / self.num_seconds, 1)
        self.model.optimizer.learning_rate = (
            self.rate * (1 + math.cos(math.pi * gone)) / 2
        )
        if left < 1.5 * block:
            self.model.stop_training = True


def train(model, batches, rate, seconds_left, reserve=1.0):
    """Trains by Adam on as many windows as the time allows."""
    model.compile(keras.optimizers.Adam(rate, global_clipnorm=1.0))
    clock = ByTheClock(rate, seconds_left, reserve)
    model.fit(batches, epochs=10_000, callbacks=[clock], verbose=0)


def end_that_fits(ids, seconds, work):
    """A text's end, as long as `work`, tried on a hundredth, can be done in time."""
    some = ids[-max(len(ids) // 100, 1000) :]
    start = time.perf_counter()
    work(some)
    per_second = len(some) / (time.perf_counter() - start)
    return ids[-max(int(per_second * seconds), len(some)) :]
