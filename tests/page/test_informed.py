"""The page of a network that is told what counting says, and of letters in pairs."""

import base64
import gzip
import os
import re
from pathlib import Path

import numpy as np
import pytest

import seqmodels
from seqmodels import CompactNGramLM, InformedLM, MatchModel, NGramLM, playground
from seqmodels.page import playground as page_module
from seqmodels.page.assembling import ROOM
from seqmodels.page.fitting import fit
from seqmodels.page.knowledge import pack_knowledge
from tests.page.networks import INFORMED, make_informed
from tests.page.test_in_browser import (
    AXE,
    guesses,
    open_frame,
    text_of,
    until,
    write_widgets,
)
from tests.page.test_in_node import last_logits, letter_probs
from tests.page.test_playground import halves, parts

PAIRS = {"lengths": (2, 3), "chars": 50, "size": 9}
TYPED = (
    "\u4e00\u4e01\u4e02\u4e03\u4e20"  # the first of one symbol each, the last of two
)


@pytest.mark.parametrize("kind", INFORMED, ids=str)
def test_weights_tables_and_text_are_there(tmp_path, kind):
    model, vocab = make_informed(**kind)
    path = playground(model, vocab, tmp_path / "page.html")
    page, description = parts(path)
    packed = halves(page)
    assert len(packed) == model.network.count_params()
    assert np.array_equal(np.sort(packed), np.sort(flat(model.network)))
    raw = gzip.decompress(base64.b64decode(page.raw["tables"]))
    width = 1 if len(vocab) < 256 else 2
    if model.match is None:
        assert description["knowledge"]["text_length"] == 0
    else:
        ids = model.match.ids.astype(f"<u{width}").tobytes()
        assert raw.endswith(ids) and description["knowledge"]["text_length"] == 300
    counts = sum(description["knowledge"]["sizes"])
    assert counts == model.ngram.count_params() == description["ngram"]["num_kept"]
    size = path.stat().st_size - len(page.raw["weights"]) - len(page.raw["tables"])
    assert size <= ROOM


def flat(network):
    return np.concatenate([w.ravel() for w in network.get_weights()]).astype("<f2")


def test_the_same_model_makes_the_same_page(tmp_path):
    model, vocab = make_informed(**PAIRS)
    pages = [playground(model, vocab, tmp_path / f"{n}.html") for n in "ab"]
    assert pages[0].read_bytes() == pages[1].read_bytes()


def refusals():
    model, vocab = make_informed(lengths=(2,))
    size, network, ngram, match = len(vocab), model.network, model.ngram, model.match
    large = NGramLM(size, 3).fit(match.ids)
    yield InformedLM(network, large, match), None, TypeError, "CompactNGramLM.*NGramLM"
    unfit = CompactNGramLM(size, 3)
    yield InformedLM(network, unfit, match), None, ValueError, "has counted nothing"
    unread = MatchModel(size, (2,))
    yield InformedLM(network, ngram, unread), None, ValueError, "has read nothing"
    yield model, large, ValueError, "`ngram` must be left out for an InformedLM"


def test_what_a_page_cannot_carry_is_refused():
    _, vocab = make_informed(lengths=(2,))
    for model, ngram, error, message in refusals():
        with pytest.raises(error, match=message):
            playground(model, vocab, ngram=ngram)


def test_other_weights_and_vocabularies_are_refused():
    model, vocab = make_informed()
    with pytest.raises(ValueError, match="`vocab` must have the model's 9 .* got 3"):
        playground(model, seqmodels.CharVocab("abc"))
    with pytest.raises(TypeError, match="`model` must be a CharLM or an InformedLM"):
        playground(model.network, vocab)
    model.network.trust.assign(model.network.trust * np.nan)
    with pytest.raises(ValueError, match="no finite number, in trust"):
        playground(model, vocab)


def test_tables_too_large_are_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(page_module, "MOST_TABLES", 100)
    with pytest.raises(ValueError, match="has counted [0-9,]+ bytes.* room for 100"):
        playground(*make_informed(), tmp_path / "page.html")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("least", [0.25, 0.5, 4.0])
