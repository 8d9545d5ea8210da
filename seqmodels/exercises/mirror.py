"""Exercises of notebook 08, a reader, a writer, and attention between them."""

from collections.abc import Callable

import numpy as np
from hypothesis import strategies as st

from seqmodels.exercises import exercise
from seqmodels.exercises._inputs import filled, numbers, size

__all__ = [
    "with_and_without_teacher",
    "look_back",
    "numbers_to_look_at",
    "look_before_each_step",
    "search_widely",
]


class Writer:
    """A network that writes ids below 5; its state fades, and each id adds to it."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self.fading, self.weights = rng.uniform(0.5, 0.9), rng.normal(size=(2, 5))

    def __call__(self, id: int, state: float) -> tuple[np.ndarray, float]:
        """Log-probabilities of what comes next, and the new state."""
        state = self.fading * state + 1 + id
        scores = 3 * np.sin(3 * self.weights[0] * state + self.weights[1])
        scores[2] -= 1  # the end comes less often
        return scores - np.log(np.exp(scores).sum()), state

    def __repr__(self):
        return "a network"


_writers = st.integers(0, 2**16).map(Writer)
_states = st.integers(0, 3).map(float)


def _with_target(step, state, seed, length):
    """A target that the network itself would write, but for some of its ids."""
    rng, now, target = np.random.default_rng(seed), state, [1]
    for _ in range(length):
        scores, now = step(target[-1], now)
        likely = int(np.argmax(scores))
        target.append(int(rng.integers(5)) if rng.random() < 0.4 else likely)
    return step, state, target[1:]


@exercise(
    difficulty=3,
    minutes=10,
    inputs=st.builds(
        _with_target, _writers, _states, st.integers(0, 2**16), st.integers(3, 7)
    ),
    num_examples=40,
    hints=[
        "Two passes over the target, which differ in one line: what is read next.",
        "Both passes begin alike: with the start, in the state given.",
    ],
)
def with_and_without_teacher(
    step: Callable, state: float, target: list[int]
) -> tuple[int, int]:
    """How many ids of `target` a network gets right with a teacher, and how many alone.

    `scores, state = step(id, state)` reads one id and gives the scores of the next; the
    highest is the network's answer. Both readings start from the same `state`, what the
    encoder has handed over, and read 1, the start, first. Both give as many answers as
    `target` has ids, whatever they are; one is right if it is the id at its place.
    """
    counts = []
    for has_teacher in (True, False):
        id, now, count = 1, state, 0
        for wanted in target:
            scores, now = step(id, now)
            written = int(np.argmax(scores))
            count += int(written == wanted)
            id = wanted if has_teacher else written
        counts.append(count)
    return tuple(counts)


def _write(step, state, target, choose, carried=True):
    """The answers, and the last state; `choose(written, wanted)` is read next."""
    id, now, written = 1, state, []
    for wanted in target:
        scores, after = step(id, now)
        written.append(int(np.argmax(scores)))
        id, now = choose(written[-1], wanted), after if carried else state
    return written, now


def _count(written, target):
    return sum(int(a == b) for a, b in zip(written, target, strict=True))


def _count_to_mistake(written, target):
    same = [a == b for a, b in zip(written, target, strict=True)]
    return [*same, False].index(False)


def _taught(written, wanted):
    return wanted


def _own(written, wanted):
    return written


@with_and_without_teacher.specification
def _(step, state, target):
    def answer_after(ids):
        now = state
        for id in [1, *ids]:
            scores, now = step(id, now)
        return int(np.argmax(scores))

    taught = [answer_after(target[:n]) for n in range(len(target))]
    alone = []
    while len(alone) < len(target):
        alone.append(answer_after(alone))
    return _count(taught, target), _count(alone, target)


@with_and_without_teacher.wrong(
    "teacher forcing when writing",
    "Alone your network still reads what it should have written. In an exam nobody "
    "tells it: a wrong letter is read by itself, and may spoil the rest.",
)
def _(step, state, target):
    taught = _count(_write(step, state, target, _taught)[0], target)
    return taught, taught


@with_and_without_teacher.wrong(
    "the teacher not heard",
    "With a teacher your network still reads its own letters, right or wrong. What "
    "does the teacher put in their place?",
)
def _(step, state, target):
    alone = _count(_write(step, state, target, _own)[0], target)
    return alone, alone


@with_and_without_teacher.wrong(
    "begun in the state it was left in",
    "Your network begins to write alone in the state in which the teacher left it, as "
    "if it had read the answer already.",
)
def _(step, state, target):
    taught, last = _write(step, state, target, _taught)
    alone, _ = _write(step, last, target, _own)
    return _count(taught, target), _count(alone, target)


@with_and_without_teacher.wrong(
    "state not carried",
    "Each letter of yours is written in the first state. Then it depends on the letter "
    "before alone.",
)
def _(step, state, target):
    both = [_write(step, state, target, c, carried=False)[0] for c in (_taught, _own)]
    return tuple(_count(written, target) for written in both)


@with_and_without_teacher.wrong(
    "counted up to the first mistake",
    "You stop counting at the first wrong letter. What comes after it counts as well: "
    "with a teacher most of it is right again.",
)
def _(step, state, target):
    both = [_write(step, state, target, choose)[0] for choose in (_taught, _own)]
    return tuple(_count_to_mistake(written, target) for written in both)


@with_and_without_teacher.wrong(
    "alone counted up to the first mistake",
    "With a teacher you count all letters, alone only those before the first wrong "
    "one. Alone, too, a later letter may be the one at its place.",
)
def _(step, state, target):
    taught, alone = (_write(step, state, target, c)[0] for c in (_taught, _own))
    return _count(taught, target), _count_to_mistake(alone, target)


@with_and_without_teacher.wrong(
    "alone it reads the start again and again",
    "Alone your network reads the start at each step. What it has just written must be "
    "what it reads next.",
)
def _(step, state, target):
    taught = _write(step, state, target, _taught)[0]
    alone = _write(step, state, target, lambda written, wanted: 1)[0]
    return _count(taught, target), _count(alone, target)


_source = size("source_steps", 2, 5)
_units = size("units", 2, 3)


@exercise(
    difficulty=3,
    minutes=8,
    inputs=[
        numbers(size("num_steps", 2, 4), _units),
        numbers(_source, _units),
        filled(
            lambda rng, sizes: np.arange(*sizes) < rng.integers(1, *sizes), (_source,)
        ),
    ],
    hints=[
        "All scores at once are one matrix product: (num_steps, source_steps).",
        "What score has the exponential zero?",
        "Each row of the weights sums to one, over what may be looked at.",
    ],
)
def look_back(
    queries: np.ndarray, memory: np.ndarray, mask: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What is seen, (num_steps, units), and the weights, (num_steps, source_steps).

    Attention of `queries`, (num_steps, units), over `memory`, (source_steps, units). A
    score is the plain product of a query and a step of the memory. `mask`,
    (source_steps,), is False at padding, which must not be looked at.
    """
    scores = np.where(mask, queries @ memory.T, -np.inf)
    weights = np.exp(scores)
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights @ memory, weights


