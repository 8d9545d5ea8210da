"""Exercises of notebook 08, a reader, a writer, and attention between them."""

from collections.abc import Callable
from functools import partial

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
    minutes=8,
    inputs=st.builds(
        _with_target, _writers, _states, st.integers(0, 2**16), st.integers(3, 7)
    ),
    num_examples=40,
    hints=[
        "Two passes over the target, which differ in one line: what is read next.",
        "With a teacher, what is read before target[0], and what before target[1]?",
    ],
)
def with_and_without_teacher(
    step: Callable, state: float, target: list[int]
) -> tuple[int, int]:
    """How many ids of `target` a network gets right with a teacher, and how many alone.

    `scores, state = step(id, state)` reads one id and gives the scores of the next; the
    highest is the network's answer. Both readings start from the same `state`, what the
    encoder has handed over, and read 1, the start, first. Neither stops early: both
    give exactly `len(target)` answers, also behind a 2. One is right if it is the id at
    its place.
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


def _count(written, target):
    return sum(int(a == b) for a, b in zip(written, target, strict=True))


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


def _count_to(is_last, written, target):
    """As far as `is_last(written, wanted)` is met, and there, too."""
    num = [*map(is_last, written, target), True].index(True) + 1
    return _count(written[:num], target[:num])


def _from_second(written, target):
    return _count(written[:-1], target[1:])


_count_to_mistake = partial(_count_to, lambda written, wanted: written != wanted)
_count_to_end = partial(_count_to, lambda written, wanted: written == 2)
_count_to_true_end = partial(_count_to, lambda written, wanted: wanted == 2)


def _taught(written, target):
    return [1, *target]


def _early(written, target):
    return target


def _own(written, target):
    return [1, *written]


def _write(step, state, target, read, carried=True):
    """The answers, and the last state; `read(written, target)` is what is read."""
    now, written = state, []
    while len(written) < len(target):
        scores, after = step(read(written, target)[len(written)], now)
        written.append(int(np.argmax(scores)))
        now = after if carried else state
    return written, now


def _both(
    step, state, target, reads=(_taught, _own), counts=2 * (_count,), left=False, **how
):
    """As the solution, with something changed; `left`: in the state that is left."""
    taught, last = _write(step, state, target, reads[0], **how)
    alone, _ = _write(step, last if left else state, target, reads[1], **how)
    return counts[0](taught, target), counts[1](alone, target)


_wrong = with_and_without_teacher.wrong
_wrong(
    "teacher forcing when writing",
    "Alone your network still reads what it should have written. In an exam nobody "
    "tells it: a wrong letter is read by itself, and may spoil the rest.",
)(partial(_both, reads=(_taught, _taught)))
_wrong(
    "the teacher not heard",
    "With a teacher your network still reads its own letters, right or wrong. What "
    "does the teacher put in their place?",
)(partial(_both, reads=(_own, _own)))
_wrong(
    "read what it should write",
    "With a teacher your network reads the letter it is asked for, not the one before.",
)(partial(_both, reads=(_early, _own)))
_wrong(
    "begun with the first letter",
    "The first letter is told, not asked for. With a teacher, what is read before it?",
)(partial(_both, reads=(_early, _own), counts=(_from_second, _count)))
_wrong(
    "begun in the state it was left in",
    "Your network begins to write alone in the state in which the teacher left it, as "
    "if it had read the answer already.",
)(partial(_both, left=True))
_wrong(
    "state not carried",
    "Each letter of yours is written in the first state, from the one before alone.",
)(partial(_both, carried=False))
_wrong(
    "counted up to the first mistake",
    "You stop counting at the first wrong letter. What comes after it counts as well: "
    "with a teacher most of it is right again.",
)(partial(_both, counts=(_count_to_mistake, _count_to_mistake)))
_wrong(
    "alone counted up to the first mistake",
    "With a teacher you count all letters, alone only those before the first wrong "
    "one. Alone, too, a later letter may be the one at its place.",
)(partial(_both, counts=(_count, _count_to_mistake)))
_wrong(
    "stopped at the end",
    "Alone your network stops at a 2. Here every id of the target is compared.",
)(partial(_both, counts=(_count, _count_to_end)))
_wrong(
    "both stopped at the end",
    "Your network stops at a 2, with a teacher, too. Here every id is compared.",
)(partial(_both, counts=(_count_to_true_end, _count_to_end)))
_wrong(
    "alone it reads the start again and again",
    "Alone your network reads the start at each step, not what it has just written.",
)(partial(_both, reads=(_taught, lambda *_: np.ones(9, int))))


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
        fits = {s: np.exp(queries[t] @ memory[s]) for s in np.flatnonzero(mask)}
        for s, fit in fits.items():
            weights[t, s] = fit / sum(fits.values())
            seen[t] += weights[t, s] * memory[s]
    return seen, weights


def _look(queries, memory, mask=True, axis=-1, left=1.0, low=-np.inf):
    """As the solution, with something changed; of the weights so much is `left`."""
    scores = np.where(mask, queries @ memory.T, low)
    weights = np.exp(scores - scores.max(axis=axis, keepdims=True))
    weights = weights / weights.sum(axis=axis, keepdims=True) * left  # may be 0 / 0
    return weights @ memory, weights


SCALED = (
    "scores divided by the root of the units",
    "You scale the scores, as Transformers do. Here a score is the product as it is.",
)
_wrong = look_back.wrong
_wrong(
    "mask after the softmax",
    "You take padding out when the weights are made already. What is left does not sum "
    "to one: padding has had its share.",
)(lambda q, m, mask: _look(q, m, left=mask))
_wrong(
    "softmax over the wrong axis",
    "Your weights sum to one over the steps that write. For each of these, what "
    "competes is the letters that were read.",
)(partial(_look, axis=0))
_wrong(
    "softmax over everything",
    "All your weights together sum to one. Each step that writes has its own look.",
)(partial(_look, axis=None))
_wrong(
    "masked scores set to zero",
    "You give padding a score of zero. The exponential of zero is one, so it is still "
    "looked at, and more than many a letter.",
)(partial(_look, low=0))
_wrong(
    "memory set to zero at padding",
    "Zero memory has zero scores, whose exponential is one: a share of the weights.",
)(lambda q, m, mask: _look(q, m * mask[:, None]))
_wrong(
    "mask forgotten",
    "You look at padding, too. How an answer comes out then depends on how many "
    "letters the longest sentence beside it has.",
)(lambda q, m, mask: _look(q, m))
_wrong(
    "mask over the wrong steps",
    "You mask steps that write. Padding is among the steps that are read.",
)(lambda q, m, mask: _look(q, m, mask[:, None]))
_wrong(*SCALED)(lambda q, m, mask: _look(q / np.sqrt(q.shape[1]), m, mask))


@exercise(
    difficulty=1,
    minutes=2,
    hints=[
        "How many steps does the encoder make for such a sentence?",
        "And how many numbers does it keep of each, from both directions together?",
    ],
)
def numbers_to_look_at() -> int:
    """How many numbers are in the memory for one sentence of 48 characters.

    The attending model has 128 units, 64 in each of its two directions. The end is
    read, too; no padding is.
    """
    return (48 + 1) * (64 + 64)


@numbers_to_look_at.specification
def _():
    return sum(1 for letter in "x" * 48 + "⊣" for way in "→←" for unit in range(64))


for _value, _name, _hint in [
    (48 * 128, "the end not counted", "The encoder reads one id more than characters."),
    (49 * 64, "one direction alone", "This is what one of the two directions keeps."),
    (48 * 64, "both factors wrong", "How many steps, and how many numbers of each?"),
    (49 * 256, "128 units each way", "The 128 units are both directions together."),
    (49, "the steps alone", "These are the steps. How many numbers does each hold?"),
    (
        128,
        "one vector for the sentence",
        "This is one vector for the whole sentence. What does attention keep that the "
        "plain design throws away?",
    ),
    (
        2 * 2 * 128,
        "the plain design's states",
        "This is what the plain design hands over, whatever the sentence's length. "
        "Here what can be looked at grows with it.",
    ),
]:
    numbers_to_look_at.wrong(_name, _hint)(lambda value=_value: value)


@exercise(
    difficulty=3,
    minutes=8,
    inputs=[
        numbers(size("num_steps", 2, 4), _units),
        numbers(_source, _units),
        numbers(_units),
        numbers(_units.map(lambda n: 3 * n), _units),
    ],
    hints=[
        "Which vector asks? Is it known before the step before is made?",
        "One look is a product of memory and state, a softmax, and a weighted mean: "
        "`look_back` with one query, and no mask.",
        "In each round: make weights from the state you have, look, then step.",
    ],
)
def look_before_each_step(
    x: np.ndarray, memory: np.ndarray, state: np.ndarray, w: np.ndarray
) -> np.ndarray:
    """The decoder's states (num_steps, units), in Bahdanau's order.

    `x`, (num_steps, units), are the letters it reads, `memory` is (source_steps, units)
    without padding, `state`, (units,), the first. Scores are plain products; softmax
    and what is seen are as in `look_back`. A step makes `tanh([letter, old state, seen]
    @ w)`, the three vectors one behind the other; `w` is (3 * units, units).
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
    return np.array(states[1:])


