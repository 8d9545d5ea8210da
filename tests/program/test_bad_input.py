"""What is no text, no model or no number is told so, in a line or two."""

import re
import sys

import pytest

from seqmodels.program.reading import read_text, shown
from tests.program.conftest import make_text

BAD_TEXTS = {
    "empty": (b"", "is empty"),
    "a mark alone": (b"\xef\xbb\xbf", "is empty, but for a byte-order mark"),
    "binary": (b"\x89PNG\r\n\x1a\n\0\0\0", "is no text: byte 8 is zero"),
    "latin-1": ("Zürich ".encode("latin-1") * 200, "no UTF-8 text: byte 1 is 0xfc"),
    "utf-16": (make_text().encode("utf-16"), "is UTF-16; save it as UTF-8"),
    "short": (b"forty letters are not enough to learn it", "40 .*there must be 1,000"),
    "one letter": (b"a" * 5000, "is one character repeated"),
}


@pytest.mark.parametrize("name", BAD_TEXTS)
def test_a_text_to_train_on(name, refused, tmp_path):
    content, complaint = BAD_TEXTS[name]
    path = tmp_path / "my text.txt"
    path.write_bytes(content)
    err = refused("train", path)
    assert re.search(complaint, err) and "my text.txt" in err
    assert [p.name for p in tmp_path.iterdir()] == ["my text.txt"]


def test_no_text(refused, tmp_path):
    assert "There is no file" in refused("train", tmp_path / "none.txt")
    assert "is a folder; name a text file" in refused("train", tmp_path)
    assert "There is no file" in refused("score", "m.keras", tmp_path / "none.txt")


@pytest.mark.parametrize("minutes", ["0", "-3", "nan", "inf"])
def test_minutes(minutes, refused, tmp_path):
    err = refused("train", tmp_path / "text.txt", f"--minutes={minutes}")
    assert f"--minutes must be a positive number; got {float(minutes):g}" in err


def test_where_the_model_is_to_go(refused, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text(make_text())
    assert "must end in .keras" in refused("train", text, "--out", tmp_path / "a.h5")
    (tmp_path / "text.keras").write_bytes(b"precious")
    assert "text.keras is there already" in refused("train", text)
    assert (tmp_path / "text.keras").read_bytes() == b"precious"
    assert "is the text" in refused("train", tmp_path / "text.keras", "--anew")
    err = refused("train", text, "--out", tmp_path / "no" / "a.keras")
    assert "cannot be written to: No such file or directory" in err


@pytest.mark.parametrize("number, said", [(28, "No space left"), (30, "Read-only")])
def test_a_disk_that_is_full_or_read_only(number, said, refused, tmp_path, monkeypatch):
    import os
    from pathlib import Path

    text = tmp_path / "text.txt"
    text.write_text(make_text())

    def write_bytes(self, content):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    err = refused("train", text)
    assert f"cannot be written to: {said}" in err and "--out" in err
    assert [p.name for p in tmp_path.iterdir()] == ["text.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="limits are Unix's")
def test_a_limit_that_is_real(run_python, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text(make_text())
    child = run_python(
        "import resource, sys\n"
        "from seqmodels.__main__ import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "sys.exit(main(['train', sys.argv[1]]))",
        text,
        check=False,
    )
    assert child.returncode == 2
    assert child.stderr.startswith("error: ") and "File too large" in child.stderr


def test_no_model(refused, tmp_path):
    assert "There is no file" in refused("write", tmp_path / "none.keras")
    (tmp_path / "model.h5").write_bytes(b"")
    assert "must end in .keras" in refused("write", tmp_path / "model.h5")
    assert "is a folder" in refused("playground", tmp_path)


@pytest.mark.parametrize(
    ("option", "complaint"),
    [
        ("--length=0", "--length must be 1 or more; got 0"),
        ("--temperature=-1", "--temperature must be 0 or more; got -1"),
        ("--temperature=nan", "--temperature must be 0 or more; got nan"),
        ("--seed=-1", "--seed must be 0 or more"),
        ("--prompt=", "--prompt must have a character"),
    ],
)
def test_options_of_write(option, complaint, refused):
    assert complaint in refused("write", "model.keras", option)


def test_a_command_that_is_none(call):
    with pytest.raises(SystemExit) as stopped:
        call("trian", "text.txt")
    assert stopped.value.code == 2


def test_a_mark_and_windows_line_ends_are_no_part_of_a_text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n")
    text, remarks = read_text(path)
    assert text == "one\ntwo\nthree\n"
    assert len(remarks) == 2
    path.write_bytes(b"one\ntwo\n")
    assert read_text(path) == ("one\ntwo\n", [])


def test_characters_that_one_would_not_see_are_named():
    assert shown("\t\n \u200bA\u0301é") == "\\t \\n space U+200B A U+0301 é"
    assert shown("abcd", most=2) == "a b and 2 more"


def test_broken_off_before_anything_was_learnt(call, tmp_path, monkeypatch):
    from seqmodels.program import training

    def interrupt(*_):
        raise KeyboardInterrupt

    text = tmp_path / "text.txt"
    text.write_text(make_text())
    monkeypatch.setattr(training, "choose_order", interrupt)
    status, _, err = call("train", text)
    assert (status, err) == (130, "\nBroken off.\n")
    assert [p.name for p in tmp_path.iterdir()] == ["text.txt"]


@pytest.mark.parametrize("plan", ["", "[]", '{"format": 1}'])
def test_what_a_damaged_plan_leaves_is_not_taken_up(plan, call, tmp_path, monkeypatch):
    from seqmodels.program.training import Run

    text, folder = tmp_path / "text.txt", tmp_path / "text.keras.partial"
    text.write_text(make_text())
    folder.mkdir()
    (folder / "epoch-00000003.npz").write_bytes(b"of another run")
    (folder / "plan.json").write_text(plan)
    seen = []
    monkeypatch.setattr(
        Run, "go", lambda self, known: seen.append((known, [*folder.iterdir()]))
    )
    assert call("train", text)[0] == 0
    assert seen == [(None, [])]
