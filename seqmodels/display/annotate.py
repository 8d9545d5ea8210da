"""A text with a number for each character and what a model expects next."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from seqmodels.display.colors import check_values, scale_values, value_colors
from seqmodels.text.checks import check_size

if TYPE_CHECKING:  # drawn with when needed, and slow to import
    from IPython.display import HTML
    from matplotlib.axes import Axes

    from seqmodels.text.vocab import CharVocab

# A dot, a pilcrow, and arrows: to the right and, for a carriage return, back.
_VISIBLE = str.maketrans(" \n\t\r", "\u00b7\u00b6\u2192\u21b5")


def likeliest(logits: ArrayLike, vocab: CharVocab, count: int = 5) -> list[str]:
    """The likeliest next characters at every position, the likeliest first.

    >>> from seqmodels.text.vocab import CharVocab
    >>> likeliest([[0.1, 3.0, 2.0]], CharVocab("abc"), count=2)
    ['bc']

    Args:
        logits: `(num_chars, vocab_size)`.
        vocab: `CharVocab`.
        count: How many.

    Returns:
        For every position a string of `count` characters.

    Raises:
        ValueError: If the logits are not two-dimensional, or `count` is no
            positive integer or above the size of the vocabulary.
    """
    logits = np.asarray(logits, float)  # what has no sign could not be turned round
    if logits.ndim != 2 or logits.shape[1] != len(vocab):
        raise ValueError(
            f"`logits` must have shape (num_chars, {len(vocab)}); got {logits.shape}."
        )
    count = check_size("count", count)
    if count > len(vocab):
        raise ValueError(f"`count` must be at most {len(vocab)}; got {count}.")
    order = np.argsort(-logits, axis=1, kind="stable")[:, :count]
    return [vocab.decode(row) for row in order]


def annotate_html(
    text: str,
    values: ArrayLike,
    guesses: Sequence[str],
    *,
    low: float = -1.0,
    high: float = 1.0,
    width: int = 80,
) -> HTML:
    """Text coloured by a value, its digit beneath, then the characters expected next.

    Everything stands in one `<pre>`, so that the columns hold wherever styles are
    taken out, as in GitHub's view of a notebook; the digits (0 for `low`, 9 for
    `high`) then say what the colours said. A guess that came true is bold. Spaces
    are shown as a dot, line ends as a pilcrow, tabs and carriage returns as arrows.

    Args:
        text: The characters.
        values: A number for each, `(len(text),)`.
        guesses: A string for each, the likeliest next character first, all of one
            length.
        low: The value that is full blue.
        high: The value that is full orange.
        width: Characters in a line at most; a longer one is broken, after a space
            where it has one.

    Returns:
        An `IPython.display.HTML` without scripts, complete in itself.

    Raises:
        ValueError: If there is not one value and one string for each character, the
            strings differ in length, a value is NaN, `low` is not below `high`, or
            `width` is not a positive integer.
    """
    from IPython.display import HTML

    values, depth = _check(text, values, guesses)
    digits = np.minimum(10 * scale_values(values, low, high), 9).astype(int)
    colored = [
        f'<span style="background-color:rgb({red},{green},{blue});color:#000">'
        f"{_escape(char)}</span>"
        for char, (red, green, blue) in zip(
            text, value_colors(values, low, high), strict=True
        )
    ]
    rows = []
    for start, end in _lines(text, width):
        rows += ["".join(colored[start:end]), "".join(map(str, digits[start:end]))]
        for rank in range(depth):
            rows.append(
                "".join(
                    _mark(guesses[n][rank], text[n + 1 : n + 2])
                    for n in range(start, end)
                )
            )
        rows.append("")
    style = "font-family:monospace;line-height:1.25"
    return HTML(f'<pre style="{style}">' + "\n".join(rows) + "</pre>")


def plot_text(
    text: str,
    values: ArrayLike,
    guesses: Sequence[str] | None = None,
    *,
    low: float = -1.0,
    high: float = 1.0,
    width: int = 80,
) -> Axes:
    """Draws the same as a figure: coloured text, the guesses small beneath it.

    Each character's value is also the height of a black bar beneath it, for those
    who cannot tell the colours apart.

    Args:
        text: The characters.
        values: As in `annotate_html`.
        guesses: As in `annotate_html`; `None` draws none.
        low: The value that is full blue.
        high: The value that is full orange.
        width: Characters in a line at most; a longer one is broken, after a space
            where it has one.

    Returns:
        The axes.

    Raises:
        ValueError: As `annotate_html`.
    """
    import matplotlib.pyplot as plt

    guesses = [""] * len(text) if guesses is None else guesses
    values, depth = _check(text, values, guesses)
    # All that may raise comes before the figure, which would stay open and empty.
    scaled = scale_values(values, low, high)
    colors = value_colors(values, low, high) / 255
    lines = _lines(text, width)
    columns = max((end - start for start, end in lines), default=1)
    height = 1.45 + 0.72 * depth + 0.25 * bool(depth)  # of a line, in characters
    size = (0.125 * columns + 0.2, 0.2 * height * len(lines) + 0.2)
    ax = plt.subplots(figsize=size)[1]
    fonts = {"family": "monospace", "ha": "center", "va": "center"}
    for row, (start, end) in enumerate(lines):
        top = row * height
        for x, n in enumerate(range(start, end)):
            ax.add_patch(plt.Rectangle((x - 0.5, top), 1, 1, color=colors[n], lw=0))
            ax.add_patch(
                plt.Rectangle(
                    (x - 0.5, top + 1.35), 1, -0.32 * scaled[n], color="k", lw=0
                )
            )
            ax.text(x, top + 0.5, text[n].translate(_VISIBLE), size=10, **fonts)
            for rank in range(depth):
                char = guesses[n][rank]
                hit = char == text[n + 1 : n + 2]
                ax.text(
                    x,
                    top + 1.75 + 0.72 * rank,
                    char.translate(_VISIBLE),
                    size=7.5,
                    weight="bold" if hit else "normal",
                    color="#000000" if hit else "#666666",
                    **fonts,
                )
    ax.set(xlim=(-0.6, columns - 0.4), ylim=(len(lines) * height, -0.1))
    ax.axis("off")
    return ax


def _check(text, values, guesses):
    values = check_values(text, values)
    if len(guesses) != len(text):
        raise ValueError(
            f"`guesses` must have one string for each of {len(text)} characters; "
            f"got {len(guesses)}."
        )
    lengths = {len(guess) for guess in guesses} or {0}
    if len(lengths) > 1:
        raise ValueError(
            f"`guesses` must all have one length; got {sorted(lengths)} characters."
        )
    return values, lengths.pop()


def _lines(text, width):
    """Where lines start and end, the line ends included, which may hang over."""
    width, start, lines = check_size("width", width), 0, []
    while start < len(text):
        end = text.find("\n", start, start + width + 1) + 1
        if not end and len(text) <= start + width:
            end = len(text)
        if not end:
            space = text.rfind(" ", start, start + width)
            end = space + 1 if space >= 0 else start + width
        lines.append((start, end))
        start = end
    return lines


def _escape(char):
    return html.escape(char.translate(_VISIBLE))


def _mark(guess, follows):
    return f"<b>{_escape(guess)}</b>" if guess == follows else _escape(guess)
