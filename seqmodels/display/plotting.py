"""Figures in one style, legible in print and for the colour-blind."""

from __future__ import annotations

import html
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from seqmodels.display.colors import check_values, value_colors

if TYPE_CHECKING:  # drawn with when needed, and slow to import
    from IPython.display import HTML
    from matplotlib.axes import Axes

# Okabe and Ito's palette, "Color Universal Design", 2008, black first.
COLORS = ["#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]
_LINES = ["-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1))]


def use_style() -> None:
    """Sets matplotlib's defaults for the course's figures."""
    import matplotlib.pyplot as plt

    plt.rcParams.update(
        {
            "figure.figsize": (7.0, 3.6),
            "figure.dpi": 100,
            "savefig.bbox": "tight",
            "font.size": 11,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.alpha": 0.3,
            "lines.linewidth": 1.8,
            "legend.frameon": False,
            "axes.prop_cycle": plt.cycler(color=COLORS, linestyle=_LINES),
        }
    )


def plot_curves(
    curves: Mapping[str, tuple],
    *,
    xlabel: str,
    ylabel: str,
    title: str | None = None,
    logy: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draws labelled curves, each in its own colour and line style.

    Args:
        curves: Mapping of label to `(x, y)` or `(x, y, style)`, where `style` holds
            further arguments of `Axes.plot`.
        xlabel: Label of the x axis, with its unit.
        ylabel: Label of the y axis, with its unit.
        title: Title, or `None`.
        logy: Whether the y axis is logarithmic.
        ax: Axes to draw in; `None` makes a figure.

    Returns:
        The axes.
    """
    import matplotlib.pyplot as plt

    ax = ax or plt.subplots()[1]
    for label, (x, y, *style) in curves.items():
        ax.plot(x, y, label=label, **(style[0] if style else {}))
    if logy:
        ax.set_yscale("log")
    ax.set(xlabel=xlabel, ylabel=ylabel)
    if title:
        ax.set_title(title, loc="left")
    if len(curves) > 1:
        ax.legend()
    return ax


def show_figure(alt: str) -> None:
    """Shows the current figure, with a text for those who cannot see it; closes it.

    Args:
        alt: What the figure shows, in one sentence.
    """
    import io

    import matplotlib.pyplot as plt
    from IPython.display import Image, display

    buffer = io.BytesIO()
    plt.gcf().savefig(buffer, format="png")
    plt.close()
    display(Image(data=buffer.getvalue(), alt=alt))


def color_text(
    text: str, values: ArrayLike, *, low: float = -1.0, high: float = 1.0
) -> HTML:
    """Colours each character by a value: blue for low, white, orange for high.

    Args:
        text: The characters.
        values: A number for each, `(len(text),)`.
        low: The value that is full blue.
        high: The value that is full orange.

    Returns:
        An `IPython.display.HTML`, complete in itself.

    Raises:
        ValueError: If there is not one value for each character, a value is NaN, or
            `low` is not below `high`.
    """
    from IPython.display import HTML

    colors = value_colors(check_values(text, values), low, high)
    spans = []
    for char, (red, green, blue) in zip(text, colors, strict=True):
        shown = "<br>" if char == "\n" else html.escape(char)
        style = f"background:rgb({red},{green},{blue});color:#000"
        spans.append(f'<span style="{style}">{shown}</span>')
    body = "".join(spans)
    return HTML(f'<div style="font-family:monospace;white-space:pre-wrap">{body}</div>')


def plot_attention(
    weights: ArrayLike,
    source: Sequence[str],
    target: Sequence[str],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draws which source character each target character looks at.

    Args:
        weights: `(len(target), len(source))`, each row summing to 1.
        source: Characters read.
        target: Characters written.
        ax: Axes to draw in; `None` makes a figure.

    Returns:
        The axes.

    Raises:
        ValueError: If there is not one row for each target character and one column
            for each source character.
    """
    import matplotlib.pyplot as plt

    weights = np.asarray(weights)
    if weights.shape != (len(target), len(source)):
        raise ValueError(
            f"`weights` must have shape ({len(target)}, {len(source)}), a row for "
            "each target character and a column for each source character; got "
            f"{weights.shape}."
        )
    ax = ax or plt.subplots(figsize=(0.28 * len(source) + 1, 0.28 * len(target) + 1))[1]
    ax.imshow(weights, cmap="Greys", vmin=0, vmax=1, aspect="auto")
    ax.set_xticks(range(len(source)), source)
    ax.set_yticks(range(len(target)), target)
    ax.set(xlabel="read", ylabel="written")
    ax.grid(False)
    return ax


def plot_embedding(
    points: ArrayLike,
    labels: Sequence[str],
    *,
    marked: Collection[str] = (),
    ax: Axes | None = None,
) -> Axes:
    """Writes each label at its point in the plane.

    Args:
        points: `(len(labels), 2)`.
        labels: Short strings.
        marked: The labels to set off from the others.
        ax: Axes to draw in; `None` makes a figure.

    Returns:
        The axes.

    Raises:
        ValueError: If there is not one point for each label.
    """
    import matplotlib.pyplot as plt

    points = np.asarray(points)
    if points.shape != (len(labels), 2):
        raise ValueError(
            f"`points` must have shape ({len(labels)}, 2), a point for each label; "
            f"got {points.shape}."
        )
    ax = ax or plt.subplots(figsize=(5, 5))[1]
    ax.scatter(*points.T, s=0)  # sets the limits
    for (x, y), label in zip(points, labels, strict=True):
        style = {"color": COLORS[2], "weight": "bold"} if label in marked else {}
        ax.text(x, y, label, ha="center", va="center", **style)
    ax.set(xlabel="first component", ylabel="second component")
    return ax
