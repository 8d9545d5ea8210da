"""What `Resume` keeps on the disk: never half of it, and no later start fails."""

import contextlib
import os

import keras
import numpy as np
import pytest

from seqmodels import Resume

pytestmark = pytest.mark.slow


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


@pytest.mark.parametrize("size", [0, 100, 5000, -1])
def test_a_copy_cut_short_is_passed_over(
    size, make_model, make_batches, tmp_path, capsys
):
    folder = tmp_path / "copies"
    whole, _ = train(make_model, make_batches, tmp_path / "other")
    train(make_model, make_batches, folder, stop_after=2)
    newest = folder / "epoch-00000003.npz"
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


@pytest.mark.parametrize("readable", [0, 1])
def test_a_copy_with_a_hole_is_passed_over(
    readable, make_model, make_batches, tmp_path
):
    """Nothing of it is taken, not even what can be read."""
    folder = tmp_path / "copies"
    train(make_model, make_batches, folder, stop_after=1)
    copies = sorted(folder.iterdir())
    contents = [copy.read_bytes() for copy in copies]
    model = make_model(keras.optimizers.Adam(0.02), num_layers=1)
    model.optimizer.build(model.trainable_variables)
    resume = Resume(folder)
    resume.set_model(model)
    variables = [*model.variables, *model.optimizer.variables]
    expected = [variable.numpy() for variable in variables]
    if readable:
        with np.load(copies[0]) as file:
            expected = [file[name] for name in file.files]
    for start in range(0, len(contents[0]), 1024):
        for copy, content in list(zip(copies, contents, strict=True))[readable:]:
            hole = content[:start].ljust(start + 512, b"\0")
            copy.write_bytes(hole + content[len(hole) :])
        resume.on_train_begin()
        for variable, value in zip(variables, expected, strict=True):
            np.testing.assert_array_equal(variable, value)


@pytest.mark.parametrize("stop_after", [2, 3])
def test_a_fit_after_the_resumed_one_begins_anew(
    stop_after, make_model, make_batches, tmp_path
):
    whole, _ = train(make_model, make_batches, tmp_path / "other")
    train(make_model, make_batches, tmp_path / "copies", stop_after=stop_after)
    resumed, started = train(make_model, make_batches, tmp_path / "copies")
    assert started == list(range(stop_after + 1, 4))  # after the last epoch, none
    for ours, theirs in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)
    assert resumed.fit(make_batches(), epochs=2, verbose=0).epoch == [0, 1]


def test_at_no_moment_there_is_no_copy(make_model, make_batches, tmp_path, monkeypatch):
    folder = tmp_path / "copies"
    train(make_model, make_batches, folder, stop_after=1)
    kept = sorted(folder.glob("epoch-*"))
    assert len(kept) == 2

    def cut_short(file):
        os.ftruncate(file, 100)
        raise KeyboardInterrupt  # what a kill leaves behind

    monkeypatch.setattr(os, "fsync", cut_short)
    for process in (1001, 1002):
        monkeypatch.setattr(os, "getpid", lambda process=process: process)
        assert train(make_model, make_batches, folder)[1] == [2]
    monkeypatch.undo()
    assert len(list(folder.iterdir())) == 3  # what kills leave does not add up
    assert sorted(folder.glob("epoch-*")) == kept
    assert train(make_model, make_batches, folder)[1] == [2, 3]


def test_a_full_disk_does_not_stop_the_training(
    make_model, make_batches, tmp_path, monkeypatch, capsys
):
    def full(file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    monkeypatch.setattr(Resume, "on_train_end", lambda self, logs=None: None)
    _, started = train(make_model, make_batches, tmp_path / "copies")
    assert started == [0, 1, 2, 3]
    assert capsys.readouterr().out.count("No space left on device") == 4
    assert not list((tmp_path / "copies").iterdir())


FILLED = """if True:
    import resource, sys
    import numpy as np
    from seqmodels import CharLM, ContiguousBatches, Resume
    import keras

    def fill(epoch, logs):
        limits = int(sys.argv[2]), resource.RLIM_INFINITY
        resource.setrlimit(resource.RLIMIT_FSIZE, limits if epoch else (-1, -1))

    model = CharLM(9, 6, embed_dim=5)
    model.compile("adam", jit_compile=False)
    model.fit(
        ContiguousBatches(np.zeros(90, int), 3, 4),
        epochs=3,
        callbacks=[keras.callbacks.LambdaCallback(fill), Resume(sys.argv[1])],
        verbose=0,
    )
    print("trained to the end")
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on a file's size")
@pytest.mark.parametrize("limit", [0, 4096])
def test_a_disk_that_is_really_full(limit, run_python, tmp_path):
    """That no library used in writing ends the process, as HDF5's does."""
    child = run_python(FILLED, tmp_path / "copies", limit, check=False)
    assert child.returncode == 0
    assert child.stdout.count("could not be written") == 2
    assert child.stdout.endswith("trained to the end\n")


@pytest.mark.parametrize("dtype", ["mixed_float16", "bfloat16"])
def test_every_precision_comes_back(dtype, make_model, make_batches, tmp_path):
    options = {"num_layers": 1, "dtype": dtype, "initializer": "glorot_uniform"}
    model = make_model("adam", **options)
    resume = Resume(tmp_path)
    resume.set_model(model)
    model.fit(make_batches(), verbose=0)
    resume.on_epoch_end(0)
    again = make_model("adam", **options)
    resume.set_model(again)
    resume.on_train_begin()
    for one, other in ((again, model), (again.optimizer, model.optimizer)):
        for ours, theirs in zip(one.variables, other.variables, strict=True):
            np.testing.assert_array_equal(ours.numpy(), theirs.numpy())
    # One that scales the loss has another within; older Keras counts there alone.
    counting = getattr(again.optimizer, "inner_optimizer", again.optimizer)
    assert counting.iterations == 7


def test_a_copy_of_another_model_is_refused_and_stays(
    make_model, make_batches, tmp_path
):
    folder = tmp_path / "copies"
    train(make_model, make_batches, folder, stop_after=0)
    copies, other = sorted(folder.iterdir()), make_model("adam", units=7)
    before = other.get_weights()
    with pytest.raises(ValueError, match="must be empty or of this model; .*00001.npz"):
        other.fit(make_batches(), callbacks=[Resume(folder)], verbose=0)
    assert sorted(folder.iterdir()) == copies
    for ours, theirs in zip(other.get_weights(), before, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_what_else_is_in_the_folder_stays(make_model, make_batches, tmp_path):
    other = tmp_path / "best.keras"
    other.write_text("not ours", encoding="utf-8")
    assert train(make_model, make_batches, tmp_path)[1] == [0, 1, 2, 3]
    assert list(tmp_path.iterdir()) == [other]
