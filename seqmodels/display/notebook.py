"""What every notebook does first and last."""

import logging
import platform
import sys
import time

from seqmodels import __version__

_started = time.perf_counter()


def setup(seed: int) -> None:
    """Seeds everything, applies the figures' style, and prints what runs where.

    In a notebook it first clears what TensorFlow writes beneath the cell while it
    is imported: that it found no GPU, and other things that sound like errors.

    Args:
        seed: Seed of Python's, NumPy's and TensorFlow's random numbers.
    """
    global _started
    is_new = "tensorflow" not in sys.modules
    from seqmodels._tensorflow import keras, tf
    from seqmodels.display.bars import in_notebook
    from seqmodels.display.plotting import use_style

    logging.getLogger("tensorflow").addFilter(_is_news)
    keras.utils.set_random_seed(seed)
    use_style()
    gpus = tf.config.list_physical_devices("GPU")
    device = f"{len(gpus)} GPU" if gpus else "CPU"
    if is_new and in_notebook():
        from IPython.display import clear_output

        sys.stderr.flush()  # lines still under way would come after the clearing
        clear_output()
    print(
        f"seqmodels {__version__}, Python {platform.python_version()}, "
        f"TensorFlow {tf.__version__}, Keras {keras.__version__}, {device}"
    )
    _started = time.perf_counter()


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a warning is not merely of a lesson that trains one model after another.

    Keras makes functions anew for each; TensorFlow takes them for one that is
    retraced. Of functions that a reader has written it still warns.
    """
    message = record.getMessage()
    return "triggered tf.function retracing" not in message or (
        "<function TensorFlowTrainer." not in message
    )


def report(result: str) -> None:
    """Prints a notebook's result and the seconds it took since `setup`.

    Args:
        result: The result in a few words, with its figure.
    """
    print(f"Result: {result}")
    print(f"Took {time.perf_counter() - _started:.0f} s")
