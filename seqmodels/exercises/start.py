"""Exercises of notebook 00: what the course takes for granted."""

from collections.abc import Callable

import numpy as np
from hypothesis import strategies as st

from seqmodels.exercises import exercise
from seqmodels.exercises._inputs import ids, numbers, probabilities, size

__all__ = [
    "centre_rows",
    "pick_targets",
    "text_bits",
    "mean_surprise",
    "draw_letter",
    "update_belief",
    "central_slope",
]


@exercise(
    difficulty=1,
    minutes=3,
    inputs=[numbers(size("rows", 2, 4), size("columns", 2, 4))],
    hints=[
        "The mean of a row is a mean over the axis along which the row runs.",
        "`keepdims=True` keeps the shape (rows, 1), which goes with (rows, columns).",
    ],
)
def centre_rows(table: np.ndarray) -> np.ndarray:
    """The table `(rows, columns)`, from each row its own mean taken away."""
    return table - table.mean(axis=1, keepdims=True)


@centre_rows.specification
def _(table):
    rows = [[x - sum(row) / len(row) for x in row] for row in table.tolist()]
    return np.array(rows)


@centre_rows.wrong(
    "rows and columns exchanged",
    "Your columns have mean 0, not your rows. `axis` is the direction that disappears.",
)
def _(table):
    return table - table.mean(axis=0)


@centre_rows.wrong(
    "one mean for all",
    "You take the mean of the whole table away. Each row has its own.",
)
def _(table):
    return table - table.mean()


@centre_rows.wrong(
    "means along the wrong axis of the table",
    "NumPy lines shapes up from the right: a mean for each row, without the axis kept, "
    "is taken from the columns (and fails if there are not as many of them).",
)
def _(table):
    return table - table.mean(axis=1)


