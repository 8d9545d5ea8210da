"""Workers that are processes of this machine, none of which can outlive its limit."""

import os
import pickle
import socket
import subprocess
import sys
import time

import pytest

from tests.conftest import ROOT

LIMIT = 300  # seconds; a busy machine takes long to start TensorFlow four times

# The limit holds also if a worker holds Python's lock, or nobody waits for it anymore.
RUN = """if True:
    import faulthandler, importlib, pickle, sys
    limit, module, name, given, result = sys.argv[1:]
    faulthandler.dump_traceback_later(float(limit), exit=True)
    with open(given, "rb") as file:
        args = pickle.load(file)
    returned = getattr(importlib.import_module(module), name)(*args)
    with open(result, "wb") as file:
        pickle.dump(returned, file)
"""


def free_addresses(number):
    """Addresses of this machine at which nobody listens."""
    sockets = [socket.socket() for _ in range(number)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    addresses = [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]
    for each in sockets:
        each.close()
    return addresses


class Launched:
    """A function that runs in a process of its own."""

    def __init__(self, function, args, folder, environ):
        folder.mkdir(parents=True)
        self.out, self.err = folder / "out", folder / "err"
        self.returned, given = folder / "returned", folder / "given"
        given.write_bytes(pickle.dumps(args))
        names = function.__module__, function.__name__
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        self.args, self.ends = args, time.monotonic() + LIMIT
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-c", RUN, str(LIMIT), *names, given, self.returned],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": path, **environ},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    def until(self, said):
        """Waits for what it prints."""
        while said not in self.out.read_text():
            assert self.process.poll() is None, self.err.read_text()
            assert time.monotonic() < self.ends, f"it has not said {said!r}"
            time.sleep(0.05)

    def wait(self):
        """What the function has returned; fails if it has raised."""
        code = self.process.wait(max(0, self.ends - time.monotonic()) + 10)
        assert code == 0, self.err.read_text()
        return pickle.loads(self.returned.read_bytes())

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def launch(tmp_path):
    """A function that calls a function in a new process, and returns the process.

    It must stand in a module, which the process imports; so nothing at the top of it
    may import TensorFlow that shall not be imported before the function has begun.
    """
    launched = []

    def start(function, *args, **environ):
        folder = tmp_path / "processes" / str(len(launched))
        launched.append(Launched(function, args, folder, environ))
        return launched[-1]

    yield start
    for each in launched:
        each.kill()


@pytest.fixture
def launch_workers(launch):
    """A function that calls a function as each of some workers: `(cluster, *args)`."""
    from seqmodels.workers.cluster import Cluster

    def start(number, function, *args, **environ):
        addresses = tuple(free_addresses(number))
        clusters = [Cluster(addresses, index) for index in range(number)]
        return [launch(function, cluster, *args, **environ) for cluster in clusters]

    return start


def wait(launched):
    """What each has returned."""
    return [each.wait() for each in launched]
