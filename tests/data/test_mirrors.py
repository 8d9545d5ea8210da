"""Mirrors that fail, each in its own way: the next is tried, and the reason told."""

import gzip
import importlib.util
import io
import socket
import sys
import threading
import types

import pytest

from seqmodels.data import _download, texts
from tests.data.server import (
    PLAY,
    RAW,
    cut,
    failing,
    files_in,
    good,
    hanging,
    pouring,
    redirecting,
)

PAGE = b"\n<!DOCTYPE HTML>\n<title>Welcome to this hotel</title>"
UNUSABLE = "an unusable address, of a redirect or the proxy"


def check_failure(register, server, url, why):
    """Checks the reason given where this is all there is, and that others are tried."""
    register("kafka.txt", PLAY, url)
    text, source = texts.load_kafka()
    assert text == RAW
    before = "in place of Kafka (could not be downloaded: "
    host = url.split("/")[2].split(":")[0]
    assert source.detail.partition(before)[2] == f"{host}: {why})"
    register("kafka.txt", PLAY, url, server.add("/good", good(PLAY)))
    text, source = texts.load_kafka()
    assert (text.encode(), source.kind) == (PLAY, "real")


@pytest.mark.parametrize(
    ("page", "why"),
    [
        (failing(404), "HTTP status 404 Not Found"),
        (failing(503), "HTTP status 503 Service Unavailable"),
        (failing(407), "HTTP status 407 Proxy Authentication Required"),
        (
            lambda handler: (handler.send_response(204), handler.end_headers()),
            "HTTP status 204 No Content",
        ),
        (good(PAGE), "a web page came instead, perhaps to log in"),
        (good(PAGE + PLAY), "a web page came instead, perhaps to log in"),
        (good(b"Please log in."), "too short, 14 of 300,000 bytes"),
        (good(b""), "too short, 0 of 300,000 bytes"),
        (good(PLAY + b"\n"), "too long, more than 300,000 bytes"),
        (good(PLAY[:-1] + b"!"), "wrong content, though of the right size"),
        (redirecting("http://[::1"), UNUSABLE),
        (redirecting("http://."), UNUSABLE),
        (redirecting("ftp://127.0.0.1/"), UNUSABLE),
        (redirecting("/broken"), "too many redirects"),
        (lambda handler: None, "the connection failed (RemoteDisconnected)"),
    ],
)
def test_what_a_mirror_may_answer(server, register, cache, page, why):
    check_failure(register, server, server.add("/broken", page), why)
    assert files_in(cache) == ["kafka.txt"]


def test_mirror_that_hangs_up(server, register):
    register("kafka.txt", PLAY, server.add("/cut", cut(PLAY, 1000)))
    # How much of it came is not known to every version of urllib3.
    assert "(could not be downloaded: 127.0.0.1: too short, " in str(
        texts.load_kafka()[1]
    )


def test_nobody_listens(server, register):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/kafka"
        register("kafka.txt", PLAY, url)
        reason = str(texts.load_kafka()[1])
    # The words in the brackets are the system's.
    assert "could not be downloaded: 127.0.0.1: the connection failed (" in reason


def test_no_network(server, register, monkeypatch):
    look_up = socket.getaddrinfo

    def fail(host, *args, **kwargs):
        if host == "127.0.0.1":
            return look_up(host, *args, **kwargs)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    url = "http://data.invalid/kafka"
    check_failure(register, server, url, "no network, or no such host")


def test_no_encryption(server, register):
    url = server.add("/kafka", good(PLAY)).replace("http:", "https:")
    check_failure(register, server, url, "no trusted connection (TLS)")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_proxy_that_is_not_there(server, register, monkeypatch, scheme):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        proxy = f"http://127.0.0.1:{unused.getsockname()[1]}"
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy)
        url = f"{scheme}://data.invalid/kafka"
        check_failure(register, server, url, "the proxy lets nothing through")


def test_proxy_that_refuses(server, register, monkeypatch):
    proxy = server.add("", None)  # a server that knows no CONNECT
    for name in ("https_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, proxy)
    url = "https://data.invalid/kafka"
    check_failure(register, server, url, "the proxy lets nothing through")


@pytest.mark.parametrize("proxy", ["http://[::1", "socks5://127.0.0.1:9"])
def test_proxy_that_cannot_be_used(server, register, monkeypatch, proxy):
    if proxy.startswith("socks") and importlib.util.find_spec("socks"):
        pytest.skip("PySocks is installed")
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, proxy)
    check_failure(register, server, "http://data.invalid/kafka", UNUSABLE)


