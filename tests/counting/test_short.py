"""`ShortNGramLM` against arithmetic."""

import numpy as np
import pytest

from seqmodels.counting.short import ShortNGramLM


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="`order` must be"):
        ShortNGramLM(4, 0, end=0)
    with pytest.raises(ValueError, match="`end` must be from 0 to 3; got 4"):
        ShortNGramLM(4, 2, end=4)
    model = ShortNGramLM(4, 2, end=0)
    with pytest.raises(ValueError, match="`sequences` must be from 0 to 3; got -1"):
        model.fit([[1, 2], [-1]])
    with pytest.raises(TypeError, match="`history` must be integers"):
        model.next_probs([0.5])
    with pytest.raises(ValueError, match="`sequence` must be from 0 to 3; got 4"):
        model.token_probs([4])


def test_fit_forgets_what_was_counted_before():
    model = ShortNGramLM(4, 2, end=0)
    np.testing.assert_allclose(model.next_probs([1]), 0.25)  # nothing is known
    model.fit([[1, 2]] * 3).next_probs([1])
    again = model.fit([[1, 3]]).next_probs([1])
    new = ShortNGramLM(4, 2, end=0).fit([[1, 3]])
    np.testing.assert_array_equal(again, new.next_probs([1]))


@pytest.mark.parametrize("order", [1, 2, 5, 12])
def test_probabilities_add_up_and_none_is_zero(order):
    rng = np.random.default_rng(2)
    texts = [rng.integers(1, 9, size=rng.integers(1, 8)) for _ in range(50)]
    model = ShortNGramLM(10, order, end=0).fit(texts)
    for text in texts[:10]:
        probs = model.next_probs(text[:2])
        assert probs.sum() == pytest.approx(1) and probs.min() > 0
        assert len(model.token_probs(text)) == len(text) + 1


def test_no_history_reaches_over_a_border():
    """What begins a sequence is told by the beginning, not by the end before it."""
    model = ShortNGramLM(4, 3, end=0).fit([[1, 2]] * 9 + [[3, 2]])
    again = ShortNGramLM(4, 3, end=0).fit([[3, 2]] + [[1, 2]] * 9)
    np.testing.assert_allclose(model.next_probs([]), again.next_probs([]))
    # At the beginning 1 came 9 times of 10, discounts 1.5 and 0.5 (3 came once). Below,
    # 1 and 3 and the end stood behind one token each, 2 behind two: discounts 0.5, 1.
    lowest = 0.5 / 5 + 2.5 / 5 / 4
    assert model.next_probs([])[1] == pytest.approx(7.5 / 10 + 2 / 10 * lowest)


def test_two_sequences_by_arithmetic():
    """Discounts 0.5, 1, 1.5; below the top each token counts once for each before."""
    model = ShortNGramLM(3, 2, end=0).fit([[1, 1], [1]])
    # Followed: start 1 twice; 1: 1 once, 0 twice. Before: 1 by two, 0 by one.
    lowest = np.array([0.5 / 3, 1 / 3, 0]) + 1.5 / 3 / 3
    wanted = np.array([1 / 3, 0.5 / 3, 0]) + 1.5 / 3 * lowest
    np.testing.assert_allclose(model.next_probs([1]), wanted)
