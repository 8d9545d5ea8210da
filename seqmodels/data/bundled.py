"""What comes with the course: the pocket encyclopedia and the emoji's table."""

import itertools
import re
from pathlib import Path
from typing import NamedTuple

from seqmodels.data._source import Source, announce


class Link(NamedTuple):
    """Where to read more."""

    url: str
    label: str


class Article(NamedTuple):
    """One article of the pocket encyclopedia, its line breaks and links as written."""

    topic: str
    title: str
    text: str
    sources: tuple[Link, ...] = ()


def load_encyclopedia() -> tuple[list[Article], Source]:
    """Loads the bundled pocket encyclopedia.

    The first article of each topic comes before the second of any, so that every
    stretch of the text mixes topics.

    Returns:
        A list of `Article` and its `Source`, which is also printed.

    Raises:
        FileNotFoundError: If the encyclopedia was not installed.
    """
    articles = read_articles()
    size = sum(len(article.text) for article in articles)
    detail = f"pocket encyclopedia, {len(articles):,} articles, {size:,} characters"
    return announce(articles, Source("encyclopedia", "bundled", detail))


def load_emoji_words() -> tuple[list[tuple[str, str]], Source]:
    """Loads the bundled table of words with an emoji for each.

    Returns:
        A list of `(word, emoji)` and its `Source`, which is also printed.

    Raises:
        ValueError: If a line does not have two columns.
    """
    rows = [tuple(row) for row in read_table(bundled_folder() / "emoji_words.tsv", 2)]
    detail = f"emoji table, {len(rows):,} words"
    return announce(rows, Source("emoji words", "bundled", detail))


def bundled_folder() -> Path:
    """The folder of what is bundled."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "bundled"  # a wheel has it there, a checkout does not
    return installed if installed.is_dir() else package.parent / "datasets"


def read_table(path: Path, num_columns: int) -> list[list[str]]:
    """Reads a table, its columns divided by tabs, without its heading.

    Raises:
        ValueError: If a line has more columns or fewer.
    """
    text = path.read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.strip("\n").split("\n")]
    for number, row in enumerate(rows, start=1):
        if len(row) != num_columns:
            where = f"{path.name}, line {number}"
            raise ValueError(
                f"{where}: expected {num_columns} columns, got {len(row)}."
            )
    return rows[1:]


def read_articles() -> list[Article]:
    """Reads the topics' files and lets their articles take turns."""
    paths = sorted((bundled_folder() / "encyclopedia").glob("*.txt"))
    if not paths:
        raise FileNotFoundError(
            "seqmodels came without encyclopedia/<topic>.txt; install it again."
        )
    sources = {}
    table = bundled_folder() / "encyclopedia_sources.tsv"
    for topic, title, *link in read_table(table, 4):
        sources.setdefault((topic, title), []).append(Link(*link))
    files = []
    for path in paths:
        parts = re.split(r"(?m)^= (.+) =$", path.read_text(encoding="utf-8"))
        pairs = zip(parts[1::2], parts[2::2], strict=True)
        articles = [(path.stem, title, body.strip()) for title, body in pairs]
        files.append([Article(*a, tuple(sources.get(a[:2], ()))) for a in articles])
    turns = itertools.zip_longest(*files)
    return [article for turn in turns for article in turn if article]
