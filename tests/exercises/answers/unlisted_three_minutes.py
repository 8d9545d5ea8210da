"""Wrong answers to the exercises of notebook 13 that no check expects."""

import numpy as np


def total_probability_1(log_probs, ids, place, vocab_size):
    total = 0.0
    for letter in range(vocab_size):
        changed = np.array(ids)
        changed[place] = letter
        total += np.exp(np.mean(log_probs(changed)))
    return total


def total_probability_2(log_probs, ids, place, vocab_size):
    texts = [np.full(place + 1, letter, ids.dtype) for letter in range(vocab_size)]
    return sum(np.exp(log_probs(text)[place]) for text in texts)


def falling_rate_1(peak, seconds_left, seconds_in_all):
    share = max(seconds_left, 0) / seconds_in_all
    return peak * share**2 * (3 - 2 * share)


def falling_rate_2(peak, seconds_left, seconds_in_all):
    gone = np.clip(1 - seconds_left / seconds_in_all, 0, 1)
    return peak * np.arccos(2 * gone - 1) / np.pi


def windows_in_time_1(seconds_left, block_seconds, block_windows, reserve):
    usual = np.mean(block_seconds[1:])
    compiling = block_seconds[0] - usual
    spare = seconds_left - reserve - compiling
    return max(0, int(spare / usual * block_windows))


def windows_in_time_2(seconds_left, block_seconds, block_windows, reserve):
    per_window = np.mean(block_seconds[1:]) / block_windows
    return max(0, int(seconds_left / per_window - reserve))


def best_mixing_weight_1(first, second, weights):
    return max(weights, key=lambda w: np.min(w * first + (1 - w) * second))


def best_mixing_weight_2(first, second, weights):
    credit = np.mean(first / (first + second))
    return min(weights, key=lambda w: abs(w - credit))


def bits_of_product_1(first, second, ids):
    def bits(logits):
        log_sums = np.log(np.exp(logits).sum(axis=1))
        return np.mean(log_sums - logits[np.arange(len(ids)), ids]) / np.log(2)

    return bits(first) + bits(second) - np.log2(first.shape[1])


def bits_of_product_2(first, second, ids):
    both = np.exp2(first + second)
    both /= both.sum(axis=1, keepdims=True)
    return -np.log2(both[np.arange(len(ids)), ids]).mean()
