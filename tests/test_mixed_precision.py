"""Half precision: what `keras.mixed_precision` promises holds for our layers."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import CharLM, ContiguousBatches, FusedLSTM

# Rounding of the 16-bit formats: 8 and 11 significant bits, some steps deep.
TOLERANCE = {"mixed_bfloat16": 3e-2, "mixed_float16": 4e-3}


@pytest.fixture(params=TOLERANCE)
def policy(request):
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy(request.param)
    yield request.param
    keras.mixed_precision.set_dtype_policy(before)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
def test_layer_agrees_with_keras_and_with_itself_in_full(
    policy, masked, return_sequences
):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 7, 5)).astype(np.float32)
    states = [rng.normal(size=(3, 8)).astype(np.float32) for _ in "hc"]
    mask = tf.constant(rng.random((3, 7)) > 0.3) if masked else None
    weights = [rng.normal(size=s, scale=0.5) for s in [(5, 32), (8, 32), (32,)]]

    def run(layer):
        layer.build(x.shape)
        layer.set_weights(weights)
        with tf.GradientTape() as tape:
            y = layer(x, initial_state=states, mask=mask)
            loss = tf.reduce_sum(tf.sin(tf.cast(y, tf.float32)))
        return [y, *tape.gradient(loss, layer.trainable_weights)]

    ours = run(FusedLSTM(8, return_sequences=return_sequences))
    theirs = run(
        keras.layers.LSTM(8, return_sequences=return_sequences, use_cudnn=False)
    )
    full = run(FusedLSTM(8, return_sequences=return_sequences, dtype="float32"))
    assert ours[0].dtype == keras.mixed_precision.dtype_policy().compute_dtype
    assert all(gradient.dtype == tf.float32 for gradient in ours[1:])
    for a, b, c in zip(ours, theirs, full, strict=True):
        size = np.abs(c).max()
        for other in (b, c):
            error = np.abs(np.float32(a) - np.float32(other)).max()
            assert error < TOLERANCE[policy] * size


def test_charlm_learns_in_half_as_in_full(policy):
    ids = np.tile(np.arange(9), 60)

    def train(**options):
        keras.utils.set_random_seed(0)
        model = CharLM(9, 16, embed_dim=8, **options)
        model.compile(keras.optimizers.Adam(0.02))
        fit = model.fit(ContiguousBatches(ids, 4, 8), epochs=8, verbose=0)
        return model, fit.history["loss"]

    model, losses = train()
    logits, states = model(ids[None, :5])
    assert {t.dtype for t in tf.nest.flatten([logits, states])} == {
        tf.as_dtype(model.compute_dtype)
    }
    assert all(w.dtype == "float32" for w in model.trainable_variables)
    _, full = train(dtype="float32")
    assert losses[-1] < 0.5 * losses[0]
    np.testing.assert_allclose(losses, full, rtol=0.1, atol=0.02)
