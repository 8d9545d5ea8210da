"""Draws the README's picture from what notebook 10 has stored.

    python notebooks/picture.py            notebooks/reading.svg

A network reads a passage of Wikipedia's markup letter by letter; behind each letter
stands how high the cell is that notebook 10 chose for addresses. Colours and digits
are those of the notebook's output, in the order in which the letters are read. Where
somebody asks for less motion the whole passage is there at once.
"""

import html
import re
import sys
from pathlib import Path

import nbformat

HERE = Path(__file__).resolve().parent
TARGET = HERE / "reading.svg"
LETTER = re.compile(r"background-color:rgb\((\d+),(\d+),(\d+)\)[^>]*>([^<]*)<")
WIDTH, LINE, MARGIN = 12.0, 46, 20  # of a letter, of a line, around all
SECONDS_A_LETTER, PAUSE = 0.07, 4.0
LINES = 2  # of the passage


def main() -> int:
    TARGET.write_text(draw(*passage()), encoding="utf-8", newline="\n")
    print(f"{TARGET}: {TARGET.stat().st_size / 1000:.0f} kB")
    return 0


def passage() -> tuple[list[list[tuple[str, str]]], str]:
    """Lines of letters, each with its colour, and the digits beneath them."""
    notebook = nbformat.read(HERE / "10_reading_neurons.ipynb", as_version=4)
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    pages = [
        out["data"]["text/html"]
        for out in outputs
        if "text/html" in out.get("data", {})
    ]
    page = next(page for page in pages if "http" in re.sub("<[^>]*>", "", page))
    lines, digits = [], []
    for row in page.split("\n"):
        letters = [
            (html.unescape(letter), f"rgb({red},{green},{blue})")
            for red, green, blue, letter in LETTER.findall(row)
        ]
        if letters:
            lines.append(letters)
        elif len(digits) < len(lines) and re.fullmatch(r"\d+", row):
            digits.append(row)
    whole = [(a, b) for a, b in zip(lines, digits, strict=False) if len(a) > 20][:LINES]
    return [line for line, _ in whole], [row for _, row in whole]


def draw(lines: list[list[tuple[str, str]]], digits: list[str]) -> str:
    """The picture: letters that appear one after the other, again and again."""
    columns = max(map(len, lines))
    width, height = 2 * MARGIN + columns * WIDTH, 2 * MARGIN + LINE * len(lines)
    total = sum(map(len, lines)) * SECONDS_A_LETTER + PAUSE
    parts, place = [], 0
    for row, (letters, numbers) in enumerate(zip(lines, digits, strict=True)):
        y = MARGIN + row * LINE
        for column, (letter, color) in enumerate(letters):
            x = MARGIN + column * WIDTH
            middle, delay = x + WIDTH / 2, place * SECONDS_A_LETTER
            shown = html.escape(letter.replace("·", " ").replace("¶", " "))
            parts += [
                f'<g style="animation-delay:{delay:.2f}s">',
                f'<rect x="{x:g}" y="{y}" width="{WIDTH:g}" height="24"',
                f' fill="{color}"/>',
                f'<text x="{middle:g}" y="{y + 17}">{shown}</text>',
                f'<text class="d" x="{middle:g}" y="{y + 36}">{numbers[column]}</text>',
                "</g>",
            ]
            place += 1
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img">
<title>A passage of Wikipedia's markup, read letter by letter</title>
<desc>Behind each letter stands how high one cell of a network is: at the colon and the
slashes of an address it rises, along the address it stays, in the sentence behind it is
low.</desc>
<style>
text {{ font: 18px ui-monospace, Menlo, Consolas, monospace; text-anchor: middle }}
.d {{ font-size: 10px; fill: #777 }}
g {{ animation: read {total:.1f}s linear infinite both }}
@keyframes read {{ 0% {{ opacity: 0.08 }} 0.5%, 100% {{ opacity: 1 }} }}
@media (prefers-reduced-motion: reduce) {{ g {{ animation: none }} }}
</style>
<rect width="100%" height="100%" fill="#fffdf7" rx="8"/>
{chr(10).join(parts)}
</svg>
"""


if __name__ == "__main__":
    sys.exit(main())
