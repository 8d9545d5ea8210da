"""Downloads a registered file from its mirrors, or says in a few words why not."""

import hashlib
import http.client
import queue
import re
import socket
import ssl
import threading
import time
from urllib.parse import urlsplit

import requests
import urllib3

from seqmodels.data._registry import REGISTRY
from seqmodels.display.bars import in_notebook, progress_bar

TIMEOUT = 10  # seconds without a byte before a mirror is given up
PATIENCE = 30  # seconds that any file may take, and beyond them
SLOWEST = 50_000  # bytes per second

# What an error, or one that it was raised from, is called; the first that fits.
_CAUSES = [
    (
        (requests.exceptions.ProxyError, urllib3.exceptions.ProxyError),
        "the proxy lets nothing through",
    ),
    (
        (requests.exceptions.SSLError, urllib3.exceptions.SSLError, ssl.SSLError),
        "no trusted connection (TLS)",
    ),
    (socket.gaierror, "no network, or no such host"),
    (
        (TimeoutError, requests.Timeout, urllib3.exceptions.ReadTimeoutError),
        "time-out, nothing came for a while",
    ),
    (requests.TooManyRedirects, "too many redirects"),
    (http.client.IncompleteRead, "too short, it broke off"),
    # Of requests, urllib3 and urllib alike; a scheme that they do not know, too.
    (ValueError, "an unusable address, of a redirect or the proxy"),
]


class _MirrorError(Exception):
    """Why a mirror did not give the file, in words for the reader."""


def download(name: str) -> tuple[bytes | None, str]:
    """Downloads a file into memory, so that a killed process leaves nothing behind.

    Args:
        name: Key of `REGISTRY`.

    Returns:
        The registered bytes and an empty string, or None and what each mirror did.
    """
    size = REGISTRY[name]["size"]
    amount = f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
    print(f"Downloading {name} ({amount})", flush=True)
    hosts = {}  # by what went wrong there
    for url in REGISTRY[name]["urls"]:
        try:
            with _bar(name, size) as bar:
                content = _read(url, size, bar.update)
            _check(name, content)
            return content, ""
        except _MirrorError as failure:
            hosts.setdefault(str(failure), []).append(urlsplit(url).hostname)
    return None, "; ".join(f"{', '.join(at)}: {why}" for why, at in hosts.items())


def _check(name, content):
    """Raises if the content is not the registered one."""
    size = REGISTRY[name]["size"]
    if hashlib.sha256(content).hexdigest() == REGISTRY[name]["sha256"]:
        return
    if re.search(rb"<(!doctype )?html", content[:1024], re.IGNORECASE):
        raise _MirrorError("a web page came instead, perhaps to log in")
    if len(content) < size:
        raise _MirrorError(f"too short, {len(content):,} of {size:,} bytes")
    if len(content) > size:
        raise _MirrorError(f"too long, more than {size:,} bytes")
    raise _MirrorError("wrong content, though of the right size")


def _read(url, size, tell):
    """Reads an address to its end, or just past the size, before time is up."""
    seconds = PATIENCE + size / SLOWEST
    end = time.monotonic() + seconds
    arrived, given_up = queue.SimpleQueue(), threading.Event()
    # In a thread: a drip, or a name that is looked up, cannot be interrupted.
    thread = threading.Thread(
        target=_pump, args=(url, arrived.put, given_up), daemon=True
    )
    thread.start()
    content = bytearray()
    try:
        while len(content) <= size:
            chunk = arrived.get(timeout=max(0, end - time.monotonic()))
            if isinstance(chunk, _MirrorError):
                raise chunk
            if not chunk:
                break
            content += chunk
            tell(len(chunk))
    except queue.Empty:
        came = f"{len(content):,} of {size:,} bytes in {seconds:.0f} s"
        raise _MirrorError(f"too slow, {came}") from None
    finally:
        given_up.set()
    return bytes(content)


def _pump(url, put, given_up):
    """Hands on chunks as they come; then an empty one, or the failure."""
    try:
        with requests.get(
            url,
            stream=True,
            timeout=TIMEOUT,
            # The bytes as they are: what is unpacked on the way may have no end.
            headers={"Accept-Encoding": "identity"},
            hooks={"response": _drop_redirects_body},
        ) as response:
            if (status := response.status_code) != 200:
                phrase = http.client.responses.get(status, "")
                raise _MirrorError(f"HTTP status {status} {phrase}".rstrip())
            for chunk in response.raw.stream(2**16, decode_content=False):
                put(chunk)
                if given_up.is_set():
                    return
        put(b"")
    except _MirrorError as failure:
        put(failure)
    except Exception as error:  # whatever a server provokes is no end of the lesson
        put(_MirrorError(_describe(error)))


def _drop_redirects_body(response, **kwargs):
    if response.is_redirect:  # requests would read all of it, and it may have no end
        response.close()


def _describe(error):
    """Names the cause of an error."""
    chain = [error]
    while (error := error.__cause__ or error.__context__) is not None:
        chain.append(error)
    for kinds, words in _CAUSES:
        if any(isinstance(error, kinds) for error in chain):
            return words
    cause = ([e for e in chain if isinstance(e, OSError)] or chain)[-1]
    why = getattr(cause, "strerror", None) or type(cause).__name__
    return f"the connection failed ({why})"


def _bar(name, size):
    """A bar for what takes a while, where there is somebody to see it."""
    options = {"total": size, "desc": name, "unit": "B", "unit_scale": True}
    unseen = False if in_notebook() else None  # `None`: if it is no terminal
    return progress_bar(**options, disable=size < 1e6 or unseen)
