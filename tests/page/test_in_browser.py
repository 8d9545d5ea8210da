"""The page as its visitors have it: in Chromium, from a file."""

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest

from seqmodels import NGramLM, playground
from seqmodels.page.assembling import module, style
from tests.page.networks import make_network

pytestmark = pytest.mark.slow

FIRST, SECOND = "abc abd\nabe abc fgh", "hgf edc"


@pytest.fixture(scope="module")
def network():
    return make_network(cell="lstm", units=24, num_layers=2)


@pytest.fixture(scope="module")
def path(network, tmp_path_factory):
    model, vocab = network
    return playground(
        model,
        vocab,
        tmp_path_factory.mktemp("page") / "page.html",
        ngram=NGramLM(len(vocab), 3).fit(vocab.encode(FIRST * 3)),
        title="Ten letters",
        examples=[FIRST, SECOND],
    )


def guesses(page):
    """Letters and what network and n-gram give them, as shown."""
    rows = page.locator(".guesses tbody tr").all_inner_texts()
    return [row.split() for row in rows]


def shares(model, vocab, text):
    logits = model(vocab.encode(text)[None])[0].numpy()[0, -1].astype(float)
    return np.exp(logits - np.logaddexp.reduce(logits))


def text_of(page):
    return page.locator("textarea").input_value()


def until(page, condition):
    """Waits until it holds; Playwright's own way is forbidden by the page's policy."""
    for _ in range(200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"never: {condition}")


def settle(page):
    page.wait_for_timeout(450)  # the address is written at leisure


def colors(page):
    return page.locator(".backdrop span").evaluate_all(
        "spans => spans.map(s => +s.style.getPropertyValue('--a') "
        "* (s.classList.contains('down') ? -1 : 1))"
    )


def test_typing_shows_the_guesses_of_network_and_ngram(open_page, path, network):
    model, vocab = network
    page = open_page(path)
    assert text_of(page) == FIRST and page.title() == "Ten letters"
    page.locator("textarea").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" ab")
    assert text_of(page) == FIRST + " ab"
    probs = shares(model, vocab, FIRST + " ab")
    counted = NGramLM(10, 3).fit(vocab.encode(FIRST * 3)).next_probs(vocab.encode("ab"))
    best = np.argsort(-probs)
    shown = guesses(page)
    assert len(shown) == 8 and shown[0][0] == vocab.chars[best[0]].replace(" ", "·")
    for letter, network_says, ngram_says in shown:
        id = vocab.chars.index({"·": " ", "¶": "\n"}.get(letter, letter))
        for said, p in ((network_says, probs[id]), (ngram_says, counted[id])):
            if "<" not in said:
                assert float(said.rstrip("%")) / 100 == pytest.approx(p, abs=0.006)
    until(
        page,
        "document.querySelector('[data-el=live]').textContent.startsWith('After b: ')",
    )


def test_a_click_on_a_guess_types_it(open_page, path):
    page = open_page(path)
    page.locator("textarea").fill("ab")
    (letter, *_), *_ = guesses(page)
    page.locator(".guesses button").first.click()
    assert text_of(page) == "ab" + {"·": " ", "¶": "\n"}.get(letter, letter)


def test_one_stands_where_one_clicks(open_page, path, network):
    model, vocab = network
    page = open_page(path)
    box = page.locator(".backdrop span").nth(4).bounding_box()
    page.mouse.click(box["x"] + box["width"] - 1, box["y"] + 8)
    assert "letter 5 of 19" in page.locator(".place").inner_text()
    best = shares(model, vocab, FIRST[:5]).argmax()
    assert guesses(page)[0][0] == vocab.chars[best].replace(" ", "·")
    page.keyboard.press("ArrowLeft")
    assert "letter 4 of 19" in page.locator(".place").inner_text()
    page.keyboard.press("Control+Home")
    assert page.locator(".place").inner_text() == "Before the first letter."
    assert "Nothing is read yet" in page.locator(".next").inner_text()


def test_other_letters_are_left_out_and_named(open_page, path):
    page = open_page(path)
    page.locator("textarea").fill("aXb😀c")
    assert text_of(page) == "abc"
    said = page.locator(".message").inner_text()
    assert said == "Left out, being none of this network's 10 letters: “X” “😀”"
    page.keyboard.type("d")
    assert text_of(page) == "abcd" and not page.locator(".message").inner_text()


