"""One's own text, from the command line: `python -m seqmodels train mytext.txt`."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from seqmodels.program.reading import RefusedError

REFUSED, BROKEN_OFF = 2, 130


def main(args: Sequence[str] | None = None) -> int:
    """Does what the arguments say; returns the status.

    Args:
        args: Without the program's name; `None` takes the command line's.

    Returns:
        0, or 2 after an error, or 130 after Ctrl-C.
    """
    options = vars(parser().parse_args(args))
    command = options.pop("command")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # whatever language a console speaks
            stream.reconfigure(errors="replace", line_buffering=True)
    try:
        if command == "train":
            from seqmodels.program import training as home
        elif command == "mark":
            from seqmodels.program import marking as home
        else:
            from seqmodels.program import using as home
        getattr(home, command)(**options)
    except RefusedError as refusal:
        print(f"error: {refusal}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt as broken:
        print(f"\n{broken}" if str(broken) else "\nBroken off.", file=sys.stderr)
        return BROKEN_OFF
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (OSError, MemoryError) as error:
        print(f"error: {error or 'out of memory'}", file=sys.stderr)
        return REFUSED
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line's."""
    whole = argparse.ArgumentParser(
        prog="python -m seqmodels", description="Trains on one's own text, and uses it."
    )
    commands = whole.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train a model on a UTF-8 text file")
    train.add_argument("path", type=Path, metavar="text.txt")
    train.add_argument("--minutes", type=float, default=5.0, help="in all; 5")
    train.add_argument("--out", type=Path, help="the model's file; text.keras")
    train.add_argument(
        "--anew", action="store_true", help="over a run or a model that is there"
    )
    train.add_argument(
        "--workers", metavar="HOST:PORT,HOST:PORT", help="all that train together"
    )
    train.add_argument("--index", type=int, help="which of them this is, from 0")
    write = commands.add_parser("write", help="let a model write")
    write.add_argument("path", type=Path, metavar="model.keras")
    write.add_argument("--prompt", help="what to go on from")
    write.add_argument("--length", type=int, default=500, help="symbols to add; 500")
    write.add_argument("--temperature", type=float, default=0.8, help="0.8")
    write.add_argument("--seed", type=int, help="to draw the same again")
    score = commands.add_parser("score", help="how well a model predicts a text")
    score.add_argument("path", type=Path, metavar="model.keras")
    score.add_argument("other", type=Path, metavar="other.txt")
    score.add_argument(
        "--skip-unknown", action="store_true", help="leave out unknown characters"
    )
    page = commands.add_parser("playground", help="a model's playground, as HTML")
    page.add_argument("path", type=Path, metavar="model.keras")
    page.add_argument("--out", type=Path, help="the page's file; model.html")
    mark = commands.add_parser("mark", help="marks of a notebook's exercises")
    mark.add_argument("path", type=Path, metavar="lesson.ipynb")
    return whole


if __name__ == "__main__":
    sys.exit(main())
