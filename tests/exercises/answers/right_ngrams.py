"""Right answers to the exercises of notebook 04a, written in other ways."""

import math
from collections import Counter, defaultdict

import numpy as np


def perplexity_of_texts_1(texts):
    total = sum(float(np.sum(text)) for text in texts)
    return math.exp(-total / sum(map(len, texts)))


def perplexity_of_texts_2(texts):
    bits = [-log_prob / math.log(2) for text in texts for log_prob in text]
    return 2 ** (sum(bits) / len(bits))


def perplexity_of_texts_3(texts):
    lengths = [len(text) for text in texts]
    means = [np.mean(text, dtype="float32") for text in texts]
    return 1 / np.exp(np.average(means, weights=lengths))


def e_after_adding_one_1():
    return 2 / 15


def e_after_adding_one_2():
    counts = np.zeros(27)
    counts[5] = 3
    return ((counts + 1) / (counts + 1).sum())[5]


def e_after_adding_one_3():
    c, c_history, k = 3, 3, 1
    return np.float32((c + k) / (c_history + 27 * k))


def distinct_before_1(ids, vocab_size):
    before = defaultdict(set)
    for last, letter in zip([None, *ids[:-1]], ids, strict=True):
        before[letter].add(last)
    return [len(before[letter]) for letter in range(vocab_size)]


def distinct_before_2(ids, vocab_size):
    seen = np.zeros((vocab_size + 1, vocab_size), bool)
    seen[[vocab_size, *ids[:-1]], ids] = True
    return seen.sum(axis=0)


def distinct_before_3(ids, vocab_size):
    grams = [vocab_size * a + b for a, b in zip(ids[:-1], ids[1:], strict=True)]
    cut = np.append(np.unique(grams) % vocab_size, ids[0]).astype(int)
    return np.bincount(cut, minlength=vocab_size)


def write_by_pairs_1(table, first, draws):
    rows = np.cumsum(table, axis=1)
    ids = [first]
    for draw in draws:
        ids.append(np.searchsorted(rows[ids[-1]], draw, side="right"))
    return ids[1:]


def write_by_pairs_2(table, first, draws):
    if not draws:
        return []
    letter, end = 0, table[first][0]
    while end <= draws[0]:
        letter += 1
        end += table[first][letter]
    return [letter, *write_by_pairs_2(table, letter, draws[1:])]


def write_by_pairs_3(table, first, draws):
    table, ids = np.asarray(table, "float32"), np.zeros(len(draws), int)
    for n, draw in enumerate(draws):
        ids[n] = (table[ids[n - 1] if n else first].cumsum() <= draw).sum()
    return ids


def ask_shorter_histories_1(ids, history, amount, vocab_size):
    if history:
        shorter = ask_shorter_histories_1(ids, history[1:], amount, vocab_size)
    else:
        shorter = np.ones(vocab_size) / vocab_size
    n = len(history)
    after = [ids[k + n] for k in range(len(ids) - n) if ids[k : k + n] == history]
    counts = np.bincount(np.array(after, int), minlength=vocab_size)
    return (counts + amount * shorter) / (len(after) + amount)


def ask_shorter_histories_2(ids, history, amount, vocab_size):
    p = [1 / vocab_size] * vocab_size
    for n in range(len(history) + 1):
        h = tuple(history[len(history) - n :])
        grams = Counter(tuple(ids[k : k + n + 1]) for k in range(len(ids) - n))
        total = sum(grams[(*h, w)] for w in range(vocab_size))
        p = [(grams[(*h, w)] + amount * p[w]) / (total + amount) for w in range(len(p))]
    return p


def ask_shorter_histories_3(ids, history, amount, vocab_size):
    ids, probs = np.array(ids), np.full(vocab_size, 1 / vocab_size, "float32")
    fits = np.ones(len(ids), bool)  # whether the history stands before each place
    for n in range(len(history) + 1):
        if n:
            before = np.append(np.full(n, -1), ids)[: len(ids)]
            fits &= before == history[-n]
        counts = np.array([np.sum(fits & (ids == w)) for w in range(vocab_size)])
        probs = (counts + amount * probs) / (counts.sum() + amount)
    return probs


def kneser_ney_pairs_1(ids, discount, vocab_size):
    pairs, before = Counter(zip(ids[:-1], ids[1:], strict=True)), defaultdict(set)
    for last, letter in zip([None, *ids[:-1]], ids, strict=True):
        before[letter].add(last)
    total = sum(map(len, before.values()))
    left = discount * len(before) / total
    p = [
        max(len(before[w]) - discount, 0) / total + left / vocab_size
        for w in range(vocab_size)
    ]
    table = [list(p) for _ in range(vocab_size)]
    for h in range(vocab_size):
        c = sum(pairs[h, w] for w in range(vocab_size))
        k = sum(pairs[h, w] > 0 for w in range(vocab_size))
        if c:
            for w in range(vocab_size):
                table[h][w] = (
                    max(pairs[h, w] - discount, 0) / c + discount * k / c * p[w]
                )
    return table


def kneser_ney_pairs_2(ids, discount, vocab_size):
    counts = np.zeros((vocab_size + 1, vocab_size))  # the last row is the start's
    np.add.at(counts, (np.append(vocab_size, ids[:-1]), ids), 1)

    def hand_down(counts, below):
        total = counts.sum(axis=-1, keepdims=True)
        taken = np.minimum(counts, discount)
        handed = taken.sum(axis=-1, keepdims=True) * below
        return np.where(
            total > 0, (counts - taken + handed) / np.maximum(total, 1), below
        )

    kinds = np.count_nonzero(counts, axis=0)
    return hand_down(counts[:-1], hand_down(kinds, 1 / vocab_size))


def kneser_ney_pairs_3(ids, discount, vocab_size):
    found = np.zeros((vocab_size, vocab_size), "float32")
    pairs = [*zip(ids, ids[1:], strict=False)]
    kinds = [b for _, b in set(pairs)] + [ids[0]]
    for h in range(vocab_size):
        came = [b for a, b in pairs if a == h]
        for w in range(vocab_size):
            c = kinds.count(w)
            p = (c - discount) / len(kinds) if c else 0.0
            p += discount * len(set(kinds)) / len(kinds) / vocab_size
            if came:
                own = (came.count(w) - discount) / len(came) if w in came else 0
                p = own + discount * len(set(came)) / len(came) * p
            found[h, w] = p
    return found
