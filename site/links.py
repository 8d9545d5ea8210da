"""Where a link of the repository leads on the site."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

import address

LINK = re.compile(r"(!?)\[([^\[\]]*)\]\(([^()\s]+)\)")
NUMBER = r"\b((?:0\d|1\d)[ab]?)\b"
LINK_OR_LESSON = re.compile(rf"{LINK.pattern}|\b([Nn]otebook) {NUMBER}")
CODE = re.compile(r"(^```.*?^```|`[^`]+`)", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"(#+) (.+)")
# Pages that a file or folder leads to when no heading of it is named.
DEFAULTS = {
    "README.md": "index.md",
    "notebooks/README.md": "teaching.md",
    "notebooks/solutions": "solutions.md",
    "LICENSE": "licence.md",
    "datasets/LICENSE": "licence.md",
}


def slug(heading: str) -> str:
    """A heading as an anchor; Jupyter's anchors, too, come out as GitHub's."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@dataclass(frozen=True)
class Section:
    """A heading of a file and what stands beneath it, shown on a page of the site."""

    file: str
    heading: str
    page: str

    def lines(self, root: Path) -> list[str]:
        """The lines beneath the heading, up to the next of its rank or above.

        Raises:
            ValueError: If the file has no such heading.
        """
        lines = (root / self.file).read_text(encoding="utf-8").splitlines()
        below, rank, fenced = [], 0, False
        for line in lines:
            fenced ^= line.startswith("```")
            head = None if fenced else HEADING.match(line)
            if rank and head and len(head[1]) <= rank:
                return below
            if rank:
                below.append(line)
            elif head and head[2] == self.heading:
                rank = len(head[1])
        if not rank:
            raise ValueError(f"{self.file} must have a heading {self.heading!r}.")
        return below


class Site:
    """What is a page of the site, and what becomes of a link to it or to another file.

    Args:
        root: The repository's folder.
        sections: By the names that the pages' frames call them.
        whole: Files that are pages from their first line on.
    """

    def __init__(self, root: Path, sections: dict[str, Section], whole: dict[str, str]):
        self.root, self.sections, self.whole = root, sections, whole
        self.pictures: set[str] = set()  # that the texts show
        self.repository, self.tag = address.read(root)
        files = (root / "notebooks").glob("[0-9][0-9]*_*.ipynb")
        self.lessons = {file.name.partition("_")[0]: file.name for file in files}
        self._places = {}  # pages and anchors of headings
        for section in sections.values():
            for line in section.lines(root):
                if head := HEADING.match(line):
                    anchor = slug(head[2])
                    self._places[section.file, anchor] = f"{section.page}#{anchor}"
        for section in sections.values():  # their own headings are those of pages
            self._places[section.file, slug(section.heading)] = section.page

    def text(self, section: Section) -> str:
        """What the page shows of a section: not what other sections are made of."""
        text = "\n".join(section.lines(self.root))
        for other in self.sections.values():
            inner = "\n".join(other.lines(self.root))
            if (
                other.file == section.file
                and inner
                and inner in text
                and other != section
            ):
                text = text.replace(inner, "").replace(f"## {other.heading}\n", "")
        return self.rewrite(text.strip(), section.file, section.page)

    def rewrite(self, text: str, file: str, page: str) -> str:
        """Rewrites the links of a text, from a file of the repository to a page."""
        up = "../" * page.count("/")

        def replace(match):
            picture, label, target, _, number = match.groups()
            if number:
                return self.linked(match[0], page)
            if re.match(r"[a-z]+:", target):
                return match[0]
            path, _, anchor = unquote(target).partition("#")
            there = os.path.normpath(os.path.join(os.path.dirname(file), path))
            there = there.replace(os.sep, "/") if path else file
            if picture:
                self.pictures.add(there)
                return f"![{label}]({up}{there})"
            found = self.find(there, slug(anchor))
            if not found:
                return label
            return f"[{label}]({found if '://' in found else up + found})"

        parts = CODE.split(text)
        parts[::2] = [LINK_OR_LESSON.sub(replace, part) for part in parts[::2]]
        return "".join(parts)

    def linked(self, text: str, page: str) -> str:
        """A text in which every number of a lesson, but the page's own, leads there."""
        up = "../" * page.count("/")

        def replace(match):
            name = self.lessons.get(match[1])
            if not name or page.endswith(f"/{name}"):
                return match[0]
            return f"[{match[1]}]({up}notebooks/{name})"

        return re.sub(NUMBER, replace, text)

    def find(self, file: str, anchor: str) -> str:
        """The page of a file or of a heading in it, seen from the site's front.

        What is no page is in the repository, if that has an address; else the answer is
        an empty string.
        """
        if (file, anchor) in self._places:
            return self._places[file, anchor]
        page = self.whole.get(file) or DEFAULTS.get(file)
        if file.endswith(".ipynb"):
            page = file
        if page:
            return f"{page}#{anchor}" if anchor else page
        if not self.repository:
            return ""
        kind = "tree" if (self.root / file).is_dir() else "blob"
        return f"{self.repository}/{kind}/{self.tag}/{quote(file)}"
