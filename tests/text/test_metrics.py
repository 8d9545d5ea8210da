"""Likelihoods against their direct computation."""

import math

import numpy as np
import pytest

from seqmodels import bits_per_char, cross_entropy, exact_match, perplexity


@pytest.fixture
def case():
    rng = np.random.default_rng(0)
    logits, targets = 3 * rng.normal(size=(4, 6, 5)), rng.integers(5, size=(4, 6))
    return logits, targets, rng.random((4, 6)) < 0.6


def directly(logits, targets):
    """The negative log-likelihood of each target, from the definition."""
    probs = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    picked = [probs[where][target] for where, target in np.ndenumerate(targets)]
    return -np.log(picked).reshape(targets.shape)


def test_cross_entropy_is_the_sum_over_targets(case):
    logits, targets, _ = case
    nll, count = cross_entropy(logits, targets)
    assert nll == pytest.approx(directly(logits, targets).sum(), rel=1e-12)
    assert count == 24


def test_mask_leaves_targets_out(case):
    logits, targets, mask = case
    nll, count = cross_entropy(logits, targets, mask)
    assert nll == pytest.approx(directly(logits, targets)[mask].sum(), rel=1e-12)
    assert count == mask.sum() < mask.size
    # What stands in the masked places is of no account.
    logits[~mask], targets[~mask] = 50, 0
    assert cross_entropy(logits, targets, mask) == pytest.approx((nll, count))


def test_large_logits_do_not_overflow():
    nll, _ = cross_entropy([[1000.0, 0.0], [1000.0, 0.0]], [0, 1])
    assert nll == pytest.approx(1000.0)


def test_an_impossible_token_costs_everything():
    logits = [[-np.inf, 0.0, 0.0]]
    assert cross_entropy(logits, [1]) == (pytest.approx(np.log(2)), 1)
    nll, count = cross_entropy(logits, [0])
    assert (nll, count) == (np.inf, 1)
    assert perplexity(nll, count) == bits_per_char(nll, count) == np.inf


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_model_that_has_diverged_has_no_score(wrong):
    logits = np.array([[0.0, 1.0], [wrong, 0.0], [-np.inf, -np.inf]])
    message = f"`logits` must be finite, or minus .* whose largest is {wrong}"
    with pytest.raises(ValueError, match=message):
        cross_entropy(logits, [0, 1, 1])
    with pytest.raises(ValueError, match="whose largest is -inf"):
        cross_entropy(logits, [0, 1, 1], [True, False, True])
    # Behind the mask it may stand, and a target that is none, too.
    masked = cross_entropy(logits, [0, 1, -1], [True, False, False])
    assert masked == cross_entropy(logits[:1], [0])


@pytest.mark.parametrize("shape", [(), (3, 0)])
def test_logits_need_a_vocabulary(shape):
    with pytest.raises(ValueError, match="`logits` must have shape .*, vocab_size"):
        cross_entropy(np.zeros(shape), np.zeros(shape[:-1], int))


def test_a_mask_of_zeros_and_ones_is_a_mask(case):
    logits, targets, mask = case
    expected = cross_entropy(logits, targets, mask)
    for dtype in (int, float, np.uint8):
        assert cross_entropy(logits, targets, mask.astype(dtype)) == expected
    assert exact_match(targets, targets + ~mask, mask.astype(int)) == 1


@pytest.mark.parametrize("wrong", [2, -1, 0.5, np.nan])
def test_a_mask_of_lengths_or_weights_is_none(wrong):
    message = f"`mask` must be booleans, or 0 and 1; got {wrong}"
    with pytest.raises(ValueError, match=message):
        cross_entropy(np.zeros((2, 5)), [0, 1], [1, wrong])
    with pytest.raises(ValueError, match=message):
        exact_match([[0, 1]], [[0, 1]], [[1, wrong]])


def test_halves_add_up_to_the_whole(case):
    logits, targets, _ = case
    whole, _ = cross_entropy(logits, targets)
    halves = [cross_entropy(logits[:, s], targets[:, s])[0] for s in np.s_[:2, 2:]]
    assert sum(halves) == pytest.approx(whole)


