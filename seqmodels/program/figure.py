"""The figure at the end of a run."""

import os
from pathlib import Path

from seqmodels.display.plotting import COLORS, plot_curves, use_style


def draw(
    path: Path, history: list, chars_per_window: float, to_bits: float, rival: tuple
) -> None:
    """Draws losses against characters read, and the n-gram's as a line, into a PNG.

    Args:
        path: Of the file.
        history: As in `Partial`.
        chars_per_window: Characters that a window holds.
        to_bits: From nats per symbol to bits per character, in training and of the
            text to choose by.
        rival: What the line is called, and its bits per character.

    Raises:
        OSError: If it cannot be written.
    """
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    read = [row[0] * chars_per_window / 1e6 for row in history]
    curves = {
        "in training": (read, [row[1] * to_bits[0] for row in history]),
        "text to choose by": (read, [row[2] * to_bits[1] for row in history]),
    }
    with matplotlib.rc_context():
        use_style()
        figure = Figure(layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        if len(read) == 1:  # a curve of one point would not be seen
            curves = {k: (*xy, {"marker": "o"}) for k, xy in curves.items()}
        plot_curves(
            curves,
            xlabel="characters read, millions",
            ylabel="bits per character",
            ax=axes,
        )
        name, bits = rival
        axes.axhline(
            bits, color=COLORS[3], linestyle=":", label=f"{name}, of that text"
        )
        axes.legend()
        temporary = path.with_name(f".{path.name}")
        figure.savefig(temporary, format="png")
        os.replace(temporary, path)
