"""The folder that downloads are kept in: elsewhere, damaged, read-only, full."""

import errno
import os
import tempfile
import time
from pathlib import Path

import pytest

from seqmodels.data import _fetch, texts
from tests.data.server import PLAY, RAW, files_in, good


def test_cache_is_where_the_system_keeps_them(server, register, tmp_path, monkeypatch):
    monkeypatch.delenv("SEQMODELS_CACHE")
    there = tmp_path / "seqmodels"
    monkeypatch.setattr(_fetch.platformdirs, "user_cache_dir", lambda name: there)
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    texts.load_kafka()
    assert (there / "kafka.txt").read_bytes() == PLAY


@pytest.fixture(params=["no home", "no home, unsaid", "no such user"])
def homeless(request, tmp_path, monkeypatch):
    """A user without a home, and the temporary folder."""
    pwd = pytest.importorskip("pwd", reason="Windows guesses where a home would be")
    if request.param == "no such user":
        monkeypatch.setenv("SEQMODELS_CACHE", "~nobody-of-this-name/x")
    else:
        for name in ("SEQMODELS_CACHE", "XDG_CACHE_HOME", "HOME"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    if request.param == "no home, unsaid":  # as older platformdirs have it
        monkeypatch.setattr(_fetch.platformdirs, "user_cache_dir", "~/.cache/{}".format)
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_no_home(server, register, homeless, capsys):
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    assert texts.load_kafka()[0].encode() == PLAY
    assert capsys.readouterr().out.splitlines() == [
        "Downloading kafka.txt (300 kB)",
        "No home for a cache; kafka.txt is kept in the temporary folder",
        "Data: Kafka, 300,000 characters",
    ]
    assert texts.load_kafka()[0].encode() == PLAY
    assert capsys.readouterr().out == "Data: Kafka, 300,000 characters\n"
    assert server.requests == ["/kafka"]
    assert files_in(homeless / "seqmodels") == ["kafka.txt"]


def test_no_home_offline(homeless, monkeypatch, capsys):
    monkeypatch.setenv("SEQMODELS_OFFLINE", "1")
    text, source = texts.load_kafka()
    assert text == RAW
    assert capsys.readouterr().out == f"{source}\n"
    assert files_in(homeless) == []


def test_no_temporary_folder_either(server, register, homeless, monkeypatch, capsys):
    def gettempdir():
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", gettempdir)
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    assert texts.load_kafka()[0].encode() == PLAY
    assert "kafka.txt could not be kept in the cache (" in capsys.readouterr().out


def test_wrong_cached_file_is_replaced(server, register, cache):
    cache.mkdir(parents=True)
    (cache / "kafka.txt").write_bytes(PLAY[:-1])
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    assert texts.load_kafka()[0].encode() == PLAY
    assert (cache / "kafka.txt").read_bytes() == PLAY


def test_wrong_cached_file_offline(register, cache, monkeypatch):
    cache.mkdir(parents=True)
    (cache / "kafka.txt").write_bytes(PLAY[:-1])
    register("kafka.txt", PLAY)
    monkeypatch.setenv("SEQMODELS_OFFLINE", "1")
    text, source = texts.load_kafka()
    assert text == RAW
    assert str(source).endswith(
        "(the cached kafka.txt is damaged; SEQMODELS_OFFLINE is set)"
    )


def test_cache_below_a_file(server, register, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("SEQMODELS_CACHE", str(tmp_path / "file" / "cache"))
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    text, source = texts.load_kafka()
    assert (text.encode(), source.kind) == (PLAY, "real")
    out = capsys.readouterr().out
    assert "kafka.txt could not be kept in the cache (" in out
    assert str(tmp_path) not in out


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_read_only_cache(server, register, cache, capsys):
    cache.mkdir(parents=True)
    cache.chmod(0o500)
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    try:
        assert texts.load_kafka()[0].encode() == PLAY
    finally:
        cache.chmod(0o700)
    assert "could not be kept in the cache (Permission denied)" in (
        capsys.readouterr().out
    )
    assert files_in(cache) == []


def test_no_room_for_the_file(server, start_child, cache):
    pytest.importorskip("resource", reason="Windows has no limit to set")
    url = server.add("/kafka", good(PLAY))
    # A true failure half-way through the write, as on a full disk.
    code = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
assert len(texts.load_kafka()[0]) == int(size)
"""
    child = start_child(code, "kafka.txt", PLAY, url)
    out, _ = child.communicate(timeout=20)
    assert child.returncode == 0
    assert "could not be kept in the cache (File too large)" in out
    assert "Data: Kafka, 300,000 characters" in out
    assert files_in(cache) == []


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
def test_failed_move_leaves_nothing(server, register, cache, monkeypatch, error):
    def replace(source, target):
        assert Path(source).read_bytes() == PLAY
        raise error

    monkeypatch.setattr(os, "replace", replace)
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    if isinstance(error, OSError):
        assert texts.load_kafka()[0].encode() == PLAY
    else:
        with pytest.raises(KeyboardInterrupt):
            texts.load_kafka()
    assert files_in(cache) == []


def test_old_leftovers_are_removed(register, cache):
    cache.mkdir(parents=True)
    old, new, other = (cache / name for name in (".k-1.part", ".k-2.part", "mine.part"))
    for path in (old, new, other):
        path.write_bytes(b"half")
    two_days_ago = time.time() - 2 * 24 * 60 * 60
    for path in (old, other):
        os.utime(path, (two_days_ago, two_days_ago))
    texts.load_kafka()
    assert files_in(cache) == [new.name, other.name]
