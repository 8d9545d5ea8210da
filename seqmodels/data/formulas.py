"""Formulas and what they say: the bundled book, or a reader's own."""

from pathlib import Path
from typing import NamedTuple

from seqmodels.data import bundled
from seqmodels.data._source import Source, announce
from seqmodels.text.grammar import check_formula


class Formula(NamedTuple):
    """One formula of a book."""

    field: str  # such as "number theory"
    law: str  # what it states or follows from; formulas of one law share it
    latex: str  # without dollar signs
    sentence: str  # what it says, in words


def load_formulas(folder: str | Path | None = None) -> tuple[list[Formula], Source]:
    """Loads the bundled book of formulas, or one of your own.

    A book is a folder with one table for each field, `number_theory.tsv`: a heading
    line, then law, formula and sentence on each line, with tabs between.

    Args:
        folder: Your own book; the bundled one if left out.

    Returns:
        A list of `Formula`, field after field, and its `Source`, which is also printed.

    Raises:
        FileNotFoundError: If there is no table in the folder.
        ValueError: If a line has not three columns, its law or sentence is empty, or
            its formula is not well-formed; names the table, the line and the fault.
    """
    path = bundled.bundled_folder() / "formulas" if folder is None else Path(folder)
    tables = sorted(path.glob("*.tsv"))
    if not tables:
        raise FileNotFoundError(f"folder: expected <field>.tsv in {path}, got none.")
    formulas = [formula for table in tables for formula in _read(table)]
    detail = f"{len(formulas):,} formulas in {len(tables)} fields"
    if folder is None:
        source = Source("formulas", "bundled", f"book of formulas, {detail}")
    else:
        source = Source(path.name, "real", detail)
    return announce(formulas, source)


def _read(table):
    field = table.stem.replace("_", " ")
    for number, row in enumerate(bundled.read_table(table, 3), start=2):
        where = f"{table.name}, line {number}"
        for name, text in zip(("law", "formula", "sentence"), row, strict=True):
            if not text.strip():
                raise ValueError(f"{where}: expected a {name}, got nothing.")
        try:
            check_formula(row[1])
        except ValueError as problem:
            raise ValueError(f"{where}: {problem}") from None
        yield Formula(field, *row)
