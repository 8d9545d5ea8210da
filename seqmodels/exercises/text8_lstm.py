"""Exercises of notebook 06, the LSTM cell and text8."""

import numpy as np
from hypothesis import strategies as st

from seqmodels.exercises import exercise
from seqmodels.exercises._inputs import ids, numbers, size

__all__ = [
    "count_lstm_weights",
    "finish_lstm_step",
    "windows_of_streams",
    "encode_unseen_text",
    "lstm_perplexity",
]


@exercise(
    difficulty=1,
    minutes=3,
    inputs=[st.integers(2, 9), st.integers(2, 9)],
    hints=[
        "Count what one line of the equations needs, such as that of i.",
        "W reads num_features numbers, U reads units; both give units, as b does.",
    ],
)
def count_lstm_weights(num_features: int, units: int) -> int:
    """How many weights a cell has that reads `num_features` numbers, with biases."""
    return 4 * (num_features * units + units * units + units)


@count_lstm_weights.specification
def _(num_features, units):
    return sum(num_features + units + 1 for _ in "ifgo" for _ in range(units))


@count_lstm_weights.wrong(
    "one matrix for all four",
    "This is a plain cell's number. Do the gates and the candidate share weights?",
)
def _(num_features, units):
    return num_features * units + units * units + units


@count_lstm_weights.wrong(
    "the candidate forgotten",
    "Three gates decide what becomes of something. What makes that something?",
)
def _(num_features, units):
    return 3 * (num_features * units + units * units + units)


@count_lstm_weights.wrong(
    "its own output not read",
    "Your cell reads x alone. What else stands in each of the equations?",
)
def _(num_features, units):
    return 4 * (num_features * units + units)


@count_lstm_weights.wrong(
    "biases forgotten", "Each equation adds something that is multiplied by nothing."
)
def _(num_features, units):
    return 4 * (num_features * units + units * units)


