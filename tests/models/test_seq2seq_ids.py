"""`Seq2Seq` and ids outside the vocabulary: never a better loss."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import Seq2Seq, masked_cross_entropy

SOURCE = np.array([[3, 4, 5, 2], [6, 2, 0, 0], [8, 7, 2, 0]], np.int32)
INPUTS = np.array([[1, 5, 4, 3], [1, 6, 0, 0], [1, 7, 8, 0]], np.int32)
TARGETS = np.array([[5, 4, 3, 2], [6, 2, 0, 0], [7, 8, 2, 0]], np.int32)
OUTSIDE = [9, -1, 2**31, 2**32 + 3]


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    model = Seq2Seq(9, 6, embed_dim=4)
    model.compile(keras.optimizers.SGD(0.0), masked_cross_entropy, jit_compile=False)
    return model


def with_one(ids, value):
    ids = ids.astype(np.int64)
    ids[0, 1] = value
    return ids


@pytest.mark.parametrize("value", OUTSIDE)
@pytest.mark.parametrize("which", ["source", "inputs", "targets"])
@pytest.mark.parametrize("method", ["fit", "evaluate", "validation"])
def test_in_arrays_they_are_refused_by_name(method, which, value, model, monkeypatch):
    arrays = {"source": SOURCE, "inputs": INPUTS, "targets": TARGETS}
    arrays[which] = with_one(arrays[which], value)
    data = (arrays["source"], arrays["inputs"]), arrays["targets"]
    trained = []
    monkeypatch.setattr(Seq2Seq, "train_step", lambda *data: trained.append(data))
    with pytest.raises(ValueError, match=f"`{which}` must be from 0 to 8; got {value}"):
        if method == "validation":
            good = (SOURCE, INPUTS), TARGETS
            model.fit(*good, validation_data=data, verbose=0)
        else:
            getattr(model, method)(*data, verbose=0)
    assert not trained


def losses(model, source, inputs, targets):
    """The losses that `fit` and `evaluate` report of a `tf.data.Dataset`."""
    data = tf.data.Dataset.from_tensors(((source, inputs), targets))
    weights = model.get_weights()
    try:
        trained = model.fit(data, shuffle=False, verbose=0).history["loss"][0]
        model.set_weights(weights)
        return trained, model.evaluate(data, verbose=0)
    finally:
        model.set_weights(weights)


@pytest.mark.parametrize("value", OUTSIDE)
@pytest.mark.slow
def test_targets_from_a_dataset_make_the_loss_nan(value, model):
    assert np.isfinite(losses(model, SOURCE, INPUTS, TARGETS)).all()
    found = losses(model, SOURCE, INPUTS, with_one(TARGETS, value))
    assert np.isnan(found).all()


@pytest.mark.parametrize("value", OUTSIDE)
@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint64, np.float32])
def test_loss_of_a_target_outside_is_nan_whatever_holds_it(value, dtype):
    if dtype != np.float32 and not 0 <= value <= np.iinfo(dtype).max:
        dtype = np.int64
    logits = np.random.default_rng(0).normal(size=(3, 4, 9)).astype(np.float32)
    targets = with_one(TARGETS, value).astype(dtype)
    for jit_compile in (None, True):
        loss = tf.function(masked_cross_entropy, jit_compile=jit_compile)
        found = np.isnan(loss(tf.constant(targets), tf.constant(logits)))
        expected = np.zeros((3, 4), bool)
        expected[0, 1] = True
        np.testing.assert_array_equal(found, expected)


@pytest.fixture(scope="module")
def by_xla(model):
    return tf.function(lambda *ids: model(ids), jit_compile=True)


@pytest.mark.parametrize("value", OUTSIDE)
def test_compiled_outputs_are_nan_behind_them(value, model, by_xla):
    as_int64 = SOURCE.astype(np.int64), INPUTS.astype(np.int64)
    expected = model((SOURCE, INPUTS))
    np.testing.assert_allclose(by_xla(*as_int64), expected, atol=1e-6)
    of_source = by_xla(with_one(SOURCE, value), as_int64[1]).numpy()
    assert np.isnan(of_source[0]).all() and np.isfinite(of_source[1:]).all()
    of_inputs = by_xla(as_int64[0], with_one(INPUTS, value)).numpy()
    assert np.isnan(of_inputs[0, 1:]).all()
    np.testing.assert_allclose(of_inputs[0, 0], expected[0, 0], atol=1e-6)
    assert np.isfinite(of_inputs[1:]).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int16, np.uint32, np.uint64])
def test_integers_of_every_kind_are_read_alike(dtype, model):
    expected = model((SOURCE, INPUTS))
    found = model((SOURCE.astype(dtype), INPUTS.astype(dtype)))
    np.testing.assert_array_equal(found, expected)
    graph = tf.function(lambda *ids: model(ids))
    found = graph(SOURCE.astype(dtype), INPUTS.astype(dtype))
    np.testing.assert_allclose(found, expected, atol=1e-6)
