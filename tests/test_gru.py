"""`FusedGRU` and its hand-written gradient against Keras, NumPy, and itself."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import FusedGRU, cross_entropy
from tests.test_layers import (
    BATCH,
    FEATURES,
    STEPS,
    UNITS,
    arrays,
    assert_same,
    make_mask,
    value_and_gradients,
)

MASKS = ["none", "right", "left", "random"]


def data(dtype="float32"):
    """Inputs and h."""
    return arrays((BATCH, STEPS, FEATURES), (BATCH, UNITS), dtype=dtype)


def weights(dtype="float32", features=FEATURES, units=UNITS):
    """Kernel, recurrent kernel and both biases, all different."""
    shapes = (features, 3 * units), (units, 3 * units), (2, 3 * units)
    return arrays(*shapes, seed=7, dtype=dtype)


def build(cls=FusedGRU, **options):
    if cls is keras.layers.GRU:
        options["use_cudnn"] = False
    layer = cls(UNITS, **options)
    layer.build((None, None, FEATURES))
    layer.set_weights(weights(options.get("dtype", "float32")))
    return layer


def numpy_gru(x, h, mask, go_backwards):
    """Every gate by itself, every step by itself."""
    kernels, recurrents, biases = (np.split(w, 3, axis=-1) for w in weights())
    outputs, output = [], np.zeros_like(h)
    for t in reversed(range(STEPS)) if go_backwards else range(STEPS):
        (x_z, x_r, x_c), (h_z, h_r, h_c) = (
            [
                v @ matrix + bias[row]
                for matrix, bias in zip(matrices, biases, strict=True)
            ]
            for row, (v, matrices) in enumerate([(x[:, t], kernels), (h, recurrents)])
        )
        z, r = 1 / (1 + np.exp(-x_z - h_z)), 1 / (1 + np.exp(-x_r - h_r))
        new = z * h + (1 - z) * np.tanh(x_c + r * h_c)
        keep = np.ones((BATCH, 1), bool) if mask is None else mask[:, t, None]
        h, output = np.where(keep, new, h), np.where(keep, new, output)
        outputs.append(output)
    return np.stack(outputs, axis=1), h


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("with_state", [False, True])
@pytest.mark.parametrize("kind", MASKS)
class TestAgainst:
    @pytest.mark.parametrize("return_sequences", [False, True])
    def test_keras(self, kind, with_state, go_backwards, return_sequences):
        inputs, h = data()
        options = {"return_sequences": return_sequences, "go_backwards": go_backwards}
        ours, theirs = (
            value_and_gradients(
                build(cls, return_state=True, **options),
                inputs,
                [h] if with_state else None,
                make_mask(kind),
            )
            for cls in (FusedGRU, keras.layers.GRU)
        )
        assert_same(ours, theirs)

    def test_numpy(self, kind, with_state, go_backwards):
        inputs, h = data()
        start, mask = h if with_state else np.zeros_like(h), make_mask(kind)
        outputs, last = numpy_gru(inputs, start, mask, go_backwards)
        options = {"return_state": True, "go_backwards": go_backwards}
        for sequences in (True, False):
            layer = build(return_sequences=sequences, **options)
            found = layer(inputs, initial_state=h if with_state else None, mask=mask)
            expected = outputs if sequences else outputs[:, -1]
            assert_same((found, []), ((expected, last), []))


@pytest.mark.parametrize("with_state", [False, True])
@pytest.mark.parametrize("kind", ["none", "random"])
def test_gradient_against_central_differences(kind, with_state):
    inputs, h = data("float64")
    states = [h] if with_state else []
    layer = build(return_sequences=True, return_state=True, dtype="float64")
    mask, points = make_mask(kind), [inputs, *states, *weights("float64")]
    directions = arrays(*[p.shape for p in points], seed=3, dtype="float64")

    def run(size):
        """The random sum of all results, and its gradients, this far away."""
        x, *rest = [p + size * d for p, d in zip(points, directions, strict=True)]
        layer.set_weights(rest[-3:])
        results, gradients = value_and_gradients(layer, x, rest[:-3], mask)
        factors = arrays(*[r.shape for r in results], seed=2, dtype="float64")
        value = sum(np.vdot(f, r) for f, r in zip(factors, results, strict=True))
        return value, gradients

    numeric = (run(1e-6)[0] - run(-1e-6)[0]) / 2e-6
    slopes = [np.vdot(g, d) for g, d in zip(run(0)[1], directions, strict=True)]
    assert min(map(abs, slopes)) > 1e-3  # every argument has its part in the sum
    np.testing.assert_allclose(sum(slopes), numeric, rtol=1e-5)


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("kind", ["none", "random"])
def test_compiled_is_as_eager(kind, jit_compile):
    layer = build(return_sequences=True, return_state=True)
    compiled = tf.function(
        lambda x, h: value_and_gradients(layer, x, [h], make_mask(kind)),
        jit_compile=jit_compile,
    )
    inputs, h = data()
    eager = value_and_gradients(layer, inputs, [h], make_mask(kind))
    assert_same(compiled(inputs, h), eager)


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("kind", ["none", "right", "random"])
def test_in_bidirectional(kind, return_sequences):
    inputs, *states = data() + arrays((BATCH, UNITS), seed=8)
    results = []
    for cls in (FusedGRU, keras.layers.GRU):
        layer = keras.layers.Bidirectional(
            build(cls, return_state=True, return_sequences=return_sequences)
        )
        layer.build(inputs.shape)
        layer.set_weights(weights() + [w[::-1] for w in weights()])
        found = layer(inputs, mask=make_mask(kind), initial_state=states)
        results.append(([np.array(r) for r in found], []))
    assert_same(*results)


def test_two_halves_are_one_whole():
    inputs, h = data()
    layer = build(return_sequences=True, return_state=True)
    whole, last = layer(inputs, initial_state=h)
    first, between = layer(inputs[:, :3], initial_state=h)
    second, end = layer(inputs[:, 3:], initial_state=between)
    np.testing.assert_allclose(np.concatenate([first, second], 1), whole, atol=1e-6)
    np.testing.assert_allclose(end, last, atol=1e-6)
    assert np.abs(second - layer(inputs[:, 3:])[0]).max() > 1e-2  # the state counts


def test_more_padding_changes_nothing():
    inputs, h = data()
    mask, targets = make_mask("right"), np.arange(BATCH * STEPS).reshape(BATCH, -1) % 3

    def results(padding):
        longer = [(0, 0), (0, padding)]
        x = np.pad(inputs, [*longer, (0, 0)], constant_values=9)
        seen = np.pad(mask, longer)
        layer = build(return_sequences=True, return_state=True)
        outputs, state = layer(x, initial_state=h, mask=seen)
        last = build()(x, initial_state=h, mask=seen)
        return last, state, cross_entropy(outputs, np.pad(targets, longer), seen)[0]

    for short, long in zip(results(0), results(5), strict=True):
        np.testing.assert_allclose(short, long, rtol=1e-6)
