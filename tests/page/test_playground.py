"""What `playground` writes, and what it refuses."""

import base64
import hashlib
import json
import os
import re
import sys
import types
from html.parser import HTMLParser

import keras
import numpy as np
import pytest

import seqmodels
from seqmodels import BigramVocab, CharLM, CharVocab, NGramLM, ResidualLM, playground
from seqmodels.page.assembling import FOLDER, MODULES, ROOM, module
from tests.page.networks import CHARS, KINDS, make_network


class Scripts(HTMLParser):
    """The scripts and styles of a page by id or tag, its meta tags, and its frames."""

    def __init__(self, page):
        super().__init__()
        self.raw, self.meta, self.links, self.key, self.frames = {}, {}, [], None, []
        self.tags = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        if tag in ("script", "style", "title"):
            self.key = attrs.get("id") or tag
            self.raw[self.key] = ""
        if tag == "meta" and "http-equiv" in attrs:
            self.meta[attrs["http-equiv"]] = attrs["content"]
        if tag == "iframe":
            self.frames.append(attrs)
        self.links += [v for k, v in attrs.items() if k in ("src", "href", "action")]

    def handle_endtag(self, tag):
        self.key = None

    def handle_data(self, data):
        if self.key:
            self.raw[self.key] += data


def parts(path):
    page = Scripts(path.read_text(encoding="utf-8"))
    return page, json.loads(page.raw["description"])


def halves(page):
    """The numbers of 16 bits of which a page's weights are."""
    return np.frombuffer(base64.b64decode(page.raw["weights"]), "<f2")


def counted(vocab, order=3):
    rng = np.random.default_rng(0)
    return NGramLM(len(vocab), order).fit(rng.integers(len(vocab), size=3000))


def test_it_is_a_name_of_the_package():
    assert seqmodels.playground is playground


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_all_weights_are_there_in_16_bits(tmp_path, kind):
    model, vocab = make_network(**kind)
    path = playground(model, vocab, tmp_path / "page.html")
    page, description = parts(path)
    expected = np.concatenate([w.ravel() for w in model.get_weights()])
    assert np.array_equal(halves(page), expected.astype(np.float16))
    assert description["cell"] == kind["cell"]
    assert description["units"] == 7 and description["vocab_size"] == len(CHARS)
    assert description["num_layers"] == kind.get("num_layers", 1)
    assert description["embed_dim"] == kind.get("embed_dim", 0)
    assert description["chars"] == CHARS


def test_inputs_that_are_never_written_are_left_out(tmp_path):
    for embed_dim in (None, 4):
        model = CharLM(10, 6, input_size=13, embed_dim=embed_dim)
        page, _ = parts(playground(model, CharVocab(CHARS), tmp_path / "page.html"))
        first, *others = (w.astype(np.float16) for w in model.get_weights())
        expected = np.concatenate([w.ravel() for w in [first[:10], *others]])
        assert np.array_equal(halves(page), expected)


