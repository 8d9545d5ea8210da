"""Exercises of notebook 05, a recurrent network and its gradient by hand."""

import numpy as np
from hypothesis import strategies as st

from seqmodels.exercises import exercise
from seqmodels.exercises._inputs import filled, ids, numbers, size

__all__ = [
    "states_of_window",
    "gradient_of_recurrence",
    "adagrad_moves",
    "count_moving_weights",
    "descend_by_window",
]

units, num_steps, vocab_size = size("units"), size("num_steps"), size("vocab_size", 2)


@exercise(
    difficulty=2,
    minutes=6,
    inputs=[
        numbers(vocab_size, units),
        numbers(units, units),
        numbers(units),
        ids(num_steps, vocab_size=vocab_size),
        numbers(units),
    ],
    hints=[
        "A loop over the ids; the state that one round leaves is what the next needs.",
        "A character is read by taking its row of W_xh.",
    ],
)
def states_of_window(W_xh, W_hh, b_h, ids, h):
    """The states after each character of a window, (num_steps, units).

    W_xh is (vocab_size, units), W_hh (units, units), b_h (units,). `h`, (units,), is
    the state that the window starts from; it is not among the states returned.
    """
    states = []
    for id in ids:
        h = np.tanh(W_xh[id] + h @ W_hh + b_h)
        states.append(h)
    return np.array(states)


@states_of_window.specification
def _(W_xh, W_hh, b_h, ids, h):
    states = np.zeros((len(ids), len(h)))
    for t, k in np.ndindex(states.shape):
        before = h if t == 0 else states[t - 1]
        z = (
            W_xh[ids[t], k]
            + b_h[k]
            + sum(before[n] * W_hh[n, k] for n in range(len(h)))
        )
        states[t, k] = np.tanh(z)
    return states


@states_of_window.wrong(
    "state not carried",
    "Every character of yours is read in the window's first state. What did the one "
    "before it leave?",
)
def _(W_xh, W_hh, b_h, ids, h):
    return np.tanh(W_xh[ids] + h @ W_hh + b_h)


@states_of_window.wrong(
    "first state forgotten",
    "You start from zeros. The window has a state to start from: what was read before.",
)
def _(W_xh, W_hh, b_h, ids, h):
    return states_of_window.solved(W_xh, W_hh, b_h, ids, np.zeros_like(h))


@states_of_window.wrong(
    "from the wrong side of the matrix",
    "You multiply W_hh by the state as a column. In the lesson's equation the state is "
    "a row and stands on the left, so rows of W_hh belong to the units it comes from.",
)
def _(W_xh, W_hh, b_h, ids, h):
    return states_of_window.solved(W_xh, W_hh.T, b_h, ids, h)


@states_of_window.wrong(
    "the last state alone",
    "You return one state. There is a character to predict after each of them.",
)
def _(W_xh, W_hh, b_h, ids, h):
    return states_of_window.solved(W_xh, W_hh, b_h, ids, h)[-1]


def squashed(*shape):
    """Numbers between -0.9 and 0.9, as a tanh gives."""
    return filled(lambda rng, sizes: rng.integers(-9, 10, size=sizes) / 10, shape)


@exercise(
    difficulty=4,
    minutes=15,
    inputs=[
        numbers(units, units),
        squashed(num_steps.map(lambda n: n + 1), units),
        numbers(num_steps, units),
    ],
    hints=[
        "Go from the last step to the first, and keep what the later step hands back.",
        "Two gradients meet in h. Their sum, times the tanh's slope, is that of z.",
        "From z it goes to the state before, through W_hh transposed. What z adds to "
        "the gradient of W_hh is an outer product.",
    ],
)
def gradient_of_recurrence(W_hh, hs, from_outputs):
    """The gradient of a window's loss by W_hh, (units, units).

    `hs`, (num_steps + 1, units), are the states: the one that the window starts from,
    then that after each step. `from_outputs`, (num_steps, units), has for each step the
    gradient that its state gets from its own output alone.
    """
    gradient, from_later = np.zeros_like(W_hh), 0
    for t in reversed(range(len(from_outputs))):
        dz = (from_outputs[t] + from_later) * (1 - hs[t + 1] ** 2)
        gradient += np.outer(hs[t], dz)
        from_later = W_hh @ dz
    return gradient


