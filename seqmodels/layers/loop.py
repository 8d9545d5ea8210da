"""What both recurrent layers share: the inputs' product, and the loop over time."""

from collections.abc import Callable, Sequence

from seqmodels._tensorflow import tf

# A batch of this many rows or more is worked on as two halves: they do not depend
# on each other, so two cores can each take one. Smaller halves gain nothing.
MIN_ROWS_TO_HALVE = 32


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


def num_parts(batch_size: int | None) -> int:
    """In how many parts to work on a batch; one if its size is not known."""
    halve = batch_size and batch_size >= MIN_ROWS_TO_HALVE and batch_size % 2 == 0
    return 2 if halve else 1


def split(x: tf.Tensor | None, parts: int, axis: int) -> list:
    """The parts of an array along its batch axis; `None` has `None` for parts."""
    if x is None or parts == 1:
        return [x] * parts
    return tf.split(x, parts, axis)


def join(parts: Sequence, axis: int) -> tf.Tensor:
    """The array whose parts these are."""
    return parts[0] if len(parts) == 1 else tf.concat(parts, axis)


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
    states: Sequence[Sequence[tf.Tensor]],
    inputs: Sequence[Sequence[tf.Tensor | None]],
    sizes: Sequence[int],
    backwards: bool = False,
) -> tuple[list, list]:
    """Carries the states of every part of a batch through all steps.

    Args:
        step: `step(states, *inputs)`, the equations of one step of one part; it
            returns new states and outputs.
        states: For each part, its states before the first step, `(rows, units)`.
        inputs: For each part, what each step reads a slice of: `(num_steps, rows,
            size)`, or `None`, which stays `None`.
        sizes: The last axis of each output.
        backwards: Whether to begin with the last step.

    Returns:
        Two lists with an entry for each part: its last states; and its outputs of
        all steps, each `(num_steps, rows, size)`.
    """
    first, rows = inputs[0][0], [part[0].shape[1] for part in inputs]
    if first.shape[0] == 1:  # as when writing: a loop would cost more than its step
        once = [
            step(part, *(x if x is None else x[0] for x in slices))
            for part, slices in zip(states, inputs, strict=True)
        ]
        return [part for part, _ in once], [[x[None] for x in new] for _, new in once]
    num_steps = tf.shape(first)[0]

    def body(n, parts):
        t, new = num_steps - 1 - n if backwards else n, []
        for (states, arrays), part in zip(parts, inputs, strict=True):
            after, outputs = step(states, *(x if x is None else x[t] for x in part))
            pairs = zip(after, states, strict=True)
            after = [tf.ensure_shape(state, old.shape) for state, old in pairs]
            pairs = zip(arrays, outputs, strict=True)
            new.append((after, [array.write(t, output) for array, output in pairs]))
        return n + 1, new

    def arrays(rows, dtype):
        return [
            tf.TensorArray(dtype, num_steps, element_shape=[rows, size])
            for size in sizes
        ]

    _, parts = tf.while_loop(
        lambda n, _: n < num_steps,
        body,
        (
            tf.constant(0),
            [
                (list(part), arrays(n, part[0].dtype))
                for part, n in zip(states, rows, strict=True)
            ],
        ),
        maximum_iterations=num_steps,
    )
    # A loop's arrays forget the number of steps; `Flatten`, for one, needs it.
    stacks = [
        [
            tf.ensure_shape(array.stack(), [first.shape[0], n, size])
            for array, size in zip(arrays, sizes, strict=True)
        ]
        for (_, arrays), n in zip(parts, rows, strict=True)
    ]
    return [states for states, _ in parts], stacks


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
