"""`mark`: a reader's notebook, marked by its exercises' checks."""

from pathlib import Path

from seqmodels.exercises._marking import mark as mark_exercises
from seqmodels.exercises._marking import report
from seqmodels.program.reading import RefusedError


def mark(path: Path) -> None:
    """Prints a line for each exercise of a notebook, and the sum of the points.

    Args:
        path: The notebook, a lesson of the course.

    Raises:
        RefusedError: If it cannot be read or is no lesson of the course.
    """
    try:
        print(report(mark_exercises(path)))
    except FileNotFoundError:
        raise RefusedError(f"there is no notebook {path}.") from None
    except (ValueError, ModuleNotFoundError) as problem:  # nbformat comes with Jupyter
        raise RefusedError(str(problem)) from None
