"""How fast this machine is."""

import time

from seqmodels._tensorflow import keras, tf
from seqmodels.program.settings import WINDOWS_AT_ONCE
from seqmodels.text.batches import ContiguousBatches

PRODUCTS = 15


def gflops() -> float:
    """How many billion operations a second a product of matrices makes, 1024 wide."""
    left, right = tf.random.normal((2, 1024, 1024))
    speeds = []
    for _ in range(PRODUCTS):
        start = time.perf_counter()
        tf.linalg.matmul(left, right)[-1, -1].numpy()
        speeds.append(2 * 1024**3 / (time.perf_counter() - start) / 1e9)
    return max(speeds)  # others' work must not make the network smaller


class Clock(keras.callbacks.Callback):
    """Notes when each call into compiled code has ended."""

    def on_train_begin(self, logs=None):
        self.times = []

    def on_train_batch_end(self, batch, logs=None):
        self.times.append(time.perf_counter())


def windows_per_second(network: keras.Model, batches: ContiguousBatches) -> float:
    """How many windows a compiled network trains on in a second; it has learnt then."""
    clock = Clock()
    windows = 2 * WINDOWS_AT_ONCE  # the first of them while it is compiled
    network.fit(batches, steps_per_epoch=windows, callbacks=[clock], verbose=0)
    return WINDOWS_AT_ONCE / (clock.times[-1] - clock.times[-2])
