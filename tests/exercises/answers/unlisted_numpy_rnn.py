"""Wrong answers to the exercises of notebook 05 that no check expects."""

import numpy as np


def states_of_window_1(W_xh, W_hh, b_h, ids, h):
    states = []
    for id in ids:
        h = np.tanh(W_xh[id] + h @ W_hh) + b_h
        states.append(h)
    return np.array(states)


def states_of_window_2(W_xh, W_hh, b_h, ids, h):
    states = []
    for t, id in enumerate(ids):
        h = np.tanh(W_xh[id] + h @ W_hh + (b_h if t == 0 else 0))
        states.append(h)
    return np.array(states)


def gradient_of_recurrence_1(W_hh, hs, from_outputs):
    own = from_outputs * (1 - hs[1:] ** 2)
    before = own[1:] @ W_hh.T * (1 - hs[1:-1] ** 2)
    return hs[:-1].T @ own + hs[:-2].T @ before


def gradient_of_recurrence_2(W_hh, hs, from_outputs):
    gradient, later = np.zeros(W_hh.shape), np.zeros(len(W_hh))
    for t in reversed(range(len(from_outputs))):
        inner = (from_outputs[t] + later) * hs[t + 1] * (1 - hs[t + 1])
        gradient += np.outer(hs[t], inner)
        later = W_hh @ inner
    return gradient


def adagrad_moves_1(gradients, rate):
    moves, largest = [], 0.0
    for g in np.clip(gradients, -5, 5):
        largest = max(largest, abs(g))
        moves.append(-rate * g / np.sqrt(largest**2 + 1e-8))
    return moves


def adagrad_moves_2(gradients, rate):
    moves, total = [], 0.0
    for g in np.clip(gradients, -5, 5):
        total += abs(g)
        moves.append(-rate * g / (total + 1e-8))
    return moves


def count_moving_weights_1(vocab_size, units, num_different):
    into_state = (num_different + units + 1) * units
    return into_state + (units + 1) * vocab_size + units


def count_moving_weights_2(vocab_size, units, num_different):
    into_state = (num_different + units + 1) * units
    return into_state + (units + 1) * (vocab_size - num_different)


def descend_by_window_1(weight, pairs, num_steps, rate):
    weights, start = [], 0.0
    for n in range(0, len(pairs), num_steps):
        state, slope, gradient = start, 0.0, 0.0
        for x, target in pairs[n : n + num_steps]:
            before, state = state, np.tanh(weight * state + x)
            slope = (1 - state**2) * (before + weight * slope)
            gradient += (state - target) * slope
        weight -= rate * gradient
        for x, _ in pairs[n : n + num_steps]:
            start = np.tanh(weight * start + x)
        weights.append(weight)
    return weights


def descend_by_window_2(weight, pairs, num_steps, rate):
    weights, state = [], 0.0
    for n in range(0, len(pairs), num_steps):
        slope = 0.0
        for x, target in pairs[n : n + num_steps]:
            before, state = state, np.tanh(weight * state + x)
            slope = (1 - state**2) * (before + weight * slope)
            weight -= rate * (state - target) * slope
        weights.append(weight)
    return weights
