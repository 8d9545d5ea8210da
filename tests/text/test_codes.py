"""Many characters in few symbols."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqmodels import CodedVocab


@given(st.text(min_size=1, max_size=80), st.integers(10, 300))
def test_what_is_written_is_read(text, size):
    vocab = CodedVocab.from_text(text, size)
    ids = vocab.encode(text)
    assert vocab.decode(ids) == text
    assert ids.dtype == np.int32 and len(vocab) == size
    assert len(text) <= len(ids) <= 2 * len(text)


@pytest.mark.parametrize("num_chars", [3, 4, 5, 7, 15, 16])
def test_every_character_has_a_code_of_its_own(num_chars):
    chars = "".join(map(chr, range(0x4E00, 0x4E00 + num_chars)))
    vocab = CodedVocab(chars, size=4)
    codes = {tuple(vocab.encode(char)) for char in chars}
    assert len(codes) == num_chars
    assert max(max(code) for code in codes) < 4
    assert vocab.decode(vocab.encode(chars * 2)) == chars * 2


def test_common_characters_take_one_symbol():
    text = "a" * 50 + "b" * 40 + "cdefgh"
    vocab = CodedVocab.from_text(text, size=4)
    assert len(vocab.encode("ab")) == 2 and len(vocab.encode("h")) == 2


def test_what_a_writer_gets_wrong_is_shown():
    vocab = CodedVocab("abcdefgh", size=4)  # two begin a pair
    assert vocab.singles == 2 and vocab.pairs == 2
    assert vocab.decode([0, 3, 3, 1]) == "a\ufffdb"
    assert vocab.decode([0, 2]) == "a"


def test_refuses():
    with pytest.raises(ValueError, match="at most 16 for 4 symbols; got 17"):
        CodedVocab(map(chr, range(17)), size=4)
    with pytest.raises(ValueError, match="text` has 'x' at position 1"):
        CodedVocab("ab", size=4).encode("axb")
    with pytest.raises(ValueError, match="`size` must be an integer from 2 on; got 1"):
        CodedVocab("ab", size=1)
