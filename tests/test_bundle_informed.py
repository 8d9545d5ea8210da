"""A network with all that counting knows, in one file."""

import json
import zipfile

import keras
import numpy as np
import pytest

import seqmodels
from seqmodels import (
    CharVocab,
    CodedVocab,
    CompactNGramLM,
    InformedLM,
    MatchModel,
    NGramLM,
    ResidualLM,
)

pytestmark = pytest.mark.slow
VOCAB = CharVocab("abcd")


@pytest.fixture
def ids():
    return np.minimum(*np.random.default_rng(5).integers(4, size=(2, 600)))


def make(ids, kind=CompactNGramLM, lengths=(1, 3)):
    keras.utils.set_random_seed(4)
    network = ResidualLM(4, 6, num_matches=len(lengths))
    rng = np.random.default_rng(1)
    network.set_weights(
        [w + rng.normal(0, 0.3, w.shape) for w in network.get_weights()]
    )
    match = MatchModel(4, lengths).fit(ids) if lengths else None
    return InformedLM(network, kind(4, 3).fit(ids), match)


@pytest.mark.parametrize("kind", [CompactNGramLM, NGramLM])
@pytest.mark.parametrize("lengths", [(1, 3), ()])
def test_all_of_it_comes_back(kind, lengths, ids, tmp_path):
    model = make(ids[:500], kind, lengths)
    if kind is CompactNGramLM:
        model.ngram = model.ngram.pruned(0.5).quantised()
    seqmodels.save(tmp_path / "told.keras", model, VOCAB)
    copy, vocab = seqmodels.load(tmp_path / "told.keras")
    assert type(copy.ngram) is kind and vocab.chars == VOCAB.chars
    np.testing.assert_allclose(
        copy.log_probs(ids[500:]), model.log_probs(ids[500:]), atol=1e-6
    )
    np.testing.assert_array_equal(copy.ngram.log_probs(ids), model.ngram.log_probs(ids))
    assert (copy.match is None) == (not lengths)
    prompt, rng = ids[:20], np.random.default_rng
    written = [seqmodels.generate(m, prompt, 30, rng(0)) for m in (model, copy)]
    np.testing.assert_array_equal(*written)


def test_what_was_not_rounded_is_when_it_is_loaded(ids, tmp_path):
    model = make(np.tile(ids, 20))
    seqmodels.save(tmp_path / "told.keras", model, VOCAB)
    copy, _ = seqmodels.load(tmp_path / "told.keras")
    gap = np.abs(copy.ngram.log_probs(ids) - model.ngram.log_probs(ids))
    assert 0 < gap.max() < 0.1


def test_in_another_process(ids, tmp_path, run_python):
    model = make(ids)
    seqmodels.save(tmp_path / "told.keras", model, VOCAB)
    child = run_python(
        "import json, sys, keras, seqmodels\n"
        "model, vocab = seqmodels.load(sys.argv[1])\n"
        "alone = keras.models.load_model(sys.argv[1])\n"
        "found = model.log_probs(vocab.encode('abcdbbaacd'))\n"
        "print(json.dumps([type(alone).__name__, found.tolist()]))",
        tmp_path / "told.keras",
    )
    name, found = json.loads(child.stdout)
    assert name == "ResidualLM"
    expected = model.log_probs(VOCAB.encode("abcdbbaacd"))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_coded_vocabulary(ids, tmp_path):
    vocab = CodedVocab("abcdefgh\ud800", size=4)
    seqmodels.save(tmp_path / "told.keras", make(ids), vocab)
    same = seqmodels.load(tmp_path / "told.keras")[1]
    text = "abch\ud800"
    assert isinstance(same, CodedVocab) and len(same) == 4
    np.testing.assert_array_equal(same.encode(text), vocab.encode(text))
    assert same.decode(same.encode(text)) == text


def rewrite(path, **contents):
    """The same file with some of its members replaced or, by `None`, left out."""
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    members.update({name.replace("_", "."): c for name, c in contents.items()})
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            if content is not None:
                file.writestr(name, content)


@pytest.mark.parametrize(
    "contents",
    [
        {"ngram_npz": b"no arrays"},
        {"ngram_npz": b""},
        {"match_npz": b"PK"},
        {"match_npz": None},  # which the network reads
    ],
)
def test_damaged_tables_are_named(contents, ids, tmp_path):
    path = tmp_path / "told.keras"
    seqmodels.save(path, make(ids), VOCAB)
    rewrite(path, **contents)
    with pytest.raises(ValueError, match="told.keras' is damaged|must have 2 lengths"):
        seqmodels.load(path)


def test_tables_of_another_network(ids, make_model, tmp_path):
    path = tmp_path / "told.keras"
    seqmodels.save(path, make(ids), VOCAB)
    with zipfile.ZipFile(path) as file:
        ngram = file.read("ngram.npz")
    make_model().save(path)
    rewrite(path, ngram_npz=ngram)
    with pytest.raises(ValueError, match="its network reads no n-gram"):
        seqmodels.load(path)
