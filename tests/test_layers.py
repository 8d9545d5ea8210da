"""`FusedLSTM` and its hand-written gradient against Keras, NumPy, and itself."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import FusedLSTM, cross_entropy, recurrence

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


def data(dtype="float32"):
    """Inputs, h and c."""
    return arrays((BATCH, STEPS, FEATURES), *[(BATCH, UNITS)] * 2, dtype=dtype)


def weights(dtype="float32"):
    """Kernel, recurrent kernel and bias, all different: no gate is like another."""
    shapes = (FEATURES, 4 * UNITS), (UNITS, 4 * UNITS), (4 * UNITS,)
    return arrays(*shapes, seed=7, dtype=dtype)


def build(cls=FusedLSTM, **options):
    if cls is keras.layers.LSTM:
        options["use_cudnn"] = False
    layer = cls(UNITS, **options)
    layer.build((None, None, FEATURES))
    layer.set_weights(weights(options.get("dtype", "float32")))
    return layer


def numpy_lstm(x, h, c, mask, go_backwards):
    """Every gate by itself, every step by itself."""
    kernels, recurrents, biases = (np.split(w, 4, axis=-1) for w in weights())
    outputs, output = [], np.zeros_like(h)
    for t in reversed(range(STEPS)) if go_backwards else range(STEPS):
        i, f, g, o = (
            x[:, t] @ kernel + h @ recurrent + bias
            for kernel, recurrent, bias in zip(kernels, recurrents, biases, strict=True)
        )
        i, f, o = (1 / (1 + np.exp(-gate)) for gate in (i, f, o))
        c_new = f * c + i * np.tanh(g)
        h_new = o * np.tanh(c_new)
        keep = np.ones((BATCH, 1), bool) if mask is None else mask[:, t, None]
        h, c = np.where(keep, h_new, h), np.where(keep, c_new, c)
        output = np.where(keep, h_new, output)
        outputs.append(output)
    return np.stack(outputs, axis=1), h, c


def value_and_gradients(layer, inputs, states, mask):
    """What a layer returns, and the gradients of a random sum of all of it."""
    inputs, *states = map(tf.convert_to_tensor, [inputs, *(states or [])])
    sources = [inputs, *states, *[w.value for w in layer.trainable_weights]]
    with tf.GradientTape() as tape:
        tape.watch(sources)
        results = layer(inputs, initial_state=states or None, mask=mask)
        factors = arrays(*[r.shape for r in results], seed=2, dtype=layer.dtype)
        loss = sum(tf.reduce_sum(f * r) for f, r in zip(factors, results, strict=True))
    return results, tape.gradient(loss, sources)


def assert_same(ours, theirs, tolerance=1e-5):
    """Compares results and gradients, the latter by each one's own scale."""
    for a, b in zip(ours[0], theirs[0], strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance)
    for a, b in zip(ours[1], theirs[1], strict=True):
        scale = max(1.0, np.abs(b).max())
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * scale)


@pytest.fixture(params=[False, True], ids=["whole", "halved"])
def halved(request, monkeypatch):
    """The batch as one, and as the two halves that a larger one is split into."""
    rows = BATCH if request.param else BATCH + 1
    monkeypatch.setattr(recurrence, "MIN_ROWS_TO_HALVE", rows)


@pytest.mark.usefixtures("halved")
@pytest.mark.parametrize("go_backwards", [False, True])
@pytest.mark.parametrize("with_states", [False, True])
@pytest.mark.parametrize("kind", ["none", "right", "left", "random"])
class TestAgainst:
    @pytest.mark.parametrize("return_sequences", [False, True])
    def test_keras(self, kind, with_states, go_backwards, return_sequences):
        inputs, *states = data()
        options = {"return_sequences": return_sequences, "go_backwards": go_backwards}
        ours, theirs = (
            value_and_gradients(
                build(cls, return_state=True, **options),
                inputs,
                states if with_states else None,
                make_mask(kind),
            )
            for cls in (FusedLSTM, keras.layers.LSTM)
        )
        assert_same(ours, theirs)

    def test_numpy(self, kind, with_states, go_backwards):
        inputs, h, c = data()
        if not with_states:
            h, c = np.zeros_like(h), np.zeros_like(c)
        mask = make_mask(kind)
        expected = numpy_lstm(inputs, h, c, mask, go_backwards)
        options = {"return_state": True, "go_backwards": go_backwards}
        states = [h, c] if with_states else None
        for sequences in (True, False):
            layer = build(return_sequences=sequences, **options)
            found = layer(inputs, initial_state=states, mask=mask)
            outputs = expected[0] if sequences else expected[0][:, -1]
            assert_same((found, []), ((outputs, *expected[1:]), []))


