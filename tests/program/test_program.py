"""From a text to a model, which writes and scores; broken off, it goes on."""

import re
import shutil

import numpy as np
import pytest

import seqmodels
from seqmodels import CompactNGramLM, InformedLM, MatchModel
from seqmodels.page.knowledge import pack_knowledge
from seqmodels.program.settings import Plan
from tests.program.conftest import make_text

pytestmark = pytest.mark.slow
ROUNDS = 4
CHILD = """if True:
    import sys, time
    from seqmodels.__main__ import main
    from seqmodels.models import compiled
    from seqmodels.program import following, settings

    def wait(self, epoch, logs=None):
        begin(self, epoch, logs)
        if epoch == 2:
            print("to be killed", flush=True)
            time.sleep(100)

    begin, following.Follow.on_epoch_begin = following.Follow.on_epoch_begin, wait
    compiled.use_xla = lambda: False
    settings.choose_plan = lambda *_: settings.Plan(20, 4)
    main(sys.argv[1:])
"""


@pytest.fixture(scope="module", autouse=True)
def quickly():
    """Without XLA, which takes seconds to start, and always as many steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("seqmodels.models.compiled.use_xla", lambda: False)
        patch.setattr("seqmodels.models.reading.use_xla", lambda: False)
        patch.setattr(
            "seqmodels.program.settings.choose_plan", lambda *_: Plan(20, ROUNDS)
        )
        yield


@pytest.fixture(scope="module")
def trained(quickly, tmp_path_factory):
    """The folder of a text and its model, and what was said."""
    from seqmodels.program.training import train

    folder, said = tmp_path_factory.mktemp("trained"), []
    (folder / "text.txt").write_text(make_text())
    train(folder / "text.txt", 0.2, say=said.append)
    return folder, "\n".join(said)


@pytest.fixture
def text(trained, tmp_path):
    path = tmp_path / "text.txt"
    shutil.copy(trained[0] / "text.txt", path)
    return path


@pytest.fixture
def model(trained):
    return trained[0] / "text.keras"


def same_weights(path, other):
    (one, _), (two, _) = seqmodels.load(path), seqmodels.load(other)
    for a, b in zip(one.network.get_weights(), two.network.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-6)


def held_out(said):
    """Bits per character of each row of the table."""
    rows = re.findall(r"^  (\S.*?)  +(\d\.\d{3}) +\d+\.\d{3}$", said, re.M)
    return {name: float(bits) for name, bits in rows}


def test_it_says_what_it_does(trained):
    folder, said = trained
    for part in (
        "6,000 characters; different ones: 30, \\n space . A F",
        "4,800 to train on, the next 600 to choose by, the last 600 held out",
        "of orders 2 to 10 the best",
        "LSTM of 32 units",
        "GFLOP/s",
        f"{20 * ROUNDS} windows in {ROUNDS} rounds",
        f"round  {ROUNDS} of {ROUNDS}",
        "the network ",
        "the text itself in it",
    ):
        assert part in said, part
    assert len(held_out(said)) == 3
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["text.keras", "text.keras.png", "text.txt"]
    assert (folder / "text.keras.png").read_bytes().startswith(b"\x89PNG")


def test_the_model_scores_elsewhere_what_it_scored(trained, model, run_python):
    text = make_text()[-600:]
    loaded, vocab = seqmodels.load(model)
    here = -loaded.log_probs(vocab.encode(text)).sum() / np.log(2) / len(text)
    child = run_python(
        "import sys, numpy as np, seqmodels\n"
        "model, vocab = seqmodels.load(sys.argv[1])\n"
        "ids = vocab.encode(sys.argv[2])\n"
        "print(-model.log_probs(ids).sum() / np.log(2) / len(ids))",
        model,
        text,
    )
    assert float(child.stdout) == pytest.approx(here, abs=1e-5)
    found = held_out(trained[1])["network that reads it, and matches"]
    assert found == pytest.approx(here, abs=6e-4)


def test_score(call, model, tmp_path):
    (tmp_path / "other.txt").write_bytes(make_text(800, seed=1).encode())
    status, out, _ = call("score", model, tmp_path / "other.txt")
    assert status == 0
    bits = [float(x) for x in re.findall(r"  (\d\.\d{4})  ", out)]
    assert len(bits) == 2 and min(bits) > 0.5 and max(bits) < 3
    windows = make_text(800, seed=1).replace("\n", "\r\n").encode()
    (tmp_path / "windows.txt").write_bytes(b"\xef\xbb\xbf" + windows)
    status, again, _ = call("score", model, tmp_path / "windows.txt")
    assert status == 0 and again.splitlines()[-2:] == out.splitlines()[-2:]


def test_score_names_what_it_does_not_know(call, refused, model, tmp_path):
    (tmp_path / "other.txt").write_text("The Zea ü.\n" * 9, encoding="utf-8")
    err = refused("score", model, tmp_path / "other.txt")
    assert "does not know: Z ü." in err and "--skip-unknown" in err
    status, out, _ = call("score", model, tmp_path / "other.txt", "--skip-unknown")
    assert status == 0 and "18 left out" in out
    (tmp_path / "other.txt").write_text("ZZZ")
    err = refused("score", model, tmp_path / "other.txt", "--skip-unknown")
    assert "no character that the model knows" in err


def test_write(call, refused, model):
    args = "write", model, "--prompt", "The sea", "--length", 40, "--seed", 3
    status, out, _ = call(*args)
    assert status == 0 and out.startswith("The sea") and len(out) == 7 + 40 + 1
    assert call(*args)[1] == out
    assert call("write", model, "--length", 5)[0] == 0
    err = refused("write", model, "--prompt", "Zea")
    assert "does not know: Z." in err and "Those it knows: 30, \\n space . A" in err


def test_another_file(refused, model, make_model, tmp_path):
    damaged = tmp_path / "damaged.keras"
    damaged.write_bytes(model.read_bytes()[:5000])
    assert "damaged" in refused("write", damaged)
    make_model().save(tmp_path / "alone.keras")
    assert "holds no vocabulary" in refused("write", tmp_path / "alone.keras")
    words = seqmodels.WordVocab(["sea", "wind"])
    seqmodels.save(tmp_path / "words.keras", make_model(), words)
    assert "no single characters" in refused("write", tmp_path / "words.keras")
    nine = seqmodels.CharVocab("abc")
    seqmodels.save(tmp_path / "three.keras", make_model(), nine)
    assert "does not fit together" in refused("write", tmp_path / "three.keras")


def test_a_network_of_letters_alone_writes_and_scores(call, make_model, tmp_path):
    path = tmp_path / "alone.keras"
    seqmodels.save(path, make_model(), seqmodels.CharVocab("abcdefg \n"))
    (tmp_path / "other.txt").write_text("abc bcd\n" * 20)
    assert call("write", path, "--length", 5)[0] == 0
    status, out, _ = call("score", path, tmp_path / "other.txt")
    assert status == 0 and "gram" not in out


def test_playground(call, refused, model, monkeypatch, tmp_path):
    page = tmp_path / "page.html"
    status, out, _ = call("playground", model, "--out", page)
    assert status == 0 and page.stat().st_size > 100_000
    trained, vocab = seqmodels.load(model)
    num, length = trained.ngram.count_params(), len(trained.match.ids)
    assert f"in it {num:,} of {num:,} n-grams" in out
    assert f"the last {length:,} of {length:,} symbols" in out
    assert "costs less than 0.0001 bits a symbol" in out
    assert "cannot be written" in refused(
        "playground", model, "--out", tmp_path / "no" / "a.html"
    )
    assert "must end in .html" in refused(
        "playground", model, "--out", tmp_path / "a.txt"
    )


def test_what_a_page_has_no_room_for_is_pruned_and_told(
    call, model, monkeypatch, tmp_path
):
    costs, size = [], len(pack_knowledge(seqmodels.load(model)[0])[1])
    for most in (size, size * 9 // 10):
        monkeypatch.setattr("seqmodels.page.fitting.MOST_TABLES", most)
        out = call("playground", model, "--out", tmp_path / "page.html")[1]
        kept, all_of_them = re.search(
            r"in it ([\d,]+) of ([\d,]+) n-grams", out
        ).groups()
        costs.append(float(re.search(r"([\d.]+) bits a symbol", out)[1]))
    assert int(kept.replace(",", "")) < int(all_of_them.replace(",", ""))
    assert costs[1] > costs[0] + 0.001


def test_playground_of_a_network_of_letters_alone(call, make_model, tmp_path):
    path = tmp_path / "alone.keras"
    seqmodels.save(path, make_model(), seqmodels.CharVocab("abcdefg \n"))
    status, out, _ = call("playground", path)
    assert status == 0 and "n-grams" not in out
    assert path.with_suffix(".html").stat().st_size > 50_000


def test_playground_of_what_a_page_cannot_carry(refused, model, make_model, tmp_path):
    trained, vocab = seqmodels.load(model)
    size, ngram, match = len(vocab), trained.ngram, trained.match
    large = seqmodels.NGramLM(size, 3).fit(match.ids)
    unfit, unread = CompactNGramLM(size, 3), MatchModel(size, match.lengths)
    deaf = make_model(input_size=5), seqmodels.CharVocab("abcdefghi")
    for one, message in [
        (
            (InformedLM(trained.network, large, match), vocab),
            "`model` must be an InformedLM with a CompactNGramLM, which the page can "
            "carry; its n-gram is of type NGramLM.",
        ),
        (
            (InformedLM(trained.network, unfit, match), vocab),
            "`model` has an n-gram that has counted nothing yet.",
        ),
        (
            (InformedLM(trained.network, ngram, unread), vocab),
            "`model` has a match model that has read nothing yet.",
        ),
        (
            deaf,
            "`model` writes ids up to 8, but reads them up to 4 only: it cannot go on "
            "from what it writes.",
        ),
    ]:
        path = tmp_path / "model.keras"
        seqmodels.save(path, *one)
        assert refused("playground", path) == f"{path} cannot be shown: {message}\n"
        assert not path.with_suffix(".html").exists()


@pytest.mark.parametrize("stop", [0, 3])
def test_broken_off_by_hand_it_goes_on(stop, call, refused, text, model, monkeypatch):
    from seqmodels.program.following import Follow

    def interrupt(self, batch, logs=None):
        end(self, batch, logs)
        if self._epoch == stop:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        end = Follow.on_train_batch_end
        patch.setattr(Follow, "on_train_batch_end", interrupt)
        status, _, err = call("train", text, "--minutes", 0.2)
    assert status == 130 and f"Broken off after round {stop} of {ROUNDS}" in err
    assert "goes on where it was" in err
    assert not text.with_suffix(".keras").exists()
    assert "begun with --minutes 0.2" in refused("train", text, "--minutes", 0.3)
    status, out, _ = call("train", text, "--minutes", 0.2)
    assert status == 0
    assert (f"Goes on with round {stop + 1} of {ROUNDS}" in out) == (stop > 0)
    same_weights(text.with_suffix(".keras"), model)
    names = sorted(path.name for path in text.parent.iterdir())
    assert names == ["text.keras", "text.keras.png", "text.txt"]


def test_killed_it_goes_on(call, text, model, start_python):
    killed = start_python(CHILD, "train", text, "--minutes", 0.2)
    lines = iter(killed.stdout.readline, "")
    assert any("to be killed" in line for line in lines), killed.stderr.read()
    killed.kill()
    assert killed.wait() != 0
    status, out, _ = call("train", text, "--minutes", 0.2)
    assert status == 0 and f"Goes on with round 3 of {ROUNDS}" in out
    same_weights(text.with_suffix(".keras"), model)


def test_another_text_does_not_go_on(call, refused, text, monkeypatch):
    from seqmodels.program.following import Follow

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Follow, "on_epoch_begin", interrupt)
        assert call("train", text, "--minutes", 0.2)[0] == 130
    text.write_text(make_text(seed=5))
    err = refused("train", text, "--minutes", 0.2)
    assert "on another text than this" in err and "--anew" in err
    status, out, _ = call("train", text, "--minutes", 0.2, "--anew")
    assert status == 0 and "Goes on" not in out


def test_a_disk_that_fills_up_costs_no_training(
    call, refused, text, model, monkeypatch
):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("seqmodels.program.examining.save", full)
        err = refused("train", text, "--minutes", 0.2)
    assert "No space left on device" in err and "text.keras.partial" in err
    status, out, _ = call("train", text, "--minutes", 0.2)
    assert status == 0 and "round  1" not in out  # it was only examined again
    same_weights(text.with_suffix(".keras"), model)


def test_rounds_that_cannot_be_kept_do_not_stop_it(call, text, model, monkeypatch):
    from seqmodels.program.partial import Partial

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Partial, "write_best", full)
    status, out, _ = call("train", text, "--minutes", 0.2)
    assert status == 0 and out.count("cannot be kept") == 1
    same_weights(text.with_suffix(".keras"), model)


def test_thousands_of_characters(call, tmp_path):
    path, rng = tmp_path / "chinese.txt", np.random.default_rng(0)
    ranks = np.arange(1, 4001)
    often = rng.choice(4000, size=16_000, p=(1 / ranks) / (1 / ranks).sum())
    chars = map(chr, 0x4E00 + np.append(ranks - 1, often))
    path.write_text("".join(chars), encoding="utf-8")
    status, out, _ = call("train", path, "--minutes", 0.2)
    assert status == 0
    assert "written in 128 symbols" in out and "different ones: 4,000, " in out
    bits = held_out(out)
    assert len(bits) == 4 and "-gram of whole characters" in next(iter(bits))
    model, vocab = seqmodels.load(path.with_suffix(".keras"))
    text = path.read_text(encoding="utf-8")[-2000:]
    found = -model.log_probs(vocab.encode(text)).sum() / np.log(2) / 2000
    assert found == pytest.approx(bits["network that reads it, and matches"], abs=6e-4)
    prompt = chr(0x4E00 + 3999)
    out = call("write", path.with_suffix(".keras"), "--prompt", prompt)[1]
    assert out.startswith(prompt)
    assert call("playground", path.with_suffix(".keras"))[0] == 0


def test_two_letters_in_turn(call, tmp_path):
    path = tmp_path / "turns.txt"
    path.write_text("ab" * 800)
    status, out, _ = call("train", path, "--minutes", 0.2)
    assert status == 0 and max(held_out(out).values()) < 0.5


def test_from_the_command_line(run_python):
    child = run_python(
        "import runpy, sys\n"
        "sys.argv = ['seqmodels', 'train', 'there is no such.txt']\n"
        "runpy.run_module('seqmodels', run_name='__main__')",
        check=False,
    )
    assert child.returncode == 2 and child.stdout == ""
    assert child.stderr == "error: There is no file there is no such.txt.\n"
