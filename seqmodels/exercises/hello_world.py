"""Exercises of notebook 02, a letter model that says a sentence."""

from collections.abc import Callable

import numpy as np
from hypothesis import strategies as st

from seqmodels.exercises import exercise
from seqmodels.exercises._inputs import ids, numbers, size

__all__ = [
    "shift_targets",
    "read_in_pieces",
    "loss_of_guessing",
    "mean_loss",
    "write_greedily",
    "cut_gradient",
]


@exercise(
    difficulty=1,
    minutes=3,
    inputs=[ids(size("length", 2, 6), vocab_size=9)],
    hints=[
        "Write the sentence down, and beneath each letter the one to be answered.",
        "The last letter is never read, the first never asked for.",
    ],
)
def shift_targets(ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What is read and what is to be answered, each of `len(ids) - 1` ids.

    `ids`, (num_letters,), are those of one text.
    """
    return ids[:-1], ids[1:]


@shift_targets.specification
def _(ids):
    places = range(len(ids) - 1)
    return [ids[n] for n in places], [ids[n + 1] for n in places]


@shift_targets.wrong(
    "targets not shifted",
    "Your answers are the very letters that are read. A network would learn to copy "
    "its input, at no loss, and nothing about what comes next.",
)
def _(ids):
    return ids[:-1], ids[:-1]


@shift_targets.wrong(
    "shifted backwards",
    "Your network reads a letter and answers the one before it, which it has read "
    "already. Which of the two comes first in the text?",
)
def _(ids):
    return ids[1:], ids[:-1]


@shift_targets.wrong(
    "wrapped around",
    "Your last answer is the first letter of the text, as if the text were a ring. "
    "After the last letter nothing is known: it is not read.",
)
def _(ids):
    return ids, np.roll(ids, -1)


@shift_targets.wrong(
    "the last letter read",
    "Nothing is known to come after the last letter, so it is not read.",
)
def _(ids):
    return ids, ids[1:]


class Step:
    """A network of one unit: its state fades, and each id adds to it."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.fading, self.weights = rng.uniform(0.3, 0.9), rng.normal(size=(2, 4))

    def __call__(self, id: int, state: float) -> tuple[np.ndarray, float]:
        """Logits of four letters, and the new state."""
        state = self.fading * state + 1 + id
        return np.sin(self.weights[0] * state + self.weights[1]), state

    def __repr__(self):
        return "a network"


networks = st.integers(0, 1000).map(Step)
states = st.integers(0, 3).map(float)
one_piece = st.lists(st.integers(0, 3), min_size=1, max_size=4)


@exercise(
    difficulty=2,
    minutes=8,
    inputs=[networks, states, st.lists(one_piece, min_size=2, max_size=4)],
    hints=[
        "Two loops: over the pieces and, within each, over its ids.",
        "Who reads the first letter of the second piece must know what stood before.",
    ],
)
def read_in_pieces(
    step: Callable, state: float, pieces: list[list[int]]
) -> tuple[list, float]:
    """Logits after each letter of a text that comes in pieces, and the last state.

    `logits, state = step(id, state)` reads one letter; `state` is the one before the
    first. No piece is empty.
    """
    all_logits = []
    for piece in pieces:
        for id in piece:
            logits, state = step(id, state)
            all_logits.append(logits)
    return all_logits, state


@read_in_pieces.wrong(
    "state not carried",
    "Every piece of yours begins in the first state, as if nothing had been read. "
    "The state at a piece's end is the next one's beginning.",
)
def _(step, state, pieces):
    all_logits, last = [], state
    for piece in pieces:
        last = state
        for id in piece:
            logits, last = step(id, last)
            all_logits.append(logits)
    return all_logits, last


@read_in_pieces.wrong(
    "every piece from a state of zero",
    "Every piece of yours begins as if nothing had been read. The first begins in the "
    "state that is given, and each other one where?",
)
def _(step, state, pieces):
    all_logits = []
    for piece in pieces:
        state = 0.0
        for id in piece:
            logits, state = step(id, state)
            all_logits.append(logits)
    return all_logits, state


@read_in_pieces.wrong(
    "the state not used at all",
    "Each letter of yours is read in the first state. Then one letter alone decides "
    "what comes next, and nothing is remembered.",
)
def _(step, state, pieces):
    read = [step(id, state) for piece in pieces for id in piece]
    return [logits for logits, _ in read], read[-1][1]


@read_in_pieces.wrong(
    "only the last letter of a piece",
    "You keep the logits of a piece's last letter. Many to many: an answer after each.",
)
def _(step, state, pieces):
    all_logits = []
    for piece in pieces:
        for id in piece:
            logits, state = step(id, state)
        all_logits.append(logits)
    return all_logits, state


@read_in_pieces.wrong(
    "a list for each piece",
    "Your list has a list for each piece. Where the text was cut should not be seen in "
    "what comes of it: the logits of all letters stand in one list.",
)
def _(step, state, pieces):
    all_logits = []
    for piece in pieces:
        all_logits.append([])
        for id in piece:
            logits, state = step(id, state)
            all_logits[-1].append(logits)
    return all_logits, state


@exercise(
    difficulty=1,
    minutes=2,
    inputs=[st.integers(2, 30)],
    hints=[
        "What probability does each letter get from somebody who has no idea?",
        "A nat is counted with the natural logarithm, `np.log`.",
    ],
)
def loss_of_guessing(vocab_size: int) -> float:
    """The loss, in nats a letter, of a model that finds all letters equally likely."""
    return np.log(vocab_size)


@loss_of_guessing.specification
def _(vocab_size):
    probabilities = np.full(vocab_size, 1 / vocab_size)
    return sum(-p * np.log(p) for p in probabilities)


@loss_of_guessing.wrong(
    "bits for nats",
    "This is a number of bits: your logarithm has base 2. Nats have another base.",
)
def _(vocab_size):
    return np.log2(vocab_size)


@loss_of_guessing.wrong(
    "another base",
    "Your logarithm has base 10, a bit's has base 2. Nats have another base.",
)
def _(vocab_size):
    return np.log10(vocab_size)


@loss_of_guessing.wrong(
    "a probability for a loss",
    "This is the probability that the right letter gets. The loss is made of its "
    "logarithm: 0 for somebody who is certain and right.",
)
def _(vocab_size):
    return 1 / vocab_size


@loss_of_guessing.wrong(
    "the minus sign forgotten",
    "The logarithm of a probability is negative, a loss is not: the worse the higher.",
)
def _(vocab_size):
    return -np.log(vocab_size)


@exercise(
    difficulty=3,
    minutes=8,
    inputs=[
        numbers(size("num_steps", 2, 4), size("vocab_size", 2, 4), scale=2),
        ids(size("num_steps", 2, 4), vocab_size=size("vocab_size", 2, 4)),
    ],
    hints=[
        "Softmax first: exponentials, in each row divided by their sum.",
        "`probabilities[np.arange(len(targets)), targets]` takes one from each row.",
    ],
)
def mean_loss(logits: np.ndarray, targets: np.ndarray) -> float:
    """The mean loss in nats of logits (num_steps, vocab_size), given targets."""
    exponentials = np.exp(logits)
    probabilities = exponentials / exponentials.sum(axis=-1, keepdims=True)
    return -np.log(probabilities[np.arange(len(targets)), targets]).mean()


@mean_loss.specification
def _(logits, targets):
    losses = []
    for row, target in zip(logits, targets, strict=True):
        losses.append(np.log(sum(np.exp(z) for z in row)) - row[target])
    return sum(losses) / len(losses)


@mean_loss.wrong(
    "softmax over the wrong axis",
    "Your probabilities sum to one over the places of the text. They should sum to one "
    "over the letters, at each place.",
)
def _(logits, targets):
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=0)
    return -np.log(probabilities[np.arange(len(targets)), targets]).mean()


