"""`train`: from a text file to a model file, in so many minutes."""

import hashlib
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from seqmodels.program import settings
from seqmodels.program.counted import (
    Parts,
    choose_order,
    choose_pruning,
    features_to_train,
    log_probs_after,
    matches_right,
)
from seqmodels.program.partial import Partial
from seqmodels.program.reading import Refusal, described, read_text
from seqmodels.program.settings import Network, Plan
from seqmodels.text.codes import CodedVocab
from seqmodels.text.vocab import CharVocab

SEED = 0
FORMAT = 1  # of what is kept; another cannot be taken up
AT_THE_END = 10.0  # seconds to save, to draw and to be slower than measured
PIECE = 20_000  # symbols of the text to choose by that are read after each round


class Text(NamedTuple):
    """A text, cut into what is trained on, chosen by, and held out."""

    digest: str
    vocab: CharVocab | CodedVocab
    parts: Parts
    chars: tuple[int, int, int]  # of the three parts

    def bits(self, nats: float, part: int) -> float:
        """Bits per character from the sum of a part's nats."""
        return float(nats / np.log(2) / self.chars[part])

    def to_bits(self, part: int) -> float:
        """The factor from nats per symbol to bits per character."""
        return float(len(self.parts[part]) / self.chars[part] / np.log(2))


def train(
    path: Path,
    minutes: float,
    out: Path | None = None,
    anew: bool = False,
    say: Callable = print,
) -> Path:
    """Trains on a text file and saves a model; goes on where it was broken off.

    Args:
        path: The text.
        minutes: Of wall time, in all.
        out: The model's file; `None` puts it beside the text.
        anew: Whether to start anew, over a run or a model that is there.
        say: Prints a line.

    Returns:
        The model's path.

    Raises:
        Refusal: If something about the text, the model's file or the minutes is wrong.
    """
    start = time.monotonic()
    if not (math.isfinite(minutes) and minutes > 0):
        raise Refusal(f"--minutes must be a positive number; got {minutes:g}.")
    out = path.with_suffix(".keras") if out is None else out
    if out.suffix != ".keras":
        raise Refusal(f"The model's name must end in .keras; got {out}.")
    content, remarks = read_text(path)
    text = cut(path, content, minutes, remarks, say)
    partial = Partial(out.with_name(out.name + ".partial"))
    if anew:
        partial.remove()
    known = taken_up(partial, text, minutes)
    if known is None and out.exists() and not anew:
        raise Refusal(
            f"{out} is there already. Name another by --out, or write over it by --anew."
        )
    partial.prepare()
    Run(text, out, partial, minutes, start, say).go(known)
    return out


def cut(
    path: Path, content: str, minutes: float, remarks: list[str], say: Callable
) -> Text:
    """Checks a text, chooses its vocabulary, and cuts it into three parts."""
    num_chars, kinds = len(content), len(set(content))
    if num_chars < settings.LEAST_CHARS:
        raise Refusal(
            f"{path} has {num_chars:,} characters; there must be "
            f"{settings.LEAST_CHARS:,} at least, of which a tenth is held out."
        )
    if kinds == 1:
        raise Refusal(
            f"{path} is one character repeated; there is nothing to predict in it."
        )
    try:
        size = settings.alphabet_size(kinds)
    except ValueError as error:
        raise Refusal(f"{path}: {error}") from None
    vocab = CharVocab.from_text(content)
    if size < kinds:
        vocab = CodedVocab.from_text(content, size)
    symbols = len(vocab.encode(content)) / num_chars
    say(f"{path}: {num_chars:,} characters, {described(vocab, most=20)}")
    for remark in remarks:
        say(f"  {remark}")
    if size < kinds:
        say(
            f"  written in {size} symbols, {symbols:.2f} for a character: the "
            f"{vocab.singles} most common are one each, the others two"
        )
    most = int(settings.most_symbols(size, minutes) / symbols)
    if num_chars > most:
        content = content[-most:]
        say(f"  of which the last {most:,} are used, for so many minutes")
    edges = [0, *settings.split(len(content)), len(content)]
    pieces = [content[a:b] for a, b in zip(edges[:-1], edges[1:], strict=True)]
    parts, chars = Parts(*map(vocab.encode, pieces)), tuple(map(len, pieces))
    say(
        f"  {chars[0]:,} to train on, the next {chars[1]:,} to choose by, the last "
        f"{chars[2]:,} held out and read once, at the end"
    )
    digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
    return Text(digest, vocab, parts, chars)


def taken_up(partial: Partial, text: Text, minutes: float) -> dict | None:
    """What a run was begun with that was broken off; `None` if there is none."""
    known = partial.read_plan()
    if known is None:
        return None
    where = f"{partial.folder} holds a run that was broken off"
    if known.get("format") != FORMAT or known.get("minutes") != minutes:
        raise Refusal(
            f"{where}, begun with --minutes {known.get('minutes')}. Go on with these, "
            "or start anew by --anew."
        )
    if known.get("digest") != text.digest:
        raise Refusal(
            f"{where}, on another text than this. Start anew by --anew, or name "
            "another model by --out."
        )
    return known


