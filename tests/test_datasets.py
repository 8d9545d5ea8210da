"""Data sets, fetched from a real server on this machine; no test leaves it."""

import errno
import hashlib
import io
import os
import random
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqmodels import _fetch, datasets

PLAY = random.Random(1).randbytes(150_000).hex().encode("ascii")  # 300,000 bytes
HEAD_SIZE = 1_000_000


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(scope="module")
def fake_text8():
    """A made-up text8 of 1,200,000 characters, and its archive."""
    text = bytes(random.Random(2).choices(b"abcdefghijklmnopqrstuvwxyz ", k=1_200_000))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        file.writestr("text8", text)
    return text, archive.getvalue()


class Server:
    """A server whose pages are functions, with a list of the requests it had."""

    def __init__(self):
        self.pages, self.requests = {}, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                outer.requests.append(self.path)
                outer.pages[self.path](self)

            def log_message(self, *args):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, args=(0.01,)).start()

    def add(self, path, page):
        self.pages[path] = page
        return f"http://127.0.0.1:{self.http.server_port}{path}"

    def stop(self):
        self.http.shutdown()
        self.http.socket.close()  # not server_close: it would wait for hung pages


def good(content):
    """A page that sends the content."""

    def page(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return page


def cut(content, size):
    """A page that promises all of the content and hangs up after some of it."""

    def page(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[:size])

    return page


def hanging(content, size, half_sent, may_end):
    """A page that stops for as long as the test likes after some of the content."""

    def page(handler):
        cut(content, size)(handler)
        handler.wfile.flush()
        half_sent.set()
        may_end.wait(20)

    return page


def failing(status):
    return lambda handler: handler.send_error(status)


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
    (folder / "emoji_words.tsv").write_text(
        "word\temoji\nball\t⚽\nfamily\t👨‍👩‍👧\n", encoding="utf-8"
    )
    monkeypatch.setattr(datasets, "_bundled_folder", lambda: folder)
    return folder


RAW = (
    "Moon\n\nIt has 2 faces.\n\n"
    'Tide\n\nSailors call it\n"the flood" (twice a day).\n\nThe [[Moon]].\n\n'
    "Mars\n\nRed.\n\nWave\n\nA [[tide]]s' kin.\n\nBlack hole\n\nDark."
)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch, bundled):
    """An empty cache, and nothing of this machine's settings."""
    folder = tmp_path / "cache" / "seqmodels"
    monkeypatch.setenv("SEQMODELS_CACHE", str(folder))
    monkeypatch.delenv("SEQMODELS_DATA", raising=False)
    monkeypatch.delenv("SEQMODELS_OFFLINE", raising=False)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    # A test that names no address must not reach the real ones.
    for name, entry in _fetch.REGISTRY.items():
        monkeypatch.setitem(_fetch.REGISTRY, name, {**entry, "urls": []})
    return folder


@pytest.fixture
def own(tmp_path, monkeypatch):
    """The folder that SEQMODELS_DATA names."""
    folder = tmp_path / "own data"
    folder.mkdir()
    monkeypatch.setenv("SEQMODELS_DATA", str(folder))
    return folder


@pytest.fixture
def register(monkeypatch):
    """Puts a made-up file in the registry."""

    def register(name, content, *urls):
        entry = {"size": len(content), "sha256": sha256(content), "urls": list(urls)}
        monkeypatch.setitem(_fetch.REGISTRY, name, entry)

    return register


@pytest.fixture
def text8(register, monkeypatch, fake_text8):
    """Registers the made-up text8, whole and head; returns a way to say where it is."""
    text, archive = fake_text8
    monkeypatch.setitem(_fetch.TEXT8, "size", len(text))
    monkeypatch.setitem(_fetch.TEXT8, "crc32", zlib.crc32(text))
    monkeypatch.setitem(_fetch.TEXT8, "head_sha256", sha256(text[:HEAD_SIZE]))
    register("text8.zip", archive)
    return lambda *urls: register("text8.zip", archive, *urls)


