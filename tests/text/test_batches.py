"""Streams of text, padding, and teacher forcing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqmodels import ContiguousBatches, pad, teacher_forcing_pairs


@st.composite
def texts_and_sizes(draw):
    batch_size, num_steps = draw(st.integers(1, 5)), draw(st.integers(1, 6))
    least = batch_size * num_steps + 1
    return np.arange(draw(st.integers(least, least + 60))), batch_size, num_steps


def test_the_example_of_the_design():
    batches = ContiguousBatches(np.arange(25), batch_size=4, num_steps=3)
    windows = [(inputs.tolist(), targets.tolist()) for inputs, targets in batches]
    assert windows == [
        (
            [[0, 1, 2], [6, 7, 8], [12, 13, 14], [18, 19, 20]],
            [[1, 2, 3], [7, 8, 9], [13, 14, 15], [19, 20, 21]],
        ),
        (
            [[3, 4, 5], [9, 10, 11], [15, 16, 17], [21, 22, 23]],
            [[4, 5, 6], [10, 11, 12], [16, 17, 18], [22, 23, 24]],
        ),
    ]


@given(texts_and_sizes(), st.sampled_from([np.int8, np.uint8, np.int32, np.int64]))
def test_windows_are_their_definition(case, dtype):
    ids, batch_size, num_steps = case
    ids = np.random.default_rng(len(ids)).integers(128, size=len(ids), dtype=dtype)
    batches = ContiguousBatches(ids, batch_size, num_steps)
    stream_length = (len(ids) - 1) // batch_size
    for window in range(len(batches)):
        first = window * num_steps
        places = first + np.arange(batch_size)[:, None] * stream_length
        places = places + np.arange(num_steps)
        for found, later in zip(batches[window], [0, 1], strict=True):
            np.testing.assert_array_equal(found, ids[places + later])


@given(texts_and_sizes())
def test_rows_go_on_from_window_to_window(case):
    ids, batch_size, num_steps = case
    batches = ContiguousBatches(ids, batch_size, num_steps)
    windows = [inputs for inputs, _ in batches]
    stream_length = (len(ids) - 1) // batch_size
    assert len(windows) == len(batches) == stream_length // num_steps
    # Every window once, and rows that go on: the streams are the text's own parts.
    read = np.concatenate(windows, axis=1)
    for row, stream in enumerate(read):
        first = row * stream_length
        assert stream.tolist() == list(range(first, first + len(stream)))


@given(texts_and_sizes())
def test_targets_are_the_text_one_token_later(case):
    for inputs, targets in ContiguousBatches(*case):
        assert inputs.dtype == targets.dtype == np.int32
        np.testing.assert_array_equal(targets, inputs + 1)  # the text is 0, 1, 2, ...


def test_a_second_pass_is_like_the_first():
    batches = ContiguousBatches(np.arange(50) % 7, 2, 5)
    np.testing.assert_array_equal(list(batches), list(batches))


def test_a_small_numpy_integer_names_the_same_window():
    batches = ContiguousBatches(np.arange(401), 1, 2)
    np.testing.assert_array_equal(batches[np.uint8(199)], batches[199])
    with pytest.raises(TypeError, match="integer"):
        batches[1.0]


@pytest.mark.parametrize("window", [-1, 2])
def test_windows_outside(window):
    batches = ContiguousBatches(np.arange(25), 4, 3)
    with pytest.raises(IndexError, match=f"from 0 to 1; got {window}"):
        batches[window]


@pytest.mark.parametrize(
    "ids, batch_size, num_steps, message",
    [
        (np.arange(63), 8, 10, "63 tokens; 8 streams of 10 steps need at least 81"),
        (np.arange(24), 4, 6, "24 tokens; 4 streams of 6 steps need at least 25"),
        (np.arange(5), 9, 1, "5 tokens; 9 streams of 1 steps need at least 10"),
        ([], 1, 1, "0 tokens; 1 streams of 1 steps need at least 2"),
        (np.zeros((2, 9), int), 1, 1, r"shape \(num_tokens,\); got \(2, 9\)"),
        (np.arange(9), 0, 1, "`batch_size` must be a positive integer; got 0"),
        (np.arange(9), 2.0, 1, "`batch_size` must be a positive integer; got 2.0"),
        (np.arange(9), 1, -1, "`num_steps` must be a positive integer; got -1"),
        (np.arange(9) - 1, 1, 1, "`ids` must be from 0 to 2147483647; got -1"),
    ],
)
def test_what_cannot_be_cut(ids, batch_size, num_steps, message):
    with pytest.raises(ValueError, match=message):
        ContiguousBatches(ids, batch_size, num_steps)


def test_the_shortest_text_that_can_be_cut():
    batches = ContiguousBatches(np.arange(25), 4, 6)
    assert len(batches) == 1
    assert batches[0][1][-1, -1] == 24


def test_float_ids():
    with pytest.raises(TypeError, match="`ids` must be integers; got float64"):
        ContiguousBatches(np.arange(9.0), 1, 1)


@pytest.mark.parametrize(
    "options, expected",
    [
        ({}, [[1, 2, 3], [4, 0, 0], [0, 0, 0]]),
        ({"side": "left"}, [[1, 2, 3], [0, 0, 4], [0, 0, 0]]),
        ({"length": 4, "value": 9}, [[1, 2, 3, 9], [4, 9, 9, 9], [9, 9, 9, 9]]),
    ],
)
def test_pad(options, expected):
    padded = pad([[1, 2, 3], np.array([4]), []], **options)
    assert padded.dtype == np.int32
    assert padded.tolist() == expected


@given(st.lists(st.lists(st.integers(1, 9))), st.sampled_from(["left", "right"]))
def test_padding_only_adds(sequences, side):
    padded = pad(sequences, side=side)
    assert [[n for n in row if n] for row in padded.tolist()] == sequences


@given(st.data(), st.sampled_from(["left", "right"]))
def test_padded_rows_are_their_definition(data, side):
    ids = st.integers(-(2**31), 2**31 - 1)
    sequences = data.draw(st.lists(st.lists(ids, max_size=5), max_size=5))
    value, more = data.draw(ids), data.draw(st.integers(0, 3))
    length = max(map(len, sequences), default=0) + more
    padded = pad(map(np.array, sequences), length, value=value, side=side)
    assert padded.dtype == np.int32 and padded.shape == (len(sequences), length)
    for row, sequence in zip(padded.tolist(), sequences, strict=True):
        filling = [value] * (length - len(sequence))
        assert row == (sequence + filling if side == "right" else filling + sequence)


@pytest.mark.parametrize("value", [1.7, 1.0, np.nan, True, "a", None])
def test_what_is_no_id_fills_nothing_and_starts_nothing(value):
    with pytest.raises(TypeError, match="`value` must be integers; got "):
        pad([[1], [2, 3]], value=value)
    with pytest.raises(TypeError, match="`start` must be integers; got "):
        teacher_forcing_pairs([[1]], value)


def test_one_id_fills_and_one_starts():
    with pytest.raises(ValueError, match=r"`value` must have shape \(\); got \(2,\)"):
        pad([[1, 2]], value=[3, 4])
    with pytest.raises(ValueError, match=r"`start` must have shape \(\); got \(1, 1\)"):
        teacher_forcing_pairs([[1]], [[3]])


@pytest.mark.parametrize("sequences", [[1, 2], [[[5]]], np.zeros((1, 1, 1), int)])
def test_only_rows_are_padded(sequences):
    message = r"`sequences` must have shape \(num_tokens,\); got \("
    with pytest.raises(ValueError, match=message):
        pad(sequences)


def test_pad_refuses():
    message = "`length` is 2, but the longest of `sequences` has 3 ids"
    with pytest.raises(ValueError, match=message):
        pad([[1, 2, 3]], 2)
    message = '`side` must be "left" or "right"; got \'top\''
    with pytest.raises(ValueError, match=message):
        pad([[1]], side="top")


def test_teacher_forcing():
    targets = np.array([[5, 6, 7], [8, 9, 2]])
    inputs, outputs = teacher_forcing_pairs(targets, start=1)
    assert inputs.dtype == outputs.dtype == np.int32
    assert inputs.tolist() == [[1, 5, 6], [1, 8, 9]]
    np.testing.assert_array_equal(outputs, targets)
    with pytest.raises(ValueError, match=r"shape \(batch, num_steps\); got \(3,\)"):
        teacher_forcing_pairs([5, 6, 7], start=1)


@given(st.integers(0, 3), st.integers(0, 4))
def test_teacher_forcing_keeps_the_shape(batch, num_steps):
    targets = np.arange(batch * num_steps).reshape(batch, num_steps)
    inputs, outputs = teacher_forcing_pairs(targets, start=7)
    assert inputs.shape == outputs.shape == (batch, num_steps)
    assert (inputs[:, :1] == 7).all()
    np.testing.assert_array_equal(inputs[:, 1:], targets[:, :-1])


def test_teacher_forcing_leaves_its_targets_alone():
    targets = np.array([[5, 6, 7]], np.int32)
    for ours in teacher_forcing_pairs(targets, start=1):
        ours += 1
    assert targets.tolist() == [[5, 6, 7]]


@given(texts_and_sizes())
def test_features_go_with_their_ids(case):
    ids, batch_size, num_steps = case
    features = np.stack([ids, ids + 0.5], axis=1), ids[:, None] * 2
    batches = ContiguousBatches(*case, features=features)
    for (found, *beside), targets in batches:
        np.testing.assert_array_equal(targets, found + 1)
        assert [array.shape for array in beside] == [
            (*found.shape, 2),
            (*found.shape, 1),
        ]
        np.testing.assert_array_equal(beside[0], np.stack([found, found + 0.5], -1))
        np.testing.assert_array_equal(beside[1], found[..., None] * 2)


def test_one_array_of_features_is_a_tuple_of_one():
    features = np.arange(50, dtype=np.float16)[:, None]
    batches = ContiguousBatches(np.arange(50), 2, 5, features)
    assert batches.features[0] is features and len(batches.features) == 1
    assert batches[0][0][1].dtype == np.float16


@pytest.mark.parametrize(
    "features, error, message",
    [
        (np.zeros((9, 2)), ValueError, r"`features\[0\]` must have shape \(50, size\)"),
        (np.zeros(50), ValueError, r"got \(50,\)"),
        (np.zeros((50, 0)), ValueError, r"got \(50, 0\)"),
        (
            (np.zeros((50, 1)), np.full((50, 1), "a")),
            TypeError,
            r"`features\[1\]` must",
        ),
        (np.zeros((50, 1), bool), TypeError, "integers or floats; got bool"),
        (np.zeros((50, 1), complex), TypeError, "integers or floats; got complex128"),
        (
            np.where(np.arange(50) == 7, np.nan, 0)[:, None],
            ValueError,
            "of token 7 are",
        ),
        (
            np.where(np.arange(50) == 8, np.inf, 0)[:, None],
            ValueError,
            "of token 8 are",
        ),
    ],
)
def test_refuses_features(features, error, message):
    with pytest.raises(error, match=message):
        ContiguousBatches(np.arange(50), 2, 5, features)


@given(texts_and_sizes(), st.data())
def test_shares_are_the_rows_of_the_whole(case, data):
    ids, batch_size, num_steps = case
    ids = np.random.default_rng(len(ids)).permutation(ids)
    features = np.stack([ids, ids + 0.5], axis=1), -ids[:, None]
    features = data.draw(st.sampled_from([(), features[:1], features]))
    whole = ContiguousBatches(ids, batch_size, num_steps, features)
    divisors = [n for n in range(1, batch_size + 1) if batch_size % n == 0]
    number = data.draw(st.sampled_from(divisors))
    shares = [whole.share(number, index) for index in range(number)]
    assert all(len(share) == len(whole) for share in shares)
    assert all(share.num_steps == num_steps for share in shares)
    for window, expected in enumerate(whole):
        inputs, targets = zip(*(share[window] for share in shares), strict=True)
        np.testing.assert_array_equal(np.concatenate(targets), expected[1])
        if not features:
            inputs, expected = [(x,) for x in inputs], [(expected[0],)]
        for parts, part in zip(zip(*inputs, strict=True), expected[0], strict=True):
            np.testing.assert_array_equal(np.concatenate(parts), part)


def test_a_share_is_no_copy():
    features = np.zeros((50, 2))
    batches = ContiguousBatches(np.arange(50, dtype=np.int32), 4, 5, features)
    share = batches.share(2, 1)
    assert np.shares_memory(share.ids, batches.ids)
    assert np.shares_memory(share.features[0], features)


@pytest.mark.parametrize(
    "number, index, message",
    [
        (3, 0, "`batch_size` must be a multiple of the number of workers, 3, .* got 4"),
        (8, 0, "`batch_size` must be a multiple of the number of workers, 8, .* got 4"),
        (2, 2, "`index` must be below 2; got 2"),
        (2, -1, "`index` must be a non-negative integer; got -1"),
        (2, 1.0, "`index` must be a non-negative integer; got 1.0"),
        (0, 0, "`number` must be a positive integer; got 0"),
    ],
)
def test_what_cannot_be_shared(number, index, message):
    with pytest.raises(ValueError, match=message):
        ContiguousBatches(np.arange(25), 4, 3).share(number, index)
