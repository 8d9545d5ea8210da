"""Half precision: what `keras.mixed_precision` promises holds for our layers."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import (
    CharLM,
    ContiguousBatches,
    FusedGRU,
    FusedLSTM,
    Seq2Seq,
    greedy_decode,
)
from seqmodels.models.losses import masked_cross_entropy

pytestmark = pytest.mark.slow

# Rounding of the 16-bit formats: 8 and 11 significant bits, some steps deep.
TOLERANCE = {"mixed_bfloat16": 3e-2, "mixed_float16": 4e-3}


@pytest.fixture(params=TOLERANCE)
def policy(request):
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy(request.param)
    yield request.param
    keras.mixed_precision.set_dtype_policy(before)


@pytest.mark.parametrize(
    "cls, theirs, shapes",
    [
        (FusedLSTM, keras.layers.LSTM, [(5, 32), (8, 32), (32,)]),
        (FusedGRU, keras.layers.GRU, [(5, 24), (8, 24), (2, 24)]),
    ],
)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
def test_layer_agrees_with_keras_and_with_itself_in_full(
    policy, cls, theirs, shapes, masked, return_sequences
):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 7, 5)).astype(np.float32)
    states = [rng.normal(size=(3, 8)).astype(np.float32) for _ in cls.state_names]
    mask = tf.constant(rng.random((3, 7)) > 0.3) if masked else None
    weights = [rng.normal(size=s, scale=0.5) for s in shapes]

    def run(layer):
        layer.build(x.shape)
        layer.set_weights(weights)
        with tf.GradientTape() as tape:
            y = layer(x, initial_state=states, mask=mask)
            loss = tf.reduce_sum(tf.sin(tf.cast(y, tf.float32)))
        return [y, *tape.gradient(loss, layer.trainable_weights)]

    ours = run(cls(8, return_sequences=return_sequences))
    theirs = run(theirs(8, return_sequences=return_sequences, use_cudnn=False))
    full = run(cls(8, return_sequences=return_sequences, dtype="float32"))
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


def test_seq2seq_learns_in_half_as_in_full(policy):
    """Task: of a source of two tokens, write the first, then the end."""
    rng = np.random.default_rng(0)
    source = rng.integers(3, 9, (128, 2)).astype(np.int32)
    source[::4, 1] = 0  # some are padded
    end = np.full(len(source), 2)
    targets = np.stack([source[:, 0], end], axis=1).astype(np.int32)
    inputs = np.stack([np.ones_like(end), source[:, 0]], axis=1).astype(np.int32)

    def train():
        keras.utils.set_random_seed(0)
        model = Seq2Seq(9, 16, embed_dim=8)
        model.compile(keras.optimizers.Adam(0.03), loss=masked_cross_entropy)
        fit = model.fit((source, inputs), targets, batch_size=32, epochs=15, verbose=0)
        return model, fit.history["loss"]

    model, losses = train()
    logits = model((source, inputs))
    assert logits.dtype == keras.mixed_precision.dtype_policy().compute_dtype
    assert all(w.dtype == "float32" for w in model.trainable_variables)
    answers = greedy_decode(model, source, start=1, end=2, max_length=4)
    np.testing.assert_array_equal(answers, targets)
    keras.mixed_precision.set_dtype_policy("float32")  # the fixture puts it back
    _, full = train()
    np.testing.assert_allclose(losses, full, rtol=0.1, atol=0.02)
