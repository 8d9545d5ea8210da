"""What a ledger has stored: the runs that are finished, a line each."""

import json
from pathlib import Path


class Stored(dict):
    """The lines of `NN_x.jsonl` beside `NN_x.py`, by their keys.

    A last line without an end, as a kill leaves it, is removed: that run is missing.

    Args:
        script: The ledger's `__file__`.
    """

    def __init__(self, script: str):
        self.path = Path(script).with_suffix(".jsonl")
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            self.path.write_text(whole, encoding="utf-8")
        rows = [json.loads(line) for line in whole.splitlines()]
        super().__init__((tuple(row["key"]), row) for row in rows)

    def store(self, key: tuple, run: dict) -> dict:
        """Adds a finished run as a line; returns it as it would be read.

        Raises:
            ValueError: If it holds what JSON has not, such as NaN.
        """
        line = json.dumps({"key": key, **run}, allow_nan=False)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        self[key] = json.loads(line)
        return self[key]
