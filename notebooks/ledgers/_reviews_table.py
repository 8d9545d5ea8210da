"""The tables of 11_readers.py, as notebook 11 has them."""

import base64
import zlib

import numpy as np


def print_tables(rows, pairs):
    """To be pasted: means, lowest and highest of the starts, in percent.

    Args:
        rows: Names of bags and readers, each with its runs.
        pairs: Names of which the first is compared to the second.
    """
    columns = {"test": "right", "shuffled": "shuffled", "with the bag": "mixed"}
    for section, heads in [("words", ["test"]), ("pieces", ["test"]), ("", columns)]:
        print()
        print_row("", [*heads, "set by"])
        for name, runs in rows.items():
            if section in ("", section_of(name)):
                cells = [percent(runs, columns[head]) for head in heads]
                print_row(name, [*cells, setting(runs[0])])
    for section in ("words", "pieces", "shuffled"):
        print()
        for pair in pairs:
            if section_of(*pair) == section and {*pair} <= rows.keys():
                cells = difference(*(rows[name] for name in pair))
                print("  ".join([" - ".join(pair), *cells]))
    print()
    print_row("", ["left, near", "left, far"])
    for name, runs in rows.items():
        columns = zip(*(run["left"] for run in runs), strict=True)
        print_row(name, [span(column, "{:.2f}") for column in columns])


def print_settings(rows):
    """What the notebook does not show."""
    for name, runs in rows.items():
        seconds = [run["seconds"] for run in runs]
        print(f"{name}: validation {percent(runs, 'valid')}, {seconds} s", end=", ")
        if "weight" in runs[0]:
            weights = [round(1 - run["weight"], 2) for run in runs]
            print(f"{runs[0]['weights']:,} weights, bag mixed in {weights}", end=", ")
            losses = [round(run["loss"], 2) for run in runs]
            print(f"equal {percent(runs, 'equal')}, training loss {losses}", end="")
        print()


def setting(run):
    """A bag's C, a reader's rate."""
    return f"C {run['C']}" if "C" in run else run["key"][3]


def section_of(*names):
    """Where the notebook has them."""
    if "taught shuffled" in names:
        return "shuffled"
    return "pieces" if "pieces" in names[0] else "words"


def percent(runs, name):
    if name not in runs[0]:
        return "-"
    form = "{:.2f}" if name in ("mixed", "equal") else "{:.1f}"  # these lie close
    return span([100 * run[name] for run in runs], form)


def span(values, form="{:.1f}"):
    mean, low, high = (form.format(f(values)) for f in (np.mean, min, max))
    return mean if len(values) == 1 else f"{mean} ({low} to {high})"


def difference(first, second):
    """Points between two, and its standard error, by reviews and by starts."""
    a, b = (100 * np.stack([bits(run) for run in runs]) for runs in (first, second))
    by_review = a.mean(axis=0) - b.mean(axis=0)
    variance = by_review.var() / len(by_review)
    for shares in (a.mean(axis=1), b.mean(axis=1)):
        if len(shares) > 1:  # a bag has no starts
            variance += shares.var(ddof=1) / len(shares)
    return [f"{by_review.mean():+.2f}", f"{np.sqrt(variance):.2f}"]


def bits(run):
    packed = zlib.decompress(base64.b85decode(run["bits"]))
    return np.unpackbits(np.frombuffer(packed, np.uint8))[:25_000].astype(float)


def print_row(name, cells):
    print("  ".join([f"{name:22}", *(f"{cell:<19}" for cell in cells)]).rstrip())
