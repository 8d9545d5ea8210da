"""Mean and maximum over time, and what becomes of nothing but padding."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import FusedGRU, FusedLSTM, MeanMaxPooling

RNG = np.random.default_rng(0)
INPUTS = RNG.standard_normal((3, 6, 4)).astype("float32")
MASK = np.array([[0, 0, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0], [1, 0, 1, 0, 1, 0]], bool)


def test_is_mean_and_maximum_of_what_is_not_masked():
    got = MeanMaxPooling()(INPUTS, mask=tf.constant(MASK)).numpy()
    rows = [x[m] for x, m in zip(INPUTS, MASK, strict=True)]
    np.testing.assert_allclose(got[:, :4], [x.mean(axis=0) for x in rows], rtol=1e-5)
    np.testing.assert_array_equal(got[:, 4:], [x.max(axis=0) for x in rows])
    theirs = keras.layers.GlobalAveragePooling1D()(INPUTS, mask=tf.constant(MASK))
    np.testing.assert_allclose(got[:, :4], theirs, rtol=1e-5)


def test_without_a_mask_every_step_counts():
    got = MeanMaxPooling()(INPUTS).numpy()
    np.testing.assert_allclose(got[:, :4], INPUTS.mean(axis=1), rtol=1e-5)
    theirs = keras.layers.GlobalMaxPooling1D()(INPUTS)
    np.testing.assert_array_equal(got[:, 4:], theirs)


def test_maxima_below_zero_are_not_taken_for_padding():
    got = MeanMaxPooling()(-1 - abs(INPUTS), mask=tf.constant(MASK)).numpy()
    assert (got < 0).all()


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
def test_other_precisions(dtype):
    layer = MeanMaxPooling(dtype=dtype)
    got = layer(tf.cast(INPUTS, dtype), mask=tf.constant(MASK))
    assert got.dtype == dtype
    want = MeanMaxPooling()(INPUTS, mask=tf.constant(MASK))
    np.testing.assert_allclose(tf.cast(got, "float32"), want, atol=0.02)


def test_masked_steps_do_not_matter():
    changed = np.where(MASK[:, :, None], INPUTS, np.nan).astype("float32")
    mask = tf.constant(MASK)
    got, want = (MeanMaxPooling()(x, mask=mask) for x in (changed, INPUTS))
    np.testing.assert_array_equal(got, want)


def test_nothing_but_padding_is_zero_and_spoils_no_gradient():
    x, mask = tf.constant(INPUTS), tf.constant(MASK & [[True], [False], [True]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        pooled = MeanMaxPooling()(x, mask=mask)
        loss = tf.reduce_sum(pooled**2)
    gradient = tape.gradient(loss, x).numpy()
    assert not pooled.numpy()[1].any() and not gradient[1].any()
    assert np.isfinite(gradient).all() and gradient[0].any()


def test_refuses_a_single_vector():
    with pytest.raises(ValueError, match=r"num_steps, features\); got \(3, 4\)\."):
        MeanMaxPooling()(INPUTS[:, 0])


def test_masks_of_whole_numbers_and_masks_that_do_not_fit():
    want = MeanMaxPooling()(INPUTS, mask=tf.constant(MASK))
    np.testing.assert_array_equal(
        MeanMaxPooling()(INPUTS, mask=MASK.astype("int32")), want
    )
    with pytest.raises(ValueError, match=r"num_steps\) = \(3, 6\); got \(3, 5\)"):
        MeanMaxPooling()(INPUTS, mask=MASK[:, 1:])


def test_exported(tmp_path):
    model = keras.Sequential([keras.Input([None, 4]), MeanMaxPooling()])
    assert model.output_shape == (None, 8)
    model.export(tmp_path / "model", verbose=False)
    served = tf.saved_model.load(tmp_path / "model").serve(INPUTS)
    np.testing.assert_allclose(served, model(INPUTS), atol=1e-6)


LAYERS = {
    "lstm": lambda: [FusedLSTM(5)],
    "lstm, pooled": lambda: [FusedLSTM(5, return_sequences=True), MeanMaxPooling()],
    "gru, pooled": lambda: [FusedGRU(5, return_sequences=True), MeanMaxPooling()],
    "stacked bidirectional lstm, pooled": lambda: [
        keras.layers.Bidirectional(FusedLSTM(5, return_sequences=True)),
        keras.layers.Bidirectional(FusedLSTM(3, return_sequences=True)),
        MeanMaxPooling(),
    ],
}


@pytest.fixture(params=LAYERS)
def reader(request):
    keras.utils.set_random_seed(1)
    embedding = keras.layers.Embedding(9, 4, mask_zero=True)
    return keras.Sequential(
        [embedding, *LAYERS[request.param](), keras.layers.Dense(1)]
    )


def test_padding_on_either_side_changes_nothing(reader):
    bare = reader(np.array([[4, 7, 2]]))
    for padded in ([0, 0, 4, 7, 2], [4, 7, 2, 0, 0], [0, 4, 7, 2, 0]):
        np.testing.assert_allclose(reader(np.array([padded])), bare, atol=1e-6)


def test_no_words_at_all_give_the_bias(reader):
    logits = reader(np.array([[0, 0, 0, 0], [4, 7, 2, 0]])).numpy()
    assert logits[0] == reader.layers[-1].bias.numpy() == 0
    assert np.isfinite(logits).all() and logits[1] != 0


def test_no_words_among_others_spoil_no_gradient(reader):
    ids = np.array([[0, 0, 0, 0], [4, 7, 2, 0]])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum((reader(ids) - 1.0) ** 2)
    gradients = tape.gradient(loss, reader.trainable_weights)
    assert all(np.isfinite(tf.convert_to_tensor(g)).all() for g in gradients)
    assert any(np.any(tf.convert_to_tensor(g)) for g in gradients)


def test_save_and_load(tmp_path):
    model = keras.Sequential([keras.Input([6, 4]), MeanMaxPooling(name="pool")])
    model.save(tmp_path / "pool.keras")
    loaded = keras.saving.load_model(tmp_path / "pool.keras")
    np.testing.assert_array_equal(loaded(INPUTS), model(INPUTS))
    assert MeanMaxPooling(name="m").get_config()["name"] == "m"
