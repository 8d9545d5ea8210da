"""A training run that is really killed, and taken up again."""

import contextlib
import json

import keras
import numpy as np
import pytest

from seqmodels.models.resuming import Resume

TRAIN = """if True:
    import json, sys, time
    import numpy as np
    from seqmodels import CharLM, ContiguousBatches, Resume
    import keras

    backup, stop_at = sys.argv[1], int(sys.argv[2])
    keep = getattr(keras.callbacks, sys.argv[3], Resume)

    class Stop(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if epochs and epochs[-1] == stop_at:
                print("in the epoch to be killed in", flush=True)
                time.sleep(100)

        def on_epoch_begin(self, epoch, logs=None):
            epochs.append(epoch)

    epochs = []
    keras.utils.set_random_seed(1)
    ids = np.random.default_rng(0).integers(9, size=90)
    model = CharLM(9, 6, embed_dim=5, dropout=0.3)
    model.compile(keras.optimizers.Adam(0.02), jit_compile=False)
    fit = model.fit(
        ContiguousBatches(ids, 3, 4),  # 7 windows; an epoch starts amid the text
        epochs=5,
        steps_per_epoch=10,
        validation_data=ContiguousBatches(ids[::-1], 3, 4),
        callbacks=[keep(backup), Stop()],
        verbose=0,
    )
    weights = [w.tolist() for w in model.get_weights()]
    print(json.dumps([epochs, fit.history, weights]))
"""


@pytest.mark.trains
@pytest.mark.parametrize("callback", ["Resume", "BackupAndRestore"])
def test_a_killed_run_goes_on_as_if_unbroken(callback, start_python, tmp_path):
    unbroken = start_python(TRAIN, tmp_path / "unbroken", -1, callback)
    killed = start_python(TRAIN, tmp_path / "backup", 3, callback)
    assert "to be killed in" in killed.stdout.readline()
    killed.kill()
    assert killed.wait() != 0 and not killed.stdout.read()
    again = start_python(TRAIN, tmp_path / "backup", -1, callback)
    epochs, history, weights = json.loads(again.communicate(timeout=100)[0])
    all_epochs, all_history, all_weights = json.loads(
        unbroken.communicate(timeout=100)[0]
    )
    assert epochs == [3, 4]
    assert all_epochs == [0, 1, 2, 3, 4]
    assert set(history) == {"loss", "perplexity", "val_loss", "val_perplexity"}
    for name, values in history.items():
        np.testing.assert_allclose(values, all_history[name][3:], rtol=1e-6)
    for ours, theirs in zip(weights, all_weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


def train(make_model, make_batches, folder, epochs=4, stop_after=None):
    """Trains, and stops as a kill would after an epoch: the copies stay."""
    model = make_model(keras.optimizers.Adam(0.02), num_layers=1)
    started = []
    watch = keras.callbacks.LambdaCallback(
        on_epoch_begin=lambda n, _: started.append(n)
    )

    def stop(epoch, logs):
        if epoch == stop_after:
            raise KeyboardInterrupt

    callbacks = [
        watch,
        Resume(folder),
        keras.callbacks.LambdaCallback(on_epoch_end=stop),
    ]
    with contextlib.suppress(KeyboardInterrupt):
        model.fit(make_batches(), epochs=epochs, callbacks=callbacks, verbose=0)
    return model, started


@pytest.mark.parametrize("size", [0, 100, 5000])
def test_a_copy_cut_short_is_passed_over(
    size, make_model, make_batches, tmp_path, capsys
):
    folder = tmp_path / "copies"
    whole, _ = train(make_model, make_batches, tmp_path / "other")
    train(make_model, make_batches, folder, stop_after=2)
    newest = folder / "epoch-00000003.weights.h5"
    newest.write_bytes(newest.read_bytes()[:size])
    resumed, started = train(make_model, make_batches, folder)
    assert f"{newest} cannot be read and is passed over" in capsys.readouterr().out
    assert started == [2, 3]
    for ours, theirs in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)
    assert not folder.exists()


def test_where_no_copy_can_be_read_it_begins_anew(make_model, make_batches, tmp_path):
    folder = tmp_path / "copies"
    whole, _ = train(make_model, make_batches, tmp_path / "other")
    train(make_model, make_batches, folder, stop_after=2)
    for copy in folder.iterdir():
        copy.write_bytes(b"no weights")
    resumed, started = train(make_model, make_batches, folder)
    assert started == [0, 1, 2, 3]
    for ours, theirs in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


def test_at_no_moment_there_is_no_copy(make_model, make_batches, tmp_path, monkeypatch):
    folder = tmp_path / "copies"
    train(make_model, make_batches, folder, stop_after=1)
    kept = sorted(folder.glob("epoch-*"))
    assert len(kept) == 2

    def cut_short(self, path, **options):
        path.write_bytes(b"half of it")
        raise KeyboardInterrupt  # what a kill leaves behind

    monkeypatch.setattr(keras.Model, "save_weights", cut_short)
    assert train(make_model, make_batches, folder)[1] == [2]
    monkeypatch.undo()
    assert sorted(folder.glob("epoch-*")) == kept
    assert train(make_model, make_batches, folder)[1] == [2, 3]


def test_a_full_disk_does_not_stop_the_training(
    make_model, make_batches, tmp_path, monkeypatch, capsys
):
    def full(self, path, **options):
        path.write_bytes(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keras.Model, "save_weights", full)
    monkeypatch.setattr("shutil.rmtree", lambda *args, **options: None)
    _, started = train(make_model, make_batches, tmp_path / "copies")
    assert started == [0, 1, 2, 3]
    assert capsys.readouterr().out.count("No space left on device") == 4
    assert not list((tmp_path / "copies").iterdir())
