"""Definitions out of a notebook, so that a ledger runs the lesson's own code."""

import ast
import json
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parent.parent


def definitions(stem: str, names: list[str], namespace: dict) -> None:
    """Executes a notebook's definitions of these names, in its order.

    Args:
        stem: Such as "03_emoji".
        names: Of functions, classes, and variables assigned at the top level.
        namespace: Where they go, and where what they need must be.

    Raises:
        KeyError: If the notebook defines none of that name.
    """
    wanted = set(names)
    for node in ast.parse(_source(stem)).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            defined = {node.name}
        elif isinstance(node, ast.Assign):
            parts = [part for target in node.targets for part in ast.walk(target)]
            parts = [part for part in parts if isinstance(part, ast.Name)]
            defined = {part.id for part in parts if isinstance(part.ctx, ast.Store)}
        else:
            continue
        if defined & set(names):
            exec(compile(ast.Module([node], []), stem, "exec"), namespace)
            wanted -= defined
    if wanted:
        raise KeyError(f"{stem} does not define {sorted(wanted)}")


def imports(stem: str, namespace: dict) -> None:
    """Executes what a notebook imports at its top level, the set-up cell's too."""
    nodes = ast.parse(_source(stem)).body
    found = [node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))]
    exec(compile(ast.Module(found, []), stem, "exec"), namespace)


def _source(stem):
    text = (NOTEBOOKS / f"{stem}.ipynb").read_text(encoding="utf-8")
    code = [c for c in json.loads(text)["cells"] if c["cell_type"] == "code"]
    return "\n\n".join("".join(cell["source"]) for cell in code)
