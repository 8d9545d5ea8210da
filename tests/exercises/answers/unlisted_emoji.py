"""Wrong answers to the exercises of notebook 03 that no check expects."""

import numpy as np


def pad_words_1(words):
    longest = max(len(word) for word in words)
    padding = max(max(word) for word in words) + 1
    ids = [word + [padding] * (longest - len(word)) for word in words]
    return np.array(ids), np.array([np.arange(longest) < len(w) for w in words])


def pad_words_2(words):
    longest = max(len(word) for word in words)
    ids = [word + [0] * (longest - len(word)) for word in words]
    return np.array(ids), np.array([np.arange(longest) <= len(w) for w in words])


def weights_of_the_lstm_1():
    return 4 * 27 * 32 + 32 * 32 + 4 * 32


def weights_of_the_lstm_2():
    return 4 * (27 * 32 + 32 * 32 + 27)


def fewest_edits_1(typed, word):
    common = np.zeros((len(typed) + 1, len(word) + 1), int)
    for i, a in enumerate(typed):
        for j, b in enumerate(word):
            longest = max(common[i, j + 1], common[i + 1, j])
            common[i + 1, j + 1] = common[i, j] + 1 if a == b else longest
    return max(len(typed), len(word)) - int(common[-1, -1])


def fewest_edits_2(typed, word):
    edits, n = abs(len(typed) - len(word)), 0
    while n < min(len(typed), len(word)):
        if typed[n] != word[n]:
            edits += 1
            n += typed[n : n + 2] == word[n : n + 2][::-1]
        n += 1
    return edits


def best_possible_1(ways):
    left, right = ways / ways.sum(axis=1, keepdims=True), 0.0
    for _ in range(min(ways.shape)):
        string, word = np.unravel_index(left.argmax(), left.shape)
        right += left[string, word]
        left[string], left[:, word] = 0, 0
    return right / len(ways)


def best_possible_2(ways):
    ways = ways / np.maximum(ways.sum(axis=0), 1e-9)
    return (ways.max(axis=1) / ways.sum(axis=1)).mean()


def read_masked_1(cell, ids, mask, h):
    for t in range(ids.shape[1]):
        if mask[:, t].all():
            h = cell(ids[:, t], h)
    return h


def read_masked_2(cell, ids, mask, h):
    total, first = np.zeros(h.shape), h
    for t in range(ids.shape[1]):
        there = mask[:, t, None]
        h = np.where(there, cell(ids[:, t], h), h)
        total += there * h
    steps = mask.sum(axis=1, keepdims=True)
    return np.where(steps > 0, total / np.maximum(steps, 1), first)
