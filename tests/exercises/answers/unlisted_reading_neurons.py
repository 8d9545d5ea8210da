"""Wrong answers to the exercises of notebook 10 that no check expects."""

import numpy as np


def share_kept_1(bias, num_letters):
    return float(np.clip(0.2 * bias + 0.5, 0, 1)) ** num_letters


def share_kept_2(bias, num_letters):
    return np.exp(-num_letters * np.exp(-bias))


def auc_by_pairs_1(values, inside):
    middle = values.mean()
    found = np.mean(values[inside] > middle)
    spared = np.mean(values[~inside] <= middle)
    return (found + spared) / 2


def auc_by_pairs_2(values, inside):
    pairs = list(zip(values[inside], values[~inside], strict=False))
    return sum((a > b) + 0.5 * (a == b) for a, b in pairs) / len(pairs)


def choose_and_judge_1(seen_scores, unseen_scores):
    best = int(np.abs(seen_scores + unseen_scores).argmax())
    return best, (1 + np.sign(seen_scores[best]) * unseen_scores[best]) / 2


def choose_and_judge_2(seen_scores, unseen_scores):
    best = int(np.abs(seen_scores).argmax())
    score = np.sign(seen_scores[best]) * unseen_scores[best]
    return best, float(np.clip(0.5 + score, 0, 1))


def rise_here_and_elsewhere_1(with_cell, without_cell, inside):
    ends = np.append(inside[:-1] & ~inside[1:], False)
    return tuple(
        without_cell[there].mean() / with_cell[there].mean() - 1
        for there in (ends, ~inside)
    )


def rise_here_and_elsewhere_2(with_cell, without_cell, inside):
    ends = np.append(inside[:-1] & ~inside[1:], False)
    return tuple(
        np.exp(without_cell[there].mean()) - np.exp(with_cell[there].mean())
        for there in (ends, ~inside)
    )


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def hold_cell_1(kernel, recurrent, bias, ids, cell, value):
    h = c = np.zeros(len(recurrent))
    outputs = []
    for letter in ids:
        i, f, g, o = np.split(kernel[letter] + h @ recurrent + bias, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        c[cell] = value
        h = sigmoid(o) * c
        outputs.append(h)
    return np.array(outputs)


def hold_cell_2(kernel, recurrent, bias, ids, cell, value):
    h = c = np.zeros(len(recurrent))
    outputs = []
    for t, letter in enumerate(ids):
        i, f, g, o = np.split(kernel[letter] + h @ recurrent + bias, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        if t > 0:
            c[cell] = np.tanh(value)
        h = sigmoid(o) * np.tanh(c)
        outputs.append(h)
    return np.array(outputs)
