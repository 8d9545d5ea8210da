"""Right answers to the exercises of notebook 05, written in other ways."""

import math

import numpy as np


def states_of_window_1(W_xh, W_hh, b_h, ids, h):
    hs = np.empty((len(ids) + 1, len(h)))
    hs[0] = h
    for t in range(len(ids)):
        hs[t + 1] = np.tanh(np.eye(len(W_xh))[ids[t]] @ W_xh + W_hh.T @ hs[t] + b_h)
    return hs[1:]


def states_of_window_2(W_xh, W_hh, b_h, ids, h):
    if not len(ids):
        return []
    both = np.concatenate([W_xh[ids[0]], h])
    h = np.tanh(both @ np.vstack([np.eye(len(h)), W_hh]) + b_h)
    return [h, *states_of_window_2(W_xh, W_hh, b_h, ids[1:], h)]


def states_of_window_3(W_xh, W_hh, b_h, ids, h):
    h, W = np.asarray(h, "float32"), W_hh.astype("float32")
    states = []
    for z in (W_xh + b_h).astype("float32")[ids]:
        e = np.exp(2 * (z + (h[:, None] * W).sum(axis=0)))
        h = (e - 1) / (e + 1)
        states.append(h.tolist())
    return states


def gradient_of_recurrence_1(W_hh, hs, from_outputs):
    dz = np.zeros_like(hs)  # one row more than steps: nothing comes after the last
    for t in range(len(from_outputs) - 1, -1, -1):
        dz[t] = (from_outputs[t] + dz[t + 1] @ W_hh.T) * (1 - hs[t + 1] ** 2)
    return hs[:-1].T @ dz[:-1]


def gradient_of_recurrence_2(W_hh, hs, from_outputs):
    """From the front: the derivative of the state by each weight."""
    units = len(W_hh)
    by_weight, gradient = np.zeros((units, units, units)), np.zeros((units, units))
    for before, after, weights in zip(hs[:-1], hs[1:], from_outputs, strict=True):
        moved = by_weight @ W_hh  # [n, k, m]: of unit m by the weight from n to k
        for n in range(units):
            for k in range(units):
                moved[n, k, k] += before[n]
        by_weight = moved * (1 - after**2)
        gradient += by_weight @ weights
    return gradient


def gradient_of_recurrence_3(W_hh, hs, from_outputs):
    """Every output's gradient sent back to the beginning on its own, as lists."""
    units = range(len(W_hh))
    gradient = [[0.0 for _ in units] for _ in units]
    for last in range(len(from_outputs)):
        dh = list(from_outputs[last])
        for t in range(last, -1, -1):
            dz = [dh[k] * (1 - hs[t + 1][k]) * (1 + hs[t + 1][k]) for k in units]
            for n in units:
                for k in units:
                    gradient[n][k] += hs[t][n] * dz[k]
            dh = [sum(W_hh[n][k] * dz[k] for k in units) for n in units]
    return gradient


def adagrad_moves_1(gradients, rate):
    clipped = np.clip(np.array(gradients, float), -5, 5)
    return -rate * clipped / (np.cumsum(clipped**2) + 1e-8) ** 0.5


def adagrad_moves_2(gradients, rate):
    weight, memory, moves = np.zeros(1, "float32"), np.zeros(1, "float32"), []
    for gradient in gradients:
        before = weight.copy()
        step = np.array([gradient], "float32").clip(-5, 5)
        memory += step * step
        weight -= rate * step / np.sqrt(memory + 1e-8)
        moves.append((weight - before)[0])
    return moves


def adagrad_moves_3(gradients, rate):
    length, moves = 1e-4, []  # the root of 1e-8
    for gradient in gradients:
        size = min(abs(gradient), 5)
        length = math.hypot(length, size)
        moves.append(math.copysign(rate * size / length, -gradient))
    return tuple(moves)


def count_moving_weights_1(vocab_size, units, num_different):
    return units * (num_different + units + 1) + vocab_size * (units + 1)


def count_moving_weights_2(vocab_size, units, num_different):
    shapes = [(vocab_size, units), (units, units), (1, units)]
    shapes += [(units, vocab_size), (1, vocab_size)]
    total = sum(rows * columns for rows, columns in shapes)
    return total - (vocab_size - num_different) * units


def count_moving_weights_3(vocab_size, units, num_different):
    rng = np.random.default_rng(0)
    ids = np.arange(num_different)
    targets = rng.integers(vocab_size, size=num_different)
    W_xh, W_hh = rng.normal(size=(vocab_size, units)), rng.normal(size=(units, units))
    W_hy = rng.normal(size=(units, vocab_size))
    hs = [rng.normal(size=units)]
    for id in ids:
        hs.append(np.tanh(W_xh[id] + hs[-1] @ W_hh))
    exps = np.exp(np.array(hs[1:]) @ W_hy)
    dy = exps / exps.sum(axis=1, keepdims=True) - np.eye(vocab_size)[targets]
    dW_xh, dW_hh, dz = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(units)
    for t in reversed(range(num_different)):
        dz = (dy[t] @ W_hy.T + dz @ W_hh.T) * (1 - hs[t + 1] ** 2)
        dW_xh[ids[t]] += dz
        dW_hh += np.outer(hs[t], dz)
    arrays = [dW_xh, dW_hh, dz, np.array(hs[1:]).T @ dy, dy.sum(axis=0)]
    return sum(np.count_nonzero(array) for array in arrays)


def descend_by_window_1(weight, pairs, num_steps, rate):
    """Forward through a window, and backwards."""
    h, found = 0.0, []
    for n in range(math.ceil(len(pairs) / num_steps)):
        window = pairs[n * num_steps : (n + 1) * num_steps]
        hs = [h]
        for x, _ in window:
            hs.append(math.tanh(weight * hs[-1] + x))
        gradient = from_later = 0.0
        for t in reversed(range(len(window))):
            dz = (hs[t + 1] - window[t][1] + from_later) * (1 - hs[t + 1] ** 2)
            gradient += hs[t] * dz
            from_later = weight * dz
        weight, h = weight - rate * gradient, hs[-1]
        found.append(weight)
    return found


def descend_by_window_2(weight, pairs, num_steps, rate):
    xs, targets = np.array(pairs).T
    h, found = 0.0, np.empty(0)
    for start in range(0, len(xs), num_steps):
        end = min(start + num_steps, len(xs))
        hs = np.empty(end - start + 1)
        hs[0] = h
        for t, x in enumerate(xs[start:end]):
            hs[t + 1] = np.tanh(weight * hs[t] + x)
        slopes = 1 - hs[1:] ** 2
        gradient = 0.0
        for t in range(end - start):
            for k in range(t + 1):  # from step k to step t
                way = slopes[k : t + 1].prod() * weight ** (t - k)
                gradient += (hs[t + 1] - targets[start + t]) * way * hs[k]
        weight = weight - rate * gradient
        h = hs[-1]
        found = np.append(found, weight)
    return found


def descend_by_window_3(weight, pairs, num_steps, rate):
    state = slope = gradient = 0.0
    found = []
    for n, (x, target) in enumerate(pairs, 1):
        new = np.tanh(weight * state + x)
        slope = (1 - new * new) * (weight * slope + state)
        gradient, state = gradient + slope * (new - target), new
        if n % num_steps == 0 or n == len(pairs):
            weight -= rate * gradient
            found.append(weight)
            slope = gradient = 0.0
    return found


SAME = {
    # The middle one of three numbers, whichever of the first two comes first.
    "adagrad_moves": {"swapped: np.clip(gradient, -5, 5) -> np.clip(-5, gradient, 5)"}
}
