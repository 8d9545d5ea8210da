"""What happens from round to round, without training anything."""

import types

import keras
import numpy as np
import pytest

from seqmodels.program.following import Follow, Rate
from seqmodels.program.partial import Partial
from seqmodels.program.settings import Plan, cosine


class Model(types.SimpleNamespace):
    def get_weights(self):
        return [np.full(2, self.weight)]


@pytest.fixture
def partial(tmp_path):
    partial = Partial(tmp_path / "a.keras.partial")
    partial.prepare()
    return partial


def follow(partial, said, rounds=4):
    callback = Follow(partial, Plan(250, rounds), 2.0, "6-gram 2.5", said.append)
    callback.set_model(Model(optimizer=keras.optimizers.Adam(0.1), weight=0.0))
    return callback


def read_rounds(callback, losses, first=0):
    for epoch, loss in enumerate(losses, start=first):
        callback.on_epoch_begin(epoch)
        callback.model.weight = float(epoch)
        callback.on_epoch_end(epoch, {"loss": 1.0, "val_loss": loss})


def test_the_rate_falls_from_block_to_block():
    callback, rates = Rate(Plan(250, 4), 0.1), []
    callback.set_model(Model(optimizer=keras.optimizers.Adam(0.1)))
    for epoch in range(4):
        callback.on_epoch_begin(epoch)
        for block in range(3):  # of 100, 100 and 50 windows
            callback.on_train_batch_begin(block)
            rates.append(float(callback.model.optimizer.learning_rate))
    assert rates == pytest.approx([cosine(0.1, n / 12) for n in range(12)])


def test_it_says_how_far_it_is_and_keeps_the_best(partial):
    said = []
    read_rounds(follow(partial, said), [1.5, 1.2, 1.4, 1.3])
    assert len(said) == 4
    assert "round  2 of 4: 2.400 bits, 6-gram 2.5" in said[1]
    nats, (weights,) = partial.read_best()
    assert nats == 1.2 and weights.tolist() == [1, 1]
    assert partial.read_history() == [
        [250 * (n + 1), 1.0, x] for n, x in enumerate([1.5, 1.2, 1.4, 1.3])
    ]


def test_taken_up_it_knows_what_was_best(partial):
    read_rounds(follow(partial, []), [1.5, 1.2, 1.4])
    said = []
    again = follow(partial, said)
    assert again.rounds_done == 3
    read_rounds(again, [1.45, 1.3], first=2)  # the third round was not noted as done
    assert said[0] == "Goes on with round 3 of 4."
    assert [row[2] for row in partial.read_history()] == [1.5, 1.2, 1.45, 1.3]
    assert again.best[0] == 1.2 and again.best[1][0].tolist() == [1, 1]


def test_from_the_start_nothing_of_an_older_run_counts(partial):
    read_rounds(follow(partial, []), [0.5])
    again = follow(partial, [])
    read_rounds(again, [1.5])
    assert again.best[0] == 1.5


def test_what_is_no_number_is_never_best(partial):
    callback = follow(partial, [])
    read_rounds(callback, [np.nan, 1.5, np.inf])
    assert callback.best[0] == 1.5


def test_damaged_notes_are_as_none(partial):
    read_rounds(follow(partial, []), [1.5])
    partial.write_plan({"format": 1})
    for name in ("plan.json", "history.json", "best.npz"):
        path = partial.folder / name
        path.write_bytes(path.read_bytes()[:5])
    assert partial.read_plan() is None and partial.read_best() is None
    assert partial.read_history() == []


def test_what_is_not_its_own_stays(partial):
    partial.write_plan({})
    (partial.folder / "letter.txt").write_text("dear")
    partial.remove()
    assert [path.name for path in partial.folder.iterdir()] == ["letter.txt"]