def _decode(x, memory, first, w, ask=lambda first, state, letter: state, **changed):
    """As the solution, with something `changed`."""
    weigh = changed.get("weigh", lambda s: np.exp(s) / np.exp(s).sum())
    bend, states = changed.get("bend", np.tanh), [first]
    for t, letter in enumerate(x):
        state = states[-1] if changed.get("carried", True) else first
        seen = weigh(memory @ ask(first, state, letter)) @ memory
        parts = letter, state, seen * (t >= changed.get("num_blind", 0))
        ordered = [parts[n] for n in changed.get("order", range(3))]
        states.append(bend(np.concatenate(ordered) @ w))
    return states[1:]


_wrong = look_before_each_step.wrong
_wrong(
    "begun without a look",
    "Your first step sees nothing. It, too, looks first, with the state it is given.",
)(partial(_decode, num_blind=1))
_wrong(
    "all looks from the first state",
    "You look with the state that was given, at every step. Then each step sees the "
    "same, and nothing of the sentence is passed through.",
)(partial(_decode, ask=lambda first, state, letter: first))
_wrong(
    "the letter asks for the look",
    "You look with the letter that is read. The same letter would always see the same; "
    "who knows where it is in the sentence is the state.",
)(partial(_decode, ask=lambda first, state, letter: letter))
_wrong(*SCALED)(partial(_decode, ask=lambda first, h, letter: h / np.sqrt(len(h))))
_wrong(
    "softmax left out",
    "Your weights are the scores: they may be negative, and do not sum to one.",
)(partial(_decode, weigh=np.asarray))
_wrong(
    "what was seen not fed in",
    "What your decoder sees has no part in its step. Luong's goes to the output alone; "
    "Bahdanau's goes into the step.",
)(partial(_decode, num_blind=9))
_wrong(
    "state not carried",
    "Each step of yours begins in the first state, as if nothing had been written.",
)(partial(_decode, carried=False))
_wrong("tanh left out", "You leave out tanh.")(partial(_decode, bend=np.asarray))
_hint = "Your vectors stand in another order: letter, old state, what is seen."
_wrong("state before letter", _hint)(partial(_decode, order=[1, 0, 2]))
_wrong("seen before state", _hint)(partial(_decode, order=[0, 2, 1]))
_wrong(
    "states before the steps",
    "Your first row is the state given. Wanted are those *after* the steps.",
)(lambda *inputs: [inputs[2], *_decode(*inputs)[:-1]])
_wrong(
    "the last state in each row",
    "All your rows are the last state. Is it one array, changed and listed again?",
)(lambda *inputs: _decode(*inputs)[-1:] * len(inputs[0]))


