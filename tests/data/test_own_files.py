"""Files of the user's own, in the folder that SEQMODELS_DATA names."""

import errno
import os
from pathlib import Path

import pytest

from seqmodels.data import reviews, texts
from tests.data.server import (
    HEAD_SIZE,
    PLAY,
    files_in,
    good,
    sha256,
)


def test_own_file_comes_first(server, register, own, cache):
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    (own / "kafka.txt").write_bytes(PLAY)
    text, source = texts.load_kafka()
    assert (text.encode(), source.kind) == (PLAY, "real")
    assert server.requests == [] and files_in(cache) == []


@pytest.mark.parametrize("content", [b"", PLAY[:-1], PLAY + b"\n"])
def test_own_file_is_wrong(server, register, own, content):
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    (own / "kafka.txt").write_bytes(content)
    message = (
        f"^kafka.txt in SEQMODELS_DATA: expected SHA-256 {sha256(PLAY)} "
        rf"\(300,000 bytes\), got {sha256(content)} \({len(content):,} bytes\).$"
    )
    with pytest.raises(ValueError, match=message):
        texts.load_kafka()
    assert server.requests == []


@pytest.mark.parametrize("named", ["nowhere", "kafka.txt", "~nobody-of-this-name/x"])
def test_own_folder_is_missing(server, register, tmp_path, monkeypatch, capsys, named):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kafka.txt").write_bytes(b"no folder")
    monkeypatch.setenv("SEQMODELS_DATA", named)
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    assert texts.load_kafka()[1].kind == "real"
    out = capsys.readouterr().out
    assert out.startswith("SEQMODELS_DATA does not name a folder; looking elsewhere\n")


LOADERS = {
    "text8": texts.load_text8,
    "text8.zip": texts.load_text8,
    "kafka.txt": texts.load_kafka,
    "aclImdb_v1.tar.gz": reviews.load_imdb,
}


@pytest.mark.parametrize("name", LOADERS)
def test_own_file_is_a_folder(own, name):
    (own / name).mkdir()
    message = f"^{name} in SEQMODELS_DATA: expected a file; it is a folder.$"
    with pytest.raises(ValueError, match=message):
        LOADERS[name]()


def test_own_file_is_a_pipe(own):
    if not hasattr(os, "mkfifo"):
        pytest.skip("Windows has no pipes in folders")
    os.mkfifo(own / "kafka.txt")
    opened = os.open(own / "kafka.txt", os.O_RDWR)  # or a reader would wait for ever
    os.write(opened, b"wrong")
    message = "^kafka.txt in SEQMODELS_DATA: expected a file; it is neither file nor f"
    try:
        with pytest.raises(ValueError, match=message):
            texts.load_kafka()
    finally:
        os.close(opened)


@pytest.mark.parametrize("name", LOADERS)
@pytest.mark.parametrize("refused", ["stat", "read_bytes"])
def test_own_file_cannot_be_read(own, monkeypatch, name, refused):
    (own / name).write_bytes(b"")
    allowed = getattr(Path, refused)

    def refuse(path, *args, **kwargs):  # `chmod` does not keep root from reading
        if path.name != name:
            return allowed(path, *args, **kwargs)
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, refused, refuse)
    message = rf"^{name} in SEQMODELS_DATA: cannot be read \(Permission denied\)\.$"
    with pytest.raises(ValueError, match=message):
        LOADERS[name]()


def test_own_folder_without_the_file(server, register, own):
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    assert texts.load_kafka()[1].kind == "real"


@pytest.mark.parametrize(
    ("size", "kind", "line"),
    [
        (1_000_000, "excerpt", "Data: text8, excerpt, its first 1,000,000 characters"),
        (1_199_999, "excerpt", "Data: text8, excerpt, its first 1,199,999 characters"),
        (1_200_000, "real", "Data: text8, 1,200,000 characters"),
    ],
)
def test_own_text8(text8, fake_text8, own, size, kind, line):
    text, archive = fake_text8
    (own / "text8").write_bytes(text[:size])
    (own / "text8.zip").write_bytes(b"never read")
    got, source = texts.load_text8()
    assert got == text[:size].decode("ascii")
    assert (source.kind, str(source)) == (kind, line)


def test_own_text8_zip(text8, fake_text8, own, cache):
    text, archive = fake_text8
    (own / "text8.zip").write_bytes(archive)
    got, source = texts.load_text8()
    assert (got, source.kind) == (text.decode("ascii"), "real")
    assert files_in(cache) == []


def test_own_text8_zip_is_damaged(text8, fake_text8, own):
    _, archive = fake_text8
    (own / "text8.zip").write_bytes(archive[: len(archive) // 2])
    message = f"^text8.zip in SEQMODELS_DATA: expected SHA-256 {sha256(archive)} .* got"
    with pytest.raises(ValueError, match=message):
        texts.load_text8()


def swap(text, position):
    """Puts another letter in one place."""
    letter = b"b" if text[position : position + 1] == b"a" else b"a"
    return text[:position] + letter + text[position + 1 :]


@pytest.mark.parametrize(
    ("tamper", "message"),
    [
        (
            lambda text: text[: HEAD_SIZE - 1],
            r"has 999,999 characters; expected from 1,000,000 \(an excerpt\) to "
            r"1,200,000 \(all of it\)\.$",
        ),
        (lambda text: text + b" ", "has 1,200,001 characters; expected from"),
        (
            lambda text: swap(text, 5),
            ": expected SHA-256 [0-9a-f]{64} of its first 1,000,000 characters, got ",
        ),
        (
            lambda text: text[:1_100_000] + b"E" + text[1_100_001:],
            "has b'E' at position 1,100,000; expected only a-z and space",
        ),
        (
            lambda text: swap(text, 1_199_999),
            ": expected CRC-32 [0-9a-f]{8}, got [0-9a-f]{8}",
        ),
    ],
)
def test_own_text8_is_tampered(text8, fake_text8, own, tamper, message):
    (own / "text8").write_bytes(tamper(fake_text8[0]))
    with pytest.raises(ValueError, match="^text8 in SEQMODELS_DATA.*" + message):
        texts.load_text8()
