"""Arithmetic of probabilities, small ones too. NumPy alone."""

import numpy as np


def multiply(matrices, before=None, log_scales=None):
    """The product of matrices, each row with a logarithmic scale of its own.

    One scale for all would let the rows of unlikely states vanish.
    """
    scales = np.zeros(matrices.shape[:2])
    if before is not None:
        matrices = np.concatenate([before, matrices])
        scales = np.concatenate([log_scales, scales])
    with np.errstate(divide="ignore"):  # log 0 is minus infinity, as it should be
        while True:
            tops = matrices.max(axis=2)
            matrices = matrices / np.where(tops > 0, tops, 1)[:, :, None]
            scales = scales + np.log(tops)
            if len(matrices) == 1:
                return matrices, scales
            even = len(matrices) // 2 * 2
            weights = np.log(matrices[:even:2]) + scales[1:even:2, None, :]
            tops = weights.max(axis=2)
            finite = np.where(tops > -np.inf, tops, 0)
            product = np.exp(weights - finite[:, :, None]) @ matrices[1:even:2]
            matrices = np.concatenate([product, matrices[even:]])
            scales = np.concatenate([scales[:even:2] + tops, scales[even:]])


def normalize(weights, otherwise):
    """Rows that sum to 1; a row of zeros, a state never in use, stays as it was."""
    total = weights.sum(axis=-1, keepdims=True)
    return np.where(total > 0, weights / np.where(total > 0, total, 1), otherwise)


def distributions(name, probs, axes):
    """Probabilities as an array of so many axes, or an error that names them."""
    probs = np.array(probs, np.float64)
    if probs.ndim != axes or not probs.size:
        raise ValueError(f"`{name}` must have {axes} axes; got shape {probs.shape}.")
    sums = probs.sum(axis=-1)
    if not (probs >= 0).all() or not np.allclose(sums, 1, rtol=0, atol=1e-6):
        raise ValueError(
            f"`{name}` must be probabilities that sum to 1 in each row; got sums "
            f"from {sums.min():.6g} to {sums.max():.6g}, least entry {probs.min():.6g}."
        )
    return probs
