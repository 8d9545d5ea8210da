"""Text with a number for each character and the guesses beneath."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

from seqmodels import CharVocab
from seqmodels.display.annotate import annotate_html, likeliest, plot_text

pytestmark = pytest.mark.usefixtures("figures")


def without_styles(markup):
    return re.sub(' style="[^"]*"', "", markup)


def test_likeliest_are_in_order():
    logits = [[0.0, 2.0, 1.0, -1.0], [5.0, 2.0, 2.0, 9.0]]
    assert likeliest(logits, CharVocab("abcd"), count=3) == ["bca", "dab"]


def test_likeliest_of_numbers_without_a_sign():
    logits = np.array([[0, 200, 100], [1, 0, 2]], np.uint8)
    assert likeliest(logits, CharVocab("abc"), count=2) == ["bc", "ca"]


def test_likeliest_needs_logits_of_the_vocabulary():
    vocab = CharVocab("abc")
    with pytest.raises(ValueError, match=r"\(num_chars, 3\); got \(1, 2\)"):
        likeliest([[1.0, 2.0]], vocab)


@pytest.mark.parametrize(
    "count, wanted", [(4, "at most 3"), (True, "a positive"), (2.5, "a positive")]
)
def test_likeliest_needs_a_count(count, wanted):
    with pytest.raises(ValueError, match=f"`count` must be {wanted}.*; got {count}"):
        likeliest([[1.0, 2.0, 3.0]], CharVocab("abc"), count=count)


def test_rows_stand_beneath_each_other_without_any_style():
    markup = annotate_html("ab\ncd", [-1, 0, 1, 0.5, 9], ["bx", "yz", "cd", "d<", "&e"])
    lines = without_styles(markup.data)[len("<pre>") : -len("</pre>")].split("\n")
    spans = [re.sub("<.*?>", "", line) for line in lines]
    assert spans == ["ab\u00b6", "059", "byc", "xzd", ""] + [
        "cd",
        "79",
        "d&amp;",
        "&lt;e",
        "",
    ]


def test_no_character_moves_those_beneath_it():
    text, guesses = "a\tb\r\n", ["\t\r", "b ", "\r\t", "\nb", "a\r"]
    markup = annotate_html(text, [0] * 5, guesses).data
    rows = re.sub("<.*?>", "", markup).split("\n")
    assert rows == ["a\u2192b\u21b5\u00b6", "55555", "\u2192b\u21b5\u00b6a"] + [
        "\u21b5\u00b7\u2192b\u21b5",
        "",
    ]
    shown = [drawn.get_text() for drawn in plot_text(text, [0] * 5, guesses).texts]
    assert "".join(shown[::3] + shown[1::3] + shown[2::3]) == "".join(
        rows[0] + rows[2] + rows[3]
    )
    plt.gcf().canvas.draw()  # warns of characters that the font has not


def test_guesses_that_came_true_are_bold():
    markup = annotate_html("ab\nc", [0] * 4, ["ba", "a\n", "bc", "bc"])
    assert re.findall("<b>(.*?)</b>", markup.data) == ["b", "\u00b6", "c"]


def test_colours_are_written_into_the_text():
    markup = annotate_html("abc", [0, 5, 10], [""] * 3, low=0, high=10).data
    assert re.findall(r"background-color:(.*?);", markup) == [
        "rgb(86,180,233)",
        "rgb(255,255,255)",
        "rgb(230,159,0)",
    ]
    assert "<script" not in markup and "class=" not in markup


def test_no_text_at_all():
    assert "<span" not in annotate_html("", [], []).data
    assert not plot_text("", []).texts


def test_figure_shows_text_values_and_guesses():
    ax = plot_text("a b\nc", [1, 0, -1, 0, 0.5], ["bx", " b", "\nc", "cd", "ee"])
    shown = [text.get_text() for text in ax.texts]
    assert "".join(shown[::3]) == "a\u00b7b\u00b6c"
    assert "".join(shown[1::3]) == "b\u00b7\u00b6ce"
    bold = [text.get_text() for text in ax.texts if text.get_weight() == "bold"]
    assert bold == ["b", "\u00b6", "c"]
    bars = [patch.get_height() for patch in ax.patches[1::2]]
    np.testing.assert_allclose(bars, [-0.32, -0.16, 0, -0.16, -0.24])


def test_figure_without_guesses():
    ax = plot_text("ab", [0.0, 1.0])
    assert [text.get_text() for text in ax.texts] == ["a", "b"]
    fill = ax.patches[2].get_facecolor()
    np.testing.assert_allclose(np.multiply(fill[:3], 255), [230, 159, 0])


LONG = "one two three\nfour-and-twenty"
BROKEN = ["one two\u00b7", "three\u00b6", "four-and", "-twenty"]


def test_long_lines_of_a_figure_are_broken():
    ax = plot_text(LONG, np.zeros(len(LONG)), width=8)
    rows = {}
    for text in ax.texts:
        rows.setdefault(text.get_position()[1], []).append(text.get_text())
    rows = ["".join(row) for _, row in sorted(rows.items())]
    assert rows == [row.replace(" ", "\u00b7") for row in BROKEN]
    # 3,000 characters in one line once made a figure of 375 inches.
    size = plot_text("a" * 3000, np.zeros(3000)).figure.get_size_inches()
    np.testing.assert_allclose(size, [0.125 * 80 + 0.2, 0.29 * 38 + 0.2])


def test_long_lines_of_a_web_page_are_broken():
    markup = annotate_html(LONG, np.zeros(len(LONG)), [""] * len(LONG), width=8)
    rows = re.sub("<.*?>", "", markup.data).split("\n")[::3]
    assert rows[:4] == [row.replace(" ", "\u00b7") for row in BROKEN]


def test_a_line_that_just_fits_is_not_broken():
    rows = {text.get_position()[1] for text in plot_text("abcd\nefgh", [0] * 9).texts}
    assert len(rows) == 2
    ax = plot_text("abcd\nefgh", [0] * 9, width=4)
    assert {text.get_position()[1] for text in ax.texts} == rows


@pytest.mark.parametrize("draw", [annotate_html, plot_text])
def test_values_that_have_no_colour_are_refused(draw):
    guesses = ["a", "b", "c"]
    message = "`values` must be numbers; got NaN at 2 of 3 places, first at 1"
    with pytest.raises(ValueError, match=message):
        draw("abc", [0, np.nan, np.nan], guesses)
    for low, high in [(1, 1), (2, 1), (np.nan, 1), (0, np.inf)]:
        message = f"`low` must be below `high`, both finite; got {low} and {high}"
        with pytest.raises(ValueError, match=message):
            draw("abc", [0, 1, 2], guesses, low=low, high=high)
    for width in (0, True, 2.5):
        message = f"`width` must be a positive integer; got {width}"
        with pytest.raises(ValueError, match=message):
            draw("abc", [0, 1, 2], guesses, width=width)
    assert not plt.get_fignums()


@pytest.mark.parametrize("draw", [annotate_html, plot_text])
def test_every_character_needs_its_value_and_its_guesses(draw):
    with pytest.raises(ValueError, match=r"shape \(3,\).*; got \(2,\)"):
        draw("abc", [0, 1], ["a", "b", "c"])
    with pytest.raises(ValueError, match="each of 3 characters; got 2"):
        draw("abc", [0, 1, 2], ["a", "b"])
    with pytest.raises(ValueError, match="each of 3 characters; got 0"):
        draw("abc", [0, 1, 2], [])
    with pytest.raises(ValueError, match=r"one length; got \[1, 2\]"):
        draw("abc", [0, 1, 2], ["a", "bb", "c"])


def test_guesses_may_be_an_array():
    guesses = np.array(["b", "c"])
    assert "<b>b</b>c" in annotate_html("ab", [0, 1], guesses).data
    shown = [text.get_text() for text in plot_text("ab", [0, 1], guesses).texts]
    assert shown == ["a", "b", "b", "c"]
