"""A run that is broken off at any moment goes on from its last epoch."""

import contextlib
import io
import os
from pathlib import Path

import numpy as np

from seqmodels._tensorflow import keras


class Resume(keras.callbacks.Callback):
    """Keeps a copy of the training state, and takes a run up where the last one ended.

    As `keras.callbacks.BackupAndRestore`, but it cannot be caught half-way: Keras
    writes over its last copy in place, and a process killed meanwhile leaves a file
    that no later run can read. Here a copy is written beside the last one and named
    in one step; its name has the number of the epoch to go on with, so that the two
    cannot disagree. A copy that cannot be read is passed over, and said; one that
    cannot be written, on a full disk, does not stop the training.

    Give it to `fit`, and the same again after whatever has happened. It keeps the
    weights, the optimizer and the seeds of dropout; what other callbacks have noted,
    such as the best epoch so far, begins anew.

    Args:
        folder: For the copies; they are removed when the run is complete, and with
            them the folder, if nothing else is in it. With copies of another model in
            it, `fit` raises `ValueError`, and they stay.
    """

    def __init__(self, folder: str | os.PathLike):
        super().__init__()
        self.folder = Path(folder)

    def on_train_begin(self, logs=None):
        if not self.model.optimizer.built:  # a second time would reset loss scaling
            self.model.optimizer.build(self.model.trainable_variables)
        variables = self._variables()
        for path in reversed(self._copies()):
            try:
                values = _read(path)
            except Exception as error:  # a damaged file raises whatever it happens to
                print(f"{path} cannot be read and is passed over ({error})")
                continue
            found, expected = (
                [tuple(x.shape) for x in part] for part in (values, variables)
            )
            if found != expected:
                raise ValueError(
                    f"`folder` must be empty or of this model; {path} is a copy of "
                    "another. Name another folder, or remove its copies."
                )
            for variable, value in zip(variables, values, strict=True):
                # NumPy's files know no bfloat16, and give back its bytes.
                variable.assign(value.view(variable.numpy().dtype))
            # As Keras' own callback says where `fit` shall begin.
            self.model._initial_epoch = int(path.stem.removeprefix("epoch-"))
            return

    def on_epoch_begin(self, epoch, logs=None):
        self.model._initial_epoch = None  # it has been read, and is for one `fit` only

    def on_epoch_end(self, epoch, logs=None):
        path = self.folder / f"epoch-{epoch + 1:08}.npz"
        temporary = self.folder / "writing.npz"  # what a kill leaves is written over
        # Not Keras' HDF5: on a full disk that library ends the whole process.
        copy = io.BytesIO()
        np.savez(copy, *[variable.numpy() for variable in self._variables()])
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with open(temporary, "wb") as file:
                file.write(copy.getbuffer())
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
            for old in self._copies()[:-2]:
                old.unlink()
        except OSError as error:
            print(f"{path} could not be written ({error}); training goes on")
            with contextlib.suppress(OSError):
                temporary.unlink()

    def on_train_end(self, logs=None):
        self.model._initial_epoch = None  # where there was no epoch left
        with contextlib.suppress(OSError):  # it may hold what is not ours
            for path in [*self._copies(), self.folder / "writing.npz"]:
                path.unlink(missing_ok=True)
            self.folder.rmdir()

    def _variables(self):
        return [*self.model.variables, *self.model.optimizer.variables]

    def _copies(self):
        return sorted(self.folder.glob("epoch-*.npz"))


def _read(path: Path) -> list[np.ndarray]:
    """The values of all variables; a hole in the file does not match its checksums."""
    with open(path, "rb") as raw, np.load(raw) as file:
        return [file[name] for name in file.files]
