"""Wrong answers to the exercises of notebook 02 that no check expects."""

import numpy as np


def loss_of_guessing_1(vocab_size):
    return np.log(vocab_size - 1)


def shift_targets_1(ids):
    return ids[:-2], ids[2:]


def mean_loss_1(logits, targets):
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    return (1 - probabilities[np.arange(len(targets)), targets]).mean()


def read_in_pieces_1(step, state, pieces):
    outputs = []
    for piece in reversed(pieces):
        for id in piece:
            output, state = step(id, state)
            outputs.append(output)
    return outputs, state


def write_greedily_1(step, state, first, num_letters):
    written = []
    for _ in range(num_letters):
        logits, state = step(first, state)
        first = int(np.argmin(logits))
        written.append(first)
    return written


def cut_gradient_1(weight, first, second):
    state = slope = 0.0
    for x in first:
        state = weight * state + x
    for x in second:
        slope = weight * (state + slope)
        state = weight * state + x
    return slope
