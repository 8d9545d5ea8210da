"""Ids for inputs: they stand for one-hot vectors, and rows are looked up."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.layers.recurrent import (
    BATCH,
    FEATURES,
    STEPS,
    assert_all_same,
    assert_same,
    make_mask,
)

IDS = np.random.default_rng(4).integers(0, FEATURES, (BATCH, STEPS))
ONE_HOT = np.eye(FEATURES, dtype="float32")[IDS]


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize(
    "return_sequences, go_backwards", [(True, False), (False, True)]
)
def test_stand_for_one_hot_vectors(case, return_sequences, go_backwards, jit_compile):
    _, *states = case.data()
    layer = case.build(
        return_state=True, return_sequences=return_sequences, go_backwards=go_backwards
    )

    @tf.function(jit_compile=jit_compile)
    def run(inputs):
        with tf.GradientTape() as tape:
            found = layer(inputs, initial_state=states, mask=make_mask("random"))
            loss = sum(tf.reduce_sum(tf.cos(part)) for part in found)
        return found, tape.gradient(loss, layer.trainable_weights)

    assert_same(run(tf.constant(IDS)), run(tf.constant(ONE_HOT)), 1e-6)


def test_rows_are_looked_up(case, monkeypatch):
    """No vector is made: a bigger vocabulary must not cost more."""
    from seqmodels.layers import lstm, recurrent

    def refuse(*args, **kwargs):
        raise AssertionError("one-hot vectors were made")

    assert lstm.tf is recurrent.tf is tf
    monkeypatch.setattr(tf, "one_hot", refuse)
    monkeypatch.setattr(tf, "tensordot", refuse)
    case.build()(IDS)


@pytest.mark.parametrize(
    "options",
    [
        {"dropout": 0.4, "seed": 3},
        {"dropout": 0.4, "recurrent_dropout": 0.4, "seed": 3},
        {"activation": "relu"},
        {"unroll": True},
    ],
)
def test_where_one_hot_vectors_are_needed(case, options):
    ours, theirs = case.pair(return_sequences=True, **options)
    for training in (False, True):
        expected = theirs(ONE_HOT, training=training)
        np.testing.assert_allclose(ours(IDS, training=training), expected, atol=1e-5)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "uint16", "uint32"])
def test_every_integer(case, dtype):
    layer = case.build()
    np.testing.assert_array_equal(layer(IDS.astype(dtype)), layer(IDS))


@pytest.mark.parametrize("dtype", ["int32", "uint8", "bool"])
def test_with_three_axes_are_numbers_as_in_keras(case, dtype):
    inputs = np.random.default_rng(5).integers(0, 3, (BATCH, STEPS, FEATURES))
    inputs = tf.constant(inputs.astype(dtype))
    ours, theirs = case.pair(return_sequences=True)
    expected = theirs(tf.cast(inputs, "float32"))
    np.testing.assert_allclose(ours(inputs), expected, atol=1e-5)


@pytest.mark.parametrize("wrong", [-1, FEATURES])
def test_out_of_range(case, wrong):
    ids = IDS.copy()
    ids[1, 2] = wrong
    layer = case.build()
    with pytest.raises(
        ValueError, match=f"`sequences` must be from 0 to 4; got {wrong}"
    ):
        layer(ids)


def test_in_a_functional_model(case, tmp_path):
    ids = keras.Input([None], dtype="int32")
    start = keras.Input([3])
    layer = case.build(return_sequences=True, return_state=True)
    outputs = layer(ids, initial_state=[start] * len(layer.state_names))
    model = keras.Model([ids, start], outputs)
    model.save(tmp_path / "model.keras")
    states = np.ones((BATCH, 3), "float32")
    expected = layer(ONE_HOT, initial_state=[states] * len(layer.state_names))
    for m in (model, keras.models.load_model(tmp_path / "model.keras")):
        found = m([IDS, states])
        assert_same((found, []), (expected, []), 1e-6)


def test_in_bidirectional(case):
    layer = keras.layers.Bidirectional(case.build(return_sequences=True))
    layer.build(ONE_HOT.shape)
    np.testing.assert_allclose(layer(IDS), layer(ONE_HOT), atol=1e-6)


def test_stateful(case):
    layers = case.pair(stateful=True, batch_size=BATCH)
    for _ in range(2):
        found, expected = layers[0](IDS), layers[1](ONE_HOT)
        np.testing.assert_allclose(found, expected, atol=1e-6)
    assert_all_same(layers, ONE_HOT)


def test_of_a_layer_that_is_not_built(case):
    with pytest.raises(ValueError, match=r"that is built; got shape \(4, 7\)"):
        case.ours(3)(IDS)
