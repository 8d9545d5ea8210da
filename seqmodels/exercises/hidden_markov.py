"""Exercises of notebook 04b, hidden Markov models."""

import itertools
from collections.abc import Iterator

import numpy as np
from hypothesis import strategies as st

from seqmodels.exercises import exercise
from seqmodels.exercises._inputs import ids, probabilities, size

__all__ = [
    "path_probability",
    "forward_probability",
    "b_after_a",
    "topic_given_text",
    "likeliest_path_to",
    "relearn_transitions",
]

num_states, vocab_size = size("num_states", 2, 3), size("vocab_size", 2, 4)
length = size("length", 1, 4)
models = [
    probabilities(num_states),
    probabilities(num_states, num_states),
    probabilities(num_states, vocab_size),
]


def all_paths(
    start: np.ndarray, transitions: np.ndarray, emissions: np.ndarray, ids: np.ndarray
) -> Iterator[tuple[tuple[int, ...], float]]:
    """Every path behind a text, with the probability of both together."""
    start, transitions = start.tolist(), transitions.tolist()
    by_letter = emissions.T[ids].tolist()
    for path in itertools.product(range(len(start)), repeat=len(ids)):
        p = start[path[0]] * by_letter[0][path[0]]
        for t in range(1, len(path)):
            p *= transitions[path[t - 1]][path[t]] * by_letter[t][path[t]]
        yield path, p


def alphas_of(start, transitions, emissions, ids):
    """Forward, without scaling: (len(ids), num_states)."""
    alphas = [start * emissions[:, ids[0]]]
    for id in ids[1:]:
        alphas.append(alphas[-1] @ transitions * emissions[:, id])
    return np.array(alphas)


def betas_of(transitions, emissions, ids, last):
    """Backward, without scaling, from `last`: (len(ids), num_states)."""
    betas = [last]
    for id in ids[:0:-1]:
        betas.insert(0, transitions @ (emissions[:, id] * betas[0]))
    return np.array(betas)


@exercise(
    difficulty=2,
    minutes=6,
    inputs=[
        *models,
        ids(size("length", 1, 3), vocab_size=num_states),
        ids(size("length", 1, 3), vocab_size=vocab_size),
    ],
    hints=[
        "One factor for each circle of the picture. Of how many circles is it made?",
        "The first state has its factor from `start`, each later one from the row of "
        "the state before it; and each letter from the row of its own state.",
    ],
)
def path_probability(
    start: np.ndarray,
    transitions: np.ndarray,
    emissions: np.ndarray,
    path: np.ndarray,
    ids: np.ndarray,
) -> float:
    """The probability of a path of states together with the text `ids` that it says.

    `start` (num_states,) is the first state's distribution. `transitions[r, s]` is the
    probability of s after r, `emissions[s, w]` that of letter w from state s. Path and
    text are of the same length.
    """
    p = start[path[0]] * emissions[path[0], ids[0]]
    for t in range(1, len(path)):
        p *= transitions[path[t - 1], path[t]] * emissions[path[t], ids[t]]
    return p


@path_probability.specification
def _(start, transitions, emissions, path, ids):
    return dict(all_paths(start, transitions, emissions, ids))[tuple(path.tolist())]


@path_probability.wrong(
    "transitions turned round",
    "You look a move up under the state it leads to. A row belongs to the state that "
    "is left: it sums to one over where one can go.",
)
def _(start, transitions, emissions, path, ids):
    return path_probability.solved(start, transitions.T, emissions, path, ids)


@path_probability.wrong(
    "the start forgotten",
    "A factor is missing: the first state was drawn as well, only from another "
    "distribution than the later ones.",
)
def _(start, transitions, emissions, path, ids):
    ones = np.ones(len(start))
    return path_probability.solved(ones, transitions, emissions, path, ids)


@path_probability.wrong(
    "the letters forgotten",
    "This is the probability of the states alone. The letters were drawn, too.",
)
def _(start, transitions, emissions, path, ids):
    ones = np.ones(emissions.shape)
    return path_probability.solved(start, transitions, ones, path, ids)


@path_probability.wrong(
    "states drawn anew",
    "Each state of yours is drawn from `start`, as if nobody knew the one before it. "
    "In the picture an arrow leads from state to state.",
)
def _(start, transitions, emissions, path, ids):
    return np.prod(start[path] * emissions[path, ids])


