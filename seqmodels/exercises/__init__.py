"""Exercises that check themselves: one module a notebook, one object an exercise.

    from seqmodels.exercises import hello_world as check

    check.shift_targets(my_function)  # right, not attempted yet, or which misconception
    check.shift_targets.hint()
    check.shift_targets.solution()

An exercise is its solution, decorated with `exercise`, a slow and plain
`specification`, and the `wrong` answers that people give, each under the
misconception's name with a hint of its own. Hypothesis draws the inputs.
"""

import os
import tempfile
from pathlib import Path

# Hypothesis would keep its notes in the reader's folder.
_notes = Path(tempfile.gettempdir()) / "seqmodels-hypothesis"
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(_notes))

from seqmodels.exercises._exercise import Exercise, exercise  # noqa: E402
from seqmodels.exercises._verdict import Verdict  # noqa: E402

__all__ = ["Exercise", "Verdict", "exercise"]
