"""The course's data sets: the real one where it can be had, else a bundled stand-in."""

import io
import itertools
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from seqmodels.data._fetch import check_text8, fetch, read_own
from seqmodels.data._registry import TEXT8

DIGITS = "zero one two three four five six seven eight nine".split()
SPELT_OUT = str.maketrans({str(i): f" {word} " for i, word in enumerate(DIGITS)})


@dataclass(frozen=True)
class Source:
    """Where data came from; `str` of it is one line to show the reader."""

    name: str  # the data set asked for, such as "text8"
    kind: str  # "real" (all of it), "excerpt" (its beginning) or "bundled"
    detail: str  # how much there is and, in place of something else, why

    def __str__(self):
        if self.kind == "bundled":
            return f"Data: bundled {self.detail}"
        part = ", excerpt" if self.kind == "excerpt" else ""
        return f"Data: {self.name}{part}, {self.detail}"


class Article(NamedTuple):
    """One article of the pocket encyclopedia, its line breaks and links as written."""

    topic: str
    title: str
    text: str


def _announce(data, source):
    print(source)
    return data, source


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
        return _announce(*_text8(content, "text8 in SEQMODELS_DATA"))
    archive, reason = fetch("text8.zip")
    if archive is None:
        plain = re.sub(r"\[\[|\]\]", "", _encyclopedia_text())  # [[comet]]s: one word
        return _announce(*_stand_in("text8", normalize_text8(plain), reason))
    with zipfile.ZipFile(io.BytesIO(archive)) as members:
        return _announce(*_text8(members.read("text8"), "text8 in text8.zip"))


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


def load_encyclopedia() -> tuple[list[Article], Source]:
    """Loads the bundled pocket encyclopedia.

    The first article of each topic comes before the second of any, so that every
    stretch of the text mixes topics.

    Returns:
        A list of `Article` and its `Source`, which is also printed.

    Raises:
        FileNotFoundError: If the encyclopedia was not installed.
    """
    articles = _read_articles()
    size = sum(len(article.text) for article in articles)
    detail = f"pocket encyclopedia, {len(articles):,} articles, {size:,} characters"
    return _announce(articles, Source("encyclopedia", "bundled", detail))


def load_emoji_words() -> tuple[list[tuple[str, str]], Source]:
    """Loads the bundled table of words with an emoji for each.

    Returns:
        A list of `(word, emoji)` and its `Source`, which is also printed.

    Raises:
        ValueError: If a line does not have two columns.
    """
    table = (_bundled_folder() / "emoji_words.tsv").read_text(encoding="utf-8")
    rows = [tuple(line.split("\t")) for line in table.strip("\n").split("\n")]
    for number, row in enumerate(rows, start=1):
        if len(row) != 2:
            where = f"emoji_words.tsv, line {number}"
            raise ValueError(f"{where}: expected 2 columns, got {len(row)}.")
    detail = f"emoji table, {len(rows) - 1:,} words"  # its first line is a heading
    return _announce(rows[1:], Source("emoji words", "bundled", detail))


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
        return _announce(*_stand_in(name, _encyclopedia_text(), reason))
    text = content.decode("utf-8")
    return _announce(text, Source(name, "real", f"{len(text):,} characters"))


def _stand_in(name, text, reason):
    size = f"{len(text):,} characters"
    detail = f"pocket encyclopedia, {size}, in place of {name} ({reason})"
    return text, Source(name, "bundled", detail)


def _text8(content, where):
    check_text8(content, where)
    text, size = content.decode("ascii"), f"{len(content):,} characters"
    if len(content) < TEXT8["size"]:
        return text, Source("text8", "excerpt", f"its first {size}")
    return text, Source("text8", "real", size)


def _bundled_folder():
    package = Path(__file__).resolve().parent.parent
    installed = package / "bundled"  # a wheel has it there, a checkout does not
    return installed if installed.is_dir() else package.parent / "datasets"


def _read_articles():
    """Reads the topics' files and lets their articles take turns."""
    paths = sorted((_bundled_folder() / "encyclopedia").glob("*.txt"))
    if not paths:
        raise FileNotFoundError(
            "seqmodels came without encyclopedia/<topic>.txt; install it again."
        )
    files = []
    for path in paths:
        parts = re.split(r"(?m)^= (.+) =$", path.read_text(encoding="utf-8"))
        pairs = zip(parts[1::2], parts[2::2], strict=True)
        files.append([Article(path.stem, title, body.strip()) for title, body in pairs])
    turns = itertools.zip_longest(*files)
    return [article for turn in turns for article in turn if article]


def _encyclopedia_text():
    return "\n\n".join(f"{a.title}\n\n{a.text}" for a in _read_articles())
