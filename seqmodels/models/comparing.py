"""Whether two ways to compute the same thing agree, forward and backward."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from seqmodels._tensorflow import tf


def outputs_and_gradients(
    run: Callable[[], tf.Tensor],
    weights: Sequence[object],
    loss: Callable[[tf.Tensor], tf.Tensor] | None = None,
) -> list[tf.Tensor]:
    """What a computation returns, and the gradient of each of its weights.

    A layer can be right forward and wrong backward, so a proof needs both.

    Args:
        run: Takes nothing and returns a tensor.
        weights: Variables or tensors that it computes with.
        loss: From what `run` returns to a scalar. `None` takes the sum of the sines of
            all entries, whose gradients differ, so that two errors do not cancel.

    Returns:
        The outputs, then a dense gradient for each weight, of its shape.

    Raises:
        ValueError: If the loss does not depend on one of the weights.
    """
    with tf.GradientTape() as tape:
        tape.watch([weight for weight in weights if not hasattr(weight, "assign")])
        outputs = run()
        total = tf.reduce_sum(tf.sin(outputs)) if loss is None else loss(outputs)
    gradients = tape.gradient(total, list(weights))
    for n, gradient in enumerate(gradients):
        if gradient is None:
            raise ValueError(f"`run` does not depend on weight {n} of {len(weights)}.")
    return [outputs, *map(tf.convert_to_tensor, gradients)]


def relative_gaps(
    ours: Iterable[ArrayLike], theirs: Iterable[ArrayLike]
) -> list[float]:
    """The largest difference of each pair of arrays, as a share of the largest entry.

    >>> relative_gaps([[1.0, 2.0], [3.0]], [[1.0, 2.5], [3.0]])
    [0.2, 0.0]

    Args:
        ours: Arrays, such as `outputs_and_gradients` returns.
        theirs: As many, of the same shapes; their largest entry is the measure.

    Returns:
        A number for each pair: rounding of float32 is about 1e-6. Infinity where one
        is not finite, or where all of `theirs` is zero and `ours` is not.

    Raises:
        ValueError: If numbers or shapes of arrays differ, or an array is empty.
    """
    gaps = []
    for n, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
        if a.shape != b.shape or not a.size:
            raise ValueError(
                "`ours` and `theirs` must hold arrays of the same shapes, none empty; "
                f"got {a.shape} and {b.shape} as number {n}."
            )
        with np.errstate(invalid="ignore"):
            gap, scale = float(np.abs(a - b).max()), float(np.abs(b).max())
        if gap and not (np.isfinite(gap) and scale):
            gaps.append(np.inf)  # NaN would be passed over by `max`
        else:
            gaps.append(gap and gap / scale)
    return gaps
