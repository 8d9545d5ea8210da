"""The standard library as a data set: which files, in which encoding, and none."""

import platform
import sysconfig

import pytest

from seqmodels.data.source_code import load_standard_library


@pytest.fixture
def library(tmp_path, monkeypatch):
    """An empty folder in place of the library's."""
    folder = tmp_path / "lib"
    folder.mkdir()
    monkeypatch.setattr(sysconfig, "get_path", lambda name: str(folder))
    return folder


def test_the_library_of_the_python_that_is_running(capsys):
    files, source = load_standard_library()
    texts = {file.name: file.text for file in files}
    assert "class JSONDecoder" in texts["json/decoder.py"]
    assert len(texts) == len(files)
    parts = {part for name in texts for part in name.split("/")}
    assert not parts & {"test", "tests", "site-packages", "encodings"}
    assert len(files) > 300 and sum(map(len, texts.values())) > 5_000_000
    assert source.kind == "real"
    line = f"Data: standard library, of Python {platform.python_version()}, "
    assert capsys.readouterr().out.startswith(line)


def test_files_in_the_order_of_their_names(library, capsys):
    for name in ["b.py", "a/c.py", "a/tests/d.py", "site-packages/e.py", "f.txt"]:
        (library / name).parent.mkdir(parents=True, exist_ok=True)
        (library / name).write_bytes(b"x = 1\r\n")
    files, _ = load_standard_library()
    assert files == [("a/c.py", "x = 1\n"), ("b.py", "x = 1\n")]
    line = f"of Python {platform.python_version()}, 2 files, 12 characters"
    assert capsys.readouterr().out == f"Data: standard library, {line}\n"


def test_encodings_are_those_that_the_files_name(library):
    (library / "a.py").write_bytes("# coding: latin-1\n# é\n".encode("latin-1"))
    (library / "b.py").write_bytes("# é\n".encode())
    (library / "c.py").write_bytes(b"\xef\xbb\xbfx = 1\n")
    (library / "d.py").write_bytes("# é\n".encode("latin-1"))  # not what it says
    (library / "e.py").write_bytes(b"# coding: no such thing\n")
    (library / "f.py").write_bytes(b"")
    expected = {"a.py": "# coding: latin-1\n# é\n", "b.py": "# é\n", "c.py": "x = 1\n"}
    assert dict(load_standard_library()[0]) == expected


@pytest.mark.parametrize("is_there", [True, False])
def test_a_library_without_sources(library, is_there):
    if is_there:
        (library / "os.pyc").write_bytes(b"")
    else:
        library.rmdir()
    with pytest.raises(FileNotFoundError, match=r"expected \*\.py in .*lib, got none"):
        load_standard_library()
