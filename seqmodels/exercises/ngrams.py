"""Exercises of notebook 04a, predicting text by counting."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from seqmodels.exercises import exercise
from seqmodels.exercises._inputs import filled, ids, probabilities, size

__all__ = [
    "perplexity_of_texts",
    "e_after_adding_one",
    "distinct_before",
    "write_by_pairs",
    "ask_shorter_histories",
    "kneser_ney_pairs",
]

vocab_sizes = size("vocab_size", 2, 4)


def letters(low: int, high: int) -> SearchStrategy[list[int]]:
    """Texts of so many letters, as lists of ids."""
    return ids(st.integers(low, high), vocab_size=vocab_sizes).map(np.ndarray.tolist)


log_probs = filled(
    lambda rng, sizes: np.log(rng.integers(1, 10, size=sizes) / 10).round(2),
    [st.integers(1, 5)],
)


@exercise(
    difficulty=1,
    minutes=3,
    inputs=[st.lists(log_probs, min_size=1, max_size=4)],
    hints=[
        "First the mean loss of a letter. Which letters does that mean run over?",
        "A loss in nats becomes a number of letters by e to that power, `np.exp`.",
    ],
)
def perplexity_of_texts(texts: list[np.ndarray]) -> float:
    """The perplexity of a letter of several texts, in which every letter counts alike.

    Of each text an array of the natural logarithms of its letters' probabilities; the
    texts differ in length.
    """
    loss = -sum(text.sum() for text in texts)
    return np.exp(loss / sum(map(len, texts)))


@perplexity_of_texts.specification
def _(texts):
    product, num_letters = 1.0, 0
    for text in texts:
        for log_prob in text:
            product, num_letters = product * np.exp(log_prob), num_letters + 1
    return (1 / product) ** (1 / num_letters)


@perplexity_of_texts.wrong(
    "perplexity averaged before the exponential",
    "You take a mean for each text, and the mean of these means before the exponential."
    " So a letter of a short text counts for more than one of a long text.",
)
def _(texts):
    return np.exp(np.mean([-text.mean() for text in texts]))


@perplexity_of_texts.wrong(
    "a mean of perplexities",
    "You average perplexities. What may be averaged is the loss of a letter: the "
    "logarithm makes a sum of the chain rule's product. The exponential comes last.",
)
def _(texts):
    return np.exp(-np.concatenate(texts)).mean()


@perplexity_of_texts.wrong(
    "a mean of the texts' perplexities",
    "You average the perplexities of the texts. Take all their letters for one text: "
    "how large is its mean loss?",
)
def _(texts):
    return np.mean([np.exp(-text.mean()) for text in texts])


@perplexity_of_texts.wrong(
    "two to the power of nats",
    "Two to that power is right for bits. These logarithms are natural ones.",
)
def _(texts):
    return 2 ** -np.concatenate(texts).mean()


@perplexity_of_texts.wrong(
    "a sum for a mean",
    "This grows with every letter: it is one over the probability of everything. "
    "Perplexity is that of one letter.",
)
def _(texts):
    return np.exp(-np.concatenate(texts).sum())


@exercise(
    difficulty=1,
    minutes=3,
    hints=[
        "One is added: how often does e count as seen now? And all letters together?",
        "The history's count grows by all ones that were added, one for each letter.",
    ],
)
def e_after_adding_one() -> float:
    """The probability of e after a history seen three times, each time before e.

    There are 27 letters, and one is added to each count. Three digits do.
    """
    return (3 + 1) / (3 + 27)


@e_after_adding_one.specification
def _():
    seen_or_added = "eee" + " abcdefghijklmnopqrstuvwxyz"
    return seen_or_added.count("e") / len(seen_or_added)


@e_after_adding_one.wrong(
    "nothing added",
    "You hold e to be certain, as the plain counts do, and the other 26 letters to be "
    "impossible. Each of the 27 gets one: what do your probabilities sum to?",
)
def _():
    return 3 / 3


@e_after_adding_one.wrong(
    "the history's own count forgotten",
    "You divide by what was added. The three that were seen count as well.",
)
def _():
    return (3 + 1) / 27


@e_after_adding_one.wrong(
    "added to unseen letters only",
    "You add to the letters that never came. Adding one adds to every count, that of "
    "e as well.",
)
def _():
    return 3 / (3 + 26)


@e_after_adding_one.wrong(
    "added below the line only",
    "The history's count is right, with all 27 ones. One of them belongs to e.",
)
def _():
    return 3 / (3 + 27)


@exercise(
    difficulty=2,
    minutes=5,
    inputs=[letters(2, 12), vocab_sizes],
    hints=[
        "A set keeps each thing once. What has to be put into it?",
        "One set for each letter: what stood before it, wherever it stands. Before the "
        "first letter stands the start.",
    ],
)
def distinct_before(ids: list[int], vocab_size: int) -> np.ndarray:
    """After how many different letters each letter came: (vocab_size,) numbers.

    It came after the letter directly before it. The text's start counts as one more
    letter, which stands before `ids[0]`.
    """
    pairs = {(None, ids[0]), *zip(ids, ids[1:], strict=False)}
    found = np.zeros(vocab_size, int)
    for _, letter in pairs:
        found[letter] += 1
    return found


@distinct_before.specification
def _(ids, vocab_size):
    before = [["start", *ids][n] for n in range(len(ids))]
    return [
        len({last for last, id in zip(before, ids, strict=True) if id == letter})
        for letter in range(vocab_size)
    ]


@distinct_before.wrong(
    "occurrences counted",
    "You count how often each letter came. York came twice, but both times after "
    "'new': that is one.",
)
def _(ids, vocab_size):
    return np.bincount(ids, minlength=vocab_size)


@distinct_before.wrong(
    "letters after for letters before",
    "You count what came after each letter. A letter is handed something because it "
    "can follow different ones: look at what stands before it.",
)
def _(ids, vocab_size):
    pairs = [*{*zip(ids, ids[1:], strict=False)}]
    return np.bincount([first for first, _ in pairs], minlength=vocab_size)


@distinct_before.wrong(
    "the text's start forgotten",
    "Your first letter has nothing before it. Here the start of the text counts as "
    "one more letter.",
)
def _(ids, vocab_size):
    pairs = [*{*zip(ids, ids[1:], strict=False)}]
    return np.bincount([second for _, second in pairs], minlength=vocab_size)


def draws(num_parts):
    """Numbers between 0 and 1, multiples of one part."""

    def draw(rng, sizes):
        return rng.integers(1, num_parts, size=sizes) / num_parts

    return filled(draw, [st.integers(1, 6)]).map(np.ndarray.tolist)


# Every sum of eighths is exact.
eighths = filled(
    lambda rng, sizes: rng.multinomial(8, [1 / sizes[1]] * sizes[1], sizes[0]) / 8,
    [vocab_sizes, vocab_sizes],
)


@exercise(
    difficulty=3,
    minutes=8,
    # In 101 parts none is where a sum of probabilities ends; in eighths many are.
    inputs=st.tuples(
        probabilities(vocab_sizes, vocab_sizes), st.integers(0, 1), draws(101)
    )
    | st.tuples(eighths, st.integers(0, 1), draws(8)),
    hints=[
        "Lay the probabilities of a row end to end: they fill the line from 0 to 1. "
        "Where on it does the number fall?",
        "`np.cumsum` gives the ends. The letter is the first whose end lies beyond "
        "the number.",
        "What was drawn is read next: it says which row comes.",
    ],
)
def write_by_pairs(table: np.ndarray, first: int, draws: list[float]) -> list[int]:
    """A letter for each of `draws`, drawn by a bigram model; `first` is read first.

    Row r of `table` (vocab_size, vocab_size) has the probabilities of what comes after
    letter r. A number of `draws`, between 0 and 1, is turned into the first letter for
    which the probabilities up to it and with it sum to more than that number.
    """
    letter, written = first, []
    for draw in draws:
        letter = int(np.argmax(np.cumsum(table[letter]) > draw))
        written.append(letter)
    return written


@write_by_pairs.specification
def _(table, first, draws):
    read, written = first, []
    for draw in draws:
        letter, left = 0, draw - table[read][0]
        while left >= 0:
            letter += 1
            left -= table[read][letter]
        read = letter
        written.append(letter)
    return written


@write_by_pairs.wrong(
    "argmax for sampling",
    "You always take the likeliest letter, and your numbers decide nothing. Such a "
    "writer soon goes in a circle; to draw is to take each as often as it is probable.",
)
def _(table, first, draws):
    letter, written = first, []
    for _ in draws:
        letter = int(np.argmax(table[letter]))
        written.append(letter)
    return written


@write_by_pairs.wrong(
    "at least for more than",
    "Where a number is just the sum of some probabilities, you take the letter with "
    "which they end. The sum has to be more, or a letter of probability 0 could come.",
)
def _(table, first, draws):
    letter, written = first, []
    for draw in draws:
        letter = int(np.argmax(np.cumsum(table[letter]) >= draw))
        written.append(letter)
    return written


@write_by_pairs.wrong(
    "its own letters not read",
    "All your letters are drawn from the row of the first. What has been drawn must be "
    "read before the next is drawn.",
)
def _(table, first, draws):
    return [int(np.argmax(np.cumsum(table[first]) > draw)) for draw in draws]


@write_by_pairs.wrong(
    "columns for rows",
    "You draw from a column: it says which letters stand before the one read, and "
    "does not sum to one.",
)
def _(table, first, draws):
    letter, written = first, []
    for draw in draws:
        letter = int(np.argmax(np.cumsum(table[:, letter]) > draw))
        written.append(letter)
    return written


@write_by_pairs.wrong(
    "equal chances",
    "You cut the line from 0 to 1 into equal parts, so that all letters are drawn "
    "equally often. A part should be as long as its letter is probable.",
)
def _(table, first, draws):
    return [int(draw * len(table)) for draw in draws]


@exercise(
    difficulty=4,
    minutes=12,
    inputs=[
        letters(4, 14),
        letters(0, 4),
        st.sampled_from([0.5, 1.0, 2.0, 5.0]),
        vocab_sizes,
    ],
    num_examples=40,
    hints=[
        "Begin at the bottom: all letters alike. Then let the history grow, by one "
        "letter at its beginning in each round.",
        "In each round count what came after every occurrence of that history.",
        "A round's answer is (counts + a * answer before) / (sum of counts + a).",
    ],
)
def ask_shorter_histories(
    ids: list[int], history: list[int], amount: float, vocab_size: int
) -> np.ndarray:
    """The (vocab_size,) probabilities of what comes after a history in the text `ids`.

    p(w | h) = (c(hw) + a p(w | h')) / (c(h) + a). Here a is `amount`, c(hw) says how
    often w came after h, c(h) is the sum of that over all w, and h' is h without its
    first letter. After no history, too, a is handed out: in equal shares.
    """
    probs = np.full(vocab_size, 1 / vocab_size)
    for start in range(len(history), -1, -1):
        shorter = history[start:]
        counts = np.zeros(vocab_size)
        for place in range(len(shorter), len(ids)):
            if ids[place - len(shorter) : place] == shorter:
                counts[ids[place]] += 1
        probs = (counts + amount * probs) / (counts.sum() + amount)
    return probs


def followers(ids: list[int], history: list[int], vocab_size: int) -> np.ndarray:
    """How often each letter came after a history."""
    length = len(history)
    grams = [tuple(ids[n : n + length + 1]) for n in range(len(ids) - length)]
    return np.array([grams.count((*history, w)) for w in range(vocab_size)], float)


@ask_shorter_histories.specification
def _(ids, history, amount, vocab_size):
    def probability(letter, history):
        shorter = probability(letter, history[1:]) if history else 1 / vocab_size
        counts = followers(ids, history, vocab_size)
        return (counts[letter] + amount * shorter) / (sum(counts) + amount)

    return [probability(letter, history) for letter in range(vocab_size)]


@ask_shorter_histories.wrong(
    "the history shortened at its end",
    "You leave out the last letter of the history, the one that stands right before "
    "what is asked for. Which letter says least about it?",
)
def _(ids, history, amount, vocab_size):
    probs = np.full(vocab_size, 1 / vocab_size)
    for length in range(len(history) + 1):
        counts = followers(ids, history[:length], vocab_size)
        probs = (counts + amount * probs) / (counts.sum() + amount)
    return probs


@ask_shorter_histories.wrong(
    "equal shares",
    "You add the same to each letter, as before. Each letter's share is what the "
    "shorter history expects of it.",
)
def _(ids, history, amount, vocab_size):
    counts = followers(ids, history, vocab_size)
    return (counts + amount / vocab_size) / (counts.sum() + amount)


@ask_shorter_histories.wrong(
    "a shorter history only if none was seen",
    "You ask the shorter history only where this one was never seen. It has a say "
    "everywhere: one that was seen once knows little, and gives its letter all.",
)
def _(ids, history, amount, vocab_size):
    counts = followers(ids, history, vocab_size)
    while history and not counts.any():
        history = history[1:]
        counts = followers(ids, history, vocab_size)
    return counts / counts.sum()


@ask_shorter_histories.wrong(
    "only unseen letters ask",
    "You hand something down only to letters that never came after the history. All "
    "letters get their share; do your probabilities sum to one?",
)
def _(ids, history, amount, vocab_size):
    probs = np.full(vocab_size, 1 / vocab_size)
    for start in range(len(history), -1, -1):
        counts = followers(ids, history[start:], vocab_size)
        own = np.where(counts > 0, counts, amount * probs)
        probs = own / (counts.sum() + amount)
    return probs


@ask_shorter_histories.wrong(
    "letter frequencies not smoothed",
    "You stop at plain letter frequencies. They, too, have counts of zero: the "
    "formula goes on once more, to equal shares.",
)
def _(ids, history, amount, vocab_size):
    counts = followers(ids, [], vocab_size)
    probs = counts / counts.sum()
    for start in range(len(history) - 1, -1, -1):
        counts = followers(ids, history[start:], vocab_size)
        probs = (counts + amount * probs) / (counts.sum() + amount)
    return probs


@exercise(
    difficulty=5,
    minutes=15,
    inputs=[letters(2, 14), st.sampled_from([0.2, 0.5, 0.8]), vocab_sizes],
    hints=[
        "First a table of how often each letter came after each. It tells the number "
        "of different letters before a letter, too, but for the text's start.",
        "Then the model without history, by the formula. It is handed out in the last "
        "step, so it has to be there before.",
        "From a row, what is taken is D times the number of fields that are not zero.",
    ],
)
def kneser_ney_pairs(ids: list[int], discount: float, vocab_size: int) -> np.ndarray:
    """Kneser-Ney's table (letter read, next letter), one discount D for all counts.

    p(w | h) = (c(hw) - D) / c(h) + D k(h) / c(h) p(w). Here c(hw) says how often w came
    after h, and nothing is taken from a zero; c(h) is the sum of c(hw) over all w, and
    k(h) says how many different w came. A letter h that nothing came after hands on
    everything. Without a history the formula is the same, with equal shares for p(w)
    at its end, but its counts say after how many different letters each w came; the
    text's start counts as one more letter.
    """
    counts = np.zeros([vocab_size, vocab_size])
    for last, letter in zip(ids, ids[1:], strict=False):
        counts[last, letter] += 1
    kinds = (counts > 0).sum(axis=0)
    kinds[ids[0]] += 1
    taken = discount * (kinds > 0)
    below = (kinds - taken + taken.sum() / vocab_size) / kinds.sum()
    table = []
    for row in counts:
        taken = discount * (row > 0)
        own = row - taken + taken.sum() * below
        table.append(own / row.sum() if row.any() else below)
    return np.array(table)


def kneser_ney(kinds: list, pairs: list, discount: float, vocab_size: int, lost=0):
    """The table from the lower counts and those of pairs, loop by loop."""
    below = [1 / vocab_size] * vocab_size
    tables = []
    for counts in [kinds, *pairs]:
        total, num_kinds = sum(counts), sum(c > 0 for c in counts)
        if total:
            own = [max(c - discount, 0) / total for c in counts]
            share = (1 - lost) * discount * num_kinds / total
            tables.append([p + share * q for p, q in zip(own, below, strict=True)])
        else:
            tables.append(below)
        below = tables[0]
    return np.array(tables[1:])


def count_pairs(ids: list[int], vocab_size: int) -> list[list[int]]:
    """How often each letter came after each."""
    return [followers(ids, [last], vocab_size).tolist() for last in range(vocab_size)]


@kneser_ney_pairs.specification
def _(ids, discount, vocab_size):
    kinds = distinct_before.wanted(ids, vocab_size)
    return kneser_ney(kinds, count_pairs(ids, vocab_size), discount, vocab_size)


@kneser_ney_pairs.wrong(
    "occurrences counted",
    "Your model without history counts how often a letter came. Then 'york' is handed "
    "as much as 'and', though it only ever follows 'new'.",
)
def _(ids, discount, vocab_size):
    occurrences = [ids.count(letter) for letter in range(vocab_size)]
    return kneser_ney(occurrences, count_pairs(ids, vocab_size), discount, vocab_size)


@kneser_ney_pairs.wrong(
    "letters after for letters before",
    "For p(w) you count what came after each letter. It should say what a letter can "
    "follow: how many different ones stood before it.",
)
def _(ids, discount, vocab_size):
    pairs = count_pairs(ids, vocab_size)
    kinds = [sum(c > 0 for c in row) for row in pairs]
    return kneser_ney(kinds, pairs, discount, vocab_size)


@kneser_ney_pairs.wrong(
    "the text's start forgotten",
    "Almost: the text's start stands before its first letter, as one more letter.",
)
def _(ids, discount, vocab_size):
    pairs = count_pairs(ids, vocab_size)
    kinds = [sum(row[w] > 0 for row in pairs) for w in range(vocab_size)]
    return kneser_ney(kinds, pairs, discount, vocab_size)


@kneser_ney_pairs.wrong(
    "what was taken is lost",
    "You take something from each count and give it to nobody. What do the "
    "probabilities of a row sum to?",
)
def _(ids, discount, vocab_size):
    kinds = distinct_before.wanted(ids, vocab_size)
    return kneser_ney(kinds, count_pairs(ids, vocab_size), discount, vocab_size, lost=1)


@kneser_ney_pairs.wrong(
    "handed down in equal shares",
    "What you take from a row, you hand out in equal parts: q gets as much as e. It "
    "goes to the model without history, and only that one hands out equal parts.",
)
def _(ids, discount, vocab_size):
    return kneser_ney(
        [0] * vocab_size, count_pairs(ids, vocab_size), discount, vocab_size
    )
