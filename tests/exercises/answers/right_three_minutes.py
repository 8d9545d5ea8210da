"""Right answers to the exercises of notebook 13, written in other ways."""

import math

import numpy as np

# The larger and the smaller of two are the same in either order.
SAME = {
    "windows_in_time": {
        "swapped: max(int((seconds_left - reserve) / per_window), 0) -> "
        "max(0, int((seconds_left - reserve) / per_window))"
    },
    "falling_rate": {
        "swapped: min(1 - seconds_left / seconds_in_all, 1) -> "
        "min(1, 1 - seconds_left / seconds_in_all)"
    },
}


def total_probability_1(log_probs, ids, place, vocab_size):
    before = [int(letter) for letter in ids[:place]]
    return sum(
        math.exp(log_probs(np.array([*before, letter]))[-1])
        for letter in range(vocab_size)
    )


def total_probability_2(log_probs, ids, place, vocab_size):
    texts = np.tile(ids, (vocab_size, 1))
    texts[:, place] = np.arange(vocab_size)
    return np.exp([log_probs(text)[place] for text in texts]).sum()


def total_probability_3(log_probs, ids, place, vocab_size):
    text, total = ids[: place + 1].copy(), 0
    while vocab_size:
        vocab_size -= 1
        text[-1] = vocab_size
        total = total + np.exp(log_probs(text))[-1]
    return total


def windows_in_time_1(seconds_left, block_seconds, block_windows, reserve):
    _, *later = block_seconds
    time = seconds_left - reserve
    if time <= 0:
        return 0
    return math.floor(time * block_windows * len(later) / sum(later))


def windows_in_time_2(seconds_left, block_seconds, block_windows, reserve):
    per_second = block_windows / np.mean(np.array(block_seconds)[1:])
    return int(max(0.0, per_second * (seconds_left - reserve)))


def windows_in_time_3(seconds_left, block_seconds, block_windows, reserve):
    mean = sum(block_seconds[1:]) / (len(block_seconds) - 1)
    return int(max(0, (seconds_left - reserve) // (mean / block_windows)))


def falling_rate_1(peak, seconds_left, seconds_in_all):
    left = max(seconds_left, 0) / seconds_in_all
    return peak * (0.5 - 0.5 * math.cos(math.pi * left))


def falling_rate_2(peak, seconds_left, seconds_in_all):
    if seconds_left < 0:
        return 0.0
    gone = (seconds_in_all - seconds_left) / seconds_in_all
    return peak * math.cos(math.pi * gone / 2) ** 2


def falling_rate_3(peak, seconds_left, seconds_in_all):
    gone = np.clip(1 - seconds_left / seconds_in_all, 0, 1)
    return float(0.5 * peak * (np.cos(gone * np.pi) + 1))


def best_mixing_weight_1(first, second, weights):
    def loss(weight):
        return -sum(
            math.log(weight * a + (1 - weight) * b)
            for a, b in zip(first, second, strict=True)
        )

    return min(weights, key=loss)


def best_mixing_weight_2(first, second, weights):
    w = np.array(weights)[:, None]
    return weights[np.argmax(np.prod(w * first + (1 - w) * second, axis=1))]


def best_mixing_weight_3(first, second, weights):
    gains = {np.log2(second + w * (first - second)).mean(): w for w in weights}
    return gains[max(gains)]


def bits_of_product_1(first, second, ids):
    product = np.exp(first) * np.exp(second)
    product /= product.sum(axis=1, keepdims=True)
    return -np.mean([np.log2(row[n]) for row, n in zip(product, ids, strict=True)])


def bits_of_product_2(first, second, ids):
    total = 0.0
    for a, b, letter in zip(first, second, ids, strict=True):
        scores = [math.exp(x + y) for x, y in zip(a, b, strict=True)]
        total += math.log2(sum(scores)) - math.log2(scores[letter])
    return total / len(ids)


def bits_of_product_3(first, second, ids):
    both = first + second
    both = both - np.logaddexp.reduce(both, axis=1)[:, None]
    return -(both * np.eye(both.shape[1])[ids]).sum() / len(ids) / math.log(2)
