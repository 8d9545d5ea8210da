"""Writes the notebooks of solutions, one for each lesson that has exercises.

    python notebooks/solutions.py          all of them
    python notebooks/solutions.py 02 06    only these

Each has the lesson's exercises as they are worded there, with a solution that the
check has accepted, and what people get wrong. Nothing in them is written by hand:
the words come from the lesson, the code and the rest from `seqmodels.exercises`.
"""

import importlib
import re
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import address
from _execute import execute, write

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "solutions"
EXERCISE = re.compile(r"^\*\*Exercise [●○]+ \d+ min · (\w+)\.\*\* ", re.M)


def main() -> int:
    failed = 0
    for path in lessons():
        if len(sys.argv) == 1 or path.name.split("_")[0] in sys.argv[1:]:
            notebook = solutions_of(path)
            seconds, _, error = execute(notebook, HERE, lambda: None)
            error = error or write(notebook, FOLDER / path.name)
            print(f"{path.stem}: {error or f'{seconds:.0f} s'}")
            failed += bool(error)
    return int(failed > 0)


def lessons() -> list[Path]:
    """The lessons that have exercises, in their order."""
    paths = sorted(HERE.glob("[0-9][0-9]*_*.ipynb"))
    return [path for path in paths if worded(path)]


def worded(path: Path) -> dict[str, str]:
    """A lesson's exercises by name, as they are worded there."""
    found = {}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown" and (match := EXERCISE.search(cell.source)):
            found[match[1]] = cell.source[match.start() :]
    return found


def solutions_of(path: Path) -> nbformat.NotebookNode:
    """A lesson's notebook of solutions, not yet executed."""
    number, _, module = path.stem.partition("_")
    exercises = importlib.import_module(f"seqmodels.exercises.{module}")
    texts = worded(path)
    lesson, where = f"[{number}](../{path.name})", address.read()
    cells = [
        new_markdown_cell(
            f"# {number} · Solutions\n\n"
            f"To the exercises of {lesson}, in the order of the lesson. Each is one "
            "way of many; the checks accept every function that does the same."
            + address.badge(f"solutions/{path.name}", *where)
        ),
        new_code_cell(address.setup_cell(*where)),
        new_code_cell(
            f"import numpy as np\n\nfrom seqmodels.exercises import {module} as check"
        ),
    ]
    for name in sorted(exercises.__all__, key=[*texts].index):
        exercise = getattr(exercises, name)
        wrong = "\n".join(f"- *{w.name}*: {w.hint}" for w in exercise.wrong_answers)
        cells += [
            new_markdown_cell(texts[name]),
            new_code_cell(f"{exercise.source}\n\n\ncheck.{name}({name})"),
            new_markdown_cell(f"What is often answered instead:\n\n{wrong}"),
        ]
    for place, cell in enumerate(cells):
        cell.id = f"{number}-s{place:02d}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


if __name__ == "__main__":
    sys.exit(main())
