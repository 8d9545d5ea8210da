"""Packs the lessons for a class: without outputs, without solutions.

    python notebooks/handout.py            build/handout.zip

A student runs them in Jupyter or Colab and hands a notebook back; its marks come from
`python -m seqmodels mark NOTEBOOK`. With the notebooks goes the package's wheel, if
`make wheel` has made one: then nothing need be downloaded but its dependencies.
"""

import sys
import zipfile
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "handout.zip"


def main() -> int:
    try:
        TARGET.parent.mkdir(exist_ok=True)
        names = pack(TARGET)
    except OSError as problem:
        print(f"{TARGET} could not be written ({problem.strerror}).")
        return 1
    print(f"{TARGET}: {len(names)} files, {TARGET.stat().st_size / 1e6:.1f} MB")
    return 0


def pack(target: Path) -> list[str]:
    """Writes the archive; returns the names of what is in it."""
    lessons = sorted((ROOT / "notebooks").glob("[0-9][0-9]*_*.ipynb"))
    wheels = sorted((ROOT / "dist").glob("seqmodels-*.whl"))[-1:]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in lessons:
            archive.writestr(f"seqmodels/{path.name}", without_outputs(path))
        for path in [*wheels, ROOT / "LICENSE"]:
            archive.write(path, f"seqmodels/{path.name}")
        return archive.namelist()


def without_outputs(path: Path) -> str:
    """A notebook's text, as it was before it was run."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("seqmodels", None)  # the seconds of the stored run
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return nbformat.writes(notebook) + "\n"


if __name__ == "__main__":
    sys.exit(main())
