"""Chromium, where Playwright and it are there: neither is among the requirements."""

import os
import shutil
from pathlib import Path

import pytest

READY = ".guesses tbody tr"  # when the page shows its first guesses
NAMES = "chromium chromium-browser google-chrome google-chrome-stable".split()


@pytest.fixture(scope="module")  # its event loop would be in other tests' way
def chromium():
    """A browser, headless; the test is skipped where there is none."""
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        found = [own] if os.path.exists(own) else filter(None, map(shutil.which, NAMES))
        path = next(iter(found), None)
        if path is None:
            pytest.skip("there is no Chromium")
        # As root, in a container, its sandbox does not start.
        args = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=args)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium):
    """A function that opens a file as a fresh visitor; nothing may go wrong in it."""
    contexts, faults = [], []

    def open_page(path, hash="", *, width=1280, ready=READY, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: faults.append(said.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: check(request.url))
        page.goto(Path(path).as_uri() + hash)
        page.wait_for_selector(ready)
        return page

    def check(url):
        if not url.startswith(("file:", "data:", "about:")):
            faults.append(f"asked for {url}")

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []
