"""Exercises of notebook 07, pairs of letters, dropout, what counting leaves over."""

import numpy as np
from hypothesis import strategies as st

from seqmodels.exercises import exercise
from seqmodels.exercises._inputs import filled, flags, ids, numbers, probabilities, size

__all__ = [
    "weights_without_embedding",
    "bits_of_tokens",
    "drop_units",
    "add_to_what_is_known",
    "read_upwards",
    "speak_of_the_others",
]


@exercise(
    difficulty=1,
    minutes=4,
    hints=[
        "Two layers have weights: the LSTM, and the dense layer behind it.",
        "A gate has a weight for each number that comes in, for each of the 64 of the "
        "state, and a bias; all of that for each of its 64 units.",
        "Three gates and the candidate make four such sets.",
    ],
)
def weights_without_embedding() -> int:
    """The number of weights of `overlapping pairs` if it had no embedding.

    Each of the 729 pairs comes as a one-hot vector into the LSTM of 64 units, which has
    one bias for each unit of each gate; a dense layer with biases gives 27 logits.
    """
    lstm = 4 * 64 * (729 + 64 + 1)
    return lstm + (64 + 1) * 27


@weights_without_embedding.specification
def _():
    gates = [(729, 64), (64, 64), (1, 64)] * 4  # from pair, state and bias
    return sum(rows * columns for rows, columns in [*gates, (64, 27), (1, 27)])


for _name, _value, _hint in [
    (
        "one gate counted",
        64 * (729 + 64 + 1) + 65 * 27,
        "Your LSTM has one set of weights. How many different things does it work out "
        "of its input and its state at each step?",
    ),
    (
        "biases left out",
        4 * 64 * (729 + 64) + 64 * 27,
        "Your layers multiply and add nothing. Both have biases, too.",
    ),
    (
        "the state's weights left out",
        4 * 64 * (729 + 1) + 65 * 27,
        "Your LSTM reads the pair alone. Its own last outputs come in as well, through "
        "weights.",
    ),
    (
        "embedding kept as well",
        729 * 32 + 4 * 64 * (729 + 64 + 1) + 65 * 27,
        "You count the embedding's rows, too. The LSTM now reads the one-hot vector.",
    ),
    (
        "a lookup taken for an embedding",
        729 * 32 + 4 * 64 * (32 + 64 + 1) + 65 * 27,
        "This is the number with the embedding. A lookup changes no result, but an "
        "embedding's rows are shorter: how many numbers does the LSTM read without it?",
    ),
    (
        "a pair answered",
        4 * 64 * (729 + 64 + 1) + 65 * 729,
        "Your network chooses among 729 answers. Overlapping pairs are what it reads; "
        "what does it answer?",
    ),
]:
    weights_without_embedding.wrong(_name, _hint)(lambda value=_value: value)


@exercise(
    difficulty=2,
    minutes=4,
    inputs=[
        filled(lambda rng, n: -rng.uniform(0.1, 5, n).round(1), (size("n", 2, 6),)),
        filled(lambda rng, n: rng.integers(1, 4, n), (size("n", 2, 6),)),
    ],
    hints=[
        "What does the whole text cost, and how many letters has it?",
        "A bit is ln 2 = 0.693 nats: there are more bits than nats.",
    ],
)
def bits_of_tokens(log_probs: np.ndarray, num_letters: np.ndarray) -> float:
    """Bits per character of a text cut into tokens, such as pairs.

    `log_probs` are the tokens' log-probabilities in nats, `num_letters` how many
    letters each token has; both (num_tokens,).
    """
    return -log_probs.sum() / num_letters.sum() / np.log(2)


@bits_of_tokens.specification
def _(log_probs, num_letters):
    nats, letters = 0, 0
    for log_prob, n in zip(log_probs, num_letters, strict=True):
        nats, letters = nats - log_prob, letters + n
    return nats / letters / np.log(2)


@bits_of_tokens.wrong(
    "loss per pair compared with loss per letter",
    "This is what a token costs. Who cuts the text into longer tokens has fewer of "
    "them, each dearer; what is the same for everybody is the letters.",
)
def _(log_probs, num_letters):
    return -log_probs.mean() / np.log(2)


@bits_of_tokens.wrong(
    "mean of the tokens' own rates",
    "You divide within each token and average then. So a letter in a long token counts "
    "for less than one in a short token; each letter of the text should count alike.",
)
def _(log_probs, num_letters):
    return (-log_probs / num_letters).mean() / np.log(2)


@bits_of_tokens.wrong("nats for bits", "These are nats per character. What is one bit?")
def _(log_probs, num_letters):
    return -log_probs.sum() / num_letters.sum()


@bits_of_tokens.wrong(
    "multiplied by ln 2",
    "You turned nats into bits the wrong way round. A coin's toss is 0.693 nats, and "
    "how many bits?",
)
def _(log_probs, num_letters):
    return -log_probs.sum() / num_letters.sum() * np.log(2)


