"""The leaderboard: its referee and its table, and entries in processes of their own."""

import ast
import contextlib
import itertools
import json
import types

import numpy as np
import pytest

import _referee
import leaderboard
from seqmodels import NGramLM
from tests.conftest import ROOT

FOLDER = ROOT / "notebooks"
LETTERS = 5
TEXT = np.resize(np.random.default_rng(0).integers(LETTERS, size=40), 2400)
TRAIN, TEST = np.split(TEXT.astype(np.int32), [2000])
HONEST = NGramLM(LETTERS, 3).fit(TRAIN)


def score(log_probs):
    model = types.SimpleNamespace(log_probs=log_probs)
    return _referee.score(model, TEST, LETTERS, np.random.default_rng(1))


def test_an_honest_model_gets_its_bits():
    bits = score(HONEST.log_probs)
    assert bits == pytest.approx(-HONEST.log_probs(TEST).mean() / np.log(2))
    assert 0 < bits < np.log2(LETTERS)


def sees_the_next(ids):
    """Believes itself the more, the higher the letter that is to come then."""
    found = HONEST.log_probs(ids)
    found[:-1] += 0.01 * ids[1:] - 0.1
    return np.minimum(found, 0)


def counts_all_of_it(ids):
    share = np.bincount(ids, minlength=LETTERS) / len(ids)
    return np.log(share[ids])


asked_before = itertools.count(1)


def learns_at_each_call(ids):
    uniform = np.full(len(ids), 1 / LETTERS)
    weight = min(next(asked_before) / 10, 0.9)
    return np.log((1 - weight) * uniform + weight * np.exp(HONEST.log_probs(ids)))


def has_two_faces(ids):
    """Honest about short texts, such as those that are asked about for the sum."""
    return HONEST.log_probs(ids) / (1 if len(ids) < len(TEST) else 2)


CHEATS = {
    "asked again about a letter it says something else": has_two_faces,
    r"sum to 1\.": lambda ids: np.minimum(HONEST.log_probs(ids) + np.log(1.1), 0),
    "sum to 5.000": lambda ids: np.zeros(len(ids)),
    "sum to 0.500": lambda ids: HONEST.log_probs(ids) - np.log(2),
    "changes with what comes": counts_all_of_it,
    "changes with what comes|something else": sees_the_next,
    "changes with what comes|something else|it says": learns_at_each_call,
    "not all it gives": lambda ids: np.where(ids == 1, np.nan, -1.0),
    "not all it gives are": lambda ids: np.full(len(ids), -np.inf),
    "not all it gives are finite logarithms": lambda ids: np.exp(HONEST.log_probs(ids)),
    r"shape \(400,\) is wanted; it gives \(399,\)": lambda ids: np.zeros(len(ids) - 1),
    r"it gives \(\)": lambda ids: HONEST.log_probs(ids).sum(),
}


@pytest.mark.parametrize("message", CHEATS)
def test_a_cheat_is_refused(message):
    with pytest.raises(_referee.RefusedError, match=message):
        score(CHEATS[message])


def test_the_lesson_has_the_referees_code():
    text = (FOLDER / "13_three_minutes.ipynb").read_text(encoding="utf-8")
    cells = [c for c in json.loads(text)["cells"] if c["cell_type"] == "code"]
    source = "\n\n".join("".join(cell["source"]) for cell in cells)
    lesson, referee, clock, smallest = (
        {
            node.name: ast.unparse(untyped(node))
            for node in ast.parse(code).body
            if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        }
        for code in (
            source,
            (FOLDER / "_referee.py").read_text(encoding="utf-8"),
            (FOLDER / "entries" / "_by_the_clock.py").read_text(encoding="utf-8"),
            (FOLDER / "entries" / "ngram.py").read_text(encoding="utf-8"),
        )
    )
    clock.pop("end_that_fits")
    assert len(referee) == 7
    for name, code in {**referee, **clock, **smallest}.items():
        assert lesson[name] == code


def untyped(node):
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef):
            part.returns = None
        elif isinstance(part, ast.arg):
            part.annotation = None
    return node


GOOD = """
from seqmodels import NGramLM

DESCRIPTION = "three letters,\\n    counted\\t"


def learn(train_ids, vocab_size, seconds_left):
    assert 0 < seconds_left() < 2.01
    return NGramLM(vocab_size, 3).fit(train_ids)
"""
NO_CARD = """
import os

assert os.environ["CUDA_VISIBLE_DEVICES"] == "-1"
"""
TWO_SECONDS = 2 / 60


@pytest.fixture
def entry(tmp_path):
    """A function that writes an entry's file."""

    def write(source, name="my_entry"):
        path = tmp_path / f"{name}.py"
        path.write_text(source, encoding="utf-8")
        return path

    return write


def run(path):
    return leaderboard.run_entry(path, TWO_SECONDS, TRAIN, TEST, LETTERS)


