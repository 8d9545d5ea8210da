"""What holds of every exercise of the course; `python -m tests.exercises` counts it."""

import re

import pytest

from seqmodels.exercises import _examining
from seqmodels.exercises._verdict import RIGHT
from tests.exercises import material, tally
from tests.exercises.mutants import mutants

EVERY = material.exercises()
every = pytest.mark.parametrize(
    ("module", "exercise"), EVERY, ids=[exercise.name for _, exercise in EVERY]
)


@pytest.fixture(autouse=True)
def no_search_for_a_smaller_input(monkeypatch):
    monkeypatch.setattr(_examining, "SEARCH_SECONDS", 0.0)


def all_good(judged, at_least):
    judged = list(judged)
    assert len(judged) >= at_least
    assert not [f"{what}\n{verdict}" for what, good, verdict in judged if not good]


def test_there_are_enough():
    assert len(EVERY) >= 60
    assert sum(len(exercise.wrong_answers) for _, exercise in EVERY) >= 180
    names = [exercise.name for _, exercise in EVERY]
    assert len(set(names)) == len(names)


@every
def test_the_untouched_cell_is_not_attempted(module, exercise):
    all_good(tally.untouched(module, exercise), at_least=1)
    assert len(material.cells(module, exercise.name)) == 1


@every
def test_the_solution_is_right(module, exercise):
    all_good(tally.solutions(module, exercise), at_least=1)


@every
def test_three_that_are_written_differently_are_right(module, exercise):
    all_good(tally.other_right(module, exercise), at_least=3)


@every
def test_each_wrong_answer_is_told_its_own_name(module, exercise):
    all_good(tally.wrong(module, exercise), at_least=2)


@every
def test_what_nobody_thought_of_is_wrong_and_has_no_name(module, exercise):
    all_good(tally.unlisted(module, exercise), at_least=1)


@every
def test_no_changed_solution_is_right(module, exercise):
    all_good(tally.changed(module, exercise), at_least=1)
    same = {
        change
        for change, answer in mutants(exercise.solved)
        if exercise.examine(answer).state == RIGHT
    }
    assert same == material.same(module, exercise.name)


@every
def test_the_notebook_words_it(module, exercise):
    (place,) = material.cells(module, exercise.name)
    cells = material.lesson(module).cells
    head = f"**Exercise {exercise.stars} {exercise.minutes} min · {exercise.name}.** "
    assert head in cells[place - 1].source
    others = [cell for cell in cells if cell is not cells[place]]
    code = "\n".join(cell.source for cell in others if cell.cell_type == "code")
    assert not re.search(rf"\b{exercise.name}\b", code), "it would be overwritten"


@every
def test_it_says_what_is_asked_and_helps(module, exercise):
    assert len(exercise.__doc__) > 20 and 1 <= exercise.minutes <= 40
    for text in [*exercise.hints, *(w.hint for w in exercise.wrong_answers)]:
        assert text.endswith((".", "?")) and "!" not in text
    names = [wrong.name for wrong in exercise.wrong_answers]
    assert len(set(names)) == len(names)


def test_the_misconceptions_that_the_course_must_know():
    known = {w.name for _, exercise in EVERY for w in exercise.wrong_answers}
    assert known >= {
        "targets not shifted",
        "state not carried",
        "gradient through the carried state",
        "softmax over the wrong axis",
        "mean over padding",
        "perplexity averaged before the exponential",
        "gate order swapped",
        "forget and input gate exchanged",
        "dropout on the recurrent connection",
        "dropout left on in evaluation",
        "scaling by keep instead of its inverse",
        "mask after the softmax",
        "teacher forcing when writing",
        "argmax for sampling",
        "temperature multiplied instead of divided",
        "loss per pair compared with loss per letter",
        "test text in the vocabulary",
        "padding on the wrong side",
    }
