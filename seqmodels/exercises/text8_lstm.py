"""Exercises of notebook 06, the LSTM cell and text8."""

from collections import Counter
from functools import partial

import numpy as np
from hypothesis import strategies as st

from seqmodels.exercises import exercise
from seqmodels.exercises._inputs import filled, ids, numbers, size

__all__ = [
    "encode_unseen_text",
    "count_lstm_weights",
    "finish_lstm_step",
    "windows_of_streams",
    "lstm_perplexity",
]


@exercise(
    difficulty=2,
    minutes=4,
    inputs=[st.text("abcd AB1", min_size=1, max_size=8)] * 2,
    num_examples=40,
    hints=[
        "Pretend that the test text does not exist yet. What ids are there?",
        "`dict.get` has a second argument: what is given for an unknown key.",
    ],
)
def encode_unseen_text(train_text: str, test_text: str) -> list[int]:
    """The ids of the characters of `test_text`.

    There is no fixed alphabet as text8 has one. A model is trained on `train_text`
    alone; its characters, sorted, have the ids 1, 2, 3 ... Spaces, capitals and digits
    are characters as all others. One that the model does not know has the id 0.
    """
    characters = sorted(set(train_text))
    id_of = {character: n + 1 for n, character in enumerate(characters)}
    return [id_of.get(character, 0) for character in test_text]


@encode_unseen_text.specification
def _(train_text, test_text):
    known = "".join(sorted(set(train_text)))
    return [known.find(character) + 1 for character in test_text]


def _known(text):
    return sorted(set(text))


def _encode(known, text, first=1):
    """Ids from the last place in `known`, 0 where there is none."""
    id_of = {character: n for n, character in enumerate(known, first)}
    return [id_of.get(character, 0) for character in text]


def _find(known, text, first=1):
    """Ids from the first place in `known`, `first` - 1 where there is none."""
    return ["".join(known).find(character) + first for character in text]


_UNSORTED = "Your characters are numbered in another order. Which one is asked for?"
_TWICE = "A character that comes twice has two of your numbers. It needs one."
for _name, _hint, _ids in [
    (
        "test text in the vocabulary",
        "Your ids come from both texts, so the model is told which characters it will "
        "be tested on. On a text that is yet to be written that could not be done.",
        lambda train, test: _encode(_known(train + test), test),
    ),
    (
        "learning at the test",
        "Yours gives an unknown character a new id. The model has no weights for it.",
        lambda train, test: _find(dict.fromkeys([*_known(train), *test]), test),
    ),
    (
        "a vocabulary for each text",
        "You number the characters of the test text anew. The id that stood for one "
        "letter in training then stands for another.",
        lambda train, test: _encode(_known(test), test),
    ),
    (
        "the training text encoded",
        "These are the ids of the text that is trained on. Which one is to be read?",
        lambda train, test: _encode(_known(train), train),
    ),
    (
        "unknown characters dropped",
        "Your test is shorter than the text: the hardest characters are left out, and "
        "the loss is better than it should be.",
        lambda train, test: [n for n in _encode(_known(train), test) if n],
    ),
    (
        "an unknown character taken for a known one",
        "0 is the id of your first known character as well: the two look the same.",
        lambda train, test: _encode(_known(train), test, first=0),
    ),
    (
        "minus one for the unknown",
        "Your ids begin with 0, and an unknown character has -1. As the number of a "
        "row -1 is the last one, that of a known character.",
        lambda train, test: _find(_known(train), test, first=0),
    ),
    (
        "numbered as they appear",
        _UNSORTED,
        lambda train, test: _encode(dict.fromkeys(train), test),
    ),
    (
        "numbered by frequency",
        _UNSORTED,
        lambda train, test: _encode(dict(Counter(train).most_common()), test),
    ),
    (
        "repeated characters kept",
        _TWICE,
        lambda train, test: _find(sorted(train), test),
    ),
    (
        "the last of repeated characters kept",
        _TWICE,
        lambda train, test: _encode(sorted(train), test),
    ),
    (
        "the space taken for unknown",
        "0 is the space in text8. Here the space is a character as all others, known "
        "if it stands in the training text.",
        lambda train, test: _encode(_known(train.replace(" ", "")), test),
    ),
    (
        "capitals made small",
        "You make capitals small, as text8 has done. Nobody asked for it: here A and a "
        "are two characters.",
        lambda train, test: _encode(_known(train.lower()), test.lower()),
    ),
]:
    encode_unseen_text.wrong(_name, _hint)(_ids)


