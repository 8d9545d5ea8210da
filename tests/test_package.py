"""What importing the package does, and does not do."""

import pytest

import seqmodels


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


def test_importing_a_layer_says_nothing(run_python):
    child = run_python("from seqmodels import FusedLSTM; print(FusedLSTM.__name__)")
    assert (child.stdout, child.stderr) == ("FusedLSTM\n", "")


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


def test_other_lines_on_stderr_pass(capfd):
    import os

    from seqmodels._tensorflow import _without_notes

    with _without_notes():
        os.write(2, b"I0000 oneDNN custom operations are on. You may\nto be read\n")
    os.write(2, b"and this\n")
    assert capfd.readouterr().err == "to be read\nand this\n"


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
