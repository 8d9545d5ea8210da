"""How an exercise takes whatever a reader may hand it."""

import contextlib
import time

import numpy as np
import pytest
from hypothesis import strategies as st

from seqmodels.exercises import _examining, exercise
from seqmodels.exercises._attempts import Nothing
from seqmodels.exercises._inputs import ids, numbers, probabilities, size
from seqmodels.exercises._verdict import RIGHT, UNTOUCHED, WRONG


@pytest.fixture
def total(monkeypatch):
    monkeypatch.setattr(_examining, "FIRST_SECONDS", 1.0)

    @exercise(
        difficulty=1,
        minutes=1,
        seconds=0.3,
        inputs=[numbers(size("n", 2, 5), 2)],
        hints=["first", "second"],
    )
    def row_sums(table):
        """The sum of each row."""
        return table.sum(axis=1)

    @row_sums.wrong("sums of columns", "Rows lie <across>.")
    def _(table):
        return table.sum(axis=0)

    @row_sums.wrong("a mean for a sum", "A *sum* is not divided, 2 * 3 * 4, by `n`.")
    def _(table):
        return table.mean(axis=1)

    return row_sums


@pytest.fixture
def dozen():
    @exercise(difficulty=1, minutes=1, hints=["Count them."])
    def dozen():
        """How many?"""
        return 3 * 4

    @dozen.wrong("a baker's dozen", "That is one more.")
    def _():
        return 13

    return dozen


def untouched(table):
    """The sum of each row."""
    ...


def to_be_written(table):
    raise NotImplementedError


def one_line_missing(table):
    sums = ...
    return sums[:]


@pytest.mark.parametrize(
    "answer", [..., untouched, to_be_written, one_line_missing, lambda table: ...]
)
def test_no_attempt(total, answer):
    assert total.examine(answer).state == UNTOUCHED


def test_right_in_any_form(total):
    for answer in (
        lambda table: [sum(row) for row in table],
        lambda table: (sum(row) for row in table),
        lambda table: tuple(float(a + b) for a, b in table),
        lambda table: np.float32(table.sum(1)),
    ):
        assert total.examine(answer).state == RIGHT


def test_a_misconception_is_named_and_shown_on_the_smallest_input(total):
    verdict = total.examine(lambda table: table.sum(0))
    assert (verdict.state, verdict.misconception) == (WRONG, "sums of columns")
    assert verdict.inputs["table"].shape == (2, 2)
    assert "✗ row_sums: sums of columns" in str(verdict) and "wanted" in str(verdict)
    assert "Rows lie &lt;across&gt;." in verdict._repr_html_()
    drawn = total.examine(lambda table: table.mean(1))._repr_html_()
    assert "A <em>sum</em> is not divided, 2 * 3 * 4, by <code>n</code>." in drawn


def test_what_is_unknown_has_no_name(total):
    verdict = total.examine(lambda table: table.max(axis=1))
    assert (verdict.state, verdict.misconception) == (WRONG, "")
    assert "The numbers differ." in str(verdict)
    verdict = total.examine(lambda table: table)
    assert "The shape (2,) is wanted; yours is (2, 2)." in str(verdict)


def test_an_input_may_be_changed(total):
    def answer(table):
        table[:, 0] += table[:, 1]
        return table[:, 0]

    assert total.examine(answer).state == RIGHT


def test_a_crash_is_told_with_its_line(total):
    def answer(table):
        return table @ table @ np.ones(3)

    said = str(total.examine(answer))
    assert "It stopped with an error" in said and "ValueError" in said
    assert "return table @ table @ np.ones(3)" in said


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, RecursionError])
def test_no_error_comes_through(total, error):
    def answer(table):
        raise error

    assert error.__name__ in str(total.examine(answer))


def test_what_never_ends_is_stopped(total, capfd):
    def stubborn(table):
        while True:
            with contextlib.suppress(BaseException):
                time.sleep(0.01)

    def plain(table):
        while True:
            pass

    def growing(table):
        rows = []
        while True:
            rows.append(len(rows))

    for answer in (plain, growing, stubborn, lambda table: time.sleep(2)):
        assert "not ended after 1 seconds" in str(total.examine(answer))
    assert not capfd.readouterr().err


def test_what_is_printed_is_shown_with_the_input_that_fails(total, capsys):
    def right(table):
        print("begun")
        return table.sum(1)

    total(right)
    assert capsys.readouterr().out == "✓ row_sums: right\n"

    def wrong(table):
        print("<begun>", *range(len(table)), sep="\n")
        return table.sum(0)

    verdict = total.examine(wrong)
    assert "  printed  <begun>\n" in str(verdict)
    assert "&lt;begun&gt;" in verdict._repr_html_()

    def talkative(table):
        print(*range(1000), sep="\n")
        return table.sum(0)

    assert str(total.examine(talkative)).endswith("11\n            ...")


def test_nothing_returned_is_an_attempt(total):
    def answer(table):
        table.sum(1)

    verdict = total.examine(answer)
    assert verdict.state == WRONG and "a `return` missing" in verdict.explanation


def test_a_result_in_place_of_the_function(total):
    for result in (
        np.zeros(3),
        None,
        Nothing,
    ):  # None: of a function without a `return`
        verdict = total.examine(result)
        assert verdict.state == WRONG
        assert "hand over the function" in verdict.explanation


def test_values(dozen):
    assert dozen.examine(None).state == UNTOUCHED
    assert dozen.examine(12).state == dozen.examine(12.0).state == RIGHT
    assert dozen.examine(13).misconception == "a baker's dozen"
    assert dozen.examine(11).explanation == "That is not it."
    assert "12" not in str(dozen.examine(11))
    assert "A number is wanted" in str(dozen.examine("twelve"))


