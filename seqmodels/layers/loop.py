"""What both recurrent layers share: the inputs' product, and the loop over time."""

from collections.abc import Callable, Sequence

from seqmodels._tensorflow import tf


def project(inputs: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
    """Multiplies the inputs of all steps by the kernel, and adds the bias.

    Args:
        inputs: Floats, `(num_steps, batch, features)`; or integers, `(num_steps,
            batch, 1)`, that stand for one-hot vectors: such a vector times a matrix
            is a row of the matrix, so rows are looked up.
        kernel: `(features, size)`.
        bias: `(size,)`.

    Returns:
        Floats, `(num_steps, batch, size)`.
    """
    if inputs.dtype.is_integer:
        return _rows(kernel, inputs[:, :, 0]) + bias
    # Not `matmul`: with three axes its gradient is one product per step.
    return tf.tensordot(inputs, kernel, axes=1) + bias


def _rows(kernel, ids):
    """Rows of the kernel; their gradients are added up in no less than 32 bits."""

    @tf.custom_gradient
    def look_up(kernel):
        def gradient(d_rows):
            dtype = tf.float64 if kernel.dtype == tf.float64 else tf.float32
            d_rows = tf.cast(d_rows, dtype)
            d_kernel = tf.math.unsorted_segment_sum(d_rows, ids, kernel.shape[0])
            return tf.cast(d_kernel, kernel.dtype)

        return tf.gather(kernel, ids), gradient

    return look_up(kernel)


def check_mask(mask: tf.Tensor, shape: tf.TensorShape) -> tf.Tensor:
    """The mask as booleans, `(batch, num_steps)`, if it fits sequences of this shape.

    Raises:
        ValueError: If it does not.
    """
    mask = tf.cast(mask, tf.bool)
    if mask.shape.rank == 3 and mask.shape[-1] == 1:
        mask = mask[:, :, 0]
    if not mask.shape.is_compatible_with(shape[:2]):
        raise ValueError(
            f"`mask` must have shape (batch, num_steps) = {tuple(shape[:2])}; "
            f"got {tuple(mask.shape)}."
        )
    return mask


def where(mask: tf.Tensor | None, new: Sequence, old: Sequence) -> Sequence:
    """Each of `new`, but of `old` in the rows that are masked."""
    if mask is None:
        return new
    return [tf.where(mask, n, o) for n, o in zip(new, old, strict=True)]


def scan(
    step: Callable,
    states: Sequence[tf.Tensor],
    inputs: Sequence[tf.Tensor | None],
    sizes: Sequence[int],
    backwards: bool = False,
) -> tuple[list, list]:
    """Carries the states through all steps.

    Args:
        step: `step(states, *inputs)`, the equations of one step; it returns new
            states and outputs.
        states: Those before the first step, each `(batch, units)`.
        inputs: What each step reads a slice of: `(num_steps, batch, size)`, or
            `None`, which stays `None`.
        sizes: The last axis of each output.
        backwards: Whether to begin with the last step.

    Returns:
        The last states; and the outputs of all steps, each `(num_steps, batch,
        size)`.
    """

    def at(t):
        return [x if x is None else x[t] for x in inputs]

    static_steps, rows = inputs[0].shape[:2]
    if static_steps == 1:  # as when writing: a loop would cost more than its step
        states, outputs = step(states, *at(0))
        return states, [output[None] for output in outputs]
    num_steps = tf.shape(inputs[0])[0]

    def body(n, states, arrays):
        t = num_steps - 1 - n if backwards else n
        new, outputs = step(states, *at(t))
        pairs = zip(new, states, strict=True)
        new = [tf.ensure_shape(state, old.shape) for state, old in pairs]
        pairs = zip(arrays, outputs, strict=True)
        return n + 1, new, [array.write(t, output) for array, output in pairs]

    arrays = [
        tf.TensorArray(states[0].dtype, num_steps, element_shape=[rows, size])
        for size in sizes
    ]
    _, states, arrays = tf.while_loop(
        lambda n, *_: n < num_steps,
        body,
        (tf.constant(0), list(states), arrays),
        maximum_iterations=num_steps,
    )
    # A loop's arrays forget the number of steps; `Flatten`, for one, needs it.
    return states, [
        tf.ensure_shape(array.stack(), [static_steps, rows, size])
        for array, size in zip(arrays, sizes, strict=True)
    ]


def product_over_time(first: tf.Tensor, hs: tf.Tensor, d: tf.Tensor) -> tf.Tensor:
    """The gradient of a matrix that each step multiplies the state before it by.

    Args:
        first: The state before the first step, `(batch, units)`.
        hs: Those after each step, `(num_steps, batch, units)`.
        d: The gradient of each step's product, `(num_steps, batch, size)`.

    Returns:
        The sum over all steps, as one product: `(units, size)`.
    """
    # XLA takes a transposition into the product, which then runs at half its speed
    # where there is AVX2 alone; a concatenation of transposed parts it leaves be.
    before = tf.reshape(hs[:-1], [-1, hs.shape[-1]])
    before = tf.concat([tf.transpose(first), tf.transpose(before)], axis=1)
    return tf.matmul(before, tf.reshape(d, [-1, d.shape[-1]]))