@gradient_of_recurrence.specification
def _(W_hh, hs, from_outputs):
    rest = np.arctanh(hs[1:]) - hs[:-1] @ W_hh  # what input and bias contribute

    def loss(W):
        h, total = hs[0], 0
        for z, weights in zip(rest, from_outputs, strict=True):
            h = np.tanh(z + h @ W)
            total += h @ weights
        return total

    slopes = np.empty_like(W_hh)
    for place in np.ndindex(W_hh.shape):
        move = np.zeros_like(W_hh)
        move[place] = 1e-5
        slopes[place] = (loss(W_hh + move) - loss(W_hh - move)) / 2e-5
    return slopes


def _back(W_hh, hs, from_outputs, handed_back=1, bent=1, shift=0, back=None):
    """The gradient by W_hh, with one thing or another wrong."""
    gradient, from_later = np.zeros_like(W_hh), 0
    for t in reversed(range(len(from_outputs))):
        dz = (from_outputs[t] + handed_back * from_later) * (1 - bent * hs[t + 1] ** 2)
        gradient += hs[t + shift][:, None] * dz
        from_later = dz @ (W_hh.T if back is None else back)
    return gradient


@gradient_of_recurrence.wrong(
    "nothing from later steps",
    "In your code a state matters to its own output alone. It is used a second time: "
    "by the step after it.",
)
def _(*inputs):
    return _back(*inputs, handed_back=0)


@gradient_of_recurrence.wrong(
    "the state after for the state before",
    "Your outer product has the state that a step made. Which state was multiplied by "
    "W_hh in that step?",
)
def _(*inputs):
    return _back(*inputs, shift=1)


@gradient_of_recurrence.wrong(
    "matrix not transposed on the way back",
    "You hand the gradient back through W_hh as if going forward. Unit n got something "
    "to k by the number in row n and column k; back from k to n leads by the same.",
)
def _(*inputs):
    return _back(*inputs, back=inputs[0])


@gradient_of_recurrence.wrong(
    "slope of the tanh left out",
    "Your gradient passes the tanh as if it were not there. A unit near 1 or -1 hardly "
    "moves, whatever is done to its z.",
)
def _(*inputs):
    return _back(*inputs, bent=0)


@gradient_of_recurrence.wrong(
    "the slope left out between steps",
    "What you hand to the step before has not passed this step's tanh. Between two "
    "states lies z, and it is z that the earlier one goes into.",
)
def _(W_hh, hs, from_outputs):
    gradient, dh = np.zeros_like(W_hh), np.zeros(len(W_hh))
    for t in reversed(range(len(from_outputs))):
        dh = from_outputs[t] + W_hh @ dh
        gradient += np.outer(hs[t], dh * (1 - hs[t + 1] ** 2))
    return gradient


@gradient_of_recurrence.wrong(
    "only one step handed back",
    "What you hand to the step before is made of this step's own output. What had come "
    "to this step from later ones must go on, too.",
)
def _(W_hh, hs, from_outputs):
    own = from_outputs * (1 - hs[1:] ** 2)
    from_next = np.vstack([own[1:] @ W_hh.T, np.zeros(len(W_hh))])
    return hs[:-1].T @ ((from_outputs + from_next) * (1 - hs[1:] ** 2))


@exercise(
    difficulty=3,
    minutes=8,
    inputs=[
        st.lists(
            st.sampled_from([-20, -6, -3, 0, 0.5, 2, 7, 30]), min_size=1, max_size=6
        ),
        st.sampled_from([0.1, 0.5]),
    ],
    hints=[
        "One number is kept from step to step. What is it, and when does it grow?",
        "Downhill is against the gradient.",
    ],
)
def adagrad_moves(gradients: list[float], rate: float) -> list[float]:
    """What Adagrad adds to one weight, which gets these gradients in turn.

    Each gradient is clipped by itself to between -5 and 5 first. 1e-8 is added under
    the root, as in the lesson.
    """
    squares, moves = 0.0, []
    for gradient in gradients:
        clipped = np.clip(gradient, -5, 5)
        squares += clipped**2
        moves.append(-rate * clipped / np.sqrt(squares + 1e-8))
    return moves


