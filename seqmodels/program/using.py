"""`write`, `score` and `playground`: what one does with a model's file."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from seqmodels.program.reading import (
    RefusedError,
    described,
    encode,
    load_model,
    read_text,
    shown,
    unknown_chars,
)
from seqmodels.text.sampling import generate

MOST_NUMBERS = 300_000_000  # that are read beside a text which is scored


def write(
    path: Path,
    prompt: str | None = None,
    length: int = 500,
    temperature: float = 0.8,
    seed: int | None = None,
    say: Callable = print,
) -> str:
    """Goes on from a prompt and prints both.

    Args:
        path: The model's file.
        prompt: What to begin with; `None` begins a line.
        length: How many symbols to add.
        temperature: As in `generate`.
        seed: Of what is drawn; `None` draws anew each time.
        say: Prints the text.

    Returns:
        What was added.

    Raises:
        RefusedError: If the model cannot be loaded, does not know all of the prompt's
            characters, or a number does not fit.
    """
    if length < 1:
        raise RefusedError(f"--length must be 1 or more; got {length}.")
    if not (np.isfinite(temperature) and temperature >= 0):
        raise RefusedError(f"--temperature must be 0 or more; got {temperature:g}.")
    if seed is not None and seed < 0:
        raise RefusedError(f"--seed must be 0 or more; got {seed}.")
    if prompt == "":
        raise RefusedError("--prompt must have a character at least, or be left out.")
    model, vocab = load_model(path)
    prompt = _start(vocab) if prompt is None else prompt
    rng = np.random.default_rng(seed)
    ids = encode(prompt, vocab, "The prompt")
    added = vocab.decode(generate(model, ids, length, rng, temperature=temperature))
    say((prompt + added).lstrip("\n"))
    return added


def _start(vocab):
    """What stands before a line, if the vocabulary has it."""
    starts = [char for char in "\n ." if not unknown_chars(char, vocab)]
    return starts[0] if starts else vocab.decode([0])


def score(
    path: Path, other: Path, skip_unknown: bool = False, say: Callable = print
) -> float:
    """Prints how well a model predicts a text, and its n-gram beside it.

    Args:
        path: The model's file.
        other: The text.
        skip_unknown: Whether to leave out characters that the model does not know.
        say: Prints a line.

    Returns:
        Bits per character.

    Raises:
        RefusedError: If model or text cannot be read, or characters are unknown.
    """
    text, remarks = read_text(other)
    model, vocab = load_model(path)
    say(f"{other}: {len(text):,} characters")
    for remark in remarks:
        say(f"  {remark}")
    unknown = unknown_chars(text, vocab)
    if unknown and not skip_unknown:
        raise RefusedError(
            f"{other} has characters that the model does not know: {shown(unknown)}.\n"
            f"Those it knows: {described(vocab)}.\n"
            "With --skip-unknown they are left out."
        )
    if unknown:
        before = len(text)
        text = text.translate(dict.fromkeys(map(ord, unknown)))
        say(
            f"  {before - len(text):,} left out, unknown to the model: {shown(unknown)}"
        )
    most = MOST_NUMBERS // len(vocab)
    if len(text) > most:
        text = text[:most]
        say(f"  its first {most:,} are scored")
    if not text:
        raise RefusedError(f"{other} has no character that the model knows.")
    ids = vocab.encode(text)
    by = {"model": model.log_probs(ids)}
    if hasattr(model, "ngram"):
        by[f"its {model.ngram.order}-gram alone"] = model.ngram.log_probs(ids)
    say(f"{'':24}{'bits per character':>20}{'perplexity':>12}")
    for name, found in by.items():
        bits = float(-found.sum() / np.log(2) / len(text))
        say(f"  {name:22}{bits:20.4f}{2**bits:12.4f}")
    return float(-by["model"].sum() / np.log(2) / len(text))


def playground(path: Path, out: Path | None = None, say: Callable = print) -> Path:
    """Writes a model's playground, an HTML file.

    Args:
        path: The model's file.
        out: The page's file; `None` puts it beside the model.
        say: Prints a line.

    Returns:
        The page's path.

    Raises:
        RefusedError: If the model cannot be loaded or shown, or the page not written.
    """
    from seqmodels.page import fitting  # not before they are needed, nor TensorFlow
    from seqmodels.page.playground import playground as write_page
    from seqmodels.page.weights import check_model

    model, vocab = load_model(path)
    out = path.with_suffix(".html") if out is None else out
    informed = hasattr(model, "ngram")
    try:
        check_model(model, vocab)  # also before it is cut down, and asked to write
        shown = fitting.fit(model)
        # Not the text that it has counted: there it is far too sure.
        ids, rng = vocab.encode(_start(vocab)), np.random.default_rng(0)
        example = vocab.decode(generate(model, ids, 200, rng, temperature=0.5))
        for char in unknown_chars(example, vocab):  # a pair that stands for none
            example = example.replace(char, "")
        page = write_page(shown, vocab, out, examples=[example])
        cost = fitting.cost_in_bits(model, shown)
    except (TypeError, ValueError) as error:
        raise RefusedError(f"{path} cannot be shown: {error}") from None
    except OSError as error:
        raise RefusedError(
            f"{out} cannot be written: {error.strerror or error}."
        ) from None
    say(f"{page}: {page.stat().st_size / 1e6:.1f} MB; open it in a browser")
    if informed:
        counts = [one.ngram.count_params() for one in (shown, model)]
        say("  in it {:,} of {:,} n-grams, a byte for each count".format(*counts))
    if informed and model.match is not None:
        lengths = [len(one.match.ids) for one in (shown, model)]
        say("  and the last {:,} of {:,} symbols of its text".format(*lengths))
    bits = f"{cost:.4f}" if cost >= 1e-4 else "less than 0.0001"
    say(
        f"  weights in 16 bits; all this costs {bits} bits a symbol, on 1,000 that the "
        "model writes itself"
    )
    return page