def test_perplexity_of_a_uniform_guess_is_the_vocabulary_size():
    nll, count = cross_entropy(np.zeros((3, 7, 27)), np.full((3, 7), 5))
    assert perplexity(nll, count) == pytest.approx(27)


def test_perplexity_is_exponentiated_once(case):
    logits, targets, _ = case
    # Not the mean of the rows' perplexities.
    expected = math.exp(directly(logits, targets).mean())
    assert perplexity(*cross_entropy(logits, targets)) == pytest.approx(expected)


def test_bigrams_and_characters_compare_in_bits_per_character():
    num_chars = 100
    chars, _ = cross_entropy(np.zeros((num_chars, 32)), np.zeros(num_chars, int))
    pairs, _ = cross_entropy(np.zeros((num_chars // 2, 1024)), np.zeros(50, int))
    assert bits_per_char(chars, num_chars) == pytest.approx(5)
    assert bits_per_char(pairs, num_chars) == pytest.approx(5)


def test_a_perplexity_above_every_float():
    assert perplexity(1e6, 1) == np.inf
    assert bits_per_char(1e6, 1) == pytest.approx(1e6 / np.log(2))


def test_not_a_number_of_nats():
    for score in (perplexity, bits_per_char):
        with pytest.raises(ValueError, match="`nll` must be a number of nats; got nan"):
            score(np.nan, 1)


def test_a_log_likelihood_with_the_wrong_sign():
    for score in (perplexity, bits_per_char):
        assert score(-1e-14, 1) == pytest.approx(score(0.0, 1))
        with pytest.raises(ValueError, match="must not be negative; got -5.0. It is"):
            score(-5.0, 10)


@pytest.mark.parametrize("number", [0, -3, np.nan, np.inf])
def test_no_tokens(number):
    with pytest.raises(
        ValueError, match=f"`num_tokens` must be positive and finite; got {number}"
    ):
        perplexity(1.0, number)
    with pytest.raises(
        ValueError, match=f"`num_chars` must be positive and finite; got {number}"
    ):
        bits_per_char(1.0, number)


@pytest.mark.parametrize(
    "targets, mask, error, message",
    [
        ([0, 1], None, ValueError, r"shape \(3,\), that of `logits` .*; got \(2,\)"),
        ([0, 1, 5], None, ValueError, "`targets` must be from 0 to 4; got 5"),
        ([0, 1, -1], None, ValueError, "`targets` must be from 0 to 4; got -1"),
        ([0.0, 1, 2], None, TypeError, "`targets` must be integers; got float64"),
        ([0, 1, 2], [True], ValueError, r"`mask` must have shape \(3,\); got \(1,\)"),
    ],
)
def test_cross_entropy_refuses(targets, mask, error, message):
    with pytest.raises(error, match=message):
        cross_entropy(np.zeros((3, 5)), targets, mask)


def test_exact_match_counts_whole_sequences():
    targets = np.array([[1, 2, 0], [3, 4, 5], [6, 7, 0], [8, 9, 1]])
    predicted = np.array([[1, 2, 9], [3, 4, 5], [6, 0, 0], [8, 9, 1]])
    assert exact_match(predicted, targets) == 0.5
    assert exact_match(predicted, targets, mask=targets > 0) == 0.75


def test_exact_match_refuses():
    with pytest.raises(TypeError, match="`predicted` must be integers; got float64"):
        exact_match([[0.9, 2.1]], [[1, 2]])
    with pytest.raises(ValueError, match=r"one shape .*; got \(1, 2\) and \(1, 3\)"):
        exact_match([[1, 2]], [[1, 2, 3]])
    with pytest.raises(ValueError, match=r"got \(2,\) and \(2,\)"):
        exact_match([1, 2], [1, 2])
    with pytest.raises(
        ValueError, match="`targets` must hold at least one sequence; got none"
    ):
        exact_match(np.zeros((0, 3)), np.zeros((0, 3)))
