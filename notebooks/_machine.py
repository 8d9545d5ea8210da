"""What this machine can do: a measure to read the notebooks' seconds by."""

import json
import os
import subprocess
import sys
import threading
from statistics import median

# Settings by which the products of NumPy and TensorFlow learn how many threads to use.
THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
)

# Five products each time a line comes. The last number is fetched so that a GPU must
# have finished; five more go before, to warm up.
PRODUCT = """
import json, sys, time
import tensorflow as tf

device = "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
left, right = tf.random.normal((2, 1024, 1024))
for line in sys.stdin:
    speeds = []
    for _ in range(10):
        start = time.perf_counter()
        tf.linalg.matmul(left, right)[-1, -1].numpy()
        speeds.append(2 * 1024**3 / (time.perf_counter() - start) / 1e9)
    print(json.dumps([speeds[5:], tf.__version__, device]), flush=True)
"""


def share_of_cores(jobs: int) -> dict[str, str]:
    """Settings for each of several processes at a time; none for one alone.

    Where each takes all cores, threads wait for one another: two of NumPy's lessons at
    a time ran three times as long as alone.
    """
    threads = max(1, (os.cpu_count() or 1) // jobs)
    return dict.fromkeys(THREADS, str(threads)) if jobs > 1 else {}


class Product:
    """How fast two float32 matrices of 1024 x 1024 are multiplied in TensorFlow.

    That is measured by a process of its own, which keeps TensorFlow's memory and
    threads apart and waits from one measure to the next. `str` of it is a line that
    gives the median of all measures, or says why there is none.

    Args:
        code: The program that measures; for tests.
    """

    def __init__(self, code: str = PRODUCT) -> None:
        self.all, self.made_by, self.problem = [], "", ""
        self._child = subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )

    def __enter__(self) -> "Product":
        return self

    def __exit__(self, *_) -> None:
        self._child.kill()
        self._child.communicate()

    def measure(self) -> list[float]:
        """Measures five products.

        Returns:
            GFLOP/s of each; none if that failed, after which `problem` says why.
        """
        if self.problem:
            return []
        late = threading.Timer(300, self._child.kill)
        late.start()
        try:
            self._child.stdin.write("\n")
            self._child.stdin.flush()
            speeds, version, device = json.loads(self._child.stdout.readline())
        except (OSError, ValueError):  # it has ended, or printed no result
            self._child.kill()
            said = self._child.communicate()[1].strip().splitlines()
            self.problem = said[-1] if said else "no result came back"
            return []
        finally:
            late.cancel()
        self.made_by = f"TensorFlow {version}, {device}"
        self.all += speeds
        return speeds

    def __str__(self) -> str:
        if not self.all:
            return f"The machine's speed could not be measured: {self.problem}"
        return (
            f"1024x1024x1024 float32 product: {median(self.all):.0f} GFLOP/s "
            f"({self.made_by}, median of {len(self.all)})"
        )
