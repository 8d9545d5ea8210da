"""Facts of Wikipedia's markup, letter by letter."""

import mwparserfromhell
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqmodels.data.bundled import read_articles
from seqmodels.data.wiki_facts import _nodes, wiki_facts


def marked(markup, name):
    """The characters after which it holds, others as dots."""
    values = wiki_facts(markup)[name]
    return "".join(c if v else "." for c, v in zip(markup, values, strict=True))


@pytest.mark.parametrize(
    ("name", "markup", "wanted"),
    [
        ("links", "a [[b|c]]d", "...[b|c..."),
        ("links", "[[Image:x|see [[y]] z]]", ".[Image:x|see [[y]] z.."),
        ("links", "''[[b]]''", "...[b...."),
        ("links", "<i>[[i]]</i>", "....[i......"),
        ("links", "== [[b]] ==", "....[b....."),
        ("links", "{{t|n=[[b]]}}", ".......[b...."),
        ("links", "{| a=1\n| [[b]]\n|}", "..........[b....."),
        ("links", "[[never\ncloses", "." * 14),
        ("links", '<i title="[[a]]">[[a]]</i>', "..................[a......"),
        ("URLs", "[http://a.org b]", "......./a.org..."),
        ("URLs", "see http://a.org.", "........../a.org."),
        ("URLs", "[//a.org b]", "../a.org..."),
        ("URLs", "* [mailto:a@b.c d]", ".........:a@b.c..."),
        ("URLs", "{{c|url=http://a.org}}", "............../a.org.."),
        ("templates", "a {{b|c}} d", "...{b|c...."),
        ("templates", "{{never closes", "." * 14),
        ("templates", "[[b|{{c}}]]", ".....{c...."),
        ("templates", "[http://a.org {{b}}]", "...............{b..."),
        ("headings", "== a ==\nb", ".= a ...."),
        ("headings", "=== a ===", "..= a ..."),
        ("quotes", 'a "b" c', '.."b...'),
        ("quotes", 'one " only', "." * 10),
        ("quotes", 'a "b\nc" d', "." * 9),
        ("parentheses", "a (b (c) d) e", "..(b (c) d..."),
        ("parentheses", ") (a)", "..(a."),
        ("parentheses", "(a\nb)", "(a..."),
    ],
)
def test_marks(name, markup, wanted):
    assert marked(markup, name) == wanted


def test_no_markup():
    assert all(values.shape == (0,) for values in wiki_facts("").values())
    assert not any(values.any() for values in wiki_facts("plain text").values())


@given(st.text(alphabet="[]{}|=<>/'\"()\n*#:ahtp.&;! -", max_size=60))
def test_any_text(markup):
    facts = wiki_facts(markup)
    assert {v.shape for v in facts.values()} == {(len(markup),)}
    assert {v.dtype for v in facts.values()} == {np.dtype(bool)}
    for node, start in _nodes(mwparserfromhell.parse(markup), 0):
        assert markup.startswith(str(node), start)


def test_encyclopedia_is_marked():
    for article in read_articles()[::10]:
        links = wiki_facts(article.text)["links"]
        opened = np.flatnonzero(np.diff(links.astype(int)) == 1) + 1
        assert len(opened) == article.text.count("[[")
        assert all(article.text[n - 1 : n + 1] == "[[" for n in opened)
