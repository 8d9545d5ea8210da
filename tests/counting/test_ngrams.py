"""The n-gram model against counting one by one, and against what it must not do."""

import collections
import tracemalloc

import numpy as np
import pytest

from seqmodels import NGramLM, generate


def random_text(num_tokens=400, vocab_size=5, seed=0):
    """Tokens of which one depends on the two before."""
    rng = np.random.default_rng(seed)
    table = rng.dirichlet(np.full(vocab_size, 0.4), size=(vocab_size, vocab_size))
    ids = [0, 1]
    while len(ids) < num_tokens:
        ids.append(rng.choice(vocab_size, p=table[ids[-2], ids[-1]]))
    return np.array(ids[:num_tokens])


def one_by_one(ids, order, vocab_size):
    """Modified Kneser-Ney from dictionaries: a function of history and token."""
    ids = tuple(int(n) for n in ids)
    counts = {}
    for n in range(1, order + 1):
        places = range(len(ids) - n + 1)
        if n == order:
            counts[n] = collections.Counter(ids[p : p + n] for p in places)
        else:
            before = collections.defaultdict(set)
            for p in places:
                before[ids[p : p + n]].add(ids[p - 1] if p else "start")
            counts[n] = {gram: len(tokens) for gram, tokens in before.items()}
    discounts = {n: estimate(list(counts[n].values())) for n in counts}

    def prob(history, token):
        n = len(history) + 1
        shorter = prob(history[1:], token) if history else 1 / vocab_size
        after = [c for gram, c in counts[n].items() if gram[:-1] == history]
        if not after:
            return shorter
        count = counts[n].get((*history, token), 0)
        taken = sum(discounts[n][min(c, 3)] for c in after)
        return (count - discounts[n][min(count, 3)] + taken * shorter) / sum(after)

    return prob


def estimate(counts):
    n1, n2, n3, n4 = (counts.count(n) for n in (1, 2, 3, 4))
    if n1 and n2 and n3 and n4:
        y = n1 / (n1 + 2 * n2)
        found = [0, 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3]
        if min(found[1:]) > 0:
            return found
    return [0, 0.5, 1, 1.5]


@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize("num_tokens", [1, 3, 40, 400])
def test_equals_counting_one_by_one(order, num_tokens):
    ids, unseen = random_text(num_tokens), random_text(60, seed=1)
    prob = one_by_one(ids, order, 5)
    model = NGramLM(5, order).fit(ids)
    unseen = tuple(int(n) for n in unseen)
    expected = [
        prob(unseen[max(0, n - order + 1) : n], unseen[n]) for n in range(len(unseen))
    ]
    np.testing.assert_allclose(np.exp(model.log_probs(unseen)), expected, rtol=1e-12)


def test_the_discounts_are_estimated_where_they_can_be():
    # Else the test above would only ever see the ones for short texts.
    counts = collections.Counter(
        zip(*[random_text()[n:] for n in range(5)], strict=False)
    )
    assert estimate(list(counts.values())) != [0, 0.5, 1, 1.5]


@pytest.mark.parametrize("history", [[], [3], [4, 4, 4, 4], [0, 1, 2, 3, 4, 0, 1, 2]])
def test_sums_to_one_and_leaves_nothing_impossible(history):
    model = NGramLM(6, 4).fit(random_text())  # token 5 never occurs
    probs = model.next_probs(history)
    assert probs.shape == (6,) and probs.min() > 0
    assert probs.sum() == pytest.approx(1, abs=1e-12)


def test_an_unseen_history_is_left_to_the_shorter_one():
    model = NGramLM(6, 3).fit(random_text())
    np.testing.assert_array_equal(model.next_probs([5, 2]), model.next_probs([2]))
    np.testing.assert_array_equal(model.next_probs([2, 5]), model.next_probs([]))


def test_scores_are_those_of_the_next_tokens():
    model, ids = NGramLM(5, 3).fit(random_text()), random_text(30, seed=2)
    expected = [np.log(model.next_probs(ids[:n])[ids[n]]) for n in range(len(ids))]
    np.testing.assert_allclose(model.log_probs(ids), expected, rtol=1e-12)


@pytest.mark.parametrize("order", [1, 2, 4])
def test_all_that_may_come_after_each_token(order):
    model = NGramLM(6, order).fit(random_text())
    ids = np.append(random_text(30, seed=2), [5, 5, 1])  # 5 was never counted
    expected = [np.log(model.next_probs(ids[: n + 1])) for n in range(len(ids))]
    found = model.next_log_probs(ids)
    np.testing.assert_array_equal(found, expected)
    scores = model.log_probs(ids)[1:]
    np.testing.assert_allclose(found[np.arange(32), ids[1:]], scores, rtol=1e-12)
    assert model.next_log_probs([]).shape == (0, 6)


def test_knows_nothing_before_it_has_counted():
    model = NGramLM(27, 3)
    assert np.exp(model.next_log_probs([1, 2])) == pytest.approx(1 / 27)
    assert np.exp(-model.log_probs([1, 2, 3]).mean()) == pytest.approx(27)
    assert model.count_params() == 0


