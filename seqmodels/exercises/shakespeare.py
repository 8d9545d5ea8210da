"""Exercises of notebook 09, a GRU, what it is told by counting, how it writes."""

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from seqmodels.exercises import exercise
from seqmodels.exercises._inputs import filled, ids, numbers, size

__all__ = [
    "gru_step",
    "count_gru_weights",
    "temper_and_cut",
    "count_the_others",
    "learn_while_reading",
]

batch, features, units = size("batch"), size("features"), size("units")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@exercise(
    difficulty=3,
    minutes=10,
    inputs=[
        numbers(batch, features),
        numbers(batch, units),
        numbers(features, units.map(lambda n: 3 * n)),
        numbers(units, units.map(lambda n: 3 * n)),
        numbers(units.map(lambda n: 3 * n)),
    ],
    hints=[
        "Cut W, U and b into thirds: `np.split(W, 3, axis=-1)`.",
        "First both gates, as the candidate needs r. Then the candidate, then h'.",
        "The sigmoid of a is `1 / (1 + np.exp(-a))`; the candidate has tanh.",
    ],
)
def gru_step(
    x: np.ndarray, h: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray
) -> np.ndarray:
    """The new state, (batch, units), of a GRU whose reset gate acts before the product.

    x is (batch, features), the old state h (batch, units). W (features, 3 units),
    U (units, 3 units) and b (3 units,) hold side by side what belongs to z, to r and
    to the candidate, in this order. z is the share of the old state that is kept.
    """
    W_z, W_r, W_h = np.split(W, 3, axis=1)
    U_z, U_r, U_h = np.split(U, 3, axis=1)
    b_z, b_r, b_h = np.split(b, 3)
    z = 1 / (1 + np.exp(-(x @ W_z + h @ U_z + b_z)))
    r = 1 / (1 + np.exp(-(x @ W_r + h @ U_r + b_r)))
    candidate = np.tanh(x @ W_h + (r * h) @ U_h + b_h)
    return z * h + (1 - z) * candidate


@gru_step.specification
def _(x, h, W, U, b):
    rows, width = h.shape

    def total(row, state, column):
        total = b[column] + sum(x[row, k] * W[k, column] for k in range(x.shape[1]))
        return total + sum(state[k] * U[k, column] for k in range(width))

    new = np.zeros((rows, width))
    for row in range(rows):
        r = [sigmoid(total(row, h[row], width + n)) for n in range(width)]
        seen = [r[n] * h[row, n] for n in range(width)]
        for n in range(width):
            z = sigmoid(total(row, h[row], n))
            new[row, n] = z * h[row, n]
            new[row, n] += (1 - z) * np.tanh(total(row, seen, 2 * width + n))
    return new


def changed_step(x, h, W, U, b, order=(0, 1), see="r * h", squash=np.tanh):
    """A step with changes: which third is z's and r's, and what the candidate sees."""
    of_x, of_h = np.split(x @ W + b, 3, axis=1), np.split(h @ U, 3, axis=1)
    z, r = (sigmoid(of_x[n] + of_h[n]) for n in order)
    seen = {"h": of_h[2], "after": r * of_h[2], "r * h": r * h @ np.split(U, 3, 1)[2]}
    return z * h + (1 - z) * squash(of_x[2] + seen[see])


@gru_step.wrong(
    "gate order swapped",
    "You take the first third of the weights for r and the second for z. The order is "
    "a convention, and weights are of no use to one who reads them in another.",
)
def _(x, h, W, U, b):
    return changed_step(x, h, W, U, b, order=(1, 0))


@gru_step.wrong(
    "kept and taken in exchanged",
    "With z = 1 everywhere your state is the candidate. Here z says how much of the "
    "old is kept; other books have it the other way round.",
)
def _(x, h, W, U, b):
    # The sigmoid of -a is 1 less that of a.
    sign = np.repeat([-1, 1, 1], h.shape[1])
    return changed_step(x, h, W * sign, U * sign, b * sign)


@gru_step.wrong(
    "reset after the product",
    "Your r weighs the product of the state with its weights. That is the library's "
    "other form, and another function: here r weighs the state that is multiplied.",
)
def _(x, h, W, U, b):
    return changed_step(x, h, W, U, b, see="after")


@gru_step.wrong(
    "candidate without the reset gate",
    "Your candidate sees all of the old state, so r changes nothing. What is r for?",
)
def _(x, h, W, U, b):
    return changed_step(x, h, W, U, b, see="h")