@pytest.mark.parametrize("order", [None, 2, 5])
def test_its_size_is_the_weights_and_at_most_150_kb(tmp_path, order):
    vocab = CharVocab([chr(0x4E00 + n) for n in range(500)])
    ngram = order and counted(vocab, order)
    model = CharLM(500, 30)
    examples = ["\u4e00\u4e8c" * 900] * 2
    path = playground(model, vocab, tmp_path / "a.html", ngram=ngram, examples=examples)
    page, description = parts(path)
    size = path.stat().st_size
    assert len(page.raw["weights"]) == 4 * -(-2 * model.count_params() // 3)
    assert size - len(page.raw["weights"]) <= ROOM == 150_000
    if order == 5:  # more than there is room for: that is used
        assert size - len(page.raw["weights"]) > 145_000
        assert 0 < description["ngram"]["num_kept"] < description["ngram"]["num_grams"]


def test_the_largest_vocabulary_that_a_page_has_room_for(tmp_path):
    chars = [chr(0x4E00 + n) for n in range(20_000)]
    model = CharLM(20_000, 1)
    path = playground(model, CharVocab(chars), tmp_path / "page.html")
    assert parts(path)[1]["chars"] == "".join(chars)


def test_nothing_is_fetched_and_nothing_else_may_run(tmp_path):
    model, vocab = make_network(cell="lstm")
    path = playground(model, vocab, tmp_path / "page.html", title="<b>&amp;")
    page, _ = parts(path)
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"https?:|//\w+\.\w+/|@import|url\(|fetch\(|XMLHttp", text)
    assert page.links == ["data:,"]
    policy = dict(
        rule.strip().split(" ", 1)
        for rule in page.meta["Content-Security-Policy"].split(";")
    )
    for name in ("script", "style"):
        digest = hashlib.sha256(page.raw[name].encode("utf-8")).digest()
        expected = f"'sha256-{base64.b64encode(digest).decode()}'"
        assert policy.pop(f"{name}-src") == expected
    assert policy == {
        "default-src": "'none'",
        "img-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert not re.search(r"\son\w+=|style=", text.partition('<script type="module')[0])


HOSTILE = "</script><script>alert(1)</script><!--"


def test_what_would_end_a_script_stays_text(tmp_path):
    chars = "".join(sorted(set(HOSTILE + "\\{}\"'&\u2028\u2029\r\n\x00{{weights}}")))
    vocab = CharVocab(chars)
    model = CharLM(len(vocab), 4)
    plain = playground(model, vocab, tmp_path / "plain.html")
    path = playground(
        model, vocab, tmp_path / "page.html", title=HOSTILE, examples=[HOSTILE]
    )
    page, description = parts(path)
    assert page.tags == parts(plain)[0].tags  # and no script more
    assert description["title"] == description["examples"][0] == HOSTILE
    assert description["chars"] == chars
    assert page.raw["title"] == HOSTILE


@pytest.mark.parametrize(
    "chars", ["😀😎👍 a", "中文字", "e\u0301\u200d\ufe0f", "\u2028é"]
)
def test_letters_of_all_kinds(tmp_path, chars):
    vocab = CharVocab(chars)
    path = playground(CharLM(len(vocab), 4), vocab, tmp_path / "page.html", title=chars)
    page, description = parts(path)
    assert description["chars"] == page.raw["title"] == chars


def test_halves_of_a_pair_stay_two_letters(tmp_path):
    vocab = CharVocab(["\ud83d", "\ude00", "a"])
    path = playground(CharLM(3, 4), vocab, tmp_path / "page.html", title="\ud83d")
    assert '"chars":["\\ud83d","\\ude00","a"]' in path.read_text(encoding="utf-8")


def test_a_path_may_be_text_and_is_given_back(tmp_path):
    model, vocab = make_network(cell="rnn")
    path = playground(model, vocab, str(tmp_path / "page.htm"))
    assert path == tmp_path / "page.htm" and os.listdir(tmp_path) == ["page.htm"]


def test_what_is_there_is_replaced(tmp_path):
    model, vocab = make_network(cell="rnn")
    (tmp_path / "page.html").write_text("old")
    path = playground(model, vocab, tmp_path / "page.html")
    assert path.read_text("utf-8").startswith("<!doctype html>")


def test_what_is_there_stays_if_the_new_cannot_be_written(tmp_path, monkeypatch):
    def full(*paths):
        raise OSError(28, "No space left on device")

    model, vocab = make_network(cell="rnn")
    (tmp_path / "page.html").write_text("old")
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="`path` cannot be written: No space"):
        playground(model, vocab, tmp_path / "page.html")
    assert os.listdir(tmp_path) == ["page.html"]
    assert (tmp_path / "page.html").read_text() == "old"


class Other(CharLM):
    pass


def test_other_models_are_refused(tmp_path):
    vocab, path = CharVocab(CHARS), tmp_path / "page.html"
    dense = keras.Sequential([keras.layers.Dense(3)])
    for model in (dense, ResidualLM(10, 4), Other(10, 4), counted(vocab), None):
        message = f"`model` must be a CharLM.*; got {type(model).__name__}"
        with pytest.raises(TypeError, match=message):
            playground(model, vocab, path)


def test_other_vocabularies_are_refused(tmp_path):
    model, path = CharLM(9, 4), tmp_path / "page.html"
    with pytest.raises(TypeError, match="`vocab` must be a CharVocab.*BigramVocab"):
        playground(model, BigramVocab(CharVocab("abc")), path)
    with pytest.raises(ValueError, match="`vocab` must have the model's 9 .* got 10"):
        playground(model, CharVocab(CHARS), path)


def test_a_model_that_cannot_read_what_it_writes_is_refused():
    with pytest.raises(ValueError, match="reads them up to 4 only"):
        playground(CharLM(10, 4, input_size=5), CharVocab(CHARS))


@pytest.mark.parametrize(
    ("value", "message"),
    [(np.nan, "no finite number, in layer 1: recurrent"), (1e5, "1e[+]05 in layer 1")],
)
def test_weights_that_16_bits_cannot_hold_are_refused(value, message):
    model, vocab = make_network(cell="lstm", num_layers=2)
    weights = model.get_weights()
    weights[4][1, 2] = value
    model.set_weights(weights)
    with pytest.raises(ValueError, match=message):
        playground(model, vocab)


def test_a_quantized_model_is_refused():
    model, vocab = make_network(cell="lstm")
    model.classifier.quantize("int8")
    with pytest.raises(ValueError, match="must not be quantized; its classifier is"):
        playground(model, vocab)


def test_other_ngrams_are_refused():
    model, vocab = make_network(cell="rnn")
    cases = [
        (vocab, TypeError, "`ngram` must be an NGramLM; got CharVocab"),
        (NGramLM(9, 2).fit([1]), ValueError, "vocabulary's 10 tokens; got 9"),
        (NGramLM(10, 2), ValueError, "`ngram` must be fitted"),
    ]
    for ngram, error, message in cases:
        with pytest.raises(error, match=message):
            playground(model, vocab, ngram=ngram)


