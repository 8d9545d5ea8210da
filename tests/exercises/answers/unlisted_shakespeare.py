"""Wrong answers to the exercises of notebook 09 that no check expects."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    return np.exp(x - x.max()) / np.exp(x - x.max()).sum()


def gru_step_1(x, h, W, U, b):
    z, r, candidate = np.split(x @ W + h @ U + b, 3, axis=1)
    z, r = sigmoid(z), sigmoid(r)
    return z * h + (1 - z) * np.tanh(r * candidate)


def gru_step_2(x, h, W, U, b):
    units = h.shape[1]
    z, r, _ = np.split(sigmoid(x @ W + h @ U + b), 3, axis=1)
    last = slice(2 * units, None)
    candidate = np.tanh(x @ W[:, last] + (r * h) @ U[:, last] + b[last])
    return z * r * h + (1 - z) * candidate


def count_gru_weights_1(features, units):
    return 3 * units * (features + units) + 6


def count_gru_weights_2(features, units):
    return 3 * units * (features + units + 1) + units * units


def temper_and_cut_1(logits, temperature, top_k):
    allowed = np.argsort(logits)[-top_k:]
    probs = np.zeros(len(logits))
    probs[allowed] = softmax(logits[allowed])
    probs[allowed] += temperature / top_k
    return probs / probs.sum()


def temper_and_cut_2(logits, temperature, top_k):
    probs = softmax(logits / temperature)
    probs[probs < min(probs.max(), 1 / top_k)] = 0
    return probs / probs.sum()


def count_the_others_1(parts, vocab_size):
    models = []
    for part in parts:
        counts = np.ones((vocab_size, vocab_size))
        np.add.at(counts, (part[:-1], part[1:]), 1)
        models.append(counts / counts.sum(axis=1, keepdims=True))
    found = []
    for n, part in enumerate(parts):
        mixed = np.mean(models[:n] + models[n + 1 :], axis=0)
        found.append(mixed[part[:-1], part[1:]])
    return found


def count_the_others_2(parts, vocab_size):
    found = []
    for n, part in enumerate(parts):
        counts = np.ones((vocab_size, vocab_size))
        for other in parts[:n] + parts[n + 1 :]:
            np.add.at(counts, (other[:-1], other[1:]), 1)
            np.add.at(counts, (other[1:], other[:-1]), 1)
        counts /= counts.sum(axis=1, keepdims=True)
        found.append(counts[part[:-1], part[1:]])
    return found


def learn_while_reading_1(logits, ids, rate, num_steps):
    losses, logits = [], np.array(logits, dtype=float)
    for letter in ids:
        probs = softmax(logits)
        losses.append(-np.log(probs[letter]))
        probs[letter] -= 1
        logits -= rate / num_steps * probs
    return np.array(losses)


def learn_while_reading_2(logits, ids, rate, num_steps):
    losses, logits = [], np.array(logits, dtype=float)
    for start in range(0, len(ids), num_steps):
        window = ids[start : start + num_steps]
        probs = softmax(logits)
        losses.extend(-np.log(probs[window]))
        seen = np.bincount(window, minlength=len(logits)) / len(window)
        logits -= rate * (probs - seen) * probs * (1 - probs)
    return np.array(losses)
