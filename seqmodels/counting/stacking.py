"""What counting says of a text that it has not counted. NumPy alone."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from seqmodels.counting.ngrams import NGramLM
from seqmodels.text.checks import check_ids, check_size


def cross_fitted_log_probs(
    ids: ArrayLike,
    vocab_size: int,
    order: int,
    num_parts: int = 10,
    make: Callable = NGramLM,
) -> np.ndarray:
    """What n-grams say may come after each token, each part counted from the others.

    A network that learns from what an n-gram says of the very text it was counted from
    learns to believe it: there it is right far more often than on any other. These
    predictions are about as good as those of another text, where the network will use
    the n-gram of the whole.

    Args:
        ids: Integers, `(num_tokens,)`.
        vocab_size: Number of different tokens.
        order: As in `NGramLM`.
        num_parts: How many parts the text is cut into; two or more.
        make: What makes the model: `NGramLM` or `CompactNGramLM`.

    Returns:
        As `NGramLM.next_log_probs`, `(num_tokens, vocab_size)`, `float16`.

    Raises:
        TypeError: If the ids are not integers.
        ValueError: If they are not one-dimensional, or out of range, a number does not
            fit, or there are fewer tokens than parts.

    Source: D. Wolpert, "Stacked Generalization", 1992.
    """
    ids = check_ids("ids", ids, vocab_size, axes=("num_tokens",))
    num_parts = check_size("num_parts", num_parts, least=2)
    if len(ids) < num_parts:
        raise ValueError(
            f"`ids` must hold a token for each of {num_parts} parts; got {len(ids)}."
        )
    found = np.empty((len(ids), vocab_size), np.float16)
    edges = np.linspace(0, len(ids), num_parts + 1).astype(int)
    for start, end in zip(edges[:-1], edges[1:], strict=True):
        others = np.append(ids[end:], ids[:start])
        model = make(vocab_size, order).fit(others)
        known = max(0, start - (model.order - 1))  # what the part's first tokens follow
        found[start:end] = model.next_log_probs(ids[known:end])[start - known :]
    return found
