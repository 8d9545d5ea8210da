"""Made-up data sets in place of the real ones."""

import io
import random
import zipfile
import zlib

import pytest

from seqmodels.data import _fetch, texts
from tests.data.server import HEAD_SIZE, Server, sha256


@pytest.fixture(scope="module")
def fake_text8():
    """A made-up text8 of 1,200,000 characters, and its archive."""
    text = bytes(random.Random(2).choices(b"abcdefghijklmnopqrstuvwxyz ", k=1_200_000))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        file.writestr("text8", text)
    return text, archive.getvalue()


@pytest.fixture
def server():
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def bundled(tmp_path, monkeypatch):
    """Two small topics in the shape of the real ones."""
    folder = tmp_path / "bundled"
    (folder / "encyclopedia").mkdir(parents=True)
    (folder / "encyclopedia" / "oceans.txt").write_text(
        '= Tide =\n\nSailors call it\n"the flood" (twice a day).\n\nThe [[Moon]].\n\n'
        "= Wave =\n\nA [[tide]]s' kin.\n",
        encoding="utf-8",
    )
    (folder / "encyclopedia" / "astronomy.txt").write_text(
        "= Moon =\n\nIt has 2 faces.\n\n= Mars =\n\nRed.\n\n= Black hole =\n\nDark.\n",
        encoding="utf-8",
    )
    (folder / "encyclopedia_sources.tsv").write_text(
        "topic\ttitle\taddress\tlabel\n"
        "oceans\tTide\thttps://example.org/tide\tTide tables\n"
        "astronomy\tMoon\thttp://example.org/Moon_(1)\tMaps of the Moon\n"
        "astronomy\tMoon\thttps://example.org/?q=moon\tOn the Moon\n",
        encoding="utf-8",
    )
    (folder / "emoji_words.tsv").write_text(
        "word\temoji\nball\t⚽\nfamily\t👨‍👩‍👧\n", encoding="utf-8"
    )
    monkeypatch.setattr("seqmodels.data.bundled.bundled_folder", lambda: folder)
    return folder


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch, bundled):
    """An empty cache, and nothing of this machine's settings."""
    folder = tmp_path / "cache" / "seqmodels"
    monkeypatch.setenv("SEQMODELS_CACHE", str(folder))
    monkeypatch.delenv("SEQMODELS_DATA", raising=False)
    monkeypatch.delenv("SEQMODELS_OFFLINE", raising=False)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")
    # A test that names no address must not reach the real ones.
    for name, entry in _fetch.REGISTRY.items():
        monkeypatch.setitem(_fetch.REGISTRY, name, {**entry, "urls": []})
    return folder


@pytest.fixture
def register(monkeypatch):
    """Puts a made-up file in the registry."""

    def register(name, content, *urls):
        entry = {"size": len(content), "sha256": sha256(content), "urls": list(urls)}
        monkeypatch.setitem(_fetch.REGISTRY, name, entry)

    return register


CHILD = """
import sys
from seqmodels.data import _fetch, texts
name, size, sha256, url = sys.argv[1:]
_fetch.REGISTRY[name] = {"size": int(size), "sha256": sha256, "urls": [url]}
"""


@pytest.fixture
def start_child(start_python):
    """A function that starts code in a process that knows a made-up file."""

    def start(code, name, content, url):
        return start_python(CHILD + code, name, len(content), sha256(content), url)

    return start


@pytest.fixture
def text8(register, monkeypatch, fake_text8):
    """Registers the made-up text8, whole and head; returns a way to say where it is."""
    text, archive = fake_text8
    known = {"size": len(text), "digest": ("CRC-32", f"{zlib.crc32(text):08x}")}
    known["head_sha256"] = sha256(text[:HEAD_SIZE])
    for key, value in known.items():
        monkeypatch.setitem(texts.TEXT8, key, value)
    register("text8.zip", archive)
    return lambda *urls: register("text8.zip", archive, *urls)