@pytest.mark.slow
def test_an_entry_in_a_process_of_its_own(entry):
    row = run(entry(GOOD))
    assert float(row["bits"]) == pytest.approx(score(HONEST.log_probs), abs=1e-4)
    assert row["what"] == "three letters, counted" and row["other"] == ""
    assert 0 <= float(row["seconds"]) <= 3


CRASHES = {
    "had not learnt after 3 s and was ended": (
        "return",
        "import time; time.sleep(60)\n    return",
    ),
    "it stopped with ZeroDivisionError in line 9: division by zero": (
        "return",
        "1 / 0; return",
    ),
    "it stopped with SystemExit": ("return", "raise SystemExit\n    return"),
    "it stopped with ModuleNotFoundError in line 2": (
        "from seqmodels",
        "from no_such_module",
    ),
    "it stopped with AttributeError": ("DESCRIPTION", "DESCRIBED"),
    "its process died before it had learnt": (
        "return",
        "import os; os._exit(3)\n    return",
    ),
    "has no attribute 'log_probs'": ("return NGramLM", "return 1 or NGramLM"),
}


@pytest.mark.slow
@pytest.mark.parametrize("message", CRASHES)
def test_an_entry_that_comes_to_grief(entry, message):
    path = entry(GOOD.replace(*CRASHES[message]))
    with pytest.raises(_referee.RefusedError, match=message):
        run(path)


@pytest.mark.parametrize(("late", "refused"), [(1.0, False), (1.2, True)])
def test_a_little_late_is_let_pass(late, refused):
    assert _referee.is_too_late(-late, TWO_SECONDS) == refused
    assert not _referee.is_too_late(late, TWO_SECONDS)


class Measured(contextlib.AbstractContextManager):
    """A machine that is a little faster at each measure."""

    def __init__(self):
        self.all = []

    def __exit__(self, *_):
        pass

    def measure(self):
        self.all.append(40.0 + len(self.all))


@pytest.fixture
def program(tmp_path, monkeypatch, capsys):
    """The program on the small text; a table of its own is to be found in `table`."""
    texts = TRAIN, TEST, "a small text"
    monkeypatch.setattr(leaderboard, "load_texts", lambda: texts)
    monkeypatch.setattr(leaderboard, "Product", Measured)
    monkeypatch.setattr(leaderboard, "keep_to_two_cores", lambda: 2)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")  # what it was comes back afterwards
    table = tmp_path / "table.tsv"

    def call(*arguments):
        status = leaderboard.main(["--table", str(table), *map(str, arguments)])
        return status, capsys.readouterr().out

    return types.SimpleNamespace(call=call, table=table)


@pytest.mark.slow
def test_a_line_is_added_and_none_written_over(entry, program):
    short = "--minutes", TWO_SECONDS
    paths = entry(GOOD), entry("raise ValueError('a\\nb')", "a_bad_one")
    status, said = program.call("run", *paths, *short)
    assert status == 1
    first, *lines = said.splitlines()
    assert first.startswith("my_entry: ") and " bits after " in first
    assert lines == [
        "a_bad_one gets no line: it stopped with ValueError in line 1: a b.",
        "table.tsv is as it was.",
    ]
    before = program.table.read_bytes()
    other = GOOD.replace("DESC", 'OTHER_DATA = "another text"\n\nDESC') + NO_CARD
    assert program.call("run", entry(other, "second"), *short)[0] == 0
    assert program.table.read_bytes().startswith(before)
    rows = leaderboard.read_table(program.table)
    assert [row["text"] for row in rows] == [
        "a small text",
        "a small text; also another text",
    ]
    assert {row["gflops"] for row in rows} == {"40"}
    status, said = program.call()
    assert status == 0 and "my_entry" in said and "second" in said


