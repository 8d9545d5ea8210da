"""How fast the page opens and answers, and how near it is to Keras; not a test.

    python -m tests.page.measure [FILE.keras ...]

Needs Playwright and Chromium. Without files it measures untrained networks.
"""

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import seqmodels
from seqmodels.page.assembling import module

# From a key to the frame that shows what came of it; and when the first was shown.
OBSERVE = """
window.waits = [];
addEventListener("keydown", ({ timeStamp }) => requestAnimationFrame(() => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => waits.push(performance.now() - timeStamp);
  port2.postMessage(0);
}), true);
const look = () => document.querySelector(".guesses tbody tr .value")?.textContent
  ? requestAnimationFrame(() => (window.opened = performance.now()))
  : requestAnimationFrame(look);
look();
"""
LEAN = """
new Promise((done) => {
  const choose = (by) => document.querySelector(`input[value=${by}]`).click();
  choose("surprise");
  const begun = performance.now();
  let last = 0;
  new MutationObserver(() => (last = performance.now() - begun))
    .observe(document.querySelector(".backdrop"), { attributes: true, subtree: true });
  choose("lean");
  setTimeout(() => done(last), 3000);
})
"""
PROBS = """
const { description } = given;
const network = new Network(description, floatsOf(bytesOf(given.weights)));
const letters = new Letters(description.chars, description.pairs);
const tables = given.tables && (await unpacked(bytesOf(given.tables)));
const knowledge = tables ? new Knowledge(description.knowledge, tables) : null;
window.probs = given.prompts.map((ids) => {
  const reading = new Reading(network, letters, knowledge);
  reading.set(ids);
  reading.advance();
  return [...softmax(reading.logitsAt(ids.length - 1))];
});
"""


def measure(browser, name, model, vocab, text):
    with tempfile.TemporaryDirectory() as folder:
        path = seqmodels.playground(
            model, vocab, Path(folder) / "page.html", examples=[text]
        )
        opened, waits, leans = [], {}, []
        for by in ("cell", "lean", "surprise") * 2:
            page = browser.new_page()
            page.add_init_script(OBSERVE)
            page.goto(path.as_uri() + f"#by={by}")
            page.wait_for_selector(".guesses tbody tr")
            page.wait_for_timeout(1500)
            opened.append(page.evaluate("opened"))
            page.locator("textarea").focus()
            page.keyboard.press("Control+End")
            for char in text[:30]:
                page.keyboard.press("Enter" if char == "\n" else char)
                time.sleep(0.15)
            page.wait_for_timeout(300)
            waits.setdefault(by, []).extend(page.evaluate("waits")[-30:])
            if by == "lean":  # until the colours have followed
                leans.append(page.evaluate(LEAN))
            page.close()
        rng = np.random.default_rng(0)
        starts = rng.integers(0, len(text) - 50, size=100)
        prompts = [text[n : n + 50] for n in starts]
        letters = getattr(vocab, "chars", vocab)
        letters = vocab if isinstance(letters, str) else letters
        shown = seqmodels.playground(model, vocab)
        given = {
            **shown._synced,
            "prompts": [letters.encode(some).tolist() for some in prompts],
        }
        script = f"{module()}\nconst given = {json.dumps(given)};\n{PROBS}"
        other = Path(folder) / "probs.html"
        other.write_text(f'<script type="module">{script}</script>', "utf-8")
        page = browser.new_page()
        page.goto(other.as_uri())
        page.wait_for_function("window.probs")
        probs = np.array(page.evaluate("probs"))
        page.close()
    own = np.array([probs_after(model, vocab.encode(some)) for some in prompts])
    print(
        f"{name}: opens in {np.median(opened):.0f} ms (at most {max(opened):.0f});",
        end="",
    )
    for by, some in waits.items():
        print(f" {by}: key {np.median(some):.0f} ms, at most {max(some):.0f};", end="")
    print(f" leaning {min(leans):.0f} ms;", end="")
    print(f" largest difference to Keras {np.abs(probs - own).max():.1e}", flush=True)


def probs_after(model, ids):
    states = model.initial_states(1)
    for now in ids:
        logits, states = model.step(np.array([now], np.int32), states)
    logits = np.asarray(logits[0], float)
    return np.exp(logits - np.logaddexp.reduce(logits))


def main(files):
    from playwright.sync_api import sync_playwright

    text = "it was the best of times, it was the worst of times, " * 4
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        for file in files:
            model, vocab = seqmodels.load(file)
            known = getattr(model, "match", None) and vocab.decode(model.match.ids)
            measure(browser, file, model, vocab, known[-300:] if known else text)
        vocab = seqmodels.CharVocab(sorted({*map(chr, range(32, 127)), "\n"}))
        kinds = [
            ("lstm", 128, 1),
            ("gru", 128, 1),
            ("lstm", 512, 1),
            ("gru", 512, 1),
            ("lstm", 512, 2),
        ]
        for cell, units, layers in [] if files else kinds:
            model = seqmodels.CharLM(len(vocab), units, cell=cell, num_layers=layers)
            measure(browser, f"{cell} {layers} x {units}", model, vocab, text)


if __name__ == "__main__":
    main(sys.argv[1:])
