"""Training on several cards; two logical CPUs stand for them."""

import re
from importlib import metadata

import numpy as np
import pytest

pytestmark = pytest.mark.slow

CLOSE = 1e-5
# By their names: options of `CharLM`, of its `compile` on two cards, and on one.
PLAIN, METRIC = {"jit_compile": False}, {"metrics": ["accuracy"]}
MODELS = {
    "one-hot": ({}, PLAIN, PLAIN),
    "embedding": ({"embed_dim": 5}, METRIC, PLAIN | METRIC),
    # One card reads a batch as halves if it is compiled by XLA: two draw the same.
    "dropout": ({"num_layers": 2, "dropout": 0.4, "cell": "gru"}, {}, {}),
}


def make_batches(num_tokens=1000, batch_size=8, seed=0):
    from seqmodels import ContiguousBatches

    rng = np.random.default_rng(seed)
    ids = rng.integers(1 + np.arange(num_tokens) % 9)
    return ContiguousBatches(ids, batch_size, 5)


def make(options, compile_options):
    import keras

    from seqmodels import CharLM

    keras.utils.set_random_seed(3)
    model = CharLM(9, 16, **options)
    rate = keras.optimizers.schedules.ExponentialDecay(0.004, 50, 0.8)
    adam = keras.optimizers.Adam(rate, global_clipnorm=0.3, weight_decay=0.01)
    model.compile(adam, **compile_options)
    return model


def fit(model):
    """Weights, with the seeds of dropout, and what was measured."""
    validation = make_batches(500, seed=1)
    history = model.fit(
        make_batches(),
        epochs=2,
        steps_per_epoch=60,
        validation_data=validation,
        verbose=0,
    ).history
    measured = model.evaluate(validation)
    measured = {f"evaluated {name}": value for name, value in measured.items()}
    measured |= history
    return [v.numpy() for v in model.variables], measured


def make_seq2seq():
    import keras

    from seqmodels import Seq2Seq, masked_cross_entropy

    keras.utils.set_random_seed(3)
    model = Seq2Seq(9, 6, embed_dim=5)
    model.compile("adam", masked_cross_entropy, jit_compile=False)
    return model


def fit_seq2seq(model):
    rng = np.random.default_rng(0)
    source, inputs, targets = rng.integers(1, 9, size=(3, 32, 4))
    history = model.fit(
        (source, inputs), targets, batch_size=8, epochs=3, shuffle=False, verbose=0
    ).history
    return model.get_weights(), history


def two_cards():
    """A strategy of two logical CPUs."""
    import tensorflow as tf

    (cpu,) = tf.config.list_physical_devices("CPU")
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, two)
    # Between logical CPUs TensorFlow's collectives mix up what is exchanged.
    return tf.distribute.MirroredStrategy(
        ["CPU:0", "CPU:1"], tf.distribute.ReductionToOneDevice()
    )


def train_on_cards():
    """By names: what was trained on two cards, and on one."""
    strategy, found = two_cards(), {}
    for name, (options, on_two, on_one) in MODELS.items():
        with strategy.scope():
            model = make(options, on_two)
        one = make(options, on_one)
        found[name] = fit(model), fit(one)
    with strategy.scope():
        seq2seq = make_seq2seq()
    found["Seq2Seq"] = fit_seq2seq(seq2seq), fit_seq2seq(make_seq2seq())
    odd, problems = make_batches(batch_size=5), []
    for arguments in [(odd,), (make_batches(), odd)]:
        try:
            model.fit(arguments[0], validation_data=arguments[-1], verbose=0)
        except ValueError as error:
            problems.append(str(error))
    return found, problems


def gap(first, second):
    pairs = zip(first, second, strict=True)
    return max(np.abs(np.subtract(*pair, dtype=float)).max() for pair in pairs)


def make_on_cards(keras_version):
    import keras

    keras.__version__ = keras_version
    with two_cards().scope():
        try:
            make(*MODELS["one-hot"][:2])
        except RuntimeError as error:
            return str(error)


@pytest.mark.parametrize("version, refused", [("3.9.4", True), ("3.10.0", False)])
def test_keras_may_be_too_old_for_several_cards(version, refused, launch):
    said = launch(make_on_cards, version).wait()
    assert bool(said) == refused
    assert not refused or said.endswith("averaged; this is Keras 3.9.4.")


@pytest.mark.skipif(
    tuple(map(int, metadata.version("keras").split(".")[:2])) < (3, 10),
    reason="Keras is too old for several cards",
)
def test_two_cards_train_as_one(launch):
    launched = launch(train_on_cards)
    found, problems = launched.wait()
    assert set(found) == {*MODELS, "Seq2Seq"}
    gaps = {}
    for name, (two, one) in found.items():
        assert set(two[1]) == set(one[1])
        measured = ([run[1][key] for key in one[1]] for run in (two, one))
        gaps[name] = max(gap(two[0], one[0]), gap(*measured))
    print(gaps)
    assert {name: each for name, each in gaps.items() if each >= CLOSE} == {}
    for name, problem in zip(["x", "validation_data"], problems, strict=True):
        message = f"of `{name}` must be a multiple of the number of cards, 2; got 5"
        assert re.search(message, problem)
    assert launched.warnings() == []