@bits_of_tokens.wrong(
    "the minus sign forgotten",
    "Logarithms of probabilities are negative, what a text costs is not.",
)
def _(log_probs, num_letters):
    return log_probs.sum() / num_letters.sum() / np.log(2)


def _draw(rng, shape):
    return (rng.integers(100, size=shape) + 0.5) / 100  # never equal to a rate


@exercise(
    difficulty=2,
    minutes=5,
    inputs=[
        numbers(size("num_steps", 2, 4), size("units", 2, 4)),
        filled(_draw, (size("num_steps", 2, 4), size("units", 2, 4))),
        st.sampled_from([0.1, 0.25, 0.4, 0.8]),
        st.booleans(),
    ],
    hints=[
        "When it reads, nothing is dropped, and nothing is to be made up for.",
        "With a share `rate` gone, by what must the rest grow so that a sum of many "
        "numbers is about what it was?",
    ],
)
def drop_units(
    x: np.ndarray, drawn: np.ndarray, rate: float, training: bool
) -> np.ndarray:
    """Dropout of the numbers `x`, (num_steps, units): what the next layer gets.

    `drawn`, of the same shape, has numbers drawn evenly from 0 to 1. In training `x` is
    dropped where `drawn < rate` and the rest is scaled up, so that on average the sum
    stays what it was.
    """
    if not training:
        return x
    kept = drawn >= rate
    return x * kept / (1 - rate)


@drop_units.specification
def _(x, drawn, rate, training):
    passed = np.array(x, float)
    if training:
        for place in np.ndindex(*x.shape):
            passed[place] = 0 if drawn[place] < rate else x[place] / (1 - rate)
    return passed


@drop_units.wrong(
    "dropout left on in evaluation",
    "You drop numbers whether it trains or reads. Dropout is a hindrance to learning "
    "by heart; when the model is asked, it may use all that it has.",
)
def _(x, drawn, rate, training):
    return x * (drawn >= rate) / (1 - rate)


@drop_units.wrong(
    "scaling by keep instead of its inverse",
    "You make the rest smaller, by the share that is kept. Some are gone already: "
    "should the others not make up for them?",
)
def _(x, drawn, rate, training):
    return x * (drawn >= rate) * (1 - rate) if training else x


@drop_units.wrong(
    "not scaled up",
    "You drop, and leave the rest as it was. Then the next layer gets less in training "
    "than it will get when the model reads.",
)
def _(x, drawn, rate, training):
    return x * (drawn >= rate) if training else x


@drop_units.wrong(
    "rate taken for the share that is kept",
    "You keep a share `rate` and drop the rest. The rate is the share that is dropped.",
)
def _(x, drawn, rate, training):
    return x * (drawn < rate) / rate if training else x


@drop_units.wrong(
    "one mask for all steps",
    "You drop the same units at every step. That is the recipe of Gal and Ghahramani; "
    "here each step has numbers of its own in `drawn`.",
)
def _(x, drawn, rate, training):
    return x * (drawn[0] >= rate) / (1 - rate) if training else x


@drop_units.wrong(
    "scaled when reading instead of when training",
    "You shrink the numbers when the model reads. On average that would do as well, "
    "but this dropout scales up in training, and leaves reading untouched.",
)
def _(x, drawn, rate, training):
    return x * (drawn >= rate) if training else x * (1 - rate)


@exercise(
    difficulty=3,
    minutes=7,
    inputs=[
        numbers(size("num_steps", 1, 3), size("letters", 2, 5)),
        probabilities(size("num_steps", 1, 3), size("letters", 2, 5)),
        filled(
            lambda rng, n: rng.uniform(0.5, 2, n).round(1), (size("letters", 2, 5),)
        ),
    ],
    hints=[
        "Logits are logarithms, up to a constant. What is the logit of a probability?",
        "If the network's own logits are all zero and the factors all one, the result "
        "should be what the n-gram says.",
    ],
)
def add_to_what_is_known(
    logits: np.ndarray, by_ngram: np.ndarray, trust: np.ndarray
) -> np.ndarray:
    """Probabilities of a network that is told what an n-gram says.

    The n-gram's log-probabilities, each letter's multiplied by its factor in `trust`,
    (letters,), are added to the network's own `logits`. These, the n-gram's
    probabilities `by_ngram`, and the result are (num_steps, letters).
    """
    scores = np.exp(logits + trust * np.log(by_ngram))
    return scores / scores.sum(axis=-1, keepdims=True)


@add_to_what_is_known.specification
def _(logits, by_ngram, trust):
    result = np.zeros(logits.shape)
    for t in range(len(logits)):
        scores = [
            np.exp(z) * p**power
            for z, p, power in zip(logits[t], by_ngram[t], trust, strict=True)
        ]
        for letter, score in enumerate(scores):
            result[t, letter] = score / sum(scores)
    return result


