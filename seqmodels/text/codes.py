"""Many different characters in few symbols. NumPy alone."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from seqmodels.text.checks import check_ids, check_size
from seqmodels.text.vocab import CharVocab

UNREADABLE = "\N{REPLACEMENT CHARACTER}"


class CodedVocab:
    """Writes common characters as one symbol, all others as two.

    What reads and predicts one of `size` symbols at a time can so read a text of
    thousands of different characters, such as Chinese. The first symbols stand for a
    character each; the last ones only begin a pair.

    >>> vocab = CodedVocab("abcdefgh", size=4)
    >>> vocab.encode("aceh")
    array([0, 2, 0, 2, 2, 3, 1], dtype=int32)
    >>> vocab.decode([0, 2, 0, 2, 2, 3, 1])
    'aceh'

    Args:
        chars: The characters, each once, the most common first.
        size: Number of symbols.

    Raises:
        ValueError: If characters are none, not single, or not different, or are more
            than so many symbols can write.
    """

    def __init__(self, chars: Iterable[str], size: int = 128):
        self.size = check_size("size", size, least=2)
        self.chars = CharVocab(chars)
        rest = max(0, len(self.chars) - self.size)
        self.pairs = -(-rest // (self.size - 1))  # symbols that begin one
        if self.pairs > self.size:
            raise ValueError(
                f"`chars` must be at most {self.size**2:,} for {self.size} symbols; "
                f"got {len(self.chars):,}."
            )
        self.singles = self.size - self.pairs

    @classmethod
    def from_text(cls, text: str, size: int = 128) -> "CodedVocab":
        """The vocabulary of a text's characters, the most common first."""
        often = Counter(text)
        return cls(sorted(often, key=lambda char: (-often[char], char)), size)

    def __len__(self) -> int:
        return self.size

    def encode(self, text: str) -> np.ndarray:
        """Symbols of a text's characters, `int32`.

        Raises:
            ValueError: If a character is not in the vocabulary.
        """
        numbers = self.chars.encode(text)
        rare = numbers >= self.singles
        first, second = np.divmod(numbers - self.singles, self.size)
        ends = np.cumsum(1 + rare) - 1
        ids = np.empty(len(numbers) + rare.sum(), np.int32)
        ids[ends] = np.where(rare, second, numbers)
        ids[ends[rare] - 1] = self.singles + first[rare]
        return ids

    def decode(self, ids: ArrayLike) -> str:
        """The text of symbols `(num_tokens,)`.

        Where a pair stands for no character, as a writer may err, there is a U+FFFD;
        half a pair at the end is left out.

        Raises:
            TypeError: If the ids are not integers.
            ValueError: If they are not one-dimensional, or out of range.
        """
        ids = check_ids("ids", ids, self.size, axes=("num_tokens",))
        text, first = [], None
        for symbol in ids.tolist():
            if first is None and symbol >= self.singles:
                first = symbol - self.singles
                continue
            number = symbol
            if first is not None:
                number, first = self.singles + first * self.size + symbol, None
            known = number < len(self.chars)
            text.append(self.chars.chars[number] if known else UNREADABLE)
        return "".join(text)
