"""Books of formulas: the bundled one, and a reader's own with and without faults."""

import pytest

from seqmodels.data.formulas import Formula, load_formulas

GOOD = "law\tformula\tsentence\nhooke's law\tF = - k x\tA spring pulls back.\n"


@pytest.fixture
def book(tmp_path):
    folder = tmp_path / "my book"
    folder.mkdir()
    (folder / "solid_state.tsv").write_text(GOOD, encoding="utf-8")
    return folder


def test_a_book_of_ones_own(book, capsys):
    (book / "optics.tsv").write_text(
        "law\tformula\tsentence\nsnell's law\tn \\sin a = m \\sin b\tLight bends.\n"
        "snell's law\tb = 0\tStraight on.\n",
        encoding="utf-8",
    )
    (book / "notes.txt").write_text("not a table", encoding="utf-8")
    formulas, source = load_formulas(book)
    assert formulas == [
        Formula("optics", "snell's law", r"n \sin a = m \sin b", "Light bends."),
        Formula("optics", "snell's law", "b = 0", "Straight on."),
        Formula("solid state", "hooke's law", "F = - k x", "A spring pulls back."),
    ]
    assert load_formulas(str(book))[0] == formulas
    assert source.kind == "real"
    line = "Data: my book, 3 formulas in 2 fields\n"
    assert capsys.readouterr().out == line * 2


def test_the_bundled_book_says_so(bundled, capsys):
    (bundled / "formulas").mkdir()
    (bundled / "formulas" / "mechanics.tsv").write_text(GOOD, encoding="utf-8")
    formulas, source = load_formulas()
    assert formulas[0].field == "mechanics" and source.kind == "bundled"
    line = "Data: bundled book of formulas, 1 formulas in 1 fields\n"
    assert capsys.readouterr().out == line


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "a law\tx = \\frac{1}{2\tA sentence.",
            r"formula: expected '\}' at token 8, got the end\.",
        ),
        ("a law\tno relation\tA sentence.", "formula: expected a relation"),
        ("a law\tx = 1", "expected 3 columns, got 2"),
        ("a law\tx = 1\tA sentence.\tmore", "expected 3 columns, got 4"),
        ("\tx = 1\tA sentence.", "expected a law, got nothing"),
        ("a law\t \tA sentence.", "expected a formula, got nothing"),
        ("a law\tx = 1\t", "expected a sentence, got nothing"),
    ],
)
def test_a_line_with_a_fault(book, line, message):
    with open(book / "solid_state.tsv", "a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    with pytest.raises(ValueError, match=rf"^solid_state\.tsv, line 3: {message}"):
        load_formulas(book)


def test_a_folder_without_a_table(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"^folder: expected <field>\.tsv in"):
        load_formulas(tmp_path / "nowhere")
