"""Dropout: its share, its scale, and where `CharLM` puts it."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import CharLM, FusedLSTM
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


def test_charlm_drops_between_layers_and_never_in_the_recurrence():
    """With nearly everything dropped only the recurrent path is left, and whole."""
    keras.utils.set_random_seed(0)
    model = CharLM(9, 6, num_layers=2, embed_dim=5, dropout=0.999)
    states = [
        tuple(tf.constant(np.random.normal(size=(1, 6)), tf.float32) for _ in "hc")
        for _ in range(2)
    ]
    ids = np.ones((1, 4), np.int32)
    found = False
    for _ in range(20):  # 999 of 1,000 are dropped: until no input comes through
        _, new = model(ids, states, training=True)
        for lstm, old, (h, c), features in zip(
            model.lstms, states, new, (5, 6), strict=True
        ):
            alone = FusedLSTM(6, return_state=True)
            alone.build((None, None, features))
            alone.set_weights(lstm.get_weights())
            _, want_h, want_c = alone(tf.zeros([1, 4, features]), initial_state=old)
            same = np.allclose(h, want_h, atol=1e-6) and np.allclose(
                c, want_c, atol=1e-6
            )
            found |= same
        if found:
            break
    assert found


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
