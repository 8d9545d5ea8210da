"""Turns `results.json` into the plot and the tables of `README.md`."""

from pathlib import Path
from statistics import median

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

HERE = Path(__file__).resolve().parent
START, END = "<!-- results: written by run.py -->", "<!-- end of results -->"

OURS, KERAS = "ours", "Keras, defaults"
# Okabe and Ito's colours, told apart by the colour-blind, too.
COLOURS = ["#D55E00", "#56B4E9", "#0072B2", "#E69F00", "#009E73", "#CC79A7"]
HATCHES = ["", "..", "//", "", "\\\\", "xx"]  # and by who prints in grey


def write(results, folder):
    """Writes `throughput.png` and a `README.md` with the tables to a folder."""
    draw(results, folder / "throughput.png")
    tables = "\n\n".join(
        [
            training_table(results),
            ratios_table(results),
            memory_table(results),
            provenance(results),
        ]
    )
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    before, rest = readme.split(START)
    after = rest.split(END)[1]
    text = f"{before}{START}\n\n{tables}\n\n{END}{after}"
    (folder / "README.md").write_text(text, encoding="utf-8")
    print(tables)


def rates(one):
    return [turn["chars_per_second"] for turn in one["train"]]


def fastest_other(contenders):
    others = [name for name in contenders if name != OURS]
    return max(others, key=lambda name: median(rates(contenders[name])))


def training_table(results):
    sizes = results["sizes"]
    rows = [["Training, characters per second", *map(heading, sizes.values())]]
    for name in next(iter(sizes.values()))["contenders"]:
        rows.append(
            [name, *(spread(rates(s["contenders"][name])) for s in as_list(sizes))]
        )
    return markdown(rows)


def ratios_table(results):
    """What the project promises of itself, in one table."""
    sizes = results["sizes"]
    rows = [["", *sizes]]
    per_size = [size["contenders"] for size in as_list(sizes)]
    others = [fastest_other(contenders) for contenders in per_size]
    rows.append(["fastest other", *others])
    for label, rivals in [
        ("ours ÷ fastest other", others),
        (f"ours ÷ {KERAS}", [KERAS] * len(sizes)),
    ]:
        ratios = [
            median(rates(contenders[OURS])) / median(rates(contenders[rival]))
            for contenders, rival in zip(per_size, rivals, strict=True)
        ]
        rows.append([label, *(f"{ratio:.2f}" for ratio in ratios)])
    generated = [(c[OURS]["generate"], c[KERAS]["generate"]) for c in per_size]
    rows.append(
        ["generation, ours (characters per second)", *(spread(g) for g, _ in generated)]
    )
    rows.append(
        ["generation, a loop of Keras' `predict`", *(spread(k) for _, k in generated)]
    )
    ratios = [median(g) / median(k) for g, k in generated]
    rows.append(["ours ÷ Keras", *(f"{ratio:.0f}" for ratio in ratios)])
    firsts = [contenders[OURS]["first_call_seconds"] for contenders in per_size]
    rows.append(["first `fit` of ours, compiling (s)", *(f"{s:.1f}" for s in firsts)])
    settings = [contenders["Keras, best"]["settings"] for contenders in per_size]
    rows.append(["settings of “Keras, best”", *map(describe, settings)])
    return markdown(rows)


def memory_table(results):
    sizes = results["sizes"]
    rows = [["Peak memory, MB", *sizes]]
    for name in next(iter(sizes.values()))["contenders"]:
        peaks = [size["contenders"][name]["peak_bytes"] for size in as_list(sizes)]
        rows.append([name, *map(megabytes, peaks)])
    allowed = [
        size["contenders"]["PyTorch"]["peak_bytes"] + results["tensorflow_import_bytes"]
        for size in as_list(sizes)
    ]
    rows.append(["PyTorch + `import tensorflow`", *map(megabytes, allowed)])
    return markdown(rows)


def provenance(results):
    versions = ", ".join(f"{k} {v}" for k, v in results["versions"].items())
    return (
        f"Medians of {results['rounds']} rounds, slowest–fastest in brackets; two "
        f"cores of an {results['machine']['cpu']}, {results['machine']['system']}; "
        f"{versions}; {results['minutes']:.0f} minutes in all."
    )


def draw(results, path):
    sizes = results["sizes"]
    names = list(next(iter(sizes.values()))["contenders"])
    fig, ax = plt.subplots(figsize=(9, 4.8), layout="constrained")
    width = 0.8 / len(names)
    for n, name in enumerate(names):
        all_rates = [rates(size["contenders"][name]) for size in as_list(sizes)]
        middles = [median(r) for r in all_rates]
        low = [m - min(r) for m, r in zip(middles, all_rates, strict=True)]
        high = [max(r) - m for m, r in zip(middles, all_rates, strict=True)]
        ax.bar(
            [x + (n - (len(names) - 1) / 2) * width for x in range(len(sizes))],
            middles,
            width,
            yerr=[low, high],
            capsize=2,
            label=name,
            color=COLOURS[n],
            hatch=HATCHES[n],
            edgecolor="white",
            ecolor="#333333",
        )
    ax.set_yscale("log")
    ax.set_xticks(
        range(len(sizes)), [heading(s).replace(", ", "\n") for s in as_list(sizes)]
    )
    ax.set_ylabel("training, characters per second")
    ax.set_title("One LSTM layer, batch 64, two cores: median and range of the rounds")
    ax.grid(axis="y", alpha=0.3)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(ncols=3, frameon=False)
    fig.savefig(path, dpi=144)
    plt.close(fig)


def heading(size):
    units, num_steps, vocab_size = list(size["size"].values())[:3]
    return f"{units} units, {num_steps} steps, {vocab_size} outputs"


def spread(values):
    return f"{number(median(values))} ({number(min(values))}–{number(max(values))})"


def number(value):
    """Three digits that count: more would be noise."""
    return f"{float(f'{value:.3g}'):,.0f}" if value >= 100 else f"{value:.3g}"


def megabytes(size):
    return f"{size / 2**20:,.0f}"


def describe(settings):
    words = ["unrolled" if settings["unroll"] else "not unrolled"]
    words.append("XLA" if settings["jit"] else "no XLA")
    return ", ".join([*words, "`steps_per_execution`"])


def as_list(sizes):
    return list(sizes.values())


def markdown(rows):
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    lines.insert(1, "|---" * len(rows[0]) + "|")
    return "\n".join(lines)
