"""The fused layers as citizens of Keras: weights, configuration, files, errors."""

import json

import keras
import numpy as np
import pytest

from seqmodels import FusedGRU, FusedLSTM

KERAS = {FusedLSTM: keras.layers.LSTM, FusedGRU: keras.layers.GRU}
each_layer = pytest.mark.parametrize("cls", KERAS)
IDS = np.array([[3, 1, 4, 0, 0], [5, 0, 2, 6, 5], [0, 0, 1, 2, 3]])


def classifier(cls, **options):
    """Embedding with a mask, two layers and a readout, as a functional model."""
    inputs = keras.Input([None], dtype="int32")
    x = keras.layers.Embedding(7, 4, mask_zero=True)(inputs)
    x = cls(5, return_sequences=True, **options)(x)
    x = cls(3, **options)(x)
    return keras.Model(inputs, keras.layers.Dense(2)(x))


def scrambled(model, seed=0):
    """Gives every weight of a model a random value of its own."""
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


@each_layer
@pytest.mark.parametrize("ours_first", [True, False])
def test_in_a_functional_model_as_keras_own(cls, ours_first):
    models = classifier(cls), classifier(KERAS[cls], use_cudnn=False)
    source, target = models if ours_first else models[::-1]
    target.set_weights(scrambled(source).get_weights())
    expected = source(IDS)
    np.testing.assert_allclose(target(IDS), expected, atol=1e-5)
    unmasked = np.where(IDS == 0, 1, IDS)
    assert np.abs(target(unmasked) - expected).max() > 1e-2  # the mask has its effect


@each_layer
@pytest.mark.parametrize("go_backwards", [False, True])
def test_the_number_of_steps_stays_known(cls, go_backwards):
    inputs = keras.Input((7, 5))
    layer = cls(3, return_sequences=True, go_backwards=go_backwards)
    outputs = keras.layers.Dense(2)(keras.layers.Flatten()(layer(inputs)))
    assert keras.Model(inputs, outputs).layers[-1].kernel.shape == (21, 2)


@pytest.mark.parametrize(
    "cls, options",
    [
        (FusedLSTM, {"unit_forget_bias": True}),
        (FusedLSTM, {"unit_forget_bias": False}),
        (FusedGRU, {}),
    ],
)
def test_starts_as_keras_own_does(cls, options):
    starts = []
    for maker in (cls, KERAS[cls]):
        layer = maker(
            6,
            **options,
            kernel_initializer=keras.initializers.RandomNormal(seed=1),
            recurrent_initializer=keras.initializers.Orthogonal(seed=2),
        )
        layer.build((None, None, 4))
        starts.append(layer.get_weights())
    for ours, theirs in zip(*starts, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize(
    "cls, options", [(FusedLSTM, {"unit_forget_bias": False}), (FusedGRU, {})]
)
def test_config_comes_back(cls, options):
    layer = cls(
        6,
        return_sequences=True,
        return_state=True,
        go_backwards=True,
        kernel_initializer=keras.initializers.TruncatedNormal(-0.1, 0.1, seed=3),
        recurrent_initializer="glorot_normal",
        name="fused",
        dtype="float64",
        **options,
    )
    copy = cls.from_config(layer.get_config())
    assert copy.get_config() == layer.get_config()
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    copy.build(x.shape)
    layer.build(x.shape)
    layer.set_weights(copy.get_weights())
    for ours, theirs in zip(layer(x), copy(x), strict=True):
        assert ours.dtype == "float64"
        np.testing.assert_array_equal(ours, theirs)


@each_layer
def test_saved_here_and_loaded_elsewhere(cls, run_python, tmp_path):
    model = scrambled(classifier(cls))
    model.save(tmp_path / "model.keras")
    code = """if True:
        import json, sys, numpy as np
        from seqmodels import FusedGRU, FusedLSTM
        import keras
        model = keras.models.load_model(sys.argv[1])
        assert type(model.layers[-2]).__name__ == sys.argv[3], model.layers
        print(np.array(model(np.array(json.loads(sys.argv[2])))).tolist())
    """
    child = run_python(code, tmp_path / "model.keras", IDS.tolist(), cls.__name__)
    np.testing.assert_allclose(json.loads(child.stdout), model(IDS), atol=1e-6)


@each_layer
@pytest.mark.parametrize("units", [0, -1, 2.5, "3", None])
def test_bad_units(cls, units):
    with pytest.raises(
        ValueError, match=f"`units` must be a positive .*; got {units!r}"
    ):
        cls(units)


@each_layer
@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize("shape", [(2, 4), (2, 3, 4, 1)])
def test_wrong_rank(cls, shape, built):
    layer = cls(3)
    if built:
        layer.build((None, None, 4))
    got = str(shape).replace("(", r"\(").replace(")", r"\)")
    with pytest.raises(ValueError, match=rf"\(batch, num_steps, features\); got {got}"):
        layer(np.zeros(shape, np.float32))


@each_layer
def test_ids_of_wrong_rank(cls):
    layer = cls(3)
    layer.build((None, None, 4))
    message = r"must have shape \(batch, num_steps\); got \(2, 3, 4\)"
    with pytest.raises(ValueError, match=message):
        layer(np.zeros((2, 3, 4), np.int32))


@each_layer
def test_wrong_number_of_features(cls):
    layer = cls(3)
    layer.build((None, None, 4))
    message = r"must have 4 features, .* built with; got shape \(2, 5, 6\)"
    with pytest.raises(ValueError, match=message):
        layer(np.zeros((2, 5, 6), np.float32))
    message = r"a known number of features; got shape \(None, None, None\)"
    with pytest.raises(ValueError, match=message):
        cls(3).build((None, None, None))


GOOD = np.zeros((2, 3), np.float32)


@pytest.mark.parametrize(
    "cls, states, message",
    [
        (FusedLSTM, [GOOD, GOOD[:, :2]], r"` c must .* = \(2, 3\); got \(2, 2\)"),
        (FusedLSTM, [GOOD[:1], GOOD], r"` h must .* = \(2, 3\); got \(1, 3\)"),
        (FusedLSTM, [GOOD], r"must be `\[h, c\]`; got 1 states"),
        (FusedLSTM, [GOOD] * 3, r"must be `\[h, c\]`; got 3 states"),
        (FusedLSTM, GOOD, r"must be `\[h, c\]`; got a EagerTensor"),
        (FusedGRU, GOOD[:, :2], r"` h must .* = \(2, 3\); got \(2, 2\)"),
        (FusedGRU, [GOOD[:1]], r"` h must .* = \(2, 3\); got \(1, 3\)"),
        (FusedGRU, [GOOD, GOOD], r"must be `\[h\]`; got 2 states"),
        (FusedGRU, [], r"must be `\[h\]`; got 0 states"),
    ],
)
def test_wrong_states(cls, states, message):
    with pytest.raises(ValueError, match="`initial_state.*" + message):
        cls(3)(np.zeros((2, 5, 4), np.float32), initial_state=states)
