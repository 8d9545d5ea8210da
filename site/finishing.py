"""What is done to the site once Sphinx has written it."""

import re
import shutil
import struct
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What the theme brings and no page needs: maps for its own developers, two megabytes of
# script that draw the same icons as its fonts, and what would tell builds apart.
UNUSED = (
    "*.map",
    "fontawesome.js",
    ".buildinfo",
    "objects.inv",
    "*webpack-macros.html",
)
ICONS = re.compile(r"\s*<(?:script|link)[^>]*fontawesome\.js[^>]*>(?:</script>)?")

# What the theme gives a name that differs from what is read, or none, or no place among
# the landmarks: (pattern, replacement).
NAMES = [
    (r'(<button class="[^"]*search-button-field[^>]*?)\s+aria-label="[^"]*"', r"\1"),
    (r'<summary aria-label="Toggle hidden content">', "<summary>"),
    (
        r'<summary>(<span class="toctree-toggle")',
        r'<summary aria-label="Pages below">\1',
    ),
    (
        r'<div class="sidebar-primary-item">(?=\s*<a class="navbar-brand)',
        '<div class="sidebar-primary-item" role="navigation" aria-label="Front page">',
    ),
]
WIDE = 720  # pixels: more than a phone can show at once, and be read
FIGURE = re.compile(r'(<img alt="[^"]*") src="([^"]*_images/[^"]*\.png)" />')
MAKERS = ("sphinx", "myst-nb", "sphinx-book-theme", "pydata-sphinx-theme")


def finish(out: Path) -> None:
    """Removes what is not needed, and puts the notebooks beside their pages."""
    for page in out.rglob("*.html"):
        text = ICONS.sub("", page.read_text(encoding="utf-8"))
        for pattern, replacement in NAMES:
            text = re.sub(pattern, replacement, text)
        text = FIGURE.sub(lambda found, page=page: sized(found, page), text)
        page.write_text(text, encoding="utf-8", newline="\n")
    for pattern in UNUSED:
        for path in sorted(out.rglob(pattern)):
            path.unlink()
    for path in (ROOT / "notebooks").glob("**/[0-9][0-9]*_*.ipynb"):
        shutil.copyfile(path, out / path.relative_to(ROOT))
    keep_licences(out / "licences")


def sized(found: re.Match, page: Path) -> str:
    """A figure's tag with its size, so that what is below it stays where it is."""
    head = (page.parent / found[2]).read_bytes()[:24]  # of a PNG
    width, height = struct.unpack(">II", head[16:])
    size = f'width="{width}" height="{height}" loading="lazy"'
    size += ' class="wide"' * (width > WIDE)
    return f'{found[1]} src="{found[2]}" {size} />'


def keep_licences(folder: Path) -> None:
    """Puts the licences of what made the pages, and is in them, beside them.

    Raises:
        FileNotFoundError: If a package has come without its licence.
    """
    folder.mkdir()
    for name in MAKERS:
        files = metadata.files(name) or []
        found = [file for file in files if file.stem.upper() in ("LICENSE", "COPYING")]
        if not found:
            raise FileNotFoundError(f"{name} has come without a file of its licence.")
        shutil.copyfile(found[0].locate(), folder / f"{name}.txt")
