"""An n-gram's counts, cut down."""

import base64

import numpy as np
import pytest

from seqmodels import NGramLM
from seqmodels.page.counts import _candidates, pack_counts


def numbers(base64_text):
    value, scale = 0, 1
    for byte in base64.b64decode(base64_text):
        value, scale = value + (byte & 127) * scale, scale * 128
        if byte < 128:
            yield value
            value, scale = 0, 1


def guess(packed, ids):
    """Probabilities of what follows, from what was packed: the page's way, plainly."""
    read, size = numbers(packed["base64"]), packed["vocab_size"]
    probs = np.full(size, 1 / size)
    for length in range(packed["num_levels"]):
        history, rows = 0, {}
        for _ in range(next(read)):
            history += next(read)
            row, token = np.zeros(size), 0
            for _ in range(next(read)):
                token += next(read)
                row[token] = next(read) / 65535
            rows[history] = row
        if length <= len(ids):
            own = ids[len(ids) - length :]
            row = rows.get(sum(n * size**k for k, n in enumerate(own[::-1])))
            if row is not None:
                probs = row + (1 - row.sum()) * probs
    return probs


@pytest.fixture(scope="module")
def text():
    rng = np.random.default_rng(0)
    return np.cumsum(rng.choice([0, 1, 1, 1, 2, 5], size=3000)) % 12


@pytest.mark.parametrize("order", [1, 2, 4])
def test_with_room_for_all_it_guesses_as_before(text, order):
    ngram = NGramLM(12, order).fit(text)
    packed = pack_counts(ngram, 10**6)
    assert packed["num_kept"] == packed["num_grams"]
    for end in [0, 1, 2, 3, *range(40, 80)]:
        expected = ngram.next_probs(text[:end])
        np.testing.assert_allclose(guess(packed, text[:end]), expected, atol=1e-3)


def test_the_less_room_the_worse_but_never_nothing(text):
    ngram = NGramLM(12, 4).fit(text[:2000])
    costs = []
    for room in (0, 200, 800, 3000, 10**6):
        packed = pack_counts(ngram, room)
        assert len(packed["base64"]) <= room
        probs = [guess(packed, text[:n]) for n in range(2000, 2150)]
        assert np.allclose(np.sum(probs, axis=1), 1) and np.min(probs) > 0
        costs.append(-np.log([p[text[2000 + n]] for n, p in enumerate(probs)]).mean())
    assert costs[0] == pytest.approx(np.log(12))
    assert costs == sorted(costs, reverse=True)
    assert costs[3] < costs[0] - 0.5


def test_what_it_keeps_is_worth_more_than_the_commonest(text):
    # As many single letters as there is room for say less than a few pairs do.
    ngram = NGramLM(12, 3).fit(text)
    packed = pack_counts(ngram, 300)
    assert packed["num_levels"] == 3
    costs = [-np.log(guess(packed, text[:n])[text[n]]) for n in range(100, 300)]
    alone = NGramLM(12, 1).fit(text)
    assert np.mean(costs) < -alone.log_probs(text[100:300]).mean() - 0.1


def test_what_an_ngram_is_worth(text):
    # Its share of all places, times its part of the relative entropy it would cost.
    ngram = NGramLM(12, 3).fit(text)

    def probs(*history):
        return ngram.next_probs(np.array(history, int))

    found = _candidates(ngram)[2]
    level = ngram._levels[2]
    assert len(found.tokens) == len(level.grams)
    left = dict(zip(level.contexts.tolist(), level.left, strict=True))
    for history, token, kept, worth in zip(*found, strict=True):
        first, second = divmod(int(history), 12)
        share = probs()[first] * probs(first)[second]
        p = probs(first, second)[token]
        without = (kept + left[int(history)]) * probs(second)[token]
        assert worth == pytest.approx(share * p * np.log(p / without))


def test_numbers_beyond_what_javascript_counts_are_left_out():
    ids = np.random.default_rng(0).integers(900, size=200)
    packed = pack_counts(NGramLM(900, 6).fit(ids), 10**6)
    assert packed["num_levels"] == 6  # 900 ** 5 is below 2 ** 53
    binary = np.random.default_rng(0).integers(2, size=90)
    packed = pack_counts(NGramLM(2, 60).fit(binary), 10**6)
    assert packed["num_levels"] == 54 and packed["order"] == 60


def test_room_must_be_a_number():
    with pytest.raises(ValueError, match="`room`"):
        pack_counts(NGramLM(2, 1).fit([0, 1]), -1)