@look_back.specification
def _(queries, memory, mask):
    seen, weights = np.zeros(queries.shape), np.zeros((len(queries), len(memory)))
    for t in range(len(queries)):
        fits = {
            s: np.exp(queries[t] @ memory[s]) for s in range(len(memory)) if mask[s]
        }
        for s, fit in fits.items():
            weights[t, s] = fit / sum(fits.values())
            seen[t] += weights[t, s] * memory[s]
    return seen, weights


def _attend(scores, memory):
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights @ memory, weights


@look_back.wrong(
    "mask after the softmax",
    "You take padding out when the weights are made already. What is left does not sum "
    "to one: padding has had its share.",
)
def _(queries, memory, mask):
    weights = _attend(queries @ memory.T, memory)[1] * mask
    return weights @ memory, weights


@look_back.wrong(
    "softmax over the wrong axis",
    "Your weights sum to one over the steps that write. For each of these, what "
    "competes is the letters that were read.",
)
def _(queries, memory, mask):
    weights = np.exp(np.where(mask, queries @ memory.T, -np.inf))
    weights /= weights.sum(axis=0)  # at padding 0 / 0
    return weights @ memory, weights


@look_back.wrong(
    "masked scores set to zero",
    "You give padding a score of zero. The exponential of zero is one, so it is still "
    "looked at, and more than many a letter.",
)
def _(queries, memory, mask):
    return _attend(queries @ memory.T * mask, memory)


