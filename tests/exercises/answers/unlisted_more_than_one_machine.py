"""Wrong answers to the exercises of notebook 14 that no check expects."""

import numpy as np


def stretch_of_worker_1(num_letters, batch_size, number, index):
    length = (num_letters - 1) // batch_size
    num_read = batch_size // number * length
    return index * num_read + 1, (index + 1) * num_read + 1


def stretch_of_worker_2(num_letters, batch_size, number, index):
    num_read = (num_letters - 1) // batch_size * batch_size // number
    return index * num_read, num_read


def mean_of_shares_1(gradients, num_streams):
    weights = np.sqrt(num_streams)
    return weights @ gradients / weights.sum()


def mean_of_shares_2(gradients, num_streams):
    return gradients[np.argmax(num_streams)]


def add_along_ring_1(parts, step):
    number, new = len(parts), parts.copy()
    for worker in range(number):  # two places further, not one
        part = (worker - step) % number
        new[(worker + 2) % number, part] += parts[worker, part]
    return new


def add_along_ring_2(parts, step):
    new = parts.copy()
    for worker in range(len(parts)):  # added to whatever part is in the same place
        new[(worker + 1) % len(parts)] += parts[worker, (worker - step) % len(parts)]
    return new


def weak_efficiency_1(number, compute, num_bytes, latency, bandwidth):
    message = latency + num_bytes / number / bandwidth
    return compute / (compute + 2 * number * message)


def weak_efficiency_2(number, compute, num_bytes, latency, bandwidth):
    return min(1, compute / (2 * (number - 1) * latency + num_bytes / bandwidth))


def clip_among_workers_1(gradients, limit):
    return [np.clip(of_all.mean(axis=0), -limit, limit) for of_all in gradients]


def clip_among_workers_2(gradients, limit):
    means = [of_all.mean(axis=0) for of_all in gradients]
    length = sum(np.linalg.norm(mean) for mean in means)
    return [mean * limit / max(length, limit) for mean in means]
