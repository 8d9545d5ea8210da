"""Exercises of notebook 11: padding and masks, two directions, pieces, and chance."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from seqmodels.exercises import exercise
from seqmodels.exercises._inputs import filled, numbers, size

__all__ = [
    "cut_and_pad",
    "which_return_sequences",
    "learn_joins",
    "pool_words",
    "paired_gain",
    "read_both_ways",
]


@exercise(
    difficulty=2,
    minutes=4,
    inputs=[
        st.lists(
            st.lists(st.integers(1, 9), min_size=1, max_size=6), min_size=1, max_size=3
        ),
        st.integers(2, 5),
    ],
    hints=[
        "`review[-length:]` keeps the last; what does it do with a shorter review?",
        "A list times a number below zero is an empty list.",
    ],
)
def cut_and_pad(reviews: list[list[int]], length: int) -> np.ndarray:
    """An array (number of reviews, length) of reviews, each a list of ids above 0.

    Of one that is too long the last `length` ids are kept. One that is too short is
    filled up with zeros behind its words.
    """
    return np.array(
        [review[-length:] + [0] * (length - len(review)) for review in reviews]
    )


@cut_and_pad.specification
def _(reviews, length):
    array = np.zeros((len(reviews), length), int)
    for row, review in zip(array, reviews, strict=True):
        too_many = max(0, len(review) - length)
        for n, id in enumerate(review[too_many:]):
            row[n] = id
    return array


def cut_from(reviews, length, keep=lambda review, n: review[-n:], fill=0, first=False):
    """Rows of one length; the zeros come first or last."""
    rows = []
    for review in reviews:
        kept = keep(review, length)
        filling = [fill] * (length - len(kept))
        rows.append(filling + kept if first else kept + filling)
    return np.array(rows)


cut_and_pad.wrong(
    "padding on the wrong side",
    "Your zeros stand before the words. Here the words come first; which side is the "
    "better one without a mask is another question.",
)(partial(cut_from, first=True))

cut_and_pad.wrong(
    "the end cut off",
    "Of a long review you keep the beginning. Which end was worth more to the bag?",
)(partial(cut_from, keep=lambda review, n: review[:n]))

cut_and_pad.wrong(
    "unknown for padding",
    "You fill up with 1, the id of unknown words, as if the author had gone on. "
    "Padding has an id of its own, which is no word's.",
)(partial(cut_from, fill=1))

cut_and_pad.wrong(
    "short reviews cut, too",
    "Your short reviews lose words. Where does a slice begin whose first number is "
    "below zero?",
)(partial(cut_from, keep=lambda review, n: review[len(review) - n :]))

cut_and_pad.wrong(
    "short reviews cut, rows too short",
    "Your short reviews lose words, and their rows come out shorter than the others. "
    "Where does a slice begin whose first number is below zero?",
)(lambda reviews, n: [r[len(r) - n :] + [0] * (n - len(r)) for r in reviews])


@exercise(
    difficulty=1,
    minutes=3,
    inputs=[st.integers(1, 4), st.booleans()],
    hints=[
        "For each layer, what stands on it: does that want a vector for each word, or "
        "one for the review?",
    ],
)
def which_return_sequences(num_layers: int, is_pooled: bool) -> list[bool]:
    """For each of several recurrent layers whether it needs `return_sequences=True`.

    They stand one on another, the lowest first. The reader answers from the last output
    of the highest or, if it is pooled, from the mean of its outputs at all words.
    """
    return [True] * (num_layers - 1) + [is_pooled]


@which_return_sequences.specification
def _(num_layers, is_pooled):
    above = ["layer"] * num_layers + ["pooling" if is_pooled else "dense"]
    return [above[n + 1] != "dense" for n in range(num_layers)]


which_return_sequences.wrong(
    "every layer",
    "Your highest layer hands on an output for each word even where one is wanted for "
    "the whole review.",
)(lambda num_layers, is_pooled: [True] * num_layers)

which_return_sequences.wrong(
    "pooling forgotten",
    "You keep the last output of the highest layer, always. Of what should a pooled "
    "reader take the mean?",
)(lambda num_layers, is_pooled: [True] * (num_layers - 1) + [False])

which_return_sequences.wrong(
    "one vector for the pooling",
    "Where you pool, your layers hand on one vector for the review. What is the next "
    "layer to read, and of what is the mean taken?",
)(
    lambda num_layers, is_pooled: [
        n < num_layers - 1 and not is_pooled for n in range(num_layers)
    ]
)

which_return_sequences.wrong(
    "the highest layer alone",
    "Your lower layers hand on one vector for the review. What is the layer above to "
    "read, word by word?",
)(lambda num_layers, is_pooled: [False] * (num_layers - 1) + [is_pooled])

which_return_sequences.wrong(
    "the order of the layers reversed",
    "You answer from the highest layer down. The lowest comes first, as it does in a "
    "model.",
)(lambda num_layers, is_pooled: [is_pooled] + [True] * (num_layers - 1))


tied = st.sampled_from(["aaab", "aaabb", "babab"])
spoken = st.text("ab", min_size=1, max_size=5) | tied
often = st.integers(1, 5) | st.sampled_from([9, 25, 100])


@exercise(
    difficulty=5,
    minutes=18,
    inputs=[
        st.dictionaries(spoken, often, min_size=2, max_size=4),
        st.integers(1, 4),
    ],
    num_examples=40,
    hints=[
        "Keep each word as a list of its pieces, and change the list in each round.",
        "Wherever a pair stands in a word, add how often the word stands in the texts.",
        "To join, go through the pieces: does the last one that you kept, with this "
        "one, make the pair?",
    ],
)
def learn_joins(counts: dict[str, int], num_merges: int) -> list[tuple[str, str]]:
    """The first merges of byte-pair encoding, pairs of pieces, in their order.

    `counts` says how often each word stands in the texts. A word begins as its letters,
    the last with a `_` behind it. In each round the pair of neighbours that comes up
    most often in the texts becomes one piece wherever it stands, from left to right. Of
    equally frequent ones it is the first as Python sorts the pairs: the first pieces
    are compared, then the second; `_` stands before small letters. It ends early when
    no pair is left.
    """
    words, merges = {word: [*word[:-1], word[-1] + "_"] for word in counts}, []
    for _ in range(num_merges):
        found = []
        for word, pieces in words.items():
            found += [*zip(pieces, pieces[1:], strict=False)] * counts[word]
        if not found:
            break
        best = min(set(found), key=lambda pair: (-found.count(pair), pair))
        merges.append(best)
        for word, pieces in words.items():
            words[word] = []
            for piece in pieces:
                if words[word] and (words[word][-1], piece) == best:
                    words[word][-1] += piece
                else:
                    words[word].append(piece)
    return merges


def join(pieces, pair):
    for n, both in enumerate(pairwise(pieces)):
        if both == pair:
            return [*pieces[:n], "".join(pair), *join(pieces[n + 2 :], pair)]
    return pieces


def letters(word):
    return [*word[:-1], word[-1] + "_"]


def merge(counts, times, cut=letters, weigh=int, see=list, again=True, choose=min):
    """Merges, with the changes that people make."""
    words = [(cut(word), n) for word, n in counts.items()]
    merges, found = [], {}
    for _ in range(times):
        for pieces, n in words if again or not merges else ():
            for pair in see(pairwise(pieces)):
                found[pair] = found.get(pair, 0) + weigh(n)
        if not found:
            break
        likely = [pair for pair in found if found[pair] == max(found.values())]
        best = choose(likely)
        merges.append(best)
        words = [(join(pieces, best), n) for pieces, n in words]
        found = {} if again else {pair: found[pair] for pair in found if pair != best}
    return merges


@learn_joins.specification
def _(counts, num_merges):
    return merge(counts, num_merges)


learn_joins.wrong(
    "each word counted once",
    "In your count a word that stands in the texts a thousand times weighs no more "
    "than one that stands there once.",
)(partial(merge, weigh=bool))

learn_joins.wrong(
    "end of the word not marked",
    "To you the last letter is a letter like the others. Its piece has to say that the "
    "word ends there: `er_` is another piece than the `er` of *every*.",
)(partial(merge, cut=list))

learn_joins.wrong(
    "the mark a piece of its own",
    "To you `_` is a piece. It belongs to the last letter: `b` begins as one piece, "
    "`b_`.",
)(partial(merge, cut=lambda word: [*word, "_"]))

learn_joins.wrong(
    "pairs not counted anew",
    "You count once, at the beginning, so your pieces have two letters at most. After "
    "a merge there are other pieces, and so other pairs.",
)(partial(merge, again=False))

learn_joins.wrong(
    "a pair counted once a word",
    "A pair that stands twice in a word comes up twice whenever the word does.",
)(partial(merge, see=dict.fromkeys))

learn_joins.wrong(
    "of equals the one seen first",
    "Of pairs that come up equally often you take the one that you met first. Sorting "
    "is to decide, so that the order of the words does not.",
)(partial(merge, choose=lambda likely: likely[0]))

learn_joins.wrong(
    "of equals the last one",
    "Of pairs equally frequent you take the last as Python sorts them, not the first: "
    "a `max` over counts and pairs takes the largest of both.",
)(partial(merge, choose=max))

learn_joins.wrong(
    "of equals the first when joined",
    "Of pairs equally frequent you take the one that comes first when joined. Compare "
    "the first pieces alone, and the second only where the first are the same.",
)(partial(merge, choose=lambda likely: min(likely, key="".join)))


def draw_mask(rng, sizes):
    """Flags of which one at least in each row is True."""
    places = rng.integers(sizes[1], size=(sizes[0], 1))
    return (rng.random(sizes) < 0.5) | (np.arange(sizes[1]) == places)


batch, num_steps = size("batch", 1, 3), size("num_steps", 1, 5)


@exercise(
    difficulty=3,
    minutes=8,
    inputs=[
        numbers(batch, num_steps, size("units")),
        filled(draw_mask, (batch, num_steps)),
    ],
    hints=[
        "By what do you have to divide the sum, review by review?",
        "`mask[..., None]` fits to the outputs: it has an axis of length 1 for units.",
        "Which number is never the largest?",
    ],
)
def pool_words(outputs: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Mean and largest value over the words of each review, (batch, 2 * units).

    A layer's outputs are (batch, num_steps, units). The mask, (batch, num_steps), is
    True at words, of which each review has one at least, and False at padding, where
    the outputs mean nothing. The means of all units come first, then the largest.
    """
    words = mask[..., None]
    means = (outputs * words).sum(axis=1) / words.sum(axis=1)
    largest = np.where(words, outputs, -np.inf).max(axis=1)
    return np.concatenate([means, largest], axis=1)