@look_back.wrong(
    "mask forgotten",
    "You look at padding, too. How an answer comes out then depends on how many "
    "letters the longest sentence beside it has.",
)
def _(queries, memory, mask):
    return _attend(queries @ memory.T, memory)


@look_back.wrong(
    "scores divided by the root of the units",
    "You scale the scores, as Transformers do. Here a score is the product as it is.",
)
def _(queries, memory, mask):
    scores = queries @ memory.T / np.sqrt(queries.shape[1])
    return _attend(np.where(mask, scores, -np.inf), memory)


@exercise(
    difficulty=1,
    minutes=3,
    hints=[
        "How many steps does the encoder make for such a sentence?",
        "And how many numbers does it keep of each, from both directions together?",
    ],
)
def numbers_to_look_at() -> int:
    """How many numbers are in the memory for one sentence of 48 characters.

    The attending model has 128 units, 64 in each of its two directions, and a step of
    the memory holds the outputs of both. The end is read, too; no padding is.
    """
    return (48 + 1) * (64 + 64)


@numbers_to_look_at.specification
def _():
    return sum(
        1 for letter in "x" * 48 + "⊣" for direction in "→←" for unit in range(64)
    )


for _name, _value, _hint in [
    (
        "the end not counted",
        48 * 128,
        "You count the 48 characters. The encoder reads one id more.",
    ),
    (
        "one direction alone",
        49 * 64,
        "This is what one of the two directions keeps.",
    ),
    (
        "one vector for the sentence",
        128,
        "This is one vector for the whole sentence. What does attention keep that the "
        "plain design throws away?",
    ),
    (
        "the plain design's states",
        2 * 2 * 128,
        "This is what the plain design hands over, whatever the sentence's length. "
        "Here what can be looked at grows with it.",
    ),
]:
    numbers_to_look_at.wrong(_name, _hint)(lambda value=_value: value)


@exercise(
    difficulty=4,
    minutes=12,
    inputs=[
        numbers(size("num_steps", 2, 4), _units),
        numbers(_source, _units),
        numbers(_units),
        numbers(_units.map(lambda n: 3 * n), _units),
    ],
    hints=[
        "Why must this be a loop, and Luong's look need not?",
        "In each round: make weights from the state you have, look, then step.",
    ],
)
def look_before_each_step(
    x: np.ndarray, memory: np.ndarray, state: np.ndarray, w: np.ndarray
) -> np.ndarray:
    """The decoder's states (num_steps, units), in Bahdanau's order.

    `x`, (num_steps, units), are the letters it reads, `memory` is (source_steps, units)
    without padding, `state`, (units,), the first. Scores are plain products, no matrix
    between. A step makes `tanh([letter, old state, seen] @ w)`, the three vectors one
    behind the other; `w` is (3 * units, units).
    """
    states = []
    for letter in x:
        weights = np.exp(memory @ state)
        seen = weights @ memory / weights.sum()
        state = np.tanh(np.concatenate([letter, state, seen]) @ w)
        states.append(state)
    return np.array(states)


@look_before_each_step.specification
def _(x, memory, state, w):
    units, states = len(state), [state]
    for t in range(len(x)):
        fits = [np.exp(sum(states[t] * step)) for step in memory]
        seen = sum(
            fit / sum(fits) * step for fit, step in zip(fits, memory, strict=True)
        )
        total = x[t] @ w[:units] + states[t] @ w[units:-units] + seen @ w[-units:]
        states.append(np.tanh(total))
    return states[1:]


def _see(query, memory):
    return _attend(memory @ query, memory)[0]


