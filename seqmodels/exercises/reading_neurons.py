"""Exercises of notebook 10, what single cells of an LSTM hold."""

import math

import numpy as np
from hypothesis import strategies as st

from seqmodels.exercises import exercise
from seqmodels.exercises._inputs import ids, numbers, size

__all__ = [
    "share_kept",
    "auc_by_pairs",
    "choose_and_judge",
    "rise_here_and_elsewhere",
    "hold_cell",
]


def sigmoid(x):
    """As in the notebook."""
    return 1 / (1 + np.exp(-x))


@exercise(
    difficulty=1,
    minutes=3,
    inputs=[st.sampled_from([-1.0, 0.0, 1.0, 2.0, 3.0]), st.integers(1, 8)],
    hints=[
        "How much is left after one letter? And how much of that after the next?",
        "The gate is the sigmoid of its bias, as nothing else comes in.",
    ],
)
def share_kept(bias: float, num_letters: int) -> float:
    """The share of a cell's content that is left after so many letters.

    Its forget gate is decided by `bias` alone, and nothing new is let in.
    """
    return (1 / (1 + np.exp(-bias))) ** num_letters


@share_kept.specification
def _(bias, num_letters):
    content = 1.0
    for _ in range(num_letters):
        content *= math.exp(bias) / (math.exp(bias) + 1)
    return content


@share_kept.wrong(
    "the forget gate taken for what is forgotten",
    "You keep what the gate shuts out. In spite of its name, a forget gate of 1 keeps "
    "everything, and a high bias makes a long memory.",
)
def _(bias, num_letters):
    return sigmoid(-bias) ** num_letters


@share_kept.wrong(
    "the same loss at every letter",
    "You take the same amount away at each letter. The gate takes the same share, of "
    "what is still there.",
)
def _(bias, num_letters):
    return max(0.0, 1 - num_letters * sigmoid(-bias))


@share_kept.wrong(
    "a bias for a gate",
    "A gate lies between 0 and 1. The bias is what goes into its sigmoid.",
)
def _(bias, num_letters):
    return bias**num_letters


@share_kept.wrong(
    "a smooth fade for one in steps",
    "exp(-n / T) is what a fade without steps would leave. It is close for a long "
    "memory T, but the cell loses its share once a letter.",
)
def _(bias, num_letters):
    return np.exp(-num_letters * sigmoid(-bias))


def _letters(num_inside, num_outside, seed):
    """Values of a cell, some of them equal, and where the fact holds."""
    rng = np.random.default_rng(seed)
    inside = rng.permutation(np.arange(num_inside + num_outside) < num_inside)
    return rng.integers(-3, 4, len(inside)) / 10, inside


@exercise(
    difficulty=2,
    minutes=6,
    inputs=st.builds(
        _letters, st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**16)
    ),
    hints=[
        "How many pairs are there of a letter inside and one outside?",
        "In each pair the letter inside wins, loses or draws, which is 1, 0 or a half.",
    ],
)
def auc_by_pairs(values: np.ndarray, inside: np.ndarray) -> float:
    """The AUC of a cell's values (letters,) for a fact, from all pairs.

    `inside` (letters,) says where the fact holds. A pair of equal values counts half.
    The cell is taken as it is, not turned round if it is lower inside.
    """
    gaps = values[inside][:, None] - values[~inside]
    return (gaps > 0).mean() + (gaps == 0).mean() / 2


@auc_by_pairs.specification
def _(values, inside):
    won = pairs = 0
    for one, holds in zip(values, inside, strict=True):
        for other, other_holds in zip(values, inside, strict=True):
            if holds and not other_holds:
                pairs += 1
                won += 1 if one > other else 0.5 if one == other else 0
    return won / pairs


@auc_by_pairs.wrong(
    "equal values counted as won",
    "Where both values are equal the cell does not tell the two letters apart, and yet "
    "you count the pair in its favour. A constant cell would be perfect.",
)
def _(values, inside):
    return (values[inside][:, None] >= values[~inside]).mean()


