"""`RecurrentStack` against the same layers of Keras', one above the other."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import RecurrentStack

LAYERS = {
    "lstm": keras.layers.LSTM,
    "gru": keras.layers.GRU,
    "rnn": keras.layers.SimpleRNN,
}
each_cell = pytest.mark.parametrize("cell", LAYERS)
RNG = np.random.default_rng(0)
X = RNG.normal(size=(3, 7, 5)).astype(np.float32)
MASK = RNG.random((3, 7)) < 0.7
IDS = RNG.integers(5, size=(3, 7)).astype(np.int32)


def make(cell, num_layers=2, **options):
    """A stack with large random weights, and states to begin with."""
    keras.utils.set_random_seed(2)
    stack = RecurrentStack(4, cell=cell, num_layers=num_layers, **options)
    stack.build((None, None, 5))
    rng = np.random.default_rng(1)
    for weight in stack.trainable_variables:
        weight.assign(rng.normal(size=weight.shape))
    states = tf.nest.map_structure(
        lambda state: tf.constant(rng.normal(size=state.shape), tf.float32),
        stack.initial_states(3),
    )
    return stack, states


def by_keras(stack, x, states, mask):
    """Outputs, states and the gradients by the weights, from Keras' layers."""
    layers, weights, found = [], [], []
    for n, ours in enumerate(stack.layers):
        layer = LAYERS[stack.cell](
            stack.units, return_sequences=True, return_state=True
        )
        layer.build((None, None, 5 if n == 0 else stack.units))
        layer.set_weights(ours.get_weights())
        layers.append(layer)
        weights += layer.trainable_variables
    with tf.GradientTape() as tape:
        x = tf.constant(x)
        for layer, state in zip(layers, states, strict=True):
            x, *last = layer(x, initial_state=list(state), mask=mask)
            found.append(tuple(last))
        loss = tf.reduce_sum(x**2)
    return x, found, tape.gradient(loss, weights)


@each_cell
@pytest.mark.parametrize("num_layers", [1, 2, 3])
@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "masked"])
def test_is_keras_layers_one_above_the_other(cell, num_layers, mask):
    stack, states = make(cell, num_layers)
    mask = None if mask is None else tf.constant(mask)
    with tf.GradientTape() as tape:
        outputs, last = stack(tf.constant(X), states, mask=mask)
        loss = tf.reduce_sum(outputs**2)
    gradients = tape.gradient(loss, stack.trainable_variables)
    expected, expected_last, expected_gradients = by_keras(stack, X, states, mask)
    np.testing.assert_allclose(outputs, expected, atol=1e-5)
    assert [type(state) for state in last] == [tuple] * num_layers
    tf.nest.assert_same_structure(last, states)
    for ours, theirs in zip(
        tf.nest.flatten(last), tf.nest.flatten(expected_last), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    for ours, theirs in zip(gradients, expected_gradients, strict=True):
        theirs = tf.convert_to_tensor(theirs)
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3)


@each_cell
def test_no_states_are_zeros(cell):
    stack, _ = make(cell)
    zeros = stack.initial_states(3)
    assert len(zeros) == 2
    assert not any(np.any(part) for part in tf.nest.flatten(zeros))
    assert {tuple(part.shape) for part in tf.nest.flatten(zeros)} == {(3, 4)}
    np.testing.assert_array_equal(stack(X)[0], stack(X, zeros)[0])


@each_cell
@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint8])
def test_ids_are_one_hot_vectors(cell, dtype):
    stack, states = make(cell)
    one_hot = np.eye(5, dtype=np.float32)[IDS]
    for call in (stack, tf.function(stack)):
        ours, last = call(tf.constant(IDS.astype(dtype)), states)
        theirs, expected = call(tf.constant(one_hot), states)
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
        for a, b in zip(tf.nest.flatten(last), tf.nest.flatten(expected), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-5)


@each_cell
@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "masked"])
def test_ids_are_one_hot_vectors_also_in_what_is_dropped(cell, mask):
    found = []
    for inputs in (IDS, np.eye(5, dtype=np.float32)[IDS]):
        stack, states = make(cell, dropout=0.5)  # the same seeds
        mask = None if mask is None else tf.constant(mask)
        outputs, _ = stack(tf.constant(inputs), states, mask=mask, training=True)
        found.append(outputs.numpy())
    np.testing.assert_allclose(*found, atol=1e-5)
    assert np.abs(found[0] - stack(IDS, states, mask=mask)[0]).max() > 0.1


def kept_and_loaded(model, tmp_path):
    model.save(tmp_path / "model.keras")
    return keras.models.load_model(tmp_path / "model.keras")


