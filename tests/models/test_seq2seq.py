"""`Seq2Seq`: padding, teacher forcing, training, files, errors."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import (
    Seq2Seq,
    exact_match,
    greedy_decode,
    masked_cross_entropy,
    masked_exact_match,
    pad,
    teacher_forcing_pairs,
)

VOCAB_SIZE, START, END = 9, 1, 2
SOURCE = np.array([[3, 4, 5, 2], [6, 2, 0, 0], [8, 7, 2, 0]])
INPUTS = np.array([[1, 5, 4, 3, 2], [1, 6, 0, 0, 0], [1, 7, 8, 0, 0]])
KINDS = [
    {},
    {"attention": False},
    {"direction": "forward"},
    {"direction": "backward", "attention": False},
]


def make(seed=0, **options):
    """A small model with large random weights: all that it does shows."""
    model = Seq2Seq(VOCAB_SIZE, 6, embed_dim=4, **options)
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


@pytest.mark.parametrize("options", KINDS)
def test_more_padding_changes_nothing(options):
    model = make(**options)
    expected = model((SOURCE, INPUTS))
    wider = np.pad(SOURCE, [(0, 0), (0, 3)]), np.pad(INPUTS, [(0, 0), (0, 2)])
    np.testing.assert_allclose(model(wider)[:, :5], expected, atol=1e-5)
    other = np.where(SOURCE == 0, 5, SOURCE)  # were the padding read, it would show
    assert np.abs(model((other, INPUTS))[1:] - expected[1:]).max() > 1e-2
    alone = model((SOURCE[1:2, :2], INPUTS[1:2, :2]))
    np.testing.assert_allclose(alone, expected[1:2, :2], atol=1e-5)


@pytest.mark.parametrize("options", KINDS)
def test_the_decoder_sees_the_source_and_no_token_to_come(options):
    model = make(**options)
    before = model((SOURCE, INPUTS)).numpy()
    inputs = INPUTS.copy()
    inputs[:, 3] = 8
    after = model((SOURCE, inputs)).numpy()
    np.testing.assert_allclose(after[:, :3], before[:, :3], atol=1e-6)
    assert np.abs(after[:, 3:] - before[:, 3:]).min(axis=(1, 2)).all()
    for step in range(3):  # every step of the source has its effect
        source = SOURCE[:1].copy()
        source[0, step] = 8
        assert np.abs(model((source, INPUTS[:1])) - before[:1]).max() > 1e-3


def test_backward_is_forward_on_the_source_reversed():
    model = make(direction="backward", attention=False)
    twin = make(direction="forward", attention=False)
    expected = twin((SOURCE[:1, ::-1], INPUTS[:1]))
    np.testing.assert_allclose(model((SOURCE[:1], INPUTS[:1])), expected, atol=1e-5)


@pytest.mark.parametrize("direction", ["forward", "backward", "both"])
def test_outputs_stand_where_their_tokens_stood(direction):
    # A step's output changes with its own token, and that of the last step read
    # is the state itself.
    model = make(direction=direction)
    outputs, mask, [(h, _)] = model.encode(SOURCE)
    np.testing.assert_array_equal(mask, SOURCE != 0)
    half = 3 if direction == "both" else 6
    if direction != "backward":
        last = [3, 1, 2]
        np.testing.assert_allclose(outputs.numpy()[range(3), last, :half], h[:, :half])
    if direction != "forward":
        np.testing.assert_allclose(outputs[:, 0, -half:], h[:, -half:], atol=1e-6)


def test_decoding_in_two_parts_is_decoding_at_once():
    model = make()
    outputs, mask, states = model.encode(SOURCE)
    whole, last, weights = model.decode(INPUTS, states, outputs, mask)
    first, states, _ = model.decode(INPUTS[:, :2], states, outputs, mask)
    second, states, _ = model.decode(INPUTS[:, 2:], states, outputs, mask)
    parts = np.concatenate([first, second], axis=1)
    np.testing.assert_allclose(parts, whole, atol=1e-5)
    np.testing.assert_allclose(states, last, atol=1e-5)
    assert weights.shape == (3, 5, 4) and not weights.numpy()[1, :, 2:].any()


def test_loss_is_keras_own_with_an_ignored_class():
    logits = np.random.default_rng(0).normal(size=(3, 5, VOCAB_SIZE))
    targets = np.array([[5, 4, 3, 2, 0], [6, 2, 0, 0, 0], [7, 8, 2, 0, 0]])
    ignoring = keras.losses.SparseCategoricalCrossentropy(
        from_logits=True, ignore_class=0
    )
    ours = masked_cross_entropy(targets, logits).numpy()
    np.testing.assert_allclose(ours.mean(), ignoring(targets, logits), rtol=1e-5)
    np.testing.assert_array_equal(ours == 0, targets == 0)
    # More padding: the mean stays, in spite of more positions.
    wide = np.pad(targets, [(0, 0), (0, 4)])
    wide_logits = np.pad(logits, [(0, 0), (0, 4), (0, 0)])
    again = masked_cross_entropy(wide, wide_logits).numpy().mean()
    np.testing.assert_allclose(again, ours.mean(), rtol=1e-5)
    assert not masked_cross_entropy(np.zeros((2, 3)), logits[:2, :3]).numpy().any()


def test_exact_match_of_logits_is_exact_match_of_ids():
    rng = np.random.default_rng(0)
    targets = pad([[3, 4, 2], [5, 2], [6, 2], [2]], 4)
    logits = np.eye(VOCAB_SIZE)[targets] + 0.1 * rng.random((4, 4, VOCAB_SIZE))
    logits[1, 3, 7] = 9  # at padding: does not count
    logits[2, 1, 7] = 9
    found = masked_exact_match(targets, logits).numpy()
    assert found.tolist() == [1, 1, 0, 1]
    assert found.mean() == exact_match(logits.argmax(-1), targets, targets != 0)


@pytest.mark.parametrize("score", [masked_cross_entropy, masked_exact_match])
@pytest.mark.parametrize("num_steps", [1, 3])
def test_targets_of_another_length_are_no_mistakes(score, num_steps):
    logits = np.zeros((2, 4, VOCAB_SIZE), "float32")
    message = rf"`targets` must have .*, \(2, 4\); got \(2, {num_steps}\)"
    with pytest.raises(ValueError, match=message):
        score(np.ones((2, num_steps), int), logits)


def mirrored_words(num_words, seed):
    """Words of three letters out of six, and the same from behind."""
    letters = np.random.default_rng(seed).integers(3, VOCAB_SIZE, (num_words, 3))
    end = np.full((num_words, 1), END)
    return np.hstack([letters, end]), np.hstack([letters[:, ::-1], end])


@pytest.mark.slow
def test_learns_to_mirror_words_under_fit(tmp_path):
    keras.utils.set_random_seed(0)
    source, targets = mirrored_words(128, seed=0)
    test_source, test_targets = mirrored_words(100, seed=1)
    inputs, targets = teacher_forcing_pairs(targets, START)
    model = Seq2Seq(VOCAB_SIZE, 32, embed_dim=8)
    model.compile(
        keras.optimizers.Adam(0.02, global_clipnorm=1.0),
        masked_cross_entropy,
        metrics=[masked_exact_match],
        jit_compile=True,
        steps_per_execution=4,
    )
    saved = tmp_path / "model.keras"
    data = tf.data.Dataset.from_tensor_slices(((source, inputs), targets))
    data = data.cache().shuffle(128, seed=0).batch(32)
    history = model.fit(
        data,
        epochs=40,
        shuffle=False,
        verbose=0,
        callbacks=[keras.callbacks.ModelCheckpoint(saved)],
    ).history
    assert history["loss"][0] > 1 > 0.2 > history["loss"][-1]
    assert history["masked_exact_match"][-1] > 0.95
    written = greedy_decode(model, test_source, start=START, end=END, max_length=4)
    assert exact_match(pad(written, 4), test_targets) >= 0.9
    loaded = keras.models.load_model(saved)
    assert int(loaded.optimizer.iterations) == int(model.optimizer.iterations) == 160
    expected = model((source, inputs))
    np.testing.assert_allclose(loaded((source, inputs)), expected, atol=1e-5)


@pytest.mark.parametrize("options", KINDS)
def test_every_weight_has_a_gradient(options):
    model = make(**options)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(masked_cross_entropy(INPUTS, model((SOURCE, INPUTS))))
    gradients = tape.gradient(loss, model.trainable_variables)
    for weight, gradient in zip(model.trainable_variables, gradients, strict=True):
        assert np.abs(tf.convert_to_tensor(gradient)).max() > 0, weight.path


@pytest.mark.slow
def test_saved_here_and_loaded_elsewhere(run_python, tmp_path):
    models = [make(seed, **options) for seed, options in enumerate(KINDS)]
    for n, model in enumerate(models):
        model.save(tmp_path / f"{n}.keras")
    code = """if True:
        import json, sys, numpy as np
        import seqmodels, keras
        source, inputs = map(np.array, json.loads(sys.argv[2]))
        for n in range(4):
            model = keras.models.load_model(f"{sys.argv[1]}/{n}.keras")
            print(model((source, inputs)).numpy().tolist())
    """
    data = json.dumps([SOURCE.tolist(), INPUTS.tolist()])
    child = run_python(code, tmp_path, data)
    for model, line in zip(models, child.stdout.splitlines(), strict=True):
        np.testing.assert_allclose(json.loads(line), model((SOURCE, INPUTS)), atol=1e-5)


def test_config_comes_back():
    model = make(direction="backward", attention=False, name="mirror")
    copy = Seq2Seq.from_config(model.get_config())
    assert copy.get_config() == model.get_config()
    copy.set_weights(model.get_weights())
    np.testing.assert_array_equal(copy((SOURCE, INPUTS)), model((SOURCE, INPUTS)))


def test_an_empty_source_is_read_as_nothing():
    model = make()
    empty = np.zeros((1, 4), int)
    logits = model((empty, INPUTS[:1]))
    assert np.isfinite(logits).all()
    outputs, _, states = model.encode(empty)
    assert not np.any(outputs) and not np.any(states)


@pytest.mark.parametrize(
    "inputs, error, message",
    [
        ((SOURCE * 1.0, INPUTS), TypeError, "`source` must be integers; got float32"),
        ((SOURCE, INPUTS * 1.0), TypeError, "`inputs` must be integers; got float32"),
        ((SOURCE[0], INPUTS), ValueError, r"`source` must have shape .*; got \(4,\)"),
        ((SOURCE, INPUTS[0]), ValueError, r"`inputs` must have shape .*; got \(5,\)"),
        ((SOURCE[:2], INPUTS), ValueError, "one batch size; got 2 and 3"),
        ((SOURCE + 1, INPUTS), ValueError, "`source` must be from 0 to 8; got 9"),
        ((SOURCE, INPUTS - 1), ValueError, "`inputs` must be from 0 to 8; got -1"),
        ((SOURCE,), ValueError, r"must be a pair `\(source, inputs\)`"),
        (SOURCE, ValueError, r"must be a pair `\(source, inputs\)`"),
    ],
)
def test_call_refuses(inputs, error, message):
    with pytest.raises(error, match=message):
        make()(inputs)


def test_bad_options():
    with pytest.raises(ValueError, match='"backward" or "both"; got \'sideways\''):
        Seq2Seq(9, 6, direction="sideways")
    with pytest.raises(ValueError, match='must be even to read "both" ways; got 5'):
        Seq2Seq(9, 5)
