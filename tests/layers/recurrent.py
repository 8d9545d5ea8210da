"""What the tests of `FusedLSTM` and `FusedGRU` share: weights, masks, references."""

import keras
import numpy as np
import tensorflow as tf

from seqmodels import FusedGRU, FusedLSTM

BATCH, STEPS, FEATURES, UNITS = 4, 7, 5, 3


def make_mask(kind):
    """Booleans, `(BATCH, STEPS)`, or `None`."""
    lengths, steps = np.array([[7], [2], [4], [1]]), np.arange(STEPS)
    some = np.random.default_rng(1).random((BATCH, STEPS)) < 0.5
    some[2] = False  # a row with nothing in it
    right = steps < lengths
    masks = {"none": None, "right": right, "left": right[:, ::-1], "random": some}
    return masks[kind]


def arrays(*shapes, seed=0, dtype="float32"):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class Case:
    """A layer of ours, Keras' own, and their weights, all different."""

    def data(self, dtype="float32"):
        """Inputs, and every state to begin with."""
        states = [(BATCH, UNITS)] * len(self.ours.state_names)
        return arrays((BATCH, STEPS, FEATURES), *states, dtype=dtype)

    def weights(self, dtype="float32"):
        """Kernel, recurrent kernel and bias: no gate is like another."""
        gates = self.num_gates * UNITS
        shapes = (FEATURES, gates), (UNITS, gates), (*self.bias_rows, gates)
        return arrays(*shapes, seed=7, dtype=dtype)

    def build(self, cls=None, *args, batch_size=None, **options):
        """A layer with those weights, or as many of their numbers as it has."""
        layer = (cls or self.ours)(UNITS, *args, **{"use_cudnn": False, **options})
        layer.build((batch_size, None, FEATURES))
        weights = zip(self.weights(), layer.get_weights(), strict=False)
        layer.set_weights(
            [new.ravel()[: old.size].reshape(old.shape) for new, old in weights]
        )
        return layer

    def pair(self, *args, **options):
        """Our layer, and Keras' with the same arguments and weights."""
        return [self.build(cls, *args, **options) for cls in (self.ours, self.theirs)]

    def numpy(self, x, states, mask, go_backwards):
        """Outputs and last states, every gate by itself, every step by itself."""
        parts = [np.split(w, self.num_gates, axis=-1) for w in self.weights()]
        outputs, output = [], np.zeros_like(states[0])
        for t in reversed(range(STEPS)) if go_backwards else range(STEPS):
            new = self.numpy_step(x[:, t], *states, *parts)
            keep = np.ones((BATCH, 1), bool) if mask is None else mask[:, t, None]
            states = [np.where(keep, *both) for both in zip(new, states, strict=True)]
            output = np.where(keep, new[0], output)
            outputs.append(output)
        return np.stack(outputs, axis=1), *states


class LSTMCase(Case):
    ours, theirs, num_gates, bias_rows = FusedLSTM, keras.layers.LSTM, 4, ()

    def numpy_step(self, x, h, c, kernels, recurrents, biases):
        i, f, g, o = (
            x @ kernel + h @ recurrent + bias
            for kernel, recurrent, bias in zip(kernels, recurrents, biases, strict=True)
        )
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        return sigmoid(o) * np.tanh(c), c


class GRUCase(Case):
    ours, theirs, num_gates, bias_rows = FusedGRU, keras.layers.GRU, 3, (2,)

    def numpy_step(self, x, h, kernels, recurrents, biases):
        (x_z, x_r, x_c), (h_z, h_r, h_c) = (
            [v @ m + bias[row] for m, bias in zip(matrices, biases, strict=True)]
            for row, (v, matrices) in enumerate([(x, kernels), (h, recurrents)])
        )
        z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
        return (z * h + (1 - z) * np.tanh(x_c + r * h_c),)


def value_and_gradients(layer, inputs, states=None, mask=None, **options):
    """What a layer returns, and the gradients of a random sum of all of it.

    The sum is of cosines, so that the gradient by an output hangs on that output.
    """
    inputs, *states = map(tf.convert_to_tensor, [inputs, *(states or [])])
    sources = [inputs, *states, *[w.value for w in layer.trainable_weights]]
    with tf.GradientTape() as tape:
        tape.watch(sources)
        results = layer(inputs, initial_state=states or None, mask=mask, **options)
        results = tf.nest.flatten(results)
        factors = arrays(*[r.shape for r in results], seed=2, dtype=layer.compute_dtype)
        pairs = zip(factors, results, strict=True)
        loss = sum(tf.reduce_sum(f * tf.cos(r)) for f, r in pairs)
    return results, tape.gradient(loss, sources)


def assert_same(ours, theirs, tolerance=1e-5):
    """Compares results and gradients, the latter by each one's own scale."""
    for a, b in zip(ours[0], theirs[0], strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance)
    for a, b in zip(ours[1], theirs[1], strict=True):
        scale = max(1.0, np.abs(b).max())
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * scale)


def assert_all_same(layers, *args, **options):
    """Compares what two layers make of the same inputs."""
    assert_same(*[value_and_gradients(layer, *args, **options) for layer in layers])
