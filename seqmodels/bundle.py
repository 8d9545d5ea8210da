"""A model and its vocabulary in one file."""

import contextlib
import io
import json
import os
import uuid
import zipfile
from pathlib import Path

import numpy as np

from seqmodels._tensorflow import keras
from seqmodels.counting.compact import CompactNGramLM
from seqmodels.counting.matching import MatchModel
from seqmodels.counting.ngrams import NGramLM
from seqmodels.models.informed import InformedLM
from seqmodels.models.residual_lm import ResidualLM
from seqmodels.text.codes import CodedVocab
from seqmodels.text.vocab import BigramVocab, CharVocab, WordVocab

# Beside what Keras writes, which leaves them alone.
MEMBER, NGRAM, MATCH = "vocabulary.json", "ngram.npz", "match.npz"

Vocab = CharVocab | BigramVocab | CodedVocab | WordVocab


def save(
    path: str | os.PathLike, model: keras.Model | InformedLM, vocab: Vocab
) -> None:
    """Saves a model and its vocabulary in one `.keras` file.

    `keras.models.load_model` reads the network from it, `load` all of it. There is all
    of the file or nothing: it is written beside its place and moved there in one step.

    Of an `InformedLM` the file holds what its n-gram has counted, in a few bytes for
    each if it is a `CompactNGramLM`; and the text that its match model looks things up
    in, which whoever has the file can read.

    Args:
        path: Ends in `.keras`.
        model: Any Keras model, or an `InformedLM`.
        vocab: What its ids mean.

    Raises:
        TypeError: If the vocabulary is none of this package's.
        ValueError: If the name does not end in `.keras`.
        OSError: If the file cannot be written.
    """
    path, members = Path(path), {MEMBER: json.dumps(_describe(vocab)).encode()}
    if path.suffix != ".keras":
        raise ValueError(f"`path` must end in .keras; got {str(path)!r}.")
    network = model
    if isinstance(model, InformedLM):
        network = model.network
        members[NGRAM] = _pack(model.ngram.to_arrays())
        if model.match is not None:
            members[MATCH] = _pack(model.match.to_arrays())
    temporary = path.with_name(f".{path.stem}-{uuid.uuid4().hex}.keras")
    try:
        network.save(temporary)
        with zipfile.ZipFile(temporary, "a", zipfile.ZIP_DEFLATED) as file:
            for name, content in members.items():
                file.writestr(name, content)
        os.replace(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def load(path: str | os.PathLike) -> tuple[keras.Model | InformedLM, Vocab | None]:
    """Loads a model and its vocabulary from a `.keras` file.

    Args:
        path: As written by `save`, or by Keras alone.

    Returns:
        The model, compiled if it was, or the `InformedLM`, whose n-gram may have been
        rounded; and the vocabulary, `None` if there is none.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no `.keras` file, or a damaged one.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"`path` must name a file; there is no {str(path)!r}.")
    vocab, parts = None, []
    try:
        with zipfile.ZipFile(path) as members:
            if damaged := members.testzip():
                raise zipfile.BadZipFile(f"{damaged} in it is")
            if MEMBER in members.namelist():
                vocab = _restore(json.loads(members.read(MEMBER)))
            if NGRAM in members.namelist():
                parts = [_restore_ngram(_unpack(members.read(NGRAM))), None]
                if MATCH in members.namelist():
                    parts[1] = MatchModel.from_arrays(_unpack(members.read(MATCH)))
    except (
        *(zipfile.BadZipFile, NotImplementedError, EOFError, IndexError),
        *(ValueError, KeyError, TypeError, OSError),
    ) as error:
        raise ValueError(
            f"{str(path)!r} is damaged, or no .keras file ({error})."
        ) from error
    model = keras.models.load_model(path)
    if not parts:
        return model, vocab
    if not isinstance(model, ResidualLM):
        raise ValueError(f"{str(path)!r} is damaged: its network reads no n-gram.")
    return InformedLM(model, *parts), vocab


def _pack(arrays):
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def _unpack(content):
    with np.load(io.BytesIO(content)) as arrays:  # which runs nothing: no pickles
        return {name: arrays[name] for name in arrays.files}


def _restore_ngram(arrays):
    kind = CompactNGramLM if "tokens_0" in arrays else NGramLM
    return kind.from_arrays(arrays)


def _describe(vocab):
    # Lists: in one string two halves of a surrogate pair would come back as one.
    if isinstance(vocab, CharVocab):
        return {"vocab": "CharVocab", "chars": list(vocab.chars)}
    if isinstance(vocab, BigramVocab):
        return {"vocab": "BigramVocab", "chars": list(vocab.chars.chars)}
    if isinstance(vocab, CodedVocab):
        chars = list(vocab.chars.chars)
        return {"vocab": "CodedVocab", "chars": chars, "size": vocab.size}
    if isinstance(vocab, WordVocab):
        words = {"words": vocab.words[1:], "unknown": vocab.unknown}
        return {"vocab": "WordVocab", **words}
    raise TypeError(
        "`vocab` must be a CharVocab, a BigramVocab, a CodedVocab or a WordVocab; "
        f"got {type(vocab).__name__}."
    )


def _restore(description):
    kind = description["vocab"]
    if kind == "WordVocab":
        return WordVocab(description["words"], unknown=description["unknown"])
    if kind == "CodedVocab":
        return CodedVocab(description["chars"], description["size"])
    chars = CharVocab(description["chars"])
    return {"CharVocab": lambda c: c, "BigramVocab": BigramVocab}[kind](chars)