def test_ctrl_c_adds_no_line(entry, program, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(leaderboard, "run_entry", interrupted)
    status, said = program.call("run", entry(GOOD), entry(GOOD, "second"))
    assert (status, said) == (130, "Interrupted; my_entry gets no line.\n")
    assert not program.table.exists()


ROW = dict.fromkeys(leaderboard.COLUMNS, "1")


def test_a_line_broken_off_costs_no_other(tmp_path):
    path = tmp_path / "table.tsv"
    leaderboard.add_line(path, {**ROW, "bits": "2.5"})
    with path.open("a", encoding="utf-8") as file:
        file.write("1.2\thalf a li")
    leaderboard.add_line(path, {**ROW, "bits": "1.5"})
    assert [row["bits"] for row in leaderboard.read_table(path)] == ["1.5", "2.5"]
    assert "half a li" in path.read_text(encoding="utf-8")


def test_lines_of_another_clock_stand_apart(capsys):
    leaderboard.print_table([ROW, {**ROW, "minutes": "2"}, {**ROW, "text": "other"}])
    said = capsys.readouterr().out
    assert [line for line in said.splitlines() if "minutes, " in line] == [
        "1 minutes, 1",
        "2 minutes, 1",
        "1 minutes, other",
    ]


def test_an_empty_table_says_how_to_begin(program):
    assert program.call() == (
        0,
        "No line yet: python notebooks/leaderboard.py run entries\n",
    )


def test_the_text_is_that_of_the_other_lessons(monkeypatch):
    train_ids, test_ids, text = leaderboard.load_texts()
    assert text.startswith("bundled encyclopedia, ")
    assert len(test_ids) == (len(train_ids) + 1000 + len(test_ids)) // 15
    letters = "abc" * 2_200_000
    source = types.SimpleNamespace(kind="real", name="text8")
    import seqmodels.data.texts

    monkeypatch.setattr(seqmodels.data.texts, "load_text8", lambda: (letters, source))
    train_ids, test_ids, text = leaderboard.load_texts()
    assert (len(train_ids), len(test_ids)) == (6_199_000, 100_000)
    assert text == "text8, 6,300,000 characters"


def test_entries_are_found_from_beside_the_program(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = leaderboard.find_entries(["entries/ngram.py", "entries"])
    assert found[0] == FOLDER / "entries" / "ngram.py" and found[0] in found[1:]
    assert not [path for path in found if path.name.startswith("_")]
    with pytest.raises(SystemExit, match="there is no entry nothing.py"):
        leaderboard.find_entries(["nothing.py"])


@pytest.mark.parametrize("minutes", ["0", "-1"])
def test_there_must_be_some_time(minutes, capsys):
    with pytest.raises(SystemExit):
        leaderboard.main(["run", "entries", "--minutes", minutes])
    assert "expected more than 0" in capsys.readouterr().err


def test_the_stored_table():
    text = (FOLDER / "leaderboard.tsv").read_text(encoding="utf-8")
    assert text.endswith("\n")
    first, *lines = [line.split("\t") for line in text.splitlines()]
    assert first == leaderboard.COLUMNS
    assert len(leaderboard.read_table()) == len(lines)
    known = {path.stem for path in leaderboard.find_entries(["entries"])}
    for row in leaderboard.read_table():
        assert row["entry"] in known and 0 < float(row["bits"]) < np.log2(27)
        assert row["cores"] == "2" and 0 <= float(row["seconds"]) <= 61.2 * 3 + 1
        assert row["minutes"] == "3" and row["text"].startswith("text8, 6,300,000 ")


@pytest.mark.parametrize(
    "path", leaderboard.find_entries(["entries"]), ids=lambda path: path.stem
)
def test_every_entry_has_what_it_needs(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    (described,) = (
        node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id == "DESCRIPTION"
    )
    assert 10 < len(described) <= 80 and described.isprintable()
    (learn,) = (n for n in tree.body if getattr(n, "name", "") == "learn")
    names = [argument.arg for argument in learn.args.args]
    assert names == ["train_ids", "vocab_size", "seconds_left"]


@pytest.fixture
def beside(monkeypatch):
    """Modules that entries import from beside them."""
    monkeypatch.syspath_prepend(str(FOLDER / "entries"))


def test_counting_that_reads_on_is_a_model(beside):
    from counting import learn

    ids = np.random.default_rng(0).integers(27, size=60)
    text = np.resize(ids, 3000)
    model = learn(text[:2600], 27, lambda: 60)
    bits = _referee.score(model, text[2600:], 27, np.random.default_rng(0))
    assert bits < 1  # it knows the sixty by heart


def test_what_is_read_is_forgotten_before_the_next_text(beside):
    from _counting import Counts

    counts = Counts(LETTERS, TRAIN)
    _, first, _ = counts.read(TEST)
    _, again, longest = counts.read(TEST)
    _, by_one, _ = Counts(LETTERS, TEXT[:0]).read(TEXT)
    assert np.array_equal(first, again) and longest.min() == 7
    np.testing.assert_allclose(first, by_one[len(TRAIN) :])


def test_the_rate_falls_by_the_clock_and_training_ends(beside):
    from _by_the_clock import ByTheClock

    left = iter([101.0, 101 - 25, 101 - 50, 101 - 75, 101 - 95])
    optimizer = types.SimpleNamespace(learning_rate=0.2)
    model = types.SimpleNamespace(optimizer=optimizer, stop_training=False)
    clock = ByTheClock(0.2, lambda: next(left), reserve=1.0)
    clock.set_model(model)
    clock.on_train_begin()
    rates = []
    for batch in range(3):
        clock.on_train_batch_end(batch)
        rates.append(optimizer.learning_rate)
    np.testing.assert_allclose(rates, [0.1 + 0.1 * 0.5**0.5, 0.1, 0.1 - 0.1 * 0.5**0.5])
    assert model.stop_training  # 25 seconds are left, and a block takes as long
    clock.on_train_batch_end(3)
    assert 0 < optimizer.learning_rate < 0.01