def test_words_under_way_are_read_but_left_alone(open_page, path):
    # So does a phone's keyboard with every word, and pinyin before it is Chinese.
    page = open_page(path, "#t=a")
    keys = page.context.new_cdp_session(page)
    page.locator("textarea").focus()
    page.keyboard.press("Control+End")
    for text, place in (("b", 2), ("bX", 2), ("bXc", 3)):
        end = {"selectionStart": len(text), "selectionEnd": len(text)}
        keys.send("Input.imeSetComposition", {"text": text, **end})
        assert text_of(page) == "a" + text
        assert f"letter {place} of {place}" in page.locator(".place").inner_text()
        assert not page.locator(".message").inner_text()
    keys.send("Input.insertText", {"text": "bXc"})
    assert text_of(page) == "abc" and "“X”" in page.locator(".message").inner_text()


def test_long_texts_are_read_in_pieces_and_cut(open_page, path):
    page = open_page(path, "#by=lean&f=ab")
    slow = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 15})
    page.locator("textarea").fill("ab" * 1100)
    assert page.locator(".message").inner_text().startswith("Reading: ")
    page.set_viewport_size({"width": 400, "height": 700})  # draws what is not there yet
    page.keyboard.press("Control+End")
    page.keyboard.press("Backspace")
    page.locator("textarea").fill("cd" * 900)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    until(page, "document.querySelector('.place').textContent.includes('1800 of')")
    page.locator("textarea").fill("ab" * 1100)
    until(page, "document.querySelector('.place').textContent.includes('2000 of')")
    assert text_of(page) == "ab" * 1000


def test_choosing_a_cell_colours_the_text_by_it(open_page, path, network):
    model, vocab = network
    page = open_page(path)
    states, values = model.initial_states(1), []
    for id in vocab.encode(FIRST):
        _, states = model.step(np.array([id]), states)
        values.append([np.tanh(layer[1].numpy()[0]) for layer in states])
    values = np.array(values)  # (letters, layers, units)

    def check(layer, unit):
        name = f"cell {layer}.{unit}"
        assert page.locator("[data-el=cellName]").inner_text() == name
        np.testing.assert_allclose(colors(page), values[:, layer, unit], atol=0.006)

    page.locator("[data-el=layer]").select_option("0")
    page.locator("[data-el=unit]").fill("7")
    check(0, 7)
    page.locator("[data-el=grid]").focus()
    page.keyboard.press("ArrowRight")
    check(0, 8)
    assert page.locator("[data-el=grid]").get_attribute("aria-valuenow") == "8"
    page.keyboard.press("End")
    check(0, 23)
    page.locator("canvas").click(position={"x": 22 * 3 + 5, "y": 5})
    check(0, 3)
    page.locator("[data-el=layer]").select_option("1")
    check(1, 3)


def test_gates_cell_and_output_are_shown(open_page, path):
    page = open_page(path, "#t=abc&l=0&c=2")
    rows = page.locator(".meters tr").all_inner_texts()
    shown = {row.split("\t")[0]: row.split("\t")[-1] for row in rows}
    i, f, g, o, h, value = (
        float(shown[name].replace("−", "-"))
        for name in (
            *("input gate i", "forget gate f", "candidate g", "output gate o"),
            *("output h", "value, tanh(c)"),
        )
    )
    assert h == pytest.approx(o * value, abs=0.01) and min(i, f, o) >= 0
    assert re.match(r"c = f·c′ \+ i·g = ", page.locator(".equation").inner_text())


def test_what_a_guess_leans_on(open_page, path):
    page = open_page(path)
    page.get_by_text("what it leans on").click()
    until(
        page,
        "[...document.querySelectorAll('.backdrop span')]"
        ".some(s => s.style.getPropertyValue('--a') === '1.00')",
    )
    some = colors(page)
    assert len(some) == 19 and max(map(abs, some)) == 1
    assert "would be likelier" in page.locator(".legend").inner_text()
    page.get_by_text("surprise", exact=True).click()
    assert colors(page)[0] == 0 and min(colors(page)) >= 0


def test_a_cell_is_held_while_it_writes(open_page, path):
    page = open_page(path, "#t=abc&l=1&c=5")
    page.locator("[data-el=value]").fill("-0.8")
    page.locator("[data-el=hold]").check()
    assert "held at −0.80 from letter 4 on" in page.locator(".cells").inner_text()
    page.locator("[data-el=write]").click()
    until(page, "document.querySelector('textarea').value.length > 8")
    page.get_by_role("button", name="Stop").click()
    some = colors(page)
    assert len(some) > 8 and set(some[3:]) == {-0.8} and -0.8 not in some[:3]
    page.locator("[data-el=hold]").uncheck()
    assert set(colors(page)[3:]) != {-0.8}


