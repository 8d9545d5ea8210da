"""One exercise: its solution, what is wanted, and the wrong answers people give."""

import contextlib
import inspect
import textwrap
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from seqmodels.exercises import _attempts
from seqmodels.exercises._calling import Outcome, call
from seqmodels.exercises._comparing import difference
from seqmodels.exercises._verdict import RIGHT, UNTOUCHED, WRONG, Verdict, show

QUIET = {"database": None, "deadline": None, "suppress_health_check": [*HealthCheck]}
SEARCH_SECONDS = 2.0  # for a smaller input that fails


@dataclass(frozen=True)
class WrongAnswer:
    """An answer that people give, the misconception behind it, and a hint for it."""

    name: str
    hint: str
    function: Callable


class Exercise:
    """An exercise; call it with the reader's answer.

    The answer is a function of the inputs or, where there are none, a value. Made by
    the decorator `exercise`, which says what the arguments are.
    """

    def __init__(
        self,
        solution: Callable,
        *,
        difficulty: int,
        minutes: int,
        hints: Sequence[str],
        inputs: Sequence[SearchStrategy] | SearchStrategy = (),
        rtol: float = 1e-4,
        num_examples: int = 25,
        seconds: float = 5.0,
    ) -> None:
        if difficulty not in range(1, 6):
            raise ValueError(f"`difficulty` must be from 1 to 5; got {difficulty}.")
        if not hints:
            raise ValueError("`hints` must have one at least; got none.")
        self.name = solution.__name__
        self.difficulty, self.minutes, self.hints = difficulty, minutes, tuple(hints)
        self.is_value = isinstance(inputs, Sequence) and not inputs
        self.inputs = st.tuples(*inputs) if isinstance(inputs, Sequence) else inputs
        self.rtol, self.num_examples, self.seconds = rtol, num_examples, seconds
        self.solved, self.wanted, self.accepted = solution, solution, None
        self.wrong_answers: list[WrongAnswer] = []
        self._num_hints_given, self._was_asked = 0, False
        self.__doc__ = inspect.getdoc(solution)

    # What an exercise is made of

    def specification(self, function: Callable) -> Callable:
        """Decorates what is wanted, in slow and plain code; else it is the solution."""
        self.wanted = function
        return function

    def accepts(self, function: Callable) -> Callable:
        """Decorates a property: `function(answer, *inputs)` says if an answer is right.

        For where several are. The specification is then only shown.
        """
        self.accepted = function
        return function

    def wrong(self, name: str, hint: str) -> Callable[[Callable], Callable]:
        """Decorates a wrong answer that people give.

        Args:
            name: The misconception's.
            hint: What the reader is told; says what to think about, not the answer.
        """

        def add(function):
            hint_line = " ".join(hint.split())
            self.wrong_answers.append(WrongAnswer(name, hint_line, function))
            return function

        return add

    # What a reader calls

    def __call__(self, answer: object) -> None:
        """Shows whether an answer is right and, if not, what is wrong with it."""
        show(self.examine(answer))

    def hint(self) -> None:
        """Prints the next hint, after the last the first again."""
        place = self._num_hints_given % len(self.hints)
        self._num_hints_given += 1
        text = f"Hint {place + 1} of {len(self.hints)}: {self.hints[place]}"
        print(textwrap.fill(" ".join(text.split()), 88))

    def solution(self) -> None:
        """Prints the solution, when asked a second time."""
        if self._was_asked:
            print(self.source)
            return
        self._was_asked = True
        print(
            f"There are hints: check.{self.name}.hint(). "
            "To see the solution all the same, run this cell once more."
        )

    def __repr__(self):
        return f"<exercise {self.name}, {self.stars}, {self.minutes} minutes>"

    @property
    def stars(self) -> str:
        """Its difficulty, from one dot to five."""
        return "●" * self.difficulty + "○" * (5 - self.difficulty)

    @property
    def source(self) -> str:
        """The solution as a reader would write it."""
        lines = textwrap.dedent(inspect.getsource(self.solved)).splitlines()
        first = next(n for n, line in enumerate(lines) if line.startswith("def "))
        return "\n".join(lines[first:])

    # How an answer is examined

    @cached_property
    def examples(self) -> list[tuple]:
        """Inputs that every answer is tried on, the same each time."""
        found = []

        @hypothesis.seed(0)
        @hypothesis.settings(
            max_examples=self.num_examples, phases=[Phase.generate], **QUIET
        )
        @hypothesis.given(self.inputs)
        def collect(inputs):
            found.append(inputs)

        collect()
        return found

    def examine(self, answer: object) -> Verdict:
        """The verdict on an answer; whatever it does, nothing is raised.

        Args:
            answer: A function of the inputs or, if there are none, a value.

        Returns:
            Right, not attempted yet, or wrong with the misconception's name, if it is
            one of the known ones, and the smallest input found on which it shows.
        """
        if (
            said := _attempts.explain_form(answer, self.is_value, self.name)
        ) is not None:
            return Verdict(
                self.name, UNTOUCHED if not said else WRONG, explanation=said
            )
        function = (
            (lambda: answer) if self.is_value and not callable(answer) else answer
        )
        outcomes = []
        for inputs in self.examples:
            outcomes.append(call(function, inputs, self.seconds))
            if _attempts.is_untouched(function, outcomes[-1]):
                return Verdict(self.name, UNTOUCHED)
            if outcomes[-1].is_endless:
                break
        faults = [
            n
            for n, (outcome, inputs) in enumerate(
                zip(outcomes, self.examples, strict=False)
            )
            if self.fault(outcome, inputs)
        ]
        if not faults:
            return Verdict(self.name, RIGHT)
        known = self._recognise(outcomes)
        smallest = self._smallest(
            function, [self.examples[n] for n in faults], outcomes
        )
        return self._explain(known, smallest, call(function, smallest, self.seconds))

    def fault(self, outcome: Outcome, inputs: tuple) -> str | None:
        """Says what is wrong with what a call gave; None if nothing is."""
        if outcome.is_endless or outcome.error is not None:
            return _attempts.explain_end(outcome, self.seconds)
        if self.accepted is None:
            return difference(outcome.value, self.want(inputs), self.rtol)
        judged = call(self.accepted, (outcome.value, *inputs), self.seconds)
        return None if judged.value is True else str(judged.value or "Not so.")

    def want(self, inputs: tuple) -> object:
        """What is wanted for inputs."""
        outcome = call(self.wanted, inputs, 60)
        if outcome.error is not None:
            raise outcome.error
        return outcome.value

    def _recognise(self, outcomes):
        """The wrong answer that gives the same everywhere, if there is one."""
        if outcomes[-1].is_endless:
            return None
        for known in self.wrong_answers:
            others = (call(known.function, inputs, 60) for inputs in self.examples)
            if all(map(self._are_alike, outcomes, others)):
                return known
        return None

    def _are_alike(self, one, other):
        if one.error is not None or other.error is not None:
            return type(one.error) is type(other.error)
        return difference(one.value, other.value, self.rtol) is None

    def _smallest(self, function, failing, outcomes):
        """Of the inputs that fail the one that is shortest to print."""
        failing = [*failing]
        end = time.monotonic() + SEARCH_SECONDS

        def fails(inputs):
            if time.monotonic() > end:
                return False
            outcome = call(function, inputs, self.seconds)
            if self.fault(outcome, inputs):
                failing.append(inputs)
            return failing[-1] is inputs

        if not (self.is_value or outcomes[-1].is_endless):
            settings = hypothesis.settings(max_examples=100, **QUIET)
            # An answer may be another each time, and time may be up.
            with contextlib.suppress(Exception):
                hypothesis.find(self.inputs, fails, settings=settings, random=Random(0))
        return min(failing, key=lambda inputs: len(repr(inputs)))

    def _explain(self, known, inputs, outcome):
        names = inspect.signature(self.solved).parameters
        ended = not outcome.is_endless and outcome.error is None
        said = known.hint if known else self.fault(outcome, inputs) or ""
        return Verdict(
            self.name,
            WRONG,
            misconception=known.name if known else "",
            explanation=said,
            inputs=dict(zip(names, inputs, strict=False)),
            yours=outcome.value if ended else _attempts.Nothing(),
            wanted=self.want(inputs),
            has_example=not self.is_value,
        )


def exercise(**arguments) -> Callable[[Callable], Exercise]:
    """Decorates a solution, whose name and docstring the exercise takes.

    Args:
        difficulty: From 1 to 5.
        minutes: That it may take.
        hints: From the gentlest on.
        inputs: A strategy for each of the solution's arguments, or one for all of them
            as a tuple; without any the answer is a value.
        rtol: How much numbers may differ, as a share of the largest.
        num_examples: On how many inputs an answer is tried.
        seconds: After how many a call is taken for endless.
    """
    return lambda solution: Exercise(solution, **arguments)