@pytest.mark.usefixtures("halved")
@pytest.mark.parametrize("with_states", [False, True])
@pytest.mark.parametrize("kind", ["none", "random"])
def test_gradient_against_central_differences(kind, with_states):
    inputs, *states = data("float64")
    states = states if with_states else []
    layer = build(return_sequences=True, return_state=True, dtype="float64")
    mask, points = make_mask(kind), [inputs, *states, *weights("float64")]
    directions = arrays(*[p.shape for p in points], seed=3, dtype="float64")

    def run(size):
        """The random sum of all results, and its gradients, this far away."""
        x, *rest = [p + size * d for p, d in zip(points, directions, strict=True)]
        layer.set_weights(rest[-3:])
        results, gradients = value_and_gradients(layer, x, rest[:-3], mask)
        factors = arrays(*[r.shape for r in results], seed=2, dtype="float64")
        return sum(
            np.vdot(f, r) for f, r in zip(factors, results, strict=True)
        ), gradients

    numeric = (run(1e-6)[0] - run(-1e-6)[0]) / 2e-6
    slopes = [np.vdot(g, d) for g, d in zip(run(0)[1], directions, strict=True)]
    assert min(map(abs, slopes)) > 1e-3  # every argument has its part in the sum
    np.testing.assert_allclose(sum(slopes), numeric, rtol=1e-5)


@pytest.mark.usefixtures("halved")
@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("kind", ["none", "random"])
def test_compiled_is_as_eager(kind, jit_compile):
    inputs, *states = data()
    layer = build(return_sequences=True, return_state=True)
    compiled = tf.function(
        lambda x, h, c: value_and_gradients(layer, x, [h, c], make_mask(kind)),
        jit_compile=jit_compile,
    )
    eager = value_and_gradients(layer, inputs, states, make_mask(kind))
    assert_same(compiled(inputs, *states), eager)


@pytest.mark.parametrize("go_backwards", [False, True])
def test_ids_stand_for_one_hot_vectors(go_backwards):
    ids = np.random.default_rng(4).integers(0, FEATURES, (BATCH, STEPS))
    _, *states = data()
    layer = build(return_sequences=True, return_state=True, go_backwards=go_backwards)
    results = []
    for inputs in (tf.constant(ids), tf.one_hot(ids, FEATURES)):
        with tf.GradientTape() as tape:
            found = layer(inputs, initial_state=states, mask=make_mask("random"))
            loss = sum(tf.reduce_sum(tf.cos(part)) for part in found)
        results.append((found, tape.gradient(loss, layer.trainable_weights)))
    assert_same(*results)


@pytest.mark.parametrize("return_sequences", [False, True])
@pytest.mark.parametrize("kind", ["none", "right", "random"])
def test_in_bidirectional(kind, return_sequences):
    inputs, *states = data()
    states += arrays((BATCH, UNITS), (BATCH, UNITS), seed=8)
    ours, theirs = (
        keras.layers.Bidirectional(
            build(cls, return_state=True, return_sequences=return_sequences)
        )
        for cls in (FusedLSTM, keras.layers.LSTM)
    )
    for layer in (ours, theirs):
        layer.build(inputs.shape)
        layer.set_weights(weights() + [w[::-1] for w in weights()])
    results = [
        [np.array(r) for r in layer(inputs, mask=make_mask(kind), initial_state=states)]
        for layer in (ours, theirs)
    ]
    assert_same((results[0], []), (results[1], []))


def test_two_halves_are_one_whole():
    inputs, *states = data()
    layer = build(return_sequences=True, return_state=True)
    whole, *last = layer(inputs, initial_state=states)
    first, *between = layer(inputs[:, :3], initial_state=states)
    second, *end = layer(inputs[:, 3:], initial_state=between)
    np.testing.assert_allclose(np.concatenate([first, second], 1), whole, atol=1e-6)
    np.testing.assert_allclose(end, last, atol=1e-6)


def test_the_cell_state_counts():
    inputs, h, c = data()
    layer = build()
    outputs = [layer(inputs, initial_state=[h, cell]) for cell in (c, c + 0.5)]
    assert np.abs(outputs[0] - outputs[1]).max() > 1e-4


def test_more_padding_changes_nothing():
    inputs, *states = data()
    mask, targets = make_mask("right"), np.arange(BATCH * STEPS).reshape(BATCH, -1) % 3

    def results(padding):
        longer = [(0, 0), (0, padding)]
        x = np.pad(inputs, [*longer, (0, 0)], constant_values=9)
        seen = np.pad(mask, longer)
        layer = build(return_sequences=True, return_state=True)
        outputs, h, c = layer(x, initial_state=states, mask=seen)
        last = build()(x, initial_state=states, mask=seen)
        return last, h, c, cross_entropy(outputs, np.pad(targets, longer), seen)[0]

    for short, long in zip(results(0), results(5), strict=True):
        np.testing.assert_allclose(short, long, rtol=1e-6)
