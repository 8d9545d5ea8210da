"""Stores the networks of the lessons' playgrounds, for the site to show them live.

    python site/playgrounds.py 06 09 10

The lessons leave their playgrounds out of their stored outputs (`play = False`). This
runs a lesson's code as it stands, down to the cell that makes the playground, and
keeps what is in that page: a description of the network and its weights, 16 bits each.
The site puts the page together anew around it. Only the examples are replaced, by
lines of our own, so that no letter of the data is in the file.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STORED = Path(__file__).resolve().parent / "playgrounds"

EXAMPLES = {
    "06": [
        "the moon pulls the water of the sea towards it and twice a day the tide comes "
        "in over the sand where in the nineteenth century",
        "one of the oldest cities of the world is also one of the",
    ],
    "09": [
        "First Watchman:\nGood morrow, sir. What news is from the king?\n\n"
        "MESSENGER:\nMy lord, the queen is come, and with her",
        "ROMEO:\nI am no",
    ],
    "10": [
        "= Tide =\n\nThe '''tide''' rises and falls twice a day, drawn by the [[Moon]] "
        "and, less, by the [[Sun]]. On the coast of [[Brittany]] it",
        "==External links==\n* [http://www.example.org/tides/index.html Tables of the "
        "tide], for sailors\n* [http://",
    ],
}
CELLS = {"10": ("wiki", "links")}  # whose cell the page opens with


def main() -> None:
    for number in sys.argv[1:]:
        if number not in EXAMPLES:
            sys.exit(f"NUMBER must be one of {', '.join(EXAMPLES)}; got {number!r}.")
        path = STORED / f"{number}.json"
        store = take(number)
        text = json.dumps(store, ensure_ascii=False, indent=0, sort_keys=True)
        path.write_text(text + "\n", encoding="utf-8", newline="\n")
        print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


def take(number: str) -> dict[str, object]:
    """Runs a lesson down to its playground; returns what is in that.

    Args:
        number: Of the lesson, such as "06".

    Returns:
        `description` and `weights` of the page, and `cell`, the cell to open with, or
        `None`.

    Raises:
        ValueError: If the network does not know a character of an example.
    """
    (path,) = (ROOT / "notebooks").glob(f"{number}_*.ipynb")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    namespace = {"__name__": "__main__", "display": print}
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        exec(compile(source, path.name, "exec"), namespace)
        if "seqmodels.playground(" in source:
            break
    page = namespace["page"].page
    description = json.loads(_script(page, "description"))
    unknown = set("".join(EXAMPLES[number])) - set(description["chars"])
    if unknown:
        raise ValueError(
            f"`EXAMPLES` of {number} must have letters that its network knows; got "
            f"{sorted(unknown)}."
        )
    cell = None
    if number in CELLS:
        collection, fact = CELLS[number]
        cell = namespace["scores"][collection][fact]["cell"]
    return {
        "description": {**description, "examples": EXAMPLES[number]},
        "weights": _script(page, "weights"),
        "cell": cell,
    }


def _script(page, name):
    return re.search(rf'<script [^>]*id="{name}">(.*?)</script>', page, re.S)[1]


if __name__ == "__main__":
    main()
