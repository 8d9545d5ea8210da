"""Every argument of Keras' layers, taken by ours and with the same effect."""

import inspect

import keras
import numpy as np
import pytest

from tests.layers.recurrent import (
    BATCH,
    FEATURES,
    UNITS,
    GRUCase,
    LSTMCase,
    assert_all_same,
    make_mask,
)

CASES = {"LSTM": LSTMCase(), "GRU": GRUCase()}

# For each argument a value that is not its default.
OTHER = {
    "activation": "relu",
    "recurrent_activation": "hard_sigmoid",
    "use_bias": False,
    "kernel_initializer": keras.initializers.RandomNormal(seed=1),
    "recurrent_initializer": keras.initializers.GlorotUniform(seed=2),
    "bias_initializer": keras.initializers.RandomNormal(seed=3),
    "unit_forget_bias": False,
    "kernel_regularizer": keras.regularizers.L2(0.3),
    "recurrent_regularizer": keras.regularizers.L1(0.2),
    "bias_regularizer": keras.regularizers.L2(0.1),
    "activity_regularizer": keras.regularizers.L2(0.4),
    "kernel_constraint": keras.constraints.MaxNorm(0.5),
    "recurrent_constraint": keras.constraints.NonNeg(),
    "bias_constraint": keras.constraints.NonNeg(),
    "dropout": 0.4,
    "recurrent_dropout": 0.4,
    "seed": 5,
    "return_sequences": True,
    "return_state": True,
    "go_backwards": True,
    "stateful": True,
    "unroll": True,
    "reset_after": False,
    "use_cudnn": "auto",
    # Those that Keras takes without naming them:
    "implementation": 1,
    "zero_output_for_mask": True,
    "dtype": "float64",
    "trainable": False,
    "name": "mine",
}
UNNAMED = ["implementation", "zero_output_for_mask", "dtype", "trainable", "name"]
STARTS = {
    name: keras.initializers.GlorotNormal(seed=9)
    for name in ("kernel_initializer", "recurrent_initializer")
}


def names(cls):
    named = list(inspect.signature(cls.__init__).parameters)
    return [name for name in named if name not in ("self", "units", "kwargs")]


def config(layer):
    return {key: v for key, v in layer.get_config().items() if key != "name"}


@pytest.mark.parametrize(
    "case, name",
    [
        pytest.param(case, name, id=f"{kind}-{name}")
        for kind, case in CASES.items()
        for name in [*names(case.theirs), *UNNAMED]
    ],
)
def test_has_the_effect_it_has_in_keras(case, name):
    inputs, *states = case.data()
    options = {"seed": 5, **STARTS, name: OTHER[name]}
    if name == "stateful":
        options["batch_size"] = BATCH
    if name in ("seed", "implementation"):
        options["dropout"] = 0.4
    layers = ours, theirs = case.pair(**options)
    assert config(ours) == config(theirs)
    for training in (True, False):
        assert_all_same(layers, inputs, None, make_mask("random"), training=training)
        np.testing.assert_allclose(ours.losses, theirs.losses, rtol=1e-5)
    assert_all_same(layers, inputs, states, training=True)
    for a, b in zip(ours.weights, theirs.weights, strict=True):
        assert (a.shape, a.dtype, a.trainable) == (b.shape, b.dtype, b.trainable)
        assert type(a.constraint) is type(b.constraint)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@pytest.mark.parametrize("name", [n for n in OTHER if "bias" in n or "initial" in n])
def test_starts_as_keras_own_does(case, name):
    if name in names(case.theirs):
        layers = [
            c(4, **{**STARTS, name: OTHER[name]}) for c in (case.ours, case.theirs)
        ]
        for layer in layers:
            layer.build((None, None, FEATURES))
        starts = zip(*[layer.get_weights() for layer in layers], strict=True)
        for ours, theirs in starts:
            np.testing.assert_array_equal(ours, theirs)


def test_equal_seeds_give_equal_weights(case):
    starts = []
    for cls in (case.ours, case.theirs):
        keras.utils.set_random_seed(7)
        layer = cls(4)
        layer.build((None, None, FEATURES))
        starts.append(layer.get_weights())
    for ours, theirs in zip(*starts, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_second_argument_is_the_activation(case):
    layers = case.pair("relu", "hard_sigmoid", False)
    assert layers[0].activation is keras.activations.relu
    assert_all_same(layers, *case.data()[:1])


def test_config_of_keras_layer_makes_ours(case):
    theirs = case.theirs(
        6, "relu", dropout=0.2, kernel_regularizer="l2", return_state=True, name="mine"
    )
    ours = case.ours.from_config(theirs.get_config())
    assert ours.get_config() == theirs.get_config()
    assert case.theirs.from_config(ours.get_config()).get_config() == (
        theirs.get_config()
    )


def test_what_a_recurrent_layer_of_keras_has(case):
    layer = case.build(stateful=True, batch_size=BATCH)
    assert layer.units == UNITS and layer.cell.units == UNITS
    assert layer.state_size == [UNITS] * len(layer.state_names)
    assert [s.shape for s in layer.get_initial_state(2)] == (
        [(2, UNITS)] * len(layer.state_names)
    )
    inputs, *_ = case.data()
    first, second = layer(inputs), layer(inputs)
    assert np.abs(first - second).max() > 1e-4
    layer.reset_state()
    np.testing.assert_array_equal(layer(inputs), first)


@pytest.mark.parametrize("units", [np.int64(3), np.uint8(3)])
def test_units_of_numpy(case, units):
    layer = case.ours(units)
    assert layer.units == 3 and type(layer.units) is int


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16", "bfloat16"])
def test_other_precisions(case, policy):
    inputs, *states = case.data()
    options = {
        "return_sequences": True,
        "return_state": True,
        "recurrent_initializer": "zeros",  # Keras' default needs a QR in 32 bits
        "dtype": policy,
    }
    ours, theirs = case.pair(**options)
    mask = make_mask("random")
    found = ours(inputs, initial_state=states, mask=mask)
    exact = case.build(return_sequences=True, return_state=True)(
        inputs, initial_state=states, mask=mask
    )
    for a, b, c in zip(
        found,
        theirs(inputs, initial_state=states, mask=mask),
        exact,
        strict=True,
    ):
        assert a.dtype == b.dtype == ours.compute_dtype
        np.testing.assert_allclose(np.float32(a), c, atol=0.05)
