"""Exercises of notebook 01, from Fibonacci's rule to a cell with a gate."""

import numpy as np
from hypothesis import strategies as st

from seqmodels.exercises import exercise
from seqmodels.exercises._inputs import numbers, size

__all__ = [
    "rule_as_matrix",
    "descend_once",
    "slope_through_time",
    "run_stack",
    "step_with_one_gate",
]


@exercise(
    difficulty=1,
    minutes=3,
    inputs=[st.integers(-3, 3), st.integers(-3, 3)],
    hints=[
        "Each row of the matrix makes one number of the new state.",
        "The new state's first number is the old one's second, whatever the rule.",
    ],
)
def rule_as_matrix(a: float, b: float) -> np.ndarray:
    """The matrix M, (2, 2), of the rule next = a * older + b * newer.

    `M @ [older, newer]` is the state after one step, `[newer, next]`.
    """
    return np.array([[0, 1], [a, b]])


@rule_as_matrix.specification
def _(a, b):
    columns = [(newer, a * older + b * newer) for older, newer in [(1, 0), (0, 1)]]
    return np.transpose(columns)


@rule_as_matrix.wrong(
    "rows and columns exchanged",
    "This is right for a row times a matrix. Here the state is a column behind the "
    "matrix: each of its rows makes one number.",
)
def _(a, b):
    return np.array([[0, a], [1, b]])


@rule_as_matrix.wrong(
    "weights exchanged",
    "Your rule weights the newer term with a and the older with b. Which of the two "
    "comes first in the state?",
)
def _(a, b):
    return np.array([[0, 1], [b, a]])


@rule_as_matrix.wrong(
    "the older term kept",
    "Your step leaves the older term where it is, for ever. What was newer before the "
    "step is the older one after it.",
)
def _(a, b):
    return np.array([[1, 0], [a, b]])


@rule_as_matrix.wrong(
    "overwritten too early",
    "Your rule uses the newer term twice, as if it had taken the older one's place "
    "before the sum was made. Both numbers of a step are made of the old state.",
)
def _(a, b):
    return np.array([[0, 1], [0, a + b]])


@exercise(
    difficulty=3,
    minutes=8,
    inputs=[numbers(2), numbers(size("windows"), 3), st.sampled_from([0.1, 0.5, 1.0])],
    hints=[
        "First the errors of all windows, predicted minus following.",
        "What is the derivative of an error's square with respect to one weight? By "
        "the chain rule two times the error times the term that this weight stands at.",
        "Both slopes are taken at the old weights; only then the weights move.",
    ],
)
def descend_once(weights: np.ndarray, windows: np.ndarray, rate: float) -> np.ndarray:
    """The two weights (2,) after one step of gradient descent.

    The rows of `windows`, (num_windows, 3), are before, newest, following. Predicted is
    weights[0] * before + weights[1] * newest; the loss is the mean squared error.
    """
    errors = windows[:, :2] @ weights - windows[:, 2]
    slopes = 2 * errors @ windows[:, :2] / len(windows)
    return weights - rate * slopes


@descend_once.specification
def _(weights, windows, rate):
    def loss(w1, w2):
        return np.mean([(w1 * x + w2 * y - z) ** 2 for x, y, z in windows])

    (w1, w2), d = weights, 1e-3  # the loss is a square, so these slopes are exact
    slope1 = (loss(w1 + d, w2) - loss(w1 - d, w2)) / (2 * d)
    slope2 = (loss(w1, w2 + d) - loss(w1, w2 - d)) / (2 * d)
    return np.array([w1 - rate * slope1, w2 - rate * slope2])


@descend_once.wrong(
    "uphill",
    "Your weights move with the gradient, the way on which the loss grows fastest. Or "
    "is your error following minus predicted? Then its slope turns round as well.",
)
def _(weights, windows, rate):
    errors = windows[:, :2] @ weights - windows[:, 2]
    return weights + rate * 2 * errors @ windows[:, :2] / len(windows)


@descend_once.wrong(
    "the error for its slope",
    "You move both weights by the error itself. How much a weight adds to an error "
    "depends on the term that it is multiplied by.",
)
def _(weights, windows, rate):
    errors = windows[:, :2] @ weights - windows[:, 2]
    return weights - rate * 2 * errors.mean()


@descend_once.wrong(
    "a sum for a mean",
    "Your step grows with the number of windows. The loss is a mean, so its slope is.",
)
def _(weights, windows, rate):
    errors = windows[:, :2] @ weights - windows[:, 2]
    return weights - rate * 2 * errors @ windows[:, :2]


@descend_once.wrong(
    "one weight after the other",
    "You move the first weight and take the second one's slope at the new place. The "
    "gradient is both slopes at one place, the old weights.",
)
def _(weights, windows, rate):
    weights = weights.copy()
    for k in range(2):
        errors = windows[:, :2] @ weights - windows[:, 2]
        weights[k] -= rate * 2 * np.mean(errors * windows[:, k])
    return weights


@descend_once.wrong(
    "the factor two forgotten",
    "Your step goes the right way and half as far. What is the derivative of a square?",
)
def _(weights, windows, rate):
    errors = windows[:, :2] @ weights - windows[:, 2]
    return weights - rate * errors @ windows[:, :2] / len(windows)


