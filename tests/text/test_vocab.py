"""Text to ids and back."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqmodels import BigramVocab, CharVocab, WordVocab

TEXT8 = CharVocab.text8()
BIGRAMS = BigramVocab(TEXT8)
WORDS = WordVocab(["the", "cat", "sat"])

texts8 = st.text(TEXT8.chars, max_size=60)


@given(st.text(min_size=1))
def test_characters_come_back(text):
    vocab = CharVocab.from_text(text)
    ids = vocab.encode(text)
    assert ids.dtype == np.int32
    assert vocab.decode(ids) == text


@given(texts8)
def test_bigrams_come_back(text):
    text += " " * (len(text) % 2)
    ids = BIGRAMS.encode(text)
    assert ids.dtype == np.int32
    assert len(ids) == len(text) // 2
    assert BIGRAMS.decode(ids) == text


@given(st.sets(st.characters(), min_size=1), st.data())
def test_pairs_of_any_characters_come_back(chars, data):
    vocab = BigramVocab(CharVocab(chars))
    text = data.draw(st.text(vocab.chars.chars, max_size=9)) * 2
    ids = vocab.encode(text)
    first, second = (vocab.chars.encode(text[n::2]) for n in (0, 1))
    np.testing.assert_array_equal(ids, first * len(chars) + second)
    assert vocab.decode(ids) == text


def test_the_most_characters_that_pairs_can_have():
    chars = CharVocab(map(chr, range(0x10000, 0x10000 + 46_340)))
    text = chars.chars[-1] * 2
    ids = BigramVocab(chars).encode(text)
    assert ids.tolist() == [46_340**2 - 1] and BigramVocab(chars).decode(ids) == text
    message = "at most 46340 characters, or `int32` cannot number .*; got 46341"
    with pytest.raises(ValueError, match=message):
        BigramVocab(CharVocab(chars.chars + "a"))


@given(st.lists(st.sampled_from(WORDS.words[1:])), st.integers(0, 5))
def test_words_come_back_without_padding(words, padding):
    ids = WORDS.encode("  ".join(words))
    assert ids.dtype == np.int32
    padded = np.concatenate([ids, np.zeros(padding, np.int32)])
    assert WORDS.decode(padded) == " ".join(words)


def test_text8_ids_are_the_assignments():
    assert TEXT8.encode(" az").tolist() == [0, 1, 26]
    assert BIGRAMS.encode("  ab z").tolist() == [0, 1 * 27 + 2, 26]
    assert (len(TEXT8), len(BIGRAMS)) == (27, 729)


def test_from_text_is_in_code_point_order():
    assert CharVocab.from_text("bcab\nÄ").chars == "\nabcÄ"


def test_words_have_ids_from_one():
    assert WORDS.encode("sat the").tolist() == [3, 1]
    assert len(WORDS) == 4


@pytest.mark.parametrize("vocab", [TEXT8, BIGRAMS, WORDS])
def test_empty_text(vocab):
    ids = vocab.encode("")
    assert (ids.shape, ids.dtype) == ((0,), np.int32)
    assert vocab.decode(ids) == vocab.decode([]) == ""


@given(before=texts8, char=st.characters(exclude_characters=TEXT8.chars), after=texts8)
def test_unknown_character_is_named_with_its_position(before, char, after):
    message = f"{char!r} at position {len(before)}, which is not among"
    with pytest.raises(ValueError, match=re.escape(message)):
        TEXT8.encode(before + char + after)


def test_first_of_several_unknown_characters_is_named():
    with pytest.raises(ValueError, match="`text` has 'B' at position 1, .* 27 char"):
        BIGRAMS.encode("aBaC")


def test_a_long_text_is_encoded_like_its_letters():
    text = TEXT8.chars * 4000
    np.testing.assert_array_equal(TEXT8.encode(text), np.tile(np.arange(27), 4000))
    for where in (32_767, 32_768, 100_000):  # it is read in pieces
        spoilt = text[:where] + "é" + text[where:] + "!"
        with pytest.raises(ValueError, match=f"`text` has 'é' at position {where},"):
            TEXT8.encode(spoilt)


def test_unknown_word_is_named_with_its_position():
    message = "`text` has 'dog' as word 1, which is not among the vocabulary's 3 words"
    with pytest.raises(ValueError, match=message):
        WORDS.encode("the dog sat")


def test_unknown_words_become_the_fallback_if_there_is_one():
    vocab = WordVocab(["<unk>", "cat"], unknown="<unk>")
    assert vocab.decode(vocab.encode("a cat sat")) == "<unk> cat <unk>"


def test_odd_text_has_no_bigrams():
    with pytest.raises(ValueError, match="an even number of characters; got 3"):
        BIGRAMS.encode("abc")


@pytest.mark.parametrize("vocab", [TEXT8, BIGRAMS, WORDS])
class TestDecodeRefuses:
    def test_ids_out_of_range(self, vocab):
        last = len(vocab) - 1
        with pytest.raises(ValueError, match=f"from 0 to {last}; got {last + 1}"):
            vocab.decode([0, last + 1])
        with pytest.raises(ValueError, match=f"from 0 to {last}; got -1"):
            vocab.decode([0, -1])

    def test_floats(self, vocab):
        with pytest.raises(TypeError, match="`ids` must be integers; got float64"):
            vocab.decode([1.0])

    def test_wrong_rank(self, vocab):
        with pytest.raises(ValueError, match=r"shape \(num_tokens,\); got \(1, 2\)"):
            vocab.decode([[0, 1]])


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: CharVocab(""), "at least one character; got none"),
        (lambda: CharVocab.from_text(""), "at least one character; got none"),
        (lambda: CharVocab("abca"), "must be different; 'a' comes twice"),
        (lambda: CharVocab(["ab", "c"]), "must be single characters; got 'ab'"),
        (lambda: CharVocab(["a", ""]), "must be single characters; got ''"),
        (lambda: WordVocab(["a", "a"]), "`words` must be different and not empty"),
        (lambda: WordVocab(["a", ""]), "`words` must be different and not empty"),
        (lambda: WordVocab(["a"], unknown="b"), "one of the words; got 'b'"),
        (lambda: WordVocab(["a"], unknown=""), "one of the words; got ''"),
        (lambda: WordVocab(["a", "b c"]), "hold no white space; got 'b c'"),
        (lambda: WordVocab(["a\n"]), r"hold no white space; got 'a\\n'"),
    ],
)
def test_what_is_no_vocabulary(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_letters_are_not_taken_for_words():
    with pytest.raises(TypeError, match="`words` must be a list of words; got 'the'"):
        WordVocab("the")
