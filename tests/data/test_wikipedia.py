"""Wikipedia's pages: enwik8, whole, cut off or tampered with, and the stand-in."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqmodels.data import wikipedia
from seqmodels.data.wikipedia import Page, load_enwik8, read_pages
from tests.data.server import HEAD_SIZE, good, sha256

START = (
    '<mediawiki xmlns="http://example.org/export-0.3/" xml:lang="en">\n<siteinfo/>\n'
)
PAGE = (
    "  <page>\n    <title>{}</title>\n    <id>1</id>\n    <revision>\n"
    "      <id>2</id>\n"
    '      <comment>a title is not this</comment>\n      <text xml:space="preserve">{}'
    "</text>\n    </revision>\n  </page>\n"
)


def dump(*pages):
    return (START + "".join(PAGE.format(*page) for page in pages)).encode()


TWO = [("AaA", "#REDIRECT [[AAA]]"), ("B &amp; C", "&lt;b&gt; &amp;nbsp; '''ü'''\n")]


def test_pages_with_their_entities_decoded_once():
    expected = [("AaA", "#REDIRECT [[AAA]]"), ("B & C", "<b> &nbsp; '''ü'''\n")]
    assert read_pages(dump(*TWO)) == expected
    assert read_pages(dump(*TWO) + b"</mediawiki>\n") == expected


@pytest.mark.parametrize("text", ['<text xml:space="preserve"></text>', "<text />", ""])
def test_a_page_without_text(text):
    page = f"<page><title>A</title><revision><id>1</id>{text}</revision></page>"
    assert read_pages((START + page).encode()) == [("A", "")]


def test_markup_that_never_closes_is_text_like_any_other():
    assert read_pages(dump(("A", "[[never {{closed ''"))) == [
        ("A", "[[never {{closed ''")
    ]


@given(st.data())
def test_an_end_that_is_cut_off_loses_the_last_page_alone(data):
    content = dump(*TWO, ("C", "é" * 20))
    size = data.draw(st.integers(0, len(content)))
    whole = [page for page in content[:size].decode(errors="ignore").split("</page>")]
    assert len(read_pages(content[:size])) == len(whole) - 1


def test_a_character_cut_in_two():
    content = dump(("A", "a"), ("B", "é"))
    cut = content.index("é".encode()) + 1
    assert read_pages(content[:cut]) == [("A", "a")]


@pytest.mark.parametrize(
    "content", [b"no xml", dump(("A", "<b>")), dump(("A", "\x00"))]
)
def test_what_is_no_xml(content):
    with pytest.raises(ValueError, match=r"^content: expected XML, got .+ line \d+"):
        read_pages(content)


def test_bytes_that_are_no_utf8():
    with pytest.raises(ValueError, match="^content: expected XML, got not well-formed"):
        read_pages(dump(("A", "a")) + b"\xff\xfe" + dump(("B", "b")))


def test_nothing_at_all():
    assert read_pages(b"") == []


@pytest.fixture(scope="module")
def fake_enwik8():
    """A made-up enwik8 of about 1,200,000 bytes, and its archive."""
    pages = [
        (f"Page {n}", f"It links to [[Page {n * n % 97}]]. " * 200) for n in range(240)
    ]
    content = dump(*pages)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        file.writestr("enwik8", content)
    return content, archive.getvalue()


@pytest.fixture
def enwik8(fake_enwik8, register, monkeypatch):
    content, archive = fake_enwik8
    known = {"size": len(content), "digest": ("SHA-256", sha256(content))}
    known["head_sha256"] = sha256(content[:HEAD_SIZE])
    for key, value in known.items():
        monkeypatch.setitem(wikipedia.ENWIK8, key, value)
    register("enwik8.zip", archive)
    return content, archive


def test_own_excerpt(enwik8, own):
    content, _ = enwik8
    (own / "enwik8").write_bytes(content[:1_000_000])
    pages, source = load_enwik8()
    assert pages == read_pages(content)[: len(pages)] and 150 < len(pages) < 240
    size = sum(len(page.text) for page in pages)
    detail = f"{len(pages)} pages, {size:,} characters in its first 1,000,000 bytes"
    assert str(source) == f"Data: enwik8, excerpt, {detail}"


@pytest.mark.parametrize("name", ["enwik8", "enwik8.zip"])
def test_own_whole_file(enwik8, own, name):
    (own / name).write_bytes(enwik8[name == "enwik8.zip"])
    pages, source = load_enwik8()
    assert len(pages) == 240 and isinstance(pages[0], Page)
    assert str(source).startswith("Data: enwik8, 240 pages, ")


def test_download_then_cache(enwik8, server, register):
    register("enwik8.zip", enwik8[1], server.add("/enwik8.zip", good(enwik8[1])))
    assert load_enwik8() == load_enwik8()
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda content: content[: HEAD_SIZE - 1], " has 999,999 characters; expected"),
        (lambda content: b"\n" + content[1:], ": expected SHA-256 .* of its first"),
        (lambda content: content[:-1] + b"?", ": expected SHA-256 [0-9a-f]+, got"),
    ],
)
def test_own_file_is_tampered(enwik8, own, change, message):
    (own / "enwik8").write_bytes(change(enwik8[0]))
    with pytest.raises(ValueError, match="^enwik8 in SEQMODELS_DATA" + message):
        load_enwik8()


def test_the_stand_in_has_links_and_addresses(monkeypatch, capsys):
    monkeypatch.setenv("SEQMODELS_OFFLINE", "1")
    pages, source = load_enwik8()
    assert [page.title for page in pages[:2]] == ["Moon", "Tide"]
    assert pages[0].text == (
        "It has 2 faces.\n\n== Sources ==\n\n"
        "* [http://example.org/Moon_(1) Maps of the Moon]\n"
        "* [https://example.org/?q=moon On the Moon]\n"
    )
    assert pages[2].text == "Red.\n"  # an article without sources
    size = sum(len(page.text) for page in pages)
    line = f"pocket encyclopedia, 5 pages, {size} characters, in place of enwik8"
    assert str(source) == f"Data: bundled {line} (SEQMODELS_OFFLINE is set)"
    assert capsys.readouterr().out == f"{source}\n"
