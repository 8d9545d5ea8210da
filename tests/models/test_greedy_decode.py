"""`greedy_decode`: what is written when nobody helps."""

import numpy as np
import pytest
import tensorflow as tf

from seqmodels import Seq2Seq, greedy_decode

VOCAB_SIZE, START, END = 9, 1, 2
MARKS = {"start": START, "end": END}


@pytest.fixture(scope="module")
def model():
    model = Seq2Seq(VOCAB_SIZE, 6, embed_dim=4)
    rng = np.random.default_rng(8)
    model.set_weights([2 * rng.normal(size=w.shape) for w in model.get_weights()])
    return model


@pytest.fixture(scope="module")
def source():
    rng = np.random.default_rng(1)
    rows = rng.integers(3, VOCAB_SIZE, (40, 7))
    lengths = rng.integers(8, size=(40, 1))  # some rows are empty
    return np.where(np.arange(7) < lengths, rows, 0)


@pytest.fixture(scope="module")
def written(model, source):
    return greedy_decode(model, source, max_length=12, **MARKS)


def test_the_rows_are_worth_testing(written):
    ended = (written == END).any(axis=1)
    assert 5 < ended.sum() < 35 and len(np.unique(written, axis=0)) > 10
    assert written.dtype == np.int32 and written.shape == (40, 12)


def test_padding_and_nothing_else_behind_the_end(written):
    for row in written.tolist():
        if END in row:
            assert not any(row[row.index(END) + 1 :])


def test_with_its_own_answer_as_teacher_it_answers_the_same(model, source, written):
    inputs = np.hstack([np.full((40, 1), START), written[:, :-1]])
    forced = model((source, inputs)).numpy().argmax(axis=-1)
    real = np.cumsum(written == END, axis=1) - (written == END) == 0
    np.testing.assert_array_equal(forced[real], written[real])


def test_rows_in_a_batch_are_written_as_they_are_alone(model, source, written):
    for n in range(12):
        (alone,) = greedy_decode(model, source[n : n + 1], max_length=12, **MARKS)
        np.testing.assert_array_equal(alone, written[n, : len(alone)])
        assert not written[n, len(alone) :].any()


def test_more_padding_changes_nothing(model, source, written):
    wider = np.pad(source, [(0, 0), (0, 5)])
    again = greedy_decode(model, wider, max_length=12, **MARKS)
    np.testing.assert_array_equal(again, written)


def test_stops_when_all_are_done(model, source, written):
    lengths = (written == END).argmax(axis=1) + 1
    ended = (written == END).any(axis=1)
    some = ended & (lengths < 6)
    assert some.any()
    rows = tf.constant(source[some], tf.int32)
    answers, num_steps = model.decode_greedily(rows, START, END, 64, 50)
    longest = lengths[some].max()
    assert num_steps == longest and answers.shape == (64, some.sum())
    short = greedy_decode(model, source[some], max_length=50, **MARKS)
    np.testing.assert_array_equal(short, written[some, :longest])


def test_stops_at_the_longest_allowed(model, source, written):
    short = greedy_decode(model, source, max_length=3, **MARKS)
    np.testing.assert_array_equal(short, written[:, :3])


def test_nothing_to_do(model, source):
    assert greedy_decode(model, source, max_length=0, **MARKS).shape == (40, 0)
    assert greedy_decode(model, source[:0], max_length=5, **MARKS).shape == (0, 0)


ROW = np.array([[3, 4, 0]])


@pytest.mark.parametrize(
    "source, options, error, message",
    [
        (ROW[0], {}, ValueError, r"shape \(batch, source_steps\) .*; got \(3,\)"),
        (ROW[:, :0], {}, ValueError, r"at least one step; got \(1, 0\)"),
        (ROW * 1.0, {}, TypeError, "`source` must be integers; got float64"),
        (ROW + 5, {}, ValueError, "`source` must be from 0 to 8; got 9"),
        (ROW, {"start": 9}, ValueError, "`start` must be from 0 to 8; got 9"),
        (ROW, {"end": -1}, ValueError, "`end` must be from 0 to 8; got -1"),
        (
            ROW,
            {"max_length": -1},
            ValueError,
            "`max_length` must be a non-negative integer; got -1",
        ),
        (
            ROW,
            {"max_length": True},
            ValueError,
            "`max_length` must be a non-negative integer; got True",
        ),
    ],
)
def test_refuses(model, source, options, error, message):
    with pytest.raises(error, match=message):
        greedy_decode(model, source, **{**MARKS, "max_length": 5, **options})


def test_marks_may_be_numpys(model, source, written):
    marks = {name: np.int64(mark) for name, mark in MARKS.items()}
    np.testing.assert_array_equal(
        greedy_decode(model, source, max_length=12, **marks), written
    )
    with pytest.raises(ValueError, match=r"`start` must have shape \(\); got \(1,\)"):
        greedy_decode(model, source, max_length=12, start=[START], end=END)