@adagrad_moves.specification
def _(gradients, rate):
    clipped = [min(5, max(-5, gradient)) for gradient in gradients]
    seen = [clipped[: n + 1] for n in range(len(clipped))]
    return [-rate * s[-1] / (sum(g * g for g in s) + 1e-8) ** 0.5 for s in seen]


def _moves(clipped, squares, rate):
    return -rate * clipped / np.sqrt(squares + 1e-8)


@adagrad_moves.wrong(
    "the present gradient not counted",
    "Your first step is divided by next to nothing. The sum already has the gradient "
    "whose step it is.",
)
def _(gradients, rate):
    clipped = np.clip(gradients, -5, 5)
    return _moves(clipped, np.cumsum(clipped**2) - clipped**2, rate)


@adagrad_moves.wrong(
    "not clipped",
    "One huge gradient fills your sum, and all steps after it are tiny. First comes "
    "the clipping, of each gradient by itself, to between -5 and 5.",
)
def _(gradients, rate):
    gradients = np.array(gradients)
    return _moves(gradients, np.cumsum(gradients**2), rate)


@adagrad_moves.wrong(
    "clipped for the step but not for the sum",
    "You clip what is above the fraction line. It is the same gradient whose square is "
    "summed below it.",
)
def _(gradients, rate):
    squares = np.cumsum(np.square(gradients))
    return _moves(np.clip(gradients, -5, 5), squares, rate)


@adagrad_moves.wrong(
    "mean of the squares for their sum",
    "Your rate does not shrink, however long training lasts. In Adagrad it does: the "
    "sum is not divided by the number of steps.",
)
def _(gradients, rate):
    clipped = np.clip(gradients, -5, 5)
    counts = np.arange(1, len(clipped) + 1)
    return _moves(clipped, np.cumsum(clipped**2) / counts, rate)


@adagrad_moves.wrong(
    "no root",
    "You divide by the sum of the squares itself. By its root the first step is as "
    "long as the rate, however large or small its gradient is.",
)
def _(gradients, rate):
    clipped = np.clip(gradients, -5, 5)
    return -rate * clipped / (np.cumsum(clipped**2) + 1e-8)


@adagrad_moves.wrong(
    "uphill", "You add what makes the loss grow. Which way should the weight go?"
)
def _(gradients, rate):
    clipped = np.clip(gradients, -5, 5)
    return _moves(clipped, np.cumsum(clipped**2), -rate)


@exercise(
    difficulty=1,
    minutes=4,
    inputs=st.builds(
        lambda different, others, units: (different + others, units, different),
        *[st.integers(2, 6), st.integers(0, 6), st.integers(1, 6)],
    ),
    hints=[
        "Take the five arrays one by one.",
        "The softmax gives every character some probability, whether it came or not.",
    ],
)
def count_moving_weights(vocab_size: int, units: int, num_different: int) -> int:
    """How many weights get a gradient other than zero from one window.

    The network is the lesson's: W_xh, W_hh, W_hy, b_h and b_y, biases included.
    `num_different` different characters are read in the window, which starts from a
    state other than zero. No gradient is zero by accident.
    """
    hidden = num_different * units + units * units + units
    return hidden + units * vocab_size + vocab_size


@count_moving_weights.specification
def _(vocab_size, units, num_different):
    total = 0
    for _ in range(units):
        total += num_different + units + 1
    for _ in range(vocab_size):
        total += units + 1
    return total


@count_moving_weights.wrong(
    "all rows of the input matrix",
    "You count every weight. What has a character that is not in the window to do with "
    "the loss of this window, on the side where it would be read?",
)
def _(vocab_size, units, num_different):
    return vocab_size * units + units * (units + 1) + (units + 1) * vocab_size


@count_moving_weights.wrong(
    "only characters of the window predicted",
    "You leave out the output weights of characters that are not in the window. They "
    "had got a probability, and it should have been lower.",
)
def _(vocab_size, units, num_different):
    return num_different * units + units * (units + 1) + (units + 1) * num_different


@count_moving_weights.wrong(
    "biases forgotten", "You count the three matrices. Two more arrays are learnt."
)
def _(vocab_size, units, num_different):
    return units * (num_different + units + vocab_size)


