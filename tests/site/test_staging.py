"""What is done to texts and notebooks before Sphinx reads them."""

import copy
import re

import pytest

from tests.conftest import ROOT

URL, TAG = "https://github.com/owner/name", "v7.8.9"
TEXT = """\
# One
[a](other.md) [b](notebooks/01_a.ipynb#Seven-words,-twice) [c](code.py) `[d](e.md)`
![picture](notebooks/p.svg) [f](https://example.org) [g](#two-words) [h](notebooks)

## Two words
```
[i](j.md)
```
### Deeper
## Three
[k](README.md#deeper)
"""
FIGURE = {
    "output_type": "display_data",
    "data": {"image/png": "iVBORw0="},
    "metadata": {"image/png": {"alt": "A curve."}},
}


@pytest.fixture
def make_site(modules, tmp_path, monkeypatch):
    """A function that makes a site of one file, with or without an address."""
    (tmp_path / "README.md").write_text(TEXT, encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    links = modules("links")

    def make(*where):
        monkeypatch.setattr(links.address, "read", lambda root: where or ("", ""))
        sections = {
            "one": links.Section("README.md", "One", "one.md"),
            "two": links.Section("README.md", "Two words", "two.md"),
        }
        return links.Site(tmp_path, sections, {"other.md": "else.md"})

    return make


def test_links_lead_to_pages_and_what_is_no_page_has_no_link(make_site):
    site = make_site()
    assert site.text(site.sections["one"]) == (
        "[a](else.md) [b](notebooks/01_a.ipynb#seven-words-twice) c `[d](e.md)`\n"
        "![picture](notebooks/p.svg) [f](https://example.org) [g](two.md) h\n\n\n"
        "## Three\n[k](two.md#deeper)"
    )
    assert site.text(site.sections["two"]) == "```\n[i](j.md)\n```\n### Deeper"
    assert site.pictures == {"notebooks/p.svg"}


def test_with_an_address_code_is_found_there(make_site):
    site = make_site(URL, TAG)
    text = site.rewrite(
        "[c](../code.py) [h](.)", "notebooks/a.ipynb", "notebooks/a.ipynb"
    )
    assert text == f"[c]({URL}/blob/{TAG}/code.py) [h]({URL}/tree/{TAG}/notebooks)"


def test_from_a_page_in_a_folder_links_lead_up(make_site):
    text = make_site().rewrite("[a](../other.md)", "notebooks/a.md", "notebooks/a.md")
    assert text == "[a](../else.md)"


def test_a_lesson_that_is_named_is_a_link_but_to_itself(make_site, tmp_path):
    (tmp_path / "notebooks" / "04a_grams.ipynb").touch()
    site, page = make_site(), "notebooks/05_a.ipynb"
    text = "Notebook 04a, notebook 99, [notebook 04a](../other.md), `notebook 04a`"
    assert site.rewrite(text, page, page) == (
        "Notebook [04a](../notebooks/04a_grams.ipynb), notebook 99, "
        "[notebook 04a](../else.md), `notebook 04a`"
    )
    assert site.linked("00, 04a", "a.md") == "00, [04a](notebooks/04a_grams.ipynb)"
    own = "notebooks/04a_grams.ipynb"
    assert site.rewrite("notebook 04a", own, own) == "notebook 04a"


def test_a_heading_that_is_not_there_is_named(modules):
    section = modules("links").Section("README.md", "Nowhere", "a.md")
    with pytest.raises(ValueError, match="README.md must have a heading 'Nowhere'"):
        section.lines(ROOT)


def notebook(*outputs, source="show_figure()", exercise=""):
    code = {"cell_type": "code", "id": "c", "metadata": {}, "source": [source]}
    code["outputs"] = copy.deepcopy([*outputs])
    said = f"**Exercise ●○○○○ 1 min · {exercise}.** Do it." if exercise else "Look."
    badge = "\n\n[![Open in Colab](https://colab/badge.svg)](https://colab/a)"
    texts = [
        {"cell_type": "markdown", "id": n, "metadata": {}, "source": [text]}
        for n, text in [("a", "# 01 · Title\n\nWhat?" + badge), ("b", said)]
    ]
    return {"cells": [*texts, code]}


@pytest.fixture
def prepare(modules, make_site):
    """A function that prepares a notebook, and returns what its cells say."""
    tables, lessons = modules("tables"), modules("lessons")
    lesson = tables.Lesson(
        *("01", "Title", "notebooks/01_a.ipynb", "of what", "comes out"),
        *(5, "00", "10 min", 2, "3 min"),
    )

    def prepare(made, *where, file="notebooks/01_a.ipynb"):
        lessons.prepare(made, file, {lesson.file: lesson}, make_site(*where))
        return [lessons.text_of(cell) for cell in made["cells"]]

    return prepare


def test_a_lesson_has_its_bar_and_colab_only_with_an_address(prepare):
    bar = prepare(notebook(FIGURE))[0]
    assert bar.startswith("# 01 · Title\n\n:::{container} bar\n10 min to read · 2 ")
    assert 'href="01_a.ipynb" download>' in bar and "solutions/01_a.ipynb" in bar
    assert "olab" not in bar and bar.endswith("What?")
    with_address = prepare(notebook(FIGURE), URL, TAG)[0]
    colab = "https://colab.research.google.com/github/owner/name/blob/v7.8.9/"
    assert f'href="{colab}notebooks/01_a.ipynb">Open in Colab' in with_address
    assert "badge" not in with_address


def test_a_figure_keeps_its_text(prepare):
    made = notebook(FIGURE)
    prepare(made)
    assert made["cells"][2]["metadata"]["mystnb"]["image"] == {"alt": "A curve."}


@pytest.mark.parametrize("outputs", [[FIGURE, FIGURE], [{**FIGURE, "metadata": {}}]])
def test_a_figure_without_a_text_of_its_own_is_refused(prepare, outputs):
    with pytest.raises(ValueError, match="must show one figure, with a text"):
        prepare(notebook(*outputs))


def test_behind_an_exercise_stands_the_way_to_its_solution(prepare):
    made = notebook(source="check.do_it(do_it)", exercise="do_it")
    said = prepare(made)
    assert said[3] == "[A solution](solutions/01_a.ipynb#do_it){.solution}"
    assert len(prepare(notebook(source="other()", exercise="do_it"))) == 3


@pytest.mark.parametrize(
    "source, lesson, tags",
    [
        ("import seqmodels\nseqmodels.setup(seed=0)", True, ["hide-cell"]),
        ("import seqmodels\nseqmodels.setup(seed=0)", False, ["remove-cell"]),
        ("def a(): ...\n\n\ncheck.a(a)", True, None),
        ("def a(): ...\n\n\ncheck.a(a)", False, ["hide-input"]),
        ("plt.plot()\n" * 10 + "show_figure('')", True, ["hide-input"]),
        ("plt.plot()\n" * 5 + "show_figure('')", True, None),
    ],
)
def test_what_is_folded(prepare, source, lesson, tags):
    made = notebook(source=source)
    folder = "notebooks" if lesson else "notebooks/solutions"
    prepare(made, file=f"{folder}/01_a.ipynb")
    assert made["cells"][2]["metadata"].get("tags") == tags


def test_parts_stand_beneath_the_title(prepare):
    made = notebook()
    for number, text in enumerate(["## A", "# Part\n\n## B\n```\n# c\n```", "## D"]):
        cell = {"cell_type": "markdown", "id": f"{number}", "metadata": {}}
        made["cells"].append({**cell, "source": [text]})
    said = prepare(made)
    assert said[3:] == ["## A", "## Part\n\n### B\n```\n# c\n```", "### D"]


def test_the_playground_is_the_packages_own(modules):
    playground = modules("playground")
    text = playground.module()
    style = playground.style_in_part(playground.ASSEMBLING["style"]())
    assert not re.search(r"^(import|export) ", text, re.MULTILINE)
    for path in (ROOT / "seqmodels" / "page").glob("*.js"):
        for name in re.findall(
            r"^export function (\w+)", path.read_text("utf-8"), re.M
        ):
            assert f"function {name}(" in text
    assert "prefers-color-scheme" not in style and ":host([data-theme=dark])" in style


def test_a_style_that_has_changed_is_told(modules):
    with pytest.raises(ValueError, match="page.css must have '@media"):
        modules("playground").style_in_part(".seqplay {}")


def test_a_folder_with_other_files_is_left_alone(tmp_path, modules, capsys):
    (tmp_path / "thesis.tex").write_text("years of work", encoding="utf-8")
    assert modules("build").build(tmp_path) == 1
    assert "--out must be a new folder or one of the site" in capsys.readouterr().out
    assert (tmp_path / "thesis.tex").exists()


def test_every_lesson_stands_in_both_tables(modules):
    found = modules("tables").lessons(ROOT)
    files = {p.relative_to(ROOT).as_posix() for p in ROOT.glob("notebooks/*.ipynb")}
    assert {*found} == files
    assert [lesson.number for lesson in found.values()][:5] == "00 01 02 03 04a".split()
