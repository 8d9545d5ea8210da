"""The course's address: nowhere while there is none, and everywhere the same one."""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import types
from importlib import metadata

import pytest

import address
import seqmodels
from tests.conftest import ROOT

URL, TAG = "https://github.com/owner/name", "v7.8.9"


@pytest.fixture
def copy(tmp_path):
    """A checkout of two notebooks, without an address."""
    (tmp_path / "notebooks").mkdir()
    for name in ["01_fibonacci.ipynb", "04a_ngrams.ipynb"]:
        shutil.copy(ROOT / "notebooks" / name, tmp_path / "notebooks")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    address.write("", "", tmp_path)
    return tmp_path


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}


def changed(old, new):
    """The lines that differ, with their notebook's or their file's name."""
    return [
        (path.name, line)
        for path in old
        for line in set(new[path].decode().splitlines())
        - set(old[path].decode().splitlines())
    ]


def test_an_address_is_written_into_every_set_up_cell_and_badge(copy):
    old = contents(copy)
    address.write(URL, TAG, copy)
    assert address.read(copy) == (URL, TAG)
    new = contents(copy)
    for path in copy.glob("notebooks/*"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        assert "".join(code[0]["source"]) == address.setup_cell(URL, TAG)
        page = f"owner/name/blob/{TAG}/notebooks/{path.name})"
        assert "".join(cells[0]["source"]).endswith(page)
    assert {name for name, _ in changed(old, new)} == {path.name for path in old}
    address.write(URL, TAG, copy)
    assert contents(copy) == new  # once is enough
    address.write("", "", copy)
    assert contents(copy) == old


@pytest.mark.parametrize("url, tag", [("", ""), (URL, TAG)])
def test_only_the_set_up_and_the_title_are_rewritten(copy, url, tag):
    (path, _) = sorted(copy.glob("notebooks/*"))
    before = json.loads(path.read_text(encoding="utf-8"))
    address.write(url, tag, copy)
    after = json.loads(path.read_text(encoding="utf-8"))
    different = [
        n
        for n, (a, b) in enumerate(zip(before["cells"], after["cells"], strict=True))
        if a != b
    ]
    assert different == ([0, 1] if url else [])
    assert {**before, "cells": 0} == {**after, "cells": 0}


@pytest.mark.parametrize(
    "url, tag, message",
    [
        (URL, "", "`TAG` must be v7.8.9, as the package; got ''"),
        (URL, "main", "`TAG` must be v7.8.9, as the package; got 'main'"),
        ("", TAG, "`REPO` must be OWNER/NAME of a repository.*; got ''"),
        (f"{URL}/tree", TAG, "`REPO` must be .*; got 'owner/name/tree'"),
        ("https://elsewhere.org/owner/name", TAG, "`REPO` must be OWNER/NAME"),
    ],
)
def test_half_an_address_and_a_branch_are_refused(url, tag, message):
    with pytest.raises(ValueError, match=message):
        address.check(url, tag, "7.8.9")
    address.check(URL, TAG, "7.8.9")
    address.check("", "", "7.8.9")


@pytest.mark.parametrize("tag, written", [("main", False), (None, True)])
def test_the_program_writes_what_is_allowed_alone(tag, written, monkeypatch, capsys):
    where = "owner/name", tag or f"v{seqmodels.__version__}"
    calls = []
    monkeypatch.setattr(address, "write", lambda *where: calls.append(where))
    monkeypatch.setattr(sys, "argv", ["address.py", *where])
    if written:
        address.main()
        assert calls == [(URL, where[1])]
        return
    with pytest.raises(SystemExit, match="`TAG` must be v.*; got 'main'"):
        address.main()
    assert not calls


def test_no_other_address_is_installed_or_opened():
    """Whoever owned it would run code on every learner's machine."""
    url, _ = address.read()
    files = [path for path in ROOT.glob("*.*") if path.suffix in (".md", ".toml")]
    files += [ROOT / "CITATION.cff", *ROOT.glob("notebooks/*.ipynb")]
    for path in files:
        text = path.read_text(encoding="utf-8")
        remote = re.findall(r"git\+http\S+|colab\.\S+/github/\S+", text)
        assert all(url and url[len("https://") :] in link for link in remote), path
        assert text.count("[project.urls]") == (bool(url) and path.suffix == ".toml")


def test_the_version_is_the_same_everywhere():
    assert address.package_version() == seqmodels.__version__
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {seqmodels.__version__}\n" in cited


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder without a checkout around it, and a Python without the package."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    return monkeypatch


@pytest.fixture
def package(monkeypatch):
    """A stand-in for the package; what it was asked for."""
    asked = []
    package = types.ModuleType("seqmodels")
    package.__version__ = "7.8.9"
    package.setup = lambda seed: asked.append(seed)
    monkeypatch.setitem(sys.modules, "seqmodels", package)
    return types.SimpleNamespace(asked=asked, module=package)


def run_cell(*where):
    exec(address.setup_cell(*where), {})


def test_without_an_address_the_cell_says_how_to_install(elsewhere, package):
    with pytest.raises(SystemExit) as stopped:
        run_cell("", "")
    said = str(stopped.value)
    assert "%pip install seqmodels-*.whl" in said and said.count("\n") == 1
    assert "github" not in address.setup_cell("", "")
    assert not package.asked


@pytest.mark.parametrize("where", [("", ""), (URL, TAG)])
def test_in_a_checkout_its_package_is_used(where, elsewhere, package):
    package.module.__version__ = "any"  # a checkout's notebooks go with its package
    folder = ROOT / "notebooks"
    elsewhere.chdir(folder)
    run_cell(*where)
    assert sys.path[0] == str(ROOT) and package.asked == [0]


def test_with_an_address_the_tag_is_installed(elsewhere, package):
    commands = []

    def run(command, **_):
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    elsewhere.setattr(subprocess, "run", run)
    run_cell(URL, TAG)
    ((*_, source, tensorflow, keras, numpy),) = commands
    assert source == f"git+{URL}@{TAG}"
    assert tensorflow == f"tensorflow=={metadata.version('tensorflow')}"
    assert keras == f"keras=={metadata.version('keras')}"
    assert numpy == f"numpy=={metadata.version('numpy')}"
    assert package.asked == [0]


def test_an_address_out_of_reach_ends_in_advice(elsewhere, package):
    failed = subprocess.CompletedProcess([], 1, stderr="could not resolve host\n")
    elsewhere.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(SystemExit, match="could not resolve host") as stopped:
        run_cell(URL, TAG)
    assert "%pip install seqmodels-*.whl" in str(stopped.value)
    assert str(stopped.value).count("\n") == 1
    assert not package.asked


def test_another_version_that_is_installed_is_refused(elsewhere, package):
    package.module.__version__ = "7.8.8"
    elsewhere.setattr(importlib.util, "find_spec", lambda name: "found")
    with pytest.raises(SystemExit, match=r"needs seqmodels 7\.8\.9; found 7\.8\.8"):
        run_cell(URL, TAG)
    run_cell("", "")  # without an address any will do
    assert package.asked == [0]