class Run:
    """One run: counting, training, examination, saving."""

    def __init__(self, text, out, partial, minutes, start, say):
        self.text, self.out, self.partial, self.say = text, out, partial, say
        self.minutes, self.start = minutes, start
        self.size = len(text.vocab)

    def go(self, known: dict | None) -> None:
        """All of it; `known` is what it was begun with, if it goes on."""
        parts, begun = self.text.parts, time.monotonic()
        orders = settings.ORDERS if known is None else [known["order"]]
        self.ngram, nats = choose_order(parts, self.size, orders)
        self.name = f"{self.ngram.order}-gram"
        bits = self.text.to_bits(1) * nats[self.ngram.order]
        if known is None:
            among = f"of orders {min(orders)} to {max(orders)} the best on the text to "
            self.say(f"Counted: {self.name}, {among}choose by, {bits:.3f} bits")
        knows = features_to_train(parts.train, self.size, self.ngram.order)
        self.counting = time.monotonic() - begun
        from seqmodels.program import fitting

        fitted = fitting.Fitting(self, knows)
        if known is None:
            known = self.begin(fitted)
        else:
            fitted.make(Network(*known["network"]))
        plan = Plan(*known["plan"])
        history = fitted.fit(plan)
        self.finish(fitted, plan, history)

    def begin(self, fitted) -> dict:
        """Measures the machine, and fixes and prints what follows from it."""
        speed = fitted.gflops()
        num_train = len(self.text.parts.train)
        left = 60 * self.minutes - (time.monotonic() - self.start)
        left -= self.counting / 2 + 2 * AT_THE_END  # for what is compiled, too
        network = settings.choose_network(num_train, self.size, max(left, 1), speed)
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
        plan = settings.choose_plan(network, num_train, 0.9 * left, per_second)
        symbols = network.batch_size * network.num_steps
        self.say(
            f"This machine: products {speed:.0f} GFLOP/s, training "
            f"{per_second * symbols:,.0f} symbols a second. So {plan.windows:,} "
            f"windows in {plan.rounds} rounds, {plan.windows * symbols / num_train:.1f} "
            f"passes, about {plan.windows / per_second / 60:.1f} minutes"
        )
        known = {
            "format": FORMAT,
            "digest": self.text.digest,
            "minutes": self.minutes,
            "order": self.ngram.order,
            "network": list(network),
            "plan": list(plan),
        }
        self.partial.write_plan(known)
        return known

    def finish(self, fitted, plan, history) -> None:
        """Prunes, is examined, saves, draws."""
        from seqmodels.bundle import save
        from seqmodels.program.figure import draw

        text, parts = self.text, self.text.parts
        least = choose_pruning(self.ngram, parts, text.chars[1])
        packed = self.ngram.pruned(least).quantised()
        on_choice = []
        for ngram in (self.ngram, packed):
            found = log_probs_after(ngram, parts.train, parts.choice)
            by_ngram = text.bits(-found.sum(), 1)
            on_choice.append((by_ngram, fitted.bits_to_choose_by(ngram)))
        (before, with_before), (after, with_after) = on_choice
        full = self.ngram.fit(parts.known)
        packed = full.pruned(least).quantised()
        share = packed.count_params() / full.count_params()
        self.say(
            f"N-grams in the file: {packed.count_params():,} of "
            f"{full.count_params():,} ({share:.0%}), a byte for each count. On the text "
            f"to choose by that costs the {self.name} {after - before:+.4f} bits, the "
            f"network {with_after - with_before:+.4f}"
        )
        model = fitted.informed(packed, parts.known)
        scored = [
            (f"{self.name} alone", log_probs_after(full, parts.known, parts.test)),
            ("the same, as in the file", log_probs_after(packed, parts.known, parts.test)),
            ("network that reads it, and matches", model.log_probs(parts.test)),
        ]
        self.say(f"{'Held out':38}{'bits per character':>20}{'perplexity':>12}")
        for name, found in scored:
            bits = text.bits(-found.sum(), 2)
            self.say(f"  {name:36}{bits:20.3f}{2**bits:12.3f}")
        there, right = matches_right(model.match, parts.test)
        self.say(f"  the longest match: at {there:.0%} of symbols, right at {right:.0%}")
        try:
            save(self.out, model, text.vocab)
        except OSError as error:
            raise Refusal(
                f"{self.out} cannot be written: {error.strerror or error}.\nThe training "
                f"is kept in {self.partial.folder}; mend that and call the same again."
            ) from None
        self.say(
            f"{self.out}: {self.out.stat().st_size / 1e6:.1f} MB, the text itself in "
            "it, which the matches are looked up in"
        )
        picture = self.out.with_name(self.out.name + ".png")
        per_window = math.prod(fitted.network_settings[1:3])
        per_window *= text.chars[0] / len(parts.train)
        factors = text.to_bits(0), fitted.to_bits
        try:
            draw(picture, history, per_window, factors, (self.name, fitted.rival_bits))
            self.say(f"{picture}: the losses")
        except OSError as error:
            self.say(f"{picture} cannot be written: {error.strerror or error}")
        self.partial.remove()
        self.say(f"Took {(time.monotonic() - self.start) / 60:.1f} minutes")