@each_cell
def test_in_a_functional_model(cell, tmp_path):
    inputs = keras.Input((7, 5))
    outputs, states = RecurrentStack(4, cell=cell, num_layers=2)(inputs)
    assert outputs.shape == (None, 7, 4) and len(states) == 2
    assert all(len(state) == (2 if cell == "lstm" else 1) for state in states)
    last = states[-1][0]
    model = keras.Model(inputs, [keras.layers.Dense(2)(outputs), last])
    gates = {"lstm": 4, "gru": 3, "rnn": 1}[cell]
    bias = 2 if cell == "gru" else 1
    params = gates * 4 * (5 + 4 + bias) + gates * 4 * (4 + 4 + bias) + 10
    assert model.count_params() == params
    loaded = kept_and_loaded(model, tmp_path)
    for ours, theirs in zip(loaded(X), model(X), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    np.testing.assert_allclose(copy(X)[0], model(X)[0], atol=1e-6)
    model.compile("sgd", ["mse", None], jit_compile=False)
    model.fit(X, np.zeros((3, 7, 2)), verbose=0)


class Outputs(keras.layers.Layer):
    """The outputs without the states, so that layers can follow in a row."""

    def call(self, pair):
        return pair[0]


def test_in_a_sequential_model(tmp_path):
    stack = RecurrentStack(4, cell="gru", num_layers=2, dropout=0.1)
    with keras.saving.custom_object_scope({"Outputs": Outputs}):
        model = keras.Sequential(
            [keras.Input((7, 5)), stack, Outputs(), keras.layers.Dense(1)]
        )
        loaded = kept_and_loaded(model, tmp_path)
    assert model.output_shape == (None, 7, 1)
    assert loaded.layers[0].get_config() == stack.get_config()
    np.testing.assert_allclose(loaded(X), model(X), atol=1e-6)


@each_cell
def test_config_comes_back(cell):
    stack = RecurrentStack(
        4,
        cell=cell,
        num_layers=3,
        dropout=0.25,
        initializer=keras.initializers.RandomNormal(0.1, 0.2, seed=1),
        unit_forget_bias=False,
        name="reader",
    )
    again = RecurrentStack.from_config(stack.get_config())
    assert again.get_config() == stack.get_config()
    for part in (stack, again):
        part.build((None, None, 5))
    for ours, theirs in zip(again.get_weights(), stack.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)  # the initializer has a seed
    assert again.dropouts[0].rate == 0.25


def test_masks_of_layers_before_are_used():
    embedding = keras.layers.Embedding(5, 5, mask_zero=True)
    stack, _ = make("lstm")
    ids = np.array([[3, 1, 0, 0], [2, 4, 1, 3]])
    _, states = stack(embedding(ids))
    _, expected = stack(embedding(ids[:1, :2]))
    np.testing.assert_allclose(states[1][0][:1], expected[1][0], atol=1e-6)


@pytest.mark.parametrize(
    "states, message",
    [
        ([(X[:, 0, :4],)] * 2, r"of layer 0 must be \(h, c\), .*; got 1 tensors"),
        ([(X[:, 0, :4],) * 2], "one tuple for each of 2 layers; got 1"),
        ([X[:, 0, :4]] * 2, r"of layer 0 must be \(h, c\)"),
        ([(X[:, 0],) * 2] * 2, r"layer 0: h must have shape .*\(3, 4\); got \(3, 5\)"),
        ([(X[:2, 0, :4],) * 2] * 2, r"layer 0: h .*\(3, 4\); got \(2, 4\)"),
        (X[:, 0, :4], "one tuple for each of 2 layers; got"),
        ([tf.constant(X[:, 0, :4])] * 2, "of layer 0 .*; got EagerTensor"),
    ],
)
def test_refuses_states_that_do_not_fit(states, message):
    stack, _ = make("lstm")
    with pytest.raises(ValueError, match=message):
        stack(X, states)


@each_cell
@pytest.mark.parametrize("shape", [(3, 8), (2, 7), (3,), (3, 7, 2)])
def test_refuses_masks_that_do_not_fit(cell, shape):
    got = str(shape).replace("(", r"\(").replace(")", r"\)")
    message = rf"`mask` must have shape \(batch, num_steps\) = \(3, 7\); got {got}"
    for inputs in (X, IDS):
        with pytest.raises(ValueError, match=message):
            make(cell)[0](inputs, mask=np.ones(shape, bool))


@each_cell
@pytest.mark.parametrize(
    "inputs, message",
    [
        (X[:, :0], r"at least one step, or be ids; got shape \(3, 0, 5\)"),
        (X[:, :, :4], r"shape \(batch, num_steps, 5\).*; got shape \(3, 7, 4\)"),
        (X[:, 0], r"shape \(batch, num_steps, 5\).*; got shape \(3, 5\)"),
        (IDS[:, :0], "`inputs` must have at least one step; got none"),
        (IDS + 1, "`inputs` must be from 0 to 4; got 5"),
    ],
)
def test_refuses_inputs_that_do_not_fit(cell, inputs, message):
    with pytest.raises(ValueError, match=message):
        make(cell)[0](inputs)


def test_ids_do_not_build_it():
    with pytest.raises(ValueError, match=r"features\) the first time.*shape \(3, 7\)"):
        RecurrentStack(4)(IDS)
