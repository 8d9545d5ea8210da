"""A training run that is really killed, and taken up again."""

import json

import numpy as np
import pytest

pytestmark = pytest.mark.slow

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
