"""Right answers to the exercises of notebook 03, written in other ways."""

from itertools import zip_longest

import numpy as np


def pad_words_1(words):
    columns = [*zip_longest(*words, fillvalue=0)]
    ids = np.transpose(columns)
    return ids, ids != 0


def pad_words_2(words):
    rows, longest = [], len(max(words, key=len))
    for word in words:
        row = list(word)
        while len(row) < longest:
            row.append(0)
        rows.append(row)
    return rows, [[id > 0 for id in row] for row in rows]


def pad_words_3(words):
    lengths = np.array([len(word) for word in words])
    is_letter = np.arange(lengths.max()) < lengths[:, None]
    ids = np.zeros(is_letter.shape, "int32")
    ids[is_letter] = np.concatenate(words)
    return ids, is_letter


def weights_of_the_lstm_1():
    return 4 * (27 * 32 + 32 * 32 + 32)


def weights_of_the_lstm_2():
    kernel, recurrent, bias = np.zeros((27, 128)), np.zeros((32, 128)), np.zeros(128)
    return kernel.size + recurrent.size + bias.size


def weights_of_the_lstm_3():
    return 8640 - 27 * 27 - (32 * 7 + 7)  # the model without embedding and last layer


def fewest_edits_1(typed, word):
    """Row by row, of which three are kept."""
    before, last = None, [*range(len(word) + 1)]
    for i in range(len(typed)):
        row = [i + 1]
        for j in range(len(word)):
            best = min(last[j + 1], row[j]) + 1
            best = min(best, last[j] + (typed[i] != word[j]))
            if i and j and typed[i - 1] + typed[i] == word[j] + word[j - 1]:
                best = min(best, before[j - 1] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


def fewest_edits_2(typed, word):
    """By recursion, and along the diagonal wherever the last letters are the same."""
    if not typed or not word:
        return max(len(typed), len(word))
    if typed[-1] == word[-1]:
        return fewest_edits_2(typed[:-1], word[:-1])
    ways = [
        fewest_edits_2(typed[:-1], word),
        fewest_edits_2(typed, word[:-1]),
        fewest_edits_2(typed[:-1], word[:-1]),
    ]
    if len(typed) > 1 and len(word) > 1 and typed[-2:] == word[-1] + word[-2]:
        ways.append(fewest_edits_2(typed[:-2], word[:-2]))
    return 1 + min(ways)


def fewest_edits_3(typed, word):
    """A dictionary as table, filled from the end."""
    d = {}
    for i in range(len(typed), -1, -1):
        for j in range(len(word), -1, -1):
            left = (len(typed) - i, len(word) - j)
            if 0 in left:
                d[i, j] = float(max(left))
                continue
            d[i, j] = min(
                1 + d[i + 1, j],
                1 + d[i, j + 1],
                float(typed[i] != word[j]) + d[i + 1, j + 1],
            )
            swapped = typed[i : i + 2] == word[j : j + 2][::-1]
            if swapped and min(left) > 1:
                d[i, j] = min(d[i, j], 1 + d[i + 2, j + 2])
    return d[0, 0]


def best_possible_1(ways):
    right = [max(row) / sum(row) for row in ways.tolist()]
    return sum(right) / len(right)


def best_possible_2(ways):
    ways = ways.astype("float32").T
    return np.mean(np.amax(ways, axis=0) / np.sum(ways, axis=0))


def best_possible_3(ways):
    """The others' probability is what is misread."""
    best = ways.argmax(axis=1)
    chosen = np.eye(ways.shape[1])[best].astype(bool)
    lost = np.where(chosen, 0, ways).sum(axis=1) / ways.sum(axis=1)
    return 1 - lost.mean()


def read_masked_1(cell, ids, mask, h):
    h = h.copy()
    for t in range(mask.shape[1]):
        rows = mask[:, t]
        h[rows] = cell(ids[rows, t], h[rows])
    return h


def read_masked_2(cell, ids, mask, h):
    states = []
    for n in range(len(ids)):
        state = h[n : n + 1]
        for id, is_letter in zip(ids[n], mask[n], strict=True):
            state = cell(np.array([id]), state) if is_letter else state
        states.append(state[0])
    return states


def read_masked_3(cell, ids, mask, h):
    for column, keep in zip(ids.T, 1.0 - mask.T, strict=True):
        new = cell(column, h)
        h = keep[:, None] * h + (1 - keep[:, None]) * new
    return h
