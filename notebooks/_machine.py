"""What this machine can do: a measure to read the notebooks' seconds by."""

import json
import os
import subprocess
import sys

# In a process of its own, which gives its memory and its threads back. The last
# number is fetched so that a GPU must have finished.
PRODUCT = """
import json, time
import tensorflow as tf

left, right = tf.random.normal((2, 1024, 1024))
seconds = []
for _ in range(25):
    start = time.perf_counter()
    tf.linalg.matmul(left, right)[-1, -1].numpy()
    seconds.append(time.perf_counter() - start)
device = "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
print(json.dumps([2 * 1024**3 / min(seconds[5:]) / 1e9, tf.__version__, device]))
"""


def measure_product(code: str = PRODUCT) -> tuple[int | None, str]:
    """Measures the product of two float32 matrices of 1024 x 1024 in TensorFlow.

    Returns:
        GFLOP/s, the best of 20 after 5 to warm up, or `None` if that failed; and a
        line that says so.
    """
    try:
        child = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=300,
        )
        gflops, version, device = json.loads(child.stdout)
    except (OSError, subprocess.TimeoutExpired) as problem:
        return None, f"The machine's speed could not be measured: {problem}"
    except ValueError:  # it printed no result
        said = child.stderr.strip().splitlines() or [f"status {child.returncode}"]
        return None, f"The machine's speed could not be measured: {said[-1]}"
    return round(gflops), (
        f"1024x1024x1024 float32 product: {gflops:.0f} GFLOP/s "
        f"(TensorFlow {version}, {device}, best of 20)"
    )
