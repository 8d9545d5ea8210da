"""Tells a large data set, or the beginning of it, from any other file."""

import hashlib
import zlib

_DIGESTS = {
    "CRC-32": lambda content: f"{zlib.crc32(content):08x}",
    "SHA-256": lambda content: hashlib.sha256(content).hexdigest(),
}


def check_excerpt(content: bytes, where: str, known: dict) -> None:
    """Raises if bytes are not a data set or, as far as one can tell, its beginning.

    Args:
        content: The file's bytes.
        where: What to call it in an error.
        known: What the registry says: `size` and `digest` (its kind and its value) of
            all of it, `head_size` and `head_sha256` of its beginning and, if not all
            are, which bytes are `allowed`.

    Raises:
        ValueError: If size, beginning, bytes or, of a whole file, digest are others.
    """
    size, whole, head_size = len(content), known["size"], known["head_size"]
    if not head_size <= size <= whole:
        raise ValueError(
            f"{where} has {size:,} characters; expected from {head_size:,} "
            f"(an excerpt) to {whole:,} (all of it)."
        )
    head = hashlib.sha256(content[:head_size]).hexdigest()
    if head != known["head_sha256"]:
        raise ValueError(
            f"{where}: expected SHA-256 {known['head_sha256']} of its first "
            f"{head_size:,} characters, got {head}."
        )
    allowed, in_words = known.get("allowed", (content, ""))
    if stray := content.translate(None, allowed):
        raise ValueError(
            f"{where} has {stray[:1]!r} at position {content.index(stray[:1]):,}; "
            f"expected only {in_words}."
        )
    kind, wanted = known["digest"]
    if size == whole and (got := _DIGESTS[kind](content)) != wanted:
        raise ValueError(f"{where}: expected {kind} {wanted}, got {got}.")