def files_in(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


# Downloading


def test_download_then_cache(server, text8, fake_text8, cache, capsys):
    text, archive = fake_text8
    text8(server.add("/text8.zip", good(archive)))
    first, source = datasets.load_text8()
    assert first == text.decode("ascii")
    assert source == datasets.Source("text8", "real", "1,200,000 characters")
    assert capsys.readouterr().out.splitlines() == [
        f"Downloading text8.zip ({len(archive) / 1000:.0f} kB)",
        "Data: text8, 1,200,000 characters",
    ]
    assert files_in(cache) == ["text8.zip"]
    assert datasets.load_text8() == (first, source)
    assert capsys.readouterr().out == "Data: text8, 1,200,000 characters\n"
    assert server.requests == ["/text8.zip"]


def test_size_is_told_in_megabytes(server, register, capsys):
    content = bytes(1_700_000)
    register("kafka.txt", content, server.add("/k", good(content)))
    datasets.load_kafka()
    assert "Downloading kafka.txt (2 MB)\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("load", "file_name", "name"),
    [
        (datasets.load_shakespeare, "shakespeare.txt", "Shakespeare"),
        (datasets.load_kafka, "kafka.txt", "Kafka"),
    ],
)
def test_plain_texts_keep_every_character(server, register, load, file_name, name):
    content = "Gar\u00e7on,\r\n\ttea!\n\n".encode()
    register(file_name, content, server.add("/file", good(content)))
    text, source = load()
    assert text == "Garçon,\r\n\ttea!\n\n"
    assert source == datasets.Source(name, "real", "16 characters")


def test_wrong_checksum_raises_and_keeps_nothing(server, register, cache):
    register("kafka.txt", PLAY, server.add("/kafka", good(b"Please log in.")))
    message = (
        f"^kafka.txt: expected SHA-256 {sha256(PLAY)} .*, got "
        rf"{sha256(b'Please log in.')} \(14 bytes\); the file was not kept. "
        "Set SEQMODELS_OFFLINE=1 to go on with the bundled text.$"
    )
    with pytest.raises(ValueError, match=message):
        datasets.load_kafka()
    assert files_in(cache) == []


def test_wrong_checksum_raises_though_another_mirror_is_down(server, register, cache):
    urls = server.add("/a", good(b"other")), server.add("/b", failing(503))
    register("kafka.txt", PLAY, *urls)
    with pytest.raises(ValueError, match="expected SHA-256"):
        datasets.load_kafka()
    assert server.requests == ["/a", "/b"]
    assert files_in(cache) == []


@pytest.mark.parametrize(
    "broken", [failing(500), failing(404), cut(PLAY, 1000), good(PLAY[:-1] + b"!")]
)
def test_next_mirror_is_tried(server, register, cache, broken):
    urls = server.add("/broken", broken), server.add("/good", good(PLAY))
    register("kafka.txt", PLAY, *urls)
    text, source = datasets.load_kafka()
    assert (text.encode(), source.kind) == (PLAY, "real")
    assert server.requests == ["/broken", "/good"]
    assert (cache / "kafka.txt").read_bytes() == PLAY


def test_silent_mirror_is_given_up(server, register, monkeypatch):
    monkeypatch.setattr(_fetch, "TIMEOUT", 0.2)
    may_end = threading.Event()
    slow = hanging(PLAY, 1000, threading.Event(), may_end)
    urls = server.add("/slow", slow), server.add("/good", good(PLAY))
    register("kafka.txt", PLAY, *urls)
    start = time.monotonic()
    try:
        assert datasets.load_kafka()[1].kind == "real"
        assert time.monotonic() - start < 5
    finally:
        may_end.set()


