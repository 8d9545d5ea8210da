"""What is done to the site once Sphinx has written it."""

import re
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What the theme brings and no page needs: maps for its own developers, two megabytes of
# script that draw the same icons as its fonts, and what would tell builds apart.
UNUSED = ("*.map", "fontawesome.js", ".buildinfo", "objects.inv")
ICONS = re.compile(r"\s*<(?:script|link)[^>]*fontawesome\.js[^>]*>(?:</script>)?")


def finish(out: Path, source: Path) -> None:
    """Removes what is not needed, and puts the notebooks beside their pages."""
    for page in out.rglob("*.html"):
        text = ICONS.sub("", page.read_text(encoding="utf-8"))
        page.write_text(text, encoding="utf-8", newline="\n")
    for pattern in UNUSED:
        for path in sorted(out.rglob(pattern)):
            path.unlink()
    for path in (ROOT / "notebooks").glob("**/[0-9][0-9]*_*.ipynb"):
        shutil.copyfile(path, out / path.relative_to(ROOT))
