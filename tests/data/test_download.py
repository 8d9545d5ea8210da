"""Downloads: whole, cut short, tampered with, killed, and without a network."""

import threading
import time

import pytest

from seqmodels.data import _fetch, texts
from tests.data.server import PLAY, RAW, cut, files_in, good, hanging


def test_download_then_cache(server, text8, fake_text8, cache, capsys):
    text, archive = fake_text8
    text8(server.add("/text8.zip", good(archive)))
    first, source = texts.load_text8()
    assert first == text.decode("ascii")
    assert source == texts.Source("text8", "real", "1,200,000 characters")
    assert capsys.readouterr().out.splitlines() == [
        f"Downloading text8.zip ({len(archive) / 1000:.0f} kB)",
        "Data: text8, 1,200,000 characters",
    ]
    assert files_in(cache) == ["text8.zip"]
    assert texts.load_text8() == (first, source)
    assert capsys.readouterr().out == "Data: text8, 1,200,000 characters\n"
    assert server.requests == ["/text8.zip"]


def test_size_is_told_in_megabytes(server, register, capsys):
    content = bytes(1_700_000)
    register("kafka.txt", content, server.add("/k", good(content)))
    texts.load_kafka()
    assert "Downloading kafka.txt (2 MB)\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("load", "file_name", "name"),
    [
        (texts.load_shakespeare, "shakespeare.txt", "Shakespeare"),
        (texts.load_kafka, "kafka.txt", "Kafka"),
    ],
)
def test_plain_texts_keep_every_character(server, register, load, file_name, name):
    content = "Gar\u00e7on,\r\n\ttea!\n\n".encode()
    register(file_name, content, server.add("/file", good(content)))
    text, source = load()
    assert text == "Garçon,\r\n\ttea!\n\n"
    assert source == texts.Source(name, "real", "16 characters")


def test_death_half_way_falls_back_and_is_taken_up(server, register, cache, capsys):
    url = server.add("/kafka", cut(PLAY, len(PLAY) // 2))
    register("kafka.txt", PLAY, url)
    text, source = texts.load_kafka()
    assert text == RAW
    assert str(source).startswith(
        f"Data: bundled pocket encyclopedia, {len(RAW)} characters, "
        "in place of Kafka (could not be downloaded: 127.0.0.1: too short, "
    )
    assert str(source) in capsys.readouterr().out
    assert files_in(cache) == []
    server.add("/kafka", good(PLAY))
    assert texts.load_kafka()[0].encode() == PLAY


def test_killed_download_leaves_nothing(
    server, register, start_child, cache, tmp_path, monkeypatch
):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(temporary))
    half_sent, may_end = threading.Event(), threading.Event()
    page = hanging(PLAY, len(PLAY) // 2, half_sent, may_end)
    url = server.add("/kafka", page)
    child = start_child("texts.load_kafka()", "kafka.txt", PLAY, url)
    try:
        assert half_sent.wait(20)
        time.sleep(0.1)  # let the child take in what was sent
        assert child.poll() is None
    finally:
        child.kill()
        may_end.set()
    assert child.wait() != 0
    assert files_in(cache) == files_in(temporary) == []
    server.add("/kafka", good(PLAY))
    register("kafka.txt", PLAY, url)
    assert texts.load_kafka()[0].encode() == PLAY
    assert files_in(cache) == ["kafka.txt"]


@pytest.mark.parametrize(
    ("load", "name", "text"),
    [
        (texts.load_shakespeare, "Shakespeare", RAW),
        (texts.load_kafka, "Kafka", RAW),
        (
            texts.load_text8,
            "text8",
            "moon it has two faces tide sailors call it the flood twice a day the moon "
            "mars red wave a tides kin black hole dark",
        ),
    ],
)
def test_offline_with_nothing(
    server, register, cache, monkeypatch, capsys, load, name, text
):
    for file_name in list(_fetch.REGISTRY):
        register(file_name, PLAY, server.add("/file", good(PLAY)))
    monkeypatch.setenv("SEQMODELS_OFFLINE", "1")
    got, source = load()
    assert got == text
    assert (source.name, source.kind) == (name, "bundled")
    assert str(source) == (
        f"Data: bundled pocket encyclopedia, {len(text)} characters, "
        f"in place of {name} (SEQMODELS_OFFLINE is set)"
    )
    assert capsys.readouterr().out == f"{source}\n"
    assert server.requests == []
    assert not cache.exists()


def test_offline_reads_the_cache(server, register, monkeypatch):
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    texts.load_kafka()
    monkeypatch.setenv("SEQMODELS_OFFLINE", "1")
    assert texts.load_kafka()[0].encode() == PLAY


def test_only_one_means_offline(server, register, monkeypatch):
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    monkeypatch.setenv("SEQMODELS_OFFLINE", "0")
    assert texts.load_kafka()[1].kind == "real"


def test_no_address():
    text, source = texts.load_kafka()
    assert text == RAW
    assert "(no address to download it from is known)" in str(source)
