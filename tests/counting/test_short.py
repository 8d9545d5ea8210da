"""`ShortNGramLM` against arithmetic."""

import numpy as np
import pytest

from seqmodels.counting.short import ShortNGramLM


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
