"""What comes with the package, and the normalisation of text8."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqmodels.data import texts


def test_encyclopedia_takes_turns(bundled, capsys):
    articles, source = texts.load_encyclopedia()
    assert [(article.topic, article.title) for article in articles] == [
        ("astronomy", "Moon"),
        ("oceans", "Tide"),
        ("astronomy", "Mars"),
        ("oceans", "Wave"),
        ("astronomy", "Black hole"),
    ]
    assert articles[1].text == (
        'Sailors call it\n"the flood" (twice a day).\n\nThe [[Moon]].'
    )
    assert source.kind == "bundled"
    size = sum(len(article.text) for article in articles)
    line = f"Data: bundled pocket encyclopedia, 5 articles, {size} characters"
    assert str(source) == line
    assert capsys.readouterr().out == line + "\n"


def test_encyclopedia_with_windows_line_ends(bundled):
    before = texts.load_encyclopedia()
    for path in (bundled / "encyclopedia").iterdir():
        text = path.read_text(encoding="utf-8")
        path.write_bytes(text.replace("\n", "\r\n").encode("utf-8"))
    assert texts.load_encyclopedia() == before


def test_encyclopedia_is_missing(bundled):
    for path in (bundled / "encyclopedia").iterdir():
        path.unlink()
    with pytest.raises(FileNotFoundError, match="came without encyclopedia/<topic>"):
        texts.load_encyclopedia()


def test_emoji_words(capsys):
    words, source = texts.load_emoji_words()
    assert words == [("ball", "⚽"), ("family", "👨‍👩‍👧")]
    assert capsys.readouterr().out == "Data: bundled emoji table, 2 words\n"
    assert str(source) == "Data: bundled emoji table, 2 words"


def test_emoji_words_with_a_bad_line(bundled):
    table = "word\temoji\nball ⚽\n"
    (bundled / "emoji_words.tsv").write_text(table, encoding="utf-8")
    with pytest.raises(ValueError, match="line 2: expected 2 columns, got 1"):
        texts.load_emoji_words()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" \n\t", ""),
        ("1879", "one eight seven nine"),
        ("in 1879, Albert", "in one eight seven nine albert"),
        ("a0b", "a zero b"),
        ("0123456789", "zero one two three four five six seven eight nine"),
        ("The Quick--Brown\nfox", "the quick brown fox"),
        ("don't [[stop]]", "don t stop"),
        ("Ångström, naïve café", "angstrom naive cafe"),
        ("e\u0301te\u0301", "ete"),  # accents as characters of their own
        ("İstanbul", "istanbul"),  # its lower case has an accent left over
        ("ﬁne Ⅳ", "fine iv"),
        ("x²", "x two"),
        ("Straße 日本 ⚽", "stra e"),
        ("٣", ""),  # a digit, but not one of 0-9
    ],
)
def test_normalize_text8(text, expected):
    assert texts.normalize_text8(text) == expected


@given(st.text())
def test_normalized_text_is_words_of_letters(text):
    normal = texts.normalize_text8(text)
    assert set(normal) <= set("abcdefghijklmnopqrstuvwxyz ")
    assert "  " not in normal and normal == normal.strip()
    assert texts.normalize_text8(normal) == normal
