"""The built site: its files, its links, and that nothing comes from elsewhere."""

import json
import re

import pytest

from tests.conftest import ROOT
from tests.site.conftest import build
from tests.site.reading import Page, broken, fetched, read

pytestmark = pytest.mark.slow

LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
MOST = 1_500_000  # bytes of a page with its pictures, and of a network


@pytest.fixture(scope="module")
def pages(site):
    return read(site)


def outputs(stem):
    path = ROOT / "notebooks" / f"{stem}.ipynb"
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        yield from cell.get("outputs", [])


def test_built_twice_it_is_the_same(site, tmp_path):
    # Elsewhere, on another day, and with strings hashed in another way.
    again = tmp_path / "elsewhere" / "again"
    other = {"SOURCE_DATE_EPOCH": "1", "PYTHONHASHSEED": "7"}
    assert build(again, **other) == ""
    found = [
        {
            p.relative_to(folder): p.read_bytes()
            for p in folder.rglob("*")
            if p.is_file()
        }
        for folder in (site, again)
    ]
    assert found[0].keys() == found[1].keys()
    assert [str(name) for name in found[0] if found[0][name] != found[1][name]] == []


def test_no_file_says_where_or_by_what_it_was_built(site):
    for path in site.rglob("*"):
        if path.suffix in (".html", ".js", ".css"):
            text = path.read_text(encoding="utf-8")
            assert str(site.parent) not in text and str(ROOT) not in text, path


def test_every_link_leads_somewhere(site):
    assert broken(site) == []


def test_nothing_is_fetched_from_elsewhere(site):
    assert fetched(site) == []


def test_every_lesson_and_its_solutions_are_pages(pages, site):
    names = {path.relative_to(site).as_posix() for path in pages}
    for stem in LESSONS:
        assert {f"notebooks/{stem}.html", f"notebooks/solutions/{stem}.html"} <= names
        for folder in ("notebooks", "notebooks/solutions"):
            kept = (ROOT / folder / f"{stem}.ipynb").read_bytes()
            assert (site / folder / f"{stem}.ipynb").read_bytes() == kept
    assert {f"{name}.html" for name in "index results data licence".split()} <= names


def test_every_page_has_its_own_title_and_one_heading(pages):
    titles = [page.title.strip() for page in pages.values()]
    assert all(titles) and len({*titles}) == len(titles)
    for path, page in pages.items():
        printed = page.text.count('id="jb-print-docs-body"')  # a second one, on paper
        assert page.lang == "en" and len(page.headings) - printed == 1, path


@pytest.mark.parametrize("stem", LESSONS)
def test_figures_keep_their_texts(stem, pages, site):
    texts = [
        out["metadata"]["image/png"]["alt"]
        for out in outputs(stem)
        if "image/png" in out.get("data", {})
    ]
    images = pages[site / "notebooks" / f"{stem}.html"].images
    assert [alt for address, alt in images if "_images" in address] == texts


def test_figures_say_how_large_they_are(pages, site):
    for stem in LESSONS:
        text = pages[site / "notebooks" / f"{stem}.html"].text
        figures = re.findall(r"<img [^>]*_images[^>]*>", text)
        known = re.compile(r'width="\d{2,4}" height="\d{2,4}" loading="lazy"')
        assert figures and all(known.search(figure) for figure in figures), stem


def test_every_picture_has_a_text(pages):
    for path, page in pages.items():
        assert all(alt for _, alt in page.images), path


def test_no_page_is_large(pages, site):
    for path, page in pages.items():
        pictures = {(path.parent / address).resolve() for address, _ in page.images}
        assert sum(p.stat().st_size for p in {path, *pictures}) < MOST, path
        for number in re.findall(r'data-network="(\w+)"(?! data-ask)', page.text):
            network = site / "_static" / "networks" / f"{number}.js"  # comes by itself
            assert network.stat().st_size < MOST, path


@pytest.mark.parametrize("stem", LESSONS)
def test_solutions_are_folded_and_found_from_every_exercise(stem, pages, site):
    lesson = pages[site / "notebooks" / f"{stem}.html"].text
    solutions = pages[site / "notebooks" / "solutions" / f"{stem}.html"].text
    names = re.findall(r"<strong>Exercise .*? · (\w+)\.</strong>", lesson)
    assert len(names) >= 5
    # Without what is folded nothing is left that calls a check.
    shown = re.sub(r"<details.*?</details>", "", solutions, flags=re.DOTALL)
    for name in names:
        anchor = name.replace("_", "-")
        assert (
            f'class="solution reference internal" href="solutions/{stem}.html#{anchor}"'
            in lesson
        )
        assert re.search(rf"check.*{name}", re.sub("<[^>]*>", "", solutions))
        assert not re.search(rf"def {name}\b", re.sub("<[^>]*>", "", shown))
    assert solutions.count('<details class="often">') == len(names)


def test_playgrounds_are_where_they_are_made(pages, site):
    stored = {path.stem for path in (ROOT / "site" / "playgrounds").glob("*.json")}
    assert stored == {"06", "09", "10"}
    for number in stored:
        (path,) = (site / "notebooks").glob(f"{number}_*.html")
        assert f'data-network="{number}"' in pages[path].text
        text = (site / "_static" / "networks" / f"{number}.js").read_text(
            encoding="utf-8"
        )
        assert text.startswith(f'seqmodelsNetwork("{number}", {{')
    assert 'data-network="10" data-compact' in pages[site / "index.html"].text


def test_licences_of_what_comes_along_are_there(pages, site):
    said = pages[site / "licence.html"].text
    for name in "Sphinx MyST-NB Bootstrap KaTeX PyData".split() + ["Font Awesome"]:
        assert name in said
    assert "The MIT License" in (site / "_static/katex/LICENSE").read_text("utf-8")
    assert len([*(site / "licences").glob("*.txt")]) == 4


def test_what_is_broken_is_found(tmp_path):
    (tmp_path / "a.css").write_text(
        "b { src: url(no.woff2) } @import 'http://x/y'", "utf-8"
    )
    page = tmp_path / "a.html"
    page.write_text(
        '<link rel="stylesheet" href="a.css"><link rel="icon" href="https://x/i">'
        '<p id="b"><a href="#b"></a><a href="#c"></a><a href="d.html"></a>'
        '<a href="https://x"></a><img src="e.png"><script src="//x/f.js"></script>'
        '<p style="background: url(http://x/g)"><a href="a.html#b"></a>',
        "utf-8",
    )
    assert broken(tmp_path) == [
        *("a.html: #c", "a.html: d.html", "a.html: e.png"),
        "a.css: no.woff2",
    ]
    assert fetched(tmp_path) == [
        *("a.html: https://x/i", "a.html: //x/f.js", "a.html: http://x/g"),
        "a.css: http://x/y",
    ]
    assert Page(page).images == [("e.png", None)]