def test_death_half_way_falls_back_and_is_taken_up(server, register, cache, capsys):
    url = server.add("/kafka", cut(PLAY, len(PLAY) // 2))
    register("kafka.txt", PLAY, url)
    text, source = datasets.load_kafka()
    assert text == RAW
    assert str(source) == (
        f"Data: bundled pocket encyclopedia, {len(RAW)} characters, "
        "in place of Kafka (could not be downloaded)"
    )
    assert str(source) in capsys.readouterr().out
    assert files_in(cache) == []
    server.add("/kafka", good(PLAY))
    assert datasets.load_kafka()[0].encode() == PLAY


def test_nobody_listens(server, register):
    url = server.add("/kafka", good(PLAY))
    register("kafka.txt", PLAY, url)
    server.http.shutdown()
    server.http.socket.close()
    assert "could not be downloaded" in str(datasets.load_kafka()[1])


CHILD = """
import sys
from seqmodels import _fetch, datasets
name, size, sha256, url = sys.argv[1:]
_fetch.REGISTRY[name] = {"size": int(size), "sha256": sha256, "urls": [url]}
"""


def start_child(code, name, content, url):
    repository = str(Path(datasets.__file__).resolve().parents[1])
    return subprocess.Popen(
        [sys.executable, "-c", CHILD + code]
        + [name, str(len(content)), sha256(content), url],
        env={**os.environ, "PYTHONPATH": repository, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def test_killed_download_leaves_nothing(server, register, cache, tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(temporary))
    half_sent, may_end = threading.Event(), threading.Event()
    page = hanging(PLAY, len(PLAY) // 2, half_sent, may_end)
    url = server.add("/kafka", page)
    with start_child("datasets.load_kafka()", "kafka.txt", PLAY, url) as child:
        try:
            assert half_sent.wait(20)
            time.sleep(0.1)  # let the child take in what was sent
            assert child.poll() is None
        finally:
            child.kill()
            may_end.set()
    assert child.returncode != 0
    assert files_in(cache) == files_in(temporary) == []
    server.add("/kafka", good(PLAY))
    register("kafka.txt", PLAY, url)
    assert datasets.load_kafka()[0].encode() == PLAY
    assert files_in(cache) == ["kafka.txt"]


# The cache


def test_cache_is_where_pooch_says(server, register, tmp_path, monkeypatch):
    monkeypatch.delenv("SEQMODELS_CACHE")
    monkeypatch.setattr(_fetch.pooch, "os_cache", lambda project: tmp_path / project)
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    datasets.load_kafka()
    assert (tmp_path / "seqmodels" / "kafka.txt").read_bytes() == PLAY


def test_wrong_cached_file_is_replaced(server, register, cache):
    cache.mkdir(parents=True)
    (cache / "kafka.txt").write_bytes(PLAY[:-1])
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    assert datasets.load_kafka()[0].encode() == PLAY
    assert (cache / "kafka.txt").read_bytes() == PLAY


def test_wrong_cached_file_offline(register, cache, monkeypatch):
    cache.mkdir(parents=True)
    (cache / "kafka.txt").write_bytes(PLAY[:-1])
    register("kafka.txt", PLAY)
    monkeypatch.setenv("SEQMODELS_OFFLINE", "1")
    text, source = datasets.load_kafka()
    assert text == RAW
    assert str(source).endswith(
        "(the cached kafka.txt is damaged; SEQMODELS_OFFLINE is set)"
    )


def test_cache_below_a_file(server, register, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("SEQMODELS_CACHE", str(tmp_path / "file" / "cache"))
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    text, source = datasets.load_kafka()
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
        assert datasets.load_kafka()[0].encode() == PLAY
    finally:
        cache.chmod(0o700)
    assert "could not be kept in the cache (Permission denied)" in (
        capsys.readouterr().out
    )
    assert files_in(cache) == []


def test_no_room_for_the_file(server, register, cache):
    pytest.importorskip("resource", reason="Windows has no limit to set")
    url = server.add("/kafka", good(PLAY))
    # A true failure half-way through the write, as on a full disk.
    code = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
assert len(datasets.load_kafka()[0]) == int(size)
"""
    with start_child(code, "kafka.txt", PLAY, url) as child:
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
        assert datasets.load_kafka()[0].encode() == PLAY
    else:
        with pytest.raises(KeyboardInterrupt):
            datasets.load_kafka()
    assert files_in(cache) == []


def test_old_leftovers_are_removed(register, cache):
    cache.mkdir(parents=True)
    old, new, other = (cache / name for name in (".k-1.part", ".k-2.part", "mine.part"))
    for path in (old, new, other):
        path.write_bytes(b"half")
    two_days_ago = time.time() - 2 * 24 * 60 * 60
    for path in (old, other):
        os.utime(path, (two_days_ago, two_days_ago))
    datasets.load_kafka()
    assert files_in(cache) == [new.name, other.name]


# Off line


@pytest.mark.parametrize(
    ("load", "name", "text"),
    [
        (datasets.load_shakespeare, "Shakespeare", RAW),
        (datasets.load_kafka, "Kafka", RAW),
        (
            datasets.load_text8,
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
    datasets.load_kafka()
    monkeypatch.setenv("SEQMODELS_OFFLINE", "1")
    assert datasets.load_kafka()[0].encode() == PLAY


def test_only_one_means_offline(server, register, monkeypatch):
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    monkeypatch.setenv("SEQMODELS_OFFLINE", "0")
    assert datasets.load_kafka()[1].kind == "real"


def test_no_address():
    text, source = datasets.load_kafka()
    assert text == RAW
    assert "(no address to download it from is known)" in str(source)


# SEQMODELS_DATA


def test_own_file_comes_first(server, register, own, cache):
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    (own / "kafka.txt").write_bytes(PLAY)
    text, source = datasets.load_kafka()
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
        datasets.load_kafka()
    assert server.requests == []


def test_own_folder_is_missing(server, register, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SEQMODELS_DATA", str(tmp_path / "nowhere"))
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    assert datasets.load_kafka()[1].kind == "real"
    out = capsys.readouterr().out
    assert out.startswith("SEQMODELS_DATA does not name a folder; looking elsewhere\n")


def test_own_folder_without_the_file(server, register, own):
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    assert datasets.load_kafka()[1].kind == "real"


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
    got, source = datasets.load_text8()
    assert got == text[:size].decode("ascii")
    assert (source.kind, str(source)) == (kind, line)


def test_own_text8_zip(text8, fake_text8, own, cache):
    text, archive = fake_text8
    (own / "text8.zip").write_bytes(archive)
    got, source = datasets.load_text8()
    assert (got, source.kind) == (text.decode("ascii"), "real")
    assert files_in(cache) == []


def test_own_text8_zip_is_damaged(text8, fake_text8, own):
    _, archive = fake_text8
    (own / "text8.zip").write_bytes(archive[: len(archive) // 2])
    message = f"^text8.zip in SEQMODELS_DATA: expected SHA-256 {sha256(archive)} .* got"
    with pytest.raises(ValueError, match=message):
        datasets.load_text8()


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
        datasets.load_text8()


# What is bundled


def test_encyclopedia_takes_turns(bundled, capsys):
    articles, source = datasets.load_encyclopedia()
    assert [(article.topic, article.title) for article in articles] == [
        ("astronomy", "Moon"),
        ("oceans", "Tide"),
        ("astronomy", "Mars"),
        ("oceans", "Wave"),
        ("astronomy", "Black hole"),
    ]
    assert articles[1].text == (
        'Sailors call it\n"the flood" (twice a day).\n\nThe [[Moon]].'
    )
    assert source.kind == "bundled"
    size = sum(len(article.text) for article in articles)
    line = f"Data: bundled pocket encyclopedia, 5 articles, {size} characters"
    assert str(source) == line
    assert capsys.readouterr().out == line + "\n"


def test_encyclopedia_with_windows_line_ends(bundled):
    before = datasets.load_encyclopedia()
    for path in (bundled / "encyclopedia").iterdir():
        text = path.read_text(encoding="utf-8")
        path.write_bytes(text.replace("\n", "\r\n").encode("utf-8"))
    assert datasets.load_encyclopedia() == before


def test_encyclopedia_is_missing(bundled):
    for path in (bundled / "encyclopedia").iterdir():
        path.unlink()
    with pytest.raises(FileNotFoundError, match="came without encyclopedia/<topic>"):
        datasets.load_encyclopedia()


def test_emoji_words(capsys):
    words, source = datasets.load_emoji_words()
    assert words == [("ball", "⚽"), ("family", "👨‍👩‍👧")]
    assert capsys.readouterr().out == "Data: bundled emoji table, 2 words\n"
    assert str(source) == "Data: bundled emoji table, 2 words"


def test_emoji_words_with_a_bad_line(bundled):
    table = "word\temoji\nball ⚽\n"
    (bundled / "emoji_words.tsv").write_text(table, encoding="utf-8")
    with pytest.raises(ValueError, match="line 2: expected 2 columns, got 1"):
        datasets.load_emoji_words()


# Normalisation


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" \n\t", ""),
        ("1879", "one eight seven nine"),
        ("in 1879, Albert", "in one eight seven nine albert"),
        ("a0b", "a zero b"),
        ("0123456789", "zero one two three four five six seven eight nine"),
        ("The Quick--Brown\nfox", "the quick brown fox"),
        ("don't [[stop]]", "don t stop"),
        ("Ångström, naïve café", "angstrom naive cafe"),
        ("e\u0301te\u0301", "ete"),  # accents as characters of their own
        ("İstanbul", "istanbul"),  # its lower case has an accent left over
        ("ﬁne Ⅳ", "fine iv"),
        ("x²", "x two"),
        ("Straße 日本 ⚽", "stra e"),
        ("٣", ""),  # a digit, but not one of 0-9
    ],
)
def test_normalize_text8(text, expected):
    assert datasets.normalize_text8(text) == expected


@given(st.text())
def test_normalized_text_is_words_of_letters(text):
    normal = datasets.normalize_text8(text)
    assert set(normal) <= set("abcdefghijklmnopqrstuvwxyz ")
    assert "  " not in normal and normal == normal.strip()
    assert datasets.normalize_text8(normal) == normal