def test_no_more_is_pruned_than_has_to_be(monkeypatch, least):
    model, vocab = make_informed(lengths=(2, 3))
    size, rng = len(vocab), np.random.default_rng(0)
    ids = np.cumsum(rng.choice([0, 1, 1, 1, 2, 5], size=20_000)) % size
    full = CompactNGramLM(size, 7).fit(ids)
    match = MatchModel(size, (2, 3)).fit(ids)
    pruned = full.pruned(least).quantised()
    room = len(pack_knowledge(InformedLM(model.network, pruned, match))[1])
    monkeypatch.setattr("seqmodels.page.fitting.MOST_TABLES", room)
    fitted = fit(InformedLM(model.network, full, match))
    assert fitted.ngram.count_params() == pruned.count_params()
    assert len(pack_knowledge(fitted)[1]) == room


@pytest.fixture(scope="module")
def coded():
    return make_informed(**PAIRS)


@pytest.fixture(scope="module")
def path(coded, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "page.html"
    return playground(*coded, path, examples=[TYPED[:3]])


@pytest.mark.slow
def test_typing_shows_letters_of_one_symbol_and_of_two(open_page, path, coded):
    model, vocab = coded
    page = open_page(path)
    assert text_of(page) == TYPED[:3]
    page.locator("textarea").focus()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(TYPED[3:])
    shown, symbols = guesses(page), vocab.encode(TYPED)
    models = [
        lambda some: last_logits(model, [some])[0],
        lambda some: model.ngram.next_log_probs(some)[-1],
    ]
    probs, counted = (letter_probs(one, vocab, symbols) for one in models)
    best = np.argsort(probs)[::-1][:7]
    assert [row[0] for row in shown[:7]] == [vocab.chars.chars[n] for n in best]
    assert any(n >= vocab.singles for n in best), "a pair among them"
    assert vocab.chars.chars[np.argmax(counted)] in [row[0] for row in shown]
    for letter, *both in shown:
        for said, some in zip(both, (probs, counted), strict=True):
            p = some[vocab.chars.chars.index(letter)]
            assert float(said.strip("<%")) / 100 == pytest.approx(p, abs=0.006)
    assert "letter 5 of 5" in page.locator(".place").inner_text()
    said = []
    for length, id in zip((2, 3), model.match.followed(symbols)[-1], strict=True):
        letter = "–" if id == len(vocab) else "half a pair"
        letter = f"“{vocab.chars.chars[id]}”" if id < vocab.singles else letter
        said.append(f"after {length} {letter}")
    assert page.locator("[data-el=matches]").inner_text() == (
        f"What came the last time after the same symbols: {', '.join(said)}."
    )
    assert "in which it looks those up" in page.locator(".lead").inner_text()


@pytest.mark.slow
def test_it_writes_leans_holds_and_finds(open_page, path, coded):
    known = set(coded[1].chars.chars)
    page = open_page(path, "#T=2&hold=0_1_0.5_1&by=lean")
    page.get_by_role("button", name="Write").click()
    until(page, "document.querySelector('textarea').value.length > 12")
    page.get_by_role("button", name="Stop").click()
    text = text_of(page)
    assert set(text) <= known
    assert "taken as given" in page.locator(".legend").inner_text()
    assert "held at 0.50 from letter 2" in page.locator(".cells").inner_text()
    page.locator("[data-el=find]").fill(text[3])
    page.wait_for_selector(".found button")


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists(AXE), reason="AXE_CORE names no axe.min.js")
def test_axe_finds_nothing(open_page, path):
    page = open_page(path)
    page.evaluate(Path(AXE).read_text(encoding="utf-8") + "; null")
    found = page.evaluate("axe.run(document)")
    assert [v["id"] for v in found["violations"]] == []


@pytest.mark.slow
def test_in_a_notebooks_frame_and_as_widgets(open_page, coded, tmp_path):
    shown = playground(*coded, examples=[TYPED[:3]])
    frame = open_frame(open_page, shown, tmp_path)
    frame.locator("textarea").fill(TYPED[:4])
    assert "letter 4 of 4" in frame.locator(".place").inner_text()
    page = open_page(write_widgets(shown, tmp_path))
    until(page, "document.querySelectorAll('textarea').length === 2")
    page.evaluate("Promise.all(ends).then(all => all.forEach(end => end()))")


@pytest.mark.slow
def test_a_page_whose_tables_are_cut_off_says_so(chromium, path, tmp_path):
    text = path.read_text(encoding="utf-8")
    cut = re.sub(r'(id="tables">[^<]{200})[^<]+', r"\1", text)
    (tmp_path / "cut.html").write_text(cut, encoding="utf-8")
    page = chromium.new_page()
    page.goto((tmp_path / "cut.html").as_uri())
    until(page, "document.body.innerText.includes('cannot be unpacked')")
    page.close()