@exercise(
    difficulty=3,
    minutes=8,
    inputs=[*models, ids(length, vocab_size=vocab_size)],
    hints=[
        "Keep one number for each state: the sum over all paths that lead to it.",
        "To reach a state one comes from any state: a sum of products, the numbers "
        "before times a column of `transitions`.",
        "Then the letter's factor, before the next move. Where may a path end?",
    ],
)
def forward_probability(
    start: np.ndarray, transitions: np.ndarray, emissions: np.ndarray, ids: np.ndarray
) -> float:
    """The probability of the text `ids`, summed over all paths, not scaled.

    `start` (num_states,) is the first state's distribution. `transitions[r, s]` is the
    probability of s after r, `emissions[s, w]` that of letter w from state s.
    """
    alpha = start * emissions[:, ids[0]]
    for id in ids[1:]:
        alpha = (alpha @ transitions) * emissions[:, id]
    return alpha.sum()


@forward_probability.specification
def _(start, transitions, emissions, ids):
    return sum(p for _, p in all_paths(start, transitions, emissions, ids))


@forward_probability.wrong(
    "the likeliest path alone",
    "You keep the best way to each state and drop the others. They have their share of "
    "the probability, and together most of it.",
)
def _(start, transitions, emissions, ids):
    return max(p for _, p in all_paths(start, transitions, emissions, ids))


@forward_probability.wrong(
    "transitions turned round",
    "You sum over the states that a move leads to. A node of the trellis collects from "
    "those on its left: where do these stand in `transitions`, in rows or columns?",
)
def _(start, transitions, emissions, ids):
    return forward_probability.solved(start, transitions.T, emissions, ids)


@forward_probability.wrong(
    "a move before the first letter",
    "You move before anything was said. `start` is the distribution of the state that "
    "says the first letter.",
)
def _(start, transitions, emissions, ids):
    return forward_probability.solved(start @ transitions, transitions, emissions, ids)


@forward_probability.wrong(
    "the first letter forgotten",
    "You begin with the first state's distribution, but the first letter is drawn, "
    "too, and has its factor.",
)
def _(start, transitions, emissions, ids):
    alpha = start
    for id in ids[1:]:
        alpha = (alpha @ transitions) * emissions[:, id]
    return alpha.sum()


@forward_probability.wrong(
    "states drawn anew",
    "You sum over the states at each letter alone and multiply these sums. So no state "
    "knows of the one before; the sum over the last may only come at the end.",
)
def _(start, transitions, emissions, ids):
    return np.prod(start @ emissions[:, ids])


@forward_probability.wrong(
    "letters taken as independent",
    "You multiply what each letter has by itself at its place. But a letter read makes "
    "some states more probable, and with them what comes next.",
)
def _(start, transitions, emissions, ids):
    states = [start @ np.linalg.matrix_power(transitions, t) for t in range(len(ids))]
    return np.prod((states @ emissions)[range(len(ids)), ids])


@exercise(
    difficulty=1,
    minutes=4,
    hints=[
        "How probable is each state once the a is read? Begin with that.",
        "Then the state moves, and only then the next letter is said. Both states may "
        "say it.",
    ],
)
def b_after_a() -> float:
    """The probability that b comes next, after a text of one letter, a.

    Two states, at first equally likely. State 0 says a with 0.8 and b with 0.2; state 1
    says a with 0.2, b with 0.8. State 0 stays with 0.9, 1 with 0.7. Three decimals do.
    """
    start, says_a = np.array([0.5, 0.5]), np.array([0.8, 0.2])
    transitions = np.array([[0.9, 0.1], [0.3, 0.7]])
    joint = start * says_a
    now = joint / joint.sum()
    return ((now @ transitions) * (1 - says_a)).sum()


@b_after_a.specification
def _():
    says_a = {0: 0.8, 1: 0.2}
    moves = {(0, 0): 0.9, (0, 1): 0.1, (1, 0): 0.3, (1, 1): 0.7}
    with_b = sum(0.5 * says_a[r] * p * (1 - says_a[s]) for (r, s), p in moves.items())
    return with_b / sum(0.5 * p for p in says_a.values())


@b_after_a.wrong(
    "the state taken for certain",
    "You are sure to be in state 0. State 1 says a less often, but it does.",
)
def _():
    return 0.9 * 0.2 + 0.1 * 0.8


@b_after_a.wrong(
    "the state does not move",
    "You let b be said by the state that has said a. Between two letters it is drawn "
    "anew, from the row of the state before.",
)
def _():
    return 0.8 * 0.2 + 0.2 * 0.8


