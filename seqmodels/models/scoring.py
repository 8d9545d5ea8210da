"""What a language model says of a text, token by token, and starting it anew."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from seqmodels._tensorflow import keras, tf
from seqmodels.text.checks import check_features, check_ids

TOKENS_PER_CALL = 500


def score(
    model: keras.Model, inputs: tf.Tensor, targets: tf.Tensor, states: object
) -> tuple[tf.Tensor, object]:
    """Log-probabilities of the targets, `(1, num_steps)`, and the new states."""
    logits, states = model(inputs, states, training=False)
    nll = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=targets, logits=tf.cast(logits, tf.float32)
    )
    return -nll, states


def log_probs(
    model: keras.Model,
    ids: ArrayLike,
    features: ArrayLike | Sequence[ArrayLike] = (),
) -> np.ndarray:
    """Log-probability of each token of a text given all before it, in one stream.

    As `NGramLM.log_probs`, so that the two can be compared or mixed. Of the first
    token a network says nothing: it counts as one among equals.

    Args:
        model: `LanguageModel`.
        ids: Integers, `(num_tokens,)`.
        features: What the model reads beside them, as in `ContiguousBatches`.

    Returns:
        `(num_tokens,)`, in nats; the sum is the text's log-likelihood.

    Raises:
        TypeError: If the ids are not integers, or the features not numbers.
        ValueError: If they are not one-dimensional, or out of range, or features are
            not those that the model reads, or not finite.
    """
    ids = check_ids("ids", ids, model.vocab_size, axes=("num_tokens",))
    features = check_features("features", features, len(ids))
    check_sizes(model, "features", features)
    found = [np.full(len(ids[:1]), -np.log(model.vocab_size))]
    states = model.initial_states(1)
    for start in range(0, len(ids) - 1, TOKENS_PER_CALL):
        piece = ids[start : start + TOKENS_PER_CALL + 1]
        num_steps = len(piece) - 1
        padded = np.resize(piece, TOKENS_PER_CALL + 1)  # one shape is compiled once
        inputs = tf.constant(padded[None, :-1])
        if features:
            beside = [array[start : start + num_steps] for array in features]
            shapes = [(1, TOKENS_PER_CALL, array.shape[1]) for array in beside]
            inputs = inputs, *map(tf.constant, map(np.resize, beside, shapes))
        new, states = model.score(inputs, tf.constant(padded[None, 1:]), states)
        found.append(new.numpy()[0, :num_steps].astype(np.float64))
    return np.concatenate(found)


def check_sizes(
    model: keras.Model, name: str, features: tuple[np.ndarray, ...]
) -> None:
    """Raises if features are not of the sizes that a language model reads."""
    sizes = tuple(array.shape[1] for array in features)
    if sizes != model.feature_sizes:
        raise ValueError(
            f"`{name}` must have the sizes {model.feature_sizes}, which "
            f"`{type(model).__name__}` reads; got {sizes}."
        )


def restart(model: keras.Model, seed: int) -> None:
    """Gives a model the weights, and its optimizer the state, of a new one.

    What was compiled stays compiled: several seeds cost one compilation.

    Args:
        model: Any built Keras model that `get_config` describes.
        seed: Of Python's, NumPy's and TensorFlow's random numbers from now on.
    """
    keras.utils.set_random_seed(seed)
    new = type(model).from_config(model.get_config())
    pairs = [(model.variables, new.variables)]
    if optimizer := getattr(model, "optimizer", None):
        fresh = type(optimizer).from_config(optimizer.get_config())
        optimizer.build(model.trainable_variables) if not optimizer.built else None
        fresh.build(new.trainable_variables)
        pairs.append((optimizer.variables, fresh.variables))
    for old, fresh in pairs:
        for variable, value in zip(old, fresh, strict=True):
            variable.assign(value)
