"""TensorFlow and Keras, on the one backend that the package works with.

TensorFlow writes a few lines about oneDNN and CUDA to the process's stderr while it
is imported, before any setting of its own is read; they are left alone here.
`setup` takes them out of a notebook's first cell.
"""

import logging
import os
import sys

# Silences what a setting can silence, and the complaint that there is no GPU.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
if "keras" in sys.modules:
    _backend = sys.modules["keras"].backend.backend()
else:  # asked before importing: another backend may not even be installed
    _backend = os.environ["KERAS_BACKEND"]
if _backend != "tensorflow":
    raise ImportError(
        f"`seqmodels` needs Keras on TensorFlow; KERAS_BACKEND is {_backend!r}. "
        "Set it to 'tensorflow' and start again."
    )
import keras  # noqa: E402
import tensorflow as tf  # noqa: E402

__all__ = ["expect_retracing", "keras", "tf"]

_expected = set()


def expect_retracing(start: str) -> None:
    """Has TensorFlow not warn that functions with such a name are traced again.

    Once for every model is right, but TensorFlow takes all models' functions for one.
    Of any other function, as of a reader's own, it warns still.

    Args:
        start: How the qualified names begin, such as `"LanguageModel.step"`.
    """
    _expected.add(f"<function {start}")


def _is_news(record: logging.LogRecord) -> bool:
    message = record.getMessage()
    retraced = "triggered tf.function retracing" in message
    return not (retraced and any(start in message for start in _expected))


tf.get_logger().addFilter(_is_news)