@pool_words.specification
def _(outputs, mask):
    rows = []
    for review, is_word in zip(outputs, mask, strict=True):
        words = [output for output, flag in zip(review, is_word, strict=True) if flag]
        columns = [*zip(*words, strict=True)]
        rows.append([sum(c) / len(words) for c in columns] + [max(c) for c in columns])
    return np.array(rows)


def pool(outputs, mask, means="words", largest="words"):
    """Mean and largest value, each over words, over all steps, or with zeros."""
    words = mask[..., None]
    found = {
        ("mean", "words"): (outputs * words).sum(axis=1) / words.sum(axis=1),
        ("mean", "all"): outputs.mean(axis=1),
        ("mean", "zeros"): (outputs * words).mean(axis=1),
        ("max", "words"): np.where(words, outputs, -np.inf).max(axis=1),
        ("max", "all"): outputs.max(axis=1),
        ("max", "zeros"): np.where(words, outputs, 0).max(axis=1),
    }
    return np.hstack([found["mean", means], found["max", largest]])


pool_words.wrong(
    "mean over padding",
    "In your mean padding has a share. A short review would be judged by what the "
    "layer says where nothing stands.",
)(partial(pool, means="all"))

pool_words.wrong(
    "divided by all steps",
    "You sum over the words, but divide by the number of steps. The more padding, the "
    "smaller your mean. How many words has each review?",
)(partial(pool, means="zeros"))

