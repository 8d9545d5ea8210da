"""Sizes and ids: what is taken, what is refused, and that all ask the same check."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqmodels import (
    HMM,
    BigramVocab,
    CharVocab,
    ContiguousBatches,
    NGramLM,
    cross_entropy,
    exact_match,
    generate,
    pad,
    sample_logits,
    teacher_forcing_pairs,
)
from seqmodels.text.checks import check_ids, check_size

LARGEST = 2**31 - 1
DTYPES = [f"{kind}{bits}" for kind in ("int", "uint") for bits in (8, 16, 32, 64)]


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3), np.array(3)])
def test_sizes(value):
    size = check_size("units", value)
    assert type(size) is int and size == 3


@pytest.mark.parametrize("least, wanted", [(0, "non-negative"), (1, "positive")])
def test_the_least_size(least, wanted):
    assert check_size("units", least, least) == least
    message = f"`units` must be a {wanted} integer; got {least - 1}"
    with pytest.raises(ValueError, match=message):
        check_size("units", least - 1, least)
    with pytest.raises(ValueError, match="must be an integer from 2 on; got 1"):
        check_size("units", 1, least=2)


def batches(batch_size=1, num_steps=1):
    return ContiguousBatches([0, 1, 0, 1], batch_size, num_steps)


def drawn(top_k):
    return sample_logits([[0.0, 1.0]], np.random.default_rng(0), top_k=top_k)


def random_hmm(num_states=1, vocab_size=2):
    return HMM.random(num_states, vocab_size, np.random.default_rng(0))


def written(num_tokens):
    return generate(NGramLM(2, 1), [0], num_tokens, np.random.default_rng(0))


USERS = {
    "batch_size": lambda x: batches(batch_size=x),
    "num_steps": lambda x: batches(num_steps=x),
    "top_k": drawn,
    "vocab_size": lambda x: NGramLM(x, 1),
    "order": lambda x: NGramLM(2, x),
    "num_states": lambda x: random_hmm(num_states=x),
    "vocab_size of HMM": lambda x: random_hmm(vocab_size=x),
    "batch_size of HMM": lambda x: random_hmm().initial_states(x),
    "batch_size of NGramLM": lambda x: NGramLM(2, 2).initial_states(x),
    "length": lambda x: pad([], x),
    "num_tokens": written,
    "num_steps of HMM": lambda x: random_hmm().fit([0, 1], x),
}
FROM_ZERO = {"length", "num_tokens", "num_steps of HMM"}


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("value", [True, np.True_, -1, 2.5, 1.0, "3", np.ones(1)])
def test_everybody_refuses_what_is_no_size(user, value):
    kind = "non-negative" if user in FROM_ZERO else "positive"
    name = user.split(" ")[0]
    with pytest.raises(ValueError, match=f"`{name}` must be a {kind} integer; got"):
        USERS[user](value)


@pytest.mark.parametrize("user", sorted(USERS.keys() - FROM_ZERO))
def test_zero_is_for_lengths_only(user):
    with pytest.raises(ValueError, match="must be a positive integer; got 0"):
        USERS[user](0)


@pytest.mark.parametrize("user", USERS)
def test_everybody_takes_numpy_integers(user):
    USERS[user](np.uint8(1))
    if user in FROM_ZERO:
        USERS[user](np.uint8(0))


@given(st.data(), st.sampled_from(DTYPES))
def test_ids_that_fit_keep_their_value(data, dtype):
    limits = np.iinfo(dtype)
    fitting = st.integers(max(limits.min, -LARGEST - 1), min(limits.max, LARGEST))
    values = data.draw(st.lists(fitting))
    ids = check_ids("ids", np.array(values, dtype))
    assert ids.dtype == np.int32 and ids.tolist() == values


TOO_LARGE = [2**31, 2**32 + 1, 2**63, -(2**31) - 1]


@pytest.mark.parametrize("wrong", TOO_LARGE)
@pytest.mark.parametrize("vocab_size", [None, 2**40])
def test_ids_that_do_not_fit(wrong, vocab_size):
    least = 0 if vocab_size else -(2**31)
    message = f"`ids` must be from {least} to {LARGEST}; got {wrong}"
    with pytest.raises(ValueError, match=message):
        check_ids("ids", np.array([wrong]), vocab_size)


@pytest.mark.parametrize("wrong", TOO_LARGE)
@pytest.mark.parametrize(
    "name, use",
    [
        ("sequences", lambda wrong: pad([[wrong]])),
        ("value", lambda wrong: pad([[1]], 2, value=wrong)),
        ("targets", lambda wrong: teacher_forcing_pairs([[wrong]], 0)),
        ("start", lambda wrong: teacher_forcing_pairs([[1]], wrong)),
        ("ids", lambda wrong: ContiguousBatches([wrong, wrong], 1, 1)),
        ("ids", lambda wrong: CharVocab("ab").decode([wrong])),
        ("predicted", lambda wrong: exact_match([[wrong]], [[1]])),
        ("targets", lambda wrong: cross_entropy(np.zeros((1, 2)), [wrong])),
        ("ids", lambda wrong: NGramLM(2, 2).fit([wrong])),
        ("ids", lambda wrong: random_hmm().forward([wrong])),
    ],
)
def test_nobody_wraps_ids(name, use, wrong):
    with pytest.raises(ValueError, match=rf"`{name}` must be from .*; got {wrong}\."):
        use(wrong)


def test_ids_that_are_right_already_are_not_copied():
    ids = np.arange(5, dtype=np.int32)
    assert np.shares_memory(check_ids("ids", ids), ids)
    assert np.shares_memory(check_ids("ids", ids, 5), ids)
    assert np.shares_memory(ContiguousBatches(ids, 1, 1).ids, ids)


def test_no_ids_have_no_kind():
    ids = check_ids("ids", np.zeros((0, 3)), 5)
    assert ids.dtype == np.int32 and ids.shape == (0, 3)


@pytest.mark.parametrize("ids", [1.0, [np.nan], ["a"], [True], [None], [2**64]])
def test_what_is_no_id(ids):
    with pytest.raises(TypeError, match="`ids` must be integers; got "):
        check_ids("ids", ids)


def test_rows_of_different_lengths():
    with pytest.raises(ValueError, match="`targets` must have rows of one length"):
        teacher_forcing_pairs([[1, 2], [3]], 0)


@pytest.mark.parametrize(
    "axes, shape",
    [((), r"\(\)"), (("batch",), r"\(batch,\)"), (("a", "b"), r"\(a, b\)")],
)
def test_the_axes_are_named(axes, shape):
    ids = np.zeros((1,) * len(axes), int)
    assert check_ids("ids", ids, axes=axes).shape == ids.shape
    with pytest.raises(ValueError, match=rf"`ids` must have shape {shape}; got \(1"):
        check_ids("ids", ids[..., None], axes=axes)


def read_by_everybody(ids):
    """What comes out wherever ids go in."""
    pairs, hmm = BigramVocab(CharVocab(map(chr, range(65, 365)))), random_hmm(2, 200)
    ngrams = NGramLM(200, 8).fit(ids)  # numbers that no float can tell apart
    hmm.fit(ids, num_steps=1)
    return [
        pairs.decode(ids),
        pad([ids], 40),
        ContiguousBatches(ids, 2, 3)[2],
        teacher_forcing_pairs([ids], ids[0]),
        ngrams.log_probs(ids),
        ngrams.step(ids[:2], ngrams.step(ids[2:4], ngrams.initial_states(2))[1]),
        hmm.viterbi(ids),
        hmm.step(ids[:1], hmm.initial_states(1)),
        cross_entropy(np.eye(len(ids), 200), ids),
    ]


@pytest.mark.parametrize("dtype", DTYPES[1:])
def test_ids_mean_the_same_in_every_dtype(dtype):
    ids = np.random.default_rng(0).integers(200, size=30)
    if dtype == "int8":
        ids = ids % 128
    expected, found = read_by_everybody(ids), read_by_everybody(ids.astype(dtype))
    for ours, theirs in zip(expected, found, strict=True):
        if isinstance(ours, str):
            assert ours == theirs
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(other, one)