# Here slips show that seldom do, such as ended answers that nothing can push out.
_telling = [(Writer(seed), 1.0, 2, 4) for seed in (42, 58, 67, 118, 127, 182, 706)]


@exercise(
    difficulty=5,
    minutes=20,
    inputs=st.builds(
        lambda telling, *drawn: telling or drawn,
        st.sampled_from([None] * 14 + _telling),
        _writers,
        _states,
        st.sampled_from([2, 3, 4, 1]),
        st.sampled_from([2, 3, 4, 5]),
    ),
    num_examples=80,
    hints=[
        "Keep three things of each beginning: ids, log-probability and state.",
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
    continuations are kept. An answer ends with the id 2. Then nothing more is
    appended to it, but it stands beside the continuations of the others, with the
    log-probability it has, and is kept or dropped like them. The likeliest that the
    last round keeps is the answer, whether it has ended or not: its ids without the 1,
    with the 2 if there is one.
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


def _search(step, state, width, max_length, **changed):
    """As the solution, with something `changed`."""
    key = changed.get("key", lambda beam: beam[1])
    beams, aside, rounds, now = [([], 0.0, state)], [], 0, state
    cut, apart = changed.get("cut", width), changed.get("apart")
    for _ in range(max_length + changed.get("num_more", 0)):
        rounds += any(2 not in beam[0] for beam in beams)
        longer, afters = [], []
        for ids, score, before in beams:
            if 2 in ids and not changed.get("goes_on"):
                longer += [] if changed.get("forgotten") else [(ids, score, before)]
                afters.append(before)
                continue
            read_in = {"one for all": now, "the first": state}
            before = read_in.get(changed.get("read_in"), before)
            log_probs, now = step(ids[-1] if ids else 1, before)
            afters.append(now)
            each = [([*ids, n], score + p, now) for n, p in enumerate(log_probs)]
            most = changed.get("of_each", lambda ids, width: 5)(ids, width)
            longer += sorted(each, key=key, reverse=True)[:most]
        if not longer:
            break
        longer.sort(key=key, reverse=True)
        beams = longer[:cut]
        if changed.get("left_in_place"):
            afters += afters[-1:] * width
            beams = [(*beam[:2], afters[n]) for n, beam in enumerate(beams)]
        looked_at = longer if apart == "before the cut" else beams
        ended = [beam for beam in looked_at if beam[0][-1] == 2]
        if changed.get("first_end") and ended:
            return ended[0][:2]
        if apart:
            aside += ended
            beams = [beam for beam in looked_at if beam not in ended][:cut]
    last = beams + aside
    if changed.get("preferred"):
        last = [beam for beam in last if beam[0][-1] == 2] or last
    ids, score, _ = max(last, key=changed.get("last_key", key))
    return changed.get("end", lambda ids, *_: ids)(ids, rounds, max_length), score


_wrong = search_widely.wrong
_wrong(
    "one state for all",
    "Your beginnings share one state: what the first of them has read, the next "
    "continues from. Each goes on from its own.",
)(partial(_search, read_in="one for all"))
_wrong("state not carried", "Every letter of yours is read in the first state.")(
    partial(_search, read_in="the first")
)
_wrong(
    "states left in place",
    "You sort the beginnings and leave their states where they were. Then a beginning "
    "is continued in another one's state: which beginning did each come from?",
)(partial(_search, left_in_place=True))
_wrong(
    "a greedy search",
    "You keep one beginning, whatever the width. A letter that looks worse at first "
    "may lead to the likelier answer.",
)(partial(_search, cut=1))
_wrong(
    "the width forgotten",
    "You keep more beginnings than `width`, perhaps all. Yours may be likelier, but "
    "a beam of this width does not find it.",
)(partial(_search, cut=None))
_wrong(
    "the width for each beginning",
    "You keep `width` of each beginning, ever more. Yours may be likelier; here the "
    "`width` likeliest of *all* go on.",
)(partial(_search, cut=None, of_each=lambda ids, width: width))
_wrong(
    "each beginning keeps its own best",
    "You continue each beginning with its one likeliest letter. The likeliest of all "
    "continuations may come from the same beginning, two or three of them.",
)(partial(_search, of_each=lambda ids, width: 1 if ids else width))
_wrong(
    "ended answers go on",
    "You continue answers that have ended. What comes behind the end costs nothing.",
)(partial(_search, goes_on=True))
_wrong(
    "ended answers forgotten",
    "An answer of yours that has ended is lost in the next round. It competes on.",
)(partial(_search, forgotten=True))
for _name, _apart, _hint in [
    (
        "ended answers kept apart",
        "after the cut",
        "You put ended answers aside, where likelier beginnings cannot push them out. "
        "Some do so; here they must stay among the likeliest.",
    ),
    (
        "ended answers not cut",
        "before the cut",
        "You put aside every answer that ends. It may be likelier than what a beam of "
        "this width finds, which keeps it only if it is among the likeliest.",
    ),
]:
    _wrong(_name, _hint)(partial(_search, apart=_apart))
    _wrong(
        f"{_name} and preferred",
        f"{_hint} And in the end one that has not ended may be likelier.",
    )(partial(_search, apart=_apart, preferred=True))
_wrong(
    "ended answers preferred",
    "You return an answer that has ended if there is one. Another may be likelier.",
)(partial(_search, preferred=True))
_wrong(
    "stopped at the first end",
    "You return the first answer that ends. Another one may end later and be likelier.",
)(partial(_search, first_end=True))
for _when, _key in [("", "key"), (" at the end", "last_key")]:
    _wrong(
        f"log-probability per letter{_when}",
        "You compare what answers cost per letter, which favours long ones. Here the "
        "likeliest is sought, and each further letter makes an answer less likely.",
    )(partial(_search, **{_key: lambda beam: beam[1] / len(beam[0])}))
_wrong("a round too few", "You make a round too few.")(partial(_search, num_more=-1))
_wrong("a round too many", "You make a round too many.")(partial(_search, num_more=1))
_wrong("the start written, too", "The 1 that is read first is not written.")(
    partial(_search, end=lambda ids, *_: [1, *ids])
)
_wrong("the end left out", "The 2 is part of an answer that has ended.")(
    partial(_search, end=lambda ids, *_: [id for id in ids if id != 2])
)
_hint = "Alone, in a list, an answer that has ended stays as it is: no padding."
_wrong("padding behind the end", _hint)(
    partial(_search, end=lambda ids, rounds, most: ids + [0] * (rounds - len(ids)))
)
_wrong("padding up to the most", _hint)(
    partial(_search, end=lambda ids, rounds, most: ids + [0] * (most - len(ids)))
)
