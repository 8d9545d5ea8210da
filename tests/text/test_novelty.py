"""`Novelty` against a plain edit distance."""

import numpy as np
import pytest

from seqmodels.text.formulas import rename_symbols
from seqmodels.text.novelty import Novelty, edit_distances


def plain_distance(a, b):
    row = list(range(len(b) + 1))
    for n, x in enumerate(a, 1):
        before, row = row, [n]
        for m, y in enumerate(b, 1):
            row.append(min(before[m - 1] + (x != y), before[m] + 1, row[-1] + 1))
    return row[-1]


def random_formulas(rng, number):
    return [
        [*rng.choice([*"abcx+=2"], size=rng.integers(1, 12))] for _ in range(number)
    ]


def test_edit_distances_are_the_plain_ones():
    rng = np.random.default_rng(0)
    others = rng.integers(4, size=(40, 9))
    lengths = rng.integers(1, 10, size=40)
    ids = [1, 3, 0, 2, 2, 1]
    wanted = [
        plain_distance(ids, list(o[:n])) for o, n in zip(others, lengths, strict=True)
    ]
    assert edit_distances(ids, others, lengths).tolist() == wanted


@pytest.mark.parametrize("below", [0.25, 0.6, 1.0])
def test_the_share_is_that_of_the_nearest_in_either_form(below):
    rng = np.random.default_rng(1)
    book, others = random_formulas(rng, 60), random_formulas(rng, 60)
    novelty = Novelty(book)
    for formula in others:
        wanted = min(
            plain_distance(form(formula), form(b)) / max(len(formula), len(b))
            for b in book
            for form in (list, rename_symbols)
        )
        found = novelty.share_changed(formula, below)
        assert found == pytest.approx(wanted if wanted < below else 1.0)


def test_renaming_and_putting_a_symbol_in_front_are_both_seen():
    novelty = Novelty([[*"y=a+b+c+d"]])
    assert novelty.share_changed([*"x=p+q+r+s"]) == 0
    assert novelty.share_changed([*"zy=a+b+c+d"]) == pytest.approx(0.1)


@pytest.mark.parametrize("book", [[], [["x"], []]])
def test_a_book_without_tokens_is_an_error(book):
    with pytest.raises(ValueError, match="`book` must hold"):
        Novelty(book)