@exercise(
    difficulty=1,
    minutes=3,
    inputs=st.tuples(st.integers(2, 9), st.integers(2, 9)).filter(
        lambda sizes: sizes[0] != sizes[1]
    ),
    hints=[
        "Count what one line of the equations needs, such as that of i.",
        "W reads num_features numbers, U reads units; both give units, as b does.",
    ],
)
def count_lstm_weights(num_features: int, units: int) -> int:
    """How many weights a cell has that reads `num_features` numbers, with biases.

    Of the cell alone: what is made of its output is not counted.
    """
    return 4 * (num_features * units + units * units + units)


@count_lstm_weights.specification
def _(num_features, units):
    return sum(num_features + units + 1 for _ in "ifgo" for _ in range(units))


for _name, _hint, _count in [
    (
        "one matrix for all four",
        "This is a plain cell's number. Do the gates and the candidate share weights?",
        lambda x, h: x * h + h * h + h,
    ),
    (
        "the candidate forgotten",
        "Three gates decide what becomes of something. What makes that something?",
        lambda x, h: 3 * (x * h + h * h + h),
    ),
    (
        "its own output not read",
        "Your cell reads x alone. What else stands in each of the equations?",
        lambda x, h: 4 * (x * h + h),
    ),
    (
        "biases forgotten",
        "Each equation adds something that is multiplied by nothing.",
        lambda x, h: 4 * (x * h + h * h),
    ),
    (
        "one number for a bias",
        "You add a single number in each equation, the same for all units. How long is "
        "what it is added to?",
        lambda x, h: 4 * (x * h + h * h + 1),
    ),
    (
        "one bias for all four",
        "i, f, g and o share their bias with you. Have they one letter or four in the "
        "equations?",
        lambda x, h: 4 * (x * h + h * h) + h,
    ),
    (
        "two biases in each equation",
        "You give the product with x and that with h a bias each, as some libraries "
        "do. How many do these equations add?",
        lambda x, h: 4 * (x * h + h * h + 2 * h),
    ),
    (
        "the classifier counted",
        "The matrix and the bias that make logits of h belong to the model, but not to "
        "the cell.",
        lambda x, h: 4 * (x * h + h * h + h) + h * x + x,
    ),
    (
        "h and c counted",
        "h and c are computed, not learnt: they are others at every step.",
        lambda x, h: 4 * (x * h + h * h + h) + 2 * h,
    ),
]:
    count_lstm_weights.wrong(_name, _hint)(_count)


