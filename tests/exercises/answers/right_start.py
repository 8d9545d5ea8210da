"""Right answers to the exercises of notebook 00, written in other ways."""

import itertools
import math

import numpy as np


def centre_rows_1(table):
    return np.stack([row - row.mean() for row in table])


def centre_rows_2(table):
    return (table.T - table.mean(axis=-1)).T


def centre_rows_3(table):
    return table @ (np.eye(table.shape[1]) - 1 / table.shape[1])


def pick_targets_1(scores, targets):
    return np.take_along_axis(scores, targets[:, :, None], axis=2)[:, :, 0]


def pick_targets_2(scores, targets):
    one_hot = np.eye(scores.shape[-1])[targets]
    return np.einsum("ntv,ntv->nt", scores, one_hot)


def pick_targets_3(scores, targets):
    picked = np.zeros(targets.shape)
    for place in np.ndindex(*targets.shape):
        picked[place] = scores[place][targets[place]]
    return picked


def text_bits_1(probabilities):
    return sum(-math.log(p, 2) for p in probabilities)


def text_bits_2(probabilities):
    return math.log2(1 / math.prod(probabilities))


def text_bits_3(probabilities):
    return np.sum(np.log(1 / np.array(probabilities))) / np.log(2)


def mean_surprise_1(probabilities):
    return sum(-p * math.log2(p) for p in probabilities)


def mean_surprise_2(probabilities):
    return probabilities @ np.log2(1 / probabilities)


def mean_surprise_3(probabilities):
    return np.average(-np.log(probabilities), weights=probabilities) / np.log(2)


def draw_letter_1(probabilities, uniform):
    return np.argmax(np.cumsum(probabilities) > uniform)


def draw_letter_2(probabilities, uniform):
    return sum(end <= uniform for end in itertools.accumulate(probabilities))


def draw_letter_3(probabilities, uniform):
    id = 0
    while uniform >= probabilities[id]:
        uniform -= probabilities[id]
        id += 1
    return id


def update_belief_1(prior, likelihood):
    logs = np.log(prior) + np.log(likelihood)
    return np.exp(logs) / np.exp(logs).sum()


def update_belief_2(prior, likelihood):
    return prior * likelihood / (prior @ likelihood)


def update_belief_3(prior, likelihood):
    both = [p * q for p, q in zip(prior, likelihood, strict=True)]
    return [x / sum(both) for x in both]


def central_slope_1(function, x, step):
    right, left = function(x + 0.5 * step), function(x - 0.5 * step)
    return (right - left) / step


def central_slope_2(function, x, step):
    half = step / 2
    return (function(x + half) - function(x - half)) / (2 * half)


def central_slope_3(function, x, step):
    places = x + step * np.array([-0.5, 0.5])
    return np.diff(function(places))[0] / np.diff(places)[0]