def _softmax(x, axis=-1):
    return np.exp(x) / np.exp(x).sum(axis=axis, keepdims=True)


@add_to_what_is_known.wrong(
    "probabilities added to logits",
    "You add the n-gram's probabilities themselves. They are all between 0 and 1, so "
    "it can hardly rule a letter out; logits are on another scale.",
)
def _(logits, by_ngram, trust):
    return _softmax(logits + trust * by_ngram)


@add_to_what_is_known.wrong(
    "averaged with the n-gram",
    "You mix what the two say, half and half, as experts are mixed. Here their "
    "logarithms are added, before the softmax.",
)
def _(logits, by_ngram, trust):
    return (_softmax(logits) + by_ngram) / 2


@add_to_what_is_known.wrong(
    "trust inside the logarithm",
    "You multiply the probability by its factor. What is to be multiplied is the "
    "logarithm: a factor of 2 then counts what the n-gram says twice.",
)
def _(logits, by_ngram, trust):
    return _softmax(logits + np.log(trust * by_ngram))


@add_to_what_is_known.wrong(
    "no softmax",
    "Your numbers do not sum to one over the letters. Added logarithms are scores yet.",
)
def _(logits, by_ngram, trust):
    return np.exp(logits) * by_ngram**trust


@add_to_what_is_known.wrong(
    "softmax over the wrong axis",
    "Your numbers sum to one over the steps of the text. At each step the letters "
    "compete.",
)
def _(logits, by_ngram, trust):
    return _softmax(logits + trust * np.log(by_ngram), axis=0)


_layers = size("num_layers", 1, 3)
_units = size("units", 2, 4)
_steps = size("num_steps", 2, 4)