@exercise(
    difficulty=2,
    minutes=8,
    inputs=[
        numbers(size("batch"), size("units").map(lambda n: 4 * n)),
        numbers(size("batch"), size("units")),
    ],
    hints=[
        "`np.split(z, 4, axis=-1)` gives four arrays of the shape of c.",
        "The logistic function is 1 / (1 + exp(-z)). Three of the four get it.",
        "Of the two results the new c comes first: h is made from it.",
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


def _step(z, c, order="ifgo", squash=np.tanh):
    """The new c, and the output gate."""
    sums = dict(zip(order, np.split(z, 4, axis=-1), strict=True))
    new = _logistic(sums["f"]) * c + _logistic(sums["i"]) * squash(sums["g"])
    return new, _logistic(sums["o"])


@finish_lstm_step.wrong(
    "gate order swapped",
    "You take the candidate's columns for o, and o's for the candidate. Here the three "
    "gates do not stand side by side.",
)
def _(z, c):
    new, put = _step(z, c, "ifog")
    return put * np.tanh(new), new


@finish_lstm_step.wrong(
    "forget and input gate exchanged",
    "In your cell i keeps the old state and f lets the candidate in. Which is which?",
)
def _(z, c):
    new, put = _step(z, c, "figo")
    return put * np.tanh(new), new


@finish_lstm_step.wrong(
    "the old state put out",
    "Your h is made from c as it came in, so that what has just been read shows one "
    "step late. Which of the two is in the last equation?",
)
def _(z, c):
    new, put = _step(z, c)
    return put * np.tanh(c), new


@finish_lstm_step.wrong(
    "no tanh on the way out",
    "c can grow beyond one, h cannot. What stands between c and the output gate?",
)
def _(z, c):
    new, put = _step(z, c)
    return put * new, new


@finish_lstm_step.wrong(
    "the candidate taken for a gate",
    "All four of yours are between 0 and 1, so a state can only be added to, never "
    "lowered. g is no gate but what there is to take in.",
)
def _(z, c):
    new, put = _step(z, c, squash=_logistic)
    return put * np.tanh(new), new


@finish_lstm_step.wrong(
    "c before h",
    "You return the state first. What is asked for is h and then c, as the lesson's "
    "cells return them.",
)
def _(z, c):
    new, put = _step(z, c)
    return new, put * np.tanh(new)


def _long_enough(num_streams, num_steps, num_windows, over, seed):
    used = num_streams * num_steps * num_windows
    text = np.random.default_rng(seed).permutation(used + 1 + over)
    return text, num_streams, num_steps


@exercise(
    difficulty=3,
    minutes=10,
    inputs=st.builds(
        _long_enough,
        *[st.integers(1, 3), st.integers(1, 4), st.integers(1, 3)],
        *[st.integers(0, 6), st.integers(0, 2**16)],
    ),
    hints=[
        "How long is a stream, if every letter of it must have one that comes next?",
        "`ids[:num_streams * length].reshape(num_streams, length)` is what is read.",
        "What is to be answered is the same, cut from `ids[1:]`.",
    ],
)
def windows_of_streams(
    ids: np.ndarray, num_streams: int, num_steps: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """A text as a list of pairs, what is read and what is to be answered.

    The text is cut into streams of equal length, as long as can be, one after the
    other, and each of them into windows that follow one another, `num_steps` letters
    each; what is left over is dropped. Both arrays of a pair are (num_streams,
    num_steps). The answer to a letter is the one after it in the text.
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


def _streams(ids, num_streams):
    length = (len(ids) - 1) // num_streams
    reads = ids[: num_streams * length].reshape(num_streams, length)
    return reads, ids[1 : num_streams * length + 1].reshape(num_streams, length)


def _cut(reads, answers, num_steps, stride=None):
    ends = range(num_steps, reads.shape[1] + 1, stride or num_steps)
    return [(reads[:, n - num_steps : n], answers[:, n - num_steps : n]) for n in ends]


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
    shape = -1, num_streams
    reads, answers = (part.reshape(shape).T for part in _streams(ids, num_streams))
    return _cut(reads, answers, num_steps)


@windows_of_streams.wrong(
    "streams bent to rings",
    "The last answer of your stream is its own first letter. What follows it in the "
    "text is the first letter of the next stream.",
)
def _(ids, num_streams, num_steps):
    reads, _ = _streams(ids, num_streams)
    return _cut(reads, np.roll(reads, -1, axis=1), num_steps)


@windows_of_streams.wrong(
    "overlapping windows",
    "Each window of yours begins one letter after the one before, not where that one "
    "ended. Then the state that is handed on belongs to another place.",
)
def _(ids, num_streams, num_steps):
    return _cut(*_streams(ids, num_streams), num_steps, stride=1)


@exercise(
    difficulty=2,
    minutes=5,
    inputs=[st.text("abcdefg", min_size=1, max_size=8)] * 2,
    hints=[
        "Pretend that the test text does not exist yet. What ids are there?",
        "`dict.get` has a second argument: what is given for an unknown key.",
    ],
)
def encode_unseen_text(train_text: str, test_text: str) -> list[int]:
    """The ids of the characters of `test_text`.

    There is no fixed alphabet as text8 has one. A model is trained on `train_text`
    alone; its characters, sorted, have the ids 1, 2, 3 ... One that it does not know
    has the id 0.
    """
    characters = sorted(set(train_text))
    id_of = {character: n + 1 for n, character in enumerate(characters)}
    return [id_of.get(character, 0) for character in test_text]


@encode_unseen_text.specification
def _(train_text, test_text):
    known = "".join(sorted(set(train_text)))
    return [known.find(character) + 1 for character in test_text]


@encode_unseen_text.wrong(
    "test text in the vocabulary",
    "Your ids come from both texts, so the model is told which characters it will be "
    "tested on. On a text that is yet to be written that could not be done.",
)
def _(train_text, test_text):
    characters = sorted({*train_text, *test_text})
    return [characters.index(character) + 1 for character in test_text]


@encode_unseen_text.wrong(
    "a vocabulary for each text",
    "You number the characters of the test text anew. The id that stood for one letter "
    "in training then stands for another.",
)
def _(train_text, test_text):
    characters = sorted(set(test_text))
    return [characters.index(character) + 1 for character in test_text]


@encode_unseen_text.wrong(
    "unknown characters dropped",
    "Your test is shorter than the text: the hardest characters are left out, and the "
    "loss is better than it should be.",
)
def _(train_text, test_text):
    characters = sorted(set(train_text))
    return [1 + characters.index(each) for each in test_text if each in characters]


@encode_unseen_text.wrong(
    "an unknown character taken for a known one",
    "0 is the id of your first known character as well, so the two look the same.",
)
def _(train_text, test_text):
    id_of = {each: n for n, each in enumerate(sorted(set(train_text)))}
    return [id_of.get(each, 0) for each in test_text]


units, vocab_size = size("units", 1, 3), size("vocab_size", 2, 5)
four_units = units.map(lambda n: 4 * n)


@exercise(
    difficulty=4,
    minutes=18,
    inputs=[
        numbers(vocab_size, four_units, scale=2),
        numbers(units, four_units, scale=2),
        numbers(four_units),
        numbers(units, vocab_size, scale=2),
        numbers(vocab_size),
        ids(size("length", 2, 7), vocab_size=vocab_size),
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


def _losses(W, U, b, V, a, ids, ahead=1, keep_h=True, keep_c=True, order="ifgo"):
    """Losses of a cell that has one thing or another wrong."""
    h, c, losses = np.zeros(len(U)), np.zeros(len(U)), []
    for n in range(len(ids) - 1):
        c, put = _step(W[ids[n]] + keep_h * (h @ U) + b, keep_c * c, order)
        h = put * np.tanh(c)
        likely = np.exp(h @ V + a)
        losses.append(-np.log(likely[ids[n + ahead]] / likely.sum()))
    return np.array(losses)


@lstm_perplexity.specification
def _(*inputs):
    losses = _losses(*inputs)
    return np.prod(np.exp(losses)) ** (1 / len(losses))


@lstm_perplexity.wrong(
    "state not carried",
    "Each letter of yours is read from zeros. What h and c were after one letter the "
    "next one must find.",
)
def _(*inputs):
    return np.exp(_losses(*inputs, keep_h=False, keep_c=False).mean())


@lstm_perplexity.wrong(
    "only h carried",
    "Your c starts from zero at every letter, so the forget gate has nothing to keep. "
    "Two things go from step to step.",
)
def _(*inputs):
    return np.exp(_losses(*inputs, keep_c=False).mean())


@lstm_perplexity.wrong(
    "gate order swapped",
    "You take the candidate's columns for o, and o's for the candidate. The order is "
    "i, f, g, o.",
)
def _(*inputs):
    return np.exp(_losses(*inputs, order="ifog").mean())


@lstm_perplexity.wrong(
    "asked for what it has just read",
    "Your model is to name a letter that it has read. Which one does it not know yet?",
)
def _(*inputs):
    return np.exp(_losses(*inputs, ahead=0).mean())


@lstm_perplexity.wrong(
    "exponential before the mean",
    "You average the perplexities of single letters: one surprise then outweighs all "
    "the rest. Losses are what is averaged, and the exponential comes last.",
)
def _(*inputs):
    return np.exp(_losses(*inputs)).mean()
