"""Wrong answers to the exercises of notebook 00 that no check expects."""

import numpy as np


def centre_rows_1(table):
    return (table - table.mean(axis=1, keepdims=True)) / table.std()


def pick_targets_1(scores, targets):
    return scores.min(axis=-1)


def text_bits_1(probabilities):
    return np.prod(probabilities)


def mean_surprise_1(probabilities):
    return (probabilities * np.log2(probabilities)).sum()


def draw_letter_1(probabilities, uniform):
    return int(np.searchsorted(np.cumsum(probabilities[::-1]), uniform))


def update_belief_1(prior, likelihood):
    return prior / likelihood


def central_slope_1(function, x, step):
    return (function(x - step / 2) - function(x + step / 2)) / step