@gru_step.wrong(
    "sigmoid for the candidate",
    "Your candidate lies between 0 and 1, as a gate does. It is no share but new "
    "content, which may be negative, too.",
)
def _(x, h, W, U, b):
    return changed_step(x, h, W, U, b, squash=sigmoid)


@exercise(
    difficulty=1,
    minutes=3,
    inputs=[st.integers(1, 99), st.integers(1, 99)],
    hints=[
        "z, r and the candidate are made alike. What is needed for one of them?",
        "Each has a matrix for x, one for h, and biases. With the gate behind the "
        "product the candidate has two, and the shapes of all three are alike.",
    ],
)
def count_gru_weights(features: int, units: int) -> int:
    """The number of weights of a GRU layer in Keras' default form, `reset_after=True`.

    It reads `features` numbers at each step, and its state has `units` numbers.
    """
    return 3 * units * (features + units + 2)


@count_gru_weights.specification
def _(features, units):
    of_a_unit = features + units + len(["before", "behind"])
    return sum(of_a_unit for _ in ["z", "r", "candidate"] for _ in range(units))


@count_gru_weights.wrong(
    "one bias",
    "You count one bias a unit. That is enough with the reset gate before the product; "
    "the form with the gate behind it has another.",
)
def _(features, units):
    return 3 * units * (features + units + 1)


@count_gru_weights.wrong(
    "a second bias for the candidate alone",
    "You give the second bias to the candidate alone, which is all that it takes. Does "
    "the layer leave it at that? Read again what is said of z and r.",
)
def _(features, units):
    return 3 * units * (features + units + 1) + units


@count_gru_weights.wrong(
    "an LSTM's weights",
    "You count four blocks, three gates and a candidate. A GRU does with less.",
)
def _(features, units):
    return 4 * units * (features + units + 1)


@count_gru_weights.wrong(
    "candidate not counted",
    "You count the two gates. Where do the weights come from that make the candidate?",
)
def _(features, units):
    return 2 * units * (features + units + 2)


@exercise(
    difficulty=2,
    minutes=8,
    inputs=[
        filled(
            lambda rng, sizes: rng.permutation(np.arange(-6, 7))[: sizes[0]] / 2,
            [size("vocab_size", 4, 6)],
        ),
        st.sampled_from([0.5, 0.8, 1.5, 2.0]),
        st.integers(1, 4),
    ],
    hints=[
        "Temperature changes no ranks, so either of the two may come first.",
        "A logit of `-np.inf` becomes a probability of exactly zero.",
    ],
)
def temper_and_cut(logits: np.ndarray, temperature: float, top_k: int) -> np.ndarray:
    """The probabilities by which the next letter is drawn, (vocab_size,).

    Logits are (vocab_size,), no two alike. Letters but the `top_k` likeliest are
    forbidden: their probability is 0. With a temperature of 1 the probabilities of the
    others keep their ratios; below 1 the likely ones become likelier.
    """
    lowest = np.sort(logits)[-top_k]
    tempered = np.where(logits >= lowest, logits / temperature, -np.inf)
    return np.exp(tempered) / np.exp(tempered).sum()


@temper_and_cut.specification
def _(logits, temperature, top_k):
    shares = []
    for logit in logits:
        rank = sum(other > logit for other in logits)
        shares.append(np.exp(logit) ** (1 / temperature) if rank < top_k else 0.0)
    return np.array(shares) / sum(shares)


def softmax(logits):
    return np.exp(logits) / np.exp(logits).sum()


def is_allowed(logits, top_k):
    return logits >= np.sort(logits)[-top_k]


@temper_and_cut.wrong(
    "temperature multiplied instead of divided",
    "Cold makes your text wild and heat makes it tame. Near a temperature of zero, "
    "what should become of the distance between two logits?",
)
def _(logits, temperature, top_k):
    return softmax(np.where(is_allowed(logits, top_k), logits * temperature, -np.inf))


@temper_and_cut.wrong(
    "temperature without effect",
    "Yours are the same at every temperature. Probabilities divided by a number, and "
    "normalised again, are what they were: it has to act before the exponential.",
)
def _(logits, temperature, top_k):
    kept = softmax(logits) / temperature * is_allowed(logits, top_k)
    return kept / kept.sum()


@temper_and_cut.wrong(
    "not normalised after the cut",
    "Your probabilities sum to less than one: what the forbidden letters had is gone. "
    "The allowed ones have to share it.",
)
def _(logits, temperature, top_k):
    return softmax(logits / temperature) * is_allowed(logits, top_k)