@exercise(
    difficulty=2,
    minutes=6,
    inputs=[
        st.sampled_from([-1.5, 0.5, 1.2, 2.0]),
        st.sampled_from([-0.8, -0.3, 0.5, 0.9]),
        st.lists(st.sampled_from([-0.5, -0.1, 0.2, 0.4]), max_size=4),
    ],
    hints=[
        "By the chain rule each step contributes one factor.",
        "The slope of tanh at a is 1 - tanh(a) ** 2. What is a in this step, and what "
        "does it get from the state before?",
    ],
)
def slope_through_time(u: float, h: float, pushes: list[float]) -> float:
    """The derivative of the last state with respect to the first, h.

    A step makes the state h a new one, tanh(u * h + push); one step for each push.
    """
    slope = 1.0
    for push in pushes:
        h = np.tanh(u * h + push)
        slope *= u * (1 - h**2)
    return slope


@slope_through_time.specification
def _(u, h, pushes):
    def last(h):
        for push in pushes:
            h = np.tanh(u * h + push)
        return h

    return (last(h + 1e-5) - last(h - 1e-5)) / 2e-5


@slope_through_time.wrong(
    "slope at the state before",
    "You take the slope of tanh at the wrong place: the square in 1 - tanh squared is "
    "of what comes out of this step, not of what goes in.",
)
def _(u, h, pushes):
    slope = 1.0
    for push in pushes:
        slope *= u * (1 - h**2)
        h = np.tanh(u * h + push)
    return slope


@slope_through_time.wrong(
    "weight forgotten",
    "Your factors are the slopes of tanh alone. The state reaches tanh multiplied by "
    "the weight, and the chain rule has a factor for that, too.",
)
def _(u, h, pushes):
    slope = 1.0
    for push in pushes:
        h = np.tanh(u * h + push)
        slope *= 1 - h**2
    return slope


@slope_through_time.wrong(
    "tanh taken for a straight line",
    "This is a power of the weight, as if there were no tanh. Where tanh is flat, "
    "little of a change comes through, however large the weight.",
)
def _(u, h, pushes):
    return u ** len(pushes)


@slope_through_time.wrong(
    "factors added",
    "You add the steps' slopes. A change goes through one step after the other, and "
    "each stretches or shrinks what the step before has left of it.",
)
def _(u, h, pushes):
    total = 0.0
    for push in pushes:
        h = np.tanh(u * h + push)
        total += u * (1 - h**2)
    return total


@slope_through_time.wrong(
    "the last step alone",
    "This is how the last state depends on the one before it. The gradient has to go "
    "back to the first.",
)
def _(u, h, pushes):
    slope = 1.0
    for push in pushes:
        h = np.tanh(u * h + push)
        slope = u * (1 - h**2)
    return slope


units = size("units", 2, 3)
cell_weights = st.tuples(numbers(units, units), numbers(units, units), numbers(units))


def weighted_sum(x, h, weights):
    """The sum within a cell, of its input, its state and its bias."""
    kernel, recurrent, bias = weights
    return x @ kernel + h @ recurrent + bias


@exercise(
    difficulty=4,
    minutes=12,
    inputs=[
        numbers(size("steps", 1, 4), units),
        st.lists(cell_weights, min_size=1, max_size=3),
    ],
    hints=[
        "Write one layer first: a loop over the steps that keeps all its states.",
        "What the second layer reads are the first one's states, step for step.",
        "Every layer has a state of its own, which begins at zero.",
    ],
)
def run_stack(inputs: np.ndarray, layers: list[tuple]) -> np.ndarray:
    """The states of the upmost layer of a stack of RNN cells, after each step.

    The inputs are (num_steps, units), and so is what is wanted. A layer is (W, U, b),
    its state begins at zero and becomes tanh(x W + h U + b). The lowest layer reads
    the inputs, every other at each step the new state of the one below it.
    """
    heard = inputs
    for kernel, recurrent, bias in layers:
        h, states = np.zeros(len(bias)), []
        for x in heard:
            h = np.tanh(x @ kernel + h @ recurrent + bias)
            states.append(h)
        heard = states
    return np.array(heard)


@run_stack.specification
def _(inputs, layers):
    states = [np.zeros(inputs.shape[1]) for _ in layers]
    outputs = []
    for x in inputs:  # step by step, through the whole stack
        for n, layer in enumerate(layers):
            states[n] = x = np.tanh(weighted_sum(x, states[n], layer))
        outputs.append(x)
    return np.array(outputs)


@run_stack.wrong(
    "a step late",
    "Your upper layers hear what the one below said a step ago. Stacked cells are "
    "joined at the same step.",
)
def _(inputs, layers):
    states = [np.zeros(inputs.shape[1]) for _ in layers]
    outputs = []
    for x in inputs:
        heard = [x, *states]
        states = [
            np.tanh(weighted_sum(x, h, layer))
            for x, h, layer in zip(heard, states, layers, strict=False)
        ]
        outputs.append(states[-1])
    return np.array(outputs)


