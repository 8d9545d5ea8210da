"""What the front and the lessons say of a lesson, out of the repository's tables."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from links import Site

ROW = re.compile(
    r"^\| (\w+) \| \[(.+?)\]\((\S+)\): (.+?) \| (.+) \| (\d+) \| (\d+) \|$"
)
TEACHING = re.compile(r"^\| \[\w+ .+?\]\((\S+)\) \| (.+) \| (.+) \| (\d+), (.+) \|$")


@dataclass(frozen=True)
class Lesson:
    """A line of the README's table and one of the teacher's."""

    number: str
    title: str
    file: str
    about: str
    comes_out: str
    seconds: int
    needs: str
    reading: str
    exercises: int
    exercising: str


def lessons(root: Path) -> dict[str, Lesson]:
    """All lessons by the names of their notebooks, in the course's order."""
    taught = {}
    for line in _lines(root / "notebooks" / "README.md"):
        if row := TEACHING.match(line):
            file, needs, reading, exercises, exercising = row.groups()
            taught[f"notebooks/{file}"] = needs, reading, int(exercises), exercising
    found = {}
    for line in _lines(root / "README.md"):
        if row := ROW.match(line):
            *words, seconds = row.groups()[:5] + row.groups()[6:]
            found[words[2]] = Lesson(*words, int(seconds), *taught[words[2]])
    return found


def course(root: Path, site: Site) -> dict[str, str]:
    """The course for its front: what it is, its lessons, and how it is taught."""
    text = (root / "README.md").read_text(encoding="utf-8")
    (lead,) = re.findall(r"^\*\*(Recurrent.*?)\*\*$", text, re.DOTALL | re.MULTILINE)
    (points,) = re.findall(r"^(For whoever.*?)\n\n## ", text, re.DOTALL | re.MULTILINE)
    found = lessons(root).values()
    return {
        "lead": site.rewrite(lead, "README.md", "index.md"),
        "points": site.rewrite(points, "README.md", "index.md"),
        "map": "\n".join(_card(lesson) for lesson in found),
        "lessons": "\n".join(lesson.file for lesson in found),
        "solutions": "\n".join(solutions_of(lesson.file) for lesson in found),
    }


def solutions_of(file: str) -> str:
    return file.replace("notebooks/", "notebooks/solutions/")


def effort(lesson: Lesson, linked: Callable[[str], str] = str) -> str:
    """What a lesson takes, in one line; `linked` turns lessons' numbers into links."""
    return (
        f"{lesson.reading} to read · {lesson.exercises} exercises, "
        f"{lesson.exercising} · needs {linked(lesson.needs)}"
    )


def _card(lesson):
    comes_out = lesson.comes_out[0].upper() + lesson.comes_out[1:]
    return (
        f":::{{container}} lesson\n"
        f"[{lesson.number}]{{.number}} [{lesson.title}]({lesson.file}){{.title}}\n"
        f"[{lesson.about}]{{.about}}\n\n"
        f"{comes_out}\n\n[{effort(lesson)}]{{.effort}}\n:::\n"
    )


def _lines(path):
    return path.read_text(encoding="utf-8").splitlines()