@temper_and_cut.wrong(
    "logit zero for the forbidden",
    "Your forbidden letters get the logit 0, which is as good as many another: its "
    "exponential is 1. Which logit has the exponential 0?",
)
def _(logits, temperature, top_k):
    return softmax(np.where(is_allowed(logits, top_k), logits / temperature, 0.0))


@exercise(
    difficulty=4,
    minutes=12,
    inputs=[
        st.lists(
            st.lists(st.integers(0, 2), min_size=2, max_size=6), min_size=2, max_size=4
        ),
        st.integers(3, 4),
    ],
    hints=[
        "Two loops: over the parts and, for each, over all the other parts.",
        "A table of ones, (vocab_size, vocab_size), can take the counts of the pairs.",
        "Divide each row by its sum. Then it is a distribution of what comes next.",
    ],
)
def count_the_others(parts: list[list[int]], vocab_size: int) -> list:
    """For each part an array: what a bigram that has counted the others says of it.

    It counts the pairs of neighbours within each of the other parts, none across two
    parts, and adds 1 to the count of each of the vocab_size * vocab_size pairs. A part
    of n ids has n - 1 probabilities: of each id but the first, after the one before.
    """
    found = []
    for n, part in enumerate(parts):
        counts = np.ones([vocab_size] * 2)
        for other in parts[:n] + parts[n + 1 :]:
            for before, after in zip(other, other[1:], strict=False):
                counts[before, after] += 1
        probabilities = counts / counts.sum(axis=1, keepdims=True)
        found.append(probabilities[part[:-1], part[1:]])
    return found


def say(parts, known, vocab_size, histories=None, below=None, counted=list):
    """Of each part, by a bigram that has counted the pieces `known[n]`."""
    found = []
    for n, part in enumerate(parts):
        pairs = [pair for piece in known[n] for pair in counted(pairwise(piece))]
        before = histories[n] if histories else [first for first, _ in pairs]
        said = [
            (pairs.count(pair) + 1) / (before.count(pair[0]) + (below or vocab_size))
            for pair in pairwise(part)
        ]
        found.append(said)
    return found


def others(parts):
    return [parts[:n] + parts[n + 1 :] for n in range(len(parts))]


@count_the_others.specification
def _(parts, vocab_size):
    return say(parts, others(parts), vocab_size)


@count_the_others.wrong(
    "the text itself counted",
    "Your bigram has counted the very part that it judges, so there it has seen "
    "everything before. A network that learns from this believes it far too much.",
)
def _(parts, vocab_size):
    return say(parts, [parts] * len(parts), vocab_size)


@count_the_others.wrong(
    "repeats counted once",
    "A pair that stands several times in one part is counted once. With arrays of "
    "indices `table[a, b] += 1` adds 1 to each place once, however often they name it.",
)
def _(parts, vocab_size):
    return say(parts, others(parts), vocab_size, counted=set)


@count_the_others.wrong(
    "logarithms given",
    "Yours are negative. Probabilities are wanted, not their logarithms.",
)
def _(parts, vocab_size):
    return [np.log(said) for said in say(parts, others(parts), vocab_size)]


@count_the_others.wrong(
    "only what stood before",
    "You count the parts before. That is honest, but the first part is judged by "
    "nothing. What stands behind a part is other text, too.",
)
def _(parts, vocab_size):
    return say(parts, [parts[:n] for n in range(len(parts))], vocab_size)


@count_the_others.wrong(
    "pairs across the cut",
    "You join the other parts and count the pairs at the seams, too. Has anybody "
    "written these?",
)
def _(parts, vocab_size):
    return say(parts, [[sum(known, [])] for known in others(parts)], vocab_size)


@count_the_others.wrong(
    "letters counted for histories",
    "You divide by how often a pair's first id stands in the other parts. Where it "
    "ends a part nothing follows, and your row sums to less than one.",
)
def _(parts, vocab_size):
    known = others(parts)
    return say(parts, known, vocab_size, [sum(pieces, []) for pieces in known])


@count_the_others.wrong(
    "one added below",
    "You add 1 to the pair's count and 1 to its history's. But of how many pairs with "
    "that history has the count been raised?",
)
def _(parts, vocab_size):
    return say(parts, others(parts), vocab_size, below=1)


