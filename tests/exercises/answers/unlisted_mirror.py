"""Wrong answers to the exercises of notebook 08 that no check expects."""

from collections import Counter

import numpy as np


def with_and_without_teacher_1(step, state, target):
    counts = []
    for has_teacher in (True, False):
        id, now, answers = 1, state, []
        for wanted in target:
            scores, now = step(id, now)
            answers.append(int(np.argmax(scores)))
            id = wanted if has_teacher else answers[-1]
        found = Counter(answers) & Counter(int(wanted) for wanted in target)
        counts.append(found.total())  # wherever they stand
    return tuple(counts)


def with_and_without_teacher_2(step, state, target):
    counts = []
    for has_teacher in (True, False):
        id, now, right = 1, state, 0
        for place, wanted in enumerate(target):
            scores, now = step(id, now)
            answer = int(np.argmax(scores))
            right += int(answer == wanted)
            id = wanted if has_teacher or place == 0 else answer  # helped to start
        counts.append(right)
    return tuple(counts)


def with_and_without_teacher_3(step, state, target):
    before, own, taught, alone = 1, 1, 0, 0
    for wanted in target:
        scores, state = step(before, state)
        taught += int(np.argmax(scores)) == wanted
        before = wanted
        scores, state = step(own, state)  # both read into one state
        own = int(np.argmax(scores))
        alone += own == wanted
    return taught, alone


def look_back_1(queries, memory, mask):
    scores = np.where(mask, queries @ memory.T, -1e9)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return queries + weights @ memory, weights


def look_back_2(queries, memory, mask):
    scores = np.where(mask, queries @ memory.T, -1e9)
    weights = np.eye(len(memory))[scores.argmax(axis=-1)]
    return weights @ memory, weights


def look_back_3(queries, memory, mask):
    scores = queries @ memory.T  # nothing fits where it is masked
    weights = np.exp(scores[:, mask])
    weights = weights / weights.sum(axis=-1, keepdims=True)
    return weights @ memory[mask], scores * mask


def look_back_4(queries, memory, mask):
    scores = np.where(mask, queries @ memory, -1e9)  # of other shapes
    weights = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    return weights @ memory, weights


def numbers_to_look_at_1():
    return 49 * 128 + 2 * 128  # and the encoder's last states


def numbers_to_look_at_2():
    return 49 * 32  # what the embedding makes of each character


def look_before_each_step_1(x, memory, state, w):
    states, z = [], np.zeros(len(state))
    for letter in x:
        weights = np.exp(memory @ state)
        z = z + weights @ memory / weights.sum()
        state = np.tanh(np.concatenate([letter, state, z]) @ w)
        states.append(state)
    return np.array(states)


def look_before_each_step_2(x, memory, state, w):
    states = []
    for letter in x:
        weights = np.exp(memory * state)  # each unit looks where it likes
        z = (weights * memory).sum(axis=0) / weights.sum(axis=0)
        state = np.tanh(np.concatenate([letter, state, z]) @ w)
        states.append(state)
    return np.array(states)


def look_before_each_step_3(x, memory, state, w):
    states = []
    for letter in x:
        weights = np.exp(memory @ state)
        z = weights @ memory / weights.sum()
        state = np.tanh(np.concatenate([z, state, letter]) @ w)
        states.append(state)
    return np.array(states)


def search_widely_1(step, state, width, max_length):
    kept = [([], 0.0, state)]
    for _ in range(max_length):
        found = _continue(step, kept)
        found.sort(key=lambda each: -each[1])
        kept, ends = [], set()
        for each in found:
            if each[0][-1] not in ends and len(kept) < width:
                kept.append(each)
                ends.add(each[0][-1])  # one for each last id
    return kept[0][:2]


def search_widely_2(step, state, width, max_length):
    kept = [([], 0.0, state)]
    for _ in range(max_length):
        found = _continue(step, kept)
        kept = sorted(found, key=lambda each: -each[1] / len(each[0]))[:width]
    return max(kept, key=lambda each: each[1])[:2]


def search_widely_3(step, state, width, max_length):
    kept, ended = [([], 0.0, state)], []
    for _ in range(max_length):
        found = sorted(_continue(step, kept), key=lambda each: -each[1])
        found = found[: width - len(ended)]  # the beam narrows
        ended += [each for each in found if each[0][-1] == 2]
        kept = [each for each in found if each[0][-1] != 2]
    return max(kept + ended, key=lambda each: each[1])[:2]


def search_widely_4(step, state, width, max_length):
    kept = [([], 0.0, state)]
    for _ in range(max_length):
        found = sorted(_continue(step, kept), key=lambda each: -each[1])
        kept = found[: 2 * width]
    return kept[0][:2]


def _continue(step, kept):
    found = []
    for written, total, state in kept:
        if written and written[-1] == 2:
            found.append((written, total, state))
            continue
        log_probs, after = step(written[-1] if written else 1, state)
        for id, log_prob in enumerate(log_probs):
            found.append(([*written, id], total + float(log_prob), after))
    return found
