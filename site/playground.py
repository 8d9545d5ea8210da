"""The lessons' playgrounds, live: the package's page in a part of another page.

The page's own files make up a script and a style sheet, which stand in a shadow tree,
out of the reach of the site's styles. Networks come from `playgrounds/`.
"""

import json
import re
import runpy
from pathlib import Path

HERE = Path(__file__).resolve().parent
STORED = HERE / "playgrounds"
FROM_ANOTHER_RUN = (
    "*The page that this cell makes, shown here without being asked for. Its network "
    "is from another run of the lesson, its examples are ours.*"
)
UNASKED = 1_500_000  # bytes that a page fetches without being asked to
# Of the package, this file alone: the site is built without TensorFlow.
ASSEMBLING = runpy.run_path(str(HERE.parent / "seqmodels" / "page" / "assembling.py"))
# What the page asks of the whole window becomes a question to the part it stands in.
IN_PART = [
    (
        "@media (prefers-color-scheme: dark) {\n  .seqplay {",
        "@media all {\n  :host([data-theme=dark]) .seqplay {",
    ),
    ("@media (max-width: 52rem)", "@container (max-width: 52rem)"),
]


def place(file: str, compact: bool = False) -> str:
    """Where the playground of a lesson goes: HTML, empty where none is stored."""
    number = Path(file).name.partition("_")[0]
    path = STORED / f"{number}.json"
    if not path.is_file():
        return ""
    kind = " data-compact" if compact else ""
    if (size := path.stat().st_size) > UNASKED:
        kind += f' data-ask="{size / 1e6:.1f} MB"'
    found = (
        f'<div class="playground" data-network="{number}"{kind}>'
        "<p>The playground needs JavaScript.</p></div>"
    )
    return found if compact else f"{found}\n\n{FROM_ANOTHER_RUN}"


def write(folder: Path) -> None:
    """Writes the script, and one for each network, which is fetched when needed."""
    script = (HERE / "playground.js").read_text(encoding="utf-8")
    script = script.replace("/* MODULE */", module())
    script = script.replace(
        "/* STYLE */", json.dumps(style_in_part(ASSEMBLING["style"]()))
    )
    (folder / "playground.js").write_text(script, encoding="utf-8", newline="\n")
    (folder / "networks").mkdir()
    for path in sorted(STORED.glob("*.json")):
        stored = json.loads(path.read_text(encoding="utf-8"))
        call = f"seqmodelsNetwork({json.dumps(path.stem)}, {json.dumps(stored)});\n"
        target = folder / "networks" / f"{path.stem}.js"
        target.write_text(call, encoding="utf-8", newline="\n")


def module() -> str:
    """The page's modules as one, without imports and exports."""
    text = re.sub(
        r"^export default .*\n", "", ASSEMBLING["module"](), flags=re.MULTILINE
    )
    return re.sub(r"^export ", "", text, flags=re.MULTILINE)


def style_in_part(text: str) -> str:
    """The page's style for a part of a page.

    Raises:
        ValueError: If the style has not what is to be replaced.
    """
    for old, new in IN_PART:
        if old not in text:
            raise ValueError(f"page.css must have {old!r}.")
        text = text.replace(old, new)
    return text
