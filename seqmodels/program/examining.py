"""The end of a run: what was trained is pruned, examined, saved and drawn."""

import math
import time

from seqmodels.bundle import save
from seqmodels.program.counted import (
    Parts,
    choose_order,
    choose_pruning,
    log_probs_after,
    matches_right,
)
from seqmodels.program.figure import draw
from seqmodels.program.reading import RefusedError
from seqmodels.text.codes import CodedVocab


def finish(run, fitted, history: list) -> None:
    """Prunes, is examined, saves, draws."""
    text, parts = run.text, run.text.parts
    least = choose_pruning(run.ngram, parts, text.chars[1])
    packed = run.ngram.pruned(least).quantised()
    on_choice = []
    for ngram in (run.ngram, packed):
        found = log_probs_after(ngram, parts.train, parts.choice)
        by_ngram = text.bits(-found.sum(), 1)
        on_choice.append((by_ngram, fitted.bits_to_choose_by(ngram)))
    (before, with_before), (after, with_after) = on_choice
    full = run.ngram.fit(parts.known)
    packed = full.pruned(least).quantised()
    share = packed.count_params() / full.count_params()
    run.say(
        f"N-grams in the file: {packed.count_params():,} of "
        f"{full.count_params():,} ({share:.0%}), a byte for each count. On the text "
        f"to choose by that costs the {run.name} {after - before:+.4f} bits, the "
        f"network {with_after - with_before:+.4f}"
    )
    model = fitted.informed(packed, parts.known)
    scored = [
        (f"{run.name} alone", log_probs_after(full, parts.known, parts.test)),
        (
            "the same, as in the file",
            log_probs_after(packed, parts.known, parts.test),
        ),
        ("network that reads it, and matches", model.log_probs(parts.test)),
    ]
    if isinstance(text.vocab, CodedVocab):
        scored.insert(0, by_characters(text.vocab, parts))
    run.say(f"{'Held out':38}{'bits per character':>20}{'perplexity':>12}")
    for name, found in scored:
        bits = text.bits(-found.sum(), 2)
        run.say(f"  {name:36}{bits:20.3f}{2**bits:12.3f}")
    there, right = matches_right(model.match, parts.test)
    run.say(f"  the longest match: at {there:.0%} of symbols, right at {right:.0%}")
    try:
        save(run.out, model, text.vocab)
    except OSError as error:
        raise RefusedError(
            f"{run.out} cannot be written: {error.strerror or error}.\nThe training "
            f"is kept in {run.partial.folder}; mend that and call the same again."
        ) from None
    run.say(
        f"{run.out}: {run.out.stat().st_size / 1e6:.1f} MB, the text itself in "
        "it, which the matches are looked up in"
    )
    picture = run.out.with_name(run.out.name + ".png")
    per_window = math.prod(fitted.network_settings[1:3])
    per_window *= text.chars[0] / len(parts.train)
    factors = text.to_bits(0), fitted.to_bits
    try:
        draw(picture, history, per_window, factors, (run.name, fitted.rival_bits))
        run.say(f"{picture}: the losses")
    except OSError as error:
        run.say(f"{picture} cannot be written: {error.strerror or error}")
    run.partial.remove()
    since = " since it was taken up" if run.taken_up else ""
    run.say(f"Took {(time.monotonic() - run.start) / 60:.1f} minutes{since}")


def by_characters(vocab: CodedVocab, parts: Parts) -> tuple:
    """Name and log-probabilities of the best n-gram that counts whole characters."""
    chars = Parts(*(vocab.chars.encode(vocab.decode(ids)) for ids in parts))
    model, _ = choose_order(chars, len(vocab.chars))
    model.fit(chars.known)
    found = log_probs_after(model, chars.known, chars.test)
    return f"{model.order}-gram of whole characters", found
