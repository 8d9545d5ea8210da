"""Arithmetic of probabilities, small ones too. NumPy alone."""

import numpy as np
from numpy.typing import ArrayLike


def log(probs: np.ndarray) -> np.ndarray:
    """Logarithms, where that of 0 is minus infinity without a word."""
    with np.errstate(divide="ignore"):
        return np.log(probs)


def sum_of_paths(
    start: np.ndarray, transitions: np.ndarray, emissions: np.ndarray, ids: np.ndarray
) -> float:
    """Log-probability of one text, summed over every path of hidden states.

    It is a product of matrices, one for each token. They are multiplied in pairs, the
    products in pairs, and so on: few steps even for a million tokens.
    """
    piece = 2**20 // len(start) ** 2  # tokens whose matrices fit in memory
    so_far = ()
    for begin in range(0, len(ids), piece):
        likely = emissions.T[ids[begin : begin + piece]]
        matrices = transitions * likely[:, None, :]  # (tokens, from, to)
        if begin == 0:
            matrices[0] = start * likely[0]  # wherever one comes from
        so_far = _multiply(matrices, *so_far)
    (matrix,), (log_scale,) = so_far
    return float(log(matrix[0].sum()) + log_scale[0])


def _multiply(matrices, before=None, log_scales=None):
    """The product of matrices, each row with a logarithmic scale of its own.

    One scale for all would let the rows of unlikely states vanish.
    """
    scales = np.zeros(matrices.shape[:2])
    if before is not None:
        matrices = np.concatenate([before, matrices])
        scales = np.concatenate([log_scales, scales])
    while True:
        tops = matrices.max(axis=2)
        matrices = matrices / np.where(tops > 0, tops, 1)[:, :, None]
        scales = scales + log(tops)
        if len(matrices) == 1:
            return matrices, scales
        even = len(matrices) // 2 * 2
        weights = log(matrices[:even:2]) + scales[1:even:2, None, :]
        tops = weights.max(axis=2)
        finite = np.where(tops > -np.inf, tops, 0)
        product = np.exp(weights - finite[:, :, None]) @ matrices[1:even:2]
        matrices = np.concatenate([product, matrices[even:]])
        scales = np.concatenate([scales[:even:2] + tops, scales[even:]])


def normalize(weights: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """Rows that sum to 1; a row of zeros, a state never in use, stays as it was."""
    total = weights.sum(axis=-1, keepdims=True)
    return np.where(total > 0, weights / np.where(total > 0, total, 1), otherwise)


def distributions(name: str, probs: ArrayLike, axes: int) -> np.ndarray:
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
