"""How far a formula is from every formula of a book."""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from seqmodels.text.formulas import rename_symbols


class Novelty:
    """Measures which share of a formula's tokens would have to change to be in a book.

    That is the edit distance (tokens put in, taken out or replaced) by the longer one's
    length, the smallest over the book. Each formula is compared as it stands and with
    its symbols renamed in the order of their first appearance, and the smaller counts:
    one symbol more at the beginning renames all that follow.

    Args:
        book: The tokens of each formula, as from `formula_tokens`.

    Raises:
        ValueError: If the book is empty, or a formula has no tokens.
    """

    def __init__(self, book: Iterable[Sequence[str]]):
        book = [list(tokens) for tokens in book]
        if not book or not all(book):
            raise ValueError("`book` must hold formulas with tokens; got none.")
        self._forms = [
            (form, _Table([form(tokens) for tokens in book]))
            for form in (list, rename_symbols)
        ]

    def share_changed(self, tokens: Sequence[str], below: float = 1.0) -> float:
        """The share of tokens that differ from the nearest formula of the book.

        Args:
            tokens: The formula's.
            below: Shares from here on need not be told apart: they give 1.

        Returns:
            From 0, it is in the book, to 1, nothing is.
        """
        return min(
            table.nearest(form(list(tokens)), below) for form, table in self._forms
        )


class _Table:
    def __init__(self, book):
        self.numbers = {}
        self.lengths = np.array([len(tokens) for tokens in book])
        self.ids = np.full((len(book), self.lengths.max()), -1)
        for row, tokens in zip(self.ids, book, strict=True):
            ids = [self.numbers.setdefault(x, len(self.numbers)) for x in tokens]
            row[: len(ids)] = ids
        self.counts = np.zeros((len(book), len(self.numbers)), np.int16)
        for row, tokens in zip(self.counts, book, strict=True):
            for token, count in Counter(tokens).items():
                row[self.numbers[token]] = count

    def nearest(self, tokens, below):
        if not tokens:
            return 1.0
        longer = np.maximum(self.lengths, len(tokens))
        shared = np.zeros(len(longer), int)
        for token, count in Counter(tokens).items():
            if token in self.numbers:
                shared += np.minimum(self.counts[:, self.numbers[token]], count)
        # What is not shared at all must change: few formulas are left to compare.
        near = np.flatnonzero(longer - shared < below * longer)
        if not len(near):
            return 1.0
        ids = [self.numbers.get(token, -2) for token in tokens]
        shares = edit_distances(ids, self.ids[near], self.lengths[near]) / longer[near]
        return float(shares.min()) if shares.min() < below else 1.0


def edit_distances(
    ids: Sequence[int], others: np.ndarray, lengths: np.ndarray
) -> np.ndarray:
    """Edit distances from one sequence to many, a row of each table at a time.

    >>> edit_distances([1, 2, 3], np.array([[1, 3, -1], [1, 2, 3]]), np.array([2, 3]))
    array([1, 0])

    Args:
        ids: Integers, `(num_tokens,)`.
        others: Integers, `(number, width)`, filled up on the right.
        lengths: Of each of the others, `(number,)`.

    Returns:
        `(number,)`.
    """
    place = np.arange(others.shape[1] + 1)
    row = np.tile(place, (len(others), 1))
    for n, token in enumerate(ids, start=1):
        step = np.full_like(row, n)
        replaced = row[:, :-1] + (others != token)
        step[:, 1:] = np.minimum(replaced, row[:, 1:] + 1)
        # Putting tokens in: the smallest so far, plus one for each place since.
        row = np.minimum.accumulate(step - place, axis=1) + place
    return row[np.arange(len(others)), lengths]
