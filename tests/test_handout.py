"""What a teacher hands out: the lessons as they were before they were run."""

import zipfile

import nbformat

import handout


def test_lessons_without_outputs_and_without_solutions(tmp_path):
    target = tmp_path / "handout.zip"
    names = handout.pack(target)
    lessons = sorted((handout.ROOT / "notebooks").glob("[0-9][0-9]*_*.ipynb"))
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        found = [name for name in names if name.endswith(".ipynb")]
        assert found == [f"seqmodels/{path.name}" for path in lessons]
        for name, path in zip(found, lessons, strict=True):
            notebook = nbformat.reads(archive.read(name).decode("utf-8"), 4)
            nbformat.validate(notebook)
            stored = nbformat.read(path, as_version=4)
            code = [cell for cell in notebook.cells if cell.cell_type == "code"]
            assert not any(cell.outputs or cell.execution_count for cell in code)
            assert [c.source for c in notebook.cells] == [
                c.source for c in stored.cells
            ]


def test_a_disk_that_is_full_is_said(monkeypatch, capsys):
    def full(target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(handout, "pack", full)
    assert handout.main() == 1
    assert "could not be written (No space left" in capsys.readouterr().out
