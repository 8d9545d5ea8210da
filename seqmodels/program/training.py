"""`train`: from a text file to a model file, in so many minutes."""

import math
import time
from collections.abc import Callable
from pathlib import Path

from seqmodels.program import settings
from seqmodels.program.counted import choose_order, features_to_train
from seqmodels.program.cutting import Text, cut
from seqmodels.program.partial import Partial
from seqmodels.program.quietly import import_tensorflow
from seqmodels.program.reading import RefusedError, chars_of, read_text
from seqmodels.program.settings import Network, Plan
from seqmodels.program.together import gathered, the_cluster

FORMAT = 1  # of what is kept; another cannot be taken up
KEPT = {"format", "digest", "minutes", "order", "network", "plan"}
AT_THE_END = 10.0  # seconds to save, to draw and to be slower than measured
LEAST_SHARE = 0.15  # of the minutes is trained for, whatever went before


def train(
    path: Path,
    minutes: float,
    out: Path | None = None,
    anew: bool = False,
    say: Callable = print,
    workers: str | None = None,
    index: int | None = None,
) -> Path:
    """Trains on a text file and saves a model; goes on where it was broken off.

    Among several workers each is given the same text; the first, the chief, plans,
    keeps what was learnt, examines and saves.

    Args:
        path: The text.
        minutes: Of wall time, in all.
        out: The model's file; `None` puts it beside the text.
        anew: Whether to start anew, over a run or a model that is there.
        say: Prints a line.
        workers: Addresses of all, `host:port`, between commas; `None` for one alone,
            or those in `TF_CONFIG`.
        index: The number of this one, from 0.

    Returns:
        The model's path.

    Raises:
        KeyboardInterrupt: After Ctrl-C; says where it would go on.
        RefusedError: If the text, the model's file or the minutes will not do.
    """
    start = time.monotonic()
    if not (math.isfinite(minutes) and minutes > 0):
        raise RefusedError(f"--minutes must be a positive number; got {minutes:g}.")
    out = path.with_suffix(".keras") if out is None else out
    if out.suffix != ".keras":
        raise RefusedError(f"The model's name must end in .keras; got {out}.")
    if out.resolve() == path.resolve():
        raise RefusedError(f"{path} is the text; name the model by --out.")
    cluster = the_cluster(workers, index)
    content, remarks = read_text(path)
    text = cut(path, content, minutes, remarks, say)
    partial = Partial(out.with_name(out.name + ".partial"))
    with gathered(cluster, say) as together:
        together.check_same(
            {
                "text": text.digest,
                "symbols": chars_of(text.vocab),
                "minutes": str(minutes),
                "format of what is kept": str(FORMAT),
            }
        )
        if not together.is_chief:
            say("The text is the chief's; worker 0 plans, tells and saves.")
            Run(text, out, None, minutes, start, lambda line: None, together).go(None)
            say("Done; worker 0 examines and saves what was learnt.")
            return out
        known = prepared(partial, out, text, minutes, anew)
        try:
            Run(text, out, partial, minutes, start, say, together).go(known)
        except BaseException as error:
            known = partial.read_plan()
            if known is None:  # there is nothing yet to go on with
                partial.remove()
            if known is None or not isinstance(error, KeyboardInterrupt):
                raise
            done, rounds = partial.rounds_kept, Plan(*known["plan"]).rounds
            raise KeyboardInterrupt(
                f"Broken off after round {done} of {rounds}. The same command, without "
                "--anew, goes on where it was."
            ) from None
    return out


def prepared(
    partial: Partial, out: Path, text: Text, minutes: float, anew: bool
) -> dict | None:
    """Readies the folder of the run; returns what it was begun with, if it goes on."""
    if anew:
        partial.remove()
    known = taken_up(partial, text, minutes)
    if known is None and out.exists() and not anew:
        raise RefusedError(
            f"{out} is there already. Name another by --out, or write over it by "
            "--anew."
        )
    if known is None:
        partial.remove()  # what a damaged plan leaves would be taken up
    partial.prepare()
    return known


