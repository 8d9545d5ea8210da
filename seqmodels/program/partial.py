"""What a run keeps beside the model until it is done, so that it can be taken up."""

import contextlib
import io
import json
import os
import zipfile
from pathlib import Path

import numpy as np

from seqmodels.program.reading import RefusedError

PLAN, HISTORY, BEST = "plan.json", "history.json", "best.npz"
UNREADABLE = (
    *(OSError, EOFError, zipfile.BadZipFile),
    *(ValueError, KeyError, TypeError),
)


class Partial:
    """The folder of a run that is under way.

    Args:
        folder: It need not exist.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def prepare(self) -> None:
        """Makes the folder, and makes sure that it can be written to.

        Raises:
            RefusedError: If it cannot.
        """
        probe = self.folder / "probe"
        try:
            self.folder.mkdir(exist_ok=True)
            probe.write_bytes(b"0" * 4096)
            probe.unlink()
        except OSError as error:
            with contextlib.suppress(OSError):
                probe.unlink()
            with contextlib.suppress(OSError):
                self.folder.rmdir()  # if nothing is in it
            raise RefusedError(
                f"{self.folder.parent} cannot be written to: {error.strerror}.\n"
                "Name a model in another folder by --out."
            ) from None

    def read_plan(self) -> dict | None:
        """What the run was begun with, if there is one."""
        plan = self._read_json(PLAN)
        return plan if isinstance(plan, dict) else None

    def write_plan(self, plan: dict) -> None:
        """Raises `OSError` if it cannot."""
        self._write(PLAN, json.dumps(plan, indent=1).encode())

    def read_history(self) -> list:
        """A row for each round: windows read, nats in training, nats to choose by."""
        return self._read_json(HISTORY) or []

    @property
    def rounds_kept(self) -> int:
        """With how many rounds behind it the run would go on."""
        copies = sorted(self.folder.glob("epoch-*.npz"))
        return int(copies[-1].stem.removeprefix("epoch-")) if copies else 0

    def write_history(self, rows: list) -> None:
        """Raises `OSError` if it cannot."""
        self._write(HISTORY, json.dumps(rows).encode())

    def read_best(self) -> tuple[float, list[np.ndarray]] | None:
        """Nats to choose by of the best round, and its weights."""
        try:
            with open(self.folder / BEST, "rb") as raw, np.load(raw) as file:
                nats, *weights = [file[name] for name in file.files]
        except UNREADABLE:
            return None
        return float(nats), weights

    def write_best(self, nats: float, weights: list[np.ndarray]) -> None:
        """Raises `OSError` if it cannot."""
        content = io.BytesIO()
        np.savez(content, nats, *weights)
        self._write(BEST, content.getvalue())

    def remove(self) -> None:
        """Removes what was written, and the folder if nothing else is in it."""
        copies = self.folder.glob("epoch-*.npz")
        names = [PLAN, HISTORY, BEST, "writing", "writing.npz"]
        for path in [*copies, *(self.folder / name for name in names)]:
            with contextlib.suppress(OSError):
                path.unlink()
        with contextlib.suppress(OSError):
            self.folder.rmdir()

    def _read_json(self, name):
        try:
            return json.loads((self.folder / name).read_bytes())
        except UNREADABLE:
            return None

    def _write(self, name, content):
        temporary = self.folder / "writing"
        try:
            with open(temporary, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self.folder / name)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink()
