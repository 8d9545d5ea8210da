"""Source code that is always there: the library of the Python that is running."""

import platform
import sysconfig
import tokenize
from pathlib import Path
from typing import NamedTuple

from seqmodels.data._source import Source, announce

# Folders whose files are not the library, or are tables rather than code.
LEFT_OUT = {
    *("site-packages", "dist-packages", "__pycache__"),
    *("test", "tests", "idle_test", "encodings", "pydoc_data"),
}


class SourceFile(NamedTuple):
    """One file of source code."""

    name: str  # from the library's folder on, such as "json/decoder.py"
    text: str


def load_standard_library() -> tuple[list[SourceFile], Source]:
    """Loads the standard library of this Python, as far as it is written in Python.

    The files are read where they are, in the order of their names; tests and tables of
    encodings are left out, and so is what cannot be decoded.

    Returns:
        A list of `SourceFile` and its `Source`, which is also printed.

    Raises:
        FileNotFoundError: If this Python came without its library's sources, as some
            that are packed into one file do.
    """
    folder = Path(sysconfig.get_path("stdlib"))
    files = list(_read_all(folder))
    if not files:
        raise FileNotFoundError(
            "the standard library's sources: expected *.py in "
            f"{folder}, got none; this Python may be packed or stripped."
        )
    size = sum(len(file.text) for file in files)
    detail = (
        f"of Python {platform.python_version()}, {len(files):,} files, "
        f"{size:,} characters"
    )
    return announce(files, Source("standard library", "real", detail))


def _read_all(folder):
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).parts
        if LEFT_OUT.isdisjoint(parts[:-1]):
            text = _read(path)
            if text:
                yield SourceFile("/".join(parts), text)


def _read(path):
    """The text of a file in the encoding that it names, or "" if it cannot be read."""
    try:
        with tokenize.open(path) as file:
            return file.read()
    except (OSError, SyntaxError, UnicodeDecodeError):
        return ""
