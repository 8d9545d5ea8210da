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


def windows_per_second(network: keras.Model, batches: ContiguousBatches) -> float:
    """How many windows a compiled network trains on in a second; it has learnt then."""
    network.fit(batches, steps_per_epoch=1, verbose=0)  # compiles
    start = time.perf_counter()
    windows = min(2 * WINDOWS_AT_ONCE, 4 * len(batches))
    network.fit(batches, steps_per_epoch=windows, verbose=0)
    return windows / (time.perf_counter() - start)