def test_hints_come_one_by_one(total, capsys):
    for _ in range(3):
        total.hint()
    assert capsys.readouterr().out.splitlines() == [
        "Hint 1 of 2: first",
        "Hint 2 of 2: second",
        "Hint 1 of 2: first",
    ]


def test_the_solution_comes_when_asked_twice(total, capsys):
    total.hint()
    total(lambda table: table)
    capsys.readouterr()
    total.solution()
    assert "check.row_sums.hint()" in capsys.readouterr().out
    total.solution()
    assert capsys.readouterr().out.startswith("def row_sums(table):")


@pytest.mark.parametrize(
    "before",
    [
        lambda total: [total.hint(), total.hint()],
        lambda total: [total(lambda table: table.sum(1)), total(lambda table: table)],
    ],
    ids=["the last hint", "a right answer"],
)
def test_after_that_the_solution_comes_at_once(total, before, capsys):
    before(total)
    capsys.readouterr()
    total.solution()
    assert capsys.readouterr().out.startswith("def row_sums(table):")


def test_several_answers_may_be_right():
    @exercise(difficulty=1, minutes=1, inputs=[st.integers(2, 9)], hints=["?"])
    def a_divisor(number):
        """Any divisor."""
        return number

    @a_divisor.accepts
    def _(answer, number):
        return number % answer == 0

    assert a_divisor.examine(lambda number: 1).state == RIGHT
    assert a_divisor.examine(lambda number: 2).state == WRONG


def test_an_answer_that_is_another_each_time(total):
    rng = np.random.default_rng()
    verdict = total.examine(lambda table: rng.random(len(table)))
    assert verdict.state == WRONG and "answers differently" in verdict.explanation
    kept = []

    def keeps(table):
        kept.extend(table.sum(1))
        return kept

    verdict = total.examine(keeps)
    assert verdict.state == WRONG and "answers differently" in verdict.explanation
    assert "in all" in str(verdict)


def test_a_misconception_that_crashes_on_some_inputs_is_named(total):
    def answer(table):
        if len(table) == 2:
            raise IndexError
        return table.sum(0)

    assert total.examine(answer).misconception == "sums of columns"

    def mostly(table):
        if len(table) < 5:
            raise IndexError
        return table.sum(0)

    verdict = total.examine(mostly)
    assert verdict.state == WRONG and not verdict.misconception


def test_the_same_error_has_no_name_where_values_do_not_tell(total):
    @total.wrong("rows of three alone", "There are <others>.")
    def _(table):
        if len(table) != 3:
            raise IndexError
        return -table.sum(1)

    def answer(table):
        raise IndexError  # for another reason

    assert not total.examine(answer).misconception
    known = total.wrong_answers[-1]
    assert total.examine(known.function).misconception == known.name


def test_an_error_is_named_if_it_comes_where_the_known_one_has_it(total):
    @total.wrong("rows of three or more alone", "There are two.")
    def _(table):
        if len(table) < 3:
            raise IndexError
        return table.sum(1)  # right elsewhere

    def answer(table):
        if len(table) < 3:
            return table[3]
        return [*map(sum, table)]

    assert total.examine(answer).misconception == "rows of three or more alone"


def test_how_to_try_what_cannot_be_read():
    steps = st.sampled_from([abs, float])

    def made(*inputs):
        return exercise(difficulty=1, minutes=1, inputs=inputs, hints=["?"])

    @made(steps)
    def one(step):
        """One input."""
        return 1

    @made(steps, st.integers(1, 3))
    def two(step, number):
        """Two."""
        return 1

    for each, line in [
        (one, "step, = check.one.failed"),
        (two, "step, number = check.two.failed"),
    ]:
        verdict = each.examine(lambda *inputs: 0)
        assert f"to try  {line}\n" in f"{verdict}\n" and line in verdict._repr_html_()


def test_what_it_failed_on_can_be_had(total):
    assert total.failed is None
    total.examine(lambda table: table.sum(0))
    (table,) = total.failed
    assert table.shape == (2, 2)


def test_what_takes_too_long_in_all_is_stopped(total, monkeypatch):
    monkeypatch.setattr(_examining, "ALL_SECONDS", 0.5)

    def slow(table):
        time.sleep(0.2)
        return table.sum(1)

    began = time.monotonic()
    assert "not ended" in str(total.examine(slow))
    assert time.monotonic() - began < 3


def test_the_first_call_may_import_something(total):
    calls = []

    def answer(table):
        calls.append(1)
        time.sleep(0.6 if len(calls) == 1 else 0)
        return table.sum(1)

    assert total.examine(answer).state == RIGHT


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"difficulty": 6, "hints": ["?"]}, "`difficulty` must be from 1 to 5; got 6"),
        ({"difficulty": 1, "hints": []}, "`hints` must have one at least"),
    ],
)
def test_a_false_exercise(arguments, message):
    with pytest.raises(ValueError, match=message):
        exercise(minutes=1, **arguments)(lambda: 1)


def test_inputs_have_the_shapes_asked_for(total):
    shared = [numbers(size("n"), 3), ids(size("n"), vocab_size=5), probabilities(4)]

    @exercise(difficulty=1, minutes=1, inputs=shared, hints=["?"])
    def nothing_much(table, row, shares):
        """Nothing."""
        return 0

    shapes = set()
    for table, row, shares in nothing_much.examples:
        assert len(table) == len(row) and table.shape[1] == 3
        assert row.dtype == np.int32 and row.max() < 5
        assert shares.sum() == pytest.approx(1) and shares.min() > 0
        shapes.add(len(table))
    assert shapes == {1, 2, 3, 4}
    assert nothing_much.examples is nothing_much.examples