@mean_loss.wrong(
    "no softmax",
    "You take a logit for the logarithm of a probability. Do the exponentials of a row "
    "sum to one?",
)
def _(logits, targets):
    return -logits[np.arange(len(targets)), targets].mean()


@mean_loss.wrong(
    "the logarithm of the mean",
    "You average probabilities and take the logarithm at the end. A loss is a mean of "
    "logarithms: one letter held to be impossible is fatal, however good the others.",
)
def _(logits, targets):
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return -np.log(probabilities[np.arange(len(targets)), targets].mean())


@mean_loss.wrong(
    "a sum for a mean",
    "This grows with the length of the text. What is wanted is the loss of a letter.",
)
def _(logits, targets):
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return -np.log(probabilities[np.arange(len(targets)), targets]).sum()


@mean_loss.wrong(
    "one softmax for the whole text",
    "All your probabilities together sum to one. They should at each place.",
)
def _(logits, targets):
    probabilities = np.exp(logits) / np.exp(logits).sum()
    return -np.log(probabilities[np.arange(len(targets)), targets]).mean()


@mean_loss.wrong(
    "divided by another row's sum",
    "`(num_steps,)` is laid along the columns. Does each row of your probabilities sum "
    "to one? See `keepdims`.",
)
def _(logits, targets):
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=-1)
    return -np.log(probabilities[np.arange(len(targets)), targets]).mean()


