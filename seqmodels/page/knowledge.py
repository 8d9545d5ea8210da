"""What an `InformedLM` has counted, as the page carries it."""

from __future__ import annotations

import base64
import gzip

import numpy as np

from seqmodels.counting.compact import CompactNGramLM
from seqmodels.models.informed import InformedLM

MOST_TABLES = 8_000_000  # bytes, as base64


def check_counted(model: InformedLM) -> None:
    """Raises if the page could not carry what the model has counted.

    Raises:
        TypeError: If its n-gram is none that can be stored in few bytes.
        ValueError: If that has counted nothing, or the match model has read nothing.
    """
    if not isinstance(model.ngram, CompactNGramLM):
        raise TypeError(
            "`model` must be an InformedLM with a CompactNGramLM, which the page can "
            f"carry; its n-gram is of type {type(model.ngram).__name__}."
        )
    if not model.ngram.count_params():
        raise ValueError("`model` has an n-gram that has counted nothing yet.")
    if model.match is not None and not len(model.match.ids):
        raise ValueError("`model` has a match model that has read nothing yet.")


def pack_knowledge(model: InformedLM) -> tuple[dict[str, object], str]:
    """What `knowing.js` reads: a description, and tables as gzip and base64.

    All n-grams, quantised as in a bundle, and the text that matches are looked up in.
    """
    ngram, match = model.ngram.to_arrays(), model.match
    kind = np.min_scalar_type(model.vocab_size).newbyteorder("<")
    parts, sizes, discounts = [], [], []
    for n in range(model.ngram.order):
        parts += [ngram[f"children_{n}"].astype(kind), ngram[f"dropped_{n}"]]
        parts += [ngram[f"tokens_{n}"].astype(kind), ngram[f"counts_{n}"]]
        sizes.append(len(ngram[f"tokens_{n}"]))
        discounts.append(ngram[f"discounts_{n}"].tolist())
    if match is not None:
        parts.append(match.ids.astype(kind))
    description = {
        "vocab_size": model.vocab_size,
        "width": kind.itemsize,
        "sizes": sizes,
        "discounts": discounts,
        "lengths": list(match.lengths) if match is not None else [],
        "text_length": len(match.ids) if match is not None else 0,
    }
    raw = b"".join(part.tobytes() for part in parts)
    packed = gzip.compress(raw, 6, mtime=0)  # 9 takes six times as long to save 2%
    tables = base64.b64encode(packed).decode()
    return description, tables
