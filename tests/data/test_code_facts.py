"""Facts of Python code, letter by letter."""

import ast

import numpy as np
import pytest

from seqmodels.data.code_facts import code_facts
from seqmodels.data.source_code import load_standard_library


def marked(code, name):
    """The characters after which it holds, others as dots, line ends as they are."""
    pairs = zip(code, code_facts(code)[name], strict=True)
    return "".join(c if v or c == "\n" else "." for c, v in pairs)


@pytest.mark.parametrize(
    ("name", "code", "wanted"),
    [
        ("comments", "a = 1  # b\n", ".......# b\n"),
        ("comments", "a = '# b'\n", ".........\n"),
        ("strings", "a = 'b' + rb\"c\"\n", "....'b......\"c.\n"),
        ("strings", "a = ''\n", "....'.\n"),
        ("strings", "a = f'b{c}d'\n", ".....'b{c}d.\n"),
        ("strings", "a = f'{f\"b\"}'\n", '.....\'{f"b"}.\n'),
        ("docstrings", "'''a\nb'''\n", "..'a\nb...\n"),
        ("docstrings", "f'''a{b}'''\n", "...'a{b}...\n"),
        ("if lines", "if a:\n    b\n", ".f a:\n.....\n"),
        ("if lines", "x = 1 if a else 2\n", ".................\n"),
        ("if lines", "if (a or\n    b):\n  c\n", ".f (a or\n    b):\n...\n"),
        ("if lines", "if a: b\nc\n", ".f a: b\n.\n"),
        ("def lines", "def a(b):\n    c\n", "..f a(b):\n.....\n"),
        ("def lines", "@d\nclass A:\n    b\n", "..\n....s A:\n.....\n"),
        ("brackets", "a(b[c])d\n", ".(b[c]..\n"),
        ("brackets", "a( b ) c\n", ".( b ...\n"),
        ("brackets", "a('(')\n", ".('('.\n"),
    ],
)
def test_marks(name, code, wanted):
    assert marked(code, name) == wanted


def test_numbers():
    facts = code_facts("if a:\n  b\n\n  c\nd\n")
    assert facts["column"].tolist() == [
        1,
        2,
        3,
        4,
        5,
        0,
        1,
        2,
        3,
        0,
        0,
        1,
        2,
        3,
        0,
        1,
        0,
    ]
    assert facts["indentation"].tolist() == [0] * 8 + [2] * 7 + [0] * 2


def test_indentation_is_known_from_the_first_sign_on():
    code = "if a:\n    if b:\n        c\n    # why\n    d\ne\n"
    found = code_facts(code)["indentation"]
    assert [int(found[code.index(sign)]) for sign in "abcde"] == [0, 4, 8, 4, 0]
    after = {line: found[code.index(line) + 3] for line in ("    if b", "        c")}
    assert list(after.values()) == [0, 4]
    assert found[code.index("    d") + 3] == 8  # not known yet


def test_no_code():
    assert all(values.shape == (0,) for values in code_facts("").values())


@pytest.mark.parametrize("code", ["a = (\n", "'''a\n", "  a\n b\n"])
def test_no_python(code):
    with pytest.raises(ValueError, match="`code` must be Python; got"):
        code_facts(code)


def test_library_agrees_with_its_syntax_tree():
    """Another reader of the same code says where statements start and how far in."""
    files, _ = load_standard_library()
    for file in [f for f in files if f.text.isascii() and "\t" not in f.text][::40]:
        facts = code_facts(file.text)
        assert {v.shape for v in facts.values()} == {(len(file.text),)}
        lines = file.text.splitlines(keepends=True)
        starts = np.cumsum([0, *map(len, lines)])
        for node in ast.walk(ast.parse(file.text)):
            place = starts[getattr(node, "lineno", 1) - 1] + getattr(
                node, "col_offset", 0
            )
            if isinstance(node, (ast.If, ast.While)):
                assert facts["if lines"][place + 4], file.name
            if isinstance(node, (ast.Import, ast.Return, ast.Raise)):
                assert facts["column"][place] == node.col_offset + 1
                if lines[node.lineno - 1][: node.col_offset].strip() == "":
                    assert facts["indentation"][place] == node.col_offset, file.name
