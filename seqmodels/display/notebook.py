"""What every notebook does first and last."""

import platform
import sys
import time

from seqmodels import __version__

_started = time.perf_counter()


def setup(seed: int) -> None:
    """Seeds everything, applies the figures' style, and prints what runs where.

    In a notebook, where it imports TensorFlow, it first clears what stands beneath
    the cell, all of it: that no GPU was found, and what else sounds like an error.

    Args:
        seed: Seed of Python's, NumPy's and TensorFlow's random numbers.
    """
    global _started
    is_new = "tensorflow" not in sys.modules
    from seqmodels._tensorflow import expect_retracing, keras, tf
    from seqmodels.display.bars import in_notebook
    from seqmodels.display.plotting import use_style

    expect_retracing("TensorFlowTrainer.")  # Keras', made anew for every model
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


def report(result: str) -> None:
    """Prints a notebook's result and the seconds it took since `setup`.

    Args:
        result: The result in a few words, with its figure.
    """
    print(f"Result: {result}")
    print(f"Took {time.perf_counter() - _started:.0f} s")