def taken_up(partial: Partial, text: Text, minutes: float) -> dict | None:
    """What a run was begun with that was broken off; `None` if there is none."""
    known = partial.read_plan()
    if known is None or not known.keys() >= KEPT:
        return None
    where = f"{partial.folder} holds a run that was broken off"
    if known.get("format") != FORMAT or known.get("minutes") != minutes:
        raise RefusedError(
            f"{where}, begun with --minutes {known.get('minutes')}. Go on with these, "
            "or start anew by --anew."
        )
    if known.get("digest") != text.digest:
        raise RefusedError(
            f"{where}, on another text than this. Start anew by --anew, or name "
            "another model by --out."
        )
    return known


class Run:
    """One run: counting, training, examination, saving."""

    def __init__(self, text, out, partial, minutes, start, say, together):
        self.text, self.out, self.partial, self.say = text, out, partial, say
        self.minutes, self.start, self.together = minutes, start, together
        self.size = len(text.vocab)

    def go(self, known: dict | None) -> None:
        """All of it; `known` is what it was begun with, if it goes on."""
        parts, begun = self.text.parts, time.monotonic()
        known = self.together.told(known)
        orders = settings.ORDERS if known is None else [known["order"]]
        self.ngram, nats = choose_order(parts, self.size, orders)
        self.name = f"{self.ngram.order}-gram"
        bits = self.text.to_bits(1) * nats[self.ngram.order]
        if known is None:
            among = f"of orders {min(orders)} to {max(orders)} the best on the text to "
            self.say(f"Counted: {self.name}, {among}choose by, {bits:.3f} bits")
        knows = features_to_train(parts.train, self.size, self.ngram.order)
        self.counting = time.monotonic() - begun
        self.taken_up = known is not None
        import_tensorflow()
        from seqmodels.program.examining import finish
        from seqmodels.program.fitting import Fitting

        fitted = Fitting(self, knows)
        if known is None:
            known = self.begin(fitted)
        else:
            fitted.make(Network(*known["network"]))
        plan = Plan(*known["plan"])
        history = fitted.fit(plan)
        if self.together.is_chief:
            finish(self, fitted, history)

    def begin(self, fitted) -> dict:
        """Measures the machine, and fixes and prints what follows from it."""
        speed = self.together.total(fitted.gflops())
        num_train = len(self.text.parts.train)
        left = 60 * self.minutes - (time.monotonic() - self.start)
        left -= self.counting / 2 + 2 * AT_THE_END  # for what is compiled, too
        network = settings.choose_network(num_train, self.size, max(left, 1), speed)
        network = Network(*self.together.told(network))
        fitted.make(network)
        self.say(
            f"Network: LSTM of {network.units} units that reads the {self.name} and "
            f"{len(settings.MATCH_LENGTHS)} matches, {fitted.weights:,} weights, "
            f"dropout {network.dropout:g}, rate {network.rate:g}, "
            f"{network.batch_size} streams x {network.num_steps} symbols"
        )
        per_second, at_the_end = fitted.measure()
        at_the_end += self.counting / 2 + AT_THE_END
        left = 60 * self.minutes - (time.monotonic() - self.start) - at_the_end
        least = LEAST_SHARE * 60 * self.minutes
        if 0.9 * left < least:
            self.say("Counting and compiling have all but used up the minutes.")
        seconds = max(0.9 * left, least)
        plan = settings.choose_plan(network, num_train, seconds, per_second)
        symbols = network.batch_size * network.num_steps
        passes = plan.windows * symbols / num_train
        enough = " (more do little)" if passes > 0.9 * settings.MOST_PASSES else ""
        self.say(
            f"This machine: products {speed:.0f} GFLOP/s, training "
            f"{per_second * symbols:,.0f} symbols a second. So {plan.windows:,} "
            f"windows in {plan.rounds} rounds, "
            f"{passes:.1f} passes{enough}, about "
            f"{plan.windows / per_second / 60:.1f} minutes"
        )
        known = {
            "format": FORMAT,
            "digest": self.text.digest,
            "minutes": self.minutes,
            "order": self.ngram.order,
            "network": list(network),
            "plan": list(plan),
        }
        known = self.together.told(known)
        if self.partial is not None:
            self.partial.write_plan(known)
        return known
