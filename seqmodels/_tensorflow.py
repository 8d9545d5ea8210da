"""TensorFlow and Keras, on the one backend that the package works with.

TensorFlow writes a few lines about oneDNN and CUDA to the process's stderr while it
is imported, before any setting of its own is read; they are left alone here.
`setup` takes them out of a notebook's first cell.
"""

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

__all__ = ["keras", "tf"]
