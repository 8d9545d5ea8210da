"""Exercises of notebook 03, words of different lengths, read, misread and counted."""

from collections.abc import Callable
from functools import cache

import numpy as np
from hypothesis import strategies as st

from seqmodels.exercises import exercise
from seqmodels.exercises._inputs import filled, flags, ids, numbers, size

__all__ = [
    "pad_words",
    "weights_of_the_lstm",
    "fewest_edits",
    "best_possible",
    "read_masked",
]


@exercise(
    difficulty=1,
    minutes=5,
    inputs=[
        st.lists(
            st.lists(st.integers(1, 26), min_size=1, max_size=4), min_size=1, max_size=4
        )
    ],
    hints=[
        "How many columns must there be, so that no letter is lost and none is idle?",
        "Begin with a rectangle of zeros and write each word into its row.",
    ],
)
def pad_words(words: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Words as one rectangle, and which of its places hold a letter.

    Each word is a list of ids from 1 on. Both are (num_words, length of the longest):
    the ids, filled up with zeros on the right, and True where a letter stands.
    """
    length = max(len(word) for word in words)
    ids = np.array([word + [0] * (length - len(word)) for word in words])
    return ids, ids > 0


@pad_words.specification
def _(words):
    length = max(map(len, words))
    ids = np.zeros((len(words), length), int)
    is_letter = np.zeros((len(words), length), bool)
    for row, word in enumerate(words):
        for place, id in enumerate(word):
            ids[row, place], is_letter[row, place] = id, True
    return ids, is_letter


def _filled_up(words, length, fill=0):
    return np.array([(word + [fill] * length)[:length] for word in words])


@pad_words.wrong(
    "padding on the wrong side",
    "Your zeros stand in front of the words. That is a way, too, and does well at the "
    "lesson's end, but here they are to stand behind.",
)
def _(words):
    length = max(map(len, words))
    ids = np.array([[0] * (length - len(word)) + word for word in words])
    return ids, ids > 0


@pad_words.wrong(
    "cut to the shortest",
    "Your rectangle is as wide as the shortest word, and the letters of the others are "
    "lost. Padding is there to lose none.",
)
def _(words):
    ids = _filled_up(words, min(map(len, words)))
    return ids, ids > 0


@pad_words.wrong(
    "the padding marked",
    "Your second array says where the padding is. A mask such as Keras' says which "
    "steps are to be read.",
)
def _(words):
    ids = _filled_up(words, max(map(len, words)))
    return ids, ids == 0


@pad_words.wrong(
    "the last letter repeated",
    "You fill up with the word's last letter, and its end can be seen no more: `cat` "
    "and `catt` have the same row.",
)
def _(words):
    length = max(map(len, words))
    ids = np.array([_filled_up([word], length, word[-1])[0] for word in words])
    return ids, _filled_up(words, length) > 0


@exercise(
    difficulty=1,
    minutes=4,
    hints=[
        "Three gates and a candidate: four sums of the form x W + h U + b.",
        "What shape have W, U and b, if x has 27 numbers and h has 32?",
        "Do the four letters have weights of their own, or are there four steps?",
    ],
)
def weights_of_the_lstm() -> int:
    """How many weights the small model's LSTM has.

    It reads rows of 4 letters, each a one-hot vector of 27 numbers, with 32 units.
    """
    features, units = 27, 32
    one_sum = features * units + units * units + units
    return 4 * one_sum


@weights_of_the_lstm.specification
def _():
    total = 0
    for _ in ["input gate", "forget gate", "candidate", "output gate"]:
        for _ in range(32):  # each unit listens to all letters, all units, and a bias
            total += 27 + 32 + 1
    return total


@weights_of_the_lstm.wrong(
    "weights for each step",
    "You count every step of the row. The steps share one set of weights: that is why "
    "the same LSTM reads a word of any length.",
)
def _():
    return 4 * 4 * (27 + 32 + 1) * 32


@weights_of_the_lstm.wrong(
    "a plain RNN's",
    "This is a plain RNN: one sum. How many does an LSTM make of the same letter?",
)
def _():
    return (27 + 32 + 1) * 32


@weights_of_the_lstm.wrong(
    "the candidate forgotten",
    "You count three gates. Something must be let in by them: that, too, is made of "
    "the letter and the state, with weights of its own.",
)
def _():
    return 3 * (27 + 32 + 1) * 32


@weights_of_the_lstm.wrong(
    "bias forgotten",
    "Your sums have no bias. How many are there, of how many numbers each?",
)
def _():
    return 4 * (27 + 32) * 32


@weights_of_the_lstm.wrong(
    "no way back",
    "You count what reads the letter. The state is read as well, at every step.",
)
def _():
    return 4 * (27 + 1) * 32


@weights_of_the_lstm.wrong(
    "the whole model's",
    "This is the whole model, with the embedding's identity and the last layer.",
)
def _():
    return 27 * 27 + 4 * (27 + 32 + 1) * 32 + (32 + 1) * 7


class Cell:
    """A plain RNN cell of two units, which reads one letter of each row of a batch."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.letters, self.recurrent = rng.normal(size=(5, 2)), rng.normal(size=(2, 2))

    def __call__(self, ids: np.ndarray, h: np.ndarray) -> np.ndarray:
        """The new states (batch, 2), from ids (batch,) and states (batch, 2)."""
        return np.tanh(self.letters[ids] + h @ self.recurrent)

    def __repr__(self):
        return "a cell"


batch, steps = size("batch", 1, 3), size("steps", 2, 5)


@exercise(
    difficulty=3,
    minutes=10,
    inputs=[
        st.integers(0, 1000).map(Cell),
        ids(batch, steps, vocab_size=5),
        flags(batch, steps),
        numbers(batch, 2),
    ],
    hints=[
        "One loop, over the steps: all rows of the batch take step t together.",
        "In a step some rows take the new state and the others keep theirs.",
        "`np.where` chooses number by number; its condition needs a second axis here.",
    ],
)
def read_masked(
    cell: Callable, ids: np.ndarray, mask: np.ndarray, h: np.ndarray
) -> np.ndarray:
    """The states (batch, units) after a batch of rows was read, many to one.

    Ids and mask are (batch, num_steps), h, (batch, units), are the states before.
    `cell(ids_of_a_step, h)` takes (batch,) and (batch, units) and gives the new states.
    Where the mask is False a row skips the step and its state stays what it was; the
    padding may be in front, behind or in between.
    """
    for t in range(ids.shape[1]):
        h = np.where(mask[:, t, None], cell(ids[:, t], h), h)
    return h


@read_masked.specification
def _(cell, ids, mask, h):
    last = []
    for row, is_letter, state in zip(ids, mask, h, strict=True):  # one row at a time
        for id in row[is_letter]:
            state = cell(np.array([id]), state[None])[0]
        last.append(state)
    return np.array(last)


@read_masked.wrong(
    "padding read",
    "Your cell reads what the mask says to skip, so a state depends on how far a row "
    "was filled up.",
)
def _(cell, ids, mask, h):
    for t in range(ids.shape[1]):
        h = cell(ids[:, t], h)
    return h


@read_masked.wrong(
    "state set to zero",
    "At a masked step your state is zero, and what was read before is lost. To skip "
    "a step is to keep the state as it is.",
)
def _(cell, ids, mask, h):
    for t in range(ids.shape[1]):
        h = np.where(mask[:, t, None], cell(ids[:, t], h), 0)
    return h


@read_masked.wrong(
    "padding read as letter 0",
    "You make the masked letters an id 0 and read on. To the cell id 0 is a letter "
    "like the others: it has a vector, and it changes the state.",
)
def _(cell, ids, mask, h):
    for t in range(ids.shape[1]):
        h = cell(ids[:, t] * mask[:, t], h)
    return h


@read_masked.wrong(
    "stopped at the first padding",
    "Your rows end at their first masked step. With the padding in front a word has "
    "not even begun there.",
)
def _(cell, ids, mask, h):
    mask = np.logical_and.accumulate(mask, axis=1)
    for t in range(ids.shape[1]):
        h = np.where(mask[:, t, None], cell(ids[:, t], h), h)
    return h


@read_masked.wrong(
    "one mask for the whole batch",
    "Your rows skip a step only where all of them do. Each row has a mask of its own: "
    "one word ends while another goes on.",
)
def _(cell, ids, mask, h):
    for t in range(ids.shape[1]):
        if mask[:, t].any():
            h = cell(ids[:, t], h)
    return h


@read_masked.wrong(
    "mask turned round",
    "You skip where the mask is True. It says which steps are to be read.",
)
def _(cell, ids, mask, h):
    for t in range(ids.shape[1]):
        h = np.where(mask[:, t, None], h, cell(ids[:, t], h))
    return h


def _draw_pair(seed):
    """Any two strings, or one and the same with neighbours swapped, or longer, too."""
    rng = np.random.default_rng(seed)
    typed, other = (list(rng.choice([*"abc"], rng.integers(1, 7))) for _ in range(2))
    word = typed.copy()
    for n in np.flatnonzero(rng.random(len(typed) - 1) < 0.4):
        word[n], word[n + 1] = word[n + 1], word[n]
    longer = other[:2] + word + other[2:]
    return "".join(typed), "".join([other, word, longer][seed % 3])


# A swap at the beginning, one in the middle, and what a careless table takes for one.
# Last, what is nearer if letters may be put between two that were swapped.
telling = [("ab", "ba"), ("abcd", "acbd"), ("acb", "dabcb"), ("dabcb", "acb")]
telling += [("ca", "abc"), ("abc", "ca")]


def _table(typed, word, replaced=1, swap=1, free_start=False, again=False):
    """The table of edit distances, where some edits may cost something else.

    `again`: letters between two that are swapped may be dropped, and others added.
    """
    d = np.zeros((len(typed) + 1, len(word) + 1))
    if not free_start:
        d[:, 0], d[0, :] = range(len(typed) + 1), range(len(word) + 1)
    for i in range(1, len(typed) + 1):
        for j in range(1, len(word) + 1):
            differ = replaced * (typed[i - 1] != word[j - 1])
            ways = [d[i - 1, j] + 1, d[i, j - 1] + 1, d[i - 1, j - 1] + differ]
            for k in range(1 if again else max(1, i - 1), i):
                for n in range(1 if again else max(1, j - 1), j):
                    if typed[k - 1] == word[j - 1] and typed[i - 1] == word[n - 1]:
                        edited = (i - k - 1) + (j - n - 1)
                        ways.append(d[k - 1, n - 1] + swap + edited)
            d[i, j] = min(ways)
    return int(d[-1, -1])


@exercise(
    difficulty=4,
    minutes=15,
    inputs=st.sampled_from(telling) | st.integers(0, 2**16).map(_draw_pair),
    num_examples=40,
    hints=[
        "The table has one row and one column more than letters: for no letter at all.",
        "Its first row and column are known: all added, or all dropped.",
        "Every other cell is the least of three, or of four where a swap is possible. "
        "Row i has the letter typed[i - 1], column j the letter word[j - 1].",
    ],
)
def fewest_edits(typed: str, word: str) -> int:
    """The edit distance of two strings, neither empty.

    The least number of letters dropped, added, replaced, or swapped with a neighbour,
    each counting 1, by the lesson's table: a pair that was swapped is not edited again,
    so that it is 3 from `ca` to `abc`.
    """
    d = np.zeros((len(typed) + 1, len(word) + 1), int)
    d[:, 0], d[0, :] = range(len(typed) + 1), range(len(word) + 1)
    for i, a in enumerate(typed, start=1):
        for j, b in enumerate(word, start=1):
            ways = [d[i - 1, j] + 1, d[i, j - 1] + 1, d[i - 1, j - 1] + (a != b)]
            if i > 1 and j > 1 and a == word[j - 2] and b == typed[i - 2]:
                ways.append(d[i - 2, j - 2] + 1)
            d[i, j] = min(ways)
    return d[len(typed), len(word)]


@fewest_edits.specification
def _(typed, word):
    @cache
    def edits(a, b):  # from what is left of either
        if not a or not b:
            return len(a) + len(b)
        ways = [1 + edits(a[1:], b), 1 + edits(a, b[1:])]
        ways.append((a[0] != b[0]) + edits(a[1:], b[1:]))
        if a[:2] == b[1::-1] and len(a) > 1:
            ways.append(1 + edits(a[2:], b[2:]))
        return min(ways)

    return edits(typed, word)


@fewest_edits.wrong(
    "a swap counted as two",
    "To you two letters swapped are two letters replaced. A swap is one error here: "
    "from which cell of the table does it come?",
)
def _(typed, word):
    return _table(typed, word, swap=2)


@fewest_edits.wrong(
    "a swapped pair edited again",
    "You swap two letters and then put others between them. In the lesson's table a "
    "swapped pair stays together, as it stands in either string.",
)
def _(typed, word):
    return _table(typed, word, again=True)


@fewest_edits.wrong(
    "a replaced letter counted as two",
    "To you a letter replaced is one dropped and one added. It is one error: the step "
    "along the diagonal, from d[i - 1, j - 1].",
)
def _(typed, word):
    return _table(typed, word, replaced=2)


@fewest_edits.wrong(
    "compared place by place",
    "You compare each letter with the one at its place. After a letter dropped at the "
    "beginning all the others stand one place on and none need be wrong.",
)
def _(typed, word):
    differ = sum(a != b for a, b in zip(typed, word, strict=False))
    return differ + abs(len(typed) - len(word))


@fewest_edits.wrong(
    "the edges left at zero",
    "Your table begins with zeros, so letters at the beginning are dropped or added "
    "for nothing. How far is it from three letters to none?",
)
def _(typed, word):
    return _table(typed, word, free_start=True)


@fewest_edits.wrong(
    "the order forgotten",
    "You compare which letters there are and how often. `act` and `cat` are not alike: "
    "a swap leads from one to the other.",
)
def _(typed, word):
    more = [typed.count(c) - word.count(c) for c in set(typed + word)]
    return max(sum(n for n in more if n > 0), -sum(n for n in more if n < 0))


def _draw_ways(rng, shape):
    """Some words are no source of a string; at least one is."""
    ways = rng.integers(0, 4, size=shape)
    ways[np.arange(shape[0]), rng.integers(shape[1], size=shape[0])] += 1
    return ways / 20


@exercise(
    difficulty=2,
    minutes=6,
    inputs=[filled(_draw_ways, (size("strings"), size("words", 2, 4)))],
    hints=[
        "Who has read a string: how probable is each word then, so that all of them "
        "together have probability 1?",
        "Whoever names a word is right with its probability. Which one is best?",
    ],
)
def best_possible(ways: np.ndarray) -> float:
    """The ceiling: the share of strings that the best possible guesser gets right.

    `ways`, (num_strings, num_words), is the probability with which each word, when it
    is typed with errors, becomes this very string. All words are meant equally often,
    and each string counts the same. The guesser names one word for each string.
    """
    shares = ways / ways.sum(axis=1, keepdims=True)
    return shares.max(axis=1).mean()


@best_possible.specification
def _(ways):
    total = 0.0
    for row in ways:
        total += max(way / sum(row) for way in row)
    return total / len(ways)


@best_possible.wrong(
    "not divided by the sum",
    "Yours is how likely a word becomes the string. The string is there already: what "
    "counts is a word's share among all that may have become it.",
)
def _(ways):
    return ways.max(axis=1).mean()


@best_possible.wrong(
    "drawn by probability",
    "Your guesser draws a word with its probability. One that always takes the "
    "likeliest is right more often.",
)
def _(ways):
    shares = ways / ways.sum(axis=1, keepdims=True)
    return (shares**2).sum(axis=1).mean()


@best_possible.wrong(
    "all sources held equally likely",
    "You count a string's sources and draw one of them. One may be far likelier than "
    "another.",
)
def _(ways):
    return (1 / (ways > 0).sum(axis=1)).mean()


@best_possible.wrong(
    "several sources counted as lost",
    "Your guesser is right only where there is a single source. Where there are "
    "several it is right now and then: how often?",
)
def _(ways):
    return ((ways > 0).sum(axis=1) == 1).mean()


@best_possible.wrong(
    "divided over the strings",
    "Your shares sum to one for each word, over the strings. A guesser is given the "
    "string and has to choose among the words.",
)
def _(ways):
    sums = np.maximum(ways.sum(axis=0), 1e-9)
    return (ways / sums).max(axis=1).mean()


@best_possible.wrong(
    "one answer for all strings",
    "Your guesser names the same word whatever it reads. It may choose anew for each "
    "string.",
)
def _(ways):
    return (ways / ways.sum(axis=1, keepdims=True)).mean(axis=0).max()
