"""The fused layers as citizens of Keras: weights, configuration, files, errors."""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import FusedGRU, FusedLSTM

KERAS = {FusedLSTM: keras.layers.LSTM, FusedGRU: keras.layers.GRU}
each_layer = pytest.mark.parametrize("cls", KERAS)
IDS = np.array([[3, 1, 4, 0, 0], [5, 0, 2, 6, 5], [0, 0, 1, 2, 3]])


def classifier(cls, **options):
    """Embedding with a mask, two layers and a readout, as a functional model."""
    inputs = keras.Input([None], dtype="int32")
    x = keras.layers.Embedding(7, 4, mask_zero=True)(inputs)
    x = cls(5, return_sequences=True, **options)(x)
    x = cls(3, **options)(x)
    return keras.Model(inputs, keras.layers.Dense(2)(x))


def scrambled(model, seed=0):
    """Gives every weight of a model a random value of its own."""
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


@each_layer
@pytest.mark.parametrize("ours_first", [True, False])
def test_in_a_functional_model_as_keras_own(cls, ours_first):
    models = classifier(cls), classifier(KERAS[cls], use_cudnn=False)
    source, target = models if ours_first else models[::-1]
    target.set_weights(scrambled(source).get_weights())
    expected = source(IDS)
    np.testing.assert_allclose(target(IDS), expected, atol=1e-5)
    unmasked = np.where(IDS == 0, 1, IDS)
    assert np.abs(target(unmasked) - expected).max() > 1e-2  # the mask has its effect


@each_layer
@pytest.mark.parametrize("go_backwards", [False, True])
def test_the_number_of_steps_stays_known(cls, go_backwards):
    inputs = keras.Input((7, 5))
    layer = cls(3, return_sequences=True, go_backwards=go_backwards)
    outputs = keras.layers.Dense(2)(keras.layers.Flatten()(layer(inputs)))
    assert keras.Model(inputs, outputs).layers[-1].kernel.shape == (21, 2)


@pytest.mark.parametrize(
    "cls, options", [(FusedLSTM, {"unit_forget_bias": False}), (FusedGRU, {})]
)
def test_config_comes_back(cls, options):
    layer = cls(
        6,
        return_sequences=True,
        return_state=True,
        go_backwards=True,
        kernel_initializer=keras.initializers.TruncatedNormal(-0.1, 0.1, seed=3),
        recurrent_initializer="glorot_normal",
        name="fused",
        dtype="float64",
        **options,
    )
    copy = cls.from_config(layer.get_config())
    assert copy.get_config() == layer.get_config()
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    copy.build(x.shape)
    layer.build(x.shape)
    layer.set_weights(copy.get_weights())
    for ours, theirs in zip(layer(x), copy(x), strict=True):
        assert ours.dtype == "float64"
        np.testing.assert_array_equal(ours, theirs)


@each_layer
@pytest.mark.parametrize("units", [0, -1, 2.5, "3", None, True, np.int64(0)])
def test_bad_units(cls, units):
    message = f"`units` must be a positive integer; got {units!r}"
    with pytest.raises(ValueError, match=re.escape(message)):
        cls(units)


@each_layer
@pytest.mark.parametrize("built", [False, True])
def test_a_matrix_of_floats(cls, built):
    layer = cls(3)
    if built:
        layer.build((None, None, 4))
    message = r"`sequences` must have shape \(batch, num_steps, features\), .*"
    with pytest.raises(ValueError, match=message + r"got shape \(2, 4\)"):
        layer(np.zeros((2, 4), np.float32))


@each_layer
@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize("shape", [(4,), (2, 3, 4, 1)])
def test_too_few_or_too_many_axes(cls, shape, built):
    layer = cls(3)
    if built:
        layer.build((None, None, 4))
    with pytest.raises(ValueError, match=f"ndim=., found ndim={len(shape)}"):
        layer(np.zeros(shape, np.float32))


