"""Right answers to the exercises of notebook 06, written in other ways."""

import math

import numpy as np


def count_lstm_weights_1(num_features, units):
    return 4 * units * (num_features + units + 1)


def count_lstm_weights_2(num_features, units):
    shapes = [(num_features, 4 * units), (units, 4 * units), (4 * units,)]
    return sum(math.prod(shape) for shape in shapes)


def count_lstm_weights_3(num_features, units):
    arrays = {}
    for gate in "ifgo":
        arrays["W" + gate] = np.zeros((num_features, units))
        arrays["U" + gate] = np.zeros((units, units))
        arrays["b" + gate] = np.zeros(units)
    return sum(array.size for array in arrays.values())


def finish_lstm_step_1(z, c):
    units = c.shape[1]

    def sigmoid(x):
        return (1 + np.tanh(x / 2)) / 2

    i, f = sigmoid(z[:, :units]), sigmoid(z[:, units : 2 * units])
    g, o = np.tanh(z[:, 2 * units : 3 * units]), sigmoid(z[:, 3 * units :])
    new = i * g + f * c
    return o * np.tanh(new), new


def finish_lstm_step_2(z, c):
    batch, units = c.shape
    parts = z.astype("float32").reshape(batch, 4, units)
    take, keep, _, put = np.moveaxis(np.exp(parts) / (np.exp(parts) + 1), 1, 0)
    c = keep * c + take * np.tanh(parts[:, 2])
    return [put * np.tanh(c), c]


def finish_lstm_step_3(z, c):
    hs, cs = [], []
    for sums, states in zip(z.tolist(), c.tolist(), strict=True):
        n = len(states)
        cs.append([])
        hs.append([])
        for k, state in enumerate(states):
            i, f, o = (1 / (1 + math.exp(-sums[k + m * n])) for m in (0, 1, 3))
            new = f * state + i * math.tanh(sums[k + 2 * n])
            cs[-1].append(new)
            hs[-1].append(o * math.tanh(new))
    return hs, cs


def windows_of_streams_1(ids, num_streams, num_steps):
    length = (len(ids) - 1) // num_streams
    streams = [
        ids[row * length : (row + 1) * length + 1] for row in range(num_streams)
    ]  # each with the letter that comes after it
    windows = []
    start = 0
    while start + num_steps <= length:
        end = start + num_steps
        reads = np.array([stream[start:end] for stream in streams])
        answers = np.array([stream[start + 1 : end + 1] for stream in streams])
        windows.append((reads, answers))
        start = end
    return windows


def windows_of_streams_2(ids, num_streams, num_steps):
    length = (len(ids) - 1) // num_streams
    firsts = np.arange(num_streams)[:, None] * length + np.arange(num_steps)
    places = [firsts + n * num_steps for n in range(length // num_steps)]
    return [(ids[place], ids[place + 1]) for place in places]


def windows_of_streams_3(ids, num_streams, num_steps):
    length = (len(ids) - 1) // num_streams
    num_windows = length // num_steps
    both = []
    for shift in (0, 1):
        text = ids[shift : shift + num_streams * length].reshape(num_streams, -1)
        both.append(np.split(text[:, : num_windows * num_steps], num_windows, axis=1))
    return list(zip(*both, strict=True))


def encode_unseen_text_1(train_text, test_text):
    known = sorted(set(train_text))
    ids = []
    for character in test_text:
        ids.append(known.index(character) + 1 if character in known else 0)
    return ids


def encode_unseen_text_2(train_text, test_text):
    known = np.unique(list(train_text))
    hits = np.array(list(test_text))[:, None] == known
    return hits @ np.arange(1, len(known) + 1)


def encode_unseen_text_3(train_text, test_text):
    return tuple(
        len({k for k in train_text if k <= each}) * (each in train_text)
        for each in test_text
    )


def lstm_perplexity_1(W, U, b, V, a, ids):
    n = len(U)

    def sigmoid(x):
        return (1 + np.tanh(x / 2)) / 2

    total, h, c = 0.0, np.zeros((1, n)), np.zeros((1, n))
    for t in range(len(ids) - 1):
        z = np.eye(len(W))[ids[t : t + 1]] @ W + h @ U + b
        c = sigmoid(z[:, n : 2 * n]) * c + sigmoid(z[:, :n]) * np.tanh(
            z[:, 2 * n : 3 * n]
        )
        h = sigmoid(z[:, 3 * n :]) * np.tanh(c)
        p = np.exp(h @ V + a)
        total -= np.log(p[0, ids[t + 1]] / p.sum())
    return math.exp(total / (len(ids) - 1))


def lstm_perplexity_2(W, U, b, V, a, ids):
    W, U, b, V, a = (np.asarray(each, "float32") for each in (W, U, b, V, a))
    h = c = np.zeros(len(U), "float32")
    outputs = []
    for z in W[ids[:-1]] + b:
        i, f, g, o = (z + U.T @ h).reshape(4, -1)
        c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
        h = np.tanh(c) / (1 + np.exp(-o))
        outputs.append(h)
    logits = np.stack(outputs) @ V + a
    logits -= logits.max(axis=1, keepdims=True)
    log_probs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return np.exp(-np.take_along_axis(log_probs, ids[1:, None], axis=1).mean())


def lstm_perplexity_3(W, U, b, V, a, ids):
    """The geometric mean of one over the probabilities, in bits."""

    def after(place):
        if place < 0:
            return np.zeros(len(U)), np.zeros(len(U))
        h, c = after(place - 1)
        i, f, g, o = np.split(W[ids[place]] + h @ U + b, 4)
        i, f, o = 1 / (1 + np.exp(-np.stack([i, f, o])))
        c = f * c + i * np.tanh(g)
        return o * np.tanh(c), c

    bits = 0
    for place, target in enumerate(ids[1:]):
        exponentials = np.exp(after(place)[0] @ V + a)
        bits -= np.log2(exponentials[target] / sum(exponentials))
    return 2 ** (bits / (len(ids) - 1))
