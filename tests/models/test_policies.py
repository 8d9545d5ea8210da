"""`dtype`: every model hands it on to all that it is made of, and to its files."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import CharLM, ContiguousBatches, RecurrentStack, Seq2Seq, TopicLM

IDS = np.random.default_rng(0).integers(1, 7, size=(3, 5)).astype(np.int32)
TOPICS = ["birds", "boats"]
MODELS = {
    "CharLM": lambda **options: CharLM(9, 6, embed_dim=5, **options),
    "CharLM without embedding": lambda **options: CharLM(9, 6, **options),
    "TopicLM input": lambda **options: TopicLM(7, TOPICS, 6, **options),
    "TopicLM start": lambda **options: TopicLM(7, TOPICS, 6, inject="start", **options),
    "TopicLM": lambda **options: TopicLM(7, TOPICS, 6, inject=None, **options),
    "Seq2Seq": lambda **options: Seq2Seq(9, 6, **options),
    "Seq2Seq backward": lambda **options: Seq2Seq(
        9, 6, direction="backward", attention=False, **options
    ),
}
each_model = pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)


def outputs(model):
    """Logits, and states where there are any."""
    return model((IDS, IDS) if isinstance(model, Seq2Seq) else IDS)


def fit(model):
    if isinstance(model, Seq2Seq):
        model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=False)
        return model.fit((IDS, IDS), IDS, verbose=0)
    model.compile("sgd", jit_compile=False)
    return model.fit(ContiguousBatches(np.tile(IDS.ravel(), 3), 3, 4), verbose=0)


@each_model
@pytest.mark.parametrize("policy", ["mixed_bfloat16", "float64"])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_every_layer_has_the_models_policy(make, policy, cell):
    model = make(dtype=policy, cell=cell, num_layers=2, dropout=0.1)
    parts = list(model._flatten_layers())
    assert len(parts) > 6
    for part in parts:
        assert part.dtype_policy.name == policy, part
    expected = keras.DTypePolicy(policy)
    assert {w.dtype for w in model.trainable_variables} == {expected.variable_dtype}
    found = {t.dtype.name for t in tf.nest.flatten(outputs(model))}
    assert found == {expected.compute_dtype}


@each_model
@pytest.mark.slow
def test_trains_and_comes_back_from_its_file(make, tmp_path):
    policy = "mixed_bfloat16"
    keras.utils.set_random_seed(0)
    model = make(dtype=policy)
    history = fit(model).history
    assert np.isfinite(history["loss"]).all()
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")  # under float32
    for part in loaded._flatten_layers():
        assert part.dtype_policy.name == policy, part
    ours, theirs = map(tf.nest.flatten, (outputs(loaded), outputs(model)))
    for a, b in zip(ours, theirs, strict=True):
        assert a.dtype == b.dtype == keras.DTypePolicy(policy).compute_dtype
        np.testing.assert_array_equal(a.numpy(), b.numpy())


@each_model
def test_another_policy_than_the_global_one(make):
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_dtype_policy("mixed_float16")
    try:
        model = make(dtype="float32")
    finally:
        keras.mixed_precision.set_dtype_policy(before)
    assert {part.dtype_policy.name for part in model._flatten_layers()} == {"float32"}
    assert {t.dtype.name for t in tf.nest.flatten(outputs(model))} == {"float32"}


def test_a_stacks_ids_are_read_in_its_own_precision():
    for cell in ("lstm", "gru", "rnn"):
        stack = RecurrentStack(4, cell=cell, dropout=0.5, dtype="float16")
        stack.build((None, None, 9))
        for training in (False, True):
            found, states = stack(IDS, training=training)
            assert {t.dtype.name for t in (found, *states[0])} == {"float16"}


@pytest.mark.slow
def test_gradients_are_scaled_where_half_precision_needs_it(make_batches):
    """Loss scaling of `mixed_float16` is undone: the step is the one of float32."""
    changes = []
    for policy in ("float32", "mixed_float16"):
        keras.utils.set_random_seed(1)
        model = CharLM(9, 6, embed_dim=5, dtype=policy)
        start = model.get_weights()
        model.compile(keras.optimizers.SGD(0.1), jit_compile=False)
        model.fit(make_batches(30), verbose=0)
        assert hasattr(model.optimizer, "inner_optimizer") == (policy != "float32")
        changes.append(list(map(np.subtract, model.get_weights(), start)))
    rounding = float(np.finfo(np.float16).eps)  # a scale left in would be 32,768 times
    for full, half in zip(*changes, strict=True):
        np.testing.assert_allclose(half, full, atol=4 * rounding * np.abs(full).max())
