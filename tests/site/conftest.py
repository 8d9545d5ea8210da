"""The site, built once for all tests; skipped where what builds it is not there."""

import importlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, forget_modules
from tests.page.conftest import chromium  # noqa: F401

HERE = ROOT / "site"


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of a built site, which several test processes may share."""
    pytest.importorskip("sphinx_book_theme")
    pytest.importorskip("myst_nb")
    base = tmp_path_factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder, done = base / "built", base / "built.done"
    try:
        folder.mkdir()
    except FileExistsError:  # another process builds it, or has
        for _ in range(1200):
            if done.exists():
                break
            time.sleep(0.5)
    else:
        done.write_text(build(folder / "site"), encoding="utf-8")
    assert done.read_text(encoding="utf-8") == ""
    return folder / "site"


def build(out: Path, **environ: str) -> str:
    """Builds the site in a process of its own; returns what it had to complain of."""
    done = subprocess.run(
        [sys.executable, str(HERE / "build.py"), "--out", str(out)],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return (done.stdout + done.stderr or "failed") if done.returncode else ""


@pytest.fixture
def modules(monkeypatch):
    """A function that imports one of the site's own modules."""
    monkeypatch.syspath_prepend(str(HERE))
    yield importlib.import_module
    forget_modules(HERE)