def test_it_writes_by_temperature_and_top_k(open_page, path, network):
    model, vocab = network
    page = open_page(path, "#t=abc")
    page.locator("[data-el=temperature]").fill("0")
    for _ in range(4):
        page.get_by_role("button", name="One letter").click()
    text = "abc"
    for _ in range(4):
        text += vocab.chars[shares(model, vocab, text).argmax()]
    assert text_of(page) == text
    page.locator("[data-el=temperature]").fill("2")
    page.locator("[data-el=topK]").fill("1")
    page.get_by_role("button", name="One letter").click()
    assert text_of(page) == text + vocab.chars[shares(model, vocab, text).argmax()]
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("button", name="One letter").click()
    assert "type a letter first" in page.locator(".message").inner_text()


def test_who_wants_no_movement_sees_a_line_at_a_time(open_page, path):
    page = open_page(path, "#t=abc", reduced_motion="reduce")
    page.locator("[data-el=write]").click()
    assert len(text_of(page)) == 23
    page.get_by_role("button", name="Stop").click()


def test_the_address_shares_all(open_page, path):
    page = open_page(path)
    page.locator("textarea").fill("abc\nabd&=#")
    page.locator("[data-el=layer]").select_option("0")
    page.locator("[data-el=unit]").fill("9")
    page.locator("[data-el=quantity]").select_option("f")
    page.locator("[data-el=value]").fill("0.5")
    page.locator("[data-el=hold]").check()
    page.locator("[data-el=temperature]").fill("1.2")
    page.locator("[data-el=topK]").fill("4")
    page.locator("[data-el=find]").fill("ab")
    page.get_by_text("surprise", exact=True).click()
    page.locator("textarea").focus()
    page.keyboard.press("ArrowLeft")
    settle(page)
    hash = page.evaluate("location.hash")
    other = open_page(path, hash)
    for one in ("textarea", *(f"[data-el={name}]" for name in NAMED)):
        assert other.locator(one).input_value() == page.locator(one).input_value(), one
    for one in (".place", ".legend", ".equation", "[data-el=held]", ".guesses"):
        assert other.locator(one).inner_text() == page.locator(one).inner_text(), one
    settle(other)
    assert other.evaluate("location.hash") == hash
    other.evaluate("location.hash = '#t=h&c=1'")
    until(other, "document.querySelector('textarea').value === 'h'")
    assert not other.locator("[data-el=hold]").is_checked()


NAMED = "layer unit quantity value temperature topK find".split()


def test_a_link_is_copied(open_page, path):
    page = open_page(path, permissions=["clipboard-read", "clipboard-write"])
    page.locator("textarea").fill("abe")
    page.get_by_role("button", name="Copy link").click()
    until(page, "document.querySelector('.message').textContent")
    address = page.evaluate("navigator.clipboard.readText()")
    assert address.startswith(path.as_uri() + "#t=abe&")


def test_an_address_with_letters_of_others_and_nonsense(open_page, path):
    page = open_page(path, "#t=aXb&p=99&c=1000&T=-1&hold=1_2&k=99&%")
    assert text_of(page) == "ab" and "letter 2 of 2" in page.content()
    assert "were left out" in page.locator(".message").inner_text()


def test_the_finder_takes_what_is_typed_or_marked(open_page, path):
    page = open_page(path)
    page.locator("[data-el=find]").fill("ab")
    page.wait_for_selector(".found button")
    assert page.locator(".found button").count() == 5
    assert page.locator(".backdrop .inside").count() == 8
    assert (
        "8 of 19 letters are inside." in page.locator("[data-el=chance]").inner_text()
    )
    best = page.locator(".found button").first
    name = re.match(r"cell ([\d.]+)", best.inner_text())[1]
    best.click()
    assert page.locator("[data-el=cellName]").inner_text() == f"cell {name}"
    page.locator("textarea").focus()
    page.keyboard.press("Control+Home")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.get_by_role("button", name="Use the marked one").click()
    until(page, "document.querySelectorAll('.backdrop .inside').length === 3")
    assert page.locator("[data-el=find]").input_value() == "#1-3"
    for wanted, said in {
        "xyz": "The text does not have it.",
        "/(/": "This is no regular expression.",
        "/[^]+/": "nothing to tell it from",
    }.items():
        page.locator("[data-el=find]").fill(wanted)
        until(
            page,
            "document.querySelector('[data-el=chance]').textContent"
            f".includes('{said}')",
        )