@mean_loss.wrong(
    "every row with every target",
    "You take each target from each row. One from each row is wanted.",
)
def _(logits, targets):
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return -np.log(probabilities[:, targets]).mean()


@mean_loss.wrong(
    "mean over the zeros as well",
    "You divide by places times letters. How many letters are answered?",
)
def _(logits, targets):
    one_hot = np.eye(logits.shape[1])[targets]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return -(one_hot * np.log(probabilities)).mean()


@mean_loss.wrong(
    "the minus sign forgotten",
    "The logarithm of a probability is negative, a loss is not: the worse the higher.",
)
def _(logits, targets):
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return np.log(probabilities[np.arange(len(targets)), targets]).mean()


@mean_loss.wrong(
    "bits for nats",
    "This is a number of bits: your logarithm has base 2. Nats have another base.",
)
def _(logits, targets):
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return -np.log2(probabilities[np.arange(len(targets)), targets]).mean()


@exercise(
    difficulty=2,
    minutes=6,
    inputs=[networks, states, st.integers(0, 3), st.integers(1, 6)],
    hints=[
        "`np.argmax` is the id of the highest logit.",
        "Two things change in each round. Which does the next round need?",
    ],
)
def write_greedily(
    step: Callable, state: float, first: int, num_letters: int
) -> list[int]:
    """So many ids, each the likeliest after all before it; `first` is read first."""
    id, written = first, []
    for _ in range(num_letters):
        logits, state = step(id, state)
        id = int(np.argmax(logits))
        written.append(id)
    return written


@write_greedily.wrong(
    "its own words not read",
    "Your network reads the first letter again and again. What it has chosen must be "
    "its next input.",
)
def _(step, state, first, num_letters):
    written = []
    for _ in range(num_letters):
        logits, state = step(first, state)
        written.append(int(np.argmax(logits)))
    return written


@write_greedily.wrong(
    "state not carried",
    "Each letter is chosen from the letter before alone: the state goes back to the "
    "first every time.",
)
def _(step, state, first, num_letters):
    id, written = first, []
    for _ in range(num_letters):
        id = int(np.argmax(step(id, state)[0]))
        written.append(id)
    return written


@write_greedily.wrong(
    "the prompt counted as written",
    "Your list begins with the letter that was given, and lacks the last one.",
)
def _(step, state, first, num_letters):
    written = [first]
    while len(written) < num_letters:
        logits, state = step(written[-1], state)
        written.append(int(np.argmax(logits)))
    return written


