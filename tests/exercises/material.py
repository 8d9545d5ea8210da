"""All exercises, each with its cell in a notebook and the answers kept for tests."""

import importlib
import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import nbformat

import seqmodels.exercises
from seqmodels.exercises import Exercise

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
MODULES = sorted(
    path.stem for path in Path(seqmodels.exercises.__file__).parent.glob("[!_]*.py")
)


def module(name: str) -> ModuleType:
    return importlib.import_module(f"seqmodels.exercises.{name}")


def exercises() -> list[tuple[str, Exercise]]:
    """Every exercise with its module's name."""
    return [
        (name, getattr(module(name), each))
        for name in MODULES
        for each in module(name).__all__
    ]


def lesson(name: str) -> nbformat.NotebookNode:
    """The notebook that a module's exercises stand in."""
    (path,) = NOTEBOOKS.glob(f"[0-9]*_{name}.ipynb")
    return nbformat.read(path, as_version=4)


def cells(name: str, exercise: str) -> list[int]:
    """Where in its notebook the cells are that call an exercise's check."""
    call = re.compile(rf"^check\.{exercise}\(", re.M)
    return [
        n
        for n, cell in enumerate(lesson(name).cells)
        if cell.cell_type == "code" and call.search(cell.source)
    ]


def answers(kind: str, name: str) -> dict[str, list[Callable]]:
    """Answers of `kind`, "right" or "unlisted", kept for tests, by exercise."""
    found = {}
    for key, function in vars(_kept(kind, name)).items():
        if match := re.fullmatch(r"(\w+)_(\d+)", key):
            found.setdefault(match[1], []).append(function)
    return found


def same(name: str, exercise: str) -> set[str]:
    """Changes of a solution that change nothing of what it gives."""
    return getattr(_kept("right", name), "SAME", {}).get(exercise, set())


def _kept(kind, name):
    return importlib.import_module(f"tests.exercises.answers.{kind}_{name}")