@exercise(
    difficulty=4,
    minutes=12,
    inputs=[
        numbers(size("vocab_size", 2, 4)),
        ids(st.integers(3, 9), vocab_size=size("vocab_size", 2, 4)),
        st.sampled_from([0.5, 1.0, 2.0]),
        st.integers(1, 4),
    ],
    hints=[
        "A loop over the windows. Within: the losses first, then the step.",
        "The gradient of a window's mean loss is the probabilities less the share of "
        "the window's letters that each letter has.",
    ],
)
def learn_while_reading(
    logits: np.ndarray, ids: np.ndarray, rate: float, num_steps: int
) -> list[float]:
    """The loss in nats of each of `ids`, by a model that learns on.

    The model has only its logits, (vocab_size,), as weights, and predicts each letter
    by their softmax, whatever stood before. It predicts a window of `num_steps` letters
    (the last may be shorter), then takes a step of gradient descent on that window's
    mean loss, and goes on. With respect to the logits the gradient of one letter's loss
    is the probabilities, less 1 at that letter.
    """
    losses = []
    for start in range(0, len(ids), num_steps):
        window = ids[start : start + num_steps]
        probabilities = np.exp(logits) / np.exp(logits).sum()
        losses.extend(-np.log(probabilities[window]))
        shares = np.eye(len(logits))[window].mean(axis=0)
        logits = logits - rate * (probabilities - shares)
    return losses


def summed(logits, window):
    """The gradient of the sum of a window's losses, letter by letter."""
    return sum(softmax(logits) - (np.arange(len(logits)) == id) for id in window)


def averaged(logits, window):
    return summed(logits, window) / len(window)


def windows_read(
    logits, ids, rate, num_steps, learns_first=False, gradient=averaged, carried=True
):
    """Losses and slow gradients, with the changes that people make."""
    first, losses = np.array(logits), []
    for start in range(0, len(ids), num_steps):
        window = ids[start : start + num_steps]
        before = [np.log(sum(np.exp(logits))) - logits[id] for id in window]
        logits = (logits if carried else first) - rate * gradient(logits, window)
        after = [np.log(sum(np.exp(logits))) - logits[id] for id in window]
        losses += after if learns_first else before
    return losses


learn_while_reading.specification(windows_read)


@learn_while_reading.wrong(
    "learns before it predicts",
    "Your model has learnt from a window before it is asked about it. It has seen the "
    "answers, and its losses say nothing about new text.",
)
def _(logits, ids, rate, num_steps):
    return windows_read(logits, ids, rate, num_steps, learns_first=True)


@learn_while_reading.wrong(
    "repeats counted once",
    "A letter that stands twice in a window pulls once. With an array of indices "
    "`gradient[window] -= 1` takes 1 from each place once, however often it is named.",
)
def _(logits, ids, rate, num_steps):
    def once(logits, window):
        gradient = softmax(logits)
        gradient[window] -= 1 / len(window)
        return gradient

    return windows_read(logits, ids, rate, num_steps, gradient=once)


@learn_while_reading.wrong(
    "a sign lost",
    "Yours are negative, the logarithms themselves. What is the loss of a letter that "
    "is sure to come, and of one that is not?",
)
def _(logits, ids, rate, num_steps):
    return [-loss for loss in windows_read(logits, ids, rate, num_steps)]


@learn_while_reading.wrong(
    "never learns",
    "Your model ends as it began: each window is predicted by the first logits. Which "
    "step is taken once a window has been predicted?",
)
def _(logits, ids, rate, num_steps):
    return windows_read(logits, ids, 0.0, num_steps)


@learn_while_reading.wrong(
    "learns uphill",
    "Your model finds less and less likely what it has read. Which way does the "
    "gradient point, and which way is the loss lower?",
)
def _(logits, ids, rate, num_steps):
    return windows_read(logits, ids, -rate, num_steps)


@learn_while_reading.wrong(
    "a step for each letter",
    "You learn after each letter. Here a whole window is predicted by the same "
    "weights, and one step follows.",
)
def _(logits, ids, rate, num_steps):
    return windows_read(logits, ids, rate, 1)


@learn_while_reading.wrong(
    "sum of the window for its mean",
    "Your steps grow with the window. The step is on the window's mean loss.",
)
def _(logits, ids, rate, num_steps):
    return windows_read(logits, ids, rate, num_steps, gradient=summed)


@learn_while_reading.wrong(
    "what was learnt is forgotten",
    "Each of your steps sets out from the first logits, so only the last window is "
    "remembered. The next step has to begin where the last one ended.",
)
def _(logits, ids, rate, num_steps):
    return windows_read(logits, ids, rate, num_steps, carried=False)
