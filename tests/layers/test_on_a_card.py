"""On a graphics card, cuDNN's loop by the same numbers; skipped where there is none."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import CharLM, ContiguousBatches, FusedGRU, FusedLSTM, generate

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not tf.config.list_physical_devices("GPU"), reason="there is no graphics card"
    ),
]


@pytest.fixture(autouse=True)
def full_precision():
    """Products of float32 in float32, not in the 19 bits that cards prefer."""
    before = tf.config.experimental.tensor_float_32_execution_enabled()
    tf.config.experimental.enable_tensor_float_32_execution(False)
    yield
    tf.config.experimental.enable_tensor_float_32_execution(before)


def outputs_and_gradients(layer, x, states, mask, device):
    with tf.device(device), tf.GradientTape() as tape:
        x, states = tf.identity(x), [tf.identity(state) for state in states]
        tape.watch([x, *states])
        outputs, *last = layer(x, initial_state=states, mask=mask)
        loss = sum(tf.reduce_sum(tf.sin(3.0 * part)) for part in (outputs, *last))
    wanted = [x, *states, *layer.trainable_variables]
    return [outputs, *last, *tape.gradient(loss, wanted)]


@pytest.mark.parametrize("cls", [FusedLSTM, FusedGRU])
@pytest.mark.parametrize("masked", [False, True])
def test_outputs_and_gradients_are_the_cpus(cls, masked):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, 9, 5)).astype(np.float32)
    states = [rng.normal(size=(4, 8)).astype(np.float32) for _ in cls.state_names]
    ends = np.array([[9], [5], [1], [7]])
    mask = tf.constant(np.arange(9) < ends) if masked else None
    found = []
    for device, cudnn in [("CPU:0", False), ("GPU:0", "auto")]:
        layer = cls(8, return_sequences=True, return_state=True, use_cudnn=cudnn)
        layer.build((None, None, 5))
        rng = np.random.default_rng(1)
        layer.set_weights([rng.normal(size=w.shape) * 0.5 for w in layer.weights])
        assert layer.loop == ("cudnn" if cudnn else "fused")
        found.append(outputs_and_gradients(layer, x, states, mask, device))
    for theirs, ours in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)


def make_model(device, **options):
    keras.utils.set_random_seed(0)
    model = CharLM(27, 32, **options)
    for layer in model.stack.layers:
        layer.use_cudnn = "auto" if device == "GPU:0" else False
    return model


@pytest.mark.parametrize("options", [{}, {"cell": "gru", "num_layers": 2}])
def test_training_goes_the_cpus_way(options):
    ids = np.cumsum(np.random.default_rng(0).integers(1, 4, 5000)) % 27
    batches, losses = ContiguousBatches(ids, 16, 20), []
    for device in ("CPU:0", "GPU:0"):
        with tf.device(device):
            model = make_model(device, **options)
            weights = losses[0][1] if losses else model.get_weights()
            model.set_weights(weights)
            model.compile(keras.optimizers.Adam(0.02, global_clipnorm=1.0))
            fit = model.fit(batches, epochs=4, verbose=0)
        losses.append((fit.history["loss"], weights))
    np.testing.assert_allclose(losses[1][0], losses[0][0], rtol=1e-4)
    assert losses[1][0][-1] < losses[1][0][0] / 1.3


@pytest.mark.parametrize("dtype", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision_learns_on_it(dtype):
    ids = np.cumsum(np.random.default_rng(0).integers(1, 4, 5000)) % 27
    losses = []
    for policy in ("float32", dtype):
        keras.utils.set_random_seed(0)
        model = CharLM(27, 32, dtype=policy)
        model.compile(keras.optimizers.Adam(0.004))
        fit = model.fit(ContiguousBatches(ids, 16, 20), epochs=3, verbose=0)
        losses.append(fit.history["loss"][-1])
    assert losses[1] == pytest.approx(losses[0], rel=0.05)


def test_it_writes_as_the_cpu_does():
    written, weights = [], None
    for device in ("CPU:0", "GPU:0"):
        with tf.device(device):
            model, rng = make_model(device), np.random.default_rng(0)
            weights = weights or model.get_weights()
            model.set_weights(weights)
            written.append(generate(model, [1, 2, 3], 40, rng, temperature=0))
    assert written[0].tolist() == written[1].tolist()