@b_after_a.wrong(
    "nothing learnt from the letter read",
    "You move on from equally likely states. The a that was read makes state 0 the "
    "more probable.",
)
def _():
    return 0.6 * 0.2 + 0.4 * 0.8


@b_after_a.wrong(
    "both letters together",
    "This is the probability of the text ab. The a has been read already: its "
    "probability is not asked for any more.",
)
def _():
    return 0.4 * (0.9 * 0.2 + 0.1 * 0.8) + 0.1 * (0.3 * 0.2 + 0.7 * 0.8)


@b_after_a.wrong(
    "a state for a letter",
    "So probable is state 1 at the next letter. State 1 does not always say b, and "
    "state 0 can say it as well.",
)
def _():
    return 0.8 * 0.1 + 0.2 * 0.7


@exercise(
    difficulty=2,
    minutes=6,
    inputs=[models[0], models[2], ids(length, vocab_size=vocab_size)],
    hints=[
        "How probable are a topic and the text together? It is a term of the lesson's "
        "sum over topics.",
        "What is asked is each topic's share in that sum.",
    ],
)
def topic_given_text(
    topics: np.ndarray, emissions: np.ndarray, ids: np.ndarray
) -> np.ndarray:
    """How probable each topic is, given a text of which all letters have one topic.

    `topics` (num_topics,) has the probabilities of the topics before anything is read,
    `emissions[z, w]` that of letter w in topic z. The result has the shape of `topics`.
    """
    joint = topics * emissions[:, ids].prod(axis=1)
    return joint / joint.sum()


@topic_given_text.specification
def _(topics, emissions, ids):
    paths = dict(all_paths(topics, np.eye(len(topics)), emissions, ids))
    alike = [paths[(z,) * len(ids)] for z in range(len(topics))]
    return [p / sum(paths.values()) for p in alike]


@topic_given_text.wrong(
    "how common a topic is forgotten",
    "You look at the letters alone. A topic that is rare needs more of them to be "
    "believed.",
)
def _(topics, emissions, ids):
    return topic_given_text.solved(np.ones(len(topics)), emissions, ids)


@topic_given_text.wrong(
    "a topic for each letter",
    "You ask each letter for its topic and take the mean. One topic has said them all: "
    "every letter moves the same belief on.",
)
def _(topics, emissions, ids):
    joint = topics[:, None] * emissions[:, ids]
    return (joint / joint.sum(axis=0)).mean(axis=1)


@topic_given_text.wrong(
    "a sum for a product",
    "You add the probabilities of the letters. A topic has to say the first letter "
    "and the second.",
)
def _(topics, emissions, ids):
    joint = topics * emissions[:, ids].sum(axis=1)
    return joint / joint.sum()


@topic_given_text.wrong(
    "every letter counted once",
    "A letter that comes twice counts once with you. The order may be ignored, but not "
    "how often a letter comes.",
)
def _(topics, emissions, ids):
    return topic_given_text.solved(topics, emissions, np.unique(ids))


@topic_given_text.wrong(
    "together for given",
    "This is the probability of topic and text together, which shrinks with every "
    "letter. Given the text, what do the topics' probabilities sum to?",
)
def _(topics, emissions, ids):
    return topics * emissions[:, ids].prod(axis=1)


def has_one_best(inputs: tuple) -> bool:
    """Whether the likeliest path to the state asked for is the only one."""
    *model_and_text, last = inputs
    found = sorted(p for path, p in all_paths(*model_and_text) if path[-1] == last)
    return len(found) == 1 or found[-2] < (1 - 1e-6) * found[-1]


def trace(came_from: list[np.ndarray], last: int) -> list[int]:
    """The path that ends in `last`, from where the best ways came from."""
    path = [last]
    for back in reversed(came_from):
        path.insert(0, int(back[path[0]]))
    return path


