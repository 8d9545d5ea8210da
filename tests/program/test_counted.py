"""What counting knows: the order, the pruning, and what the network is told."""

import numpy as np
import pytest

from seqmodels import CharVocab, MatchModel, NGramLM, cross_fitted_log_probs
from seqmodels.program import counted
from seqmodels.program.counted import (
    Parts,
    choose_order,
    choose_pruning,
    features_to_train,
    log_probs_after,
    matches_right,
    size_of,
)
from seqmodels.program.settings import MATCH_LENGTHS
from tests.program.conftest import make_text


@pytest.fixture(scope="module")
def vocab():
    return CharVocab.from_text(make_text(20_000))


@pytest.fixture(scope="module")
def parts(vocab):
    ids = vocab.encode(make_text(20_000))
    return Parts(*np.split(ids, [16_000, 18_000]))


def test_the_order_is_the_best_of_all(parts, vocab):
    model, nats = choose_order(parts, len(vocab))
    assert list(nats) == list(range(2, 11))
    for order in (2, 5):  # by the n-gram that numbers what it counts
        joined = np.append(parts.train[-order:], parts.choice)
        found = NGramLM(len(vocab), order).fit(parts.train).log_probs(joined)[order:]
        assert nats[order] == pytest.approx(-found.mean(), abs=1e-9)
    assert nats[model.order] == min(nats.values()) and 2 < model.order < 10
    assert model.count_params() > 1000


def test_nothing_of_the_text_to_choose_by_is_counted(parts, vocab):
    other = parts._replace(choice=parts.choice[::-1])
    one, two = (choose_order(p, len(vocab), [4])[0] for p in (parts, other))
    np.testing.assert_array_equal(one.log_probs(parts.test), two.log_probs(parts.test))


def test_the_network_is_told_by_counts_of_the_other_parts(parts, vocab):
    ids = parts.train[:3000]
    log_probs, followed = features_to_train(ids, len(vocab), 4)
    np.testing.assert_allclose(
        log_probs, cross_fitted_log_probs(ids, len(vocab), 4), atol=2e-2
    )
    match = MatchModel(len(vocab), MATCH_LENGTHS)
    np.testing.assert_array_equal(followed, match.followed(ids))


def test_pruning_stops_before_it_costs(parts, vocab):
    model, _ = choose_order(parts, len(vocab))
    least = choose_pruning(model, parts, len(parts.choice))
    assert least > 0

    def bits(least):
        found = log_probs_after(model.pruned(least), parts.train, parts.choice)
        return -found.mean() / np.log(2)

    assert bits(least) - bits(0) <= counted.PRUNING_MAY_COST
    after = counted.PRUNINGS[counted.PRUNINGS.index(least) + 1]
    assert bits(after) - bits(0) > counted.PRUNING_MAY_COST


def test_a_file_that_would_be_large_is_pruned_further(parts, vocab, monkeypatch):
    model, _ = choose_order(parts, len(vocab))
    freely = choose_pruning(model, parts, len(parts.choice))
    limit = size_of(model.pruned(freely)) * 3 // 4
    monkeypatch.setattr(counted, "LEAST_BYTES", limit)
    monkeypatch.setattr(counted, "BYTES_PER_CHAR", 0)
    least = choose_pruning(model, parts, len(parts.choice))
    assert least > freely and size_of(model.pruned(least)) < limit


def test_the_longest_match():
    match = MatchModel(3, (1, 2)).fit([0, 1, 2, 0, 1, 2])
    assert matches_right(match, np.array([0, 1, 2, 0, 1])) == (1.0, 1.0)
    assert matches_right(MatchModel(3, (1, 2)), np.array([0, 1, 2])) == (0.0, 0.0)