@exercise(
    difficulty=2,
    minutes=5,
    inputs=[
        numbers(size("batch"), size("units").map(lambda n: 4 * n)),
        numbers(size("batch"), size("units")),
    ],
    hints=[
        "Of the two results the new c comes first: h is made from it.",
        "The logistic function is 1 / (1 + exp(-z)). Three of the four get it.",
        "`np.split(z, 4, axis=-1)` gives four arrays of the shape of c.",
    ],
)
def finish_lstm_step(z: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The new h and the new c of an LSTM, in this order, each (batch, units).

    z, (batch, 4 units), is x W + h U + b: the sums for i, f, g, o side by side. c is
    the old cell state.
    """
    i, f, g, o = np.split(z, 4, axis=-1)
    i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
    c = f * c + i * np.tanh(g)
    return o * np.tanh(c), c


@finish_lstm_step.specification
def _(z, c):
    batch_size, units = c.shape
    new_h, new_c = np.empty_like(c), np.empty_like(c)
    for row in range(batch_size):
        for n in range(units):
            take, keep, propose, put = (z[row, n + k * units] for k in range(4))
            kept = c[row, n] / (1 + np.exp(-keep))
            new_c[row, n] = kept + np.tanh(propose) / (1 + np.exp(-take))
            new_h[row, n] = np.tanh(new_c[row, n]) / (1 + np.exp(-put))
    return new_h, new_c


def _logistic(z):
    return 1 / (1 + np.exp(-z))


def _step(z, c, order="ifgo", gate=_logistic, squash=np.tanh, out=np.tanh, late=False):
    """The new h and c of a cell that has one thing or another wrong."""
    sums = dict(zip(order, np.split(z, 4, axis=-1), strict=True))
    new = gate(sums["f"]) * c + gate(sums["i"]) * squash(sums["g"])
    return gate(sums["o"]) * out(c if late else new), new


_SLIPS = [
    (
        "gate order swapped",
        "You take the candidate's columns for o, and o's for the candidate. Here the "
        "three gates do not stand side by side.",
        {"order": "ifog"},
    ),
    (
        "forget and input gate exchanged",
        "Your i keeps the old state, your f lets the candidate in. Which is which?",
        {"order": "figo"},
    ),
    (
        "the old state put out",
        "Your h is made from c as it came in, so that what has just been read shows "
        "one step late. Which of the two is in the last equation?",
        {"late": True},
    ),
    (
        "an output without bounds",
        "c can grow beyond one, h cannot. What stands between c and the output gate?",
        {"out": np.positive},
    ),
    (
        "a state that only grows",
        "All four of yours are between 0 and 1, so a state can only be added to, never "
        "lowered. Which of them is no gate?",
        {"squash": _logistic},
    ),
    (
        "a candidate without bounds",
        "What your cell takes in can go beyond one. Look again at the equation of g.",
        {"squash": np.positive},
    ),
    (
        "gates without bounds",
        "A gate is between 0 and 1; yours takes its sum as it is.",
        {"gate": np.positive},
    ),
    (
        "all sums taken as they are",
        "A gate is between 0 and 1; yours takes z as it is, and so does the candidate.",
        {"gate": np.positive, "squash": np.positive},
    ),
    (
        "nothing brought into bounds",
        "There is neither a logistic function nor a tanh in your cell.",
        {"gate": np.positive, "squash": np.positive, "out": np.positive},
    ),
    (
        "gates upside down",
        "Your gates open where they should shut. Where z is large a gate is near 1.",
        {"gate": lambda z: 1 / (1 + np.exp(z))},
    ),
]
for _name, _hint, _slip in _SLIPS:
    finish_lstm_step.wrong(_name, _hint)(partial(_step, **_slip))


finish_lstm_step.wrong(
    "c before h",
    "You return the state first. Asked for is h and then c, as in the lesson's cells.",
)(lambda z, c: _step(z, c)[::-1])


def _long_enough(num_streams, num_steps, num_windows, over, mixed):
    letters = np.arange(10, 11 + num_streams * num_steps * num_windows + over)
    if mixed:
        letters = np.random.default_rng(len(letters)).permutation(letters)
    return letters, num_streams, num_steps


@exercise(
    difficulty=3,
    minutes=12,
    inputs=st.builds(
        _long_enough,
        *[st.integers(1, 3), st.integers(1, 4), st.integers(1, 3)],
        *[st.integers(0, 6), st.booleans()],
    ),
    num_examples=40,
    hints=[
        "The last letter of the text cannot be read. How long is a stream at most?",
        "Cut what is to be answered from the whole text too, before it is in streams.",
        "How many windows has a stream of exactly num_steps letters, how many one that "
        "is a letter shorter?",
        "`ids[:num_streams * length].reshape(num_streams, length)` is what is read.",
    ],
)
def windows_of_streams(
    ids: np.ndarray, num_streams: int, num_steps: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """A text as a list of pairs, what is read and what is to be answered.

    The text is cut into streams of equal length, as long as can be, one after the
    other, and each of them into windows that follow one another, `num_steps` letters
    each; what is left over is dropped. Both arrays of a pair are (num_streams,
    num_steps). The answer to a letter is the one after it in the text, also at the end
    of a stream; so the last letter of the text cannot be read.
    """
    length = (len(ids) - 1) // num_streams
    reads = ids[: num_streams * length].reshape(num_streams, length)
    answers = ids[1 : num_streams * length + 1].reshape(num_streams, length)
    return [
        (reads[:, end - num_steps : end], answers[:, end - num_steps : end])
        for end in range(num_steps, length + 1, num_steps)
    ]


@windows_of_streams.specification
def _(ids, num_streams, num_steps):
    length = (len(ids) - 1) // num_streams
    windows = []
    for n in range(length // num_steps):
        firsts = [r * length + n * num_steps for r in range(num_streams)]
        reads = [[ids[k + t] for t in range(num_steps)] for k in firsts]
        answers = [[ids[k + t + 1] for t in range(num_steps)] for k in firsts]
        windows.append((reads, answers))
    return windows


def _windows(ids, num_streams, num_steps, spare=1, after=None, starts=None):
    """The pairs of somebody who has one thing or another wrong."""
    length = (len(ids) - spare) // num_streams
    ends = range(0, length - num_steps + 1, num_steps)
    after = after(ids) if after else ids[1:]
    reads, answers = (
        part[: num_streams * length].reshape(num_streams, length)
        for part in (ids, after)
    )
    return [
        (reads[:, n : n + num_steps], answers[:, n : n + num_steps])
        for n in (starts(length, num_steps) if starts else ends)
    ]


for _name, _hint, _slip in [
    (
        "no letter after the last",
        "Where the streams use up the whole text, its last letter has no answer. How "
        "many letters may be read?",
        {"spare": 0},
    ),
    (
        "the text closed to a ring",
        "Where your streams use up the whole text, its last letter is answered by its "
        "first. Nothing is known to come after the last one.",
        {"spare": 0, "after": lambda ids: np.roll(ids, -1)},
    ),
    (
        "targets not shifted",
        "What you ask for has just been read. The answer to a letter is the next one.",
        {"after": lambda ids: ids},
    ),
    (
        "a short window kept",
        "Your last window is too short. What is left over is to be dropped.",
        {"starts": lambda length, num_steps: range(0, length, num_steps)},
    ),
    (
        "a whole window dropped",
        "A window that just fits is missing. Try a stream of exactly num_steps "
        "letters: the answer to its last stands in the text.",
        {"starts": lambda length, num_steps: range(0, length - num_steps, num_steps)},
    ),
    (
        "overlapping windows",
        "Each window of yours begins one letter after the one before, not where that "
        "one ended. Then the state that is handed on belongs to another place.",
        {"starts": lambda length, num_steps: range(length - num_steps + 1)},
    ),
]:
    windows_of_streams.wrong(_name, _hint)(partial(_windows, **_slip))


@windows_of_streams.wrong(
    "answers end with the stream",
    "The last letter of a stream of yours has no answer. It need not come from the "
    "stream: what comes next in the text?",
)
def _(ids, num_streams, num_steps):
    length = len(ids) // num_streams
    streams = ids[: num_streams * length].reshape(num_streams, length)
    return [
        (streams[:, n - num_steps : n], streams[:, n - num_steps + 1 : n + 1])
        for n in range(num_steps, length, num_steps)
    ]


@windows_of_streams.wrong(
    "streams cut too short",
    "Your streams end with their last window, so the second begins too early. First "
    "the streams, as long as can be; then the windows.",
)
def _(ids, num_streams, num_steps):
    total = num_streams * num_steps
    return _windows(ids[: (len(ids) - 1) // total * total + 1], num_streams, num_steps)


@windows_of_streams.wrong(
    "the text dealt out row by row",
    "Within a window your rows follow one another, and the next window goes on after "
    "the last. Which letter does row 0 read after its window is over?",
)
def _(ids, num_streams, num_steps):
    total, shape = num_streams * num_steps, (num_streams, num_steps)
    return [
        (ids[n - total : n].reshape(shape), ids[n - total + 1 : n + 1].reshape(shape))
        for n in range(total, len(ids), total)
    ]


@windows_of_streams.wrong(
    "letters dealt out in turn",
    "Neighbours in your rows are not neighbours in the text. A stream is a stretch of "
    "it, to be read as it stands.",
)
def _(ids, num_streams, num_steps):
    length = (len(ids) - 1) // num_streams
    places = np.arange(num_streams)[:, None] + num_streams * np.arange(length)
    return [
        (ids[places[:, n - num_steps : n]], ids[places[:, n - num_steps : n] + 1])
        for n in range(num_steps, length + 1, num_steps)
    ]


units, vocab_size = size("units", 1, 3), size("vocab_size", 2, 5)
four_units = units.map(lambda n: 4 * n)


def small(*shape):
    """Whole numbers that can be followed by hand, float64."""
    return filled(lambda rng, sizes: rng.integers(-1, 2, size=sizes) * 1.0, shape)


@exercise(
    difficulty=4,
    minutes=18,
    inputs=[
        small(vocab_size, four_units),
        small(units, four_units),
        small(four_units),
        small(units, vocab_size),
        small(vocab_size),
        ids(size("length", 2, 5), vocab_size=vocab_size),
    ],
    hints=[
        "A one-hot vector times W is a row of W: `W[id]`.",
        "In each round: read a letter, make the new c and h, then the logits, and note "
        "the loss of the letter that comes next.",
        "The loss is the logarithm of the sum of all exponentials, less the target's "
        "logit. What is made of all losses in the end?",
    ],
)
def lstm_perplexity(W, U, b, V, a, ids):
    """The perplexity of a text, each letter but the first predicted from those before.

    W (vocab_size, 4 units), U (units, 4 units) and b (4 units,) have the parts for
    i, f, g, o side by side. Logits are h V + a, with V (units, vocab_size). The cell
    begins with h and c of zeros. `ids` is (length,), 2 at least.
    """
    h = c = np.zeros(len(U))
    losses = []
    for n, target in enumerate(ids[1:]):
        i, f, g, o = np.split(W[ids[n]] + h @ U + b, 4)
        i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
        c = f * c + i * np.tanh(g)
        h = o * np.tanh(c)
        logits = h @ V + a
        losses.append(np.log(np.exp(logits).sum()) - logits[target])
    return np.exp(np.mean(losses))


def _perplexity(
    *weights_and_ids,
    end=lambda losses: np.exp(losses.mean()),
    ahead=1,
    keep=(1, 1),
    unread=False,
    first=False,
    softmax=True,
    **slip,
):
    """What somebody has who has one thing or another wrong."""
    W, U, b, V, a, ids = weights_and_ids
    h, c = np.zeros(len(U)), np.zeros(len(U))
    asked = [(a, ids[0])] if first else []
    for n in range(len(ids) - 1):
        before = h
        h, c = _step(W[ids[n]] + keep[0] * h @ U + b, keep[1] * c, **slip)
        asked.append(((before if unread else h) @ V + a, ids[n + ahead]))
    totals = [np.exp(logits).sum() if softmax else 1 for logits, _ in asked]
    return end(np.log(totals) - [logits[target] for logits, target in asked])


@lstm_perplexity.specification
def _(*inputs):
    return _perplexity(*inputs, end=lambda x: np.prod(np.exp(x)) ** (1 / len(x)))


for _name, _hint, _slip in [
    *_SLIPS,
    (
        "state not carried",
        "Each letter of yours is read from zeros. What h and c were after one letter "
        "the next one must find.",
        {"keep": (0, 0)},
    ),
    (
        "only h carried",
        "Your c starts from zero at every letter, so the forget gate has nothing to "
        "keep. Two things go from step to step.",
        {"keep": (1, 0)},
    ),
    (
        "asked for what it has just read",
        "Your model is to name a letter that it has read. Which is still unknown?",
        {"ahead": 0},
    ),
    (
        "one step late",
        "You make the logits before the letter is read, so that each prediction "
        "misses the newest one.",
        {"unread": True},
    ),
    (
        "the first letter predicted too",
        "The first letter is only read: nothing stands before it.",
        {"first": True},
    ),
    (
        "no softmax",
        "You take the logit of the letter that comes for the logarithm of its "
        "probability. What makes the probabilities of all letters sum to one?",
        {"softmax": False},
    ),
    (
        "exponential before the mean",
        "You average the perplexities of single letters: one surprise then outweighs "
        "all the rest. Losses are what is averaged, and the exponential comes last.",
        {"end": lambda losses: np.exp(losses).mean()},
    ),
    (
        "loss, not perplexity",
        "Yours is the mean loss in nats. What makes a perplexity of it?",
        {"end": lambda losses: losses.mean()},
    ),
    (
        "a sum for the mean",
        "Yours grows with the length of the text. Unsure of how many letters is the "
        "model at *one* place?",
        {"end": lambda losses: np.exp(losses.sum())},
    ),
    (
        "divided by all letters",
        "You divide by the number of all letters. How many of them are predicted?",
        {"end": lambda losses: np.exp(losses.sum() / (len(losses) + 1))},
    ),
    (
        "a sign lost",
        "A perplexity is never below 1. A loss is minus the logarithm of a "
        "probability.",
        {"end": lambda losses: np.exp(-losses.mean())},
    ),
    (
        "two to the power of nats",
        "Your losses are in nats, and you take them for bits. The exponential has to "
        "undo the logarithm.",
        {"end": lambda losses: 2 ** losses.mean()},
    ),
]:
    lstm_perplexity.wrong(_name, _hint)(partial(_perplexity, **_slip))