pool_words.wrong(
    "mask not used",
    "You pool words and padding alike. What is padded more would be judged otherwise.",
)(partial(pool, means="all", largest="all"))

pool_words.wrong(
    "zeros for padding in both",
    "You make padding zero and go on as if it were words: zeros draw the mean to "
    "themselves, and are larger than any number below.",
)(partial(pool, means="zeros", largest="zeros"))

pool_words.wrong(
    "zero as the largest",
    "Your mean is right. But where all words of a review are below zero, your padding "
    "has the largest value.",
)(partial(pool, largest="zeros"))


@pool_words.wrong(
    "halves swapped",
    "Your largest values come first. The means of all units do, then the largest.",
)
def _(outputs, mask):
    return np.roll(pool(outputs, mask), outputs.shape[-1], axis=1)


@exercise(
    difficulty=3,
    minutes=8,
    inputs=st.tuples(*[st.integers(1, 60)] * 4).filter(lambda n: n[1] != n[2]),
    hints=[
        "`gain` above did this from the reviews themselves; here you have only how "
        "many there are of each kind.",
        "For each review there is a number: 1, 0 or -1. How many are there of each?",
        "The variance is the mean of the squares less the square of the mean.",
        "The standard error of a mean of n numbers is their spread divided by the "
        "root of n.",
    ],
)
def paired_gain(
    both: int, only_first: int, only_second: int, neither: int
) -> tuple[float, float]:
    """By how many percentage points the first is ahead, and the standard error of it.

    Two models have judged the same reviews. So many have been judged right by both, by
    the first alone, by the second alone, and by neither. The error is in points, too;
    the variance over the reviews is divided by their number, not by one less.
    """
    n = both + only_first + only_second + neither
    mean = (only_first - only_second) / n
    variance = (only_first + only_second) / n - mean**2
    return 100 * mean, 100 * np.sqrt(variance / n)


