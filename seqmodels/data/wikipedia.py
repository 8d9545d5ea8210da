"""Wikipedia's pages as they were typed: enwik8, or the encyclopedia instead."""

import io
import zipfile
from typing import NamedTuple
from xml.etree import ElementTree

from seqmodels.data._excerpts import check_excerpt
from seqmodels.data._fetch import fetch, read_own
from seqmodels.data._registry import ENWIK8
from seqmodels.data._source import Source, announce, stand_in
from seqmodels.data.bundled import read_articles

CHUNK = 2**20  # bytes read at a time


class Page(NamedTuple):
    """One page, its links, headings and line breaks as they were typed."""

    title: str
    text: str  # wiki markup, perhaps empty


def load_enwik8() -> tuple[list[Page], Source]:
    """Loads the pages of enwik8, 100 million bytes of Wikipedia's markup.

    A plain `enwik8` in `SEQMODELS_DATA` may be its first million bytes or more. The
    stand-in is the encyclopedia, its sources listed below each article.

    Returns:
        A list of `Page` and its `Source`, which is also printed.

    Raises:
        ValueError: If a file is found that is not enwik8, or cannot be read.

    Source: M. Mahoney, "About the test data", http://mattmahoney.net/dc/textdata.html.
    """
    content, reason, where = read_own("enwik8"), "", "enwik8 in SEQMODELS_DATA"
    if content is None:
        archive, reason = fetch("enwik8.zip")
        if archive is None:
            return _announce_stand_in(reason)
        with zipfile.ZipFile(io.BytesIO(archive)) as members:
            content, where = members.read("enwik8"), "enwik8 in enwik8.zip"
    check_excerpt(content, where, ENWIK8)
    pages = read_pages(content)
    detail = (
        f"{len(pages):,} pages, {sum(len(page.text) for page in pages):,} characters"
    )
    if len(content) == ENWIK8["size"]:
        return announce(pages, Source("enwik8", "real", detail))
    detail += f" in its first {len(content):,} bytes"
    return announce(pages, Source("enwik8", "excerpt", detail))


def read_pages(content: bytes) -> list[Page]:
    """Reads the pages of a Wikipedia dump, or of the beginning of one.

    Entities of the XML are decoded once, so that `&amp;nbsp;` is the `&nbsp;` that an
    author typed. A page that is cut off at the end is left out.

    Args:
        content: XML in UTF-8, as MediaWiki exports it. Its end may be missing.

    Returns:
        The pages in their order; a page without text has an empty one.

    Raises:
        ValueError: If it is not XML; says where.
    """
    parser, pages = ElementTree.XMLPullParser(["end"]), []
    try:
        for start in range(0, len(content), CHUNK):
            parser.feed(content[start : start + CHUNK])
            for _, element in parser.read_events():
                if _name(element) == "page":
                    parts = {_name(part): part.text or "" for part in element.iter()}
                    pages.append(Page(parts.get("title", ""), parts.get("text", "")))
                    element.clear()  # 100 million bytes would not fit twice
    except ElementTree.ParseError as error:
        raise ValueError(f"content: expected XML, got {error}.") from None
    return pages


def _name(element):
    return element.tag.rpartition("}")[2]  # without the namespace


def _announce_stand_in(reason):
    pages = [Page(article.title, _as_page(article)) for article in read_articles()]
    size = sum(len(page.text) for page in pages)
    what = f"pocket encyclopedia, {len(pages):,} pages, {size:,} characters"
    return announce(pages, stand_in("enwik8", what, reason))


def _as_page(article):
    if not article.sources:
        return f"{article.text}\n"
    lines = [f"* [{url} {label}]\n" for url, label in article.sources]
    return f"{article.text}\n\n== Sources ==\n\n{''.join(lines)}"