@exercise(
    difficulty=4,
    minutes=15,
    inputs=[
        numbers(_steps, _units),
        numbers(_layers, _units, _units),
        numbers(_layers, _units, _units),
        flags(_steps, _layers.map(lambda n: n + 1), _units).map(
            lambda kept: 2.0 * kept
        ),
    ],
    hints=[
        "Two loops: over the steps and, within each, over the layers from below.",
        "Each new state goes two ways: up, through a mask, and on to the next step.",
        "In the lesson's picture the masks are on the dashed arrows alone.",
    ],
)
def read_upwards(
    x: np.ndarray, up: np.ndarray, on: np.ndarray, masks: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Outputs (num_steps, units) and last states (num_layers, units) of a deep network.

    A layer's new state is `tanh(input @ up[n] + state @ on[n])`, its first state zero;
    `up` and `on` are (num_layers, units, units). The lowest layer reads `x`,
    (num_steps, units), every other one the new state of the one below. `masks`,
    (num_steps, num_layers + 1, units), are dropout's factors: at step t what goes into
    layer n is multiplied by `masks[t, n]`, and what leaves the last layer by
    `masks[t, num_layers]`. The states are handed on as they are.
    """
    states, outputs = np.zeros((len(up), x.shape[1])), []
    for t in range(len(x)):
        below = x[t]
        for n in range(len(up)):
            dropped = below * masks[t, n]
            states[n] = np.tanh(dropped @ up[n] + states[n] @ on[n])
            below = states[n]
        outputs.append(below * masks[t, len(up)])
    return outputs, states


@read_upwards.specification
def _(x, up, on, masks):
    below = list(x)  # layer by layer, each over all steps
    last = []
    for n in range(len(up)):
        state, above = np.zeros(x.shape[1]), []
        for t in range(len(x)):
            state = np.tanh((below[t] * masks[t, n]) @ up[n] + state @ on[n])
            above.append(state)
        below = above
        last.append(state)
    return [below[t] * masks[t, -1] for t in range(len(x))], last


def _read(x, up, on, masks, recall=lambda state, mask: state, keep=None):
    """As the solution; `recall` changes a state that is read, `keep` one handed on."""
    states, outputs = np.zeros((len(up), x.shape[1])), []
    for t in range(len(x)):
        below = x[t] * masks[t, 0]
        for n in range(len(up)):
            state = recall(states[n], masks[t, n])
            new = np.tanh(below @ up[n] + state @ on[n])
            below = new * masks[t, n + 1]
            states[n] = below if keep == "dropped" else new
        outputs.append(below)
    return outputs, states


@read_upwards.wrong(
    "dropout on the recurrent connection",
    "You mask the state that a layer reads, too. What is erased there is forgotten, "
    "step by step. Which arrows of the picture are solid?",
)
def _(x, up, on, masks):
    return _read(x, up, on, masks, recall=lambda state, mask: state * mask)


@read_upwards.wrong(
    "the dropped output kept as the state",
    "You hand on to the next step what has been dropped on its way up. The mask is for "
    "the layer above; the layer itself should remember the whole.",
)
def _(x, up, on, masks):
    return _read(x, up, on, masks, keep="dropped")


@read_upwards.wrong(
    "one mask for all steps",
    "You use the masks of the first step throughout. Between layers they are drawn "
    "anew at each step.",
)
def _(x, up, on, masks):
    return _read(x, up, on, np.broadcast_to(masks[:1], masks.shape))


@read_upwards.wrong(
    "no dropout behind the last layer",
    "Your outputs leave the last layer whole. There are as many masks as layers, and "
    "one more.",
)
def _(x, up, on, masks):
    last = np.ones_like(masks[:, :1])
    return _read(x, up, on, np.concatenate([masks[:, :-1], last], axis=1))


@read_upwards.wrong(
    "no dropout before the first layer",
    "Your first layer reads its input whole. It has a mask, too.",
)
def _(x, up, on, masks):
    first = np.ones_like(masks[:, :1])
    return _read(x, up, on, np.concatenate([first, masks[:, 1:]], axis=1))


@read_upwards.wrong(
    "state not carried",
    "Each step of yours begins with states of zero: nothing is handed on along the "
    "text.",
)
def _(x, up, on, masks):
    return _read(x, up, on, masks, recall=lambda state, mask: 0 * state)


@exercise(
    difficulty=4,
    minutes=12,
    inputs=[
        ids(
            size("parts", 2, 4), size("part", 2, 4), vocab_size=size("letters", 2, 4)
        ).map(np.ravel),
        size("parts", 2, 4),
        size("letters", 2, 4),
    ],
    hints=[
        "For each part: put all the others together, count, and look the part's "
        "letters up in these counts.",
        "What a part's own letters are must not change what is said of them.",
        "`np.bincount(some, minlength=vocab_size)` counts ids.",
    ],
)
def speak_of_the_others(ids: np.ndarray, num_parts: int, vocab_size: int) -> np.ndarray:
    """What counting says of its own training text, without the trap.

    The text is cut into `num_parts` stretches of equal length (`len(ids)` is
    divisible). Each letter gets the probability that counts of all *other* parts give
    it, where each of the `vocab_size` letters is counted once more than it was seen;
    what stands before it plays no part. Returns (len(ids),), in the text's order.
    """
    parts, probs = np.split(ids, num_parts), []
    for n in range(num_parts):
        others = np.concatenate(parts[:n] + parts[n + 1 :])
        counts = np.bincount(others, minlength=vocab_size) + 1
        probs.extend(counts[parts[n]] / counts.sum())
    return np.array(probs)


def _by_others(ids, num_parts, vocab_size, is_counted):
    """`is_counted(i, j, length)`: whether the letter at i counts for that at j."""
    length, probs = len(ids) // num_parts, []
    for j in range(len(ids)):
        counted = [ids[i] for i in range(len(ids)) if is_counted(i, j, length)]
        same = sum(1 for letter in counted if letter == ids[j])
        probs.append((same + 1) / (len(counted) + vocab_size))
    return probs


@speak_of_the_others.specification
def _(ids, num_parts, vocab_size):
    return _by_others(ids, num_parts, vocab_size, lambda i, j, n: i // n != j // n)


@speak_of_the_others.wrong(
    "counted from the very text",
    "You count the part that you speak of, too. That is the trap: a network would "
    "learn to trust counts that have seen the answer.",
)
def _(ids, num_parts, vocab_size):
    return _by_others(ids, num_parts, vocab_size, lambda i, j, n: True)


@speak_of_the_others.wrong(
    "its own part alone",
    "You count each part and look the same part up. Which parts have not seen the "
    "answers?",
)
def _(ids, num_parts, vocab_size):
    return _by_others(ids, num_parts, vocab_size, lambda i, j, n: i // n == j // n)


@speak_of_the_others.wrong(
    "only the parts before",
    "You count what stands before a part. The parts after it have not seen it either, "
    "and without them the first part is told next to nothing.",
)
def _(ids, num_parts, vocab_size):
    return _by_others(ids, num_parts, vocab_size, lambda i, j, n: i // n < j // n)


@speak_of_the_others.wrong(
    "one letter left out instead of its part",
    "You leave out the letter itself and count its neighbours. What a stretch of text "
    "repeats would still be known beforehand; its whole part is to be left out.",
)
def _(ids, num_parts, vocab_size):
    return _by_others(ids, num_parts, vocab_size, lambda i, j, n: i != j)


@speak_of_the_others.wrong(
    "parts interleaved",
    "Your parts take turns, letter by letter. A part is a stretch of the text, all in "
    "one piece.",
)
def _(ids, num_parts, vocab_size):
    return _by_others(
        ids, num_parts, vocab_size, lambda i, j, n: i % num_parts != j % num_parts
    )
