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
FIRST_SECONDS = 8.0  # for the first call
ALL_SECONDS = 30.0  # for the calls on all examples
SEARCH_SECONDS = 2.0  # for a smaller input that fails
MOST_TRIES = 100


def examine(exercise: "Exercise", answer: object) -> Verdict:
    """The verdict on an answer, as `Exercise.examine` has it."""
    said = _attempts.explain_form(answer, exercise.is_value, exercise.name)
    if said is not None:
        return Verdict(exercise.name, WRONG if said else UNTOUCHED, explanation=said)
    function = answer if callable(answer) else lambda: answer
    outcomes, failing = [], []
    began, limit = time.monotonic(), FIRST_SECONDS  # which may import something
    for inputs in exercise.examples:
        limit = max(limit, exercise.seconds)
        outcome = call(function, inputs, limit)
        limit = 0
        if _attempts.is_untouched(function, outcome):
            return Verdict(exercise.name, UNTOUCHED)
        if time.monotonic() - began > ALL_SECONDS:
            outcome = Outcome(seconds=ALL_SECONDS)
        outcomes.append(outcome)
        if fault(exercise, outcome, inputs):
            failing.append((inputs, outcome))
        if outcome.is_endless:
            break
    if not failing:
        return Verdict(exercise.name, RIGHT)
    known = None
    if not outcome.is_endless:
        known = recognise(exercise, outcomes)
        failing += find_smaller(exercise, function)
    # The one that is shortest to print, of equals the one found last: it is smaller.
    inputs, outcome = min(reversed(failing), key=lambda pair: len(repr(pair[0])))
    said = known.hint if known else fault(exercise, outcome, inputs) or ""
    if not known and outcome.has_value:
        again = call(function, inputs, exercise.seconds)
        if again.has_value and difference(again.value, outcome.value):
            said = _attempts.CHANGEABLE
        elif exercise.is_value and " type " not in said:
            said = "That is not it."  # and what it is would be told by the difference
    names = inspect.signature(exercise.solved).parameters
    exercise.failed = inputs
    return Verdict(
        exercise.name,
        WRONG,
        misconception=known.name if known else "",
        explanation=said,
        inputs=dict(zip(names, inputs, strict=True)),
        yours=outcome.value if outcome.has_value else _attempts.Nothing(),
        wanted=want(exercise, inputs),
        has_example=not exercise.is_value,
        printed=outcome.printed,
    )


def fault(exercise: "Exercise", outcome: Outcome, inputs: tuple) -> str | None:
    """Says what is wrong with what a call gave; None if nothing is."""
    if not outcome.has_value:
        return _attempts.explain_end(outcome)
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
    """The wrong answer that gives the same on every example, if there is one.

    Where an answer crashes and the known one does not, the example counts for nothing;
    but most must count, and two at least must tell: with a wrong value or, if the two
    crash on the same examples alone, with an error of the same kind.
    """
    wanted = [want(exercise, inputs) for inputs in exercise.examples]

    def differ(one, other):
        return difference(one, other, exercise.rtol) is not None

    for known in exercise.wrong_answers:
        same, told, crashed, other_crashes = 0, 0, 0, 0
        for outcome, inputs, right in zip(
            outcomes, exercise.examples, wanted, strict=True
        ):
            other = call(known.function, inputs, OURS)
            if outcome.has_value and other.has_value:
                if differ(outcome.value, other.value):
                    break
                same, told = same + 1, told + differ(other.value, right)
            elif outcome.has_value:
                break
            elif type(outcome.error) is type(other.error):
                same, crashed = same + 1, crashed + 1
            else:
                other_crashes += 1
        else:
            told += 0 if other_crashes else crashed
            if 2 * same > len(outcomes) and told >= min(2, len(outcomes)):
                return known
    return None


def find_smaller(
    exercise: "Exercise", function: Callable
) -> list[tuple[tuple, Outcome]]:
    """Inputs that fail and what came of them, made smaller for `SEARCH_SECONDS`."""
    failing, end = [], time.monotonic() + SEARCH_SECONDS

    def fails(inputs):
        if time.monotonic() > end:
            return False
        outcome = call(function, inputs, exercise.seconds)
        if fault(exercise, outcome, inputs):
            failing.append((inputs, outcome))
            return True
        return False

    if SEARCH_SECONDS and not exercise.is_value:
        settings = hypothesis.settings(max_examples=MOST_TRIES, **QUIET)
        # An answer may be another each time, and time may be up.
        with contextlib.suppress(Exception):
            hypothesis.find(exercise.inputs, fails, settings=settings, random=Random(0))
    return failing
