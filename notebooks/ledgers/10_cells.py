"""Trains 10's networks from ten starts on each text, and reads their cells.

    python 10_cells.py wiki     what is missing on enwik8 if SEQMODELS_DATA has it, else
                                on the encyclopedia
    python 10_cells.py code     what is missing on the library of this Python
    python 10_cells.py          prints what is stored, trains nothing

The cells are chosen on training letters, and no start is left out. (Price, memories and
batches were chosen by held-out scores, of one to four of the starts.) Each finished run
is a line of `10_cells.jsonl`; a run that is there is not repeated, so the script may be
broken off and started again.
"""

import functools
import sys
import time
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from _from_notebook import definitions, imports  # noqa: E402
from _stored import Stored  # noqa: E402

TAKEN = [
    *("RARE", "LONGEST", "MOST", "Collection", "wiki_collection", "code_collection"),
    *("LETTERS", "UNITS", "PRICE", "LONGEST_MEMORY", "new_model", "train"),
    *("sigmoid", "lstm_step", "empty", "read", "nats", "Reading", "Study"),
    *("write", "dream", "PROMPTS", "LONG", "ADDRESS", "links_in", "form"),
    *("rank_scores", "correlations", "all_scores", "shown", "best_columns"),
    *("regression", "last_letters", "random_directions", "untrained"),
    "scores_of",
    *("plain_facts", "score_tables", "named"),
    *("OPEN_ENDED", "own_places", "excerpts", "losses_without", "Ablation"),
    "is_needed",
]
STARTS, STARTS_WITHOUT = range(10), range(3)  # with a price on connections, without
QUOTED = ("comments", "strings", "docstrings")
ENOUGH = {"indentation": 0.8, "column": 0.8}  # correlations; else an AUC of 0.95


@functools.cache
def lesson():
    """The lesson's own definitions."""
    namespace = {}
    imports("10_reading_neurons", namespace)
    definitions("10_reading_neurons", TAKEN, namespace)
    return namespace


def train_all(done, text):
    book = lesson()
    collection, name = book["code_collection"](), "code"
    if text == "wiki":
        collection, source = book["wiki_collection"]()
        name = "encyclopedia" if source.kind == "bundled" else "enwik8"
    runs = [(name, seed, book["PRICE"]) for seed in STARTS]
    runs += [(f"{name}, no price", seed, 0.0) for seed in STARTS_WITHOUT]
    for label, seed, book["PRICE"] in runs:
        if (label, seed) not in done:
            print("running", label, seed, flush=True)
            done.store((label, seed), run(book, name, collection, seed))


def run(book, name, collection, seed):
    start = time.perf_counter()
    model, _ = book["train"](collection, seed, book["LETTERS"][name])
    seconds = round(time.perf_counter() - start)
    study = book["Study"](collection, model)
    blank = book["untrained"](collection, seed)
    facts = book["scores_of"](study, blank, seed)
    ablation = book["Ablation"](study, facts)
    for fact, row in facts.items():
        row["without"] = ablation.row(fact)
    meanings, *_ = book["named"](study)
    nats = study.unseen.nats.sum() / study.unseen.follows.sum()
    found = {"seconds": seconds, "bits": float(nats / book["np"].log(2))}
    found |= {"nameless": meanings.count(None), "facts": facts}
    if name != "code":
        found["links"] = links_written(book, collection, model)
    return found


def links_written(book, collection, model):
    """How many links are written, closed, long, and both."""
    step, states = book["lstm_step"](model), book["empty"](64)
    texts = book["dream"](collection, step, states, book["PROMPTS"]["wiki"])
    written = book["form"](texts)
    all_links, long_links = written["links"], written["long links"]
    return [len(all_links), sum(all_links), len(long_links), sum(long_links)]


def print_table(done):
    """For each text and fact: how many of the starts have the cell, and the medians."""
    for text in dict.fromkeys(name for name, _ in done):
        runs = [run for (name, _), run in done.items() if name == text]
        print(f"\n{text}, {len(runs)} starts: {span(runs, 'bits')} bits held out,")
        print(f"{span(runs, 'nameless', 0)} cells without a name,", end=" ")
        print(f"{median(run['seconds'] for run in runs):.0f} s of training")
        if "links" in runs[0]:
            counts = [run["links"] for run in runs]
            print("links that close", spread([n[1] / n[0] for n in counts]), end="; ")
            print("long ones", spread([n[3] / n[2] for n in counts if n[2]]))
        print(f"{'':12}found ahead needed  {'best cell':22}", end="")
        print("  random untrained letters  probe")
        for fact in runs[0]["facts"]:
            rows = [run["facts"][fact] for run in runs if fact in run["facts"]]
            print_fact(fact, rows)
        if "strings" in runs[0]["facts"]:
            each = [[run["facts"][fact]["score"] for fact in QUOTED] for run in runs]
            print("one of", ", ".join(QUOTED), end=": ")
            print(f"found in {sum(max(scores) >= 0.95 for scores in each)}")


def print_fact(fact, rows):
    enough = ENOUGH.get(fact, 0.95)
    found = sum(row["score"] >= enough for row in rows)
    ahead = sum(row["score"] >= row["letters"] + 0.03 for row in rows)
    needed = sum(lesson()["is_needed"](row["without"]) for row in rows)
    scores = spread([row["score"] for row in rows])
    print(f"{fact:12}{found:5}{ahead:6}{needed:7}  {scores:22}", end="")
    rivals = {"random": 8, "untrained": 10, "letters": 8, "probe": 7}
    values = {rival: median(row[rival] for row in rows) for rival in rivals}
    print("".join(f"{values[rival]:{width}.3f}" for rival, width in rivals.items()))


def span(runs, name, digits=3):
    return spread([run[name] for run in runs], digits)


def spread(values, digits=3):
    parts = (median(values), min(values), max(values))
    return "{} ({} to {})".format(*(f"{value:.{digits}f}" for value in parts))


def main():
    done = Stored(__file__)
    for text in sys.argv[1:]:
        train_all(done, text)
    print_table(done)


if __name__ == "__main__":
    main()
