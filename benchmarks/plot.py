"""The figure of the report."""

from statistics import median

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from measure import LIMIT
from workload import SIZES

# Okabe and Ito's colours, told apart by the colour-blind, too.
COLOURS = ["#D55E00", "#F0E442", "#56B4E9", "#0072B2", "#E69F00", "#009E73", "#CC79A7"]
HATCHES = ["", "oo", "..", "//", "", "\\\\", "xx"]  # and by who prints in grey
LEFT_OUT = ("ours, one thread", LIMIT)


def draw(found, path):
    """Bars of each contender at each size, with the range of the runs."""
    labels = [label for label in found.labels() if label not in LEFT_OUT]
    fig, ax = plt.subplots(figsize=(9, 4.8), layout="constrained")
    width = 0.8 / len(labels)
    for n, name in enumerate(labels):
        rates = [found.rates(name, size) for size in found.sizes]
        middles = [median(r) for r in rates]
        low = [m - min(r) for m, r in zip(middles, rates, strict=True)]
        high = [max(r) - m for m, r in zip(middles, rates, strict=True)]
        ax.bar(
            [x + (n - (len(labels) - 1) / 2) * width for x in range(len(middles))],
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
    ticks = [heading(SIZES[size]) for size in found.sizes]
    ax.set_xticks(range(len(ticks)), ticks)
    ax.set_ylabel("training, characters per second")
    ax.set_title("One LSTM layer, batch 64, two cores: median and range of the runs")
    ax.grid(axis="y", alpha=0.3)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(ncols=3, frameon=False)
    fig.savefig(path, dpi=144)
    plt.close(fig)


def heading(size):
    return f"{size.units} units\n{size.num_steps} steps\n{size.vocab_size} outputs"