@exercise(
    difficulty=4,
    minutes=18,
    inputs=[
        st.sampled_from([-1.5, -0.5, 0.5, 1.5]),
        st.lists(
            st.tuples(*[st.sampled_from([-1.0, -0.5, 0.5, 1.0])] * 2),
            min_size=1,
            max_size=7,
        ),
        st.integers(1, 4),
        st.sampled_from([0.1, 0.5]),
    ],
    hints=[
        "Two loops, over the windows and over the pairs of one. What begins at zero in "
        "each window, and what goes on?",
        "Keep the state's derivative by the weight beside the state. In one step it "
        "becomes (state before + weight * derivative before) * (1 - new state**2).",
        "The gradient is the sum of (state - target) * derivative over the window.",
    ],
)
def descend_by_window(
    weight: float, pairs: list[tuple[float, float]], num_steps: int, rate: float
) -> list[float]:
    """The weight after each window, when it is trained by truncated backpropagation.

    The network has one unit: its state is 0 before the first pair, and reading x makes
    it tanh(weight * state + x). `pairs` are of x and the target for the state after it.
    A window has `num_steps` pairs, the last perhaps fewer; its loss is half the sum of
    (state - target)**2. After each window the weight takes one step of descent, of
    `rate` times the gradient.
    """
    state, weights = 0.0, []
    for start in range(0, len(pairs), num_steps):
        slope = gradient = 0.0
        for x, target in pairs[start : start + num_steps]:
            before, state = state, np.tanh(weight * state + x)
            slope = (before + weight * slope) * (1 - state**2)
            gradient += (state - target) * slope
        weight -= rate * gradient
        weights.append(weight)
    return weights


@descend_by_window.specification
def _(weight, pairs, num_steps, rate):
    state, weights = 0.0, []
    while pairs:
        window, pairs = pairs[:num_steps], pairs[num_steps:]

        def read(w, window=window, state=state):
            loss = 0.0
            for x, target in window:
                state = np.tanh(w * state + x)
                loss += (state - target) ** 2 / 2
            return loss, state

        _, state = read(weight)
        weight -= rate * (read(weight + 1e-5)[0] - read(weight - 1e-5)[0]) / 2e-5
        weights.append(weight)
    return weights


def _descend(weight, pairs, num_steps, rate, cut=0, carry=1, through=1, each=False):
    """Descent by windows, with one thing or another wrong."""
    state = slope = 0.0
    weights = []
    for start in range(0, len(pairs), num_steps):
        state, slope, gradient = carry * state, cut * slope, 0.0
        for x, target in pairs[start : start + num_steps]:
            before, state = state, np.tanh(weight * state + x)
            slope = (before + through * weight * slope) * (1 - state**2)
            gradient += (state - target) * slope
            if each:
                weight, gradient = weight - rate * gradient, 0.0
        weight -= rate * gradient
        weights.append(weight)
    return weights


@descend_by_window.wrong(
    "gradient through the carried state",
    "You differentiate what earlier windows did. A window takes the state that it is "
    "handed for a number, which does not depend on the weight.",
)
def _(*inputs):
    return _descend(*inputs, cut=1)


@descend_by_window.wrong(
    "state not carried",
    "Each window of yours starts from a state of zero. Cut is the gradient, not the "
    "state.",
)
def _(*inputs):
    return _descend(*inputs, carry=0)


@descend_by_window.wrong(
    "no gradient through time",
    "You differentiate each step as if the state before it were fixed. Within a window "
    "that state depends on the weight, too.",
)
def _(*inputs):
    return _descend(*inputs, through=0)


@descend_by_window.wrong(
    "a step of descent after each number",
    "Your weight moves within a window, so that its steps are read by different "
    "networks. Add up the gradient of the whole window first.",
)
def _(*inputs):
    return _descend(*inputs, each=True)


@descend_by_window.wrong(
    "a short last window dropped",
    "You learn from full windows alone. What is left over at the end is a window, too.",
)
def _(weight, pairs, num_steps, rate):
    full = len(pairs) // num_steps * num_steps
    return _descend(weight, pairs[:full], num_steps, rate)


@descend_by_window.wrong(
    "uphill", "Your weight moves where the loss grows. Look at the sign of its step."
)
def _(weight, pairs, num_steps, rate):
    return _descend(weight, pairs, num_steps, -rate)
