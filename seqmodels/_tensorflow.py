"""TensorFlow and Keras, imported without TensorFlow's start-up notes.

TensorFlow writes a few lines about oneDNN and CUDA straight to the process's
stderr while it is imported; no setting of its own stops them. They are taken out
here by name; whatever else comes is passed on.
"""

import contextlib
import os
import sys
import tempfile

_NOTES = (
    b"All log messages before absl::InitializeLog()",
    b"oneDNN custom operations are on",
    b"Could not find cuda drivers on your machine",
    b"This TensorFlow binary is optimized to use available CPU instructions",
    b"To enable the following instructions",
    b"Unable to register cuDNN factory",
    b"Unable to register cuBLAS factory",
    b"Unable to register cuFFT factory",
    b"computation placer already registered",
    b"TF-TRT Warning: Could not find TensorRT",
)


@contextlib.contextmanager
def _without_notes():
    """Holds back what is written to file descriptor 2, and passes on the rest."""
    try:
        stderr = os.dup(2)
    except OSError:  # a windowed program on Windows has none
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            held.seek(0)
            lines = held.read().splitlines(keepends=True)
            kept = [line for line in lines if not any(n in line for n in _NOTES)]
            os.write(2, b"".join(kept))


# Level 3 also hides the complaint of a build with CUDA that finds no GPU.
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
with contextlib.nullcontext() if "tensorflow" in sys.modules else _without_notes():
    import keras
    import tensorflow as tf

__all__ = ["keras", "tf"]
