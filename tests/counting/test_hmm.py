"""Hidden Markov models against summing over every path of states."""

import itertools

import numpy as np
import pytest

from seqmodels import HMM, generate


@pytest.fixture
def model():
    rng = np.random.default_rng(0)
    return HMM(
        rng.dirichlet(np.ones(3)),
        rng.dirichlet(np.ones(3), size=3),
        rng.dirichlet(np.ones(4), size=3),
    )


IDS = np.array([3, 0, 0, 2, 1, 3, 2])


def all_paths(model, ids):
    found = {}
    for path in itertools.product(range(model.num_states), repeat=len(ids)):
        p = model.start[path[0]] * model.emissions[path[0], ids[0]]
        for before, state, token in zip(path, path[1:], ids[1:], strict=False):
            p *= model.transitions[before, state] * model.emissions[state, token]
        found[path] = p
    return found


@pytest.mark.parametrize("num_tokens", [1, 2, 3, 6, 7])
def test_likelihood_is_the_sum_over_all_paths(model, num_tokens):
    ids = IDS[:num_tokens]
    expected = np.log(sum(all_paths(model, ids).values()))
    assert model.log_likelihood(ids) == pytest.approx(expected, rel=1e-12)
    assert model.forward(ids)[1].sum() == pytest.approx(expected, rel=1e-12)


def test_posteriors_are_shares_of_all_paths(model):
    paths, expected = all_paths(model, IDS), np.zeros((len(IDS), 3))
    for path, p in paths.items():
        expected[np.arange(len(IDS)), path] += p / sum(paths.values())
    np.testing.assert_allclose(model.posteriors(IDS), expected, rtol=1e-10)


def test_filtering_knows_only_what_came_before(model):
    filtered, _ = model.forward(IDS)
    for t in range(1, len(IDS) + 1):
        np.testing.assert_allclose(filtered[t - 1], model.posteriors(IDS[:t])[-1])


def test_viterbi_is_the_likeliest_of_all_paths(model):
    paths = all_paths(model, IDS)
    path, log_prob = model.viterbi(IDS)
    assert tuple(path) == max(paths, key=paths.get)
    assert log_prob == pytest.approx(np.log(max(paths.values())), rel=1e-12)


def test_texts_in_step_are_texts_one_by_one(model):
    rows = np.random.default_rng(1).integers(4, size=(5, 9))
    apart = [model.log_likelihood(row) for row in rows]
    assert model.log_likelihood(rows) == pytest.approx(sum(apart), rel=1e-12)
    for ask in (model.posteriors, lambda ids: model.viterbi(ids)[0]):
        np.testing.assert_allclose(ask(rows), [ask(row) for row in rows])
    assert model.viterbi(rows)[1].shape == (5,)


@pytest.mark.parametrize("num_states", [1, 2, 8, 12])
def test_a_long_text_is_read_the_same_either_way(num_states):
    model = HMM.random(num_states, 5, np.random.default_rng(0))
    ids = np.random.default_rng(1).integers(5, size=30_001)
    expected = model.forward(ids)[1].sum()
    assert model.log_likelihood(ids) == pytest.approx(expected, rel=1e-12)


def test_a_million_tokens_do_not_underflow():
    model = HMM.random(2, 27, np.random.default_rng(0))
    ids = np.random.default_rng(1).integers(27, size=1_000_000)
    whole, pieces = (
        model.log_likelihood(ids),
        model.log_likelihood(ids.reshape(500, -1)),
    )
    assert whole < -3e6  # its exponential is 0 in any float
    assert whole == pytest.approx(pieces, rel=1e-4)  # 499 fresh beginnings apart


def test_an_unlikely_start_does_not_vanish_beside_a_likely_state():
    # Two states that never change; the text is likelier in the other one by far.
    model = HMM([1, 0], np.eye(2), [[0.1, 0.9], [0.9, 0.1]])
    expected = 5000 * np.log(0.1)
    assert model.log_likelihood(np.zeros(5000, int)) == pytest.approx(expected)


def one_step(model, rows):
    """Baum-Welch by counting along every path, weighted by its probability."""
    start, moves = np.zeros(3), np.zeros((3, 3))
    letters = np.zeros((3, 4))
    for ids in rows:
        paths = all_paths(model, ids)
        total = sum(paths.values())
        for path, p in paths.items():
            start[path[0]] += p / total
            np.add.at(moves, (path[:-1], path[1:]), p / total)
            np.add.at(letters, (path, ids), p / total)
    return [w / w.sum(axis=-1, keepdims=True) for w in (start, moves, letters)]


def test_a_step_of_learning_is_counting_along_all_paths(model):
    rows = np.random.default_rng(2).integers(4, size=(3, 6))
    expected = one_step(model, rows)
    model.fit(rows, num_steps=1)
    found = (model.start, model.transitions, model.emissions)
    for got, want in zip(found, expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-10)


@pytest.mark.parametrize("shape", [(300,), (6, 50)])
def test_likelihood_never_falls(shape):
    ids = np.random.default_rng(3).integers(4, size=shape)
    model = HMM.random(3, 4, np.random.default_rng(0))
    before = model.log_likelihood(ids)
    history = model.fit(ids, num_steps=40)
    assert len(history) == 41 and history[0] == pytest.approx(before)
    assert np.diff(history).min() > -1e-9
    assert history[-1] > history[0] + 1
    assert history[-1] == pytest.approx(model.log_likelihood(ids))


