"""Runs of several workers of which one is lost, and that are taken up again."""

import shutil
import signal
import time

import numpy as np
import pytest

from seqmodels.workers.cluster import Cluster
from tests.launched import LIMIT, free_addresses, wait

pytestmark = pytest.mark.slow

EPOCHS, STEPS, LAST = 5, 40, 3  # the epoch in which a run ends
CLOSE = 1e-5


def make(seed, **options):
    import keras

    from seqmodels import CharLM

    keras.utils.set_random_seed(seed)
    model = CharLM(9, 8, cell="gru", **options)
    adam = keras.optimizers.Adam(0.01, global_clipnorm=0.3, weight_decay=0.01)
    model.compile(adam, jit_compile=False)
    return model


def train(model, folder, on_epoch=None):
    """Losses, weights, seeds of dropout and all that the optimizer keeps."""
    import keras

    from seqmodels import ContiguousBatches, Resume

    ids = np.random.default_rng(0).integers(1 + np.arange(500) % 9)
    callback = keras.callbacks.Callback()
    callback.on_epoch_begin = on_epoch or callback.on_epoch_begin
    history = model.fit(
        ContiguousBatches(ids, 16, 4),  # 7 windows; an epoch starts amid the text
        epochs=EPOCHS,
        steps_per_epoch=STEPS,
        validation_data=ContiguousBatches(ids[::-1], 16, 4),
        callbacks=[Resume(folder), callback],
        verbose=0,
    ).history
    variables = [*model.variables, *model.optimizer.variables]
    return list(history.values()), [v.numpy() for v in variables]


def begin(cluster, folder, victim, whole=False):
    """What is said when the victim is lost; before it, if so asked, whole runs."""
    from seqmodels.workers import joining

    # So that a worker that is stopped is noticed within nine seconds.
    joining.ASKED_EVERY, joining.ANSWER_IN, joining.TIMES = 3, 3, 2
    strategy = joining.join(cluster)

    def run(name, on_epoch, **options):
        # Copies are the chief's; the others' folders stay empty.
        own = folder / f"{name}-{cluster.index}"
        with strategy.scope():
            model = make(3 + cluster.index, **options)
        return train(model, own, lambda epoch, logs=None: on_epoch(own, epoch))

    def keep(own, epoch):
        if epoch == LAST and cluster.index == 0:
            shutil.copytree(own, own.with_name("kept"))

    def linger(own, epoch):
        if epoch == LAST:
            print("in the epoch to end in", flush=True)
            time.sleep(LIMIT * (cluster.index == victim))

    found = []
    if whole:
        found = [
            run("dropout", lambda own, epoch: None, dropout=0.3),
            run("plain", keep),
        ]
    try:
        run("broken", linger, dropout=0.3)
    except joining.LostWorkerError as error:
        return found, str(error)
    raise AssertionError("nobody was missed")


def go_on(cluster, folders, **options):
    """Of what was begun in each folder the end; only the chief looks into them."""
    from seqmodels.workers.joining import join

    strategy, found = join(cluster), []
    for folder in folders:
        with strategy.scope():
            model = make(9, **options)
        found.append(train(model, "none" if cluster.index else folder))
    return found


def check_same(found, expected, atol):
    """Losses of the epochs that were left, and all values."""
    history, values = found
    for ours, theirs in zip(history, expected[0], strict=True):
        np.testing.assert_allclose(ours, theirs[LAST:], rtol=0, atol=atol)
    for ours, theirs in zip(values, expected[1], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=atol)


@pytest.fixture
def lose(launch, tmp_path):
    """A function that ends or stops one of two workers amid their run."""

    def run(name, victim, how, **options):
        addresses, folder = tuple(free_addresses(2)), tmp_path / name
        launched = [
            launch(begin, Cluster(addresses, n), folder, victim, **options)
            for n in range(2)
        ]
        for each in launched:
            each.until("in the epoch to end in")
        launched[victim].process.send_signal(how)
        found, said = launched[1 - victim].wait(90)
        launched[victim].kill()
        assert said == (
            f"Worker {victim} ({addresses[victim]}) has ended or does not answer, "
            "and the others cannot go on without it."
        )
        (copies,) = folder.glob("broken-*")  # the chief's
        return found, copies

    return run


def test_a_run_goes_on_after_a_worker_is_lost(lose, launch_workers, tmp_path):
    (unbroken, plain), other = lose("other", 1, signal.SIGKILL, whole=True)
    copies = [other, lose("chief", 0, signal.SIGKILL)[1]]
    if hasattr(signal, "SIGSTOP"):  # not on Windows
        copies.append(lose("silent", 1, signal.SIGSTOP)[1])
    for found in wait(launch_workers(2, go_on, copies, dropout=0.3)):
        assert len(found) == len(copies)
        for each in found:
            check_same(each, unbroken, atol=0)

    kept = tmp_path / "other" / "kept"
    for_four = shutil.copytree(kept, tmp_path / "four")
    launched = launch_workers(4, go_on, [for_four])
    check_same(train(make(9), kept), plain, CLOSE)
    for (found,) in wait(launched):
        check_same(found, plain, CLOSE)
