"""Functions that run in processes of their own, none of which outlives its limit."""

import os
import pickle
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 300  # seconds; a busy machine takes long to start TensorFlow four times

# The limit holds also if a worker holds Python's lock, or nobody waits for it anymore.
RUN = """if True:
    import faulthandler, importlib, pickle, sys
    limit, module, name, given, result = sys.argv[1:]
    faulthandler.dump_traceback_later(float(limit), exit=True)
    with open(given, "rb") as file:
        args, options = pickle.load(file)
    returned = getattr(importlib.import_module(module), name)(*args, **options)
    with open(result, "wb") as file:
        pickle.dump(returned, file)
"""


class Launched:
    """A function that runs in a process of its own."""

    def __init__(self, function, args, options, folder):
        folder.mkdir(parents=True)
        self.out, self.err = folder / "out", folder / "err"
        self.returned, given = folder / "returned", folder / "given"
        given.write_bytes(pickle.dumps((args, options)))
        names = function.__module__, function.__name__
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        self.args, self.ends = args, time.monotonic() + LIMIT
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-c", RUN, str(LIMIT), *names, given, self.returned],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": path},
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

    def wait(self, limit=LIMIT):
        """What the function has returned; fails if it has raised."""
        limit = min(limit, max(0, self.ends - time.monotonic()) + 10)
        code = self.process.wait(limit)
        assert code == 0, self.err.read_text()
        return pickle.loads(self.returned.read_bytes())

    def warnings(self):
        """What Python's warnings and TensorFlow's logger have written."""
        lines = self.err.read_text().splitlines()
        return [x for x in lines if "WARNING:tensorflow" in x or "Warning" in x]

    def kill(self):
        self.process.kill()
        self.process.wait()


def free_addresses(number):
    """Addresses of this machine at which nobody listens."""
    sockets = [socket.socket() for _ in range(number)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    addresses = [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]
    for each in sockets:
        each.close()
    return addresses


def wait(launched):
    """What each has returned."""
    return [each.wait() for each in launched]
