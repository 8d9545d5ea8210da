"""Text files and model files: what is in them, or in a line or two why it is not."""

import codecs
import unicodedata
from pathlib import Path

from seqmodels.program.quietly import import_tensorflow
from seqmodels.text.codes import CodedVocab
from seqmodels.text.vocab import CharVocab


class RefusedError(Exception):
    """What is to be said to whoever called the program, in place of a result."""


def read_text(path: Path) -> tuple[str, list[str]]:
    """Reads a UTF-8 file.

    Line ends become "\\n", and a byte-order mark is left out.

    Returns:
        The text, and remarks on what was changed.

    Raises:
        RefusedError: If there is no such file, or it cannot be read, is empty, or no
            text.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise RefusedError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise RefusedError(f"{path} is a folder; name a text file in it.") from None
    except OSError as error:
        if path.is_dir():  # which Windows calls a permission denied
            raise RefusedError(f"{path} is a folder; name a text file in it.") from None
        raise RefusedError(f"{path} cannot be read: {error.strerror}.") from None
    if not content:
        raise RefusedError(f"{path} is empty.")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise RefusedError(f"{path} is UTF-16; save it as UTF-8 first.")
    remarks = []
    if content.startswith(codecs.BOM_UTF8):
        content = content.removeprefix(codecs.BOM_UTF8)
        remarks.append("The byte-order mark at its start is left out.")
    if b"\0" in content:
        where = content.index(b"\0")
        raise RefusedError(f"{path} is no text: byte {where:,} is zero.")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError(
            f"{path} is no UTF-8 text: byte {error.start:,} is "
            f"0x{content[error.start]:02x}. If it is text, save it as UTF-8 first."
        ) from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        remarks.append("Its line ends are written as \\n.")
    if not text:
        raise RefusedError(f"{path} is empty, but for a byte-order mark.")
    return text, remarks


def load_model(path: Path) -> tuple[object, CharVocab | CodedVocab]:
    """Loads a model of characters and its vocabulary.

    Raises:
        RefusedError: If there is none, it is damaged, or another kind of model.
    """
    if not path.exists():
        raise RefusedError(f"There is no file {path}.")
    if path.is_dir():
        raise RefusedError(f"{path} is a folder; name a .keras file in it.")
    if path.suffix != ".keras":
        raise RefusedError(f"{path} is no model: its name must end in .keras.")
    import_tensorflow()
    from seqmodels.bundle import load
    from seqmodels.models.char_lm import CharLM
    from seqmodels.models.informed import InformedLM

    try:
        model, vocab = load(path)
    except Exception as error:  # a foreign file raises whatever it happens to
        first = str(error).strip().splitlines()[:1] or [type(error).__name__]
        raise RefusedError(
            f"{path} is no model that can be loaded: {first[0]}"
        ) from None
    if vocab is None:
        raise RefusedError(
            f"{path} holds no vocabulary; it was not written by this program."
        )
    if not isinstance(vocab, (CharVocab, CodedVocab)):
        raise RefusedError(
            f"{path} reads no single characters ({type(vocab).__name__})."
        )
    alone = type(model) is CharLM
    if not (alone or isinstance(model, InformedLM)):
        raise RefusedError(f"{path} is no language model ({type(model).__name__}).")
    if model.vocab_size != len(vocab):
        raise RefusedError(
            f"{path} does not fit together: {model.vocab_size} symbols are predicted, "
            f"the vocabulary has {len(vocab)}."
        )
    return model, vocab


def chars_of(vocab: CharVocab | CodedVocab) -> str:
    """All characters of a vocabulary, in code-point order."""
    chars = vocab.chars if isinstance(vocab, CharVocab) else vocab.chars.chars
    return "".join(sorted(chars))


def encode(text: str, vocab: CharVocab | CodedVocab, what: str):
    """Ids of a text.

    Raises:
        RefusedError: If it has unknown characters; says which, and what is known.
    """
    unknown = unknown_chars(text, vocab)
    if unknown:
        raise RefusedError(
            f"{what} has characters that the model does not know: {shown(unknown)}.\n"
            f"Those it knows: {described(vocab)}."
        )
    return vocab.encode(text)


def unknown_chars(text: str, vocab: CharVocab | CodedVocab) -> str:
    """The different characters of a text that are not in a vocabulary."""
    return "".join(sorted(set(text) - set(chars_of(vocab))))


def described(vocab: CharVocab | CodedVocab, most: int = 150) -> str:
    """How many characters a vocabulary has, and which."""
    chars = chars_of(vocab)
    return f"{len(chars):,}, {shown(chars, most)}"


def shown(chars: str, most: int = 60) -> str:
    """Characters one after the other; those that one would not see by their names."""
    named, rest = [], len(chars) - most
    for char in chars[:most]:
        invisible = unicodedata.category(char)[0] in "ZCM"
        name = {" ": "space", "\n": "\\n", "\t": "\\t"}.get(char)
        named.append(name or f"U+{ord(char):04X}" if invisible else char)
    return " ".join(named) + (f" and {rest:,} more" if rest > 0 else "")
