"""What is said of an answer, as text and, in a notebook, as HTML."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from seqmodels.exercises._comparing import holds_arrays

RIGHT, UNTOUCHED, WRONG = "right", "not attempted yet", "wrong"
_SIGNS = {RIGHT: ("✓", "#1b7f4d"), UNTOUCHED: ("○", "#777777"), WRONG: ("✗", "#b3472f")}
_NAME, _VALUE = "text-align:right;vertical-align:top", "text-align:left"
MOST = 12  # entries of a list that are shown, rows and columns that are drawn


@dataclass(frozen=True, repr=False)
class Verdict:
    """Right, not attempted yet, or wrong: then under which name, and where it shows.

    Args:
        exercise: The exercise's name.
        state: `"right"`, `"not attempted yet"` or `"wrong"`.
        misconception: The wrong answer's name, if it is a known one.
        explanation: Sentences for the reader.
        inputs: The smallest failing input, by the names of its parts.
        yours: What the reader's answer gives for it.
        wanted: What it should give.
        has_example: Whether the three above say something.
        printed: What the reader's function printed meanwhile.
    """

    exercise: str
    state: str
    misconception: str = ""
    explanation: str = ""
    inputs: Mapping[str, object] = field(default_factory=dict)
    yours: object = None
    wanted: object = None
    has_example: bool = False
    printed: str = ""

    def __str__(self):
        lines = [f"{_SIGNS[self.state][0]} {self._headline()}", *self._sentences()]
        for name, value in self._values().items():
            first, *others = as_text(value).splitlines()
            start = f"   {name:>{self._width()}}  "
            lines += [start + first, *(" " * len(start) + line for line in others)]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self):
        sign, color = _SIGNS[self.state]
        parts = [f"<b style='color:{color}'>{sign} {html.escape(self._headline())}</b>"]
        parts += [f"<div>{_marked(line)}</div>" for line in self._sentences()]
        values = self._values()
        if values:
            other = {"yours": self.wanted, "wanted": self.yours}
            rows = "".join(
                f"<tr><td style='{_NAME}'>{html.escape(name)}</td>"
                f"<td style='{_VALUE}'>{_as_html(value, other.get(name))}</td></tr>"
                for name, value in values.items()
            )
            parts.append(f"<table style='margin:0.3em 0'>{rows}</table>")
        style = f"border-left:4px solid {color};padding:0.2em 0.8em;margin:0.3em 0"
        return f"<div style='{style}'>{''.join(parts)}</div>"

    def _headline(self):
        what = f": {self.misconception}" if self.misconception else ""
        state = "not quite" if self.state == WRONG and not what else self.state
        return f"{self.exercise}: {state}" if not what else f"{self.exercise}{what}"

    def _sentences(self):
        return self.explanation.splitlines()

    def _values(self):
        if not self.has_example:
            return {}
        values = {**self.inputs, "yours": self.yours, "wanted": self.wanted}
        if any(map(callable, self.inputs.values())):  # which cannot be read
            names = ", ".join(self.inputs) + "," * (len(self.inputs) == 1)
            values["to try"] = Printed(f"{names} = check.{self.exercise}.failed")
        lines = self.printed.splitlines()
        if len(lines) > MOST:
            lines[MOST:] = ["..."]
        return {**values, "printed": Printed("\n".join(lines))} if lines else values

    def _width(self):
        return max(map(len, self._values()), default=0)


class Printed(str):
    """Text that is shown as it is."""


def _marked(line):
    """A line as HTML, with what stands `so` or *so* as Markdown would set it."""
    line = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(line))
    return re.sub(r"(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])", r"<em>\1</em>", line)


def show(verdict: Verdict) -> None:
    """Shows a verdict beneath a notebook's cell, or prints it."""
    from seqmodels.display.bars import in_notebook

    if in_notebook():
        from IPython.display import display

        display(verdict)
    else:
        print(verdict)


def as_text(value: object) -> str:
    """A value in few and plain characters: arrays as lists, functions by name."""
    if isinstance(value, Printed):
        return str(value)
    if isinstance(value, np.random.Generator):
        return "a source of random numbers"
    if callable(value) and hasattr(value, "__name__"):
        return value.__name__
    if isinstance(value, (str, bytes, bool, int)) or value is None:
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{k!r}: {as_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (tuple, list)) and not _is_matrix(value):
        inside = ", ".join(as_text(each).replace("\n", " ") for each in value[:MOST])
        if len(value) > MOST:
            inside += f", ... {len(value)} in all"
        return f"({inside})" if isinstance(value, tuple) else f"[{inside}]"
    try:
        array = np.asarray(value)
    except Exception:
        return repr(value)
    if array.dtype.kind not in "biuf":
        return repr(value)
    if array.size == 0:
        return f"an empty array of shape {array.shape}"
    return np.array2string(array, precision=4, suppress_small=True, threshold=60)


def _is_numeric(value):
    try:
        return np.asarray(value).dtype.kind in "biuf"
    except Exception:
        return False


def _is_matrix(value):
    is_list = isinstance(value, list) and not holds_arrays(value)
    return is_list and _is_numeric(value) and np.ndim(value) > 1


def _as_html(value, other):
    """A matrix is drawn, the places that differ from the other framed; else text."""
    array = (
        None
        if isinstance(value, tuple) or not _is_numeric(value)
        else np.asarray(value)
    )
    if array is None or array.ndim != 2 or max(array.shape) > MOST or not array.size:
        return (
            f"<code style='white-space:pre-wrap'>{html.escape(as_text(value))}</code>"
        )
    alike = np.asarray(other) if _is_numeric(other) else None
    if alike is not None and alike.shape == array.shape:
        differs = ~np.isclose(array, alike, rtol=1e-3, atol=1e-6, equal_nan=True)
    else:
        differs = np.zeros(array.shape, bool)
    largest = np.nanmax(np.abs(np.where(np.isfinite(array), array, 0))) or 1
    rows = ""
    for numbers, marked in zip(array, differs, strict=True):
        cells = ""
        for number, mark in zip(numbers, marked, strict=True):
            share = float(number / largest) if np.isfinite(number) else 0
            tint = "40,110,190" if share > 0 else "200,110,40"
            frame = "outline:2px solid #b3472f;font-weight:bold;" if mark else ""
            style = f"background:rgba({tint},{abs(share) * 0.5:.2f});{frame}"
            shown = f"{number:.4g}"
            cells += (
                f"<td style='padding:1px 6px;text-align:right;{style}'>{shown}</td>"
            )
        rows += f"<tr>{cells}</tr>"
    return f"<table style='border-spacing:3px;border-collapse:separate'>{rows}</table>"
