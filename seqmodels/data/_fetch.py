"""Finds the file of a data set: in a folder of yours, in the cache, on the network."""

import contextlib
import hashlib
import os
import stat
import tempfile
import time
import uuid
from pathlib import Path

import platformdirs

from seqmodels.data._download import download
from seqmodels.data._registry import REGISTRY

STALE = 24 * 60 * 60  # seconds after which a temporary file has no living owner


def fetch(name: str) -> tuple[bytes | None, str]:
    """Reads a registered file from the first place that has it.

    The places are the folder `SEQMODELS_DATA`, the cache (`SEQMODELS_CACHE`), and,
    unless `SEQMODELS_OFFLINE` is "1", the network.

    Args:
        name: Key of `REGISTRY`, such as "text8.zip".

    Returns:
        The file's bytes and an empty string, or None and the reason why there are none.

    Raises:
        ValueError: If the file in `SEQMODELS_DATA` is not the registered one, or
            cannot be read.
    """
    content = read_own(name)
    if content is not None:
        if wrong := _mismatch(name, content):
            raise ValueError(f"{name} in SEQMODELS_DATA: {wrong}.")
        return content, ""

    folder = own_folder()
    if folder is not None and not os.path.isdir(folder):
        print("SEQMODELS_DATA does not name a folder; looking elsewhere")

    content, damaged = _read_cached(name)
    if content is not None:
        return content, ""
    if os.environ.get("SEQMODELS_OFFLINE") == "1":
        return None, damaged + "SEQMODELS_OFFLINE is set"
    if not REGISTRY[name]["urls"]:
        return None, damaged + "no address to download it from is known"

    content, failures = download(name)
    if content is None:
        return None, f"{damaged}could not be downloaded: {failures}"
    try:
        folder, homeless = _cache_folder()
        if homeless:
            print(f"No home for a cache; {name} is kept in the temporary folder")
        _store(folder / name, content)
    except OSError as error:
        # The bytes are verified and in memory: a full disk need not stop a lesson.
        why = error.strerror or type(error).__name__
        print(f"{name} could not be kept in the cache ({why}); it is used all the same")
    return content, ""


def own_folder() -> Path | None:
    """The folder that `SEQMODELS_DATA` names, whether or not it is there."""
    named = os.environ.get("SEQMODELS_DATA")
    return Path(os.path.expanduser(named)) if named else None


def read_own(name: str) -> bytes | None:
    """Reads a file, unchecked, from the folder `SEQMODELS_DATA`; None if not there.

    Raises:
        ValueError: If it cannot be read, or is a folder or a pipe.
    """
    folder = own_folder()
    if folder is None:
        return None
    try:
        mode = (folder / name).stat().st_mode
        if stat.S_ISREG(mode):
            return (folder / name).read_bytes()
        kind = "a folder" if stat.S_ISDIR(mode) else "neither file nor folder"
        why = f"expected a file; it is {kind}"
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        why = f"cannot be read ({error.strerror})"
    raise ValueError(f"{name} in SEQMODELS_DATA: {why}.")


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
    """The cache, and whether it is a temporary one for want of a home folder."""
    try:
        named = os.environ.get("SEQMODELS_CACHE")
        folder = Path(named or platformdirs.user_cache_dir("seqmodels"))
        return folder.expanduser(), False
    except RuntimeError:  # neither HOME nor an entry among the users
        return Path(tempfile.gettempdir(), "seqmodels"), True


def _read_cached(name):
    """Reads a file from the cache; a wrong one is reported, for it can be replaced."""
    try:
        folder, _ = _cache_folder()
        _remove_stale(folder)
        content = (folder / name).read_bytes()
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
