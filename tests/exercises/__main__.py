"""Prints what the checks make of every exercise's answers.

    python -m tests.exercises

A row for each notebook: how many exercises it has, how many of their cells are "not
attempted" as they stand, how many solutions and how many other right answers are
right, how many wrong answers are caught under their own name, how many unlisted ones
without a false name, and how many solutions with one thing changed are refused.
Exit status 1 means that a number of a pair is not the other.
"""

import sys

from tests.exercises import material
from tests.exercises.tally import COLUMNS, tally


def main() -> int:
    rows = {name: tally(name) for name in material.MODULES}
    rows["all"] = {
        column: tuple(
            map(sum, zip(*(row[column] for row in rows.values()), strict=True))
        )
        for column in COLUMNS
    }
    print(f"{'':18}", *(f"{column:>15}" for column in COLUMNS))
    for name, row in rows.items():
        shown = (f"{good} of {number}" for good, number in row.values())
        print(f"{name:18}", *(f"{text:>15}" for text in shown))
    return int(any(good != number for good, number in rows["all"].values()))


if __name__ == "__main__":
    sys.exit(main())
