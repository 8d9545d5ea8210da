"""Vocabularies: text to ids and back. NumPy alone."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from seqmodels.text.checks import check_ids


class CharVocab:
    """Characters and their ids, in the order given.

    >>> vocab = CharVocab.text8()
    >>> vocab.encode("a cab")
    array([1, 0, 3, 1, 2], dtype=int32)
    >>> vocab.decode([1, 0, 3, 1, 2])
    'a cab'

    Args:
        chars: The characters, each once; the first has id 0.

    Raises:
        ValueError: If there are none, one comes twice, or one is more than a
            character, as some emoji are.
    """

    def __init__(self, chars: Iterable[str]):
        chars = list(chars)
        for char in chars:
            if len(char) != 1:  # joined, it would move the ids of those behind
                raise ValueError(f"`chars` must be single characters; got {char!r}.")
        self.chars = "".join(chars)
        if not self.chars:
            raise ValueError("`chars` must hold at least one character; got none.")
        if len(set(chars)) < len(chars):
            twice = next(char for n, char in enumerate(chars) if char in chars[:n])
            raise ValueError(f"`chars` must be different; {twice!r} comes twice.")
        points = [ord(char) for char in self.chars]
        self._ids = np.full(max(points) + 2, -1, np.int32)  # by code point
        self._ids[points] = np.arange(len(points))

    @classmethod
    def from_text(cls, text: str) -> "CharVocab":
        """The vocabulary of all characters of a text, in code-point order."""
        return cls(sorted(set(text)))

    @classmethod
    def text8(cls) -> "CharVocab":
        """The 27 characters of text8: space is 0, a to z are 1 to 26."""
        return cls(" abcdefghijklmnopqrstuvwxyz")

    def __len__(self) -> int:
        return len(self.chars)

    def encode(self, text: str) -> np.ndarray:
        """Ids of a text's characters, `(len(text),)`, `int32`.

        Raises:
            ValueError: If a character is not in the vocabulary.
        """
        ids = np.empty(len(text), np.int32)
        for start in range(0, len(text), 2**15):  # so that pieces stay in the cache
            part = ids[start : start + 2**15]
            utf = text[start : start + 2**15].encode("utf-32-le", "surrogatepass")
            points = np.frombuffer(utf, "<u4")
            self._ids.take(points, out=part, mode="clip")  # to the last, which is -1
            if part.min() < 0:
                where = start + int(part.argmin())
                raise ValueError(
                    f"`text` has {text[where]!r} at position {where}, which is not "
                    f"among the vocabulary's {len(self)} characters."
                )
        return ids

    def decode(self, ids: ArrayLike) -> str:
        """The text of ids `(num_tokens,)`.

        Raises:
            TypeError: If the ids are not integers.
            ValueError: If they are not one-dimensional, or outside the vocabulary.
        """
        ids = check_ids("ids", ids, len(self), axes=("num_tokens",))
        return "".join(self.chars[n] for n in ids)


class BigramVocab:
    """Pairs of characters and their ids: first · len(chars) + second.

    >>> vocab = BigramVocab(CharVocab.text8())
    >>> len(vocab), vocab.encode("abba")
    (729, array([29, 55], dtype=int32))
    >>> vocab.decode([29, 55])
    'abba'

    Args:
        chars: The `CharVocab` that the pairs are made of.

    Raises:
        ValueError: If there are more pairs than `int32` can number.
    """

    def __init__(self, chars: CharVocab):
        if len(chars) ** 2 > 2**31:
            raise ValueError(
                "`chars` must have at most 46340 characters, or `int32` cannot number "
                f"their pairs; got {len(chars)}."
            )
        self.chars = chars

    def __len__(self) -> int:
        return len(self.chars) ** 2

    def encode(self, text: str) -> np.ndarray:
        """Ids of a text's pairs, `(len(text) / 2,)`, `int32`.

        Raises:
            ValueError: If a character is unknown, or the length is odd.
        """
        if len(text) % 2:
            raise ValueError(
                f"`text` must have an even number of characters; got {len(text)}. "
                "Leave one out, or add a space."
            )
        ids = self.chars.encode(text).reshape(-1, 2)
        return ids[:, 0] * np.int32(len(self.chars)) + ids[:, 1]

    def decode(self, ids: ArrayLike) -> str:
        """The text of ids `(num_tokens,)`, twice as many characters."""
        ids = check_ids("ids", ids, len(self), axes=("num_tokens",))
        pairs = np.stack(np.divmod(ids, len(self.chars)), axis=1)
        return self.chars.decode(pairs.reshape(-1))


class WordVocab:
    """Words and their ids; id 0 is left for padding.

    >>> vocab = WordVocab(["the", "cat"])
    >>> vocab.encode("the cat the")
    array([1, 2, 1], dtype=int32)
    >>> vocab.decode([1, 2, 1, 0])
    'the cat the'

    Args:
        words: The words, each once and without white space; the first has id 1.
        unknown: The word that stands for all others; `None` makes them an error.

    Raises:
        TypeError: If `words` is a single string.
        ValueError: If a word comes twice, is empty or could not be read back, or
            `unknown` is none of them.
    """

    def __init__(self, words: Iterable[str], unknown: str | None = None):
        if isinstance(words, str):  # whose letters would be taken for words
            raise TypeError(f"`words` must be a list of words; got {words[:20]!r}.")
        self.words = ["", *words]
        self.unknown = unknown
        self._ids = {word: n for n, word in enumerate(self.words)}
        if len(self._ids) < len(self.words):
            raise ValueError("`words` must be different and not empty.")
        for word in self.words[1:]:
            if word.split() != [word]:
                raise ValueError(f"`words` must hold no white space; got {word!r}.")
        if unknown is not None and unknown not in self.words[1:]:
            raise ValueError(f"`unknown` must be one of the words; got {unknown!r}.")

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, text: str) -> np.ndarray:
        """Ids of a text's words, split at white space, `int32`.

        Raises:
            ValueError: If a word is not in the vocabulary and `unknown` is `None`.
        """
        words, fallback = text.split(), self._ids.get(self.unknown)
        ids = [self._ids.get(word, fallback) for word in words]
        if None in ids:
            where = ids.index(None)
            raise ValueError(
                f"`text` has {words[where]!r} as word {where}, which is not among the "
                f"vocabulary's {len(self) - 1} words."
            )
        return np.array(ids, np.int32)

    def decode(self, ids: ArrayLike) -> str:
        """The words of ids `(num_tokens,)`, joined by spaces, padding left out."""
        ids = check_ids("ids", ids, len(self), axes=("num_tokens",))
        return " ".join(self.words[n] for n in ids if n)
