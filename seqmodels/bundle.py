"""A model and its vocabulary in one file."""

import contextlib
import json
import os
import uuid
import zipfile
from pathlib import Path

from seqmodels._tensorflow import keras
from seqmodels.text.vocab import BigramVocab, CharVocab, WordVocab

MEMBER = "vocabulary.json"  # beside what Keras writes, which leaves it alone

Vocab = CharVocab | BigramVocab | WordVocab


def save(path: str | os.PathLike, model: keras.Model, vocab: Vocab) -> None:
    """Saves a model and its vocabulary in one `.keras` file.

    `keras.models.load_model` reads the model from it, `load` both. There is all of the
    file or nothing: it is written beside its place and moved there in one step.

    Args:
        path: Ends in `.keras`.
        model: Any Keras model.
        vocab: What its ids mean.

    Raises:
        TypeError: If the vocabulary is none of this package's.
        ValueError: If the name does not end in `.keras`.
        OSError: If the file cannot be written.
    """
    path, description = Path(path), _describe(vocab)
    if path.suffix != ".keras":
        raise ValueError(f"`path` must end in .keras; got {str(path)!r}.")
    temporary = path.with_name(f".{path.stem}-{uuid.uuid4().hex}.keras")
    try:
        model.save(temporary)
        with zipfile.ZipFile(temporary, "a") as members:
            members.writestr(MEMBER, json.dumps(description))
        os.replace(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def load(path: str | os.PathLike) -> tuple[keras.Model, Vocab | None]:
    """Loads a model and its vocabulary from a `.keras` file.

    Args:
        path: As written by `save`, or by Keras alone.

    Returns:
        The model, compiled if it was, and the vocabulary, `None` if there is none.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no `.keras` file, or a damaged one.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"`path` must name a file; there is no {str(path)!r}.")
    vocab = None
    try:
        with zipfile.ZipFile(path) as members:
            if damaged := members.testzip():
                raise zipfile.BadZipFile(f"{damaged} in it is")
            if MEMBER in members.namelist():
                vocab = _restore(json.loads(members.read(MEMBER)))
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, OSError) as error:
        raise ValueError(
            f"{str(path)!r} is damaged, or no .keras file ({error})."
        ) from error
    return keras.models.load_model(path), vocab


def _describe(vocab):
    # Lists: in one string two halves of a surrogate pair would come back as one.
    if isinstance(vocab, CharVocab):
        return {"vocab": "CharVocab", "chars": list(vocab.chars)}
    if isinstance(vocab, BigramVocab):
        return {"vocab": "BigramVocab", "chars": list(vocab.chars.chars)}
    if isinstance(vocab, WordVocab):
        words = {"words": vocab.words[1:], "unknown": vocab.unknown}
        return {"vocab": "WordVocab", **words}
    raise TypeError(
        "`vocab` must be a CharVocab, a BigramVocab or a WordVocab; "
        f"got {type(vocab).__name__}."
    )


def _restore(description):
    kind = description["vocab"]
    if kind == "WordVocab":
        return WordVocab(description["words"], unknown=description["unknown"])
    chars = CharVocab(description["chars"])
    return {"CharVocab": lambda c: c, "BigramVocab": BigramVocab}[kind](chars)
