"""`DotAttention` against a loop in NumPy, against Keras, and its gradients."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import DotAttention

BATCH, QUERIES, STEPS, FEATURES = 3, 4, 5, 6
MASK = np.array([[1, 1, 1, 1, 1], [1, 0, 1, 1, 0], [0, 0, 0, 1, 0]], bool)


@pytest.fixture
def arrays():
    rng = np.random.default_rng(0)
    query = rng.normal(size=(BATCH, QUERIES, FEATURES)).astype(np.float32)
    return query, rng.normal(size=(BATCH, STEPS, FEATURES)).astype(np.float32)


def attend_in_a_loop(query, memory, mask, scale):
    context = np.zeros(query.shape)
    weights = np.zeros((*query.shape[:2], memory.shape[1]))
    for b, q in np.ndindex(*query.shape[:2]):
        steps = [s for s in range(memory.shape[1]) if mask[b, s]]
        exps = [np.exp(np.dot(query[b, q], memory[b, s]) * scale) for s in steps]
        for s, e in zip(steps, exps, strict=True):
            weights[b, q, s] = e / sum(exps)
            context[b, q] += weights[b, q, s] * memory[b, s]
    return context, weights


@pytest.mark.parametrize("scale", [None, 1.0, 0.3])
@pytest.mark.parametrize("mask", [None, MASK])
def test_as_a_loop_in_numpy(arrays, scale, mask):
    found = DotAttention(scale=scale)(*arrays, mask=mask)
    seen = np.ones_like(MASK) if mask is None else mask
    expected = attend_in_a_loop(
        *arrays, seen, FEATURES**-0.5 if scale is None else scale
    )
    for ours, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    np.testing.assert_allclose(found[1].numpy().sum(-1), 1, atol=1e-6)


def test_as_keras_attention(arrays):
    """Row by row, of which Keras sees what is not masked: 3.6 errs in its masks.

    Not the last row: Keras warns of weights where there is one step to look at.
    """
    layer = keras.layers.Attention()
    context, weights = DotAttention(scale=1.0)(*arrays, mask=MASK)
    for row, (query, memory, seen) in enumerate(zip(*arrays, MASK[:2], strict=False)):
        pair = [tf.constant(query[None]), tf.constant(memory[None, seen])]
        expected = layer(pair, return_attention_scores=True)
        np.testing.assert_allclose(context[row], expected[0][0], atol=1e-6)
        np.testing.assert_allclose(
            weights[row].numpy()[:, seen], expected[1][0], atol=1e-6
        )


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_nothing_to_look_at_gives_zeros(arrays, dtype):
    mask = MASK & [[False], [True], [True]]
    context, weights = DotAttention(dtype=dtype)(*arrays, mask=mask)
    assert not np.any(context[0]) and not np.any(weights[0])
    assert np.isfinite(context).all() and np.abs(context[1:]).min() > 0


def test_what_is_masked_has_no_influence(arrays):
    query, memory = arrays
    layer = DotAttention()
    before = layer(query, memory, mask=MASK)
    changed = np.where(MASK[:, :, None], memory, 1e6).astype(np.float32)
    for old, new in zip(before, layer(query, changed, mask=MASK), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("behind", [np.nan, np.inf])
def test_nan_behind_a_mask_stays_there(arrays, behind):
    query, memory = arrays
    spoiled = np.where(MASK[:, :, None], memory, behind).astype(np.float32)
    results = []
    for x in (memory, spoiled):
        sources = [tf.constant(query), tf.constant(x)]
        with tf.GradientTape() as tape:
            tape.watch(sources)
            context, weights = DotAttention()(*sources, mask=MASK)
            loss = tf.reduce_sum(tf.cos(context)) + tf.reduce_sum(weights**2)
        results.append([context, weights, *tape.gradient(loss, sources)])
    for ours, clean in zip(*results, strict=True):
        np.testing.assert_array_equal(ours, clean)


@pytest.mark.parametrize("which", ["query", "memory"])
def test_gradient_by_central_differences(which):
    rng = np.random.default_rng(1)
    query = rng.normal(size=(BATCH, QUERIES, FEATURES))
    memory = rng.normal(size=(BATCH, STEPS, FEATURES))
    probe = rng.normal(size=(BATCH, QUERIES, FEATURES))
    layer = DotAttention(dtype="float64")

    def loss(query, memory):
        return tf.reduce_sum(probe * layer(query, memory, mask=MASK)[0])

    inputs = {"query": tf.constant(query), "memory": tf.constant(memory)}
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        value = loss(**inputs)
    direction = rng.normal(size=inputs[which].shape)
    by_tape = float(tf.reduce_sum(tape.gradient(value, inputs)[which] * direction))
    ahead, behind = (
        float(loss(**{**inputs, which: inputs[which] + e * direction}))
        for e in (1e-6, -1e-6)
    )
    np.testing.assert_allclose(by_tape, (ahead - behind) / 2e-6, rtol=1e-5)


def test_config_comes_back():
    layer = DotAttention(scale=0.5, name="looks", dtype="float64")
    config = json.loads(json.dumps(layer.get_config()))
    copy = DotAttention.from_config(config)
    assert copy.get_config() == layer.get_config()
    assert (copy.scale, copy.name, copy.compute_dtype) == (0.5, "looks", "float64")


def test_in_a_functional_model_behind_an_embedding():
    ids = keras.Input([None], dtype="int32")
    x = keras.layers.Embedding(7, 4, mask_zero=True)(ids)
    mask = keras.layers.Lambda(lambda ids: ids != 0)(ids)
    model = keras.Model(ids, DotAttention()(x, x, mask=mask)[0])
    short, long = np.array([[3, 1]]), np.array([[3, 1, 0, 0]])
    np.testing.assert_allclose(model(long)[:, :2], model(short), atol=1e-6)


def test_shapes_are_known_before_it_runs_and_after_export(arrays, tmp_path):
    inputs = [keras.Input([QUERIES, FEATURES]), keras.Input([None, FEATURES])]
    context, weights = DotAttention()(*inputs)
    assert context.shape == (None, QUERIES, FEATURES)
    assert weights.shape == (None, QUERIES, None)
    model = keras.Model(inputs, [context, weights])
    model.export(tmp_path / "model", verbose=False)
    found = tf.saved_model.load(tmp_path / "model").serve(list(arrays))
    for ours, theirs in zip(found, model(list(arrays)), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    with pytest.raises(ValueError, match="`memory` must have the batch"):
        DotAttention()(inputs[0], keras.Input([None, FEATURES + 1]))


@pytest.mark.parametrize(
    "query, memory, mask, message",
    [
        ((2, 6), (2, 5, 6), None, r"`query` must have shape .*; got \(2, 6\)"),
        ((2, 4, 6), (2, 6), None, r"`memory` must have shape .*; got \(2, 6\)"),
        ((2, 4, 6), (3, 5, 6), None, r"of `query`, \(2, 4, 6\); got \(3, 5, 6\)"),
        ((2, 4, 6), (2, 5, 7), None, r"of `query`, \(2, 4, 6\); got \(2, 5, 7\)"),
        ((2, 4, 6), (2, 5, 6), (2, 4), r"`mask` .* = \(2, 5\); got \(2, 4\)"),
        ((2, 4, 6), (2, 5, 6), (2, 5, 2), r"= \(2, 5\); got \(2, 5, 2\)"),
    ],
)
def test_refuses(query, memory, mask, message):
    mask = None if mask is None else np.ones(mask, bool)
    with pytest.raises(ValueError, match=message):
        DotAttention()(
            np.ones(query, np.float32), np.ones(memory, np.float32), mask=mask
        )
