"""The notebooks of solutions: nothing in them is written by hand."""

import nbformat
import pytest

import solutions

LESSONS = solutions.lessons()


def test_every_lesson_with_exercises_has_its_solutions():
    assert [path.name for path in LESSONS] == sorted(
        path.name for path in solutions.FOLDER.glob("*.ipynb")
    )


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_solutions_are_those_of_the_lesson_and_right(path):
    stored = nbformat.read(solutions.FOLDER / path.name, as_version=4)
    made = solutions.solutions_of(path)
    assert [cell.source for cell in stored.cells] == [c.source for c in made.cells]
    checked = [cell for cell in stored.cells if "\n\n\ncheck." in cell.source]
    assert len(checked) == len(solutions.worded(path))
    for cell in checked:
        (output,) = cell.outputs
        assert ": right" in output["data"]["text/plain"]