def test_counting_again_forgets():
    model = NGramLM(5, 3).fit(random_text(seed=3)).fit(random_text())
    once = NGramLM(5, 3).fit(random_text())
    np.testing.assert_array_equal(model.next_probs([1, 2]), once.next_probs([1, 2]))


def test_longer_histories_help_where_they_matter():
    ids, held_out = random_text(20_000), random_text(20_000)[10_000:]
    ids = ids[:10_000]
    bits = [-NGramLM(5, n).fit(ids).log_probs(held_out).mean() for n in (1, 2, 3)]
    assert bits[0] > bits[1] > bits[2] + 0.1


def test_writes_like_any_language_model():
    ids = random_text()
    model = NGramLM(5, 3).fit(ids)
    # The state, read token by token, is what `next_probs` makes of the history.
    states = model.initial_states(2)
    for token in [[1, 4], [0, 2], [3, 3]]:
        logits, states = model.step(np.array(token), states)
    np.testing.assert_allclose(np.exp(logits[0]), model.next_probs([1, 0, 3]))
    np.testing.assert_allclose(np.exp(logits[1]), model.next_probs([4, 2, 3]))
    rows = generate(model, np.array([[0], [1]]), 3000, np.random.default_rng(0))
    share = np.mean(rows[:, 1:][rows[:, :-1] == 2] == 3)
    assert share == pytest.approx(np.mean(ids[1:][ids[:-1] == 2] == 3), abs=0.08)


def test_an_order_of_one_has_a_state_of_nothing():
    model = NGramLM(3, 1).fit([0, 0, 1])
    logits, states = model.step(np.array([2, 0]), model.initial_states(2))
    assert states.shape == (2, 0)
    np.testing.assert_allclose(np.exp(logits), [model.next_probs([])] * 2)


def test_a_million_tokens_neither_underflow_nor_take_long():
    ids = np.random.default_rng(0).integers(27, size=1_000_000, dtype=np.int32)
    log_likelihood = NGramLM(27, 4).fit(ids).log_probs(ids).sum()
    assert np.isfinite(log_likelihood)
    assert log_likelihood < -1e6 * np.log(20)  # its exponential is 0 in any float


@pytest.mark.parametrize(
    "ids, error, message",
    [
        ([], ValueError, "`ids` must hold at least one token; got none"),
        ([0, 3], ValueError, "`ids` must be from 0 to 2; got 3"),
        ([0, -1], ValueError, "`ids` must be from 0 to 2; got -1"),
        ([0.0, 1.0], TypeError, "`ids` must be integers; got float64"),
        ([[0, 1]], ValueError, r"`ids` must have shape \(num_tokens,\); got \(1, 2\)"),
    ],
)
def test_fit_refuses(ids, error, message):
    with pytest.raises(error, match=message):
        NGramLM(3, 2).fit(ids)


def test_scoring_refuses_what_counting_would():
    model = NGramLM(3, 2).fit([0, 1, 2])
    asked = {model.log_probs: "ids", model.next_log_probs: "ids"}
    for ask, name in {**asked, model.next_probs: "history"}.items():
        with pytest.raises(ValueError, match=f"`{name}` must be from 0 to 2; got 7"):
            ask([7])
    assert model.log_probs([]).shape == (0,)


@pytest.mark.parametrize(
    "vocab_size, order, message",
    [
        (27, 0, "`order` must be a positive integer; got 0"),
        (27, -1, "`order` must be a positive integer; got -1"),
        (27, 2.0, "`order` must be a positive integer; got 2.0"),
        (0, 2, "`vocab_size` must be a positive integer; got 0"),
        (65, 11, "`order` is 11: n-grams of 65 tokens cannot be numbered in 64 bits"),
    ],
)
def test_sizes_that_make_no_sense(vocab_size, order, message):
    with pytest.raises(ValueError, match=message):
        NGramLM(vocab_size, order)


@pytest.mark.parametrize("vocab_size", [1, 2, 27])
def test_a_vast_order_is_refused_without_working_out_its_power(vocab_size):
    tracemalloc.start()
    with pytest.raises(ValueError, match="cannot be numbered in 64 bits"):
        NGramLM(vocab_size, 10**6)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000  # bytes; 2 ** 10**6 alone has 125,000


def test_the_highest_orders_that_can_be_numbered():
    for vocab_size, order in [(2, 62), (1, 62), (27, 13)]:
        model = NGramLM(np.int64(vocab_size), np.uint8(order)).fit([0] * 70)
        assert model.next_probs([0] * 70).sum() == pytest.approx(1)
        with pytest.raises(ValueError, match=f"`order` is {order + 1}: n-grams"):
            NGramLM(vocab_size, order + 1)


@pytest.mark.parametrize(
    "ids, message",
    [
        ([7], "`ids` must be from 0 to 2; got 7"),
        ([-1], "`ids` must be from 0 to 2; got -1"),
        ([[0]], r"`ids` must have shape \(batch,\); got \(1, 1\)"),
        (0, r"`ids` must have shape \(batch,\); got \(\)"),
    ],
)
def test_a_step_refuses_what_counting_would(ids, message):
    model = NGramLM(3, 2).fit([0, 1, 2])
    with pytest.raises(ValueError, match=message):
        model.step(ids, model.initial_states(1))
