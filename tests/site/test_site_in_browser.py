"""The site as its readers have it: in Chromium, from files and from a server."""

import functools
import http.server
import os
import threading
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

FIVE = [
    "index.html",
    "notebooks/06_text8_lstm.html",
    "notebooks/10_reading_neurons.html",
    "notebooks/solutions/06_text8_lstm.html",
    "data.html",
]
PHONE, DESK = 375, 1280


@pytest.fixture
def visit(chromium, site):
    """A function that opens a page as a fresh visitor; nothing may go wrong in it."""
    contexts, faults = [], []

    def visit(name, *, width=DESK, theme="light", at=None, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda said: said.type == "error" and faults.append(said.text)
        )
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: check(request.url, at))
        page.goto(f"{at}/{name}" if at else (site / name).as_uri())
        page.wait_for_load_state("load")
        return page

    def check(url, at):
        if not url.startswith(("file:", "data:", "about:", at or "file:")):
            faults.append(f"asked for {url}")

    yield visit
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def server(site):
    """The address of a server that has the site."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *said):
            pass

    serve = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), serve) as found:
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{found.server_port}"
        found.shutdown()
        thread.join()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("name", FIVE)
def test_pages_fit_and_are_open_to_all(visit, name, width, theme):
    page = visit(name, width=width, theme=theme)
    play_all(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    axe = os.environ.get("AXE_CORE")
    if not axe:
        pytest.skip("AXE_CORE must name axe.min.js, of the package axe-core")
    page.evaluate(Path(axe).read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({ preload: false })")["violations"]
    said = [
        (rule["id"], [n["html"][:120] for n in rule["nodes"][:4]]) for rule in found
    ]
    assert said == []


def play_all(page):
    """Scrolls to every playground and waits until it has opened."""
    for host in page.locator(".playground").all():
        host.scroll_into_view_if_needed()
        host.locator(".guesses tbody tr").first.wait_for()


def test_mathematics_is_set(visit):
    page = visit("notebooks/06_text8_lstm.html")
    assert page.locator(".math .katex").count() == page.locator(".math").count() > 20
    assert page.locator(".katex-error").count() == 0
    assert page.evaluate("document.fonts.check('16px KaTeX_Math')")
    shown = page.evaluate(
        "() => { document.querySelectorAll('.katex-mathml').forEach(e => e.remove());"
        "return [...document.querySelectorAll('.math')].map(e => e.innerText).join() }"
    )
    assert "\\" not in shown and "$" not in shown


@pytest.mark.parametrize("name", FIVE[:3])
def test_the_playground_answers_a_key(visit, name):
    page = visit(name)
    play_all(page)
    text = page.locator(".playground textarea")
    before = page.locator(".guesses tbody tr").all_inner_texts()
    text.focus()
    page.keyboard.press("Control+End")
    page.keyboard.type("q")
    assert text.input_value().endswith("q")
    assert page.locator(".guesses tbody tr").all_inner_texts() != before
    page.keyboard.press("ArrowLeft")  # where one stands is known in a shadow tree, too
    number = len(text.input_value()) - 1
    page.locator(".place", has_text=f"letter {number} of {number + 1}").wait_for()


def test_a_large_network_is_fetched_when_asked_for(visit):
    page = visit("notebooks/09_shakespeare.html")
    page.locator(".playground").scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    assert page.locator("script[src*='networks/']").count() == 0
    page.locator(".playground > button", has_text="Open the playground (").click()
    play_all(page)


def test_the_front_opens_with_the_cell_for_links(visit):
    page = visit("index.html")
    play_all(page)
    assert page.locator(".place").inner_text().split("Cell ")[1].startswith("126: ")


def test_the_theme_reaches_the_playground(visit):
    page = visit("index.html", theme="light")
    play_all(page)
    paper = "e => getComputedStyle(e).backgroundColor"
    part = page.locator(".seqplay")
    assert part.evaluate(paper) == "rgb(255, 255, 255)"
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_timeout(100)
    assert part.evaluate(paper) == "rgb(20, 23, 26)"


def test_a_solution_is_seen_when_asked_for(visit):
    page = visit("notebooks/06_text8_lstm.html")
    page.locator("a.solution").first.click()
    page.wait_for_url("**/solutions/06_text8_lstm.html#encode-unseen-text")
    code = page.locator("#encode-unseen-text details pre").first
    assert not code.is_visible()
    page.locator("#encode-unseen-text details summary").first.press("Enter")
    assert code.is_visible() and "def encode_unseen_text" in code.inner_text()


def test_the_keyboard_reaches_the_text_and_the_search(visit):
    page = visit("notebooks/06_text8_lstm.html")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert "main content" in focused.inner_text()
    # It slides into the window.
    page.wait_for_function("document.activeElement.getBoundingClientRect().y >= 0")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    outline = "e => getComputedStyle(e).outlineStyle + getComputedStyle(e).boxShadow"
    assert page.locator(":focus").evaluate(outline) != "nonenone"
    page.keyboard.press("Control+k")
    page.keyboard.type("dropout")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=dropout")


@pytest.mark.parametrize("served", [False, True])
def test_search_finds_dropout(server, visit, served):
    page = visit("search.html?q=dropout", at=server) if served else visit("search.html")
    if not served:
        page.goto(page.url + "?q=dropout")
    page.locator("#search-results li a", has_text="dropout").first.wait_for()
    page.locator(".search-summary", has_text="found").wait_for()
    page.wait_for_load_state("networkidle")  # it reads the pages, to quote them