@look_before_each_step.wrong(
    "begun without a look",
    "Your first step sees nothing. It, too, looks before it is made, with the state "
    "that it is given.",
)
def _(x, memory, state, w):
    seen, states = np.zeros_like(state), []
    for letter in x:
        state = np.tanh(np.concatenate([letter, state, seen]) @ w)
        seen = _see(state, memory)
        states.append(state)
    return states


def _step_by_step(x, memory, state, w, see, carried=True):
    """`see(first state, state, letter)` is what is seen."""
    states = [state]
    for letter in x:
        before = states[-1] if carried else state
        seen = see(state, before, letter)
        states.append(np.tanh(np.concatenate([letter, before, seen]) @ w))
    return states[1:]


@look_before_each_step.wrong(
    "all looks from the first state",
    "You look with the state that was given, at every step. Then each step sees the "
    "same, and nothing of the sentence is passed through.",
)
def _(x, memory, state, w):
    return _step_by_step(x, memory, state, w, lambda h0, h, letter: _see(h0, memory))


@look_before_each_step.wrong(
    "the letter asks for the look",
    "You look with the letter that is read. The same letter would always see the same; "
    "who knows where it is in the sentence is the state.",
)
def _(*inputs):
    return _step_by_step(*inputs, lambda h0, h, letter: _see(letter, inputs[1]))


@look_before_each_step.wrong(
    "softmax left out",
    "Your weights are the scores themselves. They may be negative, and do not sum to "
    "one.",
)
def _(*inputs):
    return _step_by_step(*inputs, lambda h0, h, letter: inputs[1] @ h @ inputs[1])


@look_before_each_step.wrong(
    "what was seen not fed in",
    "What your decoder sees has no part in its step. Luong's goes to the output alone; "
    "Bahdanau's goes into the step.",
)
def _(x, memory, state, w):
    return _step_by_step(x, memory, state, w, lambda h0, h, letter: 0 * h)


@look_before_each_step.wrong(
    "state not carried",
    "Each step of yours begins in the first state, as if nothing had been written.",
)
def _(*inputs):
    return _step_by_step(*inputs, lambda h0, h, y: _see(h, inputs[1]), carried=False)


# Seeds for which an answer that has ended is pushed out, by beginnings that lose later.
telling = [16, 154, 520]


def _search_inputs(seed):
    rng = np.random.default_rng(seed)
    state, width, max_length = rng.integers([0, 1, 2], [3, 5, 7])
    return Writer(seed), float(state), int(width), int(max_length)


@exercise(
    difficulty=5,
    minutes=20,
    inputs=(st.sampled_from(telling) | st.integers(0, 2**16)).map(_search_inputs),
    num_examples=50,
    hints=[
        "Of each beginning keep three things: its ids, its log-probability, its state.",
        "In each round collect every continuation of every beginning in one list, sort "
        "it, and cut it.",
        "A beginning that has ended goes into that list as it is.",
    ],
)
def search_widely(
    step: Callable, state: float, width: int, max_length: int
) -> tuple[list[int], float]:
    """The best answer that beam search finds, and its log-probability.

    `log_probs, state = step(id, state)` reads one id and gives the log-probabilities of
    the next. The search starts from `state`, what the encoder has handed over, and
    reads 1 first. In each of `max_length` rounds the `width` likeliest of *all*
    continuations are kept. An answer ends with the id 2. It is not continued then, but
    stands beside the continuations of the others, with the log-probability it has, and
    is kept or dropped like them. The likeliest that the last round keeps is the answer,
    whether it has ended or not: its ids without the 1, with the 2 if there is one.
    """
    beams = [([], 0.0, state)]
    for _ in range(max_length):
        longer = []
        for ids, score, before in beams:
            if ids and ids[-1] == 2:
                longer.append((ids, score, before))
                continue
            log_probs, after = step(ids[-1] if ids else 1, before)
            for id, log_prob in enumerate(log_probs):
                longer.append(([*ids, id], score + log_prob, after))
        beams = sorted(longer, key=lambda beam: beam[1], reverse=True)[:width]
    ids, score, _ = beams[0]
    return ids, score


