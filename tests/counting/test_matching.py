"""What followed the last time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqmodels import MatchModel

LENGTHS = st.lists(st.integers(1, 4), min_size=1, max_size=3)


@st.composite
def texts(draw):
    """A vocabulary's size, a text to fit and one to read, of few tokens."""
    vocab_size = draw(st.integers(1, 3))
    text = st.lists(st.integers(0, vocab_size - 1), max_size=14)
    return vocab_size, draw(text), draw(text)


def followed_by_definition(vocab_size, lengths, text, place):
    """Looks back from a place, token by token, for each length."""
    row = []
    for length in lengths:
        last = text[place + 1 - length : place + 1]
        ends = [
            end
            for end in range(length - 1, place)
            if text[end + 1 - length : end + 1] == last
        ]
        row.append(text[ends[-1] + 1] if ends and len(last) == length else vocab_size)
    return row


@given(texts(), LENGTHS)
def test_is_its_definition(case, lengths):
    vocab_size, before, ids = case
    found = MatchModel(vocab_size, lengths).fit(before).followed(np.array(ids, int))
    assert found.shape == (len(ids), len(lengths)) and found.dtype == np.int32
    for row, place in zip(found, range(len(before), len(before + ids)), strict=True):
        expected = followed_by_definition(vocab_size, lengths, before + ids, place)
        assert row.tolist() == expected


@given(texts(), LENGTHS)
def test_steps_are_the_whole(case, lengths):
    vocab_size, before, ids = case
    model = MatchModel(vocab_size, lengths).fit(before)
    other = [(token + 1) % vocab_size for token in ids]
    states = model.initial_states(2)
    for n in range(len(ids)):
        now, states = model.step([ids[n], other[n]], states)
        for row, text in zip(now, (ids, other), strict=True):
            assert row.tolist() == model.followed(text[: n + 1])[-1].tolist()


@given(texts(), LENGTHS)
def test_knows_nothing_of_what_comes(case, lengths):
    vocab_size, before, ids = case
    model = MatchModel(vocab_size, lengths).fit(before)
    changed = np.array(ids, int)
    changed[len(ids) // 2 :] = 0
    half = slice(0, len(ids) // 2)
    a, b = model.followed(np.array(ids, int)), model.followed(changed)
    np.testing.assert_array_equal(a[half], b[half])


def test_fitted_anew_it_forgets():
    model = MatchModel(3, (1,)).fit([0, 1, 0, 1])
    assert model.followed([0]).tolist() == [[1]]
    assert model.fit([2]).followed([0]).tolist() == [[3]]


def test_of_nothing():
    assert MatchModel(3).followed(np.zeros(0, int)).shape == (0, 5)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ((0,), "`vocab_size` must be a positive integer; got 0"),
        ((3, ()), "`lengths` must hold at least one length; got none"),
        ((3, (2, 0)), "`lengths` must be a positive integer; got 0"),
        ((27, (14,)), "`lengths` is 14: n-grams of 27 tokens cannot"),
        ((1, (63,)), "`lengths` is 63"),
    ],
)
def test_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        MatchModel(*arguments)


def test_refuses_ids():
    model = MatchModel(3)
    for call in (model.fit, model.followed):
        with pytest.raises(ValueError, match="`ids` must be from 0 to 2; got 3"):
            call([0, 3])
        with pytest.raises(ValueError, match=r"shape \(num_tokens,\)"):
            call([[0]])
        with pytest.raises(TypeError, match="`ids` must be integers"):
            call([0.5])
    with pytest.raises(ValueError, match="`ids` must be from 0 to 2; got 3"):
        model.step([3], model.initial_states(1))
