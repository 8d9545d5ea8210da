"""Writing token after token, the whole loop in compiled code."""

import numpy as np

from seqmodels._tensorflow import keras, tf
from seqmodels.text.checks import check_ids, check_size

MIN_CAPACITY = 64


def capacity(num_steps: int) -> int:
    """Steps to compile a loop for: a power of two, so that few loops are compiled."""
    return max(MIN_CAPACITY, 1 << (num_steps - 1).bit_length())


def choose(
    logits: tf.Tensor, draws: tf.Tensor, temperature: tf.Tensor, top_k: tf.Tensor
) -> tf.Tensor:
    """`sample_logits` in TensorFlow, its random numbers drawn beforehand.

    Args:
        logits: `(batch, vocab_size)`.
        draws: From 0 to below 1, `(batch,)`.
        temperature: A scalar; 0 takes the likeliest.
        top_k: Draws from so many of the likeliest ids, a scalar.

    Returns:
        Ids, `(batch,)`, `int32`.
    """
    logits = tf.cast(logits, tf.float32)
    vocab_size = logits.shape[1]

    def likeliest():
        order = tf.math.top_k(logits, vocab_size).indices  # of equals the first first
        return tf.where(tf.argsort(order) < top_k, logits, -np.inf)

    top = tf.argmax(logits, axis=1, output_type=tf.int32)
    logits = tf.cond(tf.less(top_k, vocab_size), likeliest, lambda: logits)
    below_top = logits - tf.reduce_max(logits, axis=1, keepdims=True)
    scaled = below_top / tf.maximum(temperature, np.finfo(np.float32).tiny)
    probs = tf.where(tf.math.is_inf(logits), 0.0, tf.exp(scaled))
    bounds = tf.cumsum(probs, axis=1)
    total = bounds[:, -1:]
    # Rounding may make a draw as large as the total; what has no share stays out.
    passed = (bounds <= draws[:, None] * total) & (bounds < total)
    drawn = tf.reduce_sum(tf.cast(passed, tf.int32), axis=1)
    return tf.where(tf.equal(temperature, 0), top, drawn)


