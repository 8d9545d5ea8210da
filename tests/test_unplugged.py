"""What keeps the tests off the network, and the data that they may be given."""

import errno
import os
import socket
import sys
import types

import pytest

from tests.unplugged import plugin


@pytest.fixture
def configure(monkeypatch):
    """A function that starts the plugin with what `--data` names."""
    monkeypatch.setattr(sys, "dont_write_bytecode", sys.dont_write_bytecode)
    for name in ("OFFLINE", "CACHE", "DATA"):
        monkeypatch.setenv(f"SEQMODELS_{name}", "as it was")
    monkeypatch.setenv("PYTHONPATH", os.environ.get("PYTHONPATH", ""))

    def configure(data):
        config = types.SimpleNamespace(getoption={"--data": data}.__getitem__)
        plugin.pytest_configure(config)
        return os.environ["SEQMODELS_DATA"]

    return configure


def test_data_is_found_from_any_folder(configure, tmp_path, monkeypatch):
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    for named in (str(folder), "data", "~/data"):
        assert configure(named) == os.path.realpath(folder)
    assert configure(None) == ""


@pytest.mark.parametrize("named", ["nowhere", "file", ""])
def test_data_must_be_a_folder(configure, tmp_path, monkeypatch, named):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(pytest.UsageError, match=f"must name a folder; got '{named}'"):
        configure(named)


def test_only_this_machine_can_be_reached():
    with socket.socket() as listening, socket.socket() as calling:
        listening.bind(("127.0.0.1", 0))
        far, here = ("192.0.2.1", 80), listening.getsockname()
        with pytest.raises(OSError, match="without a network; '192.0.2.1' was called"):
            calling.connect(far)
        assert calling.connect_ex(far) == errno.ENETUNREACH
        assert calling.connect_ex(here)  # an error's number: nobody listens yet
    with socket.socket() as listening, socket.socket() as calling:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        assert calling.connect_ex(listening.getsockname()) == 0
