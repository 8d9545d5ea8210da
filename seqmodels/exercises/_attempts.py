"""Whether an answer is an attempt at all, and why a call gave nothing."""

import dis
import traceback
from collections.abc import Callable

from seqmodels.exercises._calling import Outcome

HAND_OVER = (
    "The check tries your function on inputs of its own, so hand over the function, "
    "not a result: check.{name}({name}), no brackets behind the name."
)
CHANGEABLE = (
    "Called twice with the same input, it answers differently. Does it keep something "
    "from one call to the next, as a list that was made outside of it?"
)


class Nothing:
    """Stands where an answer gave no value."""

    def __repr__(self):
        return "nothing"


def _untouched():
    """As an exercise stands in its notebook."""
    ...


def _code(function):
    code = getattr(function, "__code__", None)
    return code and [(step.opname, step.argrepr) for step in dis.get_instructions(code)]


def explain_form(answer: object, is_value: bool, name: str) -> str | None:
    """Says what is wrong with an answer's form: "" if there is no answer yet.

    Args:
        answer: What the reader gave.
        is_value: Whether a value is wanted, not a function.
        name: The exercise's.

    Returns:
        A sentence, an empty one for no answer, or None if the answer can be tried.
    """
    if answer is Nothing:
        return HAND_OVER.format(name=name)
    if answer is Ellipsis or (answer is None and is_value):
        return ""
    if callable(answer) or is_value:
        return None
    return HAND_OVER.format(name=name)


def is_untouched(function: Callable, outcome: Outcome) -> bool:
    """Whether a function is still as it stood in the notebook."""
    if isinstance(outcome.error, NotImplementedError) or outcome.value is Ellipsis:
        return True
    if outcome.error is not None:  # a line is still `...`
        return "ellipsis" in str(outcome.error).lower()
    return outcome.value is None and _code(function) == _code(_untouched)


def explain_end(outcome: Outcome) -> str:
    """Says why a call gave no value."""
    if outcome.is_endless:
        return (
            f"It had not ended after {outcome.seconds:g} seconds and was stopped. "
            "Is there a loop whose condition never changes?"
        )
    error = outcome.error
    kind = type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)[1:]  # the first is the caller's
    where = f" in line {frames[0].lineno}" if frames else ""
    line = f": {frames[0].line}" if frames and frames[0].line else ""
    message = f"{kind}: {error}" if str(error) else kind
    return f"It stopped with an error{where}{line}\n{message}"