@auc_by_pairs.wrong(
    "equal values counted as lost",
    "Where both values are equal the cell does not tell the two letters apart; but who "
    "tosses a coin is right in one case of two.",
)
def _(values, inside):
    return (values[inside][:, None] > values[~inside]).mean()


@auc_by_pairs.wrong(
    "turned whenever it is below a half",
    "Yours is never below 0.5, so luck always looks like skill. A cell is turned round "
    "once, by the letters that it is chosen on; here it is judged as it is.",
)
def _(values, inside):
    gaps = values[inside][:, None] - values[~inside]
    return max((gaps > 0).mean(), (gaps < 0).mean()) + (gaps == 0).mean() / 2


@auc_by_pairs.wrong(
    "a threshold at zero",
    "You ask how often the cell's sign is right. The AUC needs no threshold: a cell "
    "that is 0.6 outside and 0.9 inside tells the fact without fail.",
)
def _(values, inside):
    return ((values > 0) == inside).mean()


@auc_by_pairs.wrong(
    "a difference of means",
    "This is by how much the cell is higher inside on average. The AUC is how often it "
    "is higher: one extreme letter moves a mean far, but wins no more pairs for it.",
)
def _(values, inside):
    return values[inside].mean() - values[~inside].mean()


def _two_scores(num_cells, seed):
    """Signed scores of cells for a fact, no two equal: on seen and unseen letters."""
    rng = np.random.default_rng(seed)
    seen, unseen = (rng.permutation(np.arange(1, 10))[:num_cells] / 10 for _ in "ab")
    signs = rng.choice([-1, 1], num_cells)
    return seen * signs, unseen * signs * rng.choice([-1, 1, 1], num_cells)


@exercise(
    difficulty=2,
    minutes=6,
    inputs=st.builds(_two_scores, st.integers(2, 5), st.integers(0, 2**16)),
    hints=[
        "A score of -1 is as good as one of 1: the mirror image tells the fact.",
        "Everything that is chosen, the sign too, is chosen on the training letters.",
        "A signed score s is an AUC of (1 + s) / 2.",
    ],
)
def choose_and_judge(
    seen_scores: np.ndarray, unseen_scores: np.ndarray
) -> tuple[int, float]:
    """The best cell for a fact, and its AUC on the held-out letters.

    Both arguments `(cells,)` are signed scores, 2 AUC - 1, on letters of the training
    and of the held-out documents. A cell that is low inside is turned round.
    """
    cell = int(np.abs(seen_scores).argmax())
    sign = np.sign(seen_scores[cell])
    return cell, 0.5 + sign * unseen_scores[cell] / 2


@choose_and_judge.specification
def _(seen_scores, unseen_scores):
    best, cell, sign = 0, None, None
    for n, score in enumerate(seen_scores):
        for each in (-1, 1):
            if each * score > best:
                best, cell, sign = each * score, n, each
    return cell, (1 + sign * unseen_scores[cell]) / 2


@choose_and_judge.wrong(
    "chosen on the held-out letters",
    "You choose the cell by the very letters that judge it. The best of many looks "
    "good by luck alone, and here nothing takes the luck away.",
)
def _(seen_scores, unseen_scores):
    cell = int(np.abs(unseen_scores).argmax())
    return cell, 0.5 + abs(unseen_scores[cell]) / 2


@choose_and_judge.wrong(
    "mirror images overlooked",
    "You take the highest score. A cell that is always lower inside tells the fact as "
    "well as one that is always higher.",
)
def _(seen_scores, unseen_scores):
    cell = int(seen_scores.argmax())
    return cell, 0.5 + unseen_scores[cell] / 2


@choose_and_judge.wrong(
    "judged on the training letters",
    "The AUC is that of the letters by which the cell was chosen, luck included. What "
    "is it on letters that had no say?",
)
def _(seen_scores, unseen_scores):
    cell = int(np.abs(seen_scores).argmax())
    return cell, 0.5 + abs(seen_scores[cell]) / 2


