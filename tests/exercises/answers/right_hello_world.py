"""Right answers to the exercises of notebook 02, written in other ways."""

import math

import numpy as np


def loss_of_guessing_1(vocab_size):
    return -math.log(1 / vocab_size)


def loss_of_guessing_2(vocab_size):
    return float(np.log2(vocab_size) * np.log(2))


def loss_of_guessing_3(vocab_size):
    logits = np.zeros(vocab_size)
    return np.log(np.exp(logits).sum()) - logits[0]


def shift_targets_1(ids):
    return [*ids][:-1], [*ids][1:]


def shift_targets_2(ids):
    pairs = [*zip(ids, ids[1:], strict=False)]
    return [read for read, _ in pairs], [answer for _, answer in pairs]


def shift_targets_3(ids):
    return np.stack([ids[: len(ids) - 1], ids[1 : len(ids)]])


def mean_loss_1(logits, targets):
    total = 0.0
    for row, target in zip(logits, targets, strict=True):
        total -= math.log(math.exp(row[target]) / sum(map(math.exp, row)))
    return total / len(targets)


def mean_loss_2(logits, targets):
    one_hot = np.eye(logits.shape[1])[targets]
    return np.mean(np.log(np.exp(logits).sum(1)) - (logits * one_hot).sum(1))


def mean_loss_3(logits, targets):
    logits = np.asarray(logits, "float32")
    logits = logits - logits.max(axis=1, keepdims=True)
    log_probs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -np.mean([log_probs[n, k] for n, k in enumerate(targets)])


def read_in_pieces_1(step, state, pieces):
    outputs = []
    for id in [id for piece in pieces for id in piece]:
        output, state = step(id, state)
        outputs += [output]
    return outputs, state


def read_in_pieces_2(step, state, pieces):
    def read(state, piece):
        outputs = []
        for id in piece:
            output, state = step(id, state)
            outputs.append(output)
        return outputs, state

    everything = []
    for piece in pieces:
        outputs, state = read(state, piece)
        everything.extend(outputs)
    return everything, state


def read_in_pieces_3(step, state, pieces):
    flat, outputs = sum(pieces, []), []
    while flat:
        output, state = step(flat.pop(0), state)
        outputs.append(output)
    return [outputs, state]


def write_greedily_1(step, state, first, num_letters):
    ids = [first]
    while len(ids) <= num_letters:
        logits, state = step(ids[-1], state)
        ids.append(logits.argmax())
    return ids[1:]


def write_greedily_2(step, state, first, num_letters):
    if not num_letters:
        return []
    logits, state = step(first, state)
    best = max(range(len(logits)), key=lambda n: logits[n])
    return [best, *write_greedily_2(step, state, best, num_letters - 1)]


def write_greedily_3(step, state, first, num_letters):
    new = np.zeros(num_letters, int)
    for n in range(num_letters):
        logits, state = step(int(new[n - 1]) if n else first, state)
        new[n] = np.argsort(logits)[-1]
    return new


def cut_gradient_1(weight, first, second):
    start = 0
    for x in first:
        start = start * weight + x

    def last(w):
        state = start
        for x in second:
            state = state * w + x
        return state

    step = 1e-5
    return (last(weight + step) - last(weight - step)) / (2 * step)


def cut_gradient_2(weight, first, second):
    states = [0.0]
    for x in first + second:
        states.append(weight * states[-1] + x)
    before = states[len(first) : -1]  # the states that the steps of `second` read
    return sum(h * weight ** (len(before) - 1 - n) for n, h in enumerate(before))


def cut_gradient_3(weight, first, second):
    state = np.polyval(first, weight)
    return np.polyval(np.polyder([state, *second]), weight)
