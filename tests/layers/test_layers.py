"""Both layers and their hand-written gradients against Keras, NumPy, and themselves."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import cross_entropy
from tests.layers.recurrent import (
    BATCH,
    STEPS,
    UNITS,
    arrays,
    assert_same,
    make_mask,
    value_and_gradients,
)


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("with_states", [False, True])
@pytest.mark.parametrize("kind", ["none", "right", "left", "random"])
class TestAgainst:
    @pytest.mark.parametrize("return_sequences", [False, True])
    def test_keras(self, case, kind, with_states, go_backwards, return_sequences):
        inputs, *states = case.data()
        options = {"return_sequences": return_sequences, "go_backwards": go_backwards}
        ours, theirs = (
            value_and_gradients(
                case.build(cls, return_state=True, **options),
                inputs,
                states if with_states else None,
                make_mask(kind),
            )
            for cls in (case.ours, case.theirs)
        )
        assert_same(ours, theirs)

    def test_numpy(self, case, kind, with_states, go_backwards):
        inputs, *states = case.data()
        start = states if with_states else [np.zeros_like(s) for s in states]
        mask = make_mask(kind)
        outputs, *last = case.numpy(inputs, start, mask, go_backwards)
        options = {"return_state": True, "go_backwards": go_backwards}
        for sequences in (True, False):
            layer = case.build(return_sequences=sequences, **options)
            found = layer(
                inputs, initial_state=states if with_states else None, mask=mask
            )
            expected = outputs if sequences else outputs[:, -1]
            assert_same((found, []), ((expected, *last), []))


@pytest.mark.parametrize("with_states", [False, True])
@pytest.mark.parametrize("kind", ["none", "random"])
def test_gradient_against_central_differences(case, kind, with_states):
    inputs, *states = case.data("float64")
    states = states if with_states else []
    layer = case.build(return_sequences=True, return_state=True, dtype="float64")
    mask, points = make_mask(kind), [inputs, *states, *case.weights("float64")]
    directions = arrays(*[p.shape for p in points], seed=3, dtype="float64")

    def run(size):
        """The random sum of all results, and its gradients, this far away."""
        x, *rest = [p + size * d for p, d in zip(points, directions, strict=True)]
        layer.set_weights(rest[-3:])
        results, gradients = value_and_gradients(layer, x, rest[:-3], mask)
        factors = arrays(*[r.shape for r in results], seed=2, dtype="float64")
        pairs = zip(factors, results, strict=True)
        value = sum(np.vdot(f, np.cos(r)) for f, r in pairs)
        return value, gradients

    numeric = (run(1e-6)[0] - run(-1e-6)[0]) / 2e-6
    slopes = [np.vdot(g, d) for g, d in zip(run(0)[1], directions, strict=True)]
    assert min(map(abs, slopes)) > 1e-3  # every argument has its part in the sum
    np.testing.assert_allclose(sum(slopes), numeric, rtol=1e-5)


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("kind", ["none", "random"])
def test_compiled_is_as_eager(case, kind, jit_compile):
    inputs, *states = case.data()
    layer = case.build(return_sequences=True, return_state=True)
    compiled = tf.function(
        lambda x, *states: value_and_gradients(layer, x, states, make_mask(kind)),
        jit_compile=jit_compile,
    )
    eager = value_and_gradients(layer, inputs, states, make_mask(kind))
    assert_same(compiled(inputs, *states), eager)


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("kind", ["none", "right", "random"])
def test_in_bidirectional(case, kind, return_sequences):
    inputs, *states = case.data()
    states += arrays(*[(BATCH, UNITS)] * len(states), seed=8)
    results = []
    for cls in (case.ours, case.theirs):
        layer = keras.layers.Bidirectional(
            case.build(cls, return_state=True, return_sequences=return_sequences)
        )
        layer.build(inputs.shape)
        layer.set_weights(case.weights() + [w[::-1] for w in case.weights()])
        found = layer(inputs, mask=make_mask(kind), initial_state=states)
        results.append(([np.array(r) for r in found], []))
    assert_same(*results)


def test_two_halves_are_one_whole(case):
    inputs, *states = case.data()
    layer = case.build(return_sequences=True, return_state=True)
    whole, *last = layer(inputs, initial_state=states)
    first, *between = layer(inputs[:, :3], initial_state=states)
    second, *end = layer(inputs[:, 3:], initial_state=between)
    np.testing.assert_allclose(np.concatenate([first, second], 1), whole, atol=1e-6)
    np.testing.assert_allclose(end, last, atol=1e-6)


def test_every_state_counts(case):
    inputs, *states = case.data()
    layer = case.build()
    before = layer(inputs, initial_state=states)
    for n in range(len(states)):
        changed = [s + 0.5 * (m == n) for m, s in enumerate(states)]
        assert np.abs(layer(inputs, initial_state=changed) - before).max() > 1e-4


def test_more_padding_changes_nothing(case):
    inputs, *states = case.data()
    mask, targets = make_mask("right"), np.arange(BATCH * STEPS).reshape(BATCH, -1) % 3

    def results(padding):
        longer = [(0, 0), (0, padding)]
        x = np.pad(inputs, [*longer, (0, 0)], constant_values=9)
        seen = np.pad(mask, longer)
        layer = case.build(return_sequences=True, return_state=True)
        outputs, *ends = layer(x, initial_state=states, mask=seen)
        last = case.build()(x, initial_state=states, mask=seen)
        return last, *ends, cross_entropy(outputs, np.pad(targets, longer), seen)[0]

    for short, long in zip(results(0), results(5), strict=True):
        np.testing.assert_allclose(short, long, rtol=1e-6)