def test_examples_one_after_the_other(open_page, path):
    page = open_page(path)
    for text in (SECOND, FIRST):
        page.get_by_role("button", name="Next example").click()
        assert text_of(page) == text


def test_all_controls_are_reached_by_keyboard(open_page, path):
    page = open_page(path)
    reached = set()
    for _ in range(45):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "document.activeElement.dataset.el || document.activeElement.value"
                " || document.activeElement.textContent"
            )
        )
    wanted = {*NAMED, *"text example clear share write one grid hold marked".split()}
    assert wanted <= reached and "cell" in reached


@pytest.mark.parametrize("width", [320, 375, 768, 1280])
def test_nothing_is_wider_than_the_screen(open_page, path, width):
    page = open_page(path, "#f=ab", width=width)
    page.wait_for_selector(".found button")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_is_typed_lies_over_its_colours(open_page, path):
    page = open_page(path, "#t=" + "abc%20defgh%20" * 30, width=375)
    heights = page.evaluate(
        "['textarea', '.backdrop'].map(s => document.querySelector(s).scrollHeight)"
    )
    assert heights[0] == heights[1] > 300
    here = page.locator(".backdrop .here").bounding_box()
    field = page.locator(".scroll").bounding_box()
    assert field["y"] < here["y"] < field["y"] + field["height"] - here["height"] / 2


AXE = os.environ.get("AXE_CORE", "node_modules/axe-core/axe.min.js")


@pytest.mark.skipif(not os.path.exists(AXE), reason="AXE_CORE names no axe.min.js")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_axe_finds_nothing(open_page, path, theme, width):
    page = open_page(path, "#f=ab", width=width, color_scheme=theme)
    page.wait_for_selector(".found button")
    page.evaluate(Path(AXE).read_text(encoding="utf-8") + "; null")
    rules = {
        "runOnly": "wcag2a wcag2aa wcag21a wcag21aa wcag22aa best-practice".split()
    }
    found = page.evaluate("rules => axe.run(document, rules)", rules)
    seen = [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]]
    assert seen == [] and len(found["passes"]) > 20


def open_frame(open_page, shown, folder):
    """The page in a notebook's frame."""
    path = folder / "notebook.html"
    html = f"<!doctype html><title>n</title>{shown._repr_html_()}"
    path.write_text(html, encoding="utf-8")
    return open_page(path, ready="iframe").frame_locator("iframe")


def test_in_a_notebooks_frame(open_page, path, network, tmp_path):
    frame = open_frame(open_page, playground(*network, examples=["abc"]), tmp_path)
    frame.locator("textarea").fill("abcd")
    assert "letter 4 of 4" in frame.locator(".place").inner_text()
    assert not frame.get_by_role("button", name="Copy link").is_visible()


# A file cannot import another: the module, and behind it what a notebook would do.
WIDGETS = """
const given = {given};
const model = {{ get: (name) => given[name] }};
window.ends = [0, 1].map(() => {{
  const el = document.body.appendChild(document.createElement("div"));
  return render({{ model, el }});
}});
"""


def write_widgets(shown, folder):
    """The path of a page with two widgets."""
    path = folder / "widgets.html"
    script = module() + WIDGETS.format(given=json.dumps(shown._synced))
    path.write_text(
        f"<!doctype html><title>w</title><style>{style()}</style><body>"
        f'<script type="module">{script}</script>',
        encoding="utf-8",
    )
    return path


def test_as_widgets_two_on_a_page(open_page, network, tmp_path):
    shown = playground(*network, examples=["abc"])
    page = open_page(write_widgets(shown, tmp_path))
    fields = page.locator("textarea")
    assert fields.count() == 2
    fields.nth(1).fill("abcd")
    assert fields.nth(0).input_value() == "abc"
    page.get_by_text("surprise", exact=True).nth(1).click()
    checked = page.locator("input[value=cell]").evaluate_all(
        "all => all.map(x => x.checked)"
    )
    assert checked == [True, False]
    settle(page)
    assert page.evaluate("location.hash") == ""
    page.evaluate("ends.forEach(end => end())")
