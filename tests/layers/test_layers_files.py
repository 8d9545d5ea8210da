"""Models with our layers, saved and loaded, copied, exported; and files of Keras'."""

import json
import warnings
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import FusedGRU, FusedLSTM

pytestmark = pytest.mark.slow

# Written by version 0.1.0 under Keras 3.6: what a newer Keras writes, 3.6 cannot read.
OLD = Path(__file__).parent / "data_0_1_0"
X = np.random.default_rng(0).normal(size=(4, 7, 5)).astype("float32")
KERAS = {FusedLSTM: keras.layers.LSTM, FusedGRU: keras.layers.GRU}
each_layer = pytest.mark.parametrize("cls", KERAS)


def both_ways(cls):
    """Layers of one kind in both directions, and a readout."""
    return keras.Sequential(
        [
            keras.Input((7, 5)),
            keras.layers.Bidirectional(cls(4, return_sequences=True, name="first")),
            keras.layers.Bidirectional(cls(3, name="second")),
            keras.layers.Dense(1),
        ]
    )


def scrambled(model, seed=0):
    """Gives every weight of a model a random value of its own."""
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


@pytest.mark.parametrize("cls, params", [(FusedLSTM, 223), (FusedGRU, 187)])
def test_a_model_is_whole_from_the_start(cls, params):
    sequential = keras.Sequential(
        [
            keras.Input((7, 5)),
            keras.layers.Bidirectional(cls(3)),
            keras.layers.Dense(1),
        ]
    )
    assert sequential.built and sequential.count_params() == params
    inputs = keras.Input((7, 5))
    outputs = keras.layers.Bidirectional(cls(3))(inputs)
    assert outputs.shape == (None, 6)
    model = keras.Model(inputs, keras.layers.Dense(1)(outputs))
    assert model.count_params() == params


@each_layer
def test_saved_and_loaded(cls, tmp_path):
    model = scrambled(both_ways(cls))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded.layers[0].backward_layer) is cls
    np.testing.assert_array_equal(loaded(X), model(X))


@each_layer
def test_copied(cls):
    model = scrambled(both_ways(cls))
    copy, fresh = (keras.models.clone_model(model) for _ in range(2))
    copy.set_weights(model.get_weights())  # before it is called: it must be whole
    np.testing.assert_array_equal(copy(X), model(X))
    assert np.abs(fresh(X) - model(X)).max() > 1e-3
    fresh = keras.models.clone_model(model)
    fresh.set_weights(model.get_weights())  # of a model that has been called
    np.testing.assert_array_equal(fresh(X), model(X))


@each_layer
@pytest.mark.parametrize("ours_first", [True, False])
def test_weights_go_to_keras_and_back(cls, ours_first, tmp_path):
    kinds = (cls, KERAS[cls]) if ours_first else (KERAS[cls], cls)
    source, target = map(both_ways, kinds)
    scrambled(source).save_weights(tmp_path / "model.weights.h5")
    target.load_weights(tmp_path / "model.weights.h5")
    np.testing.assert_allclose(target(X), source(X), atol=1e-5)


@each_layer
def test_a_trained_model_of_keras_loads_as_ours(cls, tmp_path):
    theirs = both_ways(KERAS[cls])
    theirs.compile("adam", "mse")
    theirs.fit(X, X[:, 0, :1], epochs=2, verbose=0)
    theirs.save(tmp_path / "model.keras")
    named = {KERAS[cls].__name__: cls}
    ours = keras.models.load_model(tmp_path / "model.keras", custom_objects=named)
    np.testing.assert_allclose(ours(X), theirs(X), atol=1e-5)
    for model in (ours, theirs):  # the optimizer's moments came along as well
        model.fit(X, X[:, 0, :1], verbose=0, shuffle=False)
    np.testing.assert_allclose(ours(X), theirs(X), atol=1e-5)


@pytest.mark.parametrize("name", ["lstm", "gru", "bidirectional"])
def test_files_of_version_0_1_0(name, tmp_path):
    expected = np.load(OLD / f"{name}.npz")
    model = keras.models.load_model(OLD / f"{name}.keras")
    np.testing.assert_allclose(model(expected["ids"]), expected["outputs"], atol=1e-6)
    if name == "bidirectional":
        scrambled(model).load_weights(OLD / f"{name}.weights.h5")
        again = model(expected["ids"])
        np.testing.assert_allclose(again, expected["outputs"], atol=1e-6)
    # What is saved now is in Keras' own places, and loads again.
    model.save(tmp_path / "new.keras")
    again = keras.models.load_model(tmp_path / "new.keras")
    found = again(expected["ids"])
    np.testing.assert_allclose(found, expected["outputs"], atol=1e-6)
    # A layer that has read an old file reads new ones, too.
    again.save_weights(tmp_path / "new.weights.h5")
    scrambled(model).load_weights(tmp_path / "new.weights.h5")
    np.testing.assert_array_equal(model(expected["ids"]), found)


@each_layer
def test_weights_that_are_missing_are_noticed(cls, tmp_path):
    """What makes old files load must not let a file pass that has no weights."""
    empty = keras.Sequential([keras.Input((7, 5)), keras.layers.Identity()])
    empty.save_weights(tmp_path / "empty.weights.h5")
    model = keras.Sequential([keras.Input((7, 5)), cls(3)])
    for _ in range(2):
        with pytest.raises(ValueError, match="could not be loaded"):
            model.load_weights(tmp_path / "empty.weights.h5")


@each_layer
def test_exported(cls, tmp_path, capsys):
    model = scrambled(both_ways(cls))
    model.export(tmp_path / "model", verbose=False)
    served = tf.saved_model.load(tmp_path / "model")
    np.testing.assert_allclose(served.serve(X), model(X), atol=1e-5)


@each_layer
@pytest.mark.parametrize("rows", [1, 32])
def test_converted_for_small_devices(cls, rows):
    model = keras.Sequential(
        [keras.Input((7, 5), batch_size=rows), cls(3, return_sequences=True), cls(2)]
    )
    x = np.resize(X, (rows, 7, 5))
    converted = tf.lite.TFLiteConverter.from_keras_model(model).convert()
    with warnings.catch_warnings():  # newer TensorFlow points to a package of its own
        warnings.filterwarnings("ignore", r"\s*Warning: tf.lite.Interpreter is")
        interpreter = tf.lite.Interpreter(model_content=converted)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
    interpreter.invoke()
    found = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    np.testing.assert_allclose(found, model(x), atol=1e-5)


@each_layer
def test_saved_here_and_loaded_elsewhere(cls, run_python, tmp_path):
    model = scrambled(both_ways(cls))
    model.save(tmp_path / "model.keras")
    code = """if True:
        import json, sys, numpy as np
        from seqmodels import FusedGRU, FusedLSTM
        import keras
        model = keras.models.load_model(sys.argv[1])
        layer = model.layers[0].forward_layer
        assert type(layer).__name__ == sys.argv[3], model.layers
        print(np.array(model(np.array(json.loads(sys.argv[2])))).tolist())
    """
    child = run_python(code, tmp_path / "model.keras", X.tolist(), cls.__name__)
    np.testing.assert_allclose(json.loads(child.stdout), model(X), atol=1e-6)
