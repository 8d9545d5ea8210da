"""A batch that is read as two halves trains the model that a whole one does."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import CharLM, ContiguousBatches, TopicLM
from seqmodels.layers.dropout import Dropout
from seqmodels.models import feeding, reading

pytestmark = pytest.mark.slow

ROWS = 4
RATE = 0.5


@pytest.fixture
def read_as(monkeypatch):
    """A function that has batches of `ROWS` read as one or as two from now on."""

    def read(parts):
        rows = ROWS if parts == 2 else ROWS + 1
        monkeypatch.setattr(reading, "MIN_ROWS_TO_HALVE", rows)

    monkeypatch.setattr(feeding, "WINDOWS_PER_CALL", 5)  # so that states are carried
    return read


@pytest.fixture
def evaluated_as_one_and_two(read_as):
    """A function: what `evaluate` says of equal models that read one way and other."""

    def evaluate(make, batches, metrics=None):
        results = []
        for parts in (1, 2):
            read_as(parts)
            keras.utils.set_random_seed(4)
            model = make()
            model.compile("sgd", metrics=metrics, jit_compile=True)
            assert reading.num_parts(model, ROWS) == parts
            results.append(model.evaluate(batches))
        return results

    return evaluate


def trained(make_model, batches, **options):
    model = make_model(keras.optimizers.SGD(RATE), jit_compile=True, **options)
    history = model.fit(batches, epochs=2, validation_data=batches, verbose=0).history
    return model, history


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_halves_train_as_the_whole_does(cell, read_as, make_model, make_batches):
    results = []
    for parts in (1, 2):
        read_as(parts)
        batches = make_batches(130, ROWS, 4)
        model, history = trained(make_model, batches, cell=cell)
        assert reading.num_parts(model, ROWS) == parts
        results.append((model.get_weights(), history))
    (whole, history), (halves, other) = results
    for a, b in zip(whole, halves, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
    assert history.keys() == other.keys()
    for name, values in history.items():
        assert other[name] == pytest.approx(values, rel=1e-5)
    untrained = make_model().get_weights()
    assert any(
        np.abs(a - b).max() > 0.01 for a, b in zip(whole, untrained, strict=True)
    )


def test_metrics_see_the_whole_batch_in_order(evaluated_as_one_and_two, make_batches):
    whole, halves = evaluated_as_one_and_two(
        lambda: CharLM(9, 6),
        make_batches(700, ROWS, 4),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="hits")],
    )
    assert 0 < whole["hits"] < 1
    assert halves["hits"] == pytest.approx(whole["hits"], abs=1e-6)


class Recorder(CharLM):
    """Drops half of a row of ones, and keeps what it dropped last."""

    def build(self, input_shape=None):
        self.drop = Dropout(0.5, seed=1)
        self.seen = tf.Variable(tf.zeros([ROWS, 4, 9]), trainable=False)
        super().build(input_shape)

    def call(self, ids, states=None, training=False):
        logits, states = super().call(ids, states, training)
        return logits * 0 + self.drop(tf.ones_like(logits), training=training), states

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        self.seen.assign(y_pred)
        return {}


def test_each_half_drops_what_the_other_does_not(read_as, make_batches):
    read_as(2)
    model, batches = Recorder(9, 6), make_batches(ROWS * 8 + 1, ROWS, 4)
    model.compile("sgd", jit_compile=True)
    masks = []
    for epoch in range(2):
        steps = {"epochs": epoch + 1, "initial_epoch": epoch, "steps_per_epoch": 1}
        model.fit(batches, verbose=0, **steps)
        masks += np.split(model.seen.numpy() > 0, 2)
    assert all(0.3 < mask.mean() < 0.7 for mask in masks)
    for n, mask in enumerate(masks):
        for other in masks[:n]:
            assert 0.3 < (mask == other).mean() < 0.7
    # As often as one row of ones was dropped from, whatever the number of halves.
    _, uses = model.drop.seed_generator.state.numpy()
    assert uses == 2


class WithStatistics(CharLM):
    """Keeps the mean of its logits over a whole batch."""

    def build(self, input_shape=None):
        self.mean = self.add_weight(shape=(), trainable=False, name="mean")
        super().build(input_shape)

    def call(self, ids, states=None, training=False):
        logits, states = super().call(ids, states, training)
        self.mean.assign(tf.reduce_mean(logits))
        return logits, states


def test_statistics_of_a_batch_are_those_of_the_whole(read_as, make_batches):
    read_as(2)
    batches = make_batches(ROWS * 4 + 1, ROWS, 4)
    model = WithStatistics(9, 6)
    expected = tf.reduce_mean(model(batches[0][0])[0]).numpy()
    model.mean.assign(7.0)
    model.compile(keras.optimizers.SGD(RATE), jit_compile=True)
    model.fit(batches, verbose=0)
    assert float(model.mean.value) == pytest.approx(expected, abs=1e-7)


def test_added_losses_count_once(evaluated_as_one_and_two, make_batches):
    def make():
        model = CharLM(9, 6)
        model.classifier.kernel.regularizer = keras.regularizers.L2(0.3)
        return model

    whole, halves = evaluated_as_one_and_two(make, make_batches(130, ROWS, 4))
    assert whole["loss"] > np.log(whole["perplexity"]) + 0.1
    assert halves == pytest.approx(whole, rel=1e-5)


def test_a_topic_is_carried_in_its_half(evaluated_as_one_and_two):
    rng = np.random.default_rng(0)
    ids = rng.integers(7, size=ROWS * 8 + 1)
    ids[::8] = rng.integers(7, 9, size=len(ids[::8]))
    whole, halves = evaluated_as_one_and_two(
        lambda: TopicLM(7, ["birds", "boats"], 6), ContiguousBatches(ids, ROWS, 4)
    )
    assert halves == pytest.approx(whole, rel=1e-5)


@pytest.mark.parametrize(
    "why", ["odd", "few", "plain", "frozen", "on a GPU", "unknown"]
)
def test_when_the_whole_is_read_at_once(why, make_model, monkeypatch):
    rows = {"odd": 65, "few": 6, "unknown": None}.get(why, 64)
    model = make_model()
    if why == "frozen":
        model.embedding.trainable = False
    if why == "on a GPU":
        monkeypatch.setattr(reading, "use_xla", lambda: False)
    model.compile("sgd", jit_compile=why != "plain")
    assert reading.num_parts(model, rows) == 1
    model = make_model("sgd", jit_compile=True)
    monkeypatch.setattr(reading, "use_xla", lambda: True)
    assert reading.num_parts(model, 64) == 2


def test_what_activities_add_is_of_the_whole_batch(make_batches):
    losses = []
    for by_xla in (False, True):
        keras.utils.set_random_seed(4)
        model = CharLM(9, 6)
        model.classifier.activity_regularizer = keras.regularizers.L2(0.1)
        model.compile("sgd", jit_compile=by_xla)
        losses.append(model.evaluate(make_batches(600, 32, 4))["loss"])
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)
