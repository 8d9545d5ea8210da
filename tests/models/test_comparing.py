"""One comparison of outputs and gradients, for the proofs in the notebooks."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import outputs_and_gradients, relative_gaps

X = tf.constant([[1.0, 2.0], [3.0, 4.0]])


def test_outputs_and_gradients_by_hand():
    w = tf.constant([[0.5], [-1.0]])
    outputs, gradient = outputs_and_gradients(lambda: X @ w, [w])
    np.testing.assert_allclose(outputs, [[-1.5], [-2.5]])
    expected = X.numpy().T @ np.cos([[-1.5], [-2.5]])  # of the sum of sines
    np.testing.assert_allclose(gradient, expected, rtol=1e-6)


def test_another_loss():
    w = tf.Variable([[0.5], [-1.0]])
    _, gradient = outputs_and_gradients(lambda: X @ w, [w], tf.reduce_sum)
    np.testing.assert_allclose(gradient, [[4.0], [6.0]])


def test_weights_of_keras_and_plain_tensors_together():
    layer = keras.layers.Dense(3)
    layer.build((None, 2))
    weights = [*layer.trainable_weights, X]
    found = outputs_and_gradients(lambda: layer(X), weights)
    assert [array.shape for array in found[1:]] == [(2, 3), (3,), (2, 2)]


def test_gradients_of_a_table_are_dense():
    layer = keras.layers.Embedding(4, 2)
    layer.build(None)
    ids = tf.constant([1, 1, 3])
    found = outputs_and_gradients(lambda: layer(ids), layer.trainable_weights)
    assert isinstance(found[1], tf.Tensor)
    assert not found[1][0].numpy().any()
    assert found[1][1].numpy().any()


def test_a_weight_that_is_not_used_is_named():
    with pytest.raises(ValueError, match="weight 1 of 2"):
        outputs_and_gradients(lambda: X * 2, [X, tf.constant(1.0)])


def test_gaps_are_shares_of_the_largest_entry_of_theirs():
    ours, theirs = [np.array([4.0, -10.0]), 1.0], [np.array([5.0, -8.0]), 1.0]
    assert relative_gaps(ours, theirs) == [0.25, 0.0]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ([0.0, np.nan], [0.0, 1.0]),
        ([0.0, 1.0], [np.nan, 1.0]),
        ([np.nan], [np.nan]),
        ([np.inf, 0.0], [1.0, 0.0]),
        ([1.0, 0.0], [np.inf, 0.0]),
        ([np.inf, 0.0], [np.inf, 0.0]),
        ([0.0, 1e-9], [0.0, 0.0]),
    ],
)
def test_what_is_not_finite_is_infinitely_far(ours, theirs):
    assert relative_gaps([ours, [1.0]], [theirs, [1.0]]) == [np.inf, 0.0]


def test_nothing_but_zeros_are_the_same():
    assert relative_gaps([[0.0, 0.0]], [[0.0, 0.0]]) == [0.0]


@pytest.mark.parametrize(
    ("ours", "theirs", "message"),
    [
        ([[1.0, 2.0]], [[1.0]], r"\(2,\) and \(1,\) as number 0"),
        ([[1.0], [[1.0]]], [[1.0], [1.0]], r"\(1, 1\) and \(1,\) as number 1"),
        ([[]], [[]], r"\(0,\) and \(0,\)"),
        ([[1.0], [2.0]], [[1.0]], "zip"),
    ],
)
def test_arrays_that_do_not_pair_are_refused(ours, theirs, message):
    with pytest.raises(ValueError, match=message):
        relative_gaps(ours, theirs)
