"""What n-grams of one length say: the levels that an n-gram model adds up."""

from typing import NamedTuple

import numpy as np

from seqmodels.counting.numbering import find, look_up


class Level(NamedTuple):
    """What n-grams of one length say; both lists of numbers in ascending order."""

    grams: np.ndarray
    kept: np.ndarray  # for each n-gram, (c - D) / c(h)
    contexts: np.ndarray
    left: np.ndarray  # for each history, the share that its n-grams' discounts took

    def interpolate(self, grams, contexts, shorter):
        kept = look_up(self.grams, self.kept, grams, 0.0)
        return kept + look_up(self.contexts, self.left, contexts, 1.0) * shorter

    def find(self, contexts):
        """Where histories stand among this level's, and whether they do."""
        return find(self.contexts, contexts)

    def rows(self, places, shorter):
        """Distributions after the histories at `places`, from those after shorter."""
        rows, vocab_size = self.left[places, None] * shorter, shorter.shape[1]
        contexts = self.contexts[places]
        start = np.searchsorted(self.grams, contexts * vocab_size)
        num = np.searchsorted(self.grams, (contexts + 1) * vocab_size) - start
        grams = np.arange(num.sum()) + np.repeat(start - np.cumsum(num) + num, num)
        tokens = self.grams[grams] % vocab_size
        rows[np.repeat(np.arange(len(places)), num), tokens] += self.kept[grams]
        return rows


def make_level(grams, counts, vocab_size):
    discounts = discounts_of(counts)[np.minimum(counts, 3)]
    contexts, start = np.unique(grams // vocab_size, return_index=True)
    if not len(grams):  # the text is shorter than this
        return Level(grams, discounts, contexts, discounts)
    totals = np.add.reduceat(counts, start)
    left = np.add.reduceat(discounts, start) / totals
    per_gram = np.repeat(totals, np.diff(start, append=len(grams)))
    return Level(grams, (counts - discounts) / per_gram, contexts, left)


def discounts_of(counts):
    """Discounts of n-grams counted 0, 1, 2, and 3 or more times."""
    once, twice, thrice, four = (np.sum(counts == n) for n in (1, 2, 3, 4))
    if min(once, twice, thrice, four) > 0:
        ratio = once / (once + 2 * twice)
        ones = 1 - 2 * ratio * twice / once
        twos = 2 - 3 * ratio * thrice / twice
        more = 3 - 4 * ratio * four / thrice
        if min(ones, twos, more) > 0:
            return np.array([0, ones, twos, more])
    return np.array([0, 0.5, 1.0, 1.5])  # too little text to estimate them from
