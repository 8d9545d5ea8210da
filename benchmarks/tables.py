"""What a condition's runs found, and how numbers and tables are printed."""

import functools
import operator
from statistics import median

from measure import LIMIT, OURS

NOT_OTHERS = (OURS, "ours, one thread", "ours, bfloat16", LIMIT)


class Found:
    """The runs of one condition, as `run.py` keeps them.

    A kind is a path: `("training",)`, or `("writing", "1")`, texts at once.
    """

    def __init__(self, condition):
        self.runs = condition["runs"]
        self.sizes = list(self.runs[0])

    def has(self, kind):
        return kind in self.runs[0][self.sizes[0]]

    def of(self, label, size, kind=("training",)):
        """What each run holds of a contender at a size."""
        for run in self.runs:
            yield _contenders(run, size, kind)[label]

    def labels(self, kind=("training",)):
        return list(_contenders(self.runs[0], self.sizes[0], kind))

    def rates(self, label, size, kind=("training",)):
        """Characters a second: of each run the median of its turns."""
        return [median(one["rates"]) for one in self.of(label, size, kind)]

    def ratio(self, other, size, kind=("training",)):
        """How many times as fast ours is: the median of the runs."""
        ours, others = (self.rates(label, size, kind) for label in (OURS, other))
        return median(a / b for a, b in zip(ours, others, strict=True))

    def fastest_other(self, size):
        others = [label for label in self.labels() if label not in NOT_OTHERS]
        return max(others, key=lambda label: median(self.rates(label, size)))


def _contenders(run, size, kind):
    return functools.reduce(operator.getitem, (size, *kind), run)


def spread(values):
    middle = number(median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({number(min(values))}–{number(max(values))})"


def number(value):
    """Three digits that count: more would be noise."""
    return f"{float(f'{value:.3g}'):,.0f}" if value >= 100 else f"{value:.3g}"


def table(head, rows):
    """Markdown of a head and rows, both lists of strings."""
    lines = ["| " + " | ".join(row) + " |" for row in [head, *rows]]
    lines.insert(1, "|---" * len(head) + "|")
    return "\n".join(lines)
