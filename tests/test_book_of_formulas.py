"""The bundled book of formulas is what datasets/README.md promises."""

import json
import re
import shutil
import subprocess
from collections import Counter
from importlib import metadata
from itertools import groupby

import pytest
from matplotlib.mathtext import MathTextParser

from seqmodels.data.formulas import load_formulas
from seqmodels.text.formulas import formula_tokens, rename_symbols

BOOK, _ = load_formulas()  # which also holds every formula against the grammar
FIELDS = {formula.field for formula in BOOK}
# No sentence names a field, its own or another.
NAMES = (
    "mechanic electromagnet quantum relativit relativist astrophysic astronom "
    "thermodynamic algebra analysis calculus probab statistic optimis optimiz"
).split() + ["particle physics", "number theor", "machine learning"]


def test_size_and_fields():
    counts = Counter(formula.field for formula in BOOK)
    assert len(BOOK) >= 2_500 and len(counts) >= 10
    assert min(counts.values()) >= 180
    assert len({formula.law for formula in BOOK}) >= 1_200


def test_lengths():
    sizes = sorted(len(formula_tokens(formula.latex)) for formula in BOOK)
    assert sizes[0] >= 7 and sizes[-1] <= 60
    assert 20 <= sizes[len(sizes) // 2] <= 32


def test_the_formulas_of_a_law_stand_together():
    for field in FIELDS:
        laws = [formula.law for formula in BOOK if formula.field == field]
        assert len([*groupby(laws)]) == len({*laws}), field
        assert [law for law in laws if not re.fullmatch("[a-z0-9' ,.()-]+", law)] == []


def test_sentences():
    sentences = [formula.sentence for formula in BOOK]
    assert len({*sentences}) == len(sentences)
    for sentence in sentences:
        assert re.fullmatch(r"[A-Z][ -~]*\.", sentence), sentence
        assert not re.search(r"[\\$_^{}=<>]", sentence), sentence
        assert 5 <= len(sentence.split()) <= 28, sentence
        assert [name for name in NAMES if name in sentence.lower()] == [], sentence


def test_few_are_the_same_but_for_their_letters():
    renamed = Counter(tuple(rename_symbols(formula_tokens(f.latex))) for f in BOOK)
    same = sum(count for count in renamed.values() if count > 1)
    assert same < 0.02 * len(BOOK)


def test_matplotlib_draws_every_formula():
    parser = MathTextParser("path")
    for formula in BOOK:
        parser.parse(f"${formula.latex}$")


KATEX = """
const katex = require(process.argv[1]);
const formulas = JSON.parse(require("fs").readFileSync(0, "utf8"));
const refused = formulas.filter((formula) => {
  try { katex.renderToString(formula, {strict: "error"}); return false }
  catch (error) { return true }
});
console.log(JSON.stringify(refused));
"""


@pytest.mark.skipif(not shutil.which("node"), reason="KaTeX runs in node")
def test_katex_draws_every_formula():
    files = metadata.files("sphinxcontrib-katex")
    katex = next(file for file in files if file.name == "katex.min.js").locate()
    formulas = json.dumps([formula.latex for formula in BOOK] + [r"\frac{a"])
    command = ["node", "-e", KATEX, str(katex)]
    done = subprocess.run(
        command, input=formulas, capture_output=True, encoding="utf-8", check=True
    )
    assert json.loads(done.stdout) == [r"\frac{a"]  # and only what is refused
