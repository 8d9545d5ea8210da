"""Turns `results.json` into the plot and the tables of `README.md`."""

from statistics import median

from measure import LIMIT, OURS
from plot import draw
from tables import Found, number, spread, table
from workers import HERE

START, END = "<!-- results: written by run.py -->", "<!-- end of results -->"
TITLES = {
    "idle": "Training",
    "idle, avx2": "Training, held to AVX2",
    "busy 1": "Training, beside one busy process",
    "busy 2": "Training, beside two busy processes",
    "writing": "Writing",
    "gpu": "On a graphics card",
}


def write(results, folder):
    """Writes `throughput.png` and a `README.md` with the tables to a folder."""
    if "idle" in results:
        draw(Found(results["idle"]), folder / "throughput.png")
    text = "\n\n".join(part(name, results) for name in TITLES if name in results)
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    before, rest = readme.split(START)
    after = rest.split(END)[1]
    whole = f"{before}{START}\n\n{text}\n\n{END}{after}"
    (folder / "README.md").write_text(whole, encoding="utf-8")
    print(text)


def part(name, results):
    found = Found(results[name])
    idle = None
    if name.startswith("busy") and "idle" in results:
        idle = Found(results["idle"])
    parts = [f"## {TITLES[name]}", provenance(results[name])]
    if found.has("training"):
        parts += [training(found), ratios(found, idle), settings(found)]
    if found.has("writing"):
        parts += [writing(found, batch) for batch in ("1", "32")]
    if found.has("training") and not name.startswith("busy"):
        parts.append(memory(found))
    return "\n\n".join(filter(None, parts))


def provenance(condition):
    machine, versions = condition["machine"], condition["versions"]
    said = [
        condition["date"],
        machine["cpu"],
        *machine["features"],
        machine["system"],
        f"1024×1024×1024 float32 product {condition['gflops']} GFLOP/s",
        *(f"{name} {version}" for name, version in versions.items()),
    ]
    runs, rounds = len(condition["runs"]), condition["rounds"]
    return (
        f"{', '.join(said)}. Medians of {runs} whole runs, each the median of {rounds} "
        "rounds; in brackets the slowest and the fastest run."
    )


def training(found):
    rows = [
        [label, *(spread(found.rates(label, size)) for size in found.sizes)]
        for label in found.labels()
    ]
    return table(["Training, characters per second", *found.sizes], rows)


def ratios(found, idle):
    """What the project promises of itself, in one table."""
    others = {size: found.fastest_other(size) for size in found.sizes}
    promised = {size: found.ratio(other, size) for size, other in others.items()}
    rows = [["fastest other", *others.values()]]
    rows.append(["ours ÷ fastest other", *(f"{r:.2f}" for r in promised.values())])
    if idle and set(found.sizes) <= set(idle.sizes):
        kept = [
            ratio / idle.ratio(idle.fastest_other(size), size)
            for size, ratio in promised.items()
        ]
        rows.append(["of that ratio when idle", *(f"{k:.2f}" for k in kept)])
    for label in ("Keras, defaults", LIMIT):
        if label in found.labels():
            ratio = [f"{found.ratio(label, size):.2f}" for size in found.sizes]
            rows.append([f"ours ÷ {label}", *ratio])
    if "ours, bfloat16" in found.labels():
        rows.append(["bfloat16 adds to a block's loss", *loss_added(found)])
    return table(["", *found.sizes], rows)


def loss_added(found):
    for size in found.sizes:
        low, full = (
            next(found.of(label, size))["losses"][1]
            for label in ("ours, bfloat16", OURS)
        )
        yield f"{low - full:+.5f} to {full:.4f}"


def settings(found):
    """Those that took part where there was a choice."""
    words = {
        "unroll": ("not unrolled", "unrolled"),
        "jit": ("no XLA", "XLA"),
        "compiled": ("eager", "compiled"),
        "threads": (None, "one thread", "two threads"),
    }
    rows = []
    for label in found.labels():
        chosen = [next(found.of(label, size))["settings"] for size in found.sizes]
        if not label.startswith("ours") and any(chosen):
            said = [[words[k][one[k]] for k in words if k in one] for one in chosen]
            rows.append([label, *map(", ".join, said)])
    return table(["Fastest settings", *found.sizes], rows) if rows else None


def writing(found, batch):
    sizes, kind = found.sizes, ("writing", batch)
    texts = "one text" if batch == "1" else f"{batch} texts at once"
    labels = found.labels(kind)
    rows = [
        [label, *(spread(found.rates(label, size, kind)) for size in sizes)]
        for label in labels
    ]
    for label in labels[1:]:
        ratio = [number(found.ratio(label, size, kind)) for size in sizes]
        rows.append([f"ours ÷ {label}", *ratio])
    for label in labels:
        firsts = [[o["first_seconds"] for o in found.of(label, s, kind)] for s in sizes]
        rows.append([f"first call, s: {label}", *(f"{median(f):.2f}" for f in firsts)])
    return table([f"Writing {texts}, characters per second", *sizes], rows)


def memory(found):
    rows = []
    for label in found.labels():
        peaks = [[o["bytes"] for o in found.of(label, size)] for size in found.sizes]
        rows.append([label, *(f"{median(p) / 2**20:,.0f}" for p in peaks)])
    return table(["Peak memory of training, MB", *found.sizes], rows)