@run_stack.wrong(
    "every layer reads the inputs",
    "Your layers stand side by side: each reads the inputs, and all but the last are "
    "forgotten. What does the second one of a stack hear?",
)
def _(inputs, layers):
    h, states = np.zeros(inputs.shape[1]), []
    for x in inputs:
        h = np.tanh(weighted_sum(x, h, layers[-1]))
        states.append(h)
    return np.array(states)


@run_stack.wrong(
    "one state for all layers",
    "Your layers write into the same state, each over that of the one below. A layer "
    "has to find its own state again at the next step.",
)
def _(inputs, layers):
    h, states = np.zeros(inputs.shape[1]), []
    for x in inputs:
        for layer in layers:
            h = x = np.tanh(weighted_sum(x, h, layer))
        states.append(h)
    return np.array(states)


@run_stack.wrong(
    "begun where the layer below ended",
    "Your second layer begins in the last state of the first, so that it knows the end "
    "before it has read the beginning. Each begins at zero.",
)
def _(inputs, layers):
    heard, h = inputs, np.zeros(inputs.shape[1])
    for layer in layers:
        states = []
        for x in heard:
            h = np.tanh(weighted_sum(x, h, layer))
            states.append(h)
        heard = states
    return np.array(heard)


@run_stack.wrong(
    "state not carried",
    "Each step of yours begins at zero. That is a feed-forward network on one input "
    "after the other, and what came before makes no difference.",
)
def _(inputs, layers):
    for layer in layers:
        inputs = np.tanh(weighted_sum(inputs, np.zeros_like(inputs), layer))
    return inputs


@exercise(
    difficulty=3,
    minutes=8,
    inputs=[numbers(units), numbers(units), cell_weights, cell_weights],
    hints=[
        "Two sums of the same form, x W + h U + b, with two sets of weights.",
        "A gate must lie between 0 and 1, which 1 / (1 + exp(-a)) does for any a.",
        "What is not kept is filled up: the two shares add up to 1.",
    ],
)
def step_with_one_gate(
    x: np.ndarray, h: np.ndarray, gate: tuple, candidate: tuple
) -> np.ndarray:
    """The state (units,) after one step of a cell with a single gate z.

    Gate and candidate have weights (W, U, b) each: z is the sigmoid of x W + h U + b,
    the candidate the tanh of its own such sum. The new state keeps a share z of each
    number of h and takes the rest from the candidate.
    """
    kernel, recurrent, bias = gate
    z = 1 / (1 + np.exp(-(x @ kernel + h @ recurrent + bias)))
    kernel, recurrent, bias = candidate
    new = np.tanh(x @ kernel + h @ recurrent + bias)
    return z * h + (1 - z) * new


@step_with_one_gate.specification
def _(x, h, gate, candidate):
    state = []
    for n in range(len(h)):
        sums = []
        for kernel, recurrent, bias in [gate, candidate]:
            parts = [
                x[k] * kernel[k, n] + h[k] * recurrent[k, n] for k in range(len(x))
            ]
            sums.append(sum(parts) + bias[n])
        z = 1 / (1 + np.exp(-sums[0]))
        state.append(z * h[n] + (1 - z) * np.tanh(sums[1]))
    return np.array(state)


@step_with_one_gate.wrong(
    "keep and let in exchanged",
    "Your gate at 1 throws the old state away. Here z says how much is kept.",
)
def _(x, h, gate, candidate):
    z = 1 / (1 + np.exp(-weighted_sum(x, h, gate)))
    return (1 - z) * h + z * np.tanh(weighted_sum(x, h, candidate))


@step_with_one_gate.wrong(
    "the gate on both",
    "Your gate opens and shuts for the old and the new together; at 0 the state is "
    "lost. What is given up of the one is taken from the other.",
)
def _(x, h, gate, candidate):
    z = 1 / (1 + np.exp(-weighted_sum(x, h, gate)))
    return z * h + z * np.tanh(weighted_sum(x, h, candidate))


@step_with_one_gate.wrong(
    "tanh for the gate",
    "Your gate is a tanh, from -1 to 1. A share below 0 would turn the state's sign.",
)
def _(x, h, gate, candidate):
    z = np.tanh(weighted_sum(x, h, gate))
    return z * h + (1 - z) * np.tanh(weighted_sum(x, h, candidate))


@step_with_one_gate.wrong(
    "gate deaf to the state",
    "Your gate looks at the input alone. Whether to keep something depends on what is "
    "there to be kept as well.",
)
def _(x, h, gate, candidate):
    z = 1 / (1 + np.exp(-weighted_sum(x, 0 * h, gate)))
    return z * h + (1 - z) * np.tanh(weighted_sum(x, h, candidate))


@step_with_one_gate.wrong(
    "one number as a gate for all",
    "You made one number of the gate. It is a vector: each number of the state has a "
    "gate of its own, and that one is kept while this one is replaced.",
)
def _(x, h, gate, candidate):
    z = np.mean(1 / (1 + np.exp(-weighted_sum(x, h, gate))))
    return z * h + (1 - z) * np.tanh(weighted_sum(x, h, candidate))