@choose_and_judge.wrong(
    "turned round by the held-out letters",
    "The cell is chosen rightly, but whether high or low means inside you let the "
    "held-out letters say. Then no cell can fail: nothing is below 0.5.",
)
def _(seen_scores, unseen_scores):
    cell = int(np.abs(seen_scores).argmax())
    return cell, 0.5 + abs(unseen_scores[cell]) / 2


def _losses(before, runs, seed):
    """Losses with and without a cell, and where a fact holds, which ends in time."""
    rng, inside = np.random.default_rng(seed), [False] * before
    for num_inside, num_outside in runs:
        inside += [True] * num_inside + [False] * num_outside
    with_cell, without_cell = rng.integers(0, 40, (2, len(inside))) / 10
    return with_cell, without_cell, np.array(inside)


_runs = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 3)), min_size=1, max_size=3
)


@exercise(
    difficulty=3,
    minutes=8,
    inputs=st.builds(_losses, st.integers(0, 3), _runs, st.integers(0, 2**16)),
    hints=[
        "Write a short text, `[[a]] b`, and below each letter what it is to predict.",
        "At the last letter inside the next letter is outside.",
    ],
)
def rise_here_and_elsewhere(
    with_cell: np.ndarray, without_cell: np.ndarray, inside: np.ndarray
) -> tuple[float, float]:
    """The mean rises of the loss without a cell, where its fact ends and elsewhere.

    Place t of `with_cell` and `without_cell` (letters,) is what it costs, in nats, to
    predict the letter after letter t. `inside` (letters,) says where the fact holds
    once letter t is read. The fact's own places are those where the sign that ends it
    is to be predicted; elsewhere is where the fact does not hold. The last letter is
    never inside.
    """
    rise = without_cell - with_cell
    ends = inside[:-1] & ~inside[1:]
    return rise[:-1][ends].mean(), rise[~inside].mean()


@rise_here_and_elsewhere.specification
def _(with_cell, without_cell, inside):
    own, elsewhere = [], []
    for t, holds in enumerate(inside):
        rise = without_cell[t] - with_cell[t]
        if not holds:
            elsewhere.append(rise)
        elif not inside[t + 1]:
            own.append(rise)
    return sum(own) / len(own), sum(elsewhere) / len(elsewhere)


@rise_here_and_elsewhere.wrong(
    "all letters inside counted as own",
    "Most letters inside are guessed without the cell: they are letters of a word. "
    "Where does it matter that a link is open?",
)
def _(with_cell, without_cell, inside):
    rise = without_cell - with_cell
    return rise[inside].mean(), rise[~inside].mean()


@rise_here_and_elsewhere.wrong(
    "one letter late",
    "Your own places are the signs that end the fact. What stands there in the arrays "
    "is the cost of the letter *after* the sign.",
)
def _(with_cell, without_cell, inside):
    rise = without_cell - with_cell
    ends = inside[:-1] & ~inside[1:]
    return rise[1:][ends].mean(), rise[~inside].mean()


@rise_here_and_elsewhere.wrong(
    "elsewhere is all but the ends",
    "Your elsewhere has letters at which the fact holds. There the cell may rightly be "
    "of use; the claim is that outside it is of none.",
)
def _(with_cell, without_cell, inside):
    rise = without_cell - with_cell
    ends = np.append(inside[:-1] & ~inside[1:], False)
    return rise[ends].mean(), rise[~ends].mean()


@rise_here_and_elsewhere.wrong(
    "no baseline",
    "This is the loss without the cell. Some letters are hard in any case; what did "
    "they cost with it?",
)
def _(with_cell, without_cell, inside):
    ends = inside[:-1] & ~inside[1:]
    return without_cell[:-1][ends].mean(), without_cell[~inside].mean()


_units = size("units", 2, 3)
_gates = _units.map(lambda units: 4 * units)


