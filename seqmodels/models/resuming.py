"""A run that is broken off at any moment goes on as if it had not been."""

import contextlib
import os
import shutil
from pathlib import Path

from seqmodels._tensorflow import keras


class Resume(keras.callbacks.Callback):
    """Keeps a copy of the training state, and takes a run up where the last one ended.

    As `keras.callbacks.BackupAndRestore`, but it cannot be caught half-way: Keras
    writes over its last copy in place, and a process killed meanwhile leaves a file
    that no later run can read. Here a copy is written beside the last one and named
    in one step; its name has the number of the epoch to go on with, so that the two
    cannot disagree. A copy that cannot be read is passed over, and said; one that
    cannot be written, on a full disk, does not stop the training.

    Give it to `fit`, and the same again after whatever has happened.

    Args:
        folder: For the copies alone; removed when the run is complete.
    """

    def __init__(self, folder: str | os.PathLike):
        super().__init__()
        self.folder = Path(folder)

    def on_train_begin(self, logs=None):
        self.model.optimizer.build(self.model.trainable_variables)
        variables = [*self.model.variables, *self.model.optimizer.variables]
        before = [variable.numpy() for variable in variables]
        for path in reversed(self._copies()):
            try:
                self.model.load_weights(path)
            except (OSError, ValueError, KeyError) as error:
                print(f"{path} cannot be read and is passed over ({error})")
                for variable, value in zip(variables, before, strict=True):
                    variable.assign(value)
                continue
            # As Keras' own callback says where `fit` shall begin.
            self.model._initial_epoch = int(path.name[len("epoch-") :].split(".")[0])
            return

    def on_epoch_end(self, epoch, logs=None):
        path = self.folder / f"epoch-{epoch + 1:08}.weights.h5"
        temporary = self.folder / f"writing-{os.getpid()}.weights.h5"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.model.save_weights(temporary, overwrite=True)
            os.replace(temporary, path)
            for old in self._copies()[:-2]:
                old.unlink()
        except OSError as error:
            print(f"{path} could not be written ({error}); training goes on")
            with contextlib.suppress(OSError):
                temporary.unlink()

    def on_train_end(self, logs=None):
        shutil.rmtree(self.folder, ignore_errors=True)

    def _copies(self):
        return sorted(self.folder.glob("epoch-*.weights.h5"))
