"""Choosing the next token, and the next, and the next."""

from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from seqmodels.text.checks import check_ids, check_size


def sample_logits(
    logits: ArrayLike,
    rng: np.random.Generator,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
) -> np.ndarray:
    """Draws one id from each row of logits. NumPy alone.

    >>> sample_logits([[0.0, 2.0, 1.0]], np.random.default_rng(0), temperature=0)
    array([1], dtype=int32)

    Args:
        logits: `(batch, vocab_size)`; minus infinity is an impossible id, which is
            never drawn.
        rng: `numpy.random.Generator`.
        temperature: Divides the logits: below 1 the likely becomes likelier, above
            1 everything evens out; 0 takes the likeliest, infinity any possible id.
        top_k: Draws from the `top_k` likeliest ids only, among equal logits the
            lower ids; `None` from all.

    Returns:
        Ids, `(batch,)`, `int32`.

    Raises:
        ValueError: If the temperature is negative, `top_k` is outside the
            vocabulary, a logit is NaN or plus infinity, a row leaves no id possible,
            or the logits are not two-dimensional.
    """
    logits = np.asarray(logits, np.float64)
    if logits.ndim != 2 or not logits.shape[1]:
        raise ValueError(
            f"`logits` must have shape (batch, vocab_size); got {logits.shape}."
        )
    top_k = _check_options(temperature, top_k, logits.shape[1])
    top = logits.max(axis=1, keepdims=True)
    if not (top < np.inf).all():  # NaN is the largest of its row, too
        raise ValueError(
            "`logits` must be finite, or minus infinity for what is impossible; the "
            "model has diverged."
        )
    if (top == -np.inf).any():
        row = int((top == -np.inf).argmax())
        raise ValueError(f"`logits` must leave an id possible; row {row} has none.")
    if temperature == 0:
        return logits.argmax(axis=1).astype(np.int32)
    possible = logits > -np.inf
    if top_k is not None:  # before the division, which may make all logits equal
        unlikely = np.argsort(-logits, axis=1, kind="stable")[:, top_k:]
        np.put_along_axis(possible, unlikely, False, axis=1)
    with np.errstate(over="ignore"):  # minus infinity, whose exponential is 0
        below = np.maximum(logits - top, np.finfo(np.float64).min)
        probs = np.where(possible, np.exp(below / temperature), 0)
    bounds = probs.cumsum(axis=1)
    # Scaling the draw, not the bounds, keeps it below the last one exactly.
    draws = rng.random((len(logits), 1)) * bounds[:, -1:]
    return (bounds <= draws).sum(axis=1).astype(np.int32)


def generate(
    model: object,
    prompt: ArrayLike,
    num_tokens: int,
    rng: np.random.Generator,
    *,
    temperature: float = 1.0,
    top_k: int | None = None,
) -> np.ndarray:
    """Goes on from a prompt, token by token.

    A model that has `write` does it all in compiled code; else its `step` is called
    once per token. The ids are the same either way, but for rounding.

    Args:
        model: `CharLM`, `NGramLM`, or whatever has `vocab_size`,
            `initial_states(batch_size)` and `step(ids, states)`.
        prompt: Ids, `(batch, prompt_length)`, or `(prompt_length,)`; at least one.
        num_tokens: How many tokens to add.
        rng: `numpy.random.Generator`.
        temperature: As in `sample_logits`.
        top_k: As in `sample_logits`.

    Returns:
        The new ids, without the prompt, `(batch, num_tokens)`, or `(num_tokens,)`.

    Raises:
        TypeError: If the prompt's ids are not integers.
        ValueError: If the prompt is empty or out of range, the model cannot read
            what it writes or reads features beside it, `num_tokens` is negative, or
            `temperature` or `top_k` does not fit.
    """
    # What is written is read in turn, so an id must be one of both sides.
    num_inputs = getattr(model, "input_size", model.vocab_size)
    prompt = check_ids("prompt", prompt, min(num_inputs, model.vocab_size))
    if prompt.ndim not in (1, 2) or not prompt.size:
        raise ValueError(
            "`prompt` must have shape (batch, prompt_length) or (prompt_length,) and "
            f"hold at least one id; got {prompt.shape}."
        )
    if getattr(model, "feature_sizes", ()):
        raise ValueError(
            "`model` reads features beside the ids, which a text under way has not got "
            "yet; write with an `InformedLM`, which makes them."
        )
    num_tokens = check_size("num_tokens", num_tokens, least=0)
    if num_tokens > 1 and num_inputs < model.vocab_size:
        raise ValueError(
            f"`model` writes ids up to {model.vocab_size - 1}, but reads them up to "
            f"{num_inputs - 1} only: it cannot go on from what it writes."
        )
    _check_options(temperature, top_k, model.vocab_size)
    write = getattr(model, "write", partial(_write, model))
    new_ids = write(np.atleast_2d(prompt), num_tokens, rng, temperature, top_k)
    return new_ids if prompt.ndim == 2 else new_ids[0]


def _write(model, prompt, num_tokens, rng, temperature, top_k):
    states = model.initial_states(len(prompt))
    for ids in prompt.T[:-1]:
        _, states = model.step(ids, states)
    ids, new_ids = prompt[:, -1], np.empty((len(prompt), num_tokens), np.int32)
    for n in range(num_tokens):
        logits, states = model.step(ids, states)
        ids = sample_logits(logits, rng, temperature=temperature, top_k=top_k)
        new_ids[:, n] = ids
    return new_ids


def _check_options(temperature, top_k, vocab_size):
    """Returns `top_k` as an `int` or `None`, or raises if an option does not fit."""
    if not temperature >= 0:  # also refuses NaN
        raise ValueError(f"`temperature` must be 0 or more; got {temperature}.")
    if top_k is None:
        return None
    top_k = check_size("top_k", top_k)
    if top_k > vocab_size:
        raise ValueError(
            f"`top_k` must be from 1 to {vocab_size}, the size of the vocabulary; "
            f"got {top_k}."
        )
    return top_k
