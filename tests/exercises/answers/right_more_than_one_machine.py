"""Right answers to the exercises of notebook 14, written in other ways."""

import math

import numpy as np

# The larger of two is the same in either order.
SAME = {
    "clip_among_workers": {"swapped: max(length, limit) -> max(limit, length)"},
}


def stretch_of_worker_1(num_letters, batch_size, number, index):
    length = -(-num_letters // batch_size) - 1
    if (length + 1) * batch_size < num_letters:
        length += 1
    streams = batch_size // number
    first = index * streams * length
    return first, first + streams * length


def stretch_of_worker_2(num_letters, batch_size, number, index):
    used = (num_letters - 1) // batch_size * batch_size
    places = np.arange(used).reshape(number, -1)[index]
    return [int(places[0]), int(places[-1]) + 1]


def stretch_of_worker_3(num_letters, batch_size, number, index):
    length = (num_letters - 1) // batch_size
    ends = [length * batch_size * n // number for n in (index, index + 1)]
    return tuple(ends)


def mean_of_shares_1(gradients, num_streams):
    return np.average(gradients, axis=0, weights=num_streams)


def mean_of_shares_2(gradients, num_streams):
    return np.repeat(gradients, num_streams, axis=0).mean(axis=0)


def mean_of_shares_3(gradients, num_streams):
    total = 0
    for gradient, number in zip(gradients, num_streams, strict=True):
        total = total + gradient * (number / sum(num_streams))
    return total


def add_along_ring_1(parts, step):
    number = len(parts)
    senders = np.arange(number)
    which = (senders - step) % number
    parts = np.array(parts)
    parts[(senders + 1) % number, which] += parts[senders, which]
    return parts


def add_along_ring_2(parts, step):
    number, new = len(parts), []
    for worker in range(number):
        rows = [row.copy() for row in parts[worker]]
        part = (worker - 1 - step) % number
        rows[part] = rows[part] + parts[worker - 1][part]
        new.append(rows)
    return np.array(new)


def add_along_ring_3(parts, step):
    number = len(parts)
    mask = np.roll(np.eye(number), -step, axis=1)  # who sends which part
    sent = parts * mask[:, :, None]
    return parts + np.roll(sent, 1, axis=0)


def weak_efficiency_1(number, compute, num_bytes, latency, bandwidth):
    messages = 2 * number - 2
    waiting = messages * latency + messages * num_bytes / (number * bandwidth)
    return 1 - waiting / (compute + waiting)


def weak_efficiency_2(number, compute, num_bytes, latency, bandwidth):
    if number == 1:
        return 1.0
    one_round = (number - 1) * (latency + num_bytes / bandwidth / number)
    return 1 / (1 + 2 * one_round / compute)


def weak_efficiency_3(number, compute, num_bytes, latency, bandwidth):
    seconds = compute + 2 * (number - 1) * latency
    seconds += 2 * (1 - 1 / number) * num_bytes / bandwidth
    return (number / seconds) / (number / compute)


def clip_among_workers_1(gradients, limit):
    means = [np.average(of_all, axis=0) for of_all in gradients]
    length = np.linalg.norm(np.concatenate(means))
    if length > limit:
        means = [mean / length * limit for mean in means]
    return means


def clip_among_workers_2(gradients, limit):
    row = np.concatenate(gradients, axis=1).mean(axis=0)
    row = row * min(1.0, limit / (math.hypot(*row) or 1.0))
    return np.split(row, [gradients[0].shape[1]])


def clip_among_workers_3(gradients, limit):
    means = tuple(sum(of_all) / len(of_all) for of_all in gradients)
    length = math.sqrt(sum(float(mean @ mean) for mean in means))
    return tuple(mean if length <= limit else mean * (limit / length) for mean in means)
