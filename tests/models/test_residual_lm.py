"""A network that reads features beside the ids, and what it learns from them."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import (
    CharLM,
    ContiguousBatches,
    InformedLM,
    MatchModel,
    NGramLM,
    ResidualLM,
    cross_entropy,
    generate,
)
from seqmodels.models import feeding, reading, scoring

LENGTHS = (1, 2)


@pytest.fixture
def ids():
    return np.random.default_rng(5).integers(4, size=200)


@pytest.fixture
def ngram(ids):
    return NGramLM(4, 3).fit(np.roll(ids, 70))


def make(num_matches=2, optimizer=None, seed=4, jit_compile=False, **options):
    keras.utils.set_random_seed(seed)
    model = ResidualLM(4, 6, num_matches=num_matches, **options)
    if optimizer:
        model.compile(optimizer, jit_compile=jit_compile)
    return model


def informed(network, ngram):
    return InformedLM(network, ngram, MatchModel(4, LENGTHS))


def make_features(ids, ngram):
    return ngram.next_log_probs(ids), MatchModel(4, LENGTHS).followed(ids)


def on_whole(model, ids, features):
    """Logits of one pass over a text."""
    log_probs, followed = features
    return model((ids[None], log_probs[None], followed[None]))[0]


def perturb(model):
    """Gives every weight a value of its own, so that all of them count."""
    rng = np.random.default_rng(1)
    weights = model.get_weights()
    model.set_weights([w + rng.normal(0, 0.3, w.shape) for w in weights])


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("num_matches", [0, 2])
def test_a_network_that_says_nothing_leaves_the_n_gram(cell, num_matches, ids, ngram):
    model = make(num_matches, cell=cell)
    model.classifier.kernel.assign(tf.zeros_like(model.classifier.kernel))
    match = MatchModel(4, LENGTHS) if num_matches else None
    found = InformedLM(model, ngram, match).log_probs(ids)
    np.testing.assert_allclose(found[1:], ngram.log_probs(ids)[1:], atol=2e-3)


def test_its_logits_are_the_sum_of_its_parts(ids, ngram):
    model = make()
    perturb(model)
    log_probs, followed = make_features(ids, ngram)
    hot = np.eye(5)[followed][..., :4].reshape(len(ids), -1)
    given = np.clip(log_probs, -8, 0) / 4 + 1
    read = np.concatenate([np.eye(4)[ids], given, hot], axis=1)
    outputs, _ = model.stack(read[None].astype(np.float32), model.initial_states(1))
    expected = (
        np.array(model.classifier(outputs)[0]) + np.array(model.trust) * log_probs
    )
    expected += hot @ np.array(model.follow)
    found = on_whole(model, ids, (log_probs, followed))[0]
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_what_is_read_is_never_dropped(ids, ngram):
    model = make(dropout=0.9)
    inputs = tuple(array[None] for array in (ids, *make_features(ids, ngram)))
    (logits, states), (others, same) = (
        model(inputs, training=t) for t in (False, True)
    )
    for state, other in zip(states[0], same[0], strict=True):
        np.testing.assert_array_equal(state, other)
    assert np.abs(logits - others).max() > 0.01  # what is written is


def test_every_weight_is_trained(ids, ngram):
    model = make(optimizer="adam")
    before = model.get_weights()
    model.fit(ContiguousBatches(ids, 3, 4, make_features(ids, ngram)), verbose=0)
    for weight, old in zip(model.get_weights(), before, strict=True):
        assert np.abs(weight - old).max() > 1e-4


@pytest.mark.slow
def test_it_learns_what_counting_cannot_know():
    # A coin decides every tenth token, which the nine after it repeat: a state knows.
    rng = np.random.default_rng(0)
    ids = np.repeat(rng.integers(2, size=400), 10) * 2 + np.tile([1] + [0] * 9, 400)
    ngram = NGramLM(4, 1).fit(ids)
    model = make(0, keras.optimizers.Adam(0.02))
    batches = ContiguousBatches(ids, 20, 10, ngram.next_log_probs(ids))
    model.fit(batches, epochs=15, verbose=0)
    by_counting = -ngram.log_probs(ids)[1:].mean()
    assert by_counting > 0.9
    assert (
        -InformedLM(model, ngram).log_probs(ids)[1:].mean() < 0.12
    )  # log(2) / 10 = 0.07


def test_evaluate_is_the_cross_entropy_of_a_forward_pass(ids, ngram, monkeypatch):
    monkeypatch.setattr(feeding, "WINDOWS_PER_CALL", 3)  # the last block is not full
    model = make(optimizer="sgd")
    perturb(model)
    features = make_features(ids, ngram)
    batches = ContiguousBatches(ids, 3, 4, features)
    used = len(batches) * 4
    where = np.arange(3)[:, None] * batches.stream_length + np.arange(used)
    inputs = tuple(array[where] for array in (ids, *features))
    nll, count = cross_entropy(model(inputs)[0], ids[where + 1])
    assert model.evaluate(batches)["loss"] == pytest.approx(nll / count, rel=1e-5)


@pytest.mark.slow
def test_halves_train_as_the_whole_does(ids, ngram, monkeypatch):
    weights = []
    for rows in (4, 5):
        monkeypatch.setattr(reading, "MIN_ROWS_TO_HALVE", rows)
        model = make(optimizer=keras.optimizers.SGD(0.5), jit_compile=True)
        assert reading.num_parts(model, 4) == (2 if rows == 4 else 1)
        batches = ContiguousBatches(ids, 4, 4, make_features(ids, ngram))
        model.fit(batches, epochs=2, validation_data=batches, verbose=0)
        weights.append(model.get_weights())
    for halves, whole in zip(*weights, strict=True):
        np.testing.assert_allclose(halves, whole, atol=1e-6)


def test_a_window_is_trained_on_its_own_features(ids, ngram):
    """One epoch of plain descent by hand, over the windows that the batches yield."""
    model, by_hand = (make(optimizer=keras.optimizers.SGD(0.5)) for _ in range(2))
    batches = ContiguousBatches(ids, 3, 4, make_features(ids, ngram))
    model.fit(batches, verbose=0)
    states = by_hand.initial_states(3)
    for inputs, targets in batches:
        with tf.GradientTape() as tape:
            logits, states = by_hand(inputs, states)
            loss = by_hand.compute_loss(None, targets, logits)
        variables = by_hand.trainable_variables
        by_hand.optimizer.apply(tape.gradient(loss, variables), variables)
    for ours, expected in zip(model.get_weights(), by_hand.get_weights(), strict=True):
        np.testing.assert_allclose(ours, expected, atol=1e-6)


@pytest.mark.parametrize("num_tokens", [0, 1, 2, 8, 30])
def test_log_probs_are_one_pass(num_tokens, ids, ngram, monkeypatch):
    monkeypatch.setattr(scoring, "TOKENS_PER_CALL", 7)
    model = make()
    perturb(model)
    ids = ids[:num_tokens]
    found = informed(model, ngram).log_probs(ids)
    assert found.shape == (num_tokens,)
    if num_tokens > 1:
        logits = on_whole(model, ids[:-1], make_features(ids[:-1], ngram))[0]
        logits = tf.nn.log_softmax(logits)
        expected = tf.gather(logits, ids[1:], batch_dims=1)
        np.testing.assert_allclose(found[1:], expected, atol=2e-3)  # float16


def test_a_step_is_a_call(ids, ngram):
    model = make()
    perturb(model)
    both = informed(model, ngram)
    expected = on_whole(model, ids[:20], make_features(ids[:20], ngram))[0]
    states = both.initial_states(2)
    for n, token in enumerate(ids[:20]):
        logits, states = both.step([token, 3 - token], states)
        np.testing.assert_allclose(logits[0], expected[n], atol=2e-3)
    assert np.abs(logits[1] - logits[0]).max() > 0.01


def test_writes_what_it_holds_likely(ids, ngram):
    model = make()
    perturb(model)
    both = informed(model, ngram)
    rng = np.random.default_rng(0)
    new = generate(both, ids[:5], 12, rng, temperature=0)
    text = np.append(ids[:5], new)
    logits = on_whole(model, text, make_features(text, ngram))[0]
    np.testing.assert_array_equal(new, np.argmax(logits, axis=1)[4:-1])


@pytest.mark.parametrize("num_matches", [0, 2])
@pytest.mark.slow
def test_saved_here_and_loaded_elsewhere(num_matches, run_python, tmp_path, ids, ngram):
    model = make(num_matches, num_layers=2, dropout=0.2)
    perturb(model)
    model.save(tmp_path / "model.keras")
    features = make_features(ids, ngram)[: 1 + (num_matches > 0)]
    code = """if True:
        import json, sys, numpy as np, keras, seqmodels
        model = keras.models.load_model(sys.argv[1])
        ids, features = json.loads(sys.argv[2])
        found = model.log_probs(ids, [np.array(array) for array in features])
        print(json.dumps(found.tolist()))
    """
    given = json.dumps([ids.tolist(), [array.tolist() for array in features]])
    child = run_python(code, tmp_path / "model.keras", given)
    expected = model.log_probs(ids, features)
    np.testing.assert_allclose(json.loads(child.stdout), expected, atol=1e-5)


def test_refuses_other_features(ids, ngram):
    log_probs, followed = make_features(ids, ngram)
    model, plain = make(optimizer="sgd"), CharLM(4, 6)
    plain.compile("sgd", jit_compile=False)
    for network, features, message in [
        (model, (), r"sizes \(4, 2\), which `ResidualLM` reads; got \(\)"),
        (model, log_probs, r"got \(4,\)"),
        (model, (log_probs, followed[:, :1]), r"got \(4, 1\)"),
        (plain, log_probs, r"sizes \(\), which `CharLM` reads; got \(4,\)"),
    ]:
        batches = ContiguousBatches(ids, 3, 4, features)
        for call in (network.fit, network.evaluate):
            with pytest.raises(ValueError, match=r"`x\.features` .*" + message):
                call(batches)
        with pytest.raises(ValueError, match="`features` .*" + message):
            network.log_probs(ids, features)
    with pytest.raises(ValueError, match="3 in all; got 2"):
        model((ids[None], log_probs[None]))
    with pytest.raises(ValueError, match="3 in all; got 1"):
        model(ids[None])
    with pytest.raises(ValueError, match="write with an `InformedLM`"):
        generate(model, ids[:3], 5, np.random.default_rng(0))


def test_refuses_others_that_do_not_fit(ngram):
    with pytest.raises(ValueError, match="`ngram` must have the network's 4 tokens"):
        InformedLM(make(0), NGramLM(5, 2))
    with pytest.raises(ValueError, match="`match` must have the network's 4 tokens"):
        InformedLM(make(), ngram, MatchModel(5, LENGTHS))
    with pytest.raises(ValueError, match="`match` must have 2 lengths.*got 0"):
        InformedLM(make(), ngram)
    with pytest.raises(ValueError, match="`num_matches` must be a non-negative"):
        ResidualLM(4, 6, num_matches=-1)
