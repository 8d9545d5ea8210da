"""With dropout, several workers learn what one process does, but for other masks."""

import contextlib

import numpy as np
import pytest

from seqmodels import ContiguousBatches, restart
from tests.launched import wait
from tests.workers.test_equal import make_text

pytestmark = pytest.mark.slow

SEEDS = range(5)


def losses(dropout, strategy=None):
    """Of each seed: the mean loss of the last 120 steps, and that on validation."""
    import keras

    from seqmodels import CharLM

    with strategy.scope() if strategy else contextlib.nullcontext():
        model = CharLM(9, 16, dropout=dropout)
        model.compile(keras.optimizers.Adam(0.01, global_clipnorm=1.0))
    text = ContiguousBatches(make_text(2000, 0), 16, 5)
    validation, found = ContiguousBatches(make_text(500, 1), 8, 5), []
    for seed in SEEDS:
        restart(model, seed)
        history = model.fit(text, steps_per_epoch=120, epochs=2, verbose=0).history
        found.append([history["loss"][-1], model.evaluate(validation)["loss"]])
    return np.transpose(found)


def losses_among(cluster, dropout):
    from seqmodels.workers.joining import join

    return losses(dropout, join(cluster))


@pytest.fixture(scope="module")
def alone():
    """The losses of one process, with dropout and without."""
    return losses(0.5), losses(0.0)


@pytest.mark.parametrize("number", [2, 4])
def test_the_loss_within_its_spread(number, alone, launch_workers):
    (training, validation), without = alone
    chief, *others = wait(launch_workers(number, losses_among, 0.5))
    for other in others:
        np.testing.assert_array_equal(other, chief)
    print(number, "workers:", *chief, "alone:", training, validation, "none:", *without)
    for found, expected in zip(chief, (training, validation), strict=True):
        assert expected.min() < found.mean() < expected.max()
    assert without[0].max() < training.min()  # so that dropout left out would show
