"""Right answers to the exercises of notebook 01, written in other ways."""

import math

import numpy as np


def rule_as_matrix_1(a, b):
    return [[0.0, 1.0], [a, b]]


def rule_as_matrix_2(a, b):
    def step(older, newer):
        return newer, a * older + b * newer

    return np.stack([step(1, 0), step(0, 1)], axis=1)


def rule_as_matrix_3(a, b):
    matrix = np.zeros((2, 2), int)
    matrix[0, 1] = 1
    matrix[1] = a, b
    return matrix


def descend_once_1(weights, windows, rate):
    slope1 = slope2 = 0.0
    for before, newest, following in windows:
        error = weights[0] * before + weights[1] * newest - following
        slope1 += 2 * error * before / len(windows)
        slope2 += 2 * error * newest / len(windows)
    return weights[0] - rate * slope1, weights[1] - rate * slope2


def descend_once_2(weights, windows, rate):
    before, newest, following = np.asarray(windows, "float32").T
    missing = following - weights[0] * before - weights[1] * newest
    up = np.array([np.mean(missing * before), np.mean(missing * newest)])
    return weights + 2 * rate * up


def descend_once_3(weights, windows, rate):
    """The loss multiplied out: its matrix and its vector first."""
    x, y = windows[:, :2], windows[:, 2]
    curvature, pull = np.cov(x.T, bias=True) + np.outer(x.mean(0), x.mean(0)), x.T @ y
    return weights - 2 * rate * (curvature @ weights - pull / len(y))


def slope_through_time_1(u, h, pushes):
    if not pushes:
        return 1
    inner = u * h + pushes[0]
    rest = slope_through_time_1(u, math.tanh(inner), pushes[1:])
    return u / math.cosh(inner) ** 2 * rest


def slope_through_time_2(u, h, pushes):
    states = [h]
    for push in pushes:
        states.append(np.tanh(u * states[-1] + push))
    return np.prod(u * (1 - np.square(states[1:])))


def slope_through_time_3(u, h, pushes):
    slopes = []
    for push in pushes:
        h = 2 / (1 + np.exp(-2 * (u * h + push))) - 1
        slopes.append((1 - h) * (1 + h))
    return u ** len(slopes) * math.prod(reversed(slopes))


def run_stack_1(inputs, layers):
    """Step by step instead of layer by layer."""
    below = {n: np.zeros(len(layer[2])) for n, layer in enumerate(layers)}
    outputs = np.zeros(inputs.shape)
    for t, x in enumerate(inputs):
        for n, (kernel, recurrent, bias) in enumerate(layers):
            below[n] = np.tanh(np.dot(x, kernel) + np.dot(below[n], recurrent) + bias)
            x = below[n]
        outputs[t] = x
    return outputs


def run_stack_2(inputs, layers):
    if not layers:
        return inputs
    kernel, recurrent, bias = layers[0]
    states = np.zeros((len(inputs) + 1, len(bias)))
    for t in range(len(inputs)):
        states[t + 1] = np.tanh(inputs[t] @ kernel + states[t] @ recurrent + bias)
    return run_stack_2(states[1:], layers[1:])


def run_stack_3(inputs, layers):
    """Input and state side by side, one matrix for both, in lists."""
    sequence = [list(x) for x in inputs]
    for kernel, recurrent, bias in layers:
        both, h = np.concatenate([kernel, recurrent]), [0.0] * len(bias)
        for t, x in enumerate(sequence):
            h = [*np.tanh(np.array([*x, *h]) @ both + bias)]
            sequence[t] = h
    return sequence


def step_with_one_gate_1(x, h, gate, candidate):
    def dense(kernel, recurrent, bias):
        return np.dot(kernel.T, x) + np.dot(recurrent.T, h) + bias

    keep = 0.5 + 0.5 * np.tanh(dense(*gate) / 2)  # a sigmoid is a tanh, too
    new = np.tanh(dense(*candidate))
    return new + keep * (h - new)


def step_with_one_gate_2(x, h, gate, candidate):
    both = np.concatenate([x, h])
    a, b = (both @ np.vstack([w[0], w[1]]) + w[2] for w in (gate, candidate))
    return (np.exp(a) * h + np.tanh(b)) / (1 + np.exp(a))


def step_with_one_gate_3(x, h, gate, candidate):
    state = []
    for n, old in enumerate(h):
        a, b = (
            sum(x * kernel[:, n]) + sum(h * recurrent[:, n]) + bias[n]
            for kernel, recurrent, bias in (gate, candidate)
        )
        z = 1 / (1 + math.exp(-a))
        state.append(old - (1 - z) * old + (1 - z) * math.tanh(b))
    return state
