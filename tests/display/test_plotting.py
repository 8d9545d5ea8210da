"""Figures: what is drawn, and what is said about it."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

from seqmodels.display import plotting
from seqmodels.display.colors import value_colors

pytestmark = pytest.mark.usefixtures("figures")


def test_curves_are_drawn_and_labelled():
    ax = plotting.plot_curves(
        {"ours": ([1, 2, 3], [4, 5, 6]), "paper": ([1, 3], [7, 7], {"color": "red"})},
        xlabel="step",
        ylabel="loss (nats)",
        title="Training",
        logy=True,
    )
    ours, paper = ax.lines
    np.testing.assert_array_equal(ours.get_xydata(), [[1, 4], [2, 5], [3, 6]])
    assert paper.get_color() == "red"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("step", "loss (nats)")
    assert (ax.get_title(loc="left"), ax.get_yscale()) == ("Training", "log")
    assert [text.get_text() for text in ax.get_legend().texts] == ["ours", "paper"]


def test_one_curve_needs_no_legend_and_takes_the_axes_given():
    _, (left, right) = plt.subplots(1, 2)
    ax = plotting.plot_curves({"a": ([1], [2])}, xlabel="x", ylabel="y", ax=right)
    assert ax is right
    assert ax.get_legend() is None
    assert ax.get_yscale() == "linear" and not left.lines


def test_curves_differ_in_colour_and_in_line():
    plotting.use_style()
    curves = {str(n): ([0, 1], [n, n]) for n in range(len(plotting.COLORS))}
    lines = plotting.plot_curves(curves, xlabel="x", ylabel="y").lines
    assert len({line.get_color() for line in lines}) == len(curves) == 7
    assert len({str(line._unscaled_dash_pattern) for line in lines}) == 7


def test_figure_is_shown_with_its_text(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    plotting.plot_curves({"a": ([1], [2])}, xlabel="x", ylabel="y")
    plotting.show_figure('A "loss" < 2 & falling.')
    (image,) = shown
    assert image.data.startswith(b"\x89PNG\r\n")
    assert image.alt == 'A "loss" < 2 & falling.'
    assert not plt.get_fignums()


def spans(html):
    return re.findall(r"background:rgb\((.*?)\);.*?>(.*?)</span>", html.data)


def test_text_is_coloured_by_value():
    values = [-1, 0, 1, 0.5, -9, 9]
    blue, white, orange = "86,180,233", "255,255,255", "230,159,0"
    assert spans(plotting.color_text("abcdef", values)) == [
        (blue, "a"),
        (white, "b"),
        (orange, "c"),
        ("242,207,127", "d"),
        (blue, "e"),
        (orange, "f"),
    ]
    scaled = spans(plotting.color_text("abc", [0, 5, 10], low=0, high=10))
    assert [color for color, _ in scaled] == [blue, white, orange]


def test_text_is_escaped():
    shown = spans(plotting.color_text("<&\n", [0, 0, 0]))
    assert [char for _, char in shown] == ["&lt;", "&amp;", "<br>"]


def test_every_character_needs_its_value():
    message = r"shape \(3,\), one for each character; got \(2,\)"
    with pytest.raises(ValueError, match=message):
        plotting.color_text("abc", [0, 1])


def test_colours_need_values_between_two_limits():
    message = "`values` must be numbers; got NaN at 1 of 2 places, first at 0"
    with pytest.raises(ValueError, match=message):
        value_colors([np.nan, 1.0])
    with pytest.raises(ValueError, match="`low` must be below `high`.*; got 1 and 1"):
        value_colors([0.0], 1, 1)
    with pytest.raises(ValueError, match="`low` must be below `high`.*; got 1 and 1"):
        plotting.color_text("a", [0.0], low=1, high=1)
    infinite = value_colors([-np.inf, np.inf]).tolist()
    assert infinite == [[86, 180, 233], [230, 159, 0]]


def test_attention_map():
    weights = np.array([[0.9, 0.1, 0.0], [0.2, 0.3, 0.5]])
    ax = plotting.plot_attention(weights, "abc", "xy")
    np.testing.assert_array_equal(ax.images[0].get_array(), weights)
    assert ax.images[0].get_clim() == (0, 1)
    assert [label.get_text() for label in ax.get_xticklabels()] == list("abc")
    assert [label.get_text() for label in ax.get_yticklabels()] == list("xy")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("read", "written")


@pytest.mark.parametrize("source, target", [("ab", "xy"), ("abc", "x"), ("xy", "abc")])
def test_attention_map_needs_a_label_for_every_row_and_column(source, target):
    shape = rf"\({len(target)}, {len(source)}\)"
    message = rf"`weights` must have shape {shape}, .*; got \(2, 3\)"
    with pytest.raises(ValueError, match=message):
        plotting.plot_attention(np.ones((2, 3)) / 3, source, target)
    assert not plt.get_fignums()


def test_embedding():
    points = np.array([[0.0, 1.0], [2.0, 3.0], [-4.0, 5.0]])
    ax = plotting.plot_embedding(points, ["a", "b", "c"], marked=["b"])
    assert [text.get_text() for text in ax.texts] == ["a", "b", "c"]
    np.testing.assert_array_equal([text.get_position() for text in ax.texts], points)
    assert [text.get_weight() for text in ax.texts] == ["normal", "bold", "normal"]
    assert ax.get_xlim()[0] <= -4 and ax.get_xlim()[1] >= 2  # nothing lies outside
    message = r"`points` must have shape \(2, 2\), .*; got \(3, 2\)"
    with pytest.raises(ValueError, match=message):
        plotting.plot_embedding(points, ["a", "b"])
