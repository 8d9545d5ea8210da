"""One contender in a process of its own, which does as it is told over a pipe.

    python benchmarks/worker.py keras_lstm

Reads one request a line from stdin, answers each with one line on stdout, all in
JSON: `setup`, `train`, `write`, `memory`. In between it stays warm and waits.
"""

import importlib
import json
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def main():
    # Libraries write notes to stdout, too: answers go to a copy of it.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    module = importlib.import_module(f"contenders.{sys.argv[1]}")
    contender = None
    for line in sys.stdin:
        request = json.loads(line)
        what = request.pop("do")
        if what == "setup":
            contender, answer = setup(module, **request), {}
        elif what == "train":
            seconds, loss = timed(contender.train, request["windows"])
            answer = {"seconds": seconds, "loss": loss}
        elif what == "write":
            seconds, ids = timed(contender.write, **request)
            answer = {"seconds": seconds, "ids": ids[0].tolist()}
        elif what == "memory":
            answer = {"bytes": peak_memory()}
        print(json.dumps(answer), file=answers, flush=True)


def setup(module, size, **settings):
    from workload import SIZES, make_weights

    return module.Contender(SIZES[size], make_weights(SIZES[size]), **settings)


def timed(function, *args, **kwargs):
    start = time.perf_counter()
    result = function(*args, **kwargs)
    return time.perf_counter() - start, result


def peak_memory():
    """The most memory that this process has held, in bytes."""
    if sys.platform == "win32":
        import psutil

        return psutil.Process().memory_info().peak_wset
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    main()