@pytest.mark.slow
def test_finds_a_hidden_alternation():
    # Two states that take turns, each with two tokens of its own.
    rng = np.random.default_rng(0)
    ids = 2 * (np.arange(2000) % 2) + rng.integers(2, size=2000)
    model = HMM.random(2, 4, np.random.default_rng(1))
    history = model.fit(ids, num_steps=60)
    assert history[-1] == pytest.approx(-2000 * np.log(2), rel=0.01)
    assert np.trace(model.transitions) < 0.01


def test_a_state_never_in_use_makes_no_nan():
    model = HMM([1, 0], [[1, 0], [0.5, 0.5]], [[0.5, 0.5], [0.9, 0.1]])
    history = model.fit([0, 1, 1, 1], num_steps=3)
    assert np.isfinite(history).all()
    np.testing.assert_allclose(model.transitions[1], [0.5, 0.5])
    np.testing.assert_allclose(model.emissions, [[0.25, 0.75], [0.9, 0.1]])


def test_writes_what_it_has_learnt():
    model = HMM([1, 0], [[0, 1], [1, 0]], [[1, 0, 0], [0, 0.5, 0.5]])
    new = generate(model, [0], 400, np.random.default_rng(0))
    assert set(new[1::2]) == {0} and set(new[::2]) == {1, 2}
    logits, _ = model.step(np.array([0]), model.initial_states(1))
    np.testing.assert_allclose(np.exp(logits), [[0, 0.5, 0.5]], atol=1e-12)


# Token 2 never comes; token 1 cannot be first.
IMPOSSIBLE = HMM([1, 0], [[0, 1], [1, 0]], [[1, 0, 0], [0, 1, 0]])


@pytest.mark.parametrize("ids", [[0, 1, 2, 1], [1], [0, 0], [[0, 1], [1, 0]]])
def test_an_impossible_text_has_no_nan(ids):
    assert IMPOSSIBLE.log_likelihood(ids) == -np.inf
    filtered, log_probs = IMPOSSIBLE.forward(ids)
    assert log_probs.min() == -np.inf and not np.isnan(log_probs).any()
    assert not np.isnan(filtered).any()


@pytest.mark.parametrize("name", ["posteriors", "viterbi", "fit"])
def test_an_impossible_text_is_refused(name):
    message = r"token 1 of text 2 has probability zero"
    rows = [[0, 1, 0], [0, 1, 0], [0, 2, 0]]
    with pytest.raises(ValueError, match=message):
        getattr(IMPOSSIBLE, name)(rows)
    with pytest.raises(ValueError, match="token 0 of text 0 has probability zero"):
        getattr(IMPOSSIBLE, name)([1, 0])


@pytest.mark.parametrize("temperature", [0, 1, 300, np.inf])
def test_no_temperature_makes_the_impossible_possible(temperature):
    rng = np.random.default_rng(0)
    new = generate(IMPOSSIBLE, [0], 400, rng, temperature=temperature)
    assert new.tolist() == [1, 0] * 200
    logits, _ = IMPOSSIBLE.step([0], IMPOSSIBLE.initial_states(1))
    assert logits.tolist() == [[-np.inf, 0, -np.inf]]


@pytest.mark.parametrize(
    "ids, message",
    [
        ([-1], "`ids` must be from 0 to 3; got -1"),
        ([4], "`ids` must be from 0 to 3; got 4"),
        ([[0]], r"`ids` must have shape \(batch,\); got \(1, 1\)"),
    ],
)
def test_a_step_refuses_what_reading_would(model, ids, message):
    with pytest.raises(ValueError, match=message):
        model.step(ids, model.initial_states(1))


def test_an_impossible_prompt_is_refused():
    message = "this model: {} in row {} has probability zero after what was read"
    with pytest.raises(ValueError, match=message.format(2, 0)):
        generate(IMPOSSIBLE, [0, 2], 5, np.random.default_rng(0))
    with pytest.raises(ValueError, match=message.format(0, 1)):
        generate(IMPOSSIBLE, [[0, 1], [0, 0]], 5, np.random.default_rng(0))


def test_no_step_of_learning_tells_how_likely_the_impossible_is():
    assert IMPOSSIBLE.fit([0, 2], num_steps=0).tolist() == [-np.inf]


@pytest.mark.parametrize("name", ["forward", "log_likelihood", "posteriors", "viterbi"])
@pytest.mark.parametrize(
    "ids, error, message",
    [
        ([0, 4], ValueError, "`ids` must be from 0 to 3; got 4"),
        ([0, -1], ValueError, "`ids` must be from 0 to 3; got -1"),
        ([0.5], TypeError, "`ids` must be integers; got float64"),
        ([], ValueError, r"at least one token; got \(0,\)"),
        ([[[0]]], ValueError, r"\(batch, num_tokens\) .*; got \(1, 1, 1\)"),
    ],
)
def test_refuses(model, name, ids, error, message):
    with pytest.raises(error, match=message):
        getattr(model, name)(ids)


@pytest.mark.parametrize(
    "start, transitions, emissions, message",
    [
        ([1], [[1]], [[0.5, 0.4]], "`emissions` must be probabilities that sum to 1"),
        ([1], [[1]], [[1.5, -0.5]], "`emissions` must be probabilities"),
        ([[1]], [[1]], [[1]], r"`start` must have 1 axes; got shape \(1, 1\)"),
        ([1], [[1]], [[1], [1]], r"`start` must have shape \(2,\).*; got \(1,\)"),
        ([1, 0], [[1]], [[1], [1]], r"`transitions` must have shape \(2, 2\)"),
    ],
)
def test_what_is_no_model(start, transitions, emissions, message):
    with pytest.raises(ValueError, match=message):
        HMM(start, transitions, emissions)