@pytest.mark.parametrize(
    ("examples", "error", "message"),
    [
        ("abc", TypeError, "must be a list of texts; got 'abc'"),
        (["abc", 3], TypeError, "must be texts; got 3 at 1"),
        (["a", "xyz"], ValueError, "number 1: `text` has 'x' at position 0"),
        (["a" * 2001], ValueError, "at most 2000 letters each; number 0 has 2001"),
        (["a" * 2000] * 60, ValueError, "make a page of .* bytes .* 150,000"),
    ],
)
def test_other_examples_are_refused(examples, error, message):
    model, vocab = make_network(cell="rnn")
    with pytest.raises(error, match=message):
        playground(model, vocab, examples=examples)


def test_no_room_for_the_ngram_is_said():
    model, vocab = make_network(cell="rnn")
    with pytest.raises(ValueError, match="leave no room for `ngram`"):
        playground(model, vocab, ngram=counted(vocab), examples=["a" * 2000] * 52)


def test_paths_that_cannot_be_written_are_named(tmp_path):
    model, vocab = make_network(cell="rnn")
    with pytest.raises(ValueError, match=r"`path` must end in .html; got 'a.txt'"):
        playground(model, vocab, "a.txt")
    missing = tmp_path / "missing" / "a.html"
    with pytest.raises(FileNotFoundError, match="`path` cannot be written: .*missing"):
        playground(model, vocab, missing)
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(OSError, match="`path` cannot be written: .*folder.html"):
        playground(model, vocab, tmp_path / "folder.html")
    assert os.listdir(tmp_path) == ["folder.html"]


@pytest.mark.slow
def test_what_is_loaded_makes_the_same_page(tmp_path, run_python):
    model, vocab = make_network(cell="gru", num_layers=2)
    path = playground(model, vocab, tmp_path / "page.html")
    seqmodels.save(tmp_path / "model.keras", model, vocab)
    run_python(
        "import sys, seqmodels\n"
        "seqmodels.playground(*seqmodels.load(sys.argv[1]), sys.argv[2])",
        tmp_path / "model.keras",
        tmp_path / "again.html",
    )
    assert (tmp_path / "again.html").read_bytes() == path.read_bytes()


def test_a_model_of_mixed_precision(tmp_path):
    model = CharLM(10, 4, dtype="mixed_bfloat16")
    path = playground(model, CharVocab(CHARS), tmp_path / "page.html")
    assert path.stat().st_size > 0


def test_without_a_path_a_notebook_shows_the_page(tmp_path):
    model, vocab = make_network(cell="lstm")
    shown = playground(model, vocab, title='"A" & <b>')
    (frame,) = Scripts(shown._repr_html_()).frames
    path = playground(model, vocab, tmp_path / "page.html", title='"A" & <b>')
    assert frame["srcdoc"] == path.read_text(encoding="utf-8")
    assert frame["sandbox"] == "allow-scripts" and frame["title"] == '"A" & <b>'
    assert repr(shown) == '<playground: "A" & <b>>'


def test_a_widget_has_the_same_module(monkeypatch):
    synced = type("Trait", (), {"tag": lambda self, sync: self})
    base = type("AnyWidget", (), {"__init__": lambda self, **k: vars(self).update(k)})
    monkeypatch.setitem(sys.modules, "anywidget", types.SimpleNamespace(AnyWidget=base))
    monkeypatch.setitem(
        sys.modules, "traitlets", types.SimpleNamespace(Dict=synced, Unicode=synced)
    )
    model, vocab = make_network(cell="lstm")
    widget = playground(model, vocab).widget()
    assert widget._esm == module() and "export default { render }" in widget._esm
    assert ".seqplay" in widget._css
    assert base64.b64decode(widget.weights) and widget.description["cell"] == "lstm"


def test_without_anywidget_its_name_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    model, vocab = make_network(cell="rnn")
    with pytest.raises(ImportError, match="needs anywidget, which is not installed"):
        playground(model, vocab).widget()


def test_one_module_without_imports_and_without_double_names():
    assert not re.search(r"^\s*import\b|\bimport\(", module(), re.MULTILINE)
    assert "</script" not in module() and "<!--" not in module()
    defined = re.findall(
        r"^(?:export )?(?:async )?(?:function\*?|class|const|let) (\w+)",
        module(),
        re.MULTILINE,
    )
    assert len(defined) > 40 and len(set(defined)) == len(defined)
    assert sorted(path.stem for path in FOLDER.glob("*.js")) == sorted(MODULES)


def test_each_file_imports_what_stands_before_it():
    for n, name in enumerate(MODULES):
        text = (FOLDER / f"{name}.js").read_text(encoding="utf-8")
        for names, other in re.findall(
            r'^import \{ ([^}]*) \} from "\./(\w+)\.js";$', text, re.MULTILINE
        ):
            assert other in MODULES[:n], f"{name} imports {other}"
            source = (FOLDER / f"{other}.js").read_text(encoding="utf-8")
            for imported in names.split(", "):
                assert re.search(rf"^export .*\b{imported}\b", source, re.MULTILINE)


@pytest.mark.parametrize("name", [f"{name}.js" for name in MODULES] + ["page.css"])
def test_no_file_of_the_page_is_long(name):
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 250
