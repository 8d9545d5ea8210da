"""The course's data sets: the real one where it can be had, else a bundled stand-in."""

import io
import re
import unicodedata
import zipfile

from seqmodels.data._excerpts import check_excerpt
from seqmodels.data._fetch import fetch, read_own
from seqmodels.data._registry import TEXT8
from seqmodels.data._source import Source, announce, stand_in
from seqmodels.data.bundled import (
    Article,
    load_emoji_words,
    load_encyclopedia,
    read_articles,
)

__all__ = [
    "Article",
    "Source",
    "load_emoji_words",
    "load_encyclopedia",
    "load_kafka",
    "load_shakespeare",
    "load_text8",
    "normalize_text8",
]

DIGITS = "zero one two three four five six seven eight nine".split()
SPELT_OUT = str.maketrans({str(i): f" {word} " for i, word in enumerate(DIGITS)})


def load_text8() -> tuple[str, Source]:
    """Loads text8, 100 million characters of Wikipedia: a-z and spaces.

    A plain `text8` in `SEQMODELS_DATA` may be its first million characters or more.
    The stand-in is the encyclopedia, put through `normalize_text8`.

    Returns:
        The text and its `Source`, which is also printed.

    Raises:
        ValueError: If a file is found that is not text8, or cannot be read.

    Source: M. Mahoney, "About the test data", http://mattmahoney.net/dc/textdata.html.
    """
    content = read_own("text8")
    if content is not None:
        return announce(*_text8(content, "text8 in SEQMODELS_DATA"))
    archive, reason = fetch("text8.zip")
    if archive is None:
        plain = re.sub(r"\[\[|\]\]", "", _encyclopedia_text())  # [[comet]]s: one word
        return _announce_stand_in("text8", normalize_text8(plain), reason)
    with zipfile.ZipFile(io.BytesIO(archive)) as members:
        return announce(*_text8(members.read("text8"), "text8 in text8.zip"))


def load_shakespeare() -> tuple[str, Source]:
    """Loads 1,115,394 characters of Shakespeare's plays, or the encyclopedia instead.

    Returns:
        The text and its `Source`, which is also printed.

    Raises:
        ValueError: If a file is found that is not this one, or cannot be read.

    Source: A. Karpathy, char-rnn, `data/tinyshakespeare`.
    """
    return _load_file("Shakespeare", "shakespeare.txt")


def load_kafka() -> tuple[str, Source]:
    """Loads Kafka's *Metamorphosis*, 137,628 characters, or the encyclopedia instead.

    Returns:
        The text and its `Source`, which is also printed.

    Raises:
        ValueError: If a file is found that is not this one, or cannot be read.

    Source: Project Gutenberg's *Metamorphosis*, its licence at the end.
    """
    return _load_file("Kafka", "kafka.txt")


def normalize_text8(text: str) -> str:
    """Writes a text in text8's 27 characters, digits spelt out and accents dropped.

    >>> normalize_text8("Zürich, 1879!")
    'zurich one eight seven nine'

    Args:
        text: Any text.

    Returns:
        The text in a-z, one space between words, none at the ends.
    """
    letters = unicodedata.normalize("NFKD", text)
    letters = "".join(char for char in letters if not unicodedata.combining(char))
    letters = letters.lower().translate(SPELT_OUT)
    return re.sub("[^a-z]+", " ", letters).strip()


def _load_file(name, file_name):
    content, reason = fetch(file_name)
    if content is None:
        return _announce_stand_in(name, _encyclopedia_text(), reason)
    text = content.decode("utf-8")
    return announce(text, Source(name, "real", f"{len(text):,} characters"))


def _announce_stand_in(name, text, reason):
    what = f"pocket encyclopedia, {len(text):,} characters"
    return announce(text, stand_in(name, what, reason))


def _text8(content, where):
    check_excerpt(content, where, TEXT8)
    text, size = content.decode("ascii"), f"{len(content):,} characters"
    if len(content) < TEXT8["size"]:
        return text, Source("text8", "excerpt", f"its first {size}")
    return text, Source("text8", "real", size)


def _encyclopedia_text():
    return "\n\n".join(f"{a.title}\n\n{a.text}" for a in read_articles())