@paired_gain.specification
def _(both, only_first, only_second, neither):
    points = [100] * only_first + [-100] * only_second + [0] * (both + neither)
    return np.mean(points), np.std(points) / len(points) ** 0.5


@paired_gain.wrong(
    "as if of different reviews",
    "You add the errors of two shares, as if each model had judged reviews of its own. "
    "They judged the same ones, and what both find easy or hard adds no chance.",
)
def _(both, only_first, only_second, neither):
    n = both + only_first + only_second + neither
    shares = (both + only_first) / n, (both + only_second) / n
    error = sum(share * (1 - share) / n for share in shares) ** 0.5
    return 100 * (shares[0] - shares[1]), 100 * error


def compare(
    both,
    only_first,
    only_second,
    neither,
    scale=100,
    error=lambda mean, spread, n: spread / n**0.5,
):
    """Gain and error, with the changes that people make."""
    points = [1] * only_first + [-1] * only_second + [0] * (both + neither)
    mean, spread = np.mean(points), np.std(points)
    return scale * mean, scale * error(mean, spread, len(points))


paired_gain.wrong(
    "shares for points",
    "What you return is a share of one. A percentage point is a hundredth.",
)(partial(compare, scale=1))

paired_gain.wrong(
    "mean of the squares alone",
    "This is right only if neither is ahead. What is taken off the mean of squares for "
    "a variance?",
)(partial(compare, error=lambda mean, spread, n: ((spread**2 + mean**2) / n) ** 0.5))

paired_gain.wrong(
    "spread for error",
    "This is how far single reviews lie from the mean. The error of the mean of many "
    "reviews is smaller, and the smaller the more there are.",
)(partial(compare, error=lambda mean, spread, n: spread))

paired_gain.wrong(
    "divided by n, not by its root",
    "Your error falls as fast as the number of reviews grows. Chance is more stubborn: "
    "four times as many reviews halve it.",
)(partial(compare, error=lambda mean, spread, n: spread / n))

paired_gain.wrong(
    "ties left out",
    "You count only reviews on which the models disagree. That they agree on others "
    "is a difference of 0, and belongs to the mean.",
)(lambda _, only_first, only_second, __: compare(0, only_first, only_second, 0))


class Step:
    """A recurrent step that can be counted with a pencil."""

    def __init__(self, old: int, new: int) -> None:
        self.old, self.new = old, new

    def __call__(self, id: int, state: np.ndarray) -> np.ndarray:
        """The new state."""
        return self.old * state + self.new * id

    def __repr__(self):
        return f"{self.old} * state {'+' if self.new > 0 else '-'} id"


ahead, back = (st.builds(Step, st.integers(2, 3), st.just(sign)) for sign in (1, -1))
padded = st.builds(
    lambda left, words, right: np.array([0] * left + words + [0] * right),
    st.integers(0, 2),
    st.lists(st.integers(1, 5), min_size=1, max_size=4),
    st.integers(0, 2),
)