@exercise(
    difficulty=4,
    minutes=12,
    inputs=st.tuples(
        probabilities(3),
        probabilities(3, 3),
        probabilities(3, vocab_size),
        ids(st.sampled_from([2, 5, 6]), vocab_size=vocab_size),
        st.integers(0, 2),
    ).filter(has_one_best),
    num_examples=40,
    hints=[
        "For each state the probability of the best path to it, letter by letter, and "
        "a note of the state that this path came from.",
        "The ways into a state: the best before, times a column of `transitions`.",
        "The path is read off the notes from its end. The end is given here.",
    ],
)
def likeliest_path_to(
    start: np.ndarray,
    transitions: np.ndarray,
    emissions: np.ndarray,
    ids: np.ndarray,
    last: int,
) -> list[int]:
    """Of all paths behind the text `ids` that end in state `last` the likeliest.

    `start` (num_states,) is the first state's distribution. `transitions[r, s]` is the
    probability of s after r, `emissions[s, w]` that of letter w from state s. The
    path has one state for each letter; no two that end there are equally likely.
    """
    best, came_from = start * emissions[:, ids[0]], []
    for id in ids[1:]:
        ways = best[:, None] * transitions  # (from, to)
        came_from.append(ways.argmax(axis=0))
        best = ways.max(axis=0) * emissions[:, id]
    path = [last]
    for back in reversed(came_from):
        path.insert(0, int(back[path[0]]))
    return path


@likeliest_path_to.specification
def _(start, transitions, emissions, ids, last):
    paths = dict(all_paths(start, transitions, emissions, ids))
    return max((path for path in paths if path[-1] == last), key=paths.get)


@likeliest_path_to.wrong(
    "the end not asked for",
    "This is the likeliest of all paths. Asked is the likeliest of those that end in "
    "the given state; where does one begin to read the notes?",
)
def _(start, transitions, emissions, ids, last):
    paths = dict(all_paths(start, transitions, emissions, ids))
    return max(paths, key=paths.get)


@likeliest_path_to.wrong(
    "another end put on",
    "You take the likeliest path of all and change its last state. To reach another "
    "end another way may be better from the beginning.",
)
def _(start, transitions, emissions, ids, last):
    paths = dict(all_paths(start, transitions, emissions, ids))
    return [*max(paths, key=paths.get)[:-1], last]


@likeliest_path_to.wrong(
    "state by state",
    "You take the likeliest state at each letter, over all paths to that end. Together "
    "these need not be a likely path.",
)
def _(start, transitions, emissions, ids, last):
    alphas = alphas_of(start, transitions, emissions, ids)
    betas = betas_of(transitions, emissions, ids, np.eye(len(start))[last])
    return (alphas * betas).argmax(axis=1)


@likeliest_path_to.wrong(
    "greedy",
    "At each letter you go on from the best state so far and never come back. A step "
    "that looks bad now may pay later: keep the best path to every state.",
)
def _(start, transitions, emissions, ids, last):
    path = [int(np.argmax(start * emissions[:, ids[0]]))]
    for id in ids[1:]:
        path.append(int(np.argmax(transitions[path[-1]] * emissions[:, id])))
    return [*path[:-1], last]


@likeliest_path_to.wrong(
    "a sum for the maximum",
    "You sum over the ways into a state, as forward does. So a state can look good "
    "that many poor paths lead to.",
)
def _(start, transitions, emissions, ids, last):
    alphas = alphas_of(start, transitions, emissions, ids)
    return trace([(a[:, None] * transitions).argmax(axis=0) for a in alphas[:-1]], last)


@likeliest_path_to.wrong(
    "the best end of each beginning",
    "At each letter you take the state whose best path so far is the best. Two such "
    "states in a row may lie on different paths: follow the notes of one.",
)
def _(start, transitions, emissions, ids, last):
    best, path = start * emissions[:, ids[0]], []
    for id in ids[1:]:
        path.append(int(best.argmax()))
        best = (best[:, None] * transitions).max(axis=0) * emissions[:, id]
    return [*path, last]


@likeliest_path_to.wrong(
    "the path backwards",
    "These are the right states, from the last to the first. The notes are read from "
    "the end; the path is asked for from its beginning.",
)
def _(start, transitions, emissions, ids, last):
    return likeliest_path_to.solved(start, transitions, emissions, ids, last)[::-1]


def moves_of(alphas, transitions, afters):
    """At each step a table (from, to): alpha, transitions and what is after."""
    pairs = zip(alphas[:-1], afters, strict=True)
    return np.array([a[:, None] * transitions * after for a, after in pairs])


def expected_moves(start, transitions, emissions, ids):
    """How often each move was made (from, to), given the text."""
    alphas = alphas_of(start, transitions, emissions, ids)
    betas = betas_of(transitions, emissions, ids, np.ones(len(start)))
    moves = moves_of(alphas, transitions, emissions.T[ids[1:]] * betas[1:])
    return moves.sum(axis=0) / alphas[-1].sum()


def rows_to_one(table):
    return table / table.sum(axis=1, keepdims=True)


