"""The states in training and evaluation: where they begin, how far they are carried."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import CharLM, cross_entropy
from seqmodels.models import feeding

pytestmark = pytest.mark.slow


class Beginning(CharLM):
    """Begins with ones."""

    def initial_states(self, batch_size):
        return tf.nest.map_structure(tf.ones_like, super().initial_states(batch_size))


def make(cls=Beginning, optimizer=None):
    """A model with large weights: where it begins shows."""
    keras.utils.set_random_seed(4)
    model = cls(9, 6, num_layers=2, embed_dim=5)
    model.set_weights([3 * w for w in model.get_weights()])
    if optimizer:
        model.compile(optimizer, jit_compile=False)
    return model


def test_no_states_are_the_initial_ones(make_batches):
    model, ids = make(), make_batches()[0][0]
    expected, _ = model(ids, model.initial_states(3))
    np.testing.assert_array_equal(model(ids)[0], expected)
    assert np.abs(make(CharLM)(ids)[0] - expected).max() > 0.1


@pytest.mark.parametrize("windows_per_call", [2, 100])
def test_fit_begins_every_epoch_where_evaluate_does(
    windows_per_call, make_batches, monkeypatch
):
    monkeypatch.setattr(feeding, "WINDOWS_PER_CALL", windows_per_call)
    batches = make_batches()
    model = make(optimizer=keras.optimizers.SGD(0.0))
    history = model.fit(batches, epochs=3, validation_data=batches, verbose=0).history
    nll, count = forward_pass(model, batches)
    for losses in (history["loss"], history["val_loss"]):
        np.testing.assert_allclose(losses, [nll / count] * 3, rtol=1e-5)
    at_zero, _ = forward_pass(make(CharLM), batches)
    assert abs(at_zero - nll) / count > 1e-3


def forward_pass(model, batches):
    """Nats and tokens of all windows, each stream read at once."""
    used = len(batches) * batches.num_steps
    starts = np.arange(batches.batch_size)[:, None] * batches.stream_length
    where = starts + np.arange(used)
    return cross_entropy(model(batches.ids[where])[0], batches.ids[where + 1])


@pytest.mark.parametrize("windows_per_call", [1, 3, 7])
def test_evaluate_over_many_blocks_is_one_forward_pass(
    windows_per_call, make_batches, monkeypatch
):
    monkeypatch.setattr(feeding, "WINDOWS_PER_CALL", windows_per_call)
    batches = make_batches(400)
    assert len(batches) > 4 * windows_per_call
    model = make(optimizer="sgd")
    nll, count = forward_pass(model, batches)
    for _ in range(2):  # what an evaluation leaves behind has no effect on the next
        result = model.evaluate(batches)
        assert result["loss"] == pytest.approx(nll / count, rel=1e-5)
    inputs, targets = map(np.concatenate, zip(*batches, strict=True))
    alone, _ = cross_entropy(model(inputs)[0], targets)
    assert abs(alone - nll) / count > 1e-3  # every window from the start is another


def test_an_epoch_that_starts_amid_the_text_begins_anew(make_batches):
    # 7 windows, 4 an epoch: the second epoch reads windows 4 5 6 0.
    model = make(optimizer=keras.optimizers.SGD(0.0))
    batches = make_batches()
    losses = model.fit(batches, epochs=2, steps_per_epoch=4, verbose=0).history["loss"]
    for epoch, loss in enumerate(losses):
        total, states = 0, None
        for n in range(4):
            window = (4 * epoch + n) % 7
            inputs, targets = batches[window]
            logits, states = model(inputs, states if window else None)
            nll, count = cross_entropy(logits, targets)
            total += nll / count
        assert loss == pytest.approx(total / 4, rel=1e-5)


def test_an_interrupted_epoch_leaves_nothing_behind(make_batches, monkeypatch):
    monkeypatch.setattr(feeding, "WINDOWS_PER_CALL", 2)

    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    model = make(optimizer=keras.optimizers.SGD(0.0))
    batches = make_batches(400)
    with pytest.raises(KeyboardInterrupt):
        model.fit(batches, callbacks=[Stop()], verbose=0)
    nll, count = forward_pass(model, batches)
    fit = model.fit(batches, verbose=0)
    assert fit.history["loss"][0] == pytest.approx(nll / count, rel=1e-5)
