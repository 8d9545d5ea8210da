"""Right answers to the exercises of notebook 10, written in other ways."""

import math

import numpy as np


def share_kept_1(bias, num_letters):
    share = 1.0
    for _ in range(num_letters):
        share *= 0.5 + 0.5 * math.tanh(bias / 2)
    return share


def share_kept_2(bias, num_letters):
    memory = 1 + np.exp(bias)  # in letters
    return (1 - 1 / memory) ** num_letters


def share_kept_3(bias, num_letters):
    return np.float32(np.exp(-num_letters * np.log1p(np.exp(-bias))))


def auc_by_pairs_1(values, inside):
    points = [(a > b) + 0.5 * (a == b) for a in values[inside] for b in values[~inside]]
    return sum(points) / len(points)


def auc_by_pairs_2(values, inside):
    order = np.unique(values)
    below, up_to = (
        np.searchsorted(np.sort(values), order, s) for s in ("left", "right")
    )
    ranks = ((below + 1 + up_to) / 2)[np.searchsorted(order, values)]
    num_in, num_out = inside.sum(), (~inside).sum()
    return (ranks[inside].sum() - num_in * (num_in + 1) / 2) / (num_in * num_out)


def auc_by_pairs_3(values, inside):
    signs = np.sign(np.subtract.outer(values[inside], values[~inside]))
    return (1 + signs.mean()) / 2


def choose_and_judge_1(seen_scores, unseen_scores):
    cell = max(range(len(seen_scores)), key=lambda n: abs(seen_scores[n]))
    score = unseen_scores[cell] if seen_scores[cell] > 0 else -unseen_scores[cell]
    return cell, (1 + score) / 2


def choose_and_judge_2(seen_scores, unseen_scores):
    turned = unseen_scores * np.where(seen_scores < 0, -1, 1)
    cell = np.argsort(seen_scores**2)[-1]
    return [cell, turned[cell] / 2 + 0.5]


def choose_and_judge_3(seen_scores, unseen_scores):
    both = np.concatenate([seen_scores, -seen_scores])
    best = both.argmax()
    aucs = (np.concatenate([unseen_scores, -unseen_scores]) + 1) / 2
    return best % len(seen_scores), np.float32(aucs[best])


def rise_here_and_elsewhere_1(with_cell, without_cell, inside):
    own = [t for t in range(len(inside) - 1) if inside[t] and not inside[t + 1]]
    other = [t for t in range(len(inside)) if not inside[t]]
    rises = [b - a for a, b in zip(with_cell, without_cell, strict=True)]
    return tuple(sum(rises[t] for t in some) / len(some) for some in (own, other))


def rise_here_and_elsewhere_2(with_cell, without_cell, inside):
    ends = inside & ~np.append(inside[1:], False)
    return [
        np.mean(without_cell[where]) - np.mean(with_cell[where])
        for where in (ends, ~inside)
    ]


def rise_here_and_elsewhere_3(with_cell, without_cell, inside):
    rises = np.float32(without_cell - with_cell)
    ends = np.flatnonzero(np.diff(inside.astype(int)) == -1)
    return np.array([rises[ends].mean(), np.average(rises, weights=~inside)])


def hold_cell_1(kernel, recurrent, bias, ids, cell, value):
    units = len(recurrent)
    held = np.arange(units) == cell
    h, c, found = np.zeros(units), np.zeros(units), np.zeros((len(ids), units))
    for t, id in enumerate(ids):
        z = (kernel[id] + bias + recurrent.T @ h).reshape(4, units)
        i, f, o = 0.5 + 0.5 * np.tanh(z[[0, 1, 3]] / 2)
        c = np.where(held, value, f * c + i * np.tanh(z[2]))
        found[t] = h = o * np.tanh(c)
    return found


def hold_cell_2(kernel, recurrent, bias, ids, cell, value):
    n = len(recurrent)
    state, found = (np.zeros(n, "float32"), np.zeros(n, "float32")), []
    one_hot = np.eye(len(kernel), dtype="float32")[ids]

    def step(x, h, c):
        z = np.concatenate([x, h, [1]]) @ np.vstack([kernel, recurrent, bias])
        gates = 1 / (1 + np.exp(-z))
        c = gates[n : 2 * n] * c + gates[:n] * np.tanh(z[2 * n : 3 * n])
        c[cell] += value - c[cell]
        return gates[3 * n :] * np.tanh(c), c

    for x in one_hot:
        state = step(x, *state)
        found.append(state[0].tolist())
    return found


def hold_cell_3(kernel, recurrent, bias, ids, cell, value):
    def read(ids):
        """The output and cells after these letters, and the outputs before."""
        if not len(ids):
            return np.zeros(len(recurrent)), np.zeros(len(recurrent)), []
        h, c, before = read(ids[:-1])
        i, f, g, o = np.split(h @ recurrent + kernel[ids[-1]] + bias, 4)
        c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
        c[cell] = value
        h = np.tanh(c) / (1 + np.exp(-o))
        return h, c, [*before, h]

    return np.stack(read(ids)[2])
