"""Right answers to the exercises of notebook 11, written in other ways."""

import math
from collections import Counter

import numpy as np


def cut_and_pad_1(reviews, length):
    array = np.zeros((len(reviews), length), "int32")
    for row, review in zip(array, reviews, strict=True):
        kept = review[-length:]
        row[: len(kept)] = kept
    return array


def cut_and_pad_2(reviews, length):
    rows = []
    for review in reviews:
        row = list(review)
        while len(row) > length:
            del row[0]
        while len(row) < length:
            row.append(0)
        rows.append(row)
    return rows


def cut_and_pad_3(reviews, length):
    kept = [review[max(0, len(review) - length) :] for review in reviews]
    return np.stack([np.pad(row, (0, length - len(row))) for row in kept])


def which_return_sequences_1(num_layers, is_pooled):
    return [n < num_layers - 1 or is_pooled for n in range(num_layers)]


def which_return_sequences_2(num_layers, is_pooled):
    answer = []
    for layer in range(1, num_layers + 1):
        if layer == num_layers:
            answer.append(bool(is_pooled))
        else:
            answer.append(True)
    return tuple(answer)


def which_return_sequences_3(num_layers, is_pooled):
    answer = np.ones(num_layers, bool)
    answer[-1] = is_pooled
    return answer


def learn_joins_1(counts, num_merges):
    words = {word: tuple(word[:-1]) + (word[-1] + "_",) for word in counts}
    joined = []
    while len(joined) < num_merges:
        times = {}
        for word, pieces in words.items():
            for pair in zip(pieces, pieces[1:], strict=False):
                times[pair] = times.get(pair, 0) + counts[word]
        if not times:
            return joined
        pair = sorted(times, key=lambda pair: (-times[pair], *pair))[0]
        joined.append(pair)
        for word, pieces in words.items():
            new, n = [], 0
            while n < len(pieces):
                if pieces[n : n + 2] == pair:
                    new.append(pieces[n] + pieces[n + 1])
                    n += 2
                else:
                    new.append(pieces[n])
                    n += 1
            words[word] = tuple(new)
    return joined


def learn_joins_2(counts, num_merges):
    words = [([*(word + "_")], times) for word, times in counts.items()]
    for pieces, _ in words:
        pieces[-2:] = ["".join(pieces[-2:])]
    merges = []
    for _ in range(num_merges):
        found = Counter()
        for pieces, times in words:
            for n in range(len(pieces) - 1):
                found[pieces[n], pieces[n + 1]] += times
        if len(found) == 0:
            break
        most = max(found.values())
        one, two = min(pair for pair, times in found.items() if times == most)
        merges.append([one, two])
        for pieces, _ in words:
            n = 0
            while n < len(pieces) - 1:
                if pieces[n] == one and pieces[n + 1] == two:
                    pieces[n : n + 2] = [one + two]
                n += 1
    return merges


def learn_joins_3(counts, num_merges, merges=()):
    if num_merges == 0:
        return list(merges)
    found = Counter()
    for word, times in counts.items():
        pieces = [*word[:-1], word[-1] + "_"]
        for pair in merges:
            for n in range(len(pieces)):  # later places move up, and may be empty
                if tuple(pieces[n : n + 2]) == pair:
                    pieces[n : n + 2] = ["".join(pair)]
        for n in range(1, len(pieces)):
            found[pieces[n - 1], pieces[n]] += times
    if not found:
        return list(merges)
    _, best = min((-times, pair) for pair, times in found.items())
    return learn_joins_3(counts, num_merges - 1, (*merges, best))


def pool_words_1(outputs, mask):
    pooled = []
    for review, flags in zip(outputs, mask, strict=True):
        words = review[flags]
        pooled.append(np.concatenate([words.mean(axis=0), words.max(axis=0)]))
    return np.array(pooled, "float32")


def pool_words_2(outputs, mask):
    hidden = np.repeat(~mask[:, :, None], outputs.shape[2], axis=2)
    words = np.ma.array(outputs, mask=hidden)
    return np.hstack([words.mean(axis=1).data, words.max(axis=1).data])


def pool_words_3(outputs, mask):
    share = mask / mask.sum(axis=1, keepdims=True)
    means = np.einsum("bs,bsu->bu", share, outputs)
    lowest = outputs.min()
    shifted = (outputs - lowest) * mask[..., np.newaxis]
    return np.concatenate([means, shifted.max(axis=1) + lowest], axis=-1)


def paired_gain_1(both, only_first, only_second, neither):
    differences = [0] * both + [1] * only_first + [-1] * only_second + [0] * neither
    mean = sum(differences) / len(differences)
    squares = sum((d - mean) ** 2 for d in differences) / len(differences)
    return 100 * mean, 100 * math.sqrt(squares) / math.sqrt(len(differences))


def paired_gain_2(both, only_first, only_second, neither):
    counts = [both, only_first, only_second, neither]
    first = np.repeat([1, 1, 0, 0], counts)
    second = np.repeat([1, 0, 1, 0], counts)
    points = 100.0 * (first - second)
    return [points.mean(), points.std() / len(points) ** 0.5]


def paired_gain_3(both, only_first, only_second, neither):
    n = sum([both, only_first, only_second, neither])
    shares = np.array([only_first, only_second, both + neither]) / n
    values = np.array([100, -100, 0])
    mean = shares @ values
    return np.array([mean, np.sqrt(shares @ (values - mean) ** 2 / n)])


def read_both_ways_1(ids, forward, backward, state):
    words = ids[ids > 0]
    there = back = state
    for one, other in zip(words, words[::-1], strict=True):
        there, back = forward(one, there), backward(other, back)
    return np.hstack([there, back])


def read_both_ways_2(ids, forward, backward, state):
    answer = []
    for step, places in [
        (forward, range(len(ids))),
        (backward, range(len(ids) - 1, -1, -1)),
    ]:
        h = np.array(state)
        for place in places:
            is_word = float(ids[place] != 0)
            h = is_word * step(ids[place], h) + (1 - is_word) * h
        answer += [*h]
    return answer


def read_both_ways_3(ids, forward, backward, state):
    def read(step, ids):
        if not ids:
            return state
        before = read(step, ids[:-1])
        return step(ids[-1], before) if ids[-1] else before

    there, back = read(forward, [*ids]), read(backward, [*reversed(ids)])
    return np.concatenate((there, back)).astype("float32")
