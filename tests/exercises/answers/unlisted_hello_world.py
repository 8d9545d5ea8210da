"""Wrong answers to the exercises of notebook 02 that no check expects."""

import numpy as np


def shift_targets_1(ids):
    # Many to one: the text's last letter is the answer to everything.
    return ids[:-1], np.full(len(ids) - 1, ids[-1])


def shift_targets_2(ids):
    # Each letter has one follower, the one that was seen last.
    follower = dict(zip(ids[:-1].tolist(), ids[1:].tolist(), strict=True))
    return ids[:-1], np.array([follower[i] for i in ids[:-1].tolist()])


def read_in_pieces_1(step, state, pieces):
    # Where two pieces meet, the last letter before is read again.
    all_logits, last = [], None
    for piece in pieces:
        if last is not None:
            _, state = step(last, state)
        for last in piece:
            logits, state = step(last, state)
            all_logits.append(logits)
    return all_logits, state


def read_in_pieces_2(step, state, pieces):
    # Of each piece the first letter is read, then its own likeliest.
    all_logits = []
    for piece in pieces:
        new = piece[0]
        for _ in piece:
            logits, state = step(new, state)
            all_logits.append(logits)
            new = int(np.argmax(logits))
    return all_logits, state


def loss_of_guessing_1(vocab_size):
    # The right letter called right, and every other called wrong.
    p = 1 / vocab_size
    return -np.log(p) - (vocab_size - 1) * np.log(1 - p)


def loss_of_guessing_2(vocab_size):
    # One needs so many guesses on average until one has the letter.
    return np.log((vocab_size + 1) / 2)


def mean_loss_1(logits, targets):
    # The greatest is taken off above, but not below.
    rest = logits - logits.max(axis=-1, keepdims=True)
    right = rest[np.arange(len(targets)), targets]
    return np.mean(np.log(np.exp(logits).sum(axis=-1)) - right)


def mean_loss_2(logits, targets):
    # The right letter against all the others: odds, not a probability.
    steps = np.arange(len(targets))
    scores = np.exp(logits)
    right = scores[steps, targets]
    return -np.mean(np.log(right / (scores.sum(axis=-1) - right)))


def write_greedily_1(step, state, first, num_letters):
    # Looks a letter ahead: the best pair, of which the first is written.
    def log_probs(logits):
        return logits - np.log(np.sum(np.exp(logits)))

    new, text = first, []
    for _ in range(num_letters):
        logits, state = step(new, state)
        pairs = [
            p + np.max(log_probs(step(n, state)[0]))
            for n, p in enumerate(log_probs(logits))
        ]
        new = int(np.argmax(pairs))
        text.append(new)
    return text


def write_greedily_2(step, state, first, num_letters):
    # The likeliest "after all before it": the logits are added up.
    new, total, text = first, 0, []
    for _ in range(num_letters):
        logits, state = step(new, state)
        total = total + np.asarray(logits)
        new = int(np.argmax(total))
        text.append(new)
    return text


def cut_gradient_1(weight, first, second):
    # Only the carried state is multiplied by the weight.
    state = 0.0
    for x in first:
        state = weight * state + x
    n = len(second)
    return n * weight ** (n - 1) * state


def cut_gradient_2(weight, first, second):
    # The whole derivative, less what it was at the cut.
    state = slope = 0.0
    for x in first:
        state, slope = weight * state + x, state + weight * slope
    at_cut = slope
    for x in second:
        state, slope = weight * state + x, state + weight * slope
    return slope - at_cut
