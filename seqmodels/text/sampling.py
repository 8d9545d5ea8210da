"""Choosing the next token, and the next, and the next."""

import numpy as np

from seqmodels.text.checks import check_ids


def sample_logits(logits, rng, *, temperature=1.0, top_k=None):
    """Draws one id from each row of logits. NumPy alone.

    >>> sample_logits([[0.0, 2.0, 1.0]], np.random.default_rng(0), temperature=0)
    array([1], dtype=int32)

    Args:
        logits: `(batch, vocab_size)`.
        rng: `numpy.random.Generator`.
        temperature: Divides the logits: below 1 the likely becomes likelier, above
            1 everything evens out; 0 takes the likeliest.
        top_k: Draws from the `top_k` likeliest ids only; `None` from all.

    Returns:
        Ids, `(batch,)`, `int32`.

    Raises:
        ValueError: If the temperature is negative, `top_k` is outside the
            vocabulary, or the logits are not finite or not two-dimensional.
    """
    logits = np.asarray(logits, np.float64)
    if logits.ndim != 2:
        raise ValueError(
            f"`logits` must have shape (batch, vocab_size); got {logits.shape}."
        )
    _check_options(temperature, top_k, logits.shape[1])
    if not np.isfinite(logits).all():
        raise ValueError("`logits` must be finite; the model has diverged.")
    if temperature == 0:
        return logits.argmax(axis=1).astype(np.int32)
    scaled = (logits - logits.max(axis=1, keepdims=True)) / temperature
    if top_k is not None:
        unlikely = np.argpartition(scaled, -top_k, axis=1)[:, :-top_k]
        np.put_along_axis(scaled, unlikely, -np.inf, axis=1)
    probs = np.exp(scaled)
    bounds = probs.cumsum(axis=1)
    # Scaling the draw, not the bounds, keeps it below the last one exactly.
    draws = rng.random((len(logits), 1)) * bounds[:, -1:]
    return (bounds <= draws).sum(axis=1).astype(np.int32)


def generate(model, prompt, num_tokens, rng, *, temperature=1.0, top_k=None):
    """Goes on from a prompt, one compiled step per token.

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
        ValueError: If the prompt is empty or out of range, `num_tokens` is
            negative, or `temperature` or `top_k` does not fit.
    """
    prompt = check_ids("prompt", prompt, model.vocab_size)
    if prompt.ndim not in (1, 2) or not prompt.size:
        raise ValueError(
            "`prompt` must have shape (batch, prompt_length) or (prompt_length,) and "
            f"hold at least one id; got {prompt.shape}."
        )
    if num_tokens < 0:
        raise ValueError(f"`num_tokens` must not be negative; got {num_tokens}.")
    _check_options(temperature, top_k, model.vocab_size)
    rows = np.atleast_2d(prompt).astype(np.int32)
    states = model.initial_states(len(rows))
    for ids in rows.T:
        logits, states = model.step(ids, states)
    new_ids = np.empty((len(rows), num_tokens), np.int32)
    for n in range(num_tokens):
        ids = sample_logits(logits, rng, temperature=temperature, top_k=top_k)
        new_ids[:, n] = ids
        logits, states = model.step(ids, states)
    return new_ids if prompt.ndim == 2 else new_ids[0]


def greedy_decode(model, source, *, start, end, max_length):
    """Writes the likeliest token, reads it, and so on, for all sources at once.

    The sources are read once, then one compiled step is run per token. A row is
    done when it has written `end`; when all are done, it stops.

    Args:
        model: `Seq2Seq`.
        source: Ids, `(batch, source_steps)`, padded with 0.
        start: The id that the decoder starts from.
        end: The id that ends an answer.
        max_length: Most tokens to write, the end included.

    Returns:
        Ids, `(batch, num_steps)`, `int32`, the longest answer giving `num_steps`;
        behind a row's `end` there is padding, 0.

    Raises:
        TypeError: If ids are not integers.
        ValueError: If the source is not two-dimensional or has no steps, an id is
            out of range, or `max_length` is negative.
    """
    source = check_ids("source", source, model.vocab_size)
    if source.ndim != 2 or not source.shape[1]:
        raise ValueError(
            "`source` must have shape (batch, source_steps) and at least one step; "
            f"got {source.shape}."
        )
    for name, mark in [("start", start), ("end", end)]:
        check_ids(name, mark, model.vocab_size)
    if max_length < 0:
        raise ValueError(f"`max_length` must not be negative; got {max_length}.")
    answers = np.zeros((len(source), max_length), np.int32)
    done = np.zeros(len(source), bool)
    if done.all() or not max_length:  # no rows, or nothing to write
        return answers[:, :0]
    memory, mask, states = model.read(source.astype(np.int32))
    ids = np.full(len(source), start, np.int32)
    for n in range(max_length):
        logits, states = model.step(ids, states, memory, mask)
        ids = sample_logits(logits, None, temperature=0)
        answers[:, n] = np.where(done, 0, ids)
        done |= ids == end
        if done.all():
            break
    return answers[:, : n + 1]


def _check_options(temperature, top_k, vocab_size):
    if not temperature >= 0:  # also refuses NaN
        raise ValueError(f"`temperature` must be 0 or more; got {temperature}.")
    if top_k is not None and not 1 <= top_k <= vocab_size:
        raise ValueError(
            f"`top_k` must be from 1 to {vocab_size}, the size of the vocabulary; "
            f"got {top_k}."
        )
