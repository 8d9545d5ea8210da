"""Pulls the network plug: only this machine's own addresses can be reached.

Python imports a module of this name at its start, wherever it finds one first.
"""

import errno
import socket

_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex
_LOCAL = ("127.", "localhost", "::1", "0.0.0.0")


def _elsewhere(address):
    return isinstance(address, tuple) and not str(address[0]).startswith(_LOCAL)


def _connect_here(self, address):
    if _elsewhere(address):
        raise OSError(f"the tests run without a network; {address[0]!r} was called")
    return _connect(self, address)


def _connect_here_ex(self, address):
    return errno.ENETUNREACH if _elsewhere(address) else _connect_ex(self, address)


socket.socket.connect = _connect_here
socket.socket.connect_ex = _connect_here_ex