@pytest.mark.slow
def test_silent_mirror(server, register, monkeypatch):
    monkeypatch.setattr(_download, "TIMEOUT", 0.5)
    may_end = threading.Event()
    url = server.add("/slow", hanging(PLAY, 70_000, threading.Event(), may_end))
    try:
        why = "time-out, nothing came for a while"
        check_failure(register, server, url, why)
    finally:
        may_end.set()


@pytest.mark.slow
def test_dripping_mirror(server, register, monkeypatch):
    monkeypatch.setattr(_download, "PATIENCE", 1)
    monkeypatch.setattr(_download, "SLOWEST", 10**9)
    url = server.add("/slow", pouring([], b"drip", wait=0.002))
    # Four bytes at a time never fill the buffer that is read into.
    check_failure(register, server, url, "too slow, 0 of 300,000 bytes in 1 s")


@pytest.mark.slow
def test_endless_mirror(server, register):
    sent = []
    url = server.add("/endless", pouring(sent))
    check_failure(register, server, url, "too long, more than 300,000 bytes")
    for thread in threading.enumerate():
        if "_pump" in thread.name:  # it may read on for a moment
            thread.join(20)
    assert sum(sent) < 60_000_000  # what the system's buffers hold, not 2 x 131 MB


def test_endless_body_of_a_redirect(server, register):
    sent = []
    there = server.add("/there", good(PLAY))
    register("kafka.txt", PLAY, server.add("/kafka", pouring(sent, location=there)))
    assert texts.load_kafka()[0].encode() == PLAY
    assert sum(sent) < 60_000_000


def test_nothing_is_unpacked_on_the_way(server, register):
    content = gzip.compress(PLAY)  # as some servers label an archive
    url = server.add("/archive", good(content, Content_Encoding="gzip"))
    register("kafka.txt", content, url)
    assert _download.download("kafka.txt") == (content, "")


def test_an_error_that_nobody_thought_of(server, register, monkeypatch):
    def get(*args, **kwargs):
        raise AttributeError("what a server may provoke")

    monkeypatch.setattr(_download.requests, "get", get)
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    assert "(could not be downloaded: 127.0.0.1: the connection failed (Attrib" in str(
        texts.load_kafka()[1]
    )


def test_each_mirror_is_named_with_its_reason(server, register):
    missing = server.add("/missing", failing(404))
    local = missing.replace("127.0.0.1", "localhost")
    register("kafka.txt", PLAY, missing, server.add("/empty", good(b"")), local)
    assert str(texts.load_kafka()[1]).endswith(
        "(could not be downloaded: 127.0.0.1, localhost: HTTP status 404 Not Found; "
        "127.0.0.1: too short, 0 of 300,000 bytes)"
    )


# The bar

LARGE = bytes(1_700_000)


@pytest.mark.parametrize(("content", "shown"), [(LARGE, True), (PLAY, False)])
def test_bar_in_a_terminal(server, register, monkeypatch, content, shown):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    register("kafka.txt", content, server.add("/kafka", good(content)))
    texts.load_kafka()
    assert ("kafka.txt: 100%" in terminal.getvalue()) == shown


def test_no_bar_in_a_pipe(server, register, capsys):
    register("kafka.txt", LARGE, server.add("/kafka", good(LARGE)))
    texts.load_kafka()
    out, err = capsys.readouterr()
    assert out.startswith("Downloading kafka.txt (2 MB)\nData: Kafka, ")
    assert err == ""


def test_bar_in_a_notebook(server, register, monkeypatch, capsys):
    displays, shown = [], []
    handle = types.SimpleNamespace(update=lambda data, raw: shown.append(data))
    display = types.SimpleNamespace(
        display=lambda data, raw, display_id: displays.append(data) or handle
    )
    shell = types.SimpleNamespace(kernel=True)
    notebook = types.SimpleNamespace(get_ipython=lambda: shell, display=display)
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    register("kafka.txt", LARGE, server.add("/kafka", good(LARGE)))
    texts.load_kafka()
    assert shown[-1]["text/plain"].startswith("kafka.txt: 100%")
    assert "1.70M/1.70M [" in shown[-1]["text/plain"]
    assert capsys.readouterr().err == "" and len(displays) == 1
    register("kafka.txt", PLAY, server.add("/kafka", good(PLAY)))
    texts.load_kafka()
    assert len(displays) == 1  # not even an empty one for what takes no time
