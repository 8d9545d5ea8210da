"""The house: which room may import which, and how large a file may be."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "seqmodels"
# For each room what it may import beside itself; `_tensorflow` stands beneath them.
MAY_IMPORT = {
    "text": set(),
    "counting": {"text"},
    "layers": {"_tensorflow", "text"},
    "models": {"_tensorflow", "text", "layers", "display", "workers"},
    "data": {"display", "text"},
    "display": {"_tensorflow", "text"},
    "workers": {"_tensorflow", "text"},
    "exercises": {"display"},
    "program": {
        "_tensorflow",
        "text",
        "counting",
        "models",
        "display",
        "bundle",
        "exercises",
        "page",
        "workers",
    },
    "page": {"_tensorflow", "text", "counting", "models"},
}
NUMPY_ALONE = ("text", "counting")
FILES = sorted(PACKAGE.rglob("*.py"))


def imported(path):
    """Full names of the modules that a file imports, wherever in it it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import hides where it points"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_arrows_point_one_way(room):
    files = sorted((PACKAGE / room).glob("*.py"))
    assert len(files) > 2
    for path in files:
        for name in imported(path):
            package, _, rest = name.partition(".")
            other = rest.split(".")[0]
            if package == "seqmodels" and not other.startswith("__"):
                allowed = {room, *MAY_IMPORT[room]}
                assert other in allowed, f"{room}/{path.name} imports {other}"


@pytest.mark.parametrize("room", NUMPY_ALONE)
def test_rooms_that_need_numpy_alone(room):
    import sys

    for path in (PACKAGE / room).glob("*.py"):
        others = {name.split(".")[0] for name in imported(path)}
        others -= {"numpy", "seqmodels", *sys.stdlib_module_names}
        assert not others, f"{room}/{path.name} imports {others}"


def test_every_module_has_its_room():
    outside = {path.name for path in PACKAGE.glob("*.py")}
    assert outside == {
        *("__init__.py", "_registration.py", "_tensorflow.py"),
        *("bundle.py", "__main__.py"),
    }
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir()}
    assert rooms - {"__pycache__"} == set(MAY_IMPORT)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_no_file_is_long(path):
    # A notebook's exercises are one file, with all their wrong answers.
    is_full = path.parent.name == "exercises" and not path.name.startswith("_")
    most = 650 if is_full else 250
    assert len(path.read_text(encoding="utf-8").splitlines()) <= most
