"""One contender in a process of its own, which does as it is told over a pipe.

    python benchmarks/worker.py keras_lstm

Reads one request a line from stdin, answers each with one line on stdout, all in
JSON: `setup`, `train`, `generate`, `memory`. In between it stays warm and waits.
"""

import importlib
import json
import os
import sys
import time


def main():
    # Libraries write notes to stdout, too: answers go to a copy of it.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    module = importlib.import_module(f"contenders.{sys.argv[1]}")
    model = None
    for line in sys.stdin:
        request = json.loads(line)
        what = request.pop("do")
        if what == "setup":
            model, answer = setup(module, **request)
        elif what == "train":
            seconds, loss = timed(model.train, request["windows"])
            answer = {"seconds": seconds, "loss": loss}
        elif what == "generate":
            seconds, _ = timed(model.generate, request["chars"])
            answer = {"seconds": seconds}
        elif what == "memory":
            answer = {"bytes": peak_memory()}
        print(json.dumps(answer), file=answers, flush=True)


def setup(module, size, **options):
    """Builds the model and trains it on the first window, for the loss to compare."""
    from workload import SIZES, make_weights

    size = SIZES[size]
    model = module.Contender(size, make_weights(size), **options)
    seconds, loss = timed(model.train, 1)
    return model, {"first_loss": loss, "first_call_seconds": seconds}


def timed(function, *args):
    start = time.perf_counter()
    result = function(*args)
    return time.perf_counter() - start, result


def peak_memory():
    """The most memory that this process has held, in bytes."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    main()
