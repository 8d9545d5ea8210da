"""What every notebook does first and last."""

import logging
import platform
import time

from seqmodels import __version__

_started = time.perf_counter()


def setup(seed):
    """Seeds everything, applies the figures' style, and prints what runs where.

    Args:
        seed: Seed of Python's, NumPy's and TensorFlow's random numbers.
    """
    global _started
    from seqmodels._tensorflow import keras, tf
    from seqmodels.display.plotting import use_style

    # A lesson that trains ten models in a row traces ten functions, on purpose.
    logging.getLogger("tensorflow").addFilter(
        lambda record: "triggered tf.function retracing" not in record.getMessage()
    )
    keras.utils.set_random_seed(seed)
    use_style()
    gpus = tf.config.list_physical_devices("GPU")
    device = f"{len(gpus)} GPU" if gpus else "CPU"
    print(
        f"seqmodels {__version__}, Python {platform.python_version()}, "
        f"TensorFlow {tf.__version__}, Keras {keras.__version__}, {device}"
    )
    _started = time.perf_counter()


def report(result):
    """Prints a notebook's result and the seconds it took since `setup`.

    Args:
        result: The result in a few words, with its figure.
    """
    print(f"Result: {result}")
    print(f"Took {time.perf_counter() - _started:.0f} s")
