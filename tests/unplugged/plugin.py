"""Pytest plugin: every test and every notebook's kernel runs without a network."""

import os
import sys
from pathlib import Path

import pytest

from tests.unplugged import sitecustomize  # noqa: F401, pulls the plug here

HERE = Path(__file__).parent


def pytest_addoption(parser):
    parser.addoption("--data", help="folder of real data for the notebooks to use")


def pytest_configure(config):
    data = config.getoption("--data")
    folder = os.path.expanduser(data or "")
    if data is not None and not os.path.isdir(folder):
        # Loaders would fall back on the bundled data, and all would be green.
        raise pytest.UsageError(f"--data must name a folder; got {data!r}")
    os.environ["SEQMODELS_OFFLINE"] = "1"
    os.environ["SEQMODELS_CACHE"] = str(HERE / "no-cache")
    os.environ["SEQMODELS_DATA"] = os.path.realpath(folder) if folder else ""
    from _machine import share_of_cores

    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    os.environ.update(share_of_cores(workers))
    # Kernels and child processes start with the plug pulled as well.
    paths = [str(HERE), str(HERE.parents[1]), os.environ.get("PYTHONPATH", "")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    sys.dont_write_bytecode = True
