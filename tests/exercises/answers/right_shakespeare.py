"""Right answers to the exercises of notebook 09, written in other ways."""

import math
from collections import Counter, defaultdict

import numpy as np


def gru_step_1(x, h, W, U, b):
    units = h.shape[-1]
    from_x = x @ W + b
    gates = from_x[:, : 2 * units] + h @ U[:, : 2 * units]
    gates = 1 / (1 + np.exp(-gates))
    keep, reset = gates[:, :units], gates[:, units:]
    new = np.tanh(from_x[:, 2 * units :] + (reset * h) @ U[:, 2 * units :])
    return new + keep * (h - new)


def gru_step_2(x, h, W, U, b):
    x, h, W, U, b = (np.asarray(array, "float32") for array in (x, h, W, U, b))
    parts = zip(*(np.split(array, 3, axis=-1) for array in (W, U, b)), strict=True)
    (Wz, Uz, bz), (Wr, Ur, br), (Wh, Uh, bh) = parts
    r = 0.5 + 0.5 * np.tanh((x @ Wr + h @ Ur + br) / 2)
    z = 0.5 + 0.5 * np.tanh((x @ Wz + h @ Uz + bz) / 2)
    return (1 - z) * np.tanh(bh + x @ Wh + np.multiply(r, h) @ Uh) + z * h


def gru_step_3(x, h, W, U, b):
    units = len(h[0])

    def unit(n, read, state):
        return sum(read * W[:, n]) + sum(state * U[:, n]) + b[n]

    rows = []
    for read, old in zip(x, h, strict=True):
        z = [1 / (1 + math.exp(-unit(n, read, old))) for n in range(units)]
        r = [1 / (1 + math.exp(-unit(units + n, read, old))) for n in range(units)]
        new = [math.tanh(unit(2 * units + n, read, r * old)) for n in range(units)]
        rows.append([z[n] * old[n] + (1 - z[n]) * new[n] for n in range(units)])
    return rows


def count_gru_weights_1(features, units):
    input_weights, state_weights = features * 3 * units, units * 3 * units
    return input_weights + state_weights + 2 * 3 * units


def count_gru_weights_2(features, units):
    shapes = [(features, 3 * units), (units, 3 * units), (2, 3 * units)]
    return sum(math.prod(shape) for shape in shapes)


def count_gru_weights_3(features, units):
    return sum(np.zeros((rows, 3 * units)).size for rows in (features, units, 2))


def temper_and_cut_1(logits, temperature, top_k):
    kept = np.argsort(logits)[::-1][:top_k]
    probabilities = np.zeros(len(logits))
    probabilities[kept] = np.exp(logits[kept] / temperature)
    return probabilities / probabilities.sum()


def temper_and_cut_2(logits, temperature, top_k):
    shares = np.exp((logits - max(logits)) / temperature)
    shares /= shares.sum()
    shares[np.argsort(shares)[: max(0, len(shares) - top_k)]] = 0
    return shares / shares.sum()


def temper_and_cut_3(logits, temperature, top_k):
    allowed = sorted(logits, reverse=True)[:top_k]
    below = sum(math.exp(logit / temperature) for logit in allowed)
    return [
        math.exp(logit / temperature) / below if logit in allowed else 0
        for logit in logits
    ]


def count_the_others_1(parts, vocab_size):
    tables = np.zeros((len(parts), vocab_size, vocab_size))
    for table, part in zip(tables, parts, strict=True):
        np.add.at(table, (part[:-1], part[1:]), 1)
    counts = tables.sum(axis=0) - tables + 1
    rows = counts / counts.sum(axis=-1, keepdims=True)
    return [row[part[:-1], part[1:]] for row, part in zip(rows, parts, strict=True)]


def count_the_others_2(parts, vocab_size):
    answers = []
    for n, part in enumerate(parts):
        following = defaultdict(Counter)
        for m, other in enumerate(parts):
            if m != n:
                for place in range(1, len(other)):
                    following[other[place - 1]][other[place]] += 1
        answer = []
        for place in range(1, len(part)):
            counted = following[part[place - 1]]
            total = sum(counted.values()) + vocab_size
            answer.append((1 + counted[part[place]]) / total)
        answers.append(answer)
    return answers


def count_the_others_3(parts, vocab_size):
    def pairs(n):
        return [*zip(parts[n][:-1], parts[n][1:], strict=True)]

    everything = sum((pairs(n) for n in range(len(parts))), [])
    answers = []
    for n in range(len(parts)):
        own, found = pairs(n), []
        for pair in own:
            times = everything.count(pair) - own.count(pair)
            history = sum(a == pair[0] for a, _ in everything)
            history -= sum(a == pair[0] for a, _ in own)
            found.append((times + 1) / (history + vocab_size))
        answers.append(np.array(found, "float32"))
    return tuple(answers)


def learn_while_reading_1(logits, ids, rate, num_steps):
    weights, losses = list(logits), []
    while len(ids):
        window, ids = ids[:num_steps], ids[num_steps:]
        total = sum(math.exp(w) for w in weights)
        losses += [math.log(total) - weights[id] for id in window]
        shares = [math.exp(w) / total for w in weights]
        for k, share in enumerate(shares):
            slope = share - list(window).count(k) / len(window)
            weights[k] -= rate * slope
    return losses


def learn_while_reading_2(logits, ids, rate, num_steps):
    logits, losses = logits.astype(float), np.zeros(len(ids))
    for place, id in enumerate(ids):
        if place and place % num_steps == 0:
            window = ids[place - num_steps : place]
            counts = np.bincount(window, minlength=len(logits))
            softmax = np.exp(logits) / np.exp(logits).sum()
            logits += rate * (counts / num_steps - softmax)
        losses[place] = np.log(np.exp(logits - logits[id]).sum())
    return losses


def learn_while_reading_3(logits, ids, rate, num_steps):
    if len(ids) == 0:
        return []

    def losses(weights):
        return np.log(np.exp(weights).sum()) - weights[ids[:num_steps]]

    step, axes = 1e-5, np.eye(len(logits))
    slopes = [
        (losses(logits + step * axis).mean() - losses(logits - step * axis).mean())
        / (2 * step)
        for axis in axes
    ]
    after = logits - rate * np.array(slopes)
    rest = learn_while_reading_3(after, ids[num_steps:], rate, num_steps)
    return [*losses(logits), *rest]
