"""One bar for one run."""

import sys
import types

import pytest

from seqmodels import ProgressBar, progress_bar


def run_fit(epochs, steps, initial_epoch=0, stop_after=None):
    """Calls a bar as `fit` does."""
    bar = ProgressBar()
    bar.set_params({"epochs": epochs, "steps": steps, "verbose": 0})
    bar.on_train_begin()
    for epoch in range(initial_epoch, stop_after or epochs):
        bar.on_epoch_begin(epoch)
        for batch in range(steps or 3):
            bar.on_train_batch_end(batch, {"loss": 9.0})
        bar.on_epoch_end(epoch, {"loss": 1.23456, "val_loss": 2.0, "perplexity": 3.4})
    bar.on_train_end()


@pytest.mark.parametrize(
    "run, counts",
    [
        ({"epochs": 4, "steps": 7}, "4/4"),
        ({"epochs": 4, "steps": None}, "4/4"),
        ({"epochs": 1, "steps": 7}, "7/7"),  # one epoch is counted in steps
        ({"epochs": 1, "steps": 1}, "1/1"),
        ({"epochs": 4, "steps": 7, "initial_epoch": 2}, "4/4"),
        ({"epochs": 9, "steps": 7, "stop_after": 3}, "3/9"),
    ],
)
def test_one_bar_for_one_fit(run, counts, capsys):
    run_fit(**run)
    out, err = capsys.readouterr()
    last = err.strip("\n").split("\r")[-1]
    assert out == ""
    assert err.count("\n") == 1  # one line: everything else is drawn over
    assert f" {counts} [" in last
    assert "loss=1.235, val_loss=2" in last
    assert "perplexity" not in last


def test_a_resumed_bar_starts_where_it_was(capsys):
    run_fit(epochs=8, steps=1, initial_epoch=7)
    drawn = capsys.readouterr().err
    assert " 8/8 [" in drawn
    assert " 1/8 [" not in drawn


def test_progress_bar_hands_the_items_on(capsys):
    assert list(progress_bar("abc", desc="letters")) == ["a", "b", "c"]
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "letters: 100%" in err and "3/3" in err


@pytest.fixture
def displays(monkeypatch):
    """What a notebook shows: for each display its successive contents."""
    shown = []

    def display(data, raw, display_id):
        shown.append([data["text/plain"]])
        return types.SimpleNamespace(
            update=lambda data, raw: shown[-1].append(data["text/plain"])
        )

    import IPython

    kernel_shell = types.SimpleNamespace(kernel=None)
    monkeypatch.setattr(IPython, "get_ipython", lambda: kernel_shell)
    monkeypatch.setattr("IPython.display.display", display)
    return shown


def test_in_a_notebook_one_display_is_left(displays, capsys):
    run_fit(epochs=4, steps=1)
    assert list(progress_bar(range(3))) == [0, 1, 2]
    assert capsys.readouterr() == ("", "")
    assert len(displays) == 2
    assert " 4/4 [" in displays[0][-1] and "loss=1.235" in displays[0][-1]
    assert " 3/3 [" in displays[1][-1]


def test_in_a_notebook_nothing_is_left_of_what_shall_not_be(displays):
    assert list(progress_bar(range(3), disable=True)) == [0, 1, 2]
    assert list(progress_bar(range(3), delay=60)) == [0, 1, 2]
    assert not displays
    assert list(progress_bar(range(3), leave=False)) == [0, 1, 2]
    assert list(progress_bar(range(3), leave=None)) == [0, 1, 2]
    assert displays[0][-1] == "" and " 3/3 [" in displays[1][-1]


def test_arguments_are_tqdms(displays):
    bar = progress_bar(range(3), ncols=20, dynamic_ncols=False, desc="letters")
    assert list(bar) == [0, 1, 2]
    assert displays[0][-1].startswith("letters: 100%") and len(displays[0][-1]) <= 20


def test_an_imported_kernel_is_not_yet_a_notebook(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ipykernel", types.ModuleType("ipykernel"))
    assert list(progress_bar("ab")) == ["a", "b"]
    assert "2/2" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["total", "per_batch"])
@pytest.mark.parametrize("size", [True, 0, 2.5])
def test_refuses_what_is_no_number_of_steps(name, size):
    message = f"`{name}` must be a positive integer; got {size}"
    with pytest.raises(ValueError, match=message):
        ProgressBar(**{name: size})
