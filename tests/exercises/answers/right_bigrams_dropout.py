"""Right answers to the exercises of notebook 07, written in other ways."""

import math
from collections import Counter

import numpy as np


def weights_without_embedding_1():
    return 205_019


def weights_without_embedding_2():
    kernel, recurrent, bias = 729 * 256, 64 * 256, 256
    return sum([kernel, recurrent, bias, 64 * 27, 27])


def weights_without_embedding_3():
    shapes = [(729, 4 * 64), (64, 4 * 64), (4 * 64,), (64, 27), (27,)]
    return sum(np.zeros(shape).size for shape in shapes)


def bits_of_tokens_1(log_probs, num_letters):
    total = 0.0
    for log_prob in log_probs:
        total -= math.log2(math.exp(log_prob))
    return total / sum(num_letters)


def bits_of_tokens_2(log_probs, num_letters):
    nats_per_token = -np.mean(np.asarray(log_probs, "float32"))
    return nats_per_token / np.log(2) / np.mean(num_letters)


def bits_of_tokens_3(log_probs, num_letters):
    each = np.repeat(log_probs / num_letters, num_letters)  # a letter's share
    return each.mean() / np.log(0.5)


def drop_units_1(x, drawn, rate, training):
    if training:
        return np.where(drawn < rate, 0.0, x) / (1 - rate)
    return x


def drop_units_2(x, drawn, rate, training):
    def one(number, chance):
        if not training:
            return number
        return 0 if chance < rate else number / (1 - rate)

    return [
        [one(*both) for both in zip(*rows, strict=True)]
        for rows in zip(x.tolist(), drawn.tolist(), strict=True)
    ]


def drop_units_3(x, drawn, rate, training):
    rate = rate * training
    passed = x.astype("float32")
    passed[drawn < rate] = 0
    passed *= 1 / (1 - rate)
    return passed


def add_to_what_is_known_1(logits, by_ngram, trust):
    rows = []
    for z, p in zip(logits, by_ngram, strict=True):
        scores = [
            math.exp(a + c * math.log(b)) for a, b, c in zip(z, p, trust, strict=True)
        ]
        rows.append([score / sum(scores) for score in scores])
    return rows


def add_to_what_is_known_2(logits, by_ngram, trust):
    total = logits.astype("float32") + np.log(by_ngram) @ np.diag(trust)
    total -= total.max(axis=1, keepdims=True)
    return (np.exp(total).T / np.exp(total).sum(axis=1)).T


def add_to_what_is_known_3(logits, by_ngram, trust):
    product = np.exp(logits) * np.power(by_ngram, trust)
    return product / np.sum(product, axis=1)[:, None]


def read_upwards_1(x, up, on, masks):
    x, last = x * masks[:, 0], []
    for n, (w, u) in enumerate(zip(up, on, strict=True)):
        hs = [np.zeros(len(w))]
        for row in x:
            hs.append(np.tanh(row @ w + hs[-1] @ u))
        last.append(hs[-1])
        x = np.stack(hs[1:]) * masks[:, n + 1]
    return x, last


def read_upwards_2(x, up, on, masks):
    def step(states, row, mask):
        new = []
        for n, state in enumerate(states):
            row = np.tanh((row * mask[n]) @ up[n] + state @ on[n])
            new.append(row)
        return new, row * mask[-1]

    states, outputs = [np.zeros(x.shape[1]) for _ in up], []
    for row, mask in zip(x, masks, strict=True):
        states, output = step(states, row, mask)
        outputs.append(output)
    return np.array(outputs), np.array(states)


def read_upwards_3(x, up, on, masks):
    num_layers, units = up.shape[:2]
    both = np.concatenate([up, on], axis=1).astype("float32")
    h = np.zeros((num_layers, units), "float32")
    outputs = np.zeros_like(x)
    for t in range(len(x)):
        for n in range(num_layers):
            below = h[n - 1] if n else x[t]
            h[n] = np.tanh(np.concatenate([below * masks[t, n], h[n]]) @ both[n])
        outputs[t] = h[-1] * masks[t, -1]
    return [outputs, h]


def speak_of_the_others_1(ids, num_parts, vocab_size):
    everything = np.bincount(ids, minlength=vocab_size)
    probs = []
    for part in np.split(ids, num_parts):
        rest = everything - np.bincount(part, minlength=vocab_size)
        probs.append((rest[part] + 1) / (len(ids) - len(part) + vocab_size))
    return np.concatenate(probs)


def speak_of_the_others_2(ids, num_parts, vocab_size):
    length, probs = len(ids) // num_parts, []
    for start in range(0, len(ids), length):
        rest = [*ids[:start], *ids[start + length :]]
        counts = Counter(map(int, rest))
        for letter in ids[start : start + length]:
            probs.append((counts[int(letter)] + 1) / (len(rest) + vocab_size))
    return probs


def speak_of_the_others_3(ids, num_parts, vocab_size):
    part = np.arange(len(ids)) * num_parts // len(ids)
    same = (ids[:, None] == ids) & (part[:, None] != part)
    return (same.sum(axis=1) + 1) / (len(ids) * (1 - 1 / num_parts) + vocab_size)