@exercise(
    difficulty=5,
    minutes=18,
    inputs=[*models, ids(size("length", 2, 5), vocab_size=vocab_size)],
    hints=[
        "Expectation: how probable is each move (r, s) at each step, given the whole "
        "text? Maximisation: add these up and take them for counts.",
        "Behind a move from r to s at letter t stand: all that led to r, the move, the "
        "letter t said by s, and all letters after t. Two recursions give the ends.",
        "A row of counts becomes probabilities by its sum, so p(w) need not be known.",
    ],
)
def relearn_transitions(
    start: np.ndarray, transitions: np.ndarray, emissions: np.ndarray, ids: np.ndarray
) -> np.ndarray:
    """The transitions after one step of Baum-Welch on the text `ids`.

    `start` (num_states,) is the first state's distribution. `transitions[r, s]` is the
    probability of s after r, `emissions[s, w]` that of letter w from state s. The text
    has two letters at least and is too short to need scaling.
    """
    alphas = [start * emissions[:, ids[0]]]
    for id in ids[1:]:
        alphas.append((alphas[-1] @ transitions) * emissions[:, id])
    beta, moves = np.ones(len(start)), np.zeros_like(transitions)
    for t in range(len(ids) - 1, 0, -1):
        after = emissions[:, ids[t]] * beta
        moves += alphas[t - 1][:, None] * transitions * after
        beta = transitions @ after
    return moves / moves.sum(axis=1, keepdims=True)


@relearn_transitions.specification
def _(start, transitions, emissions, ids):
    counts = np.zeros(transitions.shape)
    for path, p in all_paths(start, transitions, emissions, ids):
        for t in range(1, len(path)):
            counts[path[t - 1], path[t]] += p
    return [[c / sum(row) for c in row] for row in counts]


@relearn_transitions.wrong(
    "only the past",
    "Each move of yours is judged by the letters up to it. What comes after says as "
    "much about it: given the whole text.",
)
def _(start, transitions, emissions, ids):
    alphas = alphas_of(start, transitions, emissions, ids)
    moves = moves_of(alphas, transitions, emissions.T[ids[1:]])
    return rows_to_one((moves / moves.sum(axis=(1, 2), keepdims=True)).sum(axis=0))


@relearn_transitions.wrong(
    "backward left out",
    "There is no backward in your product: each of its terms lacks the letters behind "
    "its move, and so early moves weigh more than late ones.",
)
def _(start, transitions, emissions, ids):
    alphas = alphas_of(start, transitions, emissions, ids)
    return rows_to_one(moves_of(alphas, transitions, emissions.T[ids[1:]]).sum(axis=0))


@relearn_transitions.wrong(
    "the letter that follows forgotten",
    "In your product nobody says the letter that the move leads to: alpha ends before "
    "it, and beta begins behind it.",
)
def _(start, transitions, emissions, ids):
    alphas = alphas_of(start, transitions, emissions, ids)
    betas = betas_of(transitions, emissions, ids, np.ones(len(start)))
    return rows_to_one(moves_of(alphas, transitions, betas[1:]).sum(axis=0))


@relearn_transitions.wrong(
    "moves without the old transitions",
    "You multiply the probabilities of the two states. That would do if they were "
    "independent; a move's probability has the old transitions in it.",
)
def _(start, transitions, emissions, ids):
    betas = betas_of(transitions, emissions, ids, np.ones(len(start)))
    states = rows_to_one(alphas_of(start, transitions, emissions, ids) * betas)
    return rows_to_one(states[:-1].T @ states[1:])


@relearn_transitions.wrong(
    "the likeliest path counted",
    "You count the moves of the likeliest path alone. Expectation counts those of all "
    "paths, each as much as it is probable.",
)
def _(start, transitions, emissions, ids):
    paths = dict(all_paths(start, transitions, emissions, ids))
    best, counts = max(paths, key=paths.get), np.zeros(transitions.shape)
    np.add.at(counts, (best[:-1], best[1:]), 1)
    return rows_to_one(counts)


@relearn_transitions.wrong(
    "columns scaled to one",
    "Your columns sum to one. A row says where one goes from a state.",
)
def _(*inputs):
    moves = expected_moves(*inputs)
    return moves / moves.sum(axis=0)


@relearn_transitions.wrong(
    "counts for probabilities",
    "These are the expected numbers of moves, and they are right. Maximisation makes "
    "probabilities of them: what must a row sum to?",
)
def _(*inputs):
    return expected_moves(*inputs)
