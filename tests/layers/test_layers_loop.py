"""Which loop runs: ours, Keras', or cuDNN's."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.layers.recurrent import (
    BATCH,
    FEATURES,
    STEPS,
    UNITS,
    assert_all_same,
    make_mask,
)

IDS = np.arange(BATCH * STEPS).reshape(BATCH, STEPS) % FEATURES


@pytest.fixture
def ran(case, monkeypatch):
    """The loops that ran, by their names."""
    names = []

    def watch(owner, method, name):
        original = getattr(owner, method)

        def run(*args, **kwargs):
            names.append(name)
            return original(*args, **kwargs)

        monkeypatch.setattr(owner, method, run)

    watch(case.ours, "run", "fused")
    watch(keras.layers.RNN, "inner_loop", "keras")
    return names


@pytest.mark.parametrize(
    "loop, options, call",
    [
        ("fused", {}, {}),
        ("fused", {}, {"mask": make_mask("random")}),
        ("fused", {}, {"initial_state": True}),
        ("fused", {"stateful": True, "batch_size": BATCH}, {}),
        ("fused", {"dropout": 0.4, "seed": 1}, {"training": True}),
        ("fused", {"go_backwards": True, "return_sequences": True}, {}),
        ("fused", {"implementation": 1}, {}),
        ("fused", {"activation": keras.ops.tanh}, {}),
        ("fused", {"recurrent_activation": tf.sigmoid}, {}),
        ("keras", {"activation": "relu"}, {}),
        ("keras", {"recurrent_activation": "hard_sigmoid"}, {}),
        ("keras", {"use_bias": False}, {}),
        ("keras", {"recurrent_dropout": 0.4, "seed": 1}, {"training": True}),
        ("keras", {"unroll": True}, {}),
        (
            "keras",
            {"dropout": 0.4, "seed": 1, "implementation": 1},
            {"training": True},
        ),
    ],
)
def test_which_loop_runs(case, ran, loop, options, call):
    inputs, *states = case.data()
    if "initial_state" in call:
        call = {"initial_state": states}
    ours, theirs = case.pair(**options)
    found = ours(inputs, **call)
    assert ours.loop == loop and ran == [loop]
    np.testing.assert_allclose(found, theirs(inputs, **call), atol=1e-5)


def test_the_reset_gate_before_the_product(ran, case):
    if "reset_after" not in case.ours(1).get_config():
        pytest.skip("a matter of the GRU")
    ours, theirs = case.pair(reset_after=False)
    inputs, *_ = case.data()
    found = ours(inputs)
    assert ours.loop == "keras" and ran == ["keras"]
    np.testing.assert_allclose(found, theirs(inputs), atol=1e-5)


@pytest.mark.parametrize("kind", ["none", "random"])
def test_drops_the_same_inputs_as_keras(case, kind):
    inputs, *states = case.data()
    layers = case.pair(dropout=0.4, seed=3, return_sequences=True)
    for training in (True, False, True):  # every call has a mask of its own
        options = {"training": training}
        assert_all_same(layers, inputs, states, make_mask(kind), **options)
    assert layers[0].loop == "fused"


def test_without_a_gpu_cudnn_is_refused_as_in_keras(case, monkeypatch):
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind=None: [])
    inputs, *_ = case.data()
    assert case.ours(3).supports_jit
    with pytest.raises(ValueError, match="use_cudnn=True was specified"):
        case.build(use_cudnn=True)(inputs)


@pytest.fixture
def cudnn(monkeypatch):
    """As on a machine with a GPU; collects what cuDNN is given, and answers ones."""
    calls = []

    def answer(**given):
        calls.append(given)
        shape = (*given["input"].shape[:2], UNITS)
        state = tf.ones([shape[0], 1, UNITS])
        return tf.ones(shape), state, state, None, None

    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind=None: ["GPU:0"])
    monkeypatch.setattr(tf.raw_ops, "CudnnRNNV3", answer)
    return calls


@pytest.mark.parametrize("use_cudnn", ["auto", True])
def test_on_a_gpu_cudnn_runs(case, cudnn, use_cudnn):
    layer = case.build(use_cudnn=use_cudnn)
    inputs, *states = case.data()
    assert layer.loop == "cudnn"
    assert np.all(layer(inputs, initial_state=states) == 1)
    assert np.all(layer(IDS) == 1)
    np.testing.assert_array_equal(cudnn[0]["input"], inputs)
    np.testing.assert_array_equal(cudnn[1]["input"], np.eye(FEATURES)[IDS])


def test_on_a_gpu_xla_is_not_asked_for(case, cudnn):
    def model(**options):
        layers = [keras.Input([7, 5]), case.ours(3, **options)]
        model = keras.Sequential(layers)
        model.compile(loss="mse", jit_compile="auto")
        return model

    assert not case.ours(3).supports_jit
    assert not model().jit_compile
    # Where cuDNN is not to run, our loop does, and XLA may have it.
    layer = case.build(use_cudnn=False)
    assert layer.loop == "fused" and layer.supports_jit and not cudnn


def test_on_a_cpu_xla_may_be_asked_for(case, monkeypatch):
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind=None: [])
    layer = case.build(use_cudnn="auto")
    layer(case.data()[0])
    assert layer.loop == "fused" and layer.supports_jit
