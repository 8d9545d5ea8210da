"""A trained network in one HTML file."""

from __future__ import annotations

import base64
import contextlib
import os
import uuid
from collections.abc import Sequence
from pathlib import Path

from seqmodels._tensorflow import keras
from seqmodels.counting.ngrams import NGramLM
from seqmodels.models.informed import InformedLM
from seqmodels.page.assembling import ROOM, assemble
from seqmodels.page.counts import pack_counts
from seqmodels.page.knowledge import MOST_TABLES, pack_knowledge
from seqmodels.page.shown import Shown
from seqmodels.page.weights import check_model, describe, half_weights
from seqmodels.text.codes import CodedVocab
from seqmodels.text.vocab import CharVocab

LONGEST = 2000  # letters that the page reads


def playground(
    model: keras.Model | InformedLM,
    vocab: CharVocab | CodedVocab,
    path: str | os.PathLike | None = None,
    *,
    ngram: NGramLM | None = None,
    title: str = "A network that guesses the next letter",
    examples: Sequence[str] = (),
) -> Path | Shown:
    """Writes a page in which one types and sees what a network makes of it.

    One HTML file that needs neither a server nor a network: the weights are in it, as
    float16. One sees the next letters' probabilities, the text coloured by a cell, the
    gates, which letters a guess leans on; one can look for the cells that follow a
    passage, and have the network write while a cell is held.

    Args:
        model: A `CharLM`; or an `InformedLM`, whose tables, quantised, and whose text
            are in the page, where whoever has it can read them.
        vocab: Its `CharVocab` or `CodedVocab`.
        path: Where to write, ending in `.html`; `None` shows the page in a notebook.
        ngram: A fitted `NGramLM` over the same characters, whose guess is shown beside
            the network's. Of its n-grams the page keeps those that matter most, as far
            as its size allows, and says how many. Of text8's first two million letters
            it keeps 11,000: on others an order of 5 needs 2.59 bits per character, not
            2.28, and one of 8 2.60, not 2.12. An `InformedLM` has its own, all of it.
        title: Stands on top.
        examples: Texts to begin from; the page opens with the first.

    Returns:
        The path; without one, what a notebook shows. Its `widget()` is an anywidget.

    Raises:
        TypeError: If the model, the vocabulary or the n-gram is of another kind.
        ValueError: If their sizes differ, an `InformedLM` is given another n-gram, has
            counted nothing or more than 8 MB, a weight does not fit into 16 bits, an
            example has a character that the vocabulary has not, or more than 2,000, or
            the path does not end in `.html`.
        OSError: If the file cannot be written.
    """
    network, informed = check_model(model, vocab), isinstance(model, InformedLM)
    if path is not None:
        path = Path(path)
        if path.suffix not in (".html", ".htm"):
            raise ValueError(f"`path` must end in .html; got {str(path)!r}.")
    _check_ngram(ngram, vocab, informed)
    description = {
        **describe(network, vocab),
        "title": str(title),
        "examples": _check_examples(examples, vocab),
        "ngram": None,
    }
    weights, tables = base64.b64encode(half_weights(network)).decode(), ""
    if informed:
        description["knowledge"], tables = pack_knowledge(model)
        if len(tables) > MOST_TABLES:
            raise ValueError(
                f"`model` has counted {len(tables):,} bytes; a page has room for "
                f"{MOST_TABLES:,}. Prune its n-gram, or have it look matches up in a "
                "shorter text."
            )
        num = model.ngram.count_params()
        description["ngram"] = {
            "order": model.ngram.order,
            "num_kept": num,
            "num_grams": num,
        }
    if ngram is not None:
        room = ROOM - len(assemble(description, "")) - 200  # for what is said of it
        if room < 1000:
            raise ValueError(
                "`examples` and `vocab` leave no room for `ngram`: beside the weights "
                f"a page has {ROOM:,} bytes."
            )
        description["ngram"] = pack_counts(ngram, room)
    page = assemble(description, weights, tables)
    if (size := len(page) - len(weights) - len(tables)) > ROOM:
        raise ValueError(
            f"`examples`, `title` and `vocab` make a page of {size:,} bytes beside the "
            f"weights; it may have {ROOM:,}."
        )
    if path is None:
        return Shown(page.decode(), description, weights, tables)
    _write(path, page)
    return path


def _check_ngram(ngram, vocab, informed):
    if ngram is None:
        return
    if informed:
        raise ValueError(
            "`ngram` must be left out for an InformedLM, whose own is shown; got "
            f"{type(ngram).__name__}."
        )
    if not isinstance(ngram, NGramLM):
        raise TypeError(f"`ngram` must be an NGramLM; got {type(ngram).__name__}.")
    if ngram.vocab_size != len(vocab):
        raise ValueError(
            f"`ngram` must have the vocabulary's {len(vocab)} tokens; got "
            f"{ngram.vocab_size}."
        )
    if not ngram.count_params():
        raise ValueError("`ngram` must be fitted; it has counted nothing yet.")


def _check_examples(examples, vocab):
    if isinstance(examples, str):
        raise TypeError(f"`examples` must be a list of texts; got {examples[:20]!r}.")
    for n, text in enumerate(examples):
        if not isinstance(text, str):
            raise TypeError(f"`examples` must be texts; got {text!r} at {n}.")
        if len(text) > LONGEST:
            raise ValueError(
                f"`examples` must have at most {LONGEST} letters each; number {n} has "
                f"{len(text)}."
            )
        try:
            vocab.encode(text)
        except ValueError as error:
            raise ValueError(f"`examples`, number {n}: {error}") from None
    return list(examples)


def _write(path, page):
    """All of the file or nothing."""
    temporary = path.with_name(f".{path.stem}-{uuid.uuid4().hex}.html")
    try:
        temporary.write_bytes(page)
        os.replace(temporary, path)
    except OSError as error:
        raise type(error)(
            error.errno, f"`path` cannot be written: {error.strerror}", str(path)
        ) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
