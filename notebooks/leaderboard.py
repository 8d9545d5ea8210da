"""Bits per character in three minutes on two cores: a table to add a line to.

    python notebooks/leaderboard.py                          prints the table
    python notebooks/leaderboard.py run entries/my_entry.py  runs an entry, adds a line
    python notebooks/leaderboard.py run entries              runs all of a folder

text8 comes from where the lessons have it, such as SEQMODELS_DATA. `--minutes 1` behind
`run ...` sets another clock; `--table FILE` before it names a table of your own.

An entry is a file with a line `DESCRIPTION` and a function `learn(train_ids,
vocab_size, seconds_left)` that returns a model, whose `log_probs(ids)` gives the
log-probability of each letter after those before it. `seconds_left()` says how much of
the time is left. What is not imported before `learn` is called is imported on the
clock. An entry that has learnt from another text, or has ready-made weights, says from
which: `OTHER_DATA`. One that changes gets another name: lines of a name are averaged.
"""

import argparse
import importlib.util
import multiprocessing
import os
import platform
import sys
import time
import traceback
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import numpy as np  # noqa: E402

from _machine import Product  # noqa: E402
from _referee import RefusedError, is_too_late, score, start_clock  # noqa: E402

TABLE = HERE / "leaderboard.tsv"
COLUMNS = "bits entry what minutes seconds scoring gflops cores text date versions"
COLUMNS = COLUMNS.split()
SHOWN = "bits entry seconds scoring gflops cores date what".split()
MOST = 6_300_000  # letters of text8: the part that 04a and 07 take their figures from
BEGIN_SECONDS = 600  # for what an entry imports, which is not on the clock


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", type=Path, default=TABLE, help="a table of your own")
    commands = parser.add_subparsers(dest="command")
    run = commands.add_parser("run", help="runs entries and adds a line for each")
    run.add_argument("entries", nargs="+", help="files, or folders of them")
    run.add_argument("--minutes", type=float, default=3.0, help="to learn in")
    options = parser.parse_args(arguments)
    if options.command is None:
        print_table(read_table(options.table))
        return 0
    if options.minutes <= 0:
        run.error(f"argument --minutes: expected more than 0, got {options.minutes:g}")
    paths = find_entries(options.entries)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["CUDA_VISIBLE_DEVICES"] = "-1"  # two cores, and no graphics card
    cores, (train_ids, test_ids, text) = keep_to_two_cores(), load_texts()
    fixed = {"text": text, "cores": str(cores), "minutes": f"{options.minutes:g}"}
    failed = 0
    for path in paths:
        try:
            row = measured(path, options.minutes, train_ids, test_ids)
        except RefusedError as why:
            print(f"{path.stem} gets no line: {why}.")
            print(f"{options.table.name} is as it was.")
            failed += 1
            continue
        except KeyboardInterrupt:
            print(f"Interrupted; {path.stem} gets no line.")
            return 130
        row["text"] = "; also ".join(filter(None, [text, row.pop("other")]))
        add_line(options.table, {**fixed, **row})
        print(f"{path.stem}: {row['bits']} bits after {row['seconds']} s.", flush=True)
    return int(failed > 0)


def find_entries(names: list[str]) -> list[Path]:
    """The files that are meant, also by a path from beside this program."""
    found = []
    for name in names:
        path = next((p for p in (Path(name), HERE / name) if p.exists()), None)
        if path is None:
            sys.exit(f"there is no entry {name}")
        found += sorted(path.glob("[!_]*.py")) if path.is_dir() else [path]
    return found


def keep_to_two_cores() -> int:
    """Keeps this process and those that it starts to two cores; returns how many."""
    if not hasattr(os, "sched_setaffinity"):  # nor has macOS, nor Windows
        return os.cpu_count() or 1
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    return len(os.sched_getaffinity(0))