def write_on(
    model: keras.Model,
    prompt: tf.Tensor,
    prompt_length: tf.Tensor,
    draws: tf.Tensor,
    temperature: tf.Tensor,
    num_steps: tf.Tensor,
    top_k: tf.Tensor,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Reads a prompt and goes on from it, one step per token.

    Args:
        model: `LanguageModel`.
        prompt: Ids, `(capacity, batch)`; those behind the prompt are not read.
        prompt_length: Tokens in the prompt.
        draws: One for each token chosen, at the step that chooses it, `(capacity,
            batch)`.
        temperature: As in `choose`.
        num_steps: Steps to make.
        top_k: As in `choose`.

    Returns:
        The ids chosen after each step, `(capacity, batch)`, and whether all logits
        that were chosen from were numbers.
    """
    # Read once: in the loop, reading a variable is copying it.
    weights = [
        [tf.convert_to_tensor(variable) for variable in variables]
        for variables in (model.trainable_variables, model.non_trainable_variables)
    ]
    steps, batch_size = tf.unstack(tf.shape(prompt))
    chosen = tf.TensorArray(tf.int32, steps, element_shape=prompt.shape[1:])

    def body(t, ids, states, chosen, sound):
        (logits, states), _ = model.stateless_call(
            *weights, ids[:, None], states, training=False
        )
        logits = logits[:, 0]
        new = choose(logits, draws[t], temperature, top_k)
        chosen = chosen.write(t, new)
        # Each of them is looked at: XLA's largest of some numbers and NaN is a number.
        usable = tf.reduce_all(logits < np.inf)
        usable &= tf.reduce_all(tf.reduce_max(logits, axis=1) > -np.inf)
        sound &= usable | (t + 1 < prompt_length)
        forced = prompt[tf.minimum(t + 1, steps - 1)]
        ids = tf.where(t + 1 < prompt_length, forced, new)
        return t + 1, ids, states, chosen, sound

    first = (tf.constant(0), prompt[0], model.initial_states(batch_size), chosen, True)
    *_, chosen, sound = tf.while_loop(lambda t, *_: t < num_steps, body, first)
    return chosen.stack(), sound


def write(
    model: keras.Model,
    prompt: np.ndarray,
    num_tokens: int,
    rng: np.random.Generator,
    temperature: float,
    top_k: int | None,
) -> np.ndarray:
    """`generate` for a `LanguageModel`; arguments are checked there."""
    batch_size, length = prompt.shape
    if not num_tokens:
        return np.zeros((batch_size, 0), np.int32)
    num_steps = length - 1 + num_tokens
    size = capacity(num_steps)
    read = np.zeros((size, batch_size), np.int32)
    read[:length] = prompt.T
    draws = np.zeros((size, batch_size), np.float32)
    if temperature > 0:
        draws[length - 1 : num_steps] = rng.random((num_tokens, batch_size))
        temperature = max(temperature, np.finfo(np.float32).tiny)
    # Tensors all of them: a number would be compiled in, and another compiled anew.
    chosen, sound = model.write_on(
        tf.constant(read),
        tf.constant(length),
        tf.constant(draws),
        tf.constant(temperature, tf.float32),
        tf.constant(num_steps),
        tf.constant(model.vocab_size if top_k is None else int(top_k)),
    )
    if not sound:
        raise ValueError("`logits` must be finite; the model has diverged.")
    return chosen.numpy()[length - 1 : num_steps].T


def decode_greedily(
    model: keras.Model,
    source: tf.Tensor,
    start: tf.Tensor,
    end: tf.Tensor,
    size: int,
    max_length: tf.Tensor,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Answers all sources at once, the likeliest token at every step.

    Args:
        model: `Seq2Seq`.
        source: Ids, `(batch, source_steps)`.
        start: The id that the decoder starts from.
        end: The id that ends an answer.
        size: Steps to make room for.
        max_length: Most steps to make.

    Returns:
        Ids, `(size, batch)`, padded with 0, and how many steps were made.
    """
    encoder_outputs, mask, states = model.encode(source)
    # Sizes as tensors: of a function that has seen several, TensorFlow knows none.
    batch_size = tf.shape(source)[0]
    answers = tf.TensorArray(tf.int32, size, element_shape=source.shape[:1])

    def body(t, ids, states, done, answers):
        logits, states, _ = model.decode(ids[:, None], states, encoder_outputs, mask)
        ids = tf.argmax(logits[:, 0], axis=-1, output_type=tf.int32)
        answers = answers.write(t, tf.where(done, 0, ids))
        return t + 1, ids, states, done | (ids == end), answers

    first = tf.fill([batch_size], start), states, tf.fill([batch_size], False), answers
    t, _, _, _, answers = tf.while_loop(
        lambda t, ids, states, done, _: (t < max_length) & ~tf.reduce_all(done),
        body,
        (tf.constant(0), *first),
    )
    return answers.stack(), t


def greedy_decode(
    model: keras.Model, source: np.ndarray, *, start: int, end: int, max_length: int
) -> np.ndarray:
    """Writes the likeliest token, reads it, and so on, for all sources at once.

    A row is done when it has written `end`; when all are done, it stops.

    Args:
        model: `Seq2Seq`.
        source: Ids, `(batch, source_steps)`, padded with 0.
        start: The id that the decoder starts from.
        end: The id that ends an answer.
        max_length: Most tokens to write, the end included.

    Returns:
        Ids, `(batch, num_steps)`, `int32`, the longest answer giving `num_steps`;
        behind a row's `end` there is padding, 0 (which the model may write, too).

    Raises:
        TypeError: If ids are not integers.
        ValueError: If the source is not two-dimensional or has no steps, an id is
            out of range, or `max_length` is no integer from 0 on.
    """
    source = check_ids("source", source, model.vocab_size)
    if source.ndim != 2 or not source.shape[1]:
        raise ValueError(
            "`source` must have shape (batch, source_steps) and at least one step; "
            f"got {source.shape}."
        )
    start, end = (
        check_ids(name, mark, model.vocab_size, axes=())
        for name, mark in [("start", start), ("end", end)]
    )
    max_length = check_size("max_length", max_length, least=0)
    if not len(source) or not max_length:
        return np.zeros((len(source), 0), np.int32)
    answers, num_steps = model.decode_greedily(
        tf.constant(source, tf.int32),
        tf.constant(start),
        tf.constant(end),
        size=capacity(max_length),
        max_length=tf.constant(max_length),
    )
    return answers.numpy()[: int(num_steps)].T
