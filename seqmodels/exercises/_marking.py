"""Marks a reader's notebook by its exercises' checks."""

import ast
import importlib
import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from seqmodels.exercises._calling import call
from seqmodels.exercises._exercise import Exercise
from seqmodels.exercises._verdict import RIGHT, UNTOUCHED, Verdict

IMPORT = re.compile(r"^from seqmodels\.exercises import (\w+) as check$", re.M)
CELL_SECONDS = 30


@dataclass(frozen=True)
class Mark:
    """What an exercise is worth, and what was made of it."""

    exercise: Exercise
    verdict: Verdict

    @property
    def points(self) -> int:
        """As many as its difficulty if it is right, else none."""
        return self.exercise.difficulty if self.verdict.state == RIGHT else 0

    def __str__(self):
        said = self.verdict.misconception or self.verdict.state
        return f"{self.exercise.name:26} {self.exercise.stars}  {self.points}  {said}"


def mark(path: str | Path) -> list[Mark]:
    """Examines what stands in a notebook's cells of exercises.

    Nothing of the lesson is run but its imports and definitions, and those cells. They
    are run in this process: mark only what you would run yourself.

    Args:
        path: The notebook, a lesson of the course that a reader has worked through.

    Returns:
        A mark for each exercise of the lesson, in the lesson's order.

    Raises:
        ValueError: If the file is no notebook, or has no exercises of the course.
    """
    sources = _code_cells(Path(path))
    imported = next(filter(None, map(IMPORT.search, sources)), None)
    if imported is None:
        raise ValueError(f"{path}: no cell says `from seqmodels.exercises import ...`.")
    try:
        module = importlib.import_module(f"seqmodels.exercises.{imported[1]}")
    except ImportError:
        known = f"{path}: the course has no exercises {imported[1]!r}."
        raise ValueError(known) from None
    answers = _answers(sources)
    exercises = [getattr(module, name) for name in module.__all__]
    return [Mark(each, each.examine(answers.get(each.name, ...))) for each in exercises]


def report(marks: list[Mark]) -> str:
    """The marks, one a line, and their sum."""
    points, most = (
        sum(m.points for m in marks),
        sum(m.exercise.difficulty for m in marks),
    )
    tried = sum(mark.verdict.state != UNTOUCHED for mark in marks)
    total = f"{points} of {most} points; {tried} of {len(marks)} exercises attempted"
    return "\n".join([*map(str, marks), total])


def _code_cells(path):
    import nbformat

    try:
        notebook = nbformat.read(path, as_version=4)
    except OSError:
        raise
    except Exception as problem:
        raise ValueError(f"{path} is no notebook ({problem}).") from None
    lines = (c.source.splitlines() for c in notebook.cells if c.cell_type == "code")
    return ["\n".join(x for x in cell if x[:1] not in "%!") for cell in lines]


def _answers(sources):
    """What each check was called with last, by the exercise's name."""
    answers, names = {}, {"__name__": "__main__"}
    for source in sources:
        try:
            tree = ast.parse(source)
        except SyntaxError:  # what a reader left half-written
            continue
        if not re.search(r"^check\.\w+\(", source, re.M):
            kept = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
            tree.body = [node for node in tree.body if isinstance(node, kept)]
        for node in tree.body:  # one that fails leaves the others
            part = compile(ast.Module([node], []), "<notebook>", "exec")
            names["check"] = _Recorder(answers)
            call(partial(exec, part, names), (), CELL_SECONDS)
    return answers


class _Recorder:
    """Stands where the exercises' module stood."""

    def __init__(self, answers):
        self._answers = answers

    def __getattr__(self, name):
        return _Recorded(self._answers, name)


class _Recorded:
    def __init__(self, answers, name):
        self._answers, self._name = answers, name

    def __call__(self, answer):
        self._answers[self._name] = answer

    def hint(self):
        """Nothing."""

    def solution(self):
        """Nothing."""
