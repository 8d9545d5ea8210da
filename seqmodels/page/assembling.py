"""Puts the page together: its shell, its style, one ES module, and the data."""

from __future__ import annotations

import base64
import functools
import hashlib
import html
import json
import re
from pathlib import Path

FOLDER = Path(__file__).parent
ROOM = 150_000  # bytes that a page may have beside its weights and tables
# Each uses what stands before it.
MODULES = (
    "network leaning reading counting knowing finding letters address "
    "skeleton next_letters cells writing text playground"
).split()
_IMPORT = re.compile(r'^import [^;]*? from "\./\w+\.js";\n', re.MULTILINE)


@functools.cache
def module() -> str:
    """The page's ES module: all files one after the other, without their imports."""
    return "\n".join(_IMPORT.sub("", _read(f"{name}.js")) for name in MODULES)


@functools.cache
def style() -> str:
    """The page's style sheet."""
    return _read("page.css")


def assemble(description: dict[str, object], weights: str, tables: str = "") -> bytes:
    """The whole page, UTF-8.

    Args:
        description: What the module must know of the network, and what is shown.
        weights: As base64.
        tables: What counting knows, if the network is told of it; gzip, as base64.
    """
    script = module() + "\nopenPage();\n"
    data = json.dumps(description, ensure_ascii=True, separators=(",", ":"))
    if description["chars"] and len(data) > 20_000:  # Chinese is half as long so
        plain = json.dumps(description, ensure_ascii=False, separators=(",", ":"))
        data = plain if not re.search("[\ud800-\udfff]", plain) else data
    parts = {
        "title": html.escape(str(description["title"]).translate(_NO_SURROGATES)),
        "script": script,
        "style": style(),
        "script_hash": _hash(script),
        "style_hash": _hash(style()),
        # Within a script element nothing else could end it.
        "description": data.replace("<", "\\u003c"),
        "weights": weights,
        "tables": tables,
    }
    page = re.sub(r"\{\{(\w+)\}\}", lambda m: parts[m[1]], _read("page.html"))
    return page.encode("utf-8")


_NO_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")


def _read(name):
    return (FOLDER / name).read_text(encoding="utf-8")


def _hash(text):
    """As a Content-Security-Policy names what alone may run."""
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()
    return f"sha256-{digest}"
