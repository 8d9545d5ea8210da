"""The form that every notebook keeps; that they run is nbval's affair."""

import re
from pathlib import Path

import nbformat
import pytest

import address

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NAMES = [
    "00_start",
    "01_fibonacci",
    "02_hello_world",
    "03_emoji",
    "04a_ngrams",
    "04b_hidden_markov",
    "05_numpy_rnn",
    "06_text8_lstm",
    "07_bigrams_dropout",
    "08_mirror",
    "09_shakespeare",
    "10_reading_neurons",
    "11_sentiment",
    "12_topics",
    "13_three_minutes",
    "14_more_than_one_machine",
]
NOTEBOOKS = {name: nbformat.read(FOLDER / f"{name}.ipynb", 4) for name in NAMES}


def code_cells(name):
    return [cell for cell in NOTEBOOKS[name].cells if cell.cell_type == "code"]


def contract_cell(name):
    """The last cell that reports; only exercises may stand behind it."""
    cells = code_cells(name)
    place = max(n for n, c in enumerate(cells) if "seqmodels.report(" in c.source)
    assert all(re.search(r"^check\.", c.source, re.M) for c in cells[place + 1 :])
    return cells[place]


def test_none_is_missing_and_none_unknown():
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == NAMES


def test_all_begin_with_the_same_set_up():
    assert len({code_cells(name)[0].source for name in NAMES}) == 1
    assert code_cells(NAMES[0])[0].source == address.setup_cell(*address.read())


@pytest.mark.parametrize("name", NAMES)
def test_title_and_contract(name):
    title = NOTEBOOKS[name].cells[0].source
    assert title.startswith(f"# {name.partition('_')[0]} · ")
    for part in ["**Promise:**", "**Data:**", "**Time:**"]:
        assert part in title
    badge = address.badge(f"{name}.ipynb", *address.read())
    assert title.endswith(badge) and title.count("Open in Colab") == bool(badge)
    assert contract_cell(name).source.count("assert ") >= 4


@pytest.mark.parametrize("name", NAMES)
def test_the_reader_guesses_before_the_answer(name):
    sources = [cell.source for cell in code_cells(name)]
    guesses = {}  # each with the cell that asks for it
    for n, source in enumerate(sources):
        guesses.update(
            dict.fromkeys(re.findall(r"^(guess_\w+) = None", source, re.M), n)
        )
    assert len(guesses) >= 2
    for guess, asked in guesses.items():
        call = re.compile(rf"compare_guess\(\s*{guess},")
        answered = [n for n, s in enumerate(sources) if call.search(s)]
        assert answered and min(answered) > asked


@pytest.mark.parametrize("name", NAMES)
def test_outputs_are_those_of_one_clean_run(name):
    cells = code_cells(name)
    counts = [cell.execution_count for cell in cells]
    assert counts == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [o for o in outputs if o.get("name") == "stderr"]
    assert not [o for o in outputs if "WARNING" in o.get("text", "")]
    assert not [o for o in outputs if o.output_type == "error"]
    assert any("Result: " in o.get("text", "") for o in contract_cell(name).outputs)
    assert (FOLDER / f"{name}.ipynb").stat().st_size < 1_000_000
    assert all(cell.source.count("\n") < 40 for cell in cells)


def test_readme_has_the_seconds_of_the_stored_runs():
    readme = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    runs = {name: NOTEBOOKS[name].metadata["seqmodels"] for name in NAMES}
    for name, run in runs.items():
        lines = [line for line in readme.splitlines() if line.startswith("| ")]
        rows = [line for line in lines if f"/{name}.ipynb)" in line]
        (row,) = rows
        speed, seconds = (cell.strip() for cell in row.split("|")[-3:-1])
        assert (speed, seconds) == (str(run["gflops"]), str(run["seconds"]))
    speeds = [run["gflops"] for run in runs.values()]
    ends = dict.fromkeys([min(speeds), max(speeds)])  # one, if they are the same
    assert f"({' to '.join(map(str, ends))} GFLOP/s," in readme


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_has_a_text_for_those_who_cannot_see_it(name):
    pictures = [
        output
        for cell in code_cells(name)
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    assert pictures
    for picture in pictures:
        assert len(picture.metadata["image/png"]["alt"]) > 20
