"""Measures training and writing side by side, and writes the report.

    python benchmarks/run.py                  idle: three whole runs
    python benchmarks/run.py --training       the same without writing
    python benchmarks/run.py --busy 1         beside one busy process
    python benchmarks/run.py --isa avx2       no wider instructions than AVX2
    python benchmarks/run.py --runs 1 --rounds 2 --out build    a quick look
    python benchmarks/run.py --only-report    results.json once more

Every contender is a process of its own that stays warm while it waits; one works
at a time, and all take turns in every round, in a new order each time. So a
machine that slows down for a while slows down all of them. Each command measures one
condition and leaves what results.json holds of the others.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import date
from importlib import metadata
from pathlib import Path
from statistics import median

from measure import run, sizes_of
from workers import HERE, INSTRUCTIONS, busy, use_two_cores
from workload import SIZES

sys.path.append(str(HERE.parent / "notebooks"))
from _machine import Product

LIBRARIES = ("tensorflow", "keras", "torch", "jax", "jaxlib", "numpy")
FEATURES = ("avx2", "avx512f", "avx512_bf16", "avx_vnni", "amx_bf16", "asimd", "sve")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="whole runs")
    parser.add_argument("--rounds", type=int, default=5, help="turns in a run")
    parser.add_argument("--seconds", type=float, default=1, help="length of a turn")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--training", action="store_true", help="leave out writing")
    parser.add_argument(
        "--busy", type=int, choices=[0, 1, 2], default=0, help="processes beside it"
    )
    parser.add_argument("--isa", choices=["avx2"], help="no wider instructions")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write to")
    parser.add_argument("--only-report", action="store_true")
    options = parser.parse_args()
    if options.busy and options.isa:  # the report has no table for both
        parser.error("--busy and --isa are measured apart")

    path = options.out / "results.json"
    options.out.mkdir(exist_ok=True)
    results = json.loads(path.read_text("utf-8")) if path.exists() else {}
    if not options.only_report:
        use_two_cores()
        for name, (device, kinds) in conditions(options).items():
            results[name] = measure(options, device, kinds)
            path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    import report  # draws, so it is too large to be in memory while others measure

    report.write(results, options.out)


def conditions(options):
    """What to measure, by the name under which it is kept: device and kinds."""
    words = [f"busy {options.busy}" if options.busy else "idle", options.isa]
    wanted = {", ".join(filter(None, words)): ("cpu", ["training"])}
    if list(wanted) == ["idle"] and not options.training:
        wanted["writing"] = ("cpu", ["writing"])
        if has_gpu():
            wanted["gpu"] = ("gpu", ["training", "writing"])
    return {name: how for name, how in wanted.items() if sizes_of(options, how[0])}


def measure(options, device, kinds):
    start, chosen, runs = time.perf_counter(), {}, []
    os.environ |= INSTRUCTIONS[options.isa]
    with Product() as product:
        product.measure()
        with busy(options.busy):
            for n in range(options.runs):
                which = f"run {n + 1} of {options.runs}"
                print(f"{' and '.join(kinds)}, {which}", flush=True)
                runs.append(run(options, device, kinds, chosen))
        product.measure()
    return {
        "runs": runs,
        "rounds": options.rounds,
        "gflops": round(median(product.all)) if product.all else None,
        "minutes": (time.perf_counter() - start) / 60,
        "date": date.today().isoformat(),
        "machine": machine(),
        "versions": {name: metadata.version(name) for name in LIBRARIES},
    }


def machine():
    """The processor's name and features, as far as the system tells them."""
    cpu, flags = platform.processor() or platform.machine(), []
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = dict(
            map(str.strip, line.split(":", 1))
            for line in info.read_text().splitlines()
            if ":" in line
        )
        cpu = lines.get("model name", cpu)
        flags = (lines.get("flags") or lines.get("Features", "")).split()
    features = [name for name in FEATURES if name in flags]
    return {"cpu": cpu, "features": features, "system": platform.system()}


def has_gpu():
    """Whether TensorFlow and PyTorch both see one."""
    code = (
        "import tensorflow, torch; print(torch.cuda.is_available() and "
        "bool(tensorflow.config.list_physical_devices('GPU')))"
    )
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    return asked.stdout.strip() == "True"


if __name__ == "__main__":
    main()
