"""Wrong answers to the exercises of notebook 01 that no check expects."""

import numpy as np


def rule_as_matrix_1(a, b):
    once = np.array([[0, 1], [a, b]])
    return once @ once


def rule_as_matrix_2(a, b):
    return np.array([[0, 1], [a * b, a + b]])


def descend_once_1(weights, windows, rate):
    errors = windows[:, :2] @ np.array(weights) - windows[:, 2]
    gradient = errors @ windows[:, :2] / len(windows)
    return weights - rate * gradient / np.sqrt(np.mean(errors**2))


def descend_once_2(weights, windows, rate):
    errors = windows[:, :2] @ np.array(weights) - windows[:, 2]
    gradient = 2 * errors @ windows[:, :2] / len(windows)
    return weights - rate * gradient / np.linalg.norm(gradient)


def slope_through_time_1(u, h, pushes):
    higher = h + 0.1
    for push in pushes:
        h, higher = np.tanh(u * h + push), np.tanh(u * higher + push)
    return (higher - h) / 0.1 if pushes else 1.0


def slope_through_time_2(u, h, pushes):
    slope = 1.0
    for push in pushes:
        h = np.tanh(u * h + push)
        slope *= u * (1 - np.tanh(h) ** 2)
    return slope


def gate_and_candidate(x, h, gate, candidate):
    sums = [x @ W + h @ U + b for W, U, b in (gate, candidate)]
    return 1 / (1 + np.exp(-sums[0])), np.tanh(sums[1])


def step_with_one_gate_1(x, h, gate, candidate):
    z, _ = gate_and_candidate(x, h, gate, candidate)
    _, new = gate_and_candidate(x, (1 - z) * h, gate, candidate)
    return z * h + (1 - z) * new


def step_with_one_gate_2(x, h, gate, candidate):
    z, new = gate_and_candidate(x, h, gate, candidate)
    return np.tanh(z * h + (1 - z) * new)


def run_stack_1(inputs, layers):
    for W, U, b in layers:
        h, states = np.zeros(len(U)), []
        for x in inputs:
            h = np.tanh(x @ W + h @ U + b)
            states.append(h)
        inputs = inputs + np.array(states)
    return inputs


def run_stack_2(inputs, layers):
    for n, (W, U, b) in enumerate(layers):
        h, states = np.zeros(len(U)), []
        for x in inputs:
            h = x @ W + h @ U + b
            if n < len(layers) - 1:
                h = np.tanh(h)
            states.append(h)
        inputs = np.array(states)
    return inputs
