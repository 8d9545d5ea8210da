"""Right answers to the exercises of notebook 04b, written in other ways."""

import itertools
import math

import numpy as np


def path_probability_1(start, transitions, emissions, path, ids):
    p = 1.0
    for t in range(len(path)):
        p *= transitions[path[t - 1]][path[t]] if t else start[path[0]]
        p *= emissions[path[t]][ids[t]]
    return p


def path_probability_2(start, transitions, emissions, path, ids):
    logs = np.log(emissions[path, ids]).sum() + np.log(start[path[0]])
    return np.exp(logs + np.log(transitions[path[:-1], path[1:]]).sum())


def path_probability_3(start, transitions, emissions, path, ids):
    if len(path) == 1:
        return np.float32(start[path[0]] * emissions[path[0], ids[0]])
    before = path_probability_3(start, transitions, emissions, path[:-1], ids[:-1])
    return before * transitions[path[-2], path[-1]] * emissions[path[-1], ids[-1]]


def forward_probability_1(start, transitions, emissions, ids):
    log_p, expected = 0.0, start
    for w in ids:
        joint = expected * emissions[:, w]
        log_p += np.log(joint.sum())
        expected = joint / joint.sum() @ transitions
    return math.exp(log_p)


def forward_probability_2(start, transitions, emissions, ids):
    states = range(len(start))
    alpha = [start[s] * emissions[s, ids[0]] for s in states]
    for w in ids[1:]:
        sums = [sum(alpha[r] * transitions[r, s] for r in states) for s in states]
        alpha = [sums[s] * emissions[s, w] for s in states]
    return sum(alpha)


def forward_probability_3(start, transitions, emissions, ids):
    beta = np.ones(len(start), "float32")  # from the right
    for w in ids[:0:-1]:
        beta = transitions.dot(emissions[:, w] * beta)
    return np.einsum("s,s,s->", start, emissions[:, ids[0]], beta)


def b_after_a_1():
    return 0.332


def b_after_a_2():
    to_0 = 0.8 * 0.9 + 0.2 * 0.3
    return 0.2 * to_0 + 0.8 * (1 - to_0)


def b_after_a_3():
    pi, A = np.array([0.5, 0.5]), np.array([[0.9, 0.1], [0.3, 0.7]])  # noqa: N806
    B = np.array([[0.8, 0.2], [0.2, 0.8]])  # noqa: N806
    both = pi @ np.diag(B[:, 0]) @ A @ B[:, 1]
    return both / (pi @ B[:, 0])


def topic_given_text_1(topics, emissions, ids):
    belief = topics
    for w in ids:
        belief = belief * emissions[:, w]
        belief = belief / belief.sum()
    return belief


def topic_given_text_2(topics, emissions, ids):
    counts = np.bincount(ids, minlength=emissions.shape[1])
    logs = np.log(topics) + np.log(emissions) @ counts
    terms = np.exp(logs - logs.max())
    return (terms / terms.sum()).astype("float32")


def topic_given_text_3(topics, emissions, ids):
    joint = []
    for z, p in enumerate(topics):
        joint.append(p * math.prod(emissions[z][w] for w in ids))
    return [p / sum(joint) for p in joint]


def likeliest_path_to_1(start, transitions, emissions, ids, last):
    best = {s: (start[s] * emissions[s, ids[0]], [s]) for s in range(len(start))}
    for w in ids[1:]:
        ways = {
            s: max((p * transitions[path[-1], s], path) for p, path in best.values())
            for s in best
        }
        best = {s: (p * emissions[s, w], [*path, s]) for s, (p, path) in ways.items()}
    return best[last][1]


def likeliest_path_to_2(start, transitions, emissions, ids, last):
    best = [np.log(start) + np.log(emissions[:, ids[0]])]
    for w in ids[1:]:
        ways = best[-1][:, None] + np.log(transitions)
        best.append(ways.max(0) + np.log(emissions[:, w]))
    path = np.zeros(len(ids), int)
    path[-1] = last
    for t in range(len(ids) - 2, -1, -1):
        path[t] = np.argmax(best[t] + np.log(transitions[:, path[t + 1]]))
    return path


def likeliest_path_to_3(start, transitions, emissions, ids, last):
    def probability(path):
        p, before = 1.0, start
        for s, w in zip(path, ids, strict=True):
            p, before = p * before[s] * emissions[s, w], transitions[s]
        return p

    begins = itertools.product(range(len(start)), repeat=len(ids) - 1)
    return max(((*begin, last) for begin in begins), key=probability)


def relearn_transitions_1(start, transitions, emissions, ids):
    alphas, scales, expected = [], [], start
    for w in ids:
        joint = expected * emissions[:, w]
        scales.append(joint.sum())
        alphas.append(joint / joint.sum())
        expected = alphas[-1] @ transitions
    betas = np.ones((len(ids), len(start)))
    for t in range(len(ids) - 1, 0, -1):
        betas[t - 1] = transitions @ (emissions[:, ids[t]] * betas[t]) / scales[t]
    nexts = emissions[:, ids[1:]].T * betas[1:] / np.array(scales)[1:, None]
    moves = transitions * (np.array(alphas)[:-1].T @ nexts)
    return moves / moves.sum(axis=1, keepdims=True)


def relearn_transitions_2(start, transitions, emissions, ids):
    states, last = range(len(start)), len(ids) - 1

    def alpha(t, s):
        before = (
            sum(alpha(t - 1, r) * transitions[r, s] for r in states) if t else start[s]
        )
        return before * emissions[s, ids[t]]

    def beta(t, r):
        if t == last:
            return 1.0
        return sum(
            transitions[r, s] * emissions[s, ids[t + 1]] * beta(t + 1, s)
            for s in states
        )

    p = sum(alpha(last, s) for s in states)
    table = []
    for r in states:
        row = [0.0 for _ in states]
        for s in states:
            for t in range(last):
                after = emissions[s, ids[t + 1]] * beta(t + 1, s)
                row[s] += alpha(t, r) * transitions[r, s] * after / p
        table.append([count / sum(row) for count in row])
    return table


def relearn_transitions_3(start, transitions, emissions, ids):
    counts = np.zeros(transitions.shape, "float32")
    for path in itertools.product(range(len(start)), repeat=len(ids)):
        path = np.array(path)
        p = start[path[0]] * np.prod(emissions[path, ids])
        p *= np.prod(transitions[path[:-1], path[1:]])
        np.add.at(counts, (path[:-1], path[1:]), p)
    return counts / counts.sum(axis=1)[:, None]
