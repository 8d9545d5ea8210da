"""The scripts behind tables that take longer than a lesson, and what they stored."""

import ast
import json
import symtable

import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "notebooks" / "ledgers"
SCRIPTS = sorted(FOLDER.glob("[0-9]*.py"))


def cells(script, kinds=("code", "markdown")):
    """Sources of the notebook that the ledger belongs to."""
    (path,) = FOLDER.parent.glob(f"{script.name.partition('_')[0]}_*.ipynb")
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in found if cell["cell_type"] in kinds]


def test_every_stored_table_has_its_script():
    stored = {path.stem for path in FOLDER.glob("*.jsonl")}
    assert stored == {path.stem for path in SCRIPTS}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_no_run_stands_there_twice(script):
    text = script.with_suffix(".jsonl").read_text(encoding="utf-8")
    runs = [json.loads(line) for line in text.splitlines()]
    keys = [json.dumps(run["key"]) for run in runs]
    assert runs and len(set(keys)) == len(keys)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_the_lesson_names_it(script):
    assert any(f"ledgers/{script.name}" in source for source in cells(script))


def needed(table):
    """Names that a scope, or one within it, takes from outside of them all."""
    found = {
        symbol.get_name()
        for symbol in table.get_symbols()
        if symbol.is_referenced()
        and (symbol.is_global() or table.get_type() == "module")
    }
    return found.union(*map(needed, table.get_children()))


def strings_and_keywords(script):
    """Of a ledger and the modules beside it that it imports."""
    tree = ast.parse(script.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        elif isinstance(node, ast.keyword):
            found.add(node.arg)
        elif isinstance(node, ast.ImportFrom) and node.module.startswith("_"):
            found |= strings_and_keywords(FOLDER / f"{node.module}.py")
    return found


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_what_is_taken_from_the_lesson_is_taken_whole(script):
    lesson = ast.parse("\n\n".join(cells(script, ["code"]))).body
    code = {
        node.name: ast.unparse(node)
        for node in lesson
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    }
    named = strings_and_keywords(script)
    missing = {}
    for name in code.keys() & named:
        calls = needed(symtable.symtable(code[name], name, "exec")) & code.keys()
        if calls - named:
            missing[name] = calls - named
    assert not missing


@pytest.fixture
def definitions(tmp_path, monkeypatch):
    """`definitions` of a notebook of a few cells."""
    monkeypatch.syspath_prepend(str(FOLDER))
    import _from_notebook

    sources = ["N = 2\na, b = 1, N", "def f(): return a + N", "class C: n = 7", "1 / 0"]
    sources += ["{}[b] = 1 / 0"]  # uses the name, gives it no value
    cells = [{"cell_type": "code", "source": [source]} for source in sources]
    cells.insert(1, {"cell_type": "markdown", "source": ["No Python, f."]})
    text = json.dumps({"cells": cells})
    (tmp_path / "99_x.ipynb").write_text(text, encoding="utf-8")
    monkeypatch.setattr(_from_notebook, "NOTEBOOKS", tmp_path)
    return _from_notebook.definitions


def test_only_what_is_named_is_executed(definitions):
    found = {"N": 5}
    definitions("99_x", ["f", "b", "C"], found)
    assert (found["a"], found["b"], found["f"](), found["C"].n) == (1, 5, 6, 7)


def test_what_the_lesson_does_not_define(definitions):
    with pytest.raises(KeyError, match=r"99_x does not define \['g'\]"):
        definitions("99_x", ["f", "g"], {"a": 1})


def test_finished_runs_are_found_again(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    from _stored import Stored

    script = str(tmp_path / "99_x.py")
    done, path = Stored(script), tmp_path / "99_x.jsonl"
    assert done.store(("lstm", 1), {"bits": 1.5}) == {"key": ["lstm", 1], "bits": 1.5}
    with pytest.raises(ValueError, match="JSON"):
        done.store(("lstm", 2), {"bits": float("nan")})
    with path.open("a", encoding="utf-8") as file:
        file.write('{"key": ["lstm", 3], "bi')  # killed here
    done = Stored(script)
    done.store(("ü", 4), {"bits": 0.5})
    assert Stored(script) == done and list(done) == [("lstm", 1), ("ü", 4)]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_what_a_ledger_takes_stands_in_the_lesson(script):
    nodes = [
        node
        for source in cells(script, ["code"])
        for node in ast.walk(ast.parse(source))
    ]
    lesson = {n.name for n in nodes if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
    lesson |= {n.id for n in nodes if isinstance(n, ast.Name)}
    taken = set()
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "definitions":
            names = ast.walk(node.args[1])
            taken |= {n.value for n in names if isinstance(n, ast.Constant)}
    assert taken <= lesson, f"not in the lesson: {sorted(taken - lesson)}"
