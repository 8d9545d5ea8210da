"""Right answers to the exercises of notebook 08, written in other ways."""

import heapq
import math

import numpy as np


def with_and_without_teacher_1(step, state, target):
    right = {"taught": 0, "alone": 0}
    taught_state, alone_state, before, own = state, state, 1, 1
    for wanted in target:  # both at once
        scores, taught_state = step(before, taught_state)
        right["taught"] += scores.argmax() == wanted
        scores, alone_state = step(own, alone_state)
        own = scores.argmax()
        right["alone"] += own == wanted
        before = wanted
    return [*right.values()]


def with_and_without_teacher_2(step, state, target):
    def best(scores):
        return max(range(len(scores)), key=lambda id: scores[id])

    guesses, now = [], state
    for id in [1, *target][:-1]:
        scores, now = step(id, now)
        guesses.append(best(scores))
    written, now = [1], state
    for _ in target:
        scores, now = step(written[-1], now)
        written.append(best(scores))
    same = [np.equal(ids, target) for ids in (guesses, written[1:])]
    return tuple(np.sum(same, axis=1))


def with_and_without_teacher_3(step, state, target):
    def right(id, state, rest, has_teacher):
        if not rest:
            return 0
        scores, state = step(id, state)
        written = np.argsort(scores)[-1]
        read = rest[0] if has_teacher else written
        return (written == rest[0]) + right(read, state, rest[1:], has_teacher)

    return np.array([right(1, state, target, taught) for taught in (True, False)])


def look_back_1(queries, memory, mask):
    letters = np.flatnonzero(mask)
    weights = np.zeros((len(queries), len(memory)))
    for t, query in enumerate(queries):
        fits = [math.exp(query @ memory[s]) for s in letters]
        weights[t, letters] = np.array(fits) / sum(fits)
    return weights @ memory, weights


def look_back_2(queries, memory, mask):
    scores = np.einsum("tu,su->ts", queries, memory).astype("float32")
    scores[:, ~mask] = -1e9
    scores -= scores.max(axis=1, keepdims=True)
    weights = np.exp(scores) / np.exp(scores).sum(axis=1)[:, None]
    return np.einsum("ts,su->tu", weights, memory), weights


def look_back_3(queries, memory, mask):
    fits = np.exp(memory @ queries.T) * mask[:, None]  # masked before it is divided
    weights = (fits / fits.sum(axis=0)).T
    seen = (weights[:, :, None] * memory).sum(axis=1)
    return [seen.tolist(), weights.tolist()]


def numbers_to_look_at_1():
    return 6272


def numbers_to_look_at_2():
    steps = [*range(48), "end"]
    return len(steps) * 128


def numbers_to_look_at_3():
    ahead = back = np.zeros((49, 128 // 2))
    return np.concatenate([ahead, back], axis=1).size


def look_before_each_step_1(x, memory, state, w):
    for_letter, for_state, for_seen = np.split(w, 3)
    states = np.zeros_like(x)
    for t in range(len(x)):
        before = states[t - 1] if t else state
        scores = memory @ before
        fits = np.exp(scores - scores.max())
        seen = (fits[:, None] * memory).sum(axis=0) / fits.sum()
        states[t] = np.tanh(x[t] @ for_letter + before @ for_state + seen @ for_seen)
    return states


def look_before_each_step_2(x, memory, state, w):
    if not len(x):
        return []
    fits = [math.exp(step @ state) for step in memory]
    seen = sum(fit * step for fit, step in zip(fits, memory, strict=True)) / sum(fits)
    state = np.tanh(w.T @ np.hstack([x[0], state, seen]))
    return [state, *look_before_each_step_2(x[1:], memory, state, w)]


def look_before_each_step_3(x, memory, state, w):
    x, memory, h, w = (np.asarray(a, "float32") for a in (x, memory, state[None], w))
    states = []
    for letter in x[:, None]:
        weights = np.exp(h @ memory.T)
        weights /= weights.sum(axis=1, keepdims=True)
        h = np.tanh(np.concatenate([letter, h, weights @ memory], axis=1) @ w)
        states.append(h)
    return np.concatenate(states)


def search_widely_1(step, state, width, max_length):
    beams = [(0.0, (), state)]
    for _ in range(max_length):
        if all(ids[-1:] == (2,) for _, ids, _ in beams):
            break
        longer = [beam for beam in beams if 2 in beam[1]]
        for score, ids, before in beams:
            if 2 not in ids:
                log_probs, after = step(ids[-1] if ids else 1, before)
                for id in range(len(log_probs)):
                    longer.append((score + log_probs[id], (*ids, id), after))
        beams = heapq.nlargest(width, longer, key=lambda beam: beam[0])
    return [*beams[0][1]], beams[0][0]


def search_widely_2(step, state, width, max_length):
    ids, scores, states = [[1]], np.zeros(1), [state]  # lists side by side
    for _ in range(max_length):
        if ids[0][-1] == 2:  # nothing that is less likely can become likelier
            break
        total, afters = np.full((len(ids), 5), -np.inf), []
        for n, answer in enumerate(ids):
            if answer[-1] == 2:
                total[n, 0] = scores[n]  # padding, at no cost
                afters.append(states[n])
            else:
                log_probs, after = step(answer[-1], states[n])
                total[n] = scores[n] + log_probs
                afters.append(after)
        order = np.argsort(-total.ravel(), kind="stable")[:width]
        best = [divmod(int(n), 5) for n in order if total.ravel()[n] > -np.inf]
        ids = [
            ids[parent] if ids[parent][-1] == 2 else ids[parent] + [id]
            for parent, id in best
        ]
        scores = np.array([total[pair] for pair in best])
        states = [afters[parent] for parent, _ in best]
    return ids[0][1:], scores[0]


def search_widely_3(step, state, width, max_length):
    def go_on(beams, rounds):
        if not rounds:
            return max(beams, key=lambda beam: beam["score"])
        tried = []
        for beam in beams:
            if beam["ids"] and beam["ids"][-1] == 2:
                tried.append(beam)
                continue
            log_probs, after = step([1, *beam["ids"]][-1], beam["state"])
            for id, log_prob in enumerate(log_probs):
                score = beam["score"] + log_prob
                ids = beam["ids"] + [id]
                tried.append({"ids": ids, "score": score, "state": after})
        tried.sort(key=lambda beam: -beam["score"])
        return go_on(tried[:width], rounds - 1)

    best = go_on([{"ids": [], "score": 0.0, "state": state}], max_length)
    return best["ids"], best["score"]
