"""Wrong answers to the exercises of notebook 11 that no check expects."""

from collections import Counter

import numpy as np


def cut_and_pad_1(reviews, length):
    table = np.zeros((len(reviews), length), int)
    for row, review in zip(table, reviews, strict=True):
        kept = review[:length]
        row[length - len(kept) :] = kept
    return table


def cut_and_pad_2(reviews, length):
    rows = [np.resize(review[-length:], length) for review in reviews]
    return np.array(rows, int).reshape(len(reviews), length)


def which_return_sequences_1(num_layers, is_pooled):
    below = [False] * (num_layers - 2) + [True] * (num_layers > 1)
    return [*below, is_pooled]


def which_return_sequences_2(num_layers, is_pooled):
    return [True] + [is_pooled] * (num_layers - 1)


def _join(pieces, pair):
    joined = []
    for piece in pieces:
        if joined and (joined[-1], piece) == pair:
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def learn_joins_1(counts, num_merges):
    words = {word: [*word[:-1], word[-1] + "_"] for word in counts}
    merges = []
    for _ in range(num_merges):
        found = Counter()
        for word, pieces in words.items():
            for a, b in zip(pieces, pieces[1:], strict=False):
                found[a, b] += counts[word] * len(a + b)  # a long piece saves more
        if not found:
            break
        merges.append(min(found, key=lambda pair: (-found[pair], pair)))
        words = {word: _join(words[word], merges[-1]) for word in words}
    return merges


def learn_joins_2(counts, num_merges):
    words = {word: [*word[:-1], word[-1] + "_"] for word in counts}
    merges = []
    for _ in range(num_merges):
        pairs, alone = Counter(), Counter()
        for word, pieces in words.items():
            for piece in pieces:
                alone[piece] += counts[word]
            for pair in zip(pieces, pieces[1:], strict=False):
                pairs[pair] += counts[word]
        if not pairs:
            break
        gain = {(a, b): n / (alone[a] * alone[b]) for (a, b), n in pairs.items()}
        merges.append(min(gain, key=lambda pair: (-gain[pair], pair)))
        words = {word: _join(words[word], merges[-1]) for word in words}
    return merges


def pool_words_1(outputs, mask):
    rows = []
    for review, is_word in zip(outputs, mask, strict=True):
        words = review[is_word]
        largest = words[np.abs(words).argmax(axis=0), np.arange(words.shape[1])]
        rows.append(np.concatenate([words.mean(axis=0), largest]))
    return np.array(rows)


def pool_words_2(outputs, mask):
    rows = []
    for review, is_word in zip(outputs, mask, strict=True):
        words = review[is_word]
        both = np.stack([words.mean(axis=0), words.max(axis=0)], axis=-1)
        rows.append(both.reshape(-1))  # unit by unit
    return np.array(rows)


def paired_gain_1(both, only_first, only_second, neither):
    number = both + only_first + only_second + neither
    gain = (only_first - only_second) / number
    error = (abs(gain) * (1 - abs(gain)) / number) ** 0.5  # as if of a share
    return 100 * gain, 100 * error


def paired_gain_2(both, only_first, only_second, neither):
    number = both + only_first + only_second + neither
    mean = (only_first - only_second) / number
    spread = ((only_first + only_second) / number - mean**2) ** 0.5
    gain = 100 * (only_first - only_second) / (both + only_second)
    return gain, 100 * spread / number**0.5


def read_both_ways_1(ids, forward, backward, state):
    ahead = back = state
    for id in np.trim_zeros(ids, "f"):
        ahead = forward(id, ahead)
    for id in np.trim_zeros(ids, "b")[::-1]:
        back = backward(id, back)
    return np.concatenate([ahead, back])


def read_both_ways_2(ids, forward, backward, state):
    ahead = back = state
    for id in ids:
        ahead = forward(id, ahead) * (id > 0)
    for id in ids[::-1]:
        back = backward(id, back) * (id > 0)
    return np.concatenate([ahead, back])
