"""How good a sequence model is, from its log-likelihoods. NumPy alone.

Likelihoods are summed in nats (natural logarithms) and turned into a figure that
people compare once, at the end.
"""

import math

import numpy as np

from seqmodels.text.checks import check_ids


def cross_entropy(logits, targets, mask=None):
    """Summed negative log-likelihood of targets, and how many there are.

    Args:
        logits: `(..., vocab_size)`.
        targets: Ids, `(...)`.
        mask: Booleans, `(...)`; `False` leaves a target out.

    Returns:
        The sum in nats, and the number of targets in it.

    Raises:
        ValueError: If the shapes do not go together, or an id is out of range.
    """
    logits = np.asarray(logits, np.float64)
    targets = check_ids("targets", targets, logits.shape[-1])
    if targets.shape != logits.shape[:-1]:
        raise ValueError(
            f"`targets` must have shape {logits.shape[:-1]}, that of `logits` without "
            f"its last axis; got {targets.shape}."
        )
    mask = np.ones(targets.shape, bool) if mask is None else mask
    mask = _check_mask(mask, targets.shape)
    top = logits.max(axis=-1, keepdims=True)
    log_sum = top[..., 0] + np.log(np.exp(logits - top).sum(axis=-1))
    chosen = np.take_along_axis(logits, targets[..., None], axis=-1)[..., 0]
    return float((log_sum - chosen)[mask].sum()), int(mask.sum())


def perplexity(nll, num_tokens):
    """The number of equally likely tokens that would be as hard to guess.

    >>> round(perplexity(nll=1000 * math.log(27), num_tokens=1000), 6)
    27.0

    Args:
        nll: Summed negative log-likelihood of the text, in nats.
        num_tokens: Number of tokens that the sum covers.

    Raises:
        ValueError: If there are no tokens.
    """
    return math.exp(nll / _positive("num_tokens", num_tokens))


def bits_per_char(nll, num_chars):
    """Mean negative log-likelihood per character, in bits.

    Args:
        nll: Summed negative log-likelihood of the text, in nats.
        num_chars: Number of characters that the sum covers; a bigram counts two.

    Raises:
        ValueError: If there are no characters.
    """
    return nll / _positive("num_chars", num_chars) / math.log(2)


def exact_match(predicted, targets, mask=None):
    """Share of sequences that are right from end to end.

    >>> exact_match([[1, 2], [3, 4]], [[1, 2], [3, 5]])
    0.5

    Args:
        predicted: Ids, `(batch, num_steps)`.
        targets: Ids, `(batch, num_steps)`.
        mask: Booleans, `(batch, num_steps)`; a `False` step is not compared.

    Raises:
        ValueError: If the shapes differ, or there are no sequences.
    """
    predicted, targets = np.asarray(predicted), np.asarray(targets)
    if predicted.shape != targets.shape or targets.ndim != 2:
        raise ValueError(
            "`predicted` and `targets` must have one shape (batch, num_steps); "
            f"got {predicted.shape} and {targets.shape}."
        )
    right = predicted == targets
    if mask is not None:
        right |= ~_check_mask(mask, targets.shape)
    _positive("batch", len(targets))
    return float(right.all(axis=1).mean())


def _check_mask(mask, shape):
    mask = np.asarray(mask, bool)
    if mask.shape != shape:
        raise ValueError(f"`mask` must have shape {shape}; got {mask.shape}.")
    return mask


def _positive(name, number):
    if number <= 0:
        raise ValueError(f"`{name}` must be positive; got {number}.")
    return number