@exercise(
    difficulty=4,
    minutes=12,
    inputs=[
        numbers(3, _gates),
        numbers(_units, _gates),
        numbers(_gates),
        ids(size("num_letters", 2, 4), vocab_size=3),
        _units.flatmap(lambda units: st.integers(0, units - 1)),
        st.sampled_from([-2.0, -1.0, 1.0, 2.0]),
    ],
    hints=[
        "One step without the change first: z = kernel[id] + h @ recurrent + bias, cut "
        "into four.",
        "Who reads c? The output of this letter at once, and the next step.",
        "Set it once it has been updated and before the output is made of it.",
    ],
)
def hold_cell(
    kernel: np.ndarray,
    recurrent: np.ndarray,
    bias: np.ndarray,
    ids: np.ndarray,
    cell: int,
    value: float,
) -> np.ndarray:
    """The outputs h (letters, units) of an LSTM, one of whose cells is held.

    After every letter c of this cell is `value`, for all that reads it. The state is
    zero before the first letter; `kernel` (vocab, 4 units), `recurrent` (units,
    4 units) and `bias` (4 units,) have their gates in the order i, f, g, o.
    """
    h = c = np.zeros(len(recurrent))
    outputs = []
    for id in ids:
        i, f, g, o = np.split(kernel[id] + h @ recurrent + bias, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        c[cell] = value
        h = sigmoid(o) * np.tanh(c)
        outputs.append(h)
    return np.array(outputs)


@hold_cell.specification
def _(kernel, recurrent, bias, ids, cell, value):
    units = len(recurrent)
    h, c, outputs = [0.0] * units, [0.0] * units, []
    for id in ids:
        z = [
            kernel[id][n] + bias[n] + sum(h[k] * recurrent[k][n] for k in range(units))
            for n in range(4 * units)
        ]
        gate = [1 / (1 + math.exp(-number)) for number in z]
        for n in range(units):
            new = gate[n] * math.tanh(z[2 * units + n])
            c[n] = value if n == cell else gate[units + n] * c[n] + new
        h = [gate[3 * units + n] * math.tanh(c[n]) for n in range(units)]
        outputs.append(h)
    return outputs


def _read(network, held, place="c", order="ifgo", num_held=9):
    """As the solution, but for what is held, at how many letters, and the gates."""
    (kernel, recurrent, bias, ids), (cell, value) = network, held
    h, c, outputs = np.zeros(len(recurrent)), np.zeros(len(recurrent)), []
    for n, id in enumerate(ids):
        parts = np.split(kernel[id] + h @ recurrent + bias, 4)
        z = dict(zip(order, parts, strict=True))
        c = sigmoid(z["f"]) * c + sigmoid(z["i"]) * np.tanh(z["g"])
        if place == "c" and n < num_held:
            c[cell] = value
        h = sigmoid(z["o"]) * np.tanh(c)
        if place != "c":
            (h if place == "h" else c)[cell] = value
        outputs.append(h)
    return np.array(outputs)


@hold_cell.wrong(
    "held after the output",
    "You set the cell when the output has been made, so that at every letter the "
    "network still puts out what it had there of itself.",
)
def _(*inputs):
    return _read(inputs[:4], inputs[4:], place="c, late")


@hold_cell.wrong(
    "held at the first letter alone",
    "You set the cell once; from the second letter on it goes its own way. Held is "
    "held, letter after letter.",
)
def _(*inputs):
    return _read(inputs[:4], inputs[4:], num_held=1)


@hold_cell.wrong(
    "the output set in place of the cell",
    "You set h. It is the cell, c, that is to be held; what of it is put out is still "
    "decided by the output gate.",
)
def _(*inputs):
    return _read(inputs[:4], inputs[4:], place="h")


@hold_cell.wrong(
    "gate order swapped",
    "You read the last two parts of z in the wrong order: the candidate g comes before "
    "the output gate o.",
)
def _(*inputs):
    return _read(inputs[:4], inputs[4:], order="ifog")


@hold_cell.wrong(
    "forget and input gate exchanged",
    "Your first part of z decides what is kept, the second what is let in. Here the "
    "input gate comes first.",
)
def _(*inputs):
    return _read(inputs[:4], inputs[4:], order="figo")
