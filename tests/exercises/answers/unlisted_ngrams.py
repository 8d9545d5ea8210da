"""Wrong answers to the exercises of notebook 04a that no check expects."""

from collections import Counter

import numpy as np


def perplexity_of_texts_1(texts):
    sizes = [len(text) for text in texts]
    return np.average([np.exp(-np.mean(text)) for text in texts], weights=sizes)


def perplexity_of_texts_2(texts):
    return np.exp(-np.median(np.concatenate(texts)))


def e_after_adding_one_1():
    return (3 + 1 / 27) / (3 + 1)


def e_after_adding_one_2():
    return (1 + 1 / 27) / 2


def distinct_before_1(ids, vocab_size):
    counts, last = np.zeros(vocab_size, int), {}
    for before, letter in zip([-1, *ids[:-1]], ids, strict=True):
        counts[letter] += last.get(letter) != before
        last[letter] = before
    return counts


def distinct_before_2(ids, vocab_size):
    counts, met = np.zeros(vocab_size, int), {-1}
    for letter in ids:
        counts[letter] = len(met)
        met.add(letter)
    return counts


def write_by_pairs_1(table, first, draws):
    written = []
    for draw in draws:
        order = np.argsort(-table[first], kind="stable")
        place = int(np.argmax(np.cumsum(table[first][order]) > draw))
        first = int(order[place])
        written.append(first)
    return written


def write_by_pairs_2(table, first, draws):
    written = []
    for draw in draws:
        first = int(np.abs(np.cumsum(table[first]) - draw).argmin())
        written.append(first)
    return written


def followers(ids, history, vocab_size):
    counts, n = np.zeros(vocab_size), len(history)
    for t in range(n, len(ids)):
        if list(ids[t - n : t]) == list(history):
            counts[ids[t]] += 1
    return counts


def ask_shorter_histories_1(ids, history, amount, vocab_size):
    probs = np.full(vocab_size, 1 / vocab_size)
    part = amount / (len(history) + 1)
    for n in range(len(history) + 1):
        counts = followers(ids, history[len(history) - n :], vocab_size)
        probs = (counts + part * probs) / (counts.sum() + part)
    return probs


def ask_shorter_histories_2(ids, history, amount, vocab_size):
    probs = np.full(vocab_size, 1 / vocab_size)
    for part in ([], history):
        counts = followers(ids, part, vocab_size)
        probs = (counts + amount * probs) / (counts.sum() + amount)
    return probs


def pairs_and_letters(ids, discount, vocab_size):
    table = np.zeros((vocab_size, vocab_size))
    for pair, count in Counter(zip(ids[:-1], ids[1:], strict=True)).items():
        table[pair] = count
    kinds = (table > 0).sum(axis=0).astype(float)
    if len(ids):
        kinds[ids[0]] += 1
    given = discount * (kinds > 0).sum()
    letters = np.maximum(kinds - discount, 0) + given / vocab_size
    return table, letters / max(kinds.sum(), 1)


def kneser_ney_pairs_1(ids, discount, vocab_size):
    table, letters = pairs_and_letters(ids, discount, vocab_size)
    for row in table:
        total = row.sum()
        taken = np.where(row > 1, 1.5 * discount, discount) * (row > 0)
        if total:
            row[:] = (row - taken + taken.sum() * letters) / total
        else:
            row[:] = letters
    return table


def kneser_ney_pairs_2(ids, discount, vocab_size):
    table, letters = pairs_and_letters(ids, discount, vocab_size)
    for row in table:
        total, unseen = row.sum(), row == 0
        if not total:
            row[:] = letters
        elif unseen.any():
            handed = discount * (~unseen).sum() * letters / letters[unseen].sum()
            row[:] = np.where(unseen, handed, row - discount) / total
        else:
            row /= total
    return table
