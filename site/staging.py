"""Lays out what Sphinx reads: the repository's notebooks and texts, links rewritten.

A text is written once, in the repository. Pages are whole files of it, or sections;
what stands in `site/pages` are their frames, in which `{{name}}` is replaced.
"""

import json
import re
import shutil
from pathlib import Path

import lessons
import links
import playground
import tables

ROOT = Path(__file__).resolve().parent.parent
PAGES = Path(__file__).resolve().parent / "pages"
SOURCES = "What the sources ask for, and where the course has it"
KATEX = Path(__file__).resolve().parent / "vendor" / "katex"
# Fonts for browsers that are older than the rest of the site allows.
OLD_FONTS = re.compile(r',url\([^)]*\.(?:woff|ttf)\) format\("\w+"\)')
LAST_CELL = re.compile(r"[^|]+\|$", re.MULTILINE)
# Files of which a page shows all, and what it is called.
WHOLE = {
    "benchmarks/README.md": "benchmarks.md",
    "datasets/README.md": "data.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}


def stage(folder: Path) -> None:
    """Writes all that the site is made of into a folder of its own."""
    site = links.Site(ROOT, sections(), WHOLE)
    course = tables.lessons(ROOT)
    for path in sorted((ROOT / "notebooks").glob("**/[0-9][0-9]*_*.ipynb")):
        name = path.relative_to(ROOT).as_posix()
        notebook = json.loads(path.read_text(encoding="utf-8"))
        lessons.prepare(notebook, name, course, site)
        write(folder / name, json.dumps(notebook, ensure_ascii=False))
    for name, page in WHOLE.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        write(folder / page, site.rewrite(text, name, page))
    parts = {key: site.text(section) for key, section in site.sections.items()}
    parts["glossary"] = LAST_CELL.sub(
        lambda found: site.linked(found[0], "glossary.md"), parts["glossary"]
    )
    named = f"[the repository]({site.repository})" if site.repository else ""
    parts["repository"] = named or "the repository that this site is made of"
    parts |= tables.course(ROOT, site)
    parts |= licences()
    parts["playground"] = playground.place("10", compact=True)
    for frame in sorted(PAGES.glob("*.md")):
        text = frame.read_text(encoding="utf-8")
        for key, part in parts.items():
            text = text.replace("{{" + key + "}}", part)
        if "{{" in text:
            raise ValueError(f"{frame.name} must name parts that are there; got {text}")
        write(folder / frame.name, text)
    for name in sorted(site.pictures):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    made = folder / "made"
    shutil.copytree(KATEX, made / "katex")
    style = (KATEX / "katex.min.css").read_text(encoding="utf-8")
    write(made / "katex" / "katex.min.css", OLD_FONTS.sub("", style))
    playground.write(made)


def sections() -> dict[str, links.Section]:
    """The sections of files that frames show, by the names that frames call them."""
    course, teaching = "README.md", "notebooks/README.md"
    return {
        "results": links.Section(course, "The notebooks", "results.md"),
        "own text": links.Section(course, "One's own text", "program.md"),
        "teach": links.Section(course, "Teach with it", "teaching.md"),
        "leaderboard": links.Section(course, "The leaderboard", "program.md"),
        "tests": links.Section(course, "How it is tested", "program.md"),
        "package": links.Section(course, "The package", "program.md"),
        "data": links.Section(course, "Data", "program.md"),
        "teaching": links.Section(teaching, "Teaching with the lessons", "teaching.md"),
        "glossary": links.Section(teaching, "Glossary", "glossary.md"),
        "sources": links.Section(teaching, SOURCES, "sources.md"),
    }


def licences() -> dict[str, str]:
    """The texts of licences, as they stand."""
    files = {"MIT": ROOT / "LICENSE", "KaTeX": KATEX / "LICENSE"}
    return {
        f"licence of {name}": path.read_text(encoding="utf-8").strip()
        for name, path in files.items()
    }


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
