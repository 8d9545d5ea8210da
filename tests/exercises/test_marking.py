"""A reader's notebook, marked."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from seqmodels.__main__ import main
from seqmodels.exercises import _examining
from seqmodels.exercises._marking import mark, report
from tests.exercises import material

START = "import numpy as np\nfrom seqmodels.exercises import hello_world as check"
RIGHT = "def shift_targets(ids):\n    return ids[:-1], ids[1:]\n\n\n"
UNSHIFTED = "def shift_targets(ids):\n    return ids[:-1], ids[:-1]\n\n\n"
CALL = "check.shift_targets(shift_targets)"


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.setattr(_examining, "SEARCH_SECONDS", 0.0)

    def write(*cells):
        path = tmp_path / "mine.ipynb"
        notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
        nbformat.write(notebook, path)
        return path

    return write


def test_a_notebook_as_it_is_handed_out_has_no_points():
    (path,) = material.NOTEBOOKS.glob("02_*.ipynb")
    marks = mark(path)
    assert {m.verdict.state for m in marks} == {"not attempted yet"}
    assert report(marks).endswith("0 of 13 points; 0 of 6 exercises attempted")


def test_solutions_have_all_points():
    marks = mark(material.NOTEBOOKS / "solutions" / "02_hello_world.ipynb")
    assert report(marks).endswith("13 of 13 points; 6 of 6 exercises attempted")


@pytest.mark.parametrize(
    ("cells", "first", "total"),
    [
        ([RIGHT + CALL], "right", 1),
        ([UNSHIFTED + CALL], "targets not shifted", 0),
        ([UNSHIFTED + CALL, RIGHT + CALL], "right", 1),
        (
            ["def two(x):\n    return x[:-1], x[1:]", "shift_targets = two\n" + CALL],
            "right",
            1,
        ),
        (
            ["%pip install x", "!ls", RIGHT + CALL + "\ncheck.shift_targets.hint()"],
            "right",
            1,
        ),
        (["def half(:", RIGHT + CALL], "right", 1),
        (["1 / 0", "import no_such_module", RIGHT + "1 / 0\n" + CALL], "right", 1),
        (["raise SystemExit", RIGHT + CALL], "right", 1),
        ([RIGHT], "not attempted yet", 0),
    ],
)
def test_what_a_reader_may_have_left(write, cells, first, total):
    marks = mark(write(START, *cells))
    assert str(marks[0]).endswith(first)
    assert sum(m.points for m in marks) == total


def test_the_lesson_itself_is_not_run(write, tmp_path):
    trace = tmp_path / "trace"
    mark(write(START, f"open({str(trace)!r}, 'w').close()", RIGHT + CALL))
    assert not trace.exists()


def test_what_is_no_lesson(write, tmp_path):
    with pytest.raises(ValueError, match="no cell says"):
        mark(write("1 + 1"))
    with pytest.raises(ValueError, match="no exercises 'nothing'"):
        mark(write("from seqmodels.exercises import nothing as check"))
    (tmp_path / "mine.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match="is no notebook"):
        mark(tmp_path / "mine.ipynb")
    with pytest.raises(FileNotFoundError):
        mark(tmp_path / "none.ipynb")


def test_from_the_command_line(write, tmp_path, capsys):
    assert main(["mark", str(write(START, RIGHT + CALL))]) == 0
    out = capsys.readouterr().out
    assert "shift_targets" in out and "1 of 13 points; 1 of 6 exercises" in out
    for path, message in [
        (tmp_path / "none.ipynb", "there is no notebook"),
        (write("1 + 1"), "no cell says"),
    ]:
        assert main(["mark", str(path)]) == 2
        assert message in capsys.readouterr().err