@search_widely.specification
def _(step, state, width, max_length):
    def says(ids):
        """Log-probability of the beginning, and those of what comes next; read anew."""
        total, (log_probs, now) = 0.0, step(1, state)
        for id in ids:
            total += log_probs[id]
            log_probs, now = step(id, now)
        return total, log_probs

    kept = [()]
    for _ in range(max_length):
        going = [ids for ids in kept if 2 not in ids]
        tried = [ids for ids in kept if 2 in ids]
        tried += [(*ids, id) for ids in going for id in range(len(says(ids)[1]))]
        kept = sorted(tried, key=lambda ids: -says(ids)[0])[:width]
    return list(kept[0]), says(kept[0])[0]


def _search(step, state, width, max_length, key=lambda beam: beam[1], **changed):
    """As the solution, with something `changed`."""
    beams, aside = [([], 0.0, state)], []
    for _ in range(max_length):
        longer, afters = [], []
        for ids, score, before in beams:
            if 2 in ids and not changed.get("goes_on"):
                longer += [] if changed.get("forgotten") else [(ids, score, before)]
                afters.append(before)
                continue
            log_probs, after = step(ids[-1] if ids else 1, before)
            afters.append(after)
            each = [([*ids, n], score + p, after) for n, p in enumerate(log_probs)]
            if changed.get("own_best") and ids:
                each = sorted(each, key=key)[-1:]
            longer += each
        if not longer:
            break
        beams = sorted(longer, key=key, reverse=True)[:width]
        if changed.get("left_in_place"):
            afters += afters[-1:] * width
            beams = [(*beam[:2], afters[n]) for n, beam in enumerate(beams)]
        ended = [beam for beam in beams if beam[0][-1] == 2]
        if changed.get("first_end") and ended:
            return ended[0][:2]
        if changed.get("apart"):
            aside, beams = aside + ended, [beam for beam in beams if beam not in ended]
    return max(beams + aside, key=key)[:2]


@search_widely.wrong(
    "a greedy search",
    "You keep one beginning, whatever the width. A letter that looks worse at first "
    "may lead to the likelier answer.",
)
def _(step, state, width, max_length):
    return _search(step, state, 1, max_length)


@search_widely.wrong(
    "each beginning keeps its own best",
    "You continue each beginning with its one likeliest letter. The likeliest of all "
    "continuations may come from the same beginning, two or three of them.",
)
def _(step, state, width, max_length):
    return _search(step, state, width, max_length, own_best=True)


@search_widely.wrong(
    "ended answers go on",
    "You continue answers that have ended. What would come behind the end is not "
    "written, so it costs nothing.",
)
def _(step, state, width, max_length):
    return _search(step, state, width, max_length, goes_on=True)


@search_widely.wrong(
    "ended answers forgotten",
    "An answer of yours that has ended is lost in the next round. It competes on with "
    "the score it has.",
)
def _(step, state, width, max_length):
    return _search(step, state, width, max_length, forgotten=True)


@search_widely.wrong(
    "ended answers kept apart",
    "You put ended answers aside, where likelier beginnings cannot push them out. Some "
    "do so; here they keep a place only as long as they are among the likeliest.",
)
def _(step, state, width, max_length):
    return _search(step, state, width, max_length, apart=True)


@search_widely.wrong(
    "stopped at the first end",
    "You return the first answer that ends. Others in the beam may be likelier than "
    "it, and end later.",
)
def _(step, state, width, max_length):
    return _search(step, state, width, max_length, first_end=True)


@search_widely.wrong(
    "states left in place",
    "You sort the beginnings and leave their states where they were. Then a beginning "
    "is continued in another one's state: which beginning did each come from?",
)
def _(step, state, width, max_length):
    return _search(step, state, width, max_length, left_in_place=True)


@search_widely.wrong(
    "log-probability per letter",
    "You compare what answers cost per letter, which favours long ones. Here the "
    "likeliest is sought, and each further letter makes an answer less likely.",
)
def _(*inputs):
    return _search(*inputs, key=lambda beam: beam[1] / len(beam[0]))
