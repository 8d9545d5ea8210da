"""How good a sequence model is, from its log-likelihoods. NumPy alone.

Likelihoods are summed in nats (natural logarithms) and turned into a figure that
people compare once, at the end.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from seqmodels.text.checks import check_ids


def cross_entropy(
    logits: ArrayLike, targets: ArrayLike, mask: ArrayLike | None = None
) -> tuple[float, int]:
    """Summed negative log-likelihood of targets, and how many there are.

    Args:
        logits: `(..., vocab_size)`; minus infinity is an impossible token.
        targets: Ids, `(...)`.
        mask: Booleans, or 0 and 1, `(...)`; `False` leaves a target out, whatever
            stands there.

    Returns:
        The sum in nats, and the number of targets in it; infinity if an impossible
        token came.

    Raises:
        TypeError: If the targets are not integers.
        ValueError: If the shapes do not go together, an id is out of range, a logit
            is NaN or plus infinity, or all of a target's are minus infinity.
    """
    logits, targets = np.asarray(logits, np.float64), check_ids("targets", targets)
    if not logits.ndim or not logits.shape[-1]:
        raise ValueError(
            f"`logits` must have shape (..., vocab_size); got {logits.shape}."
        )
    if targets.shape != logits.shape[:-1]:
        raise ValueError(
            f"`targets` must have shape {logits.shape[:-1]}, that of `logits` without "
            f"its last axis; got {targets.shape}."
        )
    if mask is not None:
        mask = _check_mask(mask, targets.shape)
        logits, targets = logits[mask], targets[mask]
    check_ids("targets", targets, logits.shape[-1])
    top = logits.max(axis=-1, keepdims=True)
    wrong = top[~np.isfinite(top)]  # NaN is the largest of its row, too
    if wrong.size:
        raise ValueError(
            "`logits` must be finite, or minus infinity for an impossible token, and "
            f"leave one possible; got a row whose largest is {wrong[0]}."
        )
    log_sum = top[..., 0] + np.log(np.exp(logits - top).sum(axis=-1))
    chosen = np.take_along_axis(logits, targets[..., None], axis=-1)[..., 0]
    return float((log_sum - chosen).sum()), targets.size


def perplexity(nll: float, num_tokens: float) -> float:
    """The number of equally likely tokens that would be as hard to guess.

    >>> round(perplexity(nll=1000 * math.log(27), num_tokens=1000), 6)
    27.0

    Args:
        nll: Summed negative log-likelihood of the text, in nats.
        num_tokens: Number of tokens that the sum covers.

    Returns:
        Infinity where it is larger than any float, as for an impossible text.

    Raises:
        ValueError: If there are no tokens, or `nll` is NaN or negative.
    """
    try:
        return math.exp(_mean(nll, "num_tokens", num_tokens))
    except OverflowError:
        return math.inf


def bits_per_char(nll: float, num_chars: float) -> float:
    """Mean negative log-likelihood per character, in bits.

    Args:
        nll: Summed negative log-likelihood of the text, in nats.
        num_chars: Number of characters that the sum covers; a bigram counts two.

    Raises:
        ValueError: If there are no characters, or `nll` is NaN or negative.
    """
    return _mean(nll, "num_chars", num_chars) / math.log(2)


def exact_match(
    predicted: ArrayLike, targets: ArrayLike, mask: ArrayLike | None = None
) -> float:
    """Share of sequences that are right from end to end.

    >>> exact_match([[1, 2], [3, 4]], [[1, 2], [3, 5]])
    0.5

    Args:
        predicted: Ids, `(batch, num_steps)`.
        targets: Ids, `(batch, num_steps)`.
        mask: Booleans, or 0 and 1, `(batch, num_steps)`; a `False` step is not
            compared.

    Raises:
        TypeError: If the ids are not integers.
        ValueError: If the shapes differ, or there are no sequences.
    """
    predicted = check_ids("predicted", predicted)
    targets = check_ids("targets", targets)
    if predicted.shape != targets.shape or targets.ndim != 2:
        raise ValueError(
            "`predicted` and `targets` must have one shape (batch, num_steps); "
            f"got {predicted.shape} and {targets.shape}."
        )
    right = predicted == targets
    if mask is not None:
        right |= ~_check_mask(mask, targets.shape)
    if not len(targets):
        raise ValueError("`targets` must hold at least one sequence; got none.")
    return float(right.all(axis=1).mean())


def _check_mask(mask, shape):
    mask = np.asarray(mask)
    if mask.shape != shape:
        raise ValueError(f"`mask` must have shape {shape}; got {mask.shape}.")
    if mask.dtype != bool and not np.isin(mask, (0, 1)).all():
        wrong = mask[~np.isin(mask, (0, 1))][0]  # lengths, say, or weights
        raise ValueError(f"`mask` must be booleans, or 0 and 1; got {wrong}.")
    return mask.astype(bool)


def _mean(nll, name, number):
    if not 0 < number < math.inf:  # also refuses NaN
        raise ValueError(f"`{name}` must be positive and finite; got {number}.")
    if math.isnan(nll):
        raise ValueError("`nll` must be a number of nats; got nan.")
    if nll < -1e-6 * number:  # more than what rounding does to a text that is certain
        raise ValueError(
            f"`nll` must not be negative; got {nll}. It is minus the log-likelihood."
        )
    return nll / number
