"""Executes one notebook, and keeps what came of it."""

import asyncio
import atexit
import contextlib
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal

from _machine import share_of_cores

Notebook = nbformat.NotebookNode


def execute(
    notebook: Notebook, folder: Path, on_cell: Callable[[], object], jobs: int = 1
) -> tuple[float, int, str]:
    """Executes a notebook in place, in any thread.

    Args:
        notebook: The notebook; its outputs are replaced.
        folder: The folder that its kernel works in.
        on_cell: Called without an argument after each code cell.
        jobs: How many notebooks share the cores with this one, itself counted.

    Returns:
        Seconds, the most bytes of memory that its kernel held, and the error that
        ended it, or an empty string.
    """
    client = NotebookClient(
        notebook,
        timeout=1800,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        on_cell_executed=lambda **_: on_cell(),
        coalesce_streams=True,
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],  # not the notebook's affair
    )
    peak = PeakMemory()
    client.on_notebook_start = lambda notebook: peak.watch(client)
    start, error = time.perf_counter(), ""
    # What a kernel says beside the cells: TensorFlow's greetings, or why it died.
    with tempfile.TemporaryFile() as said:
        try:
            env = {**os.environ, **share_of_cores(jobs)}
            asyncio.run(client.async_execute(stderr=said, env=env))
        except CellControlSignal as problem:
            error = re.sub(r"\x1b\[[\d;]*m", "", str(problem))  # no colours
        except RuntimeError as problem:  # the kernel died
            said.seek(0)
            error = f"{problem}\n{said.read().decode(errors='replace')}".rstrip()
        finally:
            peak.stop()
            atexit.unregister(client._cleanup_kernel)  # there is nothing left to end
    return time.perf_counter() - start, peak.bytes, error


def end_kernels(running: list[Future]) -> None:
    """Ends this process's kernels, until all that runs has noticed."""
    while wait(running, timeout=0.2).not_done:  # one may only just be starting
        for child in psutil.Process().children(recursive=True):
            try:
                child.kill()
            except psutil.Error:  # it has ended by itself
                continue


class PeakMemory:
    """Watches the resident memory of a kernel's process in a thread of its own."""

    def __init__(self) -> None:
        self.bytes = 0
        self._stopped = threading.Event()

    def watch(self, client: NotebookClient) -> None:
        process = psutil.Process(client.km.provisioner.pid)
        threading.Thread(target=self._look, args=(process,), daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _look(self, process: psutil.Process) -> None:
        while not self._stopped.wait(0.1):
            try:
                self.bytes = max(self.bytes, process.memory_info().rss)
            except psutil.Error:  # the kernel has ended
                return


def write(notebook: Notebook, path: Path) -> str:
    """Writes a notebook whole or not at all; returns the error, or an empty string."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with open(beside, "w", encoding="utf-8", newline="\n") as file:
            file.write(nbformat.writes(notebook).rstrip("\n") + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as problem:
        left = "it is as it was" if path.exists() else "there is no copy"
        return f"{path} could not be written ({problem.strerror}); {left}."
    finally:  # at Ctrl-C, too
        with contextlib.suppress(OSError):  # if all went well it is gone
            beside.unlink()
    return ""
