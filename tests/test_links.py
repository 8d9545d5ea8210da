"""Every link that points into the repository leads somewhere."""

import re
from urllib.parse import unquote

import nbformat
import pytest

from tests.conftest import ROOT

LINK = re.compile(r"\]\(([^()\s]+(?:\([^()]*\))?[^()\s]*)\)")
PAGES = [
    path
    for pattern in ("*.md", "*/README.md", "notebooks/**/*.ipynb")
    for path in sorted(ROOT.glob(pattern))
    if not {"build", "node_modules", ".venv", ".ipynb_checkpoints"} & {*path.parts}
]


def text_of(path):
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def anchors(path):
    """A page's headings as GitHub and Jupyter make them."""
    headings = re.findall(r"^#+ (.+)$", text_of(path), re.M)
    jupyter = {heading.replace(" ", "-") for heading in headings}
    github = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
    return jupyter | github


def broken(page):
    text = re.sub(r"```.*?```", "", text_of(page), flags=re.S)
    for link in LINK.findall(re.sub(r"`[^`]*`", "", text)):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = unquote(link).partition("#")
        path = (page.parent / target).resolve() if target else page
        if (
            not path.exists()
            or ROOT not in [path, *path.parents]
            or anchor
            and path.is_file()
            and anchor not in anchors(path)
        ):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links(page):
    assert not list(broken(page))


def test_a_broken_link_is_found(tmp_path, monkeypatch):
    monkeypatch.setitem(broken.__globals__, "ROOT", tmp_path)
    page = tmp_path / "a.md"
    page.write_text(
        "# One, two\n[a](a.md) [b](b.md) [c](#one-two) [d](a.md#three) [e](../c.md)"
        " [f](https://example.org) `[g](g.md)`",
        encoding="utf-8",
    )
    assert list(broken(page)) == ["b.md", "a.md#three", "../c.md"]