@write_greedily.wrong(
    "one too many",
    "Your list begins with the letter that was given. It is read, not written: only "
    "the new ones are wanted.",
)
def _(step, state, first, num_letters):
    written = [first]
    for _ in range(num_letters):
        logits, state = step(written[-1], state)
        written.append(int(np.argmax(logits)))
    return written


@write_greedily.wrong(
    "read again what the state already holds",
    "Your network reads the whole text once more in every round, from a state that "
    "has read it already. What is new since the last round?",
)
def _(step, state, first, num_letters):
    written = [first]
    for _ in range(num_letters):
        for id in written:
            logits, state = step(id, state)
        written.append(int(np.argmax(logits)))
    return written[1:]


@write_greedily.wrong(
    "the score, not its letter",
    "You write down how high the highest logit is. Which letter has it?",
)
def _(step, state, first, num_letters):
    id, written = first, []
    for _ in range(num_letters):
        logits, state = step(id, state)
        id = np.max(logits)
        written.append(id)
    return written


short = st.lists(st.sampled_from([-2.0, -1.0, 1.0, 2.0]), min_size=1, max_size=4)


@exercise(
    difficulty=4,
    minutes=12,
    inputs=[st.sampled_from([-0.5, 0.5, 1.5, 2.0]), short, short],
    hints=[
        "Which numbers does the last state depend on by way of the weight, if the "
        "state at the cut is a given number?",
        "Keep two numbers: the state h, and its derivative with respect to the weight.",
        "By the product rule the derivative of w h is h + w times the derivative of h.",
    ],
)
def cut_gradient(weight: float, first: list[float], second: list[float]) -> float:
    """The derivative of the last state with respect to the weight, cut in between.

    The state starts at 0, and reading x makes it `weight * state + x`. The numbers of
    `first` are read, then those of `second`; no gradient flows from these into those.
    """
    state = 0.0
    for x in first:
        state = weight * state + x
    slope = 0.0
    for x in second:
        slope = state + weight * slope
        state = weight * state + x
    return slope


@cut_gradient.specification
def _(weight, first, second):
    state = sum(x * weight**n for n, x in enumerate(reversed(first)))
    powers = enumerate(reversed([state, *second]))
    return sum(x * n * weight ** (n - 1) for n, x in powers if n)


@cut_gradient.wrong(
    "gradient through the carried state",
    "You differentiate the reading of `first`, too. Carried over the cut, the state is "
    "a number like any other: nothing is asked about how it came to be.",
)
def _(weight, first, second):
    powers = enumerate(reversed([*first, *second]))
    return sum(x * n * weight ** (n - 1) for n, x in powers if n)


@cut_gradient.wrong(
    "state not carried",
    "You begin `second` in a state of zero. Cut is the gradient, not the state.",
)
def _(weight, first, second):
    powers = enumerate(reversed(second))
    return sum(x * n * weight ** (n - 1) for n, x in powers if n)


@cut_gradient.wrong(
    "one step of gradient",
    "You differentiate the last step alone, as if the state before it did not depend "
    "on the weight. Within `second` it does.",
)
def _(weight, first, second):
    powers = enumerate(reversed([*first, *second[:-1]]))
    return sum(x * weight**n for n, x in powers)


@cut_gradient.wrong(
    "the new state for the old",
    "The derivative of weight times state needs the state *before* the letter is read.",
)
def _(weight, first, second):
    state = np.polyval(first, weight)
    slope = 0.0
    for x in second:
        state = weight * state + x
        slope = state + weight * slope
    return slope


@cut_gradient.wrong(
    "the way back not multiplied",
    "What an early step contributes passes through every later step, and each "
    "multiplies it by the weight.",
)
def _(weight, first, second):
    state = np.polyval(first, weight)
    slope = 0.0
    for x in second:
        slope += state
        state = weight * state + x
    return slope


@cut_gradient.wrong(
    "the state, not its derivative",
    "This is the last state. By how much does it change with the weight?",
)
def _(weight, first, second):
    return np.polyval([*first, *second], weight)
