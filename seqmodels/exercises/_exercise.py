"""One exercise: its solution, what is wanted, and the wrong answers people give."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import hypothesis
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from seqmodels.exercises._attempts import Nothing
from seqmodels.exercises._examining import QUIET, examine
from seqmodels.exercises._verdict import RIGHT, Verdict, show


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
        rtol: float | None = None,
        num_examples: int = 25,
        seconds: float = 3.0,
    ) -> None:
        if difficulty not in range(1, 6):
            raise ValueError(f"`difficulty` must be from 1 to 5; got {difficulty}.")
        if not hints:
            raise ValueError("`hints` must have one at least; got none.")
        self.name = solution.__name__
        self.difficulty, self.minutes, self.hints = difficulty, minutes, tuple(hints)
        self.is_value = isinstance(inputs, Sequence) and not inputs
        self.inputs = st.tuples(*inputs) if isinstance(inputs, Sequence) else inputs
        self.rtol = rtol or (5e-3 if self.is_value else 1e-4)  # a value may be rounded
        self.num_examples, self.seconds = num_examples, seconds
        self.solved, self.wanted, self.accepted = solution, solution, None
        self.wrong_answers: list[WrongAnswer] = []
        self.failed: tuple | None = None
        self._num_hints_given, self._is_open = 0, False
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

    def __call__(self, answer: object = Nothing) -> None:
        """Shows whether an answer is right and, if not, what is wrong with it.

        What an answer failed on can be had from `failed`, a tuple of its arguments.
        """
        verdict = self.examine(answer)
        self._is_open = self._is_open or verdict.state == RIGHT
        show(verdict)

    def hint(self) -> None:
        """Prints the next hint, after the last the first again."""
        place = self._num_hints_given % len(self.hints)
        self._num_hints_given += 1
        self._is_open = self._is_open or self._num_hints_given == len(self.hints)
        text = f"Hint {place + 1} of {len(self.hints)}: {self.hints[place]}"
        print(textwrap.fill(" ".join(text.split()), 88))

    def solution(self) -> None:
        """Prints the solution: at once after the last hint or a right answer.

        Before, when asked a second time.
        """
        if self._is_open:
            print(self.source)
            return
        self._is_open = True
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
        """The solution as a reader would write it, without types; NumPy is `np`."""
        source = textwrap.dedent(inspect.getsource(self.solved))
        body = ast.parse(source).body[0].body[0].lineno
        names = ", ".join(inspect.signature(self.solved).parameters)
        return "\n".join(
            [f"def {self.name}({names}):", *source.splitlines()[body - 1 :]]
        )

    # What an answer is examined by

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
        return examine(self, answer)


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
