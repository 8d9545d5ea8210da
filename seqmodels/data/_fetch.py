"""Finds the file of a data set: in a folder of yours, in the cache, on the network."""

import contextlib
import hashlib
import io
import os
import time
import uuid
import warnings
import zlib
from pathlib import Path

with warnings.catch_warnings():
    # pooch asks tqdm for a notebook widget, and tqdm complains where there is none.
    warnings.filterwarnings("ignore", message="IProgress not found")
    import pooch

from seqmodels.data._registry import REGISTRY, TEXT8

TIMEOUT = 10  # seconds without a byte before the next mirror is tried
STALE = 24 * 60 * 60  # seconds after which a temporary file has no living owner


def fetch(name):
    """Reads a registered file from the first place that has it.

    The places are the folder `SEQMODELS_DATA`, the cache (`SEQMODELS_CACHE`), and,
    unless `SEQMODELS_OFFLINE` is "1", the network.

    Args:
        name: Key of `REGISTRY`, such as "text8.zip".

    Returns:
        The file's bytes and an empty string, or None and the reason why there are none.

    Raises:
        ValueError: If the file in `SEQMODELS_DATA` or the one downloaded is not the
            registered one.
    """
    content = read_own(name)
    if content is not None:
        if wrong := _mismatch(name, content):
            raise ValueError(f"{name} in SEQMODELS_DATA: {wrong}.")
        return content, ""

    own = os.environ.get("SEQMODELS_DATA")
    if own and not Path(own).expanduser().is_dir():
        print("SEQMODELS_DATA does not name a folder; looking elsewhere")

    content, damaged = _read_cached(name)
    if content is not None:
        return content, ""
    if os.environ.get("SEQMODELS_OFFLINE") == "1":
        return None, damaged + "SEQMODELS_OFFLINE is set"
    if not REGISTRY[name]["urls"]:
        return None, damaged + "no address to download it from is known"

    content = _download(name)
    if content is None:
        return None, damaged + "could not be downloaded"
    try:
        _store(_cache_folder() / name, content)
    except OSError as error:
        # The bytes are verified and in memory: a full disk need not stop a lesson.
        why = error.strerror or type(error).__name__
        print(f"{name} could not be kept in the cache ({why}); it is used all the same")
    return content, ""


def read_own(name):
    """Reads a file, unchecked, from the folder `SEQMODELS_DATA`; None if not there."""
    folder = os.environ.get("SEQMODELS_DATA")
    if not folder:
        return None
    path = Path(folder).expanduser() / name
    return path.read_bytes() if path.is_file() else None


def check_text8(content, where):
    """Raises if bytes are not text8 or, as far as one can tell, its beginning."""
    size, whole, head_size = len(content), TEXT8["size"], TEXT8["head_size"]
    if not head_size <= size <= whole:
        raise ValueError(
            f"{where} has {size:,} characters; expected from {head_size:,} "
            f"(an excerpt) to {whole:,} (all of it)."
        )
    head = hashlib.sha256(content[:head_size]).hexdigest()
    if head != TEXT8["head_sha256"]:
        raise ValueError(
            f"{where}: expected SHA-256 {TEXT8['head_sha256']} of its first "
            f"{head_size:,} characters, got {head}."
        )
    if stray := content.translate(None, b"abcdefghijklmnopqrstuvwxyz "):
        raise ValueError(
            f"{where} has {stray[:1]!r} at position {content.index(stray[:1]):,}; "
            "expected only a-z and space."
        )
    if size == whole and (crc := zlib.crc32(content)) != TEXT8["crc32"]:
        raise ValueError(
            f"{where}: expected CRC-32 {TEXT8['crc32']:08x}, got {crc:08x}."
        )


def _mismatch(name, content):
    """Says how the content differs from what is registered; "" if it does not."""
    want, got = REGISTRY[name]["sha256"], hashlib.sha256(content).hexdigest()
    if got == want:
        return ""
    return (
        f"expected SHA-256 {want} ({REGISTRY[name]['size']:,} bytes), "
        f"got {got} ({len(content):,} bytes)"
    )


def _cache_folder():
    named = os.environ.get("SEQMODELS_CACHE")
    return Path(named).expanduser() if named else Path(pooch.os_cache("seqmodels"))


def _read_cached(name):
    """Reads a file from the cache; a wrong one is reported, for it can be replaced."""
    try:
        _remove_stale(_cache_folder())
        content = (_cache_folder() / name).read_bytes()
    except OSError:  # not there, or not ours to read: the same to us
        return None, ""
    if _mismatch(name, content):
        return None, f"the cached {name} is damaged; "
    return content, ""


def _remove_stale(folder):
    """Removes what a process killed while it was writing has left in the cache."""
    for path in folder.glob(".*.part"):
        # Younger ones may belong to another notebook that is writing right now.
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > STALE:
                path.unlink()


def _download(name):
    """Downloads a file into memory, so that a killed process leaves nothing behind."""
    size = REGISTRY[name]["size"]
    amount = f"{size / 1e6:.0f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
    print(f"Downloading {name} ({amount})", flush=True)
    downloader = pooch.HTTPDownloader(timeout=TIMEOUT, chunk_size=2**16)
    wrong = ""
    for url in REGISTRY[name]["urls"]:
        memory = io.BytesIO()
        try:
            downloader(url, memory, None)
        except OSError:  # every error of requests is one; memory raises none
            continue
        content = memory.getvalue()
        wrong = _mismatch(name, content)
        if not wrong:
            return content
    if wrong:
        raise ValueError(
            f"{name}: {wrong}; the file was not kept. "
            "Set SEQMODELS_OFFLINE=1 to go on with the bundled text."
        )
    return None


def _store(path, content):
    """Writes a file in one step: under its name there is all of it or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not `tempfile`: its files are private, and a class may share one cache.
    temporary = path.with_name(f".{path.name}-{uuid.uuid4().hex}.part")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:  # an interrupt from the keyboard, too
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
