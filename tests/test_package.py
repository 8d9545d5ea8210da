"""What importing the package does, and does not do."""

import pytest

import seqmodels
from tests.conftest import ROOT


@pytest.mark.parametrize(
    "module", [m for m in seqmodels._HOMES if m.split(".")[0] in ("text", "counting")]
)
def test_numpy_modules_leave_tensorflow_alone(module, run_python):
    names = ", ".join(name for name in seqmodels._HOMES[module])
    child = run_python(
        f"import sys, seqmodels.{module}\n"
        f"from seqmodels import {names}\n"
        "print([name for name in ('tensorflow', 'keras') if name in sys.modules])"
    )
    assert (child.stdout, child.stderr) == ("[]\n", "")


def test_importing_a_layer_leaves_stderr_where_it_was(run_python):
    # A crash while TensorFlow is imported must be able to say what it died of.
    child = run_python(
        """if True:
        import os, sys
        class Looks:  # asked for every module that is imported
            def find_spec(self, name, path=None, target=None):
                if name == "tensorflow":
                    os.write(2, b"last words")
                    os._exit(7)
        sys.meta_path.insert(0, Looks())
        from seqmodels import FusedLSTM
        """,
        check=False,
    )
    assert (child.returncode, child.stderr) == (7, "last words")


@pytest.mark.slow
def test_the_set_up_cell_shows_one_line(monkeypatch):
    import asyncio

    import nbformat
    from nbclient import NotebookClient

    code = "import sys, seqmodels\nseqmodels.setup(seed=0)"
    told = "print('tensorflow' in sys.modules)"
    cells = [nbformat.v4.new_code_cell(source) for source in (code, told)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    # Under pytest a kernel would not look at what is written beneath Python.
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    client = NotebookClient(notebook, resources={"metadata": {"path": str(ROOT)}})
    asyncio.run(client.async_execute())
    first, second = ([out.get("text") for out in cell.outputs] for cell in cells)
    assert len(first) == 1 and first[0].startswith("seqmodels ")
    assert first[0].count("\n") == 1
    assert second == ["True\n"]


def test_every_name_is_there():
    for name in seqmodels.__all__:
        assert getattr(seqmodels, name).__name__ == name
        assert name in dir(seqmodels)


def test_other_names_are_not():
    message = "module 'seqmodels' has no attribute 'LSTM'"
    with pytest.raises(AttributeError, match=message):
        seqmodels.LSTM  # noqa: B018


MESSAGE = "ImportError: `seqmodels` needs Keras on TensorFlow; KERAS_BACKEND is 'jax'. "


def test_another_backend_is_refused(run_python):
    code = "from seqmodels import FusedLSTM"
    child = run_python(code, check=False, KERAS_BACKEND="jax")
    assert MESSAGE in child.stderr


def test_another_backend_that_runs_already_is_refused(run_python):
    # A stand-in for Keras: JAX need not be installed to run this test.
    code = """if True:
        import sys, types
        backend = types.SimpleNamespace(backend=lambda: "jax")
        sys.modules["keras"] = types.SimpleNamespace(backend=backend)
        from seqmodels import FusedLSTM
    """
    child = run_python(code, check=False, KERAS_BACKEND="tensorflow")
    assert MESSAGE in child.stderr


def test_setup_seeds_and_says_what_runs(capsys):
    import keras
    import numpy as np

    draws = []
    for seed in (3, 3, 4):
        seqmodels.setup(seed)
        draws.append((np.random.random(), float(keras.initializers.RandomNormal()([]))))
    assert draws[0] == draws[1]
    assert draws[0][0] != draws[2][0] and draws[0][1] != draws[2][1]
    (line, *_) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"seqmodels {seqmodels.__version__}, Python 3.")
    assert f"Keras {keras.__version__}" in line


@pytest.mark.slow
def test_setup_mutes_retracing_of_keras_functions_alone(run_python):
    child = run_python("""if True:
        import keras, numpy as np, seqmodels, tensorflow as tf
        seqmodels.setup(seed=0)
        for _ in range(6):  # as a lesson trains one model after another
            model = keras.Sequential([keras.layers.Dense(1)])
            model.predict(np.ones((1, 1)), verbose=0)
        for n in range(6):
            tf.function(lambda x: x)(n)
    """)
    warned = [line for line in child.stderr.splitlines() if "retracing" in line]
    assert warned and all("calls to <function <lambda>" in line for line in warned)
