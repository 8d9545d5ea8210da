"""Runs the notebooks from top to bottom and says what came of them.

    python notebooks/run.py               all of them, executed copies in build/
    python notebooks/run.py 02 06         only these
    python notebooks/run.py --store 02    keeps the outputs in the notebook itself

Exit status 0 means that every notebook kept the promise of its contract cell.
"""

import argparse
import os
import re
import sys
import threading
import time
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from tqdm import tqdm

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build"


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("numbers", nargs="*", help="notebooks to run, such as 02")
    options.add_argument("--store", action="store_true", help="keep outputs in place")
    options = options.parse_args()

    paths = [
        path
        for path in sorted(HERE.glob("[0-9][0-9]_*.ipynb"))
        if not options.numbers or path.name[:2] in options.numbers
    ]
    if not paths:
        sys.exit(f"no notebook is numbered {' or '.join(options.numbers)}")
    if data := os.environ.get("SEQMODELS_DATA"):  # kernels run in another folder
        os.environ["SEQMODELS_DATA"] = str(Path(data).expanduser().resolve())
    BUILD.mkdir(exist_ok=True)
    notebooks = [nbformat.read(path, as_version=4) for path in paths]
    cells = sum(map(count_code, notebooks))
    rows = []
    with tqdm(total=cells, unit="cell", dynamic_ncols=True) as bar:
        for path, notebook in zip(paths, notebooks, strict=True):
            bar.set_description(path.stem)
            row = run(notebook, path.stem, bar)
            nbformat.write(notebook, (path if options.store else BUILD / path.name))
            rows.append(row)
    print_table(rows)
    failed = [row["error"] for row in rows if row["error"]]
    print(*failed, sep="\n")
    sys.exit(bool(failed))


def count_code(notebook):
    return sum(cell.cell_type == "code" for cell in notebook.cells)


def run(notebook, name, bar):
    """Executes a notebook in place; returns its row of the table."""
    client = NotebookClient(
        notebook,
        timeout=1800,
        kernel_name="python3",
        resources={"metadata": {"path": str(HERE)}},
        on_cell_executed=lambda **_: bar.update(1),
        coalesce_streams=True,
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],  # not the notebook's affair
    )
    peak = PeakMemory()
    client.on_notebook_start = lambda notebook: peak.watch(client)
    start, error = time.perf_counter(), ""
    before = bar.n
    try:
        client.execute()
    except CellExecutionError as problem:
        error = f"\n{name} failed:\n{problem}"
    finally:
        peak.stop()
    bar.update(before + count_code(notebook) - bar.n)  # where a cell failed
    printed = "".join(
        output.get("text", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.get("name") == "stdout"
    )
    return {
        "notebook": name,
        "seconds": f"{time.perf_counter() - start:.0f}",
        "peak memory": f"{peak.bytes / 1e9:.1f} GB",
        "data": last(r"^Data: (.*)$", printed),
        "result": last(r"^Result: (.*)$", printed) if not error else "FAILED",
        "error": error,
    }


class PeakMemory:
    """Watches the resident memory of a kernel's process in a thread of its own."""

    def __init__(self):
        self.bytes = 0
        self._stopped = threading.Event()

    def watch(self, client):
        process = psutil.Process(client.km.provisioner.pid)
        threading.Thread(target=self._look, args=(process,), daemon=True).start()

    def stop(self):
        self._stopped.set()

    def _look(self, process):
        while not self._stopped.wait(0.1):
            try:
                self.bytes = max(self.bytes, process.memory_info().rss)
            except psutil.Error:  # the kernel has ended
                return


def last(pattern, text):
    found = re.findall(pattern, text, flags=re.MULTILINE)
    return found[-1] if found else "-"


def print_table(rows):
    columns = ["notebook", "seconds", "peak memory", "data", "result"]
    table = [columns, *([row[column] for column in columns] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())


if __name__ == "__main__":
    main()
