"""An n-gram's counts, cut down."""

import base64

import numpy as np
import pytest

from seqmodels import NGramLM
from seqmodels.page.counts import _known, _rebuilt, _worth, pack_counts


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


def test_with_little_room_it_guesses_nearly_as_well(text):
    ngram = NGramLM(12, 4).fit(text[:2000])
    own = -ngram.log_probs(text)[2000:2150].mean()
    costs = []
    for room in (0, 40, 200, 800, 3000):
        packed = pack_counts(ngram, room)
        assert len(packed["base64"]) <= room
        assert len(packed["base64"]) > 0.9 * room - 8
        assert packed["num_kept"] < packed["num_grams"]
        probs = [guess(packed, text[:n]) for n in range(2000, 2150)]
        assert np.allclose(np.sum(probs, axis=1), 1) and np.min(probs) > 0
        costs.append(-np.log([p[text[2000 + n]] for n, p in enumerate(probs)]).mean())
    assert costs[0] == pytest.approx(np.log(12))
    assert costs[:4] == sorted(costs[:4], reverse=True)
    assert max(costs[3:]) < own + 0.05


def test_what_it_keeps_is_worth_more_than_the_commonest(text):
    # As many single letters as there is room for say less than a few pairs do.
    ngram = NGramLM(12, 3).fit(text)
    packed = pack_counts(ngram, 300)
    assert packed["num_levels"] == 3
    costs = [-np.log(guess(packed, text[:n])[text[n]]) for n in range(100, 300)]
    alone = NGramLM(12, 1).fit(text)
    assert np.mean(costs) < -alone.log_probs(text[100:300]).mean() - 0.1


def test_longer_ones_cost_nothing_if_there_is_no_room_for_them(text):
    # Kneser-Ney's own shorter ones would: they predict what is new, not what follows.
    rng = np.random.default_rng(3)
    words = ["the", "then", "a", "cat", "cab", "bathe", "heat", "teach", "bet"]
    letters = " ".join(rng.choice(words, size=4000, p=np.arange(9, 0, -1) / 45))
    ids = np.array([" abcehnt".index(letter) for letter in letters])
    costs = []
    for order in (3, 6):
        packed = pack_counts(NGramLM(8, order).fit(ids[:-400]), 400)
        assert 0 < packed["num_kept"] < packed["num_grams"]
        probs = [guess(packed, ids[:n]) for n in range(len(ids) - 400, len(ids))]
        assert np.allclose(np.sum(probs, axis=1), 1) and np.min(probs) > 0
        costs.append(
            np.mean([-np.log(p[n]) for p, n in zip(probs, ids[-400:], strict=True)])
        )
    assert costs[1] < costs[0] + 0.02


def test_what_an_ngram_is_worth(text):
    # The relative entropy that leaving it out costs, by the definition.
    short, known = _known(NGramLM(12, 2).fit(text[:300]))
    worth = _worth(known, short.probs)
    assert np.allclose(known.probs.sum(axis=1), 1) and known.shares.sum() <= 1 + 1e-9
    for row, share in enumerate(known.shares):
        probs, shorter = known.probs[row], short.probs[0]

        def cost(some, probs=probs, shorter=shorter):
            left = (1 - probs[some].sum()) / (1 - shorter[some].sum())
            return np.sum(probs * np.log(probs / np.where(some, probs, left * shorter)))

        some = known.seen[row] & (probs > shorter)
        assert not worth[row][~some].any() and some.any()
        for token in np.flatnonzero(some):
            without = some & (np.arange(12) != token)
            expected = share * (cost(without) - cost(some))
            assert worth[row, token] == pytest.approx(expected)


def test_what_is_kept_has_its_probability_again(text):
    known = _known(NGramLM(12, 3).fit(text))
    rng = np.random.default_rng(0)
    chosen = [x.seen & (rng.random(x.seen.shape) < 0.4) for x in known]
    rows, off = None, []
    for level, grams in zip(known, _rebuilt(known, chosen), strict=True):
        kept = np.zeros_like(level.probs)
        kept[np.searchsorted(level.numbers, grams.histories), grams.tokens] = grams.kept
        shorter = 1 / 12 if rows is None else rows[level.shorter]
        rows = kept + (1 - kept.sum(axis=1, keepdims=True)) * shorter
        some = kept > 0
        off += list(np.abs(rows - level.probs)[some])
    assert len(off) > 0.2 * sum(x.seen.sum() for x in known) and max(off) < 1e-4


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
