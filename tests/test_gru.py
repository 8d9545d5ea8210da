"""`FusedGRU` and its hand-written gradient against Keras, NumPy, and itself."""

import json

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
from tests.test_layers_as_keras_layers import IDS, classifier, scrambled
from tests.test_mixed_precision import TOLERANCE, policy  # noqa: F401

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


@pytest.mark.parametrize("ours_first", [True, False])
def test_in_a_functional_model_as_keras_gru(ours_first):
    models = classifier(FusedGRU), classifier(keras.layers.GRU, use_cudnn=False)
    source, target = models if ours_first else models[::-1]
    target.set_weights(scrambled(source).get_weights())
    expected = source(IDS)
    np.testing.assert_allclose(target(IDS), expected, atol=1e-5)
    unmasked = np.where(IDS == 0, 1, IDS)
    assert np.abs(target(unmasked) - expected).max() > 1e-2  # the mask has its effect


@pytest.mark.parametrize("go_backwards", [False, True])
def test_the_number_of_steps_stays_known(go_backwards):
    inputs = keras.Input((7, 5))
    layer = FusedGRU(3, return_sequences=True, go_backwards=go_backwards)
    outputs = keras.layers.Dense(2)(keras.layers.Flatten()(layer(inputs)))
    assert keras.Model(inputs, outputs).layers[-1].kernel.shape == (21, 2)


def test_starts_as_keras_gru_does():
    starts = []
    for cls in (FusedGRU, keras.layers.GRU):
        keras.utils.set_random_seed(1)
        layer = cls(6)
        layer.build((None, None, 4))
        starts.append(layer.get_weights())
    for ours, theirs in zip(*starts, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_config_comes_back():
    layer = FusedGRU(
        6,
        return_sequences=True,
        return_state=True,
        go_backwards=True,
        kernel_initializer=keras.initializers.TruncatedNormal(-0.1, 0.1, seed=3),
        recurrent_initializer="glorot_normal",
        name="fused",
        dtype="float64",
    )
    copy = FusedGRU.from_config(layer.get_config())
    assert copy.get_config() == layer.get_config()
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    copy.build(x.shape)
    layer.build(x.shape)
    layer.set_weights(copy.get_weights())
    for ours, theirs in zip(layer(x), copy(x), strict=True):
        assert ours.dtype == "float64"
        np.testing.assert_array_equal(ours, theirs)


def test_saved_here_and_loaded_elsewhere(run_python, tmp_path):
    model = scrambled(classifier(FusedGRU))
    model.save(tmp_path / "model.keras")
    code = """if True:
        import json, sys, numpy as np
        from seqmodels import FusedGRU
        import keras
        model = keras.models.load_model(sys.argv[1])
        assert isinstance(model.layers[-2], FusedGRU), model.layers
        print(np.array(model(np.array(json.loads(sys.argv[2])))).tolist())
    """
    child = run_python(code, tmp_path / "model.keras", IDS.tolist())
    np.testing.assert_allclose(json.loads(child.stdout), model(IDS), atol=1e-6)


@pytest.mark.parametrize("masked", [False, True])
def test_half_precision_agrees_with_keras_and_with_full(policy, masked):  # noqa: F811
    x, h = arrays((3, 7, 5), (3, 8))
    mask = tf.constant(np.random.default_rng(1).random((3, 7)) > 0.3)
    half = [w / 2 for w in weights(features=5, units=8)]

    def run(layer):
        layer.build(x.shape)
        layer.set_weights(half)
        with tf.GradientTape() as tape:
            y = layer(x, initial_state=[h], mask=mask if masked else None)
            loss = tf.reduce_sum(tf.sin(tf.cast(y, tf.float32)))
        return [y, *tape.gradient(loss, layer.trainable_weights)]

    ours = run(FusedGRU(8, return_sequences=True))
    theirs = run(keras.layers.GRU(8, return_sequences=True, use_cudnn=False))
    full = run(FusedGRU(8, return_sequences=True, dtype="float32"))
    assert ours[0].dtype == keras.mixed_precision.dtype_policy().compute_dtype
    assert all(gradient.dtype == tf.float32 for gradient in ours[1:])
    for a, b, c in zip(ours, theirs, full, strict=True):
        for other in (b, c):
            error = np.abs(np.float32(a) - np.float32(other)).max()
            assert error < TOLERANCE[policy] * np.abs(c).max()


@pytest.mark.parametrize("units", [0, -1, 2.5, "3", None])
def test_bad_units(units):
    with pytest.raises(ValueError, match=f"`units` must be a pos.*; got {units!r}"):
        FusedGRU(units)


@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize("shape", [(2, 4), (2, 3, 4, 1)])
def test_wrong_rank(shape, built):
    layer = FusedGRU(3)
    if built:
        layer.build((None, None, 4))
    got = str(shape).replace("(", r"\(").replace(")", r"\)")
    with pytest.raises(ValueError, match=rf"\(batch, num_steps, features\); got {got}"):
        layer(np.zeros(shape, np.float32))


def test_wrong_number_of_features():
    layer = FusedGRU(3)
    layer.build((None, None, 4))
    message = r"must have 4 features, .* built with; got shape \(2, 5, 6\)"
    with pytest.raises(ValueError, match=message):
        layer(np.zeros((2, 5, 6), np.float32))
    message = r"a known number of features; got shape \(None, None, None\)"
    with pytest.raises(ValueError, match=message):
        FusedGRU(3).build((None, None, None))


GOOD = np.zeros((2, 3), np.float32)


@pytest.mark.parametrize(
    "state, message",
    [
        (GOOD[:, :2], r"`initial_state` must .* = \(2, 3\); got \(2, 2\)"),
        ([GOOD[:1]], r"`initial_state` must .* = \(2, 3\); got \(1, 3\)"),
        ([GOOD, GOOD], r"`initial_state` must be `h` or `\[h\]`; got .* 2 states"),
        ([], r"`initial_state` must be `h` or `\[h\]`; got a list of 0 states"),
    ],
)
def test_wrong_state(state, message):
    with pytest.raises(ValueError, match=message):
        FusedGRU(3)(np.zeros((2, 5, 4), np.float32), initial_state=state)