@exercise(
    difficulty=3,
    minutes=7,
    inputs=[
        padded,
        ahead,
        back,
        st.lists(st.integers(1, 4), min_size=2, max_size=2).map(np.array),
    ],
    hints=[
        "Write a loop for one direction first. `ids[::-1]` is the other.",
        "What becomes of the state at a step whose id is 0?",
        "`np.concatenate` sets the two last states side by side.",
    ],
)
def read_both_ways(
    ids: np.ndarray, forward: Callable, backward: Callable, state: np.ndarray
) -> np.ndarray:
    """The answer of a bidirectional reader with a mask, (2 * units,).

    `ids` (num_steps,) are a review's, with zeros, the padding, before or behind the
    words, or both. `state = forward(id, state)` reads one id; so does `backward`, which
    begins at the review's end. Both begin in the given `state`, (units,). The answer is
    the state of the first after all words, then that of the second after all words.
    """

    def read(step, ids):
        last = state
        for id in ids:
            if id != 0:
                last = step(id, last)
        return last

    return np.concatenate([read(forward, ids), read(backward, ids[::-1])])


@read_both_ways.specification
def _(ids, forward, backward, state):
    words = [id for id in ids if id]
    there, back = state, state
    for n in range(len(words)):
        there = forward(words[n], there)
        back = backward(words[len(words) - 1 - n], back)
    return np.array([*there, *back])


def stay(state, first):
    return state


def read(step, ids, state, at_padding=stay):
    """The last state; `at_padding` says what padding makes of one."""
    first = state
    for id in ids:
        masked = at_padding is not None and id == 0
        state = at_padding(state, first) if masked else step(id, state)
    return state


def read_both(ids, forward, backward, state, at_padding=stay):
    """Both ways, with what people make of padding."""
    there = read(forward, ids, state, at_padding)
    return np.concatenate([there, read(backward, ids[::-1], state, at_padding)])


read_both_ways.wrong(
    "padding read as a word",
    "Your readers read the zeros, too, and each changes the state. With a mask it "
    "cannot matter how much padding there is.",
)(partial(read_both, at_padding=None))

read_both_ways.wrong(
    "state cleared at padding",
    "At padding your state becomes the first again, and behind the words all is "
    "forgotten. A masked step leaves the state as it was.",
)(partial(read_both, at_padding=lambda state, first: first))


@read_both_ways.wrong(
    "reading ends at padding",
    "Your readers stop at the first zero. But padding may stand before the words, and "
    "what stands behind for one reader comes first for the other.",
)
def _(ids, forward, backward, state):
    def first_words(ids):
        return ids[: [*ids, 0].index(0)]

    there = read(forward, first_words(ids), state)
    return np.concatenate([there, read(backward, first_words(ids[::-1]), state)])


@read_both_ways.wrong(
    "both read forwards",
    "Your second reader begins at the beginning, as the first does. What comes later "
    "cannot reach earlier words.",
)
def _(ids, forward, backward, state):
    return np.concatenate([read(forward, ids, state), read(backward, ids, state)])


@read_both_ways.wrong(
    "the second goes on from the first",
    "Your second reader begins where the first ended. Both begin in the given `state`.",
)
def _(ids, forward, backward, state):
    there = read(forward, ids, state)
    return np.concatenate([there, read(backward, ids[::-1], there)])


@read_both_ways.wrong(
    "halves swapped",
    "The state of `backward` comes first in your answer. That of `forward` does.",
)
def _(*inputs):
    return np.roll(read_both(*inputs), 2)


@read_both_ways.wrong(
    "the second reader asked too early",
    "You take both states at the last place, be it padding. There the second reader "
    "has only begun; where has it read all?",
)
def _(ids, forward, backward, state):
    return np.concatenate([read(forward, ids, state), read(backward, ids[-1:], state)])


@read_both_ways.wrong(
    "the second reader after one word",
    "Your second half is the second reader's output at the last word, as it stands in "
    "`outputs[-1]`. It comes from there and has read one word; where has it read all?",
)
def _(ids, forward, backward, state):
    return np.concatenate(
        [read(forward, ids, state), backward(ids[ids > 0][-1], state)]
    )


read_both_ways.wrong(
    "one reader for both directions",
    "You let `forward` read both ways. The two layers have weights of their own.",
)(lambda ids, forward, _, state: read_both(ids, forward, forward, state))