@each_layer
def test_wrong_number_of_features(cls):
    layer = cls(3)
    layer.build((None, None, 4))
    message = r"must have 4 features, .* built with; got shape \(2, 5, 6\)"
    with pytest.raises(ValueError, match=message):
        layer(np.zeros((2, 5, 6), np.float32))
    message = r"a known number of features; got shape \(None, None, None\)"
    with pytest.raises(ValueError, match=message):
        cls(3).build((None, None, None))


@each_layer
@pytest.mark.parametrize("shape, dtype", [((2, 0, 4), "float32"), ((2, 0), "int32")])
def test_no_steps(cls, shape, dtype):
    layer = cls(3)
    layer.build((None, None, 4))
    message = "`sequences` must have at least one step; got shape " + str(shape)
    with pytest.raises(ValueError, match=re.escape(message)):
        layer(np.zeros(shape, dtype))


@each_layer
def test_a_single_state_serves_every_row(cls):
    layer = cls(3, return_state=True)
    x = np.random.default_rng(1).normal(size=(2, 5, 4)).astype("float32")
    one = np.ones((1, 3), "float32")
    names = layer.state_names
    expected = layer(x, initial_state=[np.repeat(one, 2, axis=0) for _ in names])
    for call in (layer, tf.function(layer)):
        found = call(x, initial_state=[one for _ in names])
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(a, b, atol=1e-6)


@each_layer
def test_takes_what_keras_layers_take(cls):
    """A variable, the name of the argument, a state that is not in a list."""
    layer = cls(3)
    x = np.random.default_rng(1).normal(size=(2, 5, 4)).astype("float32")
    expected = layer(x)
    np.testing.assert_array_equal(layer(keras.Variable(x)), expected)
    np.testing.assert_array_equal(layer(sequences=x), expected)
    np.testing.assert_array_equal(layer(x.astype("float64")), expected)
    zero = np.zeros((2, 3), "float32")
    states = zero if cls is FusedGRU else [zero, zero]
    np.testing.assert_array_equal(layer(x, states), expected)


@each_layer
def test_in_time_distributed_and_with_any_batch(cls):
    x = np.random.default_rng(1).normal(size=(33, 2, 5, 4)).astype("float32")
    models = []
    for kind in (cls, KERAS[cls]):
        inputs = keras.Input((None, 5, 4))
        outputs = keras.layers.TimeDistributed(kind(3))(inputs)
        models.append(keras.Model(inputs, outputs))
    models[0].set_weights(scrambled(models[1]).get_weights())
    for rows in (1, 2, 31, 32, 33):
        results = [m.predict(x[:rows], batch_size=rows, verbose=0) for m in models]
        np.testing.assert_allclose(*results, atol=1e-5)


GOOD = np.zeros((2, 3), np.float32)


@pytest.mark.parametrize(
    "cls, states, message",
    [
        (FusedLSTM, [GOOD, GOOD[:, :2]], r"` c must .* = \(2, 3\); got \(2, 2\)"),
        (FusedLSTM, [GOOD[:, :2], GOOD], r"` h must .* = \(2, 3\); got \(2, 2\)"),
        (FusedLSTM, [GOOD], r"must be `\[h, c\]`; got 1 states"),
        (FusedLSTM, [GOOD] * 3, r"must be `\[h, c\]`; got 3 states"),
        (FusedLSTM, GOOD, r"must be `\[h, c\]`; got a "),
        (FusedGRU, GOOD[:, :2], r"` h must .* = \(2, 3\); got \(2, 2\)"),
        (FusedGRU, [np.zeros((3, 3))], r"` h must .* = \(2, 3\); got \(3, 3\)"),
        (FusedGRU, [GOOD, GOOD], r"must be `\[h\]`; got 2 states"),
        (FusedGRU, [], r"must be `\[h\]`; got 0 states"),
    ],
)
def test_wrong_states(cls, states, message):
    with pytest.raises(ValueError, match="`initial_state.*" + message):
        cls(3)(np.zeros((2, 5, 4), np.float32), initial_state=states)
