"""Runs the notebooks from top to bottom and says what came of them.

    python notebooks/run.py               all of them, executed copies in build/
    python notebooks/run.py 02 06         only these
    python notebooks/run.py --store 02    keeps the outputs in the notebook itself

Exit status 0 means that every notebook kept the promise of its contract cell, 1 that
one did not or could not be written, 130 that Ctrl-C was pressed.
"""

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path
from statistics import median

import nbformat
from tqdm import tqdm

from _execute import execute, write
from _machine import Product

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="*", help="notebooks to run, such as 02")
    parser.add_argument("--store", action="store_true", help="keep outputs in place")
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # which may know few characters
        stream.reconfigure(errors="backslashreplace")
    paths = find_notebooks(options.numbers)
    for name in ("SEQMODELS_DATA", "SEQMODELS_CACHE"):  # kernels run elsewhere
        named = os.path.expanduser(os.environ.get(name, ""))
        if named and not named.startswith("~"):  # a home that nobody has
            os.environ[name] = os.path.abspath(named)

    rows, status = [], 0
    with Product() as product:
        try:
            run_all(paths, options.store, product, rows)
        except KeyboardInterrupt:
            status = 130
    if rows:
        print(product)
        print_table(rows)
    errors = [error for row in rows for error in row["errors"]]
    print(*errors, sep="\n")
    if status:
        print(f"Interrupted: {len(rows)} of {len(paths)} notebooks were finished.")
    return status or int(bool(errors))


def find_notebooks(numbers: list[str]) -> list[Path]:
    """Those of these numbers, or all: 04 stands for 04a and 04b."""
    paths = sorted(HERE.glob("[0-9][0-9]*_*.ipynb"))
    names = [{path.name[:2], path.name.partition("_")[0]} for path in paths]
    if unknown := sorted(set(numbers).difference(*names)):
        sys.exit(f"no notebook is numbered {' or '.join(unknown)}")
    chosen = [path for path, own in zip(paths, names, strict=True) if own & {*numbers}]
    return chosen if numbers else paths


def run_all(paths: list[Path], store: bool, product: Product, rows: list) -> None:
    """Runs the notebooks in turn; appends a row of the table for each.

    The machine's speed is measured before and after each: its GFLOP/s are the median
    of both.
    """
    copies = folder_for_copies()
    notebooks = [nbformat.read(path, as_version=4) for path in paths]
    cells = sum(map(count_code, notebooks))
    before = product.measure()
    with tqdm(total=cells, unit="cell", dynamic_ncols=True) as bar:
        for path, notebook in zip(paths, notebooks, strict=True):
            bar.set_description(path.stem)
            after = bar.n + count_code(notebook)
            seconds, memory, error = execute(notebook, HERE, lambda: bar.update(1))
            bar.update(after - bar.n)  # where a cell failed
            notebook.metadata["seqmodels"] = {"seconds": round(seconds)}
            speeds, before = before, product.measure()
            if speeds := speeds + before:  # none where it cannot be measured
                notebook.metadata["seqmodels"]["gflops"] = round(median(speeds))
            errors = [f"\n{path.stem} failed:\n{error}"] if error else []
            # Only a notebook that kept its promise replaces the one stored.
            folder = HERE if store and not error else copies
            if folder and (unwritten := write(notebook, folder / path.name)):
                errors.append(unwritten)
            result = "FAILED" if error else last("Result", notebook)
            rows.append(
                {
                    "notebook": path.stem,
                    "seconds": f"{seconds:.0f}",
                    "GFLOP/s": str(notebook.metadata["seqmodels"].get("gflops", "-")),
                    "peak memory": f"{memory / 1e9:.1f} GB",
                    "data": last("Data", notebook),
                    "result": result,
                    "errors": errors,
                }
            )


def folder_for_copies() -> Path | None:
    """The folder for executed copies, or `None` where nothing can be written."""
    try:
        BUILD.mkdir(exist_ok=True)
        tempfile.TemporaryFile(dir=BUILD).close()
    except OSError as problem:
        print(f"{BUILD} cannot be written ({problem.strerror}); no copies are kept.")
        return None
    return BUILD


def count_code(notebook: nbformat.NotebookNode) -> int:
    return sum(cell.cell_type == "code" for cell in notebook.cells)


def last(word: str, notebook: nbformat.NotebookNode) -> str:
    """What the last printed line that begins with a word and a colon says."""
    printed = "".join(
        output.get("text", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.get("name") == "stdout"
    )
    found = re.findall(rf"^{word}: (.*)$", printed, flags=re.MULTILINE)
    return found[-1] if found else "-"


def print_table(rows: list[dict]) -> None:
    columns = ["notebook", "seconds", "GFLOP/s", "peak memory", "data", "result"]
    table = [columns, *([row[column] for column in columns] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())


if __name__ == "__main__":
    sys.exit(main())
