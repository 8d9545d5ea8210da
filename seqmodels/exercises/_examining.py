"""Examines an answer: tries it on many inputs, and says what is wrong with it."""

import contextlib
import inspect
import time
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

import hypothesis
from hypothesis import HealthCheck

from seqmodels.exercises import _attempts
from seqmodels.exercises._calling import Outcome, call
from seqmodels.exercises._comparing import difference
from seqmodels.exercises._verdict import RIGHT, UNTOUCHED, WRONG, Verdict

if TYPE_CHECKING:
    from seqmodels.exercises._exercise import Exercise, WrongAnswer

QUIET = {"database": None, "deadline": None, "suppress_health_check": [*HealthCheck]}
OURS = 60  # seconds that our own functions may take
SEARCH_SECONDS = 2.0  # for a smaller input that fails
MOST_TRIES = 100


def examine(exercise: "Exercise", answer: object) -> Verdict:
    """The verdict on an answer, as `Exercise.examine` has it."""
    said = _attempts.explain_form(answer, exercise.is_value, exercise.name)
    if said is not None:
        return Verdict(exercise.name, WRONG if said else UNTOUCHED, explanation=said)
    function = answer if callable(answer) else lambda: answer
    outcomes, failing = [], []
    for inputs in exercise.examples:
        outcome = call(function, inputs, exercise.seconds)
        if _attempts.is_untouched(function, outcome):
            return Verdict(exercise.name, UNTOUCHED)
        outcomes.append(outcome)
        if fault(exercise, outcome, inputs):
            failing.append(inputs)
        if outcome.is_endless:
            break
    if not failing:
        return Verdict(exercise.name, RIGHT)
    known = None
    if not outcome.is_endless:
        known = recognise(exercise, outcomes)
        failing += find_smaller(exercise, function)
    smallest = min(failing, key=lambda inputs: len(repr(inputs)))  # shortest to print
    outcome = call(function, smallest, exercise.seconds)
    said = known.hint if known else fault(exercise, outcome, smallest) or ""
    if exercise.is_value and not known and " type " not in said:
        said = "That is not it."  # and what it is would be told by the difference
    names = inspect.signature(exercise.solved).parameters
    return Verdict(
        exercise.name,
        WRONG,
        misconception=known.name if known else "",
        explanation=said,
        inputs=dict(zip(names, smallest, strict=True)),
        yours=outcome.value if outcome.has_value else _attempts.Nothing(),
        wanted=want(exercise, smallest),
        has_example=not exercise.is_value,
    )


def fault(exercise: "Exercise", outcome: Outcome, inputs: tuple) -> str | None:
    """Says what is wrong with what a call gave; None if nothing is."""
    if not outcome.has_value:
        return _attempts.explain_end(outcome, exercise.seconds)
    if outcome.value is None:
        return "It gives nothing back. Is a `return` missing?"
    if exercise.accepted is None:
        return difference(outcome.value, want(exercise, inputs), exercise.rtol)
    judged = call(exercise.accepted, (outcome.value, *inputs), OURS)
    return None if judged.value is True else str(judged.value or "That is not so.")


def want(exercise: "Exercise", inputs: tuple) -> object:
    """What is wanted for inputs."""
    outcome = call(exercise.wanted, inputs, OURS)
    if outcome.error is not None:
        raise outcome.error
    return outcome.value


def recognise(exercise: "Exercise", outcomes: list[Outcome]) -> "WrongAnswer | None":
    """The wrong answer that gives the same on every example, if there is one."""

    def alike(one, other):
        if one.has_value and other.has_value:
            return difference(one.value, other.value, exercise.rtol) is None
        return type(one.error) is type(other.error)

    for known in exercise.wrong_answers:
        others = (call(known.function, inputs, OURS) for inputs in exercise.examples)
        if all(map(alike, outcomes, others)):
            return known
    return None


def find_smaller(exercise: "Exercise", function: Callable) -> list[tuple]:
    """Inputs that fail, found within `SEARCH_SECONDS` by making them smaller."""
    failing, end = [], time.monotonic() + SEARCH_SECONDS

    def fails(inputs):
        if time.monotonic() > end:
            return False
        if fault(exercise, call(function, inputs, exercise.seconds), inputs):
            failing.append(inputs)
            return True
        return False

    if SEARCH_SECONDS and not exercise.is_value:
        settings = hypothesis.settings(max_examples=MOST_TRIES, **QUIET)
        # An answer may be another each time, and time may be up.
        with contextlib.suppress(Exception):
            hypothesis.find(exercise.inputs, fails, settings=settings, random=Random(0))
    return failing
