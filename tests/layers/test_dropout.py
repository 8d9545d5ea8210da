"""Dropout: its share, its scale, and where `CharLM` puts it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import CharLM
from seqmodels.layers.dropout import Dropout, random_words


@pytest.mark.parametrize("rate", [0.25, 0.5, 0.9])
@pytest.mark.parametrize("jit_compile", [False, True])
def test_share_and_scale(rate, jit_compile):
    layer = Dropout(rate, seed=3)
    x = tf.ones([67, 51, 13])
    call = tf.function(lambda x: layer(x, training=True), jit_compile=jit_compile)
    y = call(x).numpy()
    share = np.mean(y == 0)
    assert abs(share - rate) < 4 * (rate * (1 - rate) / y.size) ** 0.5
    np.testing.assert_allclose(y[y > 0], 1 / (1 - rate), rtol=1e-6)
    assert abs(y.mean() - 1) < 0.05
    # A mask of its own for every step, example, feature and call.
    assert len({row.tobytes() for row in (y > 0).reshape(-1, 13)[:8]}) > 1
    assert np.any(call(x).numpy() != y)


def test_bits_do_not_hang_together():
    y = Dropout(0.5, seed=0)(tf.ones([2**16]), training=True).numpy() > 0
    for shift in (1, 2, 3, 4, 8, 64):
        assert abs(np.mean(y == np.roll(y, shift)) - 0.5) < 4 * 0.5 / 2**8


def test_words_of_near_seeds_have_nothing_in_common():
    size = 2**16
    first = random_words(size, [7, 0]).numpy()
    assert len(np.unique(first)) == size
    for seeds in ([8, 0], [7, 1], [0, 7]):
        other = random_words(size, seeds).numpy()
        for shift in (-1, 0, 1):
            alike = np.mean((first ^ np.roll(other, shift)) & 1)
            assert abs(alike - 0.5) < 4 * 0.5 / 2**8
    bits = np.unpackbits(first.view(np.uint8)).reshape(size, 32).mean(axis=0)
    assert np.abs(bits - 0.5).max() < 4.5 * 0.5 / 2**8


def test_nothing_is_dropped_outside_training():
    x = tf.random.stateless_normal([3, 4], [1, 2])
    for layer in (Dropout(0.5), Dropout(0.0)):
        np.testing.assert_array_equal(layer(x), x)
    np.testing.assert_array_equal(Dropout(0.0)(x, training=True), x)


def test_config_and_seed():
    layer = Dropout(0.3, seed=5)
    again = Dropout.from_config(layer.get_config())
    x = tf.ones([50])
    np.testing.assert_array_equal(layer(x, training=True), again(x, training=True))


@pytest.mark.parametrize("rate", [-0.1, 1.0, float("nan")])
def test_rates_that_make_no_sense(rate):
    with pytest.raises(
        ValueError, match=f"`rate` must be from 0 to below 1; got {rate}"
    ):
        Dropout(rate)


@pytest.mark.parametrize("rate", [0.5, 0.0])
def test_charlm_drops_before_each_layer_and_before_the_classifier(rate):
    """As the same dropouts in a row by hand, with nothing in the recurrence."""
    keras.utils.set_random_seed(0)
    model = CharLM(9, 6, num_layers=2, embed_dim=5, dropout=rate)
    ids = np.arange(8, dtype=np.int32).reshape(2, 4)
    states = [tuple(tf.random.normal([2, 6]) for _ in "hc") for _ in range(2)]
    twins = [Dropout(rate) for _ in range(3)]
    for twin, own in zip(twins, model.stack.dropouts, strict=True):
        if rate:
            twin.seed_generator.state.assign(own.seed_generator.state)
    logits, new = model(ids, states, training=True)
    x = model.embedding(ids)
    for twin, layer, old, found in zip(
        twins, model.stack.layers, states, new, strict=False
    ):
        x, *expected = layer(twin(x, training=True), initial_state=list(old))
        for ours, theirs in zip(found, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-6)
    by_hand = model.classifier(twins[-1](x, training=True))
    np.testing.assert_allclose(logits, by_hand, atol=1e-6)


@pytest.mark.parametrize("name", ["model.keras", "model.weights.h5"])
def test_a_saved_model_goes_on_dropping_where_it_was(name, tmp_path):
    def make(seed):
        layers = [keras.Input([50]), Dropout(0.5, seed=seed), Dropout(0.5)]
        return keras.Sequential(layers)

    x, model = tf.ones([2, 50]), make(1)
    model(x, training=True)  # the seed moves on
    if name.endswith(".keras"):
        model.save(tmp_path / name)
        loaded = keras.models.load_model(tmp_path / name)
    else:
        model.save_weights(tmp_path / name)
        loaded = make(2)
        loaded.load_weights(tmp_path / name)
    for _ in range(2):
        np.testing.assert_array_equal(loaded(x, training=True), model(x, training=True))


def test_files_without_a_seed_load(tmp_path):
    """As of version 0.1.0, and of a model that did not drop."""
    for rate, new in [(0.0, 0.5), (0.5, 0.0)]:
        models = [
            keras.Sequential([keras.Input([5]), Dropout(r), keras.layers.Dense(2)])
            for r in (rate, new)
        ]
        models[0].save_weights(tmp_path / "model.weights.h5")
        models[1].load_weights(tmp_path / "model.weights.h5")
        results = [model(tf.ones([1, 5])) for model in models]
        np.testing.assert_array_equal(*results)


def test_in_a_functional_model_and_exported(tmp_path):
    inputs = keras.Input([None, 3])
    model = keras.Model(inputs, Dropout(0.5)(inputs))
    assert model.output_shape == (None, None, 3)
    model.export(tmp_path / "model", verbose=False)
    x = np.ones((2, 4, 3), "float32")
    np.testing.assert_array_equal(
        tf.saved_model.load(tmp_path / "model").serve(x), model(x)
    )


def test_charlm_with_dropout_is_whole_outside_training():
    keras.utils.set_random_seed(0)
    plain = CharLM(9, 6, num_layers=2)
    dropping = CharLM(9, 6, num_layers=2, dropout=0.5)
    pairs = zip(dropping.trainable_variables, plain.trainable_variables, strict=True)
    for variable, value in pairs:
        variable.assign(value)
    ids = np.arange(8, dtype=np.int32).reshape(2, 4)
    np.testing.assert_array_equal(plain(ids)[0], dropping(ids)[0])
    assert np.any(dropping(ids, training=True)[0].numpy() != plain(ids)[0].numpy())
