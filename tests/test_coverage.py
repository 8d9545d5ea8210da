"""The table in notebooks/README.md: its links hold, its figures are the stored ones."""

import functools
import importlib
import re
from urllib.parse import unquote

import nbformat
import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "notebooks"
TABLE = FOLDER / "README.md"
LINK = re.compile(r"\[((\w+)(?:, [^]]+)?)\]\(((\w+)\.ipynb)(?:#([^)]+))?\)")
NUMBER = re.compile(r"\b\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?")
TEACHING, SOURCES = TABLE.read_text(encoding="utf-8").split("\n# What the sources ask")
LINES = [line for line in SOURCES.splitlines() if line.startswith("|")]
# No source has them.
OUR_OWN = {
    f"{name}.ipynb"
    for name in ("00_start", "13_three_minutes", "14_more_than_one_machine")
}
HEADER = ["| What | Where | Published | Ours |", "| --- | --- | --- | --- |"]
ROWS = [line for line in LINES if line not in HEADER]


@functools.cache
def sections(stem):
    """What each section has printed, tables of the text included, by its heading."""
    printed = {"": ""}
    for cell in nbformat.read(FOLDER / f"{stem}.ipynb", 4).cells:
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                if re.match("#+ ", line):
                    heading = line.partition(" ")[2]
                    printed.setdefault(heading, "")
                elif line.startswith("|"):
                    printed[heading] += f"{line}\n"
        for output in cell.get("outputs", []):
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            printed[heading] += f"{text}\n"
    printed[""] = "\n".join(printed.values())
    return printed


def split(row):
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_every_notebook_is_linked():
    linked = {link[2] for row in ROWS for link in LINK.findall(split(row)[1])}
    assert linked == {path.name for path in FOLDER.glob("*.ipynb")} - OUR_OWN


def test_teachers_are_told_of_every_lesson_and_its_exercises():
    rows = re.findall(r"^\| \[(\w+) .*?\]\((\w+)\.ipynb\) .*\|$", TEACHING, re.M)
    assert [f"{stem}.ipynb" for _, stem in rows] == sorted(
        path.name for path in FOLDER.glob("[0-9]*.ipynb")
    )
    for number, stem in rows:
        assert number == stem.partition("_")[0]
        module = importlib.import_module(
            f"seqmodels.exercises.{stem.partition('_')[2]}"
        )
        each = [getattr(module, name) for name in module.__all__]
        minutes = sum(exercise.minutes for exercise in each)
        assert re.search(
            rf"\({stem}\.ipynb\).*\| {len(each)}, {minutes} min \|", TEACHING
        )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: split(row)[0][:50])
def test_row(row):
    cells = split(row)
    assert len(cells) == 4 and all(cells)
    _, where, _, ours = cells
    assert "TODO" not in row
    if where == "-":
        assert ours.startswith("not in the course")
        return
    assert not LINK.sub("", where).replace(";", "").strip()
    printed = ""
    for label, number, name, stem, anchor in LINK.findall(where):
        assert (FOLDER / name).is_file() and number == stem.partition("_")[0]
        heading = label.partition(", ")[2]
        assert heading in sections(stem)
        assert unquote(anchor) == heading.replace(" ", "-")
        printed += sections(stem)[heading]
    missing = set(NUMBER.findall(ours)) - set(NUMBER.findall(printed))
    assert not missing
