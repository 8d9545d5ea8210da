"""`CharLM.fit`: the plain loop it stands for, and Keras' callbacks."""

import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import CharLM, CharVocab, ContiguousBatches, generate
from seqmodels.models import feeding

pytestmark = pytest.mark.slow


def plain_fit(model, optimizer, batches, epochs, steps):
    """What `fit` promises, written as one would on the blackboard."""
    epoch_losses = []
    for epoch in range(epochs):
        losses = []
        for n in range(steps):
            window = (epoch * steps + n) % len(batches)
            if n == 0 or window == 0:
                states = model.initial_states(batches.batch_size)
            inputs, targets = batches[window]
            with tf.GradientTape() as tape:
                logits, states = model(inputs, states)
                loss = keras.losses.sparse_categorical_crossentropy(
                    targets, logits, from_logits=True
                )
                loss = tf.reduce_mean(loss)
            weights = model.trainable_variables
            optimizer.apply(tape.gradient(loss, weights), weights)
            losses.append(float(loss))
        epoch_losses.append(np.mean(losses))
    return epoch_losses


@pytest.mark.parametrize(
    "options, steps_per_epoch, jit_compile",
    [
        ({}, None, True),
        ({}, 3, False),  # the text has 7 windows
        ({"num_layers": 1, "embed_dim": None}, 12, False),
    ],
)
def test_fit_is_the_plain_loop(
    options, steps_per_epoch, jit_compile, monkeypatch, make_model, make_batches
):
    monkeypatch.setattr(feeding, "WINDOWS_PER_CALL", 5)
    batches, validation = make_batches(), make_batches(40, 2, 3, seed=1)
    assert len(batches) == 7
    optimizer = {"learning_rate": 0.02, "clipnorm": 1.0}
    plain = make_model(**options)
    losses = plain_fit(
        plain, keras.optimizers.Adam(**optimizer), batches, 3, steps_per_epoch or 7
    )
    model = make_model(keras.optimizers.Adam(**optimizer), jit_compile, **options)
    start = model.get_weights()
    history = model.fit(
        batches,
        epochs=3,
        steps_per_epoch=steps_per_epoch,
        validation_data=validation,
        verbose=0,
    ).history
    moved = map(np.subtract, model.get_weights(), start)
    assert max(np.abs(change).max() for change in moved) > 0.05
    for ours, theirs in zip(model.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(history["loss"], losses, rtol=1e-4)
    np.testing.assert_allclose(history["perplexity"], np.exp(losses), rtol=1e-4)
    result = model.evaluate(validation)
    assert history["val_loss"][-1] == pytest.approx(result["loss"], rel=1e-6)
    assert history["val_perplexity"][-1] == pytest.approx(
        result["perplexity"], rel=1e-6
    )


def test_a_tiny_text_is_learnt_by_heart():
    text = "the cat sat on the mat. a rat ran at the cat. "
    vocab = CharVocab.from_text(text)
    keras.utils.set_random_seed(0)
    model = CharLM(len(vocab), 32)
    model.compile(keras.optimizers.Adam(0.02, clipnorm=1.0))
    ids = vocab.encode(text)
    model.fit(
        ContiguousBatches(ids, 1, len(ids) - 1),
        epochs=3,
        steps_per_epoch=100,
        verbose=0,
    )
    assert model.evaluate(ContiguousBatches(ids, 1, len(ids) - 1))["perplexity"] < 1.1
    rng = np.random.default_rng(0)
    new = generate(model, ids[:1], len(ids) - 1, rng, temperature=0)
    assert text[0] + vocab.decode(new) == text


def test_one_bar_and_no_warning(capsys, make_model, make_batches):
    model = make_model("sgd")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(make_batches(), epochs=3, validation_data=make_batches())
        shown = capsys.readouterr()
        model.fit(make_batches(), epochs=3, verbose=0)
        model.evaluate(make_batches())
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert "3/3" in shown.err.splitlines()[-1]
    assert " loss=" in shown.err and "val_loss=" in shown.err
    assert capsys.readouterr() == ("", "")


def test_early_stopping(make_model, make_batches):
    stop = keras.callbacks.EarlyStopping("val_loss", patience=2)
    model = make_model(keras.optimizers.SGD(0.0))  # never gets better
    batches = make_batches()
    fit = model.fit(
        batches, epochs=9, validation_data=batches, callbacks=[stop], verbose=0
    )
    assert len(fit.epoch) == 3


def test_the_best_checkpoint_loads(tmp_path, make_model, make_batches):
    # Noise is learnt by heart: its validation loss falls first, and then rises.
    model = make_model(keras.optimizers.Adam(0.05))
    validation = make_batches(300, seed=1)
    path = tmp_path / "best.keras"
    keep = keras.callbacks.ModelCheckpoint(path, "val_loss", save_best_only=True)
    losses = model.fit(
        make_batches(),
        epochs=8,
        steps_per_epoch=20,
        validation_data=validation,
        callbacks=[keep],
        verbose=0,
    ).history["val_loss"]
    assert min(losses) < losses[-1] - 0.1
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        best = keras.models.load_model(path)
    assert best.evaluate(validation)["loss"] == pytest.approx(min(losses), rel=1e-5)
    best.fit(make_batches(), verbose=0)  # comes compiled, and can go on
    assert best.optimizer.iterations > 20
    assert best.jit_compile is False


def test_texts_of_other_shapes_follow_one_another(make_model, make_batches):
    model = make_model(keras.optimizers.SGD(0.1), jit_compile=True)
    for batch_size, num_steps in [(2, 3), (4, 3), (4, 5), (3, 4)]:
        batches = make_batches(60, batch_size, num_steps)
        history = model.fit(batches, validation_data=batches, verbose=0).history
        again = model.evaluate(batches)
        np.testing.assert_allclose(history["val_loss"], [again["loss"]], rtol=1e-6)


@pytest.mark.parametrize("name", ["loss", "loss_weights"])
def test_the_loss_is_the_models_own(name):
    with pytest.raises(ValueError, match=f"`{name}` must be left out.*got"):
        CharLM(9, 6).compile("sgd", **{name: ["mse"]})


def test_nothing_tunes_the_blocks():
    """`fit` would wait for what tunes them, at times for as long as it ran."""
    batches = ContiguousBatches(np.arange(100) % 7, batch_size=2, num_steps=5)
    training, _ = feeding.training_blocks(
        batches, 3, feeding.FirstEpoch().epoch, feeding.WINDOWS_PER_CALL
    )
    for blocks in (training, feeding.evaluation_blocks(batches, 7)):
        assert blocks.options().autotune.enabled is False


def test_one_callback_need_not_stand_in_a_list(make_model, make_batches):
    seen = []
    watch = keras.callbacks.LambdaCallback(on_epoch_end=lambda n, logs: seen.append(n))
    make_model("sgd").fit(make_batches(), epochs=3, callbacks=watch, verbose=0)
    assert seen == [0, 1, 2]


class Counts(keras.metrics.Metric):
    """How often each of nine tokens was the target."""

    def __init__(self):
        super().__init__(name="counts")
        self.total = self.add_variable((9,), "zeros", name="total")

    def update_state(self, y_true, y_pred, sample_weight=None):
        seen = tf.one_hot(tf.reshape(y_true, [-1]), 9)
        self.total.assign_add(tf.reduce_sum(seen, axis=0))

    def result(self):
        return self.total


def test_a_metric_of_several_numbers(make_model, make_batches):
    model, batches = make_model(), make_batches()
    model.compile("sgd", metrics=[Counts()], jit_compile=False)
    history = model.fit(batches, epochs=2, verbose=0).history
    targets = np.concatenate([targets for _, targets in batches], axis=None)
    for counts in [*history["counts"], model.evaluate(batches)["counts"]]:
        np.testing.assert_array_equal(counts, np.bincount(targets, minlength=9))