def load_texts() -> tuple[np.ndarray, np.ndarray, str]:
    """All between 07's validation text and its held-out letters; these; a name."""
    from seqmodels.data.texts import load_text8
    from seqmodels.text.vocab import CharVocab

    text, source = load_text8()
    ids = CharVocab.text8().encode(text[:MOST])
    num_held_out = min(100_000, len(ids) // 15)
    _, train_ids, test_ids = np.split(ids, [1000, len(ids) - num_held_out])
    name = "bundled encyclopedia" if source.kind == "bundled" else source.name
    return train_ids, test_ids, f"{name}, {len(ids):,} characters"


def measured(
    path: Path, minutes: float, train_ids: np.ndarray, test_ids: np.ndarray
) -> dict[str, str]:
    """Runs an entry, and measures the machine before and after."""
    with Product() as product:
        product.measure()
        row = run_entry(path, minutes, train_ids, test_ids)
        product.measure()
        speed = f"{median(product.all):.0f}" if product.all else "-"
    packages = [(name, version(name)) for name in ("numpy", "tensorflow", "keras")]
    packages.insert(0, ("Python", platform.python_version()))
    return {
        **row,
        "entry": path.stem,
        "gflops": speed,
        "date": date.today().isoformat(),
        "versions": ", ".join(map(" ".join, packages)),
    }


def run_entry(
    path: Path,
    minutes: float,
    train_ids: np.ndarray,
    test_ids: np.ndarray,
    vocab_size: int = 27,
) -> dict[str, str]:
    """Runs an entry in a process of its own, and ends it when its time is over.

    Args:
        path: The entry's.
        minutes: For it to learn in.
        train_ids: The text to learn from, `(num_tokens,)`.
        test_ids: The text to score by.
        vocab_size: Number of different tokens.

    Returns:
        What it says of itself, seconds of learning and of scoring, and bits.

    Raises:
        RefusedError: If it crashes, is late, or the referee refuses its model.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    arguments = theirs, str(path), minutes, train_ids, test_ids, vocab_size
    process = context.Process(target=in_its_own_process, args=arguments)
    process.start()
    theirs.close()
    try:
        what, other = receive(ours, BEGIN_SECONDS, "begun")
        left = start_clock(minutes)
        receive(ours, 61.2 * minutes + 1, "learnt")
        seconds = 60 * minutes - left()
        start = time.perf_counter()
        bits = receive(ours, max(60 * minutes, 60), "been scored")
    finally:
        process.kill()
        process.join()
    scoring = time.perf_counter() - start
    row = {"bits": f"{bits:.4f}", "what": what, "other": other}
    return {**row, "seconds": f"{seconds:.0f}", "scoring": f"{scoring:.0f}"}


def receive(pipe: object, seconds: float, done: str) -> object:
    """What an entry's process sends next, or `RefusedError` with what went wrong."""
    try:
        if not pipe.poll(seconds):
            raise RefusedError(f"it had not {done} after {seconds:.0f} s and was ended")
        kind, value = pipe.recv()
    except (EOFError, OSError):
        raise RefusedError(f"its process died before it had {done}") from None
    if kind == "refused":
        raise RefusedError(value)
    return value


def in_its_own_process(
    pipe: object,
    path: str,
    minutes: float,
    train_ids: np.ndarray,
    test_ids: np.ndarray,
    vocab_size: int,
) -> None:
    """Loads an entry, lets it learn and scores it, and sends word after each."""
    try:
        sys.path[:0] = [str(Path(path).resolve().parent), str(HERE / "entries")]
        spec = importlib.util.spec_from_file_location("entry", path)
        entry = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(entry)
        other = getattr(entry, "OTHER_DATA", "")
        pipe.send(("begun", [" ".join(s.split()) for s in (entry.DESCRIPTION, other)]))
        seconds_left = start_clock(minutes)
        model = entry.learn(train_ids, vocab_size, seconds_left)
        if is_too_late(seconds_left(), minutes):
            raise RefusedError("it was late")
        pipe.send(("learnt", None))
        rng = np.random.default_rng()
        pipe.send(("scored", score(model, test_ids, vocab_size, rng)))
    except RefusedError as why:
        pipe.send(("refused", str(why)))
    except BaseException as error:  # whatever it is, it ends this process
        frames = traceback.extract_tb(error.__traceback__)
        lines = [f" in line {f.lineno}" for f in frames if f.filename == path]
        said = " ".join([type(error).__name__ + "".join(lines[-1:]) + ":", str(error)])
        pipe.send(("refused", f"it stopped with {' '.join(said.split())[:200]}"))


def add_line(path: Path, row: dict[str, str]) -> None:
    """Adds a line at a table's end; none is ever written over."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = [] if text else ["\t".join(COLUMNS)]
    if text and not text.endswith("\n"):  # broken off here
        lines.append("")
    lines.append("\t".join(row[column] for column in COLUMNS))
    with path.open("a", encoding="utf-8", newline="\n") as file:
        file.write("\n".join(lines) + "\n")


def read_table(path: Path = TABLE) -> list[dict[str, str]]:
    """A table's lines, the best first; none that is not whole."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    cells = [line.split("\t") for line in lines]
    rows = [dict(zip(COLUMNS, c, strict=True)) for c in cells if len(c) == len(COLUMNS)]
    return sorted(rows, key=lambda row: float(row["bits"]))


def print_table(rows: list[dict[str, str]]) -> None:
    """Prints lines of one clock and one text together."""
    kinds = dict.fromkeys((row["minutes"], row["text"]) for row in rows)
    for minutes, text in kinds:
        print(f"\n{minutes} minutes, {text}")
        own = [row for row in rows if (row["minutes"], row["text"]) == (minutes, text)]
        table = [SHOWN, *([row[column] for column in SHOWN] for row in own)]
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        for line in table:
            cells = (c.ljust(width) for c, width in zip(line, widths, strict=True))
            print("  ".join(cells).rstrip())
    if not rows:
        print("No line yet: python notebooks/leaderboard.py run entries")


if __name__ == "__main__":
    sys.exit(main())
