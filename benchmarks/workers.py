"""Contenders as processes: started, asked, kept from one another's way."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent

# Holds every library to AVX2 on a processor that has more.
AVX2 = {
    "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "ATEN_CPU_CAPABILITY": "avx2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "NPY_DISABLE_CPU_FEATURES": "AVX512F",
    "OPENBLAS_CORETYPE": "Haswell",
}
INSTRUCTIONS = {None: {}, "avx2": AVX2}
# Names of the threads' numbers, one or several to a library.
THREADS = (
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "NPROC",  # JAX
)


def use_two_cores():
    """Children inherit it, and count two cores."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])


class Worker:
    """A contender's process, and the questions it is asked.

    Args:
        module: Its name in `contenders`.
        size: As in `SIZES`.
        device: `"cpu"` or `"gpu"`.
        threads: How many to allow it.
        settings: Handed to the contender.
    """

    def __init__(self, module, size, device="cpu", threads=2, **settings):
        self.name = module
        env = {**os.environ, **dict.fromkeys(THREADS, str(threads))}
        if device == "cpu":
            env["CUDA_VISIBLE_DEVICES"] = "-1"
        if threads == 1:  # JAX has two more threads within a product
            flags = [env.get("XLA_FLAGS"), "--xla_cpu_multi_thread_eigen=false"]
            env["XLA_FLAGS"] = " ".join(filter(None, flags))
        self.stderr = tempfile.TemporaryFile()  # noqa: SIM115, closed in `close`
        self.process = subprocess.Popen(
            [sys.executable, HERE / "worker.py", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.stderr,
            encoding="utf-8",
            env=env,
        )
        self.ask("setup", size=size, **settings)

    def ask(self, what, **details):
        print(json.dumps({"do": what, **details}), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            self.stderr.seek(0)
            said = self.stderr.read().decode(errors="replace")
            sys.exit(f"{self.name} broke:\n{said}")
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.stderr.close()


@contextlib.contextmanager
def busy(number):
    """So many processes beside, of equal priority, that compute without end."""
    code = "while True: pass"
    others = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(number)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()
