"""What stands behind a mask: it is not read, whatever it is."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.layers.recurrent import (
    BATCH,
    FEATURES,
    STEPS,
    assert_all_same,
    assert_same,
    make_mask,
    value_and_gradients,
)


@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("behind", [np.nan, np.inf, 1e30])
def test_nan_behind_a_mask_stays_there(case, behind, jit_compile, go_backwards):
    inputs, *states = case.data()
    mask = make_mask("random")
    spoiled = np.where(mask[:, :, None], inputs, behind).astype("float32")
    layer = case.build(
        return_sequences=True, return_state=True, go_backwards=go_backwards
    )
    run = tf.function(
        lambda x: value_and_gradients(layer, x, states, mask), jit_compile=jit_compile
    )
    results, (by_inputs, *gradients) = run(spoiled)
    expected, (clean_by_inputs, *clean) = run(inputs)
    assert_same((results, [by_inputs]), (expected, [clean_by_inputs]), 0)
    assert_same(([], gradients), ([], clean), 1e-6)


def test_nan_behind_a_mask_stays_there_in_second_gradients(case):
    inputs, *_ = case.data()
    mask = make_mask("random")
    layer = case.build(return_sequences=True)

    def second(x):
        x, weights = tf.constant(x), [w.value for w in layer.trainable_weights]
        with tf.GradientTape() as outer:
            outer.watch(x)
            _, gradients = value_and_gradients(layer, x, mask=mask)
            loss = sum(tf.reduce_sum(tf.sin(g)) for g in gradients)
        return outer.gradient(loss, [x, *weights])

    spoiled = np.where(mask[:, :, None], inputs, np.nan).astype("float32")
    assert_same(([], second(spoiled)), ([], second(inputs)))


@pytest.mark.parametrize("dtype", ["bool", "int32", "uint8", "float32"])
@pytest.mark.parametrize("rank", [2, 3])
def test_masks_of_other_kinds(case, dtype, rank):
    inputs, *states = case.data()
    mask = make_mask("random").astype(dtype)
    layer = case.build(return_sequences=True, return_state=True)
    expected = layer(inputs, initial_state=states, mask=make_mask("random"))
    found = layer(
        inputs, initial_state=states, mask=mask if rank == 2 else mask[:, :, None]
    )
    assert_same((found, []), (expected, []), 0)


@pytest.mark.parametrize("zero_output_for_mask", [False, True])
@pytest.mark.parametrize("return_sequences", [False, True])
def test_nothing_but_padding(case, return_sequences, zero_output_for_mask):
    inputs, *states = case.data()
    layers = case.pair(
        return_sequences=return_sequences,
        return_state=True,
        zero_output_for_mask=zero_output_for_mask,
    )
    assert_all_same(layers, inputs, states, np.zeros((BATCH, STEPS), bool))


@pytest.mark.parametrize("return_sequences", [False, True])
def test_whole_numbers_for_a_mask_in_bidirectional(case, return_sequences):
    inputs, *_ = case.data()
    results = []
    for layer in case.pair(return_sequences=return_sequences):
        both = keras.layers.Bidirectional(layer)
        both.build(inputs.shape)
        both.set_weights(case.weights() * 2)
        results.append(([both(inputs, mask=make_mask("left").astype("int32"))], []))
    assert_same(*results)


@pytest.mark.parametrize(
    "shape", [(BATCH, STEPS + 1), (BATCH + 1, STEPS), (BATCH,), (BATCH, STEPS, 2)]
)
def test_a_mask_that_does_not_fit(case, shape):
    got = str(shape).replace("(", r"\(").replace(")", r"\)")
    message = rf"`mask` must have shape \(batch, num_steps\) = \(4, 7\); got {got}"
    with pytest.raises(ValueError, match=message):
        case.build()(np.zeros((BATCH, STEPS, FEATURES)), mask=np.ones(shape, bool))
