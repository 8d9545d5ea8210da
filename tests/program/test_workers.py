"""`train` among workers that are real processes on this machine."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from seqmodels.program.settings import Network, Plan
from tests.launched import ROOT, free_addresses
from tests.program.conftest import make_text

LIMIT = 240  # seconds, on a slow machine; nothing that is tested takes a quarter of it


class Run:
    """Several workers of one `train`, whose output goes to files."""

    def __init__(self, folder, number=2, texts=(), before="", minutes="0.2"):
        folder.mkdir(exist_ok=True)
        names = ",".join(free_addresses(number))
        self.folder, self.processes = folder, []
        for index in range(number):
            text = texts[index] if texts else folder / "text.txt"
            args = ["train", text, "--minutes", minutes, "--out", folder / "a.keras"]
            if number > 1:
                args += ["--workers", names, "--index", index]
            code = f"import sys, os\nindex = {index}\n{before}\n"
            code += "from seqmodels.__main__ import main\nsys.exit(main(sys.argv[1:]))"
            with open(folder / f"{index}.log", "w") as log:
                self.processes.append(
                    subprocess.Popen(
                        [sys.executable, "-c", code, *map(str, args)],
                        env={**os.environ, "PYTHONPATH": str(ROOT)},
                        stdout=log,
                        stderr=log,
                    )
                )

    def said(self, index):
        return (self.folder / f"{index}.log").read_text("utf-8")

    def wait(self):
        """The statuses of all, and what they said."""
        statuses = [process.wait(LIMIT) for process in self.processes]
        return statuses, [self.said(index) for index in range(len(self.processes))]

    def until(self, index, what):
        """Waits until a worker has said it."""
        late = time.monotonic() + LIMIT
        while what not in self.said(index):
            assert time.monotonic() < late, self.said(index)
            assert self.processes[index].poll() is None, self.said(index)
            time.sleep(0.05)

    def weights(self):
        import seqmodels

        model, _ = seqmodels.load(self.folder / "a.keras")
        return model.network.get_weights()


@pytest.fixture
def start(tmp_path):
    """A function that starts a `Run` in a folder of its own, with a plan or without."""
    runs = []

    def start(name, *args, plan=None, **options):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "text.txt").write_text(make_text(), "utf-8")
        if plan is not None:
            partial = folder / "a.keras.partial"
            partial.mkdir()
            (partial / "plan.json").write_text(json.dumps(plan), "utf-8")
        runs.append(Run(folder, *args, **options))
        return runs[-1]

    yield start
    for run in runs:
        for process in run.processes:
            process.kill()
            process.wait()


@pytest.fixture
def plan(tmp_path):
    """What a run is begun with that has ten rounds of thirty windows."""
    from seqmodels.program.cutting import cut

    path = tmp_path / "text.txt"
    path.write_text(make_text(), "utf-8")
    text = cut(path, make_text(), 0.2, [], lambda line: None)
    return {
        "format": 1,
        "digest": text.digest,
        "minutes": 0.2,
        "order": 4,
        "network": list(Network(16, 8, 25, 0.004, 0.3)),
        "plan": list(Plan(30, 10)),
    }


@pytest.mark.slow
def test_workers_that_are_lost_and_others_in_their_place(start, plan):
    """Killed, a worker or the chief: the other stops, and all go on as if unbroken."""
    unbroken = start("unbroken", plan=plan)
    statuses, said = unbroken.wait()
    assert statuses == [0, 0], said
    assert "Held out" in said[0] and "Held out" not in said[1]
    assert "round 10 of 10" in said[0] and "round" not in said[1]
    assert not any("WARNING" in text or "Traceback" in text for text in said)
    assert not (unbroken.folder / "a.keras.partial").exists()

    for lost in (1, 0):
        run = start(f"lost {lost}", plan=plan)
        run.until(0, f"round  {3 + lost} of 10")
        run.processes[lost].send_signal(signal.SIGKILL)
        assert run.processes[1 - lost].wait(LIMIT) == 2
        said = run.said(1 - lost)
        assert f"error: Worker {lost} (127.0.0.1:" in said
        assert "start all of them again" in said and "Traceback" not in said
        # One that was there alone goes on where two were, and the other way about.
        run = start(f"lost {lost}", 2 if lost else 1)
        statuses, said = run.wait()
        assert set(statuses) == {0}, said
        assert "Goes on with round" in said[0]
        gaps = [
            np.abs(a - b).max()
            for a, b in zip(unbroken.weights(), run.weights(), strict=True)
        ]
        # One reads its eight streams in two halves, as the workers do.
        assert max(gaps) < (1e-12 if lost else 1e-6)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="limits of files are Unix'")
def test_planned_together_one_of_them_with_a_full_disk(start):
    """The chief plans for all; a worker that cannot write anything is no hindrance."""
    full = (
        "import resource\n"
        "if index: resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))"
    )
    statuses, said = start("full", before=full).wait()
    assert statuses == [0, 0], said
    assert "This machine: products" in said[0] and "Held out" in said[0]
    assert "worker 0 examines and saves" in said[1]


@pytest.mark.slow
def test_workers_with_other_texts_do_not_begin(start, tmp_path):
    texts = [tmp_path / "one.txt", tmp_path / "two.txt"]
    for path, size in zip(texts, (6000, 5000), strict=True):
        path.write_text(make_text(size), "utf-8")
    statuses, said = start("texts", texts=texts).wait()
    assert statuses == [2, 2], said
    for text in said:
        assert "error: The workers must have the same text; that of worker 1" in text


@pytest.mark.slow
def test_three_cannot_divide_the_streams(start):
    statuses, said = start("three", 3).wait()
    assert 2 in statuses and 0 not in statuses, said
    assert "cannot be divided among 3 workers; there can be 1, 2, 4" in "".join(said)


BAD_WORKERS = {
    "no index": (["--workers", "localhost:9001"], "--workers needs --index"),
    "no workers": (["--index", "0"], "--index is the number among --workers"),
    "no port": (["--workers", "localhost", "--index", "0"], "must be addresses like"),
    "no such": (
        ["--workers", "a:1,b:2", "--index", "2"],
        "from 0 to 1 (number of workers: 2)",
    ),
    "elsewhere": (
        ["--workers", "localhost:9001,192.0.2.1:9001", "--index", "1"],
        "192.0.2.1 is no address of this machine",
    ),
}


@pytest.mark.parametrize("name", BAD_WORKERS)
def test_workers_that_cannot_be(name, refused, tmp_path):
    args, complaint = BAD_WORKERS[name]
    text = tmp_path / "text.txt"
    text.write_text(make_text(), "utf-8")
    assert complaint in refused("train", text, *args)
    assert [path.name for path in tmp_path.iterdir()] == ["text.txt"]


def test_a_port_in_use(refused, tmp_path):
    text = tmp_path / "text.txt"
    text.write_text(make_text(), "utf-8")
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        port = taken.getsockname()[1]
        workers = f"localhost:{port},localhost:1"
        err = refused("train", text, "--workers", workers, "--index", 0)
    assert f"Port {port} cannot be taken: in use on this machine" in err
    assert not Path(f"{text.with_suffix('.keras')}.partial").exists()