@exercise(
    difficulty=2,
    minutes=5,
    inputs=[
        numbers(size("texts", 1, 3), size("places", 1, 3), size("letters", 2, 4)),
        ids(
            size("texts", 1, 3),
            size("places", 1, 3),
            vocab_size=size("letters", 2, 4),
        ),
    ],
    hints=[
        "Three arrays of indices that go together: text, place and target.",
        "`np.arange(3)[:, None]` has the shape `(3, 1)`, and goes with `(places,)`.",
        "Or `np.take_along_axis`, with targets of shape `(texts, places, 1)`.",
    ],
)
def pick_targets(scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The score of each target, `(texts, places)`.

    `scores` is `(texts, places, letters)`, `targets` `(texts, places)` holds ids.
    """
    texts, places = targets.shape
    return scores[np.arange(texts)[:, None], np.arange(places), targets]


@pick_targets.specification
def _(scores, targets):
    texts, places = targets.shape
    return [[scores[n, t, targets[n, t]] for t in range(places)] for n in range(texts)]


@pick_targets.wrong(
    "the best in place of the target",
    "You give the highest score of each place. Wanted is the target's, high or low.",
)
def _(scores, targets):
    return scores.max(axis=-1)


@pick_targets.wrong(
    "whole rows for single numbers",
    "An array of indices in the last place alone is laid over every text and every "
    "place: each target picks from all places. The first two axes need indices, too.",
)
def _(scores, targets):
    return scores[:, :, targets]


@pick_targets.wrong(
    "texts and places exchanged",
    "You go through the places first: your answer is turned on its side.",
)
def _(scores, targets):
    return np.take_along_axis(scores, targets[..., None], axis=-1)[..., 0].T


@exercise(
    difficulty=1,
    minutes=3,
    inputs=[
        st.lists(st.sampled_from([0.1, 0.2, 0.5, 0.7, 1.0]), min_size=1, max_size=5)
    ],
    hints=[
        "Probabilities are multiplied, so their logarithms are added.",
        "A bit is the surprise of an event of probability one half: base 2.",
    ],
)
def text_bits(probabilities: list[float]) -> float:
    """How many bits a text has, given the probability of each of its letters."""
    return -np.log2(probabilities).sum()


@text_bits.specification
def _(probabilities):
    product = 1.0
    for p in probabilities:
        product *= p
    return -np.log2(product)


@text_bits.wrong(
    "bits of the sum",
    "You add the probabilities and take one logarithm. That all these letters come, "
    "one after the other, has the product for its probability.",
)
def _(probabilities):
    return -np.log2(np.sum(probabilities))


@text_bits.wrong(
    "the bits of the mean",
    "You take the logarithm of a mean probability. Each letter's surprise counts.",
)
def _(probabilities):
    return -np.log2(np.mean(probabilities))


@text_bits.wrong(
    "bits for each letter",
    "This is the mean of a letter. The text has that many times its letters.",
)
def _(probabilities):
    return -np.log2(probabilities).mean()


@text_bits.wrong(
    "nats for bits",
    "This is a number of nats: your logarithm has base e.",
)
def _(probabilities):
    return -np.log(probabilities).sum()


@exercise(
    difficulty=2,
    minutes=4,
    inputs=[probabilities(size("letters", 2, 5))],
    hints=[
        "A letter of probability p has -log2 p bits. How often does it come?",
        "A mean of what may happen: each with its probability for a weight.",
    ],
)
def mean_surprise(probabilities: np.ndarray) -> float:
    """The bits of a letter that is drawn with these probabilities, on average."""
    return -(probabilities * np.log2(probabilities)).sum()


@mean_surprise.specification
def _(probabilities):
    return sum(p * np.log2(1 / p) for p in probabilities)


@mean_surprise.wrong(
    "all letters equally often",
    "Your mean has every letter once. A rare letter surprises much, but seldom.",
)
def _(probabilities):
    return -np.log2(probabilities).mean()


@mean_surprise.wrong(
    "not weighted at all",
    "You add the bits of all letters, as if each came every time.",
)
def _(probabilities):
    return -np.log2(probabilities).sum()


@mean_surprise.wrong(
    "the surprise of the mean",
    "You take the logarithm of a mean probability. A mean of logarithms is not that.",
)
def _(probabilities):
    return -np.log2((probabilities**2).sum())


@exercise(
    difficulty=3,
    minutes=6,
    inputs=[
        probabilities(size("letters", 2, 5)),
        st.integers(0, 999).map(lambda n: (n + 1 / np.pi) / 1000),  # on no border
    ],
    hints=[
        "Lay the letters side by side from 0 to 1, each as wide as its probability.",
        "`np.cumsum` says where each of them ends.",
    ],
)
def draw_letter(probabilities: np.ndarray, uniform: float) -> int:
    """The id that a number between 0 and 1 falls on.

    The letters lie side by side in the order of their ids, from 0 to 1, each as wide as
    its probability. So a number drawn evenly draws a letter with its probability.
    """
    return int(np.searchsorted(np.cumsum(probabilities), uniform, side="right"))


@draw_letter.specification
def _(probabilities, uniform):
    end = 0.0
    for id, p in enumerate(probabilities):
        end += p
        if uniform < end:
            return id
    return len(probabilities) - 1


@draw_letter.wrong(
    "argmax for sampling",
    "You answer the likeliest letter, whatever was drawn. Then the others never come.",
)
def _(probabilities, uniform):
    return int(np.argmax(probabilities))


@draw_letter.wrong(
    "all letters equally wide",
    "You cut the line from 0 to 1 into equal parts. Where are the probabilities?",
)
def _(probabilities, uniform):
    return int(uniform * len(probabilities))


@draw_letter.wrong(
    "a probability for a place",
    "You hold the number against each single probability, not against where the "
    "letter's part of the line ends.",
)
def _(probabilities, uniform):
    likely = np.flatnonzero(probabilities > uniform)
    return int(likely[0]) if len(likely) else len(probabilities) - 1


@exercise(
    difficulty=3,
    minutes=6,
    inputs=[
        probabilities(size("causes", 2, 4)),
        st.builds(
            lambda table: table / 10,
            ids(size("causes", 2, 4), vocab_size=9).map(lambda n: n + 1),
        ),
    ],
    hints=[
        "That a cause is there *and* one sees this: the product of the two.",
        "Then divide, so that the causes' probabilities sum to one.",
    ],
)
def update_belief(prior: np.ndarray, likelihood: np.ndarray) -> np.ndarray:
    """What to believe of each cause after seeing something, by Bayes' rule.

    `prior` is the causes' probabilities before, `likelihood` the probability of what
    was seen under each of them.
    """
    joint = prior * likelihood
    return joint / joint.sum()


@update_belief.specification
def _(prior, likelihood):
    seen = sum(p * q for p, q in zip(prior, likelihood, strict=True))
    return [p * q / seen for p, q in zip(prior, likelihood, strict=True)]


@update_belief.wrong(
    "not normalised",
    "Your beliefs do not sum to one: they say how likely a cause *and* the sight are. "
    "Given that it was seen, one of the causes must be there.",
)
def _(prior, likelihood):
    return prior * likelihood


@update_belief.wrong(
    "the prior forgotten",
    "You believe as if all causes had been equally likely before.",
)
def _(prior, likelihood):
    return likelihood / likelihood.sum()


@update_belief.wrong(
    "a mean of prior and likelihood",
    "Evidence is multiplied: what one of the two rules out is ruled out.",
)
def _(prior, likelihood):
    both = prior + likelihood
    return both / both.sum()


class Polynomial:
    """A smooth function of one number."""

    def __init__(self, coefficients: list[int]) -> None:
        self.coefficients = coefficients

    def __call__(self, x: float) -> float:
        """Its value."""
        return np.polyval(self.coefficients, x)

    def __repr__(self):
        powers = range(len(self.coefficients) - 1, -1, -1)
        terms = zip(self.coefficients, powers, strict=True)
        return " + ".join(f"{a} x^{n}" for a, n in terms)


@exercise(
    difficulty=1,
    minutes=3,
    rtol=1e-6,
    inputs=[
        st.lists(st.integers(1, 4), min_size=4, max_size=5).map(Polynomial),
        st.sampled_from([-1.5, -0.5, 0.5, 1.5]),
        st.sampled_from([0.125, 0.25, 0.5]),
    ],
    hints=[
        "How much higher is the function half a step further than half a step before?",
        "Divide by how far apart the two places are: that is one whole step.",
    ],
)
def central_slope(function: Callable, x: float, step: float) -> float:
    """The slope around x, from the values at x - step / 2 and at x + step / 2."""
    return (function(x + step / 2) - function(x - step / 2)) / step


@central_slope.wrong(
    "a step to one side",
    "You compare with the value at x itself. From both sides the error is far smaller: "
    "it shrinks with the square of the step.",
)
def _(function, x, step):
    return (function(x + step) - function(x)) / step


@central_slope.wrong(
    "divided by the wrong distance",
    "Your two places are twice as far apart as what you divide by, or half as far.",
)
def _(function, x, step):
    return (function(x + step / 2) - function(x - step / 2)) / (2 * step)


@central_slope.wrong(
    "not divided",
    "This is how much the function grows between the two places. A slope is growth for "
    "each unit of x.",
)
def _(function, x, step):
    return function(x + step / 2) - function(x - step / 2)
