"""Runs the notebooks from top to bottom and says what came of them.

    python notebooks/run.py               all of them, executed copies in build/
    python notebooks/run.py 02 06         only these
    python notebooks/run.py --jobs 1      one at a time; on two cores two are faster
    python notebooks/run.py --store 02    one at a time, outputs kept in the notebooks

Exit status 0 means that every notebook kept the promise of its contract cell, 1 that
one did not or could not be written, 130 that Ctrl-C was pressed.
"""

import argparse
import os
import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from statistics import median

import nbformat
from tqdm import tqdm

from _execute import end_kernels, execute, write
from _machine import Product

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("numbers", nargs="*", help="notebooks to run, such as 02")
    parser.add_argument("--store", action="store_true", help="keep outputs in place")
    cores = os.cpu_count() or 1
    parser.add_argument("--jobs", type=int, default=min(2, cores), help="at a time")
    options = parser.parse_args(arguments)
    if options.jobs < 1:
        parser.error(f"argument --jobs: expected 1 or more, got {options.jobs}")
    for stream in (sys.stdout, sys.stderr):  # which may know few characters
        stream.reconfigure(errors="backslashreplace")
    paths = find_notebooks(options.numbers)
    for name in ("SEQMODELS_DATA", "SEQMODELS_CACHE"):  # kernels run elsewhere
        named = os.path.expanduser(os.environ.get(name, ""))
        if named and not named.startswith("~"):  # a home that nobody has
            os.environ[name] = os.path.abspath(named)

    start, status = time.perf_counter(), 0
    with Product() as product:
        course = Course(options.store, product)
        try:
            course.run(paths, 1 if options.store else min(options.jobs, len(paths)))
        except KeyboardInterrupt:
            status = 130
    if course.rows:
        print(f"{product}; all of it took {time.perf_counter() - start:.0f} s")
        print_table(course.rows)
    errors = [error for row in course.rows for error in row["errors"]]
    print(*errors, sep="\n")
    if status:
        finished = f"{len(course.rows)} of {len(paths)}"
        print(f"Interrupted: {finished} notebooks were finished.")
    return status or int(bool(errors))


def find_notebooks(numbers: list[str]) -> list[Path]:
    """Those of these numbers, or all: 04 stands for 04a and 04b."""
    paths = sorted(HERE.glob("[0-9][0-9]*_*.ipynb"))
    names = [{path.name[:2], path.name.partition("_")[0]} for path in paths]
    if unknown := sorted(set(numbers).difference(*names)):
        sys.exit(f"no notebook is numbered {' or '.join(unknown)}")
    chosen = [path for path, own in zip(paths, names, strict=True) if own & {*numbers}]
    return chosen if numbers else paths


class Course:
    """Runs notebooks, and keeps a row of the table for each that was finished.

    What is stored is run alone, the machine's speed measured before and after each;
    else it is measured before all and after all.
    """

    def __init__(self, store: bool, product: Product) -> None:
        self.store, self.product = store, product
        self.rows, self.stopped = [], False

    def run(self, paths: list[Path], jobs: int) -> None:
        """Runs notebooks, so many at a time."""
        self.jobs = jobs
        self.copies = folder_for_copies()
        notebooks = [nbformat.read(path, as_version=4) for path in paths]
        cells = sum(map(count_code, notebooks))
        self.product.measure()
        with (
            tqdm(total=cells, unit="cell", dynamic_ncols=True) as self.bar,
            ThreadPoolExecutor(jobs) as pool,
        ):
            running = [
                pool.submit(self.run_one, path, notebook)
                for path, notebook in zip(paths, notebooks, strict=True)
            ]
            try:
                while wait(running, timeout=1).not_done:  # Windows looks in between
                    pass
            except KeyboardInterrupt:
                self.stopped = True
                pool.shutdown(wait=False, cancel_futures=True)
                end_kernels([each for each in running if not each.cancelled()])
                raise
            finally:
                self.rows.sort(key=lambda row: row["notebook"])
        for future in running:
            future.result()  # raises what it has raised
        self.product.measure()

    def run_one(self, path: Path, notebook: nbformat.NotebookNode) -> None:
        """Runs a notebook and writes it."""
        self.bar.set_description(path.stem)
        left = count_code(notebook)

        def on_cell():
            nonlocal left
            left -= 1
            self.bar.update(1)

        speeds = self.product.measure() if self.store else []
        seconds, memory, error = execute(notebook, HERE, on_cell, self.jobs)
        self.bar.update(left)  # where a cell failed
        if self.stopped:
            return
        notebook.metadata["seqmodels"] = {"seconds": round(seconds)}
        if self.store and (speeds := speeds + self.product.measure()):
            notebook.metadata["seqmodels"]["gflops"] = round(median(speeds))
        errors = [f"\n{path.stem} failed:\n{error}"] if error else []
        # Only a notebook that kept its promise replaces the one stored.
        folder = HERE if self.store and not error else self.copies
        if folder and (unwritten := write(notebook, folder / path.name)):
            errors.append(unwritten)
        self.rows.append(
            {
                "notebook": path.stem,
                "seconds": f"{seconds:.0f}",
                "peak memory": f"{memory / 1e9:.1f} GB",
                "data": last("Data", notebook),
                "result": "FAILED" if error else last("Result", notebook),
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
    columns = ["notebook", "seconds", "peak memory", "data", "result"]
    table = [columns, *([row[column] for column in columns] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())


if __name__ == "__main__":
    sys.exit(main())
