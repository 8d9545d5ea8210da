"""What holds of every exercise of the course."""

import re

import pytest

from seqmodels.exercises import _examining
from seqmodels.exercises._verdict import RIGHT, UNTOUCHED, WRONG
from tests.exercises import material
from tests.exercises.mutants import mutants

EVERY = material.exercises()
every = pytest.mark.parametrize(
    ("module", "exercise"), EVERY, ids=[exercise.name for _, exercise in EVERY]
)


@pytest.fixture(autouse=True)
def no_search_for_a_smaller_input(monkeypatch):
    monkeypatch.setattr(_examining, "SEARCH_SECONDS", 0.0)


def test_there_are_enough():
    assert len(EVERY) >= 60
    assert sum(len(exercise.wrong_answers) for _, exercise in EVERY) >= 180
    names = [exercise.name for _, exercise in EVERY]
    assert len(set(names)) == len(names)


@every
def test_the_untouched_cell_is_not_attempted(module, exercise):
    (place,) = material.cells(module, exercise.name)
    tried = []
    source = material.lesson(module).cells[place].source
    recorder = type("Recorder", (), {exercise.name: staticmethod(tried.append)})
    names = dict(vars(material.module(module)), check=recorder)
    exec(source, names)
    assert exercise.examine(tried[0]).state == UNTOUCHED


@every
def test_the_notebook_says_how_hard_it_is_and_how_long_it_takes(module, exercise):
    (place,) = material.cells(module, exercise.name)
    text = material.lesson(module).cells[place - 1].source
    assert f"**Exercise {exercise.stars} {exercise.minutes} min" in text


@every
def test_the_solution_is_right(module, exercise):
    verdict = exercise.examine(exercise.solved)
    assert verdict.state == RIGHT, str(verdict)


@every
def test_each_wrong_answer_is_told_its_own_name(module, exercise):
    assert len(exercise.wrong_answers) >= 2
    for wrong in exercise.wrong_answers:
        verdict = exercise.examine(wrong.function)
        assert (verdict.state, verdict.misconception) == (WRONG, wrong.name)
        assert wrong.hint in verdict.explanation


@every
def test_three_that_are_written_differently_are_right(module, exercise):
    others = material.answers("right", module)[exercise.name]
    assert len(others) >= 3
    for other in others:
        verdict = exercise.examine(other)
        assert verdict.state == RIGHT, str(verdict)


@every
def test_what_nobody_thought_of_is_wrong_and_has_no_name(module, exercise):
    others = material.answers("unlisted", module)[exercise.name]
    assert others
    for other in others:
        verdict = exercise.examine(other)
        assert (verdict.state, verdict.misconception) == (WRONG, ""), str(verdict)


@every
def test_no_changed_solution_is_right(module, exercise, monkeypatch):
    monkeypatch.setattr(exercise, "seconds", 0.5)
    same = material.same(module, exercise.name)
    right = {
        change
        for change, function in mutants(exercise.solved)
        if exercise.examine(function).state == RIGHT
    }
    assert right == same


def test_hints_and_names_are_sentences_and_names():
    for _, exercise in EVERY:
        assert exercise.__doc__
        for wrong in exercise.wrong_answers:
            assert re.match(r"[a-z]", wrong.name) or wrong.name[0].isupper()
            assert wrong.hint.endswith((".", "?"))
