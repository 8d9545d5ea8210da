"""Counts how the answers to one notebook's exercises are judged."""

from collections.abc import Iterator

from seqmodels.exercises import Exercise, Verdict, _examining
from seqmodels.exercises._verdict import RIGHT, UNTOUCHED, WRONG
from tests.exercises import material
from tests.exercises.mutants import mutants

COLUMNS = ["untouched", "solutions", "other right", "wrong", "unlisted", "changed"]
# What it is in words, whether it is judged as it should be, and what is said.
Judged = Iterator[tuple[str, bool, Verdict]]


def tally(module: str) -> dict[str, tuple[int, int]]:
    """For each column, how many are judged as they should be, and of how many."""
    _examining.SEARCH_SECONDS = 0.0  # nobody reads the smallest input
    found = {column: [] for column in COLUMNS}
    for name in material.module(module).__all__:
        exercise = getattr(material.module(module), name)
        judged = [untouched, solutions, other_right, wrong, unlisted, changed]
        for column, judge in zip(COLUMNS, judged, strict=True):
            found[column] += [good for _, good, _ in judge(module, exercise)]
    return {column: (sum(goods), len(goods)) for column, goods in found.items()}


def untouched(module: str, exercise: Exercise) -> Judged:
    """The cell of the notebook as it stands."""
    for place in material.cells(module, exercise.name):
        given = []
        recorder = type("Recorder", (), {exercise.name: staticmethod(given.append)})
        source = material.lesson(module).cells[place].source
        exec(source, dict(vars(material.module(module)), check=recorder))
        verdict = exercise.examine(given[0])
        yield source, verdict.state == UNTOUCHED, verdict


def solutions(module: str, exercise: Exercise) -> Judged:
    """The solution itself."""
    verdict = exercise.examine(exercise.solved)
    yield "the solution", verdict.state == RIGHT, verdict


def other_right(module: str, exercise: Exercise) -> Judged:
    """Right answers that are written differently."""
    for answer in material.answers("right", module).get(exercise.name, []):
        verdict = exercise.examine(answer)
        yield answer.__name__, verdict.state == RIGHT, verdict


def wrong(module: str, exercise: Exercise) -> Judged:
    """The wrong answers that people give, each to be told its own name and hint."""
    for known in exercise.wrong_answers:
        verdict = exercise.examine(known.function)
        said = (verdict.state, verdict.misconception, verdict.explanation)
        yield known.name, said == (WRONG, known.name, known.hint), verdict


def unlisted(module: str, exercise: Exercise) -> Judged:
    """Wrong answers that nobody thought of, which have no name."""
    for answer in material.answers("unlisted", module).get(exercise.name, []):
        verdict = exercise.examine(answer)
        good = (verdict.state, verdict.misconception) == (WRONG, "")
        yield answer.__name__, good, verdict


def changed(module: str, exercise: Exercise) -> Judged:
    """The solution with one thing changed, but for what changes nothing; a constant."""
    same = material.same(module, exercise.name)
    usual, exercise.seconds = exercise.seconds, 0.5
    for change, answer in mutants(exercise.solved):
        if change not in same:
            verdict = exercise.examine(answer)
            yield change, verdict.state != RIGHT, verdict
    exercise.seconds = usual
    if not exercise.is_value:
        constant = _examining.want(exercise, exercise.examples[-1])
        verdict = exercise.examine(lambda *inputs: constant)
        yield "a constant", verdict.state != RIGHT, verdict
