"""What counting says of a text that it has not counted."""

import numpy as np
import pytest

from seqmodels import NGramLM, cross_fitted_log_probs


@pytest.fixture
def ids():
    return np.random.default_rng(0).integers(4, size=60)


@pytest.mark.parametrize("num_parts", [2, 3, 7])
def test_each_part_is_counted_from_the_others(ids, num_parts):
    found = cross_fitted_log_probs(ids, 4, 3, num_parts)
    assert found.shape == (60, 4) and found.dtype == np.float16
    edges = [60 * n // num_parts for n in range(num_parts + 1)]
    for start, end in zip(edges[:-1], edges[1:], strict=True):
        model = NGramLM(4, 3).fit([*ids[end:], *ids[:start]])
        for place in range(start, end):
            expected = np.log(model.next_probs(ids[: place + 1]))
            np.testing.assert_allclose(found[place], expected, rtol=1e-3)


def test_what_a_part_holds_says_nothing_of_itself(ids):
    found = cross_fitted_log_probs(ids, 4, 3, 3)
    changed = ids.copy()
    changed[30:40] = 0  # the last half of the second part
    again = cross_fitted_log_probs(changed, 4, 3, 3)
    np.testing.assert_array_equal(found[20:30], again[20:30])
    assert np.abs(found[:20] - again[:20]).max() > 0.1


@pytest.mark.parametrize(
    "ids, num_parts, message",
    [
        ([0, 1, 2], 1, "`num_parts` must be an integer from 2 on; got 1"),
        ([0, 1, 2], 4, "`ids` must hold a token for each of 4 parts; got 3"),
        ([0, 4], 2, "`ids` must be from 0 to 3; got 4"),
        ([[0, 1]], 2, r"shape \(num_tokens,\)"),
    ],
)
def test_refuses(ids, num_parts, message):
    with pytest.raises(ValueError, match=message):
        cross_fitted_log_probs(ids, 4, 2, num_parts)
