"""Derivatives of derivatives, against those of Keras' layers."""

import numpy as np
import pytest
import tensorflow as tf

from tests.layers.recurrent import BATCH, FEATURES, STEPS, arrays, make_mask

X, V = (
    tf.constant(a)
    for a in arrays(*[(BATCH, STEPS, FEATURES)] * 2, seed=9, dtype="float64")
)

pytestmark = pytest.mark.slow


def third(layer, mask):
    with tf.GradientTape() as outer:
        outer.watch(X)
        with tf.GradientTape() as middle:
            middle.watch(X)
            with tf.GradientTape() as inner:
                inner.watch(X)
                y = tf.reduce_sum(tf.sin(layer(X, mask=mask)))
            first = tf.reduce_sum(inner.gradient(y, X) * V)
        second = tf.reduce_sum(middle.gradient(first, X) * V * V)
    return outer.gradient(second, X)


def second_by_weights(layer, mask):
    weights = [w.value for w in layer.trainable_weights]
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = tf.reduce_sum(tf.sin(layer(X, mask=mask)))
        gradients = inner.gradient(y, weights)
        total = sum(tf.reduce_sum(tf.cos(g)) for g in gradients)
    flat = [tf.reshape(g, [-1]) for g in outer.gradient(total, weights)]
    return tf.concat(flat, axis=0)


def jacobian(layer, mask):
    with tf.GradientTape() as tape:
        tape.watch(X)
        y = layer(X, mask=mask)
    return tape.jacobian(y, X)


def forward_mode(layer, mask):
    with tf.autodiff.ForwardAccumulator(X, V) as accumulator:
        y = layer(X, mask=mask)
    return accumulator.jvp(y)


def gradients_of_a_stack(layer, mask):
    def gradient(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(tf.sin(layer(x, mask=mask)))
        return tape.gradient(y, x)

    return tf.vectorized_map(gradient, tf.stack([X, V]))


def gradients_one_by_one(layer, mask):
    results = []
    for x in (X, V):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(tf.sin(layer(x, mask=mask)))
        results.append(tape.gradient(y, x))
    return tf.stack(results)


@pytest.mark.parametrize("kind", ["none", "random"])
@pytest.mark.parametrize(
    "derive, reference",
    [
        (third, third),
        (second_by_weights, second_by_weights),
        (jacobian, jacobian),
        (forward_mode, forward_mode),
        (gradients_of_a_stack, gradients_one_by_one),
    ],
)
def test_as_of_keras_layer(case, derive, reference, kind):
    ours, theirs = case.pair(return_sequences=True, dtype="float64")
    expected = reference(theirs, make_mask(kind))
    assert np.abs(expected).max() > 1e-2
    if derive is not forward_mode:  # which a compiled function does not offer
        derive = tf.function(derive)
    found = derive(ours, make_mask(kind))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)
