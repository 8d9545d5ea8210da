"""Wrong answers to the exercises of notebook 11 that no check expects."""

from collections import Counter

import numpy as np


def cut_and_pad_1(reviews, length):
    found = np.zeros((len(reviews), length), int)
    for row, review in zip(found, reviews, strict=True):
        if len(review) > length:
            head = (length + 1) // 2
            review = review[:head] + review[len(review) - length + head :]
        row[: len(review)] = review
    return found


def cut_and_pad_2(reviews, length):
    return np.array([np.resize(np.array(review, int), length) for review in reviews])


def which_return_sequences_1(num_layers, is_pooled):
    return [is_pooled or n < num_layers // 2 for n in range(num_layers)]


def which_return_sequences_2(num_layers, is_pooled):
    last = num_layers - 1
    return [n == last - 1 or (is_pooled and n == last) for n in range(num_layers)]


def join(pieces, pair):
    joined, n = [], 0
    while n < len(pieces):
        size = 2 if tuple(pieces[n : n + 2]) == pair else 1
        joined.append("".join(pieces[n : n + size]))
        n += size
    return joined


def learn(counts, num_merges, score):
    cut = {word: [*word[:-1], word[-1] + "_"] for word in counts}
    merges = []
    for _ in range(num_merges):
        scores = score(cut)
        if not scores:
            break
        best = min(scores, key=lambda pair: (-scores[pair], pair))
        merges.append(best)
        cut = {word: join(pieces, best) for word, pieces in cut.items()}
    return merges


def learn_joins_1(counts, num_merges):
    def score(cut):
        pairs, single = Counter(), Counter()
        for word, pieces in cut.items():
            for piece in pieces:
                single[piece] += counts[word]
            for pair in zip(pieces[:-1], pieces[1:], strict=True):
                pairs[pair] += counts[word]
        return {(a, b): n / (single[a] * single[b]) for (a, b), n in pairs.items()}

    return learn(counts, num_merges, score)


def learn_joins_2(counts, num_merges):
    def score(cut):
        pairs = Counter()
        for word, pieces in cut.items():
            for pair in {*zip(pieces[:-1], pieces[1:], strict=True)}:
                pairs[pair] += counts[word] ** 0.5
        return pairs

    return learn(counts, num_merges, score)


def pool_words_1(outputs, mask):
    pooled = []
    for output, words in zip(outputs, mask, strict=True):
        output = output[words]
        places = np.abs(output).argmax(axis=0)
        largest = output[places, np.arange(output.shape[1])]
        pooled.append(np.concatenate([output.mean(axis=0), largest]))
    return np.array(pooled)


def pool_words_2(outputs, mask):
    there = mask[..., None]
    means = np.where(there, outputs, 0).sum(axis=1) / mask.sum(axis=1).max()
    return np.hstack([means, np.where(there, outputs, -np.inf).max(axis=1)])


def paired_gain_1(both, only_first, only_second, neither):
    total = both + only_first + only_second + neither
    right = (both + only_first) / total
    gain = (only_first - only_second) / total
    return 100 * gain, 100 * np.sqrt(right * (1 - right) / total)


def paired_gain_2(both, only_first, only_second, neither):
    total = both + only_first + only_second + neither
    differ = max(only_first + only_second, 1)
    share = only_first / differ
    gain = (only_first - only_second) / total
    return 100 * gain, 100 * np.sqrt(share * (1 - share) / differ)


def read_both_ways_1(ids, forward, backward, state):
    words = [int(id) for id in ids if id > 0]
    for id in words:
        state = forward(id, state)
    ahead = state
    for id in reversed(words):
        state = backward(id, state)
    return np.concatenate([ahead, state])


def read_both_ways_2(ids, forward, backward, state):
    words = [int(id) for id in ids if id > 0]
    ahead = back = state
    half = (len(words) + 1) // 2
    for id in words[:half]:
        ahead = forward(id, ahead)
    for id in reversed(words[half:]):
        back = backward(id, back)
    return np.concatenate([ahead, back])
