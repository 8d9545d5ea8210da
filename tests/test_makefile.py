"""What `make` does before anything runs: which Python, and whose `.venv`."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.name == "nt" or not shutil.which("make"), reason="there is no make"
    ),
]

# Says that it is another Python, makes `.venv` of itself, and installs nothing. As
# Python does, it leaves a link that is there already.
STAND_IN = """#!/bin/sh
case "$2" in
  venv) test "$3" != --clear || rm -rf .venv; mkdir -p .venv/bin
     test -e .venv/bin/python || ln -s "$0" .venv/bin/python; echo "made by $0"
     echo "version = {version}" | tr -d '()' | sed 's/, /./g' > .venv/pyvenv.cfg;;
  pip) echo "installed by $0";;
  *) test "$1" = -c || exec echo "ran $*"
     exec {real} -S -c "import sys; sys.version_info = {version}
exec(sys.argv[1])" "$2";;
esac
"""


@pytest.fixture
def folder(tmp_path):
    """A checkout with several Pythons beside it."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    shutil.copy(ROOT / "Makefile", folder)
    for name in ["pyproject.toml", "requirements.txt", "requirements-dev.txt"]:
        (folder / name).touch()
    (folder / "site").mkdir()
    (folder / "site" / "requirements.txt").touch()
    pythons = {"3": 10, "3.9": 9, "3.10": 10, "3.11": 11, "3.12": 12}
    for name, minor in pythons.items():
        python = tmp_path / f"python{name}"
        text = STAND_IN.format(real=sys.executable, version=(3, minor, 7))
        python.write_text(text, encoding="utf-8")
        python.chmod(0o755)
    return folder


def make(folder, *arguments):
    """Runs make as from a terminal, whatever make these tests run under."""
    path = os.pathsep.join([str(folder.parent), os.environ["PATH"]])
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env={**kept, "PATH": path},
        capture_output=True,
        text=True,
    )


def test_a_python_that_is_too_old_is_named(folder):
    done = make(folder, "PYTHON=python3.9", "run")
    assert done.returncode
    assert done.stderr.startswith(
        "Python 3.10 or later is needed; python3.9 is 3.9. Name another one: "
        "make PYTHON=python3.12 run\n"
    )
    assert not (folder / ".venv").exists()


def test_another_python_makes_the_environment_anew(folder):
    for minor in (10, 12):
        done = make(folder, f"PYTHON=python3.{minor}", "run")
        assert f"made by {folder.parent}/python3.{minor}" in done.stdout
        assert done.stdout.splitlines()[-1] == "ran notebooks/run.py"
        link = folder / ".venv" / "bin" / "python"
        assert link.resolve() == folder.parent / f"python3.{minor}"


def test_the_environment_that_is_there_is_used(folder):
    make(folder, "PYTHON=python3.11", "run")
    for arguments in (["run"], ["PYTHON=python3.11", "run"]):
        done = make(folder, *arguments)
        assert "made by" not in done.stdout and "installed by" not in done.stdout
        assert done.stdout.splitlines()[-1] == "ran notebooks/run.py"
    os.utime(folder / ".venv" / "installed", (0, 0))  # requirements are newer
    done = make(folder, "run")
    assert "made by" not in done.stdout and "installed by" in done.stdout


def test_an_environment_that_was_never_finished_is_made_anew(folder):
    make(folder, "PYTHON=python3.9", "run")
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "python").symlink_to(folder.parent / "python3.9")
    (folder / ".venv" / "pyvenv.cfg").write_text("version = 3.9.7\n")
    done = make(folder, "PYTHON=python3.12", "run")
    assert f"made by {folder.parent}/python3.12" in done.stdout
    link = folder / ".venv" / "bin" / "python"
    assert link.resolve() == folder.parent / "python3.12" and not done.returncode


@pytest.mark.parametrize("minor", [10, 12])  # `python3` is 3.10, too
def test_an_environment_whose_python_is_gone_is_made_anew(folder, minor):
    make(folder, f"PYTHON=python3.{minor}", "run")
    (folder.parent / f"python3.{minor}").unlink()  # as an update of the system does
    done = make(folder, "run")
    assert f"made by {folder.parent}/python3\n" in done.stdout
    assert done.stdout.splitlines()[-1] == "ran notebooks/run.py"
    link = folder / ".venv" / "bin" / "python"
    assert link.resolve() == folder.parent / "python3" and not done.returncode


def test_real_data_must_be_named(folder):
    done = make(folder, "PYTHON=python3.11", "SEQMODELS_DATA=", "test-real")
    assert done.returncode and "SEQMODELS_DATA: must name a folder" in done.stderr
    done = make(folder, "SEQMODELS_DATA=/somewhere", "test-real")
    assert done.stdout.splitlines()[-1].endswith("--data /somewhere notebooks")
