"""A text, cut into what a model is trained on, chosen by, and examined on."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from seqmodels.program import settings
from seqmodels.program.counted import Parts
from seqmodels.program.reading import RefusedError, described
from seqmodels.text.codes import CodedVocab
from seqmodels.text.vocab import CharVocab


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


def cut(
    path: Path, content: str, minutes: float, remarks: list[str], say: Callable
) -> Text:
    """Checks a text, chooses its vocabulary, and cuts it into three parts."""
    num_chars, kinds = len(content), len(set(content))
    if num_chars < settings.LEAST_CHARS:
        raise RefusedError(
            f"{path} has {num_chars:,} characters; there must be "
            f"{settings.LEAST_CHARS:,} at least, of which a tenth is held out."
        )
    if kinds == 1:
        raise RefusedError(
            f"{path} is one character repeated; there is nothing to predict in it."
        )
    try:
        size = settings.alphabet_size(kinds)
    except ValueError as error:
        raise RefusedError(f"{path}: {error}") from None
    vocab = CharVocab.from_text(content)
    if size < kinds:
        vocab = CodedVocab.from_text(content, size)
    symbols = len(vocab.encode(content)) / num_chars
    say(f"{path}: {num_chars:,} characters; different ones: {described(vocab, 20)}")
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
