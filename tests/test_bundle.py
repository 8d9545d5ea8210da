"""A model and its vocabulary in one file."""

import json
import shutil
import zipfile

import keras
import numpy as np
import pytest

import seqmodels
from seqmodels import BigramVocab, CharVocab, WordVocab

pytestmark = pytest.mark.slow

VOCABS = [
    CharVocab("cab \né😀\ud800"),
    BigramVocab(CharVocab("abc")),
    CharVocab(map(chr, range(0x4E00, 0x4E00 + 50_000))),  # more than pairs can have
    WordVocab(["the", "cat"]),
    WordVocab(["the", "?"], unknown="?"),
]


@pytest.mark.parametrize("vocab", VOCABS, ids=lambda vocab: type(vocab).__name__)
def test_both_come_back(vocab, make_model, tmp_path):
    model, ids = make_model("adam"), np.array([[1, 2, 3]])
    seqmodels.save(tmp_path / "both.keras", model, vocab)
    copy, same = seqmodels.load(tmp_path / "both.keras")
    np.testing.assert_array_equal(copy(ids)[0], model(ids)[0])
    assert type(same) is type(vocab) and vars(same).keys() == vars(vocab).keys()
    assert len(same) == len(vocab)
    text = same.decode([1, 2, 0])
    assert text == vocab.decode([1, 2, 0])
    np.testing.assert_array_equal(same.encode(text), vocab.encode(text))
    assert getattr(same, "unknown", None) == getattr(vocab, "unknown", None)
    assert copy.optimizer is not None
    assert [path.name for path in tmp_path.iterdir()] == ["both.keras"]


def test_in_another_process_also_by_keras_alone(make_model, tmp_path, run_python):
    model, ids = make_model(), np.array([[1, 2, 3]])
    seqmodels.save(tmp_path / "both.keras", model, CharVocab("abcdefghi"))
    child = run_python(
        "import json, sys\n"
        "import seqmodels\n"
        "import keras\n"
        "alone = keras.models.load_model(sys.argv[1])\n"
        "model, vocab = seqmodels.load(sys.argv[1])\n"
        "ids = vocab.encode('bcd')[None]\n"
        "print(json.dumps([m(ids)[0].numpy().tolist() for m in (alone, model)]))",
        tmp_path / "both.keras",
    )
    for logits in json.loads(child.stdout):
        np.testing.assert_allclose(logits, model(ids)[0], atol=1e-6)


@pytest.mark.parametrize(
    "first",
    [
        "import keras, seqmodels",  # in this order
        "from seqmodels import FusedLSTM; import keras",
        "import keras; from seqmodels import FusedLSTM",
    ],
)
def test_keras_knows_every_model_whatever_is_imported_first(first, run_python):
    names = ["CharLM", "TopicLM", "Seq2Seq", "FusedGRU", "DotAttention"]
    child = run_python(
        f"import sys; {first}\n"
        "known = keras.saving.get_registered_object\n"
        "print([n for n in sys.argv[1:] if known(f'seqmodels>{n}') is None])",
        *names,
    )
    assert child.stdout == "[]\n"


def test_any_model_of_keras(tmp_path):
    model = keras.Sequential([keras.Input((None, 3)), seqmodels.FusedGRU(4)])
    x = np.random.default_rng(0).normal(size=(2, 5, 3))
    seqmodels.save(tmp_path / "reader.keras", model, VOCABS[1])
    copy, vocab = seqmodels.load(tmp_path / "reader.keras")
    np.testing.assert_allclose(copy(x), model(x), atol=1e-6)
    assert len(vocab) == 9


def test_a_file_of_keras_has_no_vocabulary(make_model, tmp_path):
    make_model().save(tmp_path / "model.keras")
    assert seqmodels.load(tmp_path / "model.keras")[1] is None


def test_what_is_written_over_is_whole_until_then(make_model, tmp_path, monkeypatch):
    path = tmp_path / "both.keras"
    seqmodels.save(path, make_model(), CharVocab("abcdefghi"))
    before = path.read_bytes()

    def full(self, filepath, **options):
        filepath.write_bytes(b"half of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keras.Model, "save", full)
    with pytest.raises(OSError, match="No space left"):
        seqmodels.save(path, make_model(), CharVocab("abcdefghi"))
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_refuses(make_model, tmp_path):
    model = make_model()
    with pytest.raises(TypeError, match="`vocab` must be a CharVocab.*; got str"):
        seqmodels.save(tmp_path / "a.keras", model, "abc")
    with pytest.raises(ValueError, match="`path` must end in .keras; got .*a.h5"):
        seqmodels.save(tmp_path / "a.h5", model, CharVocab("abc"))
    with pytest.raises(FileNotFoundError, match="there is no .*none.keras"):
        seqmodels.load(tmp_path / "none.keras")


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"<html>log in</html>",
        lambda content: content[: len(content) // 2],
        lambda content: content[:400] + b"\0" * 99 + content[499:],
    ],
)
def test_a_damaged_file_is_named(damage, make_model, tmp_path):
    path = tmp_path / "both.keras"
    seqmodels.save(path, make_model(), CharVocab("abcdefghi"))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match="both.keras' is damaged, or no .keras file"):
        seqmodels.load(path)


@pytest.mark.parametrize("description", ["[1]", "{}", '{"vocab": "os.system"}', "no"])
def test_another_vocabulary_is_refused(description, make_model, tmp_path):
    path = tmp_path / "both.keras"
    make_model().save(path)
    shutil.copy(path, tmp_path / "copy.keras")
    with zipfile.ZipFile(path, "a") as members:
        members.writestr("vocabulary.json", description)
    with pytest.raises(ValueError, match="is damaged, or no .keras file"):
        seqmodels.load(path)
