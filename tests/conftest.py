"""What several test files share. No TensorFlow: tests of NumPy code start at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from tests.launched import ROOT, Launched

settings.register_profile("untimed", deadline=None)  # a busy machine is no fault
settings.load_profile("untimed")


def forget_modules(folder):
    """Has modules of a folder imported anew: another folder's may have their names."""
    for name, module in list(sys.modules.items()):
        if Path(getattr(module, "__file__", None) or "").parent == folder:
            del sys.modules[name]


@pytest.fixture
def start_python():
    """A function that starts code in a new process and returns the process."""
    started = []

    def start(code, *args, **environ):
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, args)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": path, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def run_python(start_python):
    """A function that runs code in a new process; returns the finished process."""

    def run(code, *args, check=True, **environ):
        process = start_python(code, *args, **environ)
        out, err = process.communicate(timeout=120)
        if check:
            assert process.returncode == 0, err
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    return run


@pytest.fixture
def launch(tmp_path):
    """A function that calls a function in a new process, and returns the process.

    It must stand in a module, which the process imports; so nothing at the top of it
    may import TensorFlow that shall not be imported before the function has begun.
    """
    launched = []

    def start(function, *args, **options):
        folder = tmp_path / "processes" / str(len(launched))
        launched.append(Launched(function, args, options, folder))
        return launched[-1]

    yield start
    for each in launched:
        each.kill()


@pytest.fixture
def own(tmp_path, monkeypatch):
    """The folder that SEQMODELS_DATA names."""
    folder = tmp_path / "own data"
    folder.mkdir()
    monkeypatch.setenv("SEQMODELS_DATA", str(folder))
    return folder


@pytest.fixture
def figures():
    """Figures without a screen, closed afterwards, and the settings as they were."""
    import matplotlib.pyplot as plt

    plt.switch_backend("Agg")
    with plt.rc_context():
        yield
    plt.close("all")


@pytest.fixture
def make_model():
    """A function that makes a small `CharLM` of nine tokens, always the same one."""
    import keras

    from seqmodels import CharLM

    def make(optimizer=None, jit_compile=False, **options):
        keras.utils.set_random_seed(4)
        model = CharLM(9, **{"units": 6, "num_layers": 2, "embed_dim": 5, **options})
        if optimizer:  # XLA takes seconds to start
            model.compile(optimizer, jit_compile=jit_compile)
        return model

    return make


@pytest.fixture
def make_batches():
    """A function that makes `ContiguousBatches` of noise, nine tokens."""
    import numpy as np

    from seqmodels import ContiguousBatches

    def make(num_tokens=90, batch_size=3, num_steps=4, seed=0):
        ids = np.random.default_rng(seed).integers(9, size=num_tokens)
        return ContiguousBatches(ids, batch_size, num_steps)

    return make
