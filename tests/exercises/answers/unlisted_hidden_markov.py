"""Wrong answers to the exercises of notebook 04b that no check expects."""

import numpy as np


def path_probability_1(start, transitions, emissions, path, ids):
    moves = transitions[path, np.roll(path, -1)]  # round in a circle
    return start[path[0]] * np.prod(moves) * np.prod(emissions[path, ids])


def path_probability_2(start, transitions, emissions, path, ids):
    total, before = 1.0, start
    for state, id in zip(path, ids, strict=True):
        total *= before[state] * emissions[state, id] / (before @ emissions[:, id])
        before = transitions[state]
    return total


def forward_probability_1(start, transitions, emissions, ids):
    settled = np.linalg.matrix_power(transitions, 200)[0]
    alpha = settled * emissions[:, ids[0]]
    for id in ids[1:]:
        alpha = (alpha @ transitions) * emissions[:, id]
    return alpha.sum()


def forward_probability_2(start, transitions, emissions, ids):
    total, belief = 1.0, start
    for id in ids:
        joint = belief * emissions[:, id]
        total *= joint.sum()
        belief = transitions[joint.argmax()]
    return total


def b_after_a_1():
    return 0.75 * 0.2 + 0.25 * 0.8


def b_after_a_2():
    after_two_moves = 0.78 * 0.9 + 0.22 * 0.3
    return after_two_moves * 0.2 + (1 - after_two_moves) * 0.8


def topic_given_text_1(topics, emissions, ids):
    joint = topics * np.exp(np.log(emissions[:, ids]).mean(axis=1))
    return joint / joint.sum()


def topic_given_text_2(topics, emissions, ids):
    scores = np.exp(topics * emissions[:, ids].prod(axis=1))
    return scores / scores.sum()


def likeliest_path_to_1(start, transitions, emissions, ids, last):
    if len(ids) == 1:
        return [int(last)]
    best, sources = start * emissions[:, ids[0]], []
    for id in ids[1:-1]:
        joint = best[:, None] * transitions
        sources.append(joint.argmax(axis=0))
        best = joint.max(axis=0) * emissions[:, id]
    path = [int(best.argmax())]
    for source in reversed(sources):
        path.append(int(source[path[-1]]))
    return [*reversed(path), int(last)]


def likeliest_path_to_2(start, transitions, emissions, ids, last):
    best = np.eye(len(start))[last] * emissions[:, ids[-1]]
    sources = []
    for id in ids[-2::-1]:
        joint = best[:, None] * transitions
        sources.append(joint.argmax(axis=0))
        best = joint.max(axis=0) * emissions[:, id]
    path = [int((best * start).argmax())]
    for source in reversed(sources):
        path.append(int(source[path[-1]]))
    return path


def _moves(start, transitions, emissions, ids):
    alphas = [start * emissions[:, ids[0]]]
    for id in ids[1:]:
        alphas.append((alphas[-1] @ transitions) * emissions[:, id])
    betas = [np.ones(len(start))]
    for id in ids[:0:-1]:
        betas.insert(0, transitions @ (emissions[:, id] * betas[0]))
    return np.array(
        [
            alphas[t][:, None] * transitions * emissions[:, ids[t + 1]] * betas[t + 1]
            for t in range(len(ids) - 1)
        ]
    ) / np.sum(alphas[-1])


def relearn_transitions_1(start, transitions, emissions, ids):
    moves = _moves(start, transitions, emissions, ids)
    return (moves / moves.sum(axis=2, keepdims=True)).mean(axis=0)


def relearn_transitions_2(start, transitions, emissions, ids):
    expected = transitions + _moves(start, transitions, emissions, ids).sum(axis=0)
    return expected / expected.sum(axis=1, keepdims=True)
