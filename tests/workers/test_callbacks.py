"""What callbacks do among several workers, and what is equal on all of them."""

import contextlib
import io

import numpy as np
import pytest

from tests.launched import wait

pytestmark = pytest.mark.slow

EPOCHS, STEPS = 4, 250  # three blocks in an epoch


def make_batches(seed=0, batch_size=4):
    from seqmodels import ContiguousBatches

    ids = np.random.default_rng(seed).integers(9, size=200)
    return ContiguousBatches(ids, batch_size, 3)


def make(strategy, **options):
    import keras

    from seqmodels import CharLM

    with strategy.scope():
        model = CharLM(9, 4, **options)
        model.compile(keras.optimizers.Adam(0.02), jit_compile=False)
    return model


def fit(model, callbacks, verbose=0, epochs=EPOCHS):
    return model.fit(
        make_batches(),
        epochs=epochs,
        steps_per_epoch=STEPS,
        validation_data=make_batches(1),
        callbacks=callbacks,
        verbose=verbose,
    ).history


def all_values(model):
    """Also the seeds of dropout, and what the optimizer keeps."""
    return [v.numpy() for v in [*model.variables, *model.optimizer.variables]]


def keep_logits(model):
    """Has a model keep what it predicts when it trains; returns the variable."""
    import tensorflow as tf

    kept = tf.Variable(tf.zeros((2, 3, 9)), trainable=False)

    def compute_metrics(x, y, y_pred, sample_weight=None):
        kept.assign(y_pred)

    model.compute_metrics = compute_metrics
    return kept


def dropped_out(strategy, index):
    """Predictions of a worker whose rows are all the same text, but for dropout."""
    import keras
    import tensorflow as tf

    from seqmodels import ContiguousBatches

    keras.utils.set_random_seed(index)
    model = make(strategy, dropout=0.5)
    kept = keep_logits(model)
    model.fit(ContiguousBatches(np.ones(100, int), 4, 3), verbose=0)
    return tf.convert_to_tensor(kept).numpy(), all_values(model)


def call_back(cluster, folder):
    """Trains with one callback after the other."""
    import keras

    import seqmodels
    from seqmodels.workers.joining import join

    class StopAfter(keras.callbacks.Callback):
        """Stops behind a block or an epoch, on worker 1 alone."""

        def __init__(self, block=None, epoch=None):
            super().__init__()
            self.block, self.epoch, self.blocks = block, epoch, 0

        def on_train_batch_end(self, batch, logs=None):
            self.blocks += 1
            if cluster.index == 1 and self.blocks == self.block:
                self.model.stop_training = True

        def on_epoch_end(self, epoch, logs=None):
            if cluster.index == 1 and epoch == self.epoch:
                self.model.stop_training = True

    strategy, own = join(cluster), folder / str(cluster.index)
    own.mkdir()
    model, by_case = make(strategy), {}
    writers = [
        keras.callbacks.ModelCheckpoint(own / "checkpoint.keras"),
        keras.callbacks.CSVLogger(own / "log.csv"),
        keras.callbacks.EarlyStopping("val_loss", min_delta=100, patience=1),
    ]
    shown = io.StringIO()
    with contextlib.redirect_stderr(shown):
        early = fit(model, writers, verbose=1), all_values(model)
    by_case["early"] = early
    stop = StopAfter(block=4)
    model = make(strategy)
    by_case["block"] = fit(model, [stop]), all_values(model)
    model = make(strategy)
    by_case["epoch"] = fit(model, [StopAfter(epoch=1)]), all_values(model)

    logits, values = dropped_out(strategy, cluster.index)
    by_case["dropout"] = {}, values
    path = folder / "model.keras"
    model = make(strategy, dropout=0.3)
    fit(model, [], epochs=1)
    log_probs = model.log_probs(np.arange(30) % 9)
    if cluster.index == 0:
        seqmodels.save(path, model, seqmodels.CharVocab("abcdefghi"))
    model._running.workers.any(False)  # the others wait for the file
    with strategy.scope():
        loaded, _ = seqmodels.load(path)
    by_case["loaded"] = fit(loaded, [], epochs=1), all_values(loaded)
    written = sorted(each.name for each in own.iterdir())
    return by_case, stop.blocks, shown.getvalue(), written, logits, log_probs


def test_two_workers(launch_workers, tmp_path):
    from seqmodels import load

    found = wait(launch_workers(2, call_back, tmp_path))
    by_case, blocks, shown, written, logits, log_probs = zip(*found, strict=True)
    for name, (history, values) in by_case[0].items():
        assert by_case[1][name][0] == history, name
        for ours, theirs in zip(values, by_case[1][name][1], strict=True):
            np.testing.assert_array_equal(ours, theirs, err_msg=name)
    epochs = {n: len(h["loss"]) for n, (h, _) in by_case[0].items() if h}
    assert epochs == {"early": 2, "block": 2, "epoch": 2, "loaded": 1}
    assert blocks == (4, 4)
    assert written == (["checkpoint.keras", "log.csv"], [])
    assert "epoch" in shown[0] and not shown[1]

    # Rows that differ in nothing but in what is dropped out.
    rows = np.concatenate(logits)
    for first in range(4):
        for second in range(first):
            assert np.abs(rows[first] - rows[second]).max() > 1e-3

    model, vocab = load(tmp_path / "model.keras")
    np.testing.assert_allclose(log_probs[0], log_probs[1], rtol=0)
    expected = model.log_probs(np.arange(30) % 9)
    np.testing.assert_allclose(log_probs[0], expected, rtol=1e-6)
