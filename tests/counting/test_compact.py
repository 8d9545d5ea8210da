"""An n-gram model that is a tree: equal to `NGramLM`, pruned, stored in bytes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqmodels import CharVocab, CompactNGramLM, NGramLM, generate
from seqmodels.data.bundled import read_articles


def make_ids(size=300, seed=0, vocab_size=4):
    ids = np.random.default_rng(seed).integers(vocab_size, size=size)
    return np.minimum(ids, np.roll(ids, 1))  # some likelier, none independent


def sums(model, ids):
    return np.exp(model.next_log_probs(ids).astype(np.float64)).sum(axis=1)


@settings(max_examples=30)
@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=60),
    st.lists(st.integers(0, 3), max_size=20),
    st.integers(1, 6),
)
def test_it_is_the_same_model(ids, others, order):
    old, new = NGramLM(4, order).fit(ids), CompactNGramLM(4, order).fit(ids)
    others = np.array(others, int)
    np.testing.assert_allclose(new.log_probs(others), old.log_probs(others), atol=1e-12)
    np.testing.assert_allclose(
        new.next_log_probs(others), old.next_log_probs(others), atol=1e-5
    )


def test_step_by_step_it_says_what_it_says_of_a_whole_text():
    ids = make_ids()
    model = CompactNGramLM(4, 5).fit(ids)
    others = make_ids(40, seed=1)
    expected, states = model.next_log_probs(others), model.initial_states(2)
    for t, token in enumerate(others):
        logits, states = model.step([token, 0], states)
        np.testing.assert_allclose(logits[0], expected[t], atol=1e-6)


def test_an_order_that_has_no_number():
    ids = make_ids(500, vocab_size=200)
    with pytest.raises(ValueError, match="cannot be numbered"):
        NGramLM(200, 10)
    model = CompactNGramLM(200, 10).fit(ids)
    np.testing.assert_allclose(sums(model, ids), 1, atol=1e-5)
    assert model.log_probs(ids).mean() > -1  # it knows that text by heart


@pytest.mark.parametrize("order", [1, 2, 5])
def test_a_lower_order_from_the_same_counts(order):
    ids, others = make_ids(), make_ids(seed=1)
    once = CompactNGramLM(4, 7).fit(ids).of_order(order)
    np.testing.assert_allclose(
        once.log_probs(others), NGramLM(4, order).fit(ids).log_probs(others)
    )
    assert once.order == order


def test_pieces_do_not_show(monkeypatch):
    ids = make_ids()
    model = CompactNGramLM(4, 4).fit(ids)
    whole = model.next_log_probs(ids)
    monkeypatch.setattr("seqmodels.counting.compact.TOKENS_AT_ONCE", 7)
    np.testing.assert_array_equal(model.next_log_probs(ids), whole)


def test_pruned_it_is_smaller_and_still_a_model():
    ids, others = make_ids(2000), make_ids(500, seed=1)
    model = CompactNGramLM(4, 7).fit(ids)
    sizes, bits = [], []
    for least in (0.0, 0.3, 1.0, 3.0, 1e9):
        pruned = model.pruned(least)
        sizes.append(pruned.count_params())
        np.testing.assert_allclose(sums(pruned, others), 1, atol=1e-5)
        bits.append(-pruned.log_probs(ids).mean())
    assert sizes[0] == model.count_params() and sizes[-1] == len(np.unique(ids))
    assert sizes == sorted(sizes, reverse=True) and len(set(sizes)) == 5
    assert bits == sorted(bits)  # of the text counted it knows less and less
    np.testing.assert_allclose(model.pruned(0).log_probs(ids), model.log_probs(ids))


def test_what_stays_is_worth_what_it_was():
    model = CompactNGramLM(4, 2).fit(make_ids(2000))
    old = model._branches[1]
    least = np.median(model._worth()[1])
    new = model.pruned(least)._branches[1]
    assert 0 < len(new.keys) < len(old.keys)
    np.testing.assert_allclose(new.kept, old.kept[np.searchsorted(old.keys, new.keys)])


def test_to_prune_by_worth_is_better_than_to_prune_what_is_rare():
    class ByCount(CompactNGramLM):
        def _worth(self):
            return [one.often for one in self._counted]

    text = "".join(article.text for article in read_articles())[:60_000]
    vocab = CharVocab.from_text(text)
    train, test = np.split(vocab.encode(text), [54_000])
    for least, times in ((1.0, 4), (3.0, 8)):
        worth = CompactNGramLM(len(vocab), 5).fit(train).pruned(least)
        count = ByCount(len(vocab), 5).fit(train).pruned(times)
        assert worth.count_params() < 1.05 * count.count_params()
        assert worth.log_probs(test).mean() > count.log_probs(test).mean() + 0.002


def test_in_bytes_it_is_nearly_the_same():
    ids, others = make_ids(5000), make_ids(500, seed=1)
    model = CompactNGramLM(4, 4).fit(ids).pruned(0.5)
    arrays = model.to_arrays()
    assert max(arrays[f"counts_{n}"].max() for n in range(4)) > 127  # some are rounded
    copy = CompactNGramLM.from_arrays(arrays)
    gap = copy.log_probs(others).mean() - model.log_probs(others).mean()
    assert 0 < abs(gap) < 0.003
    np.testing.assert_allclose(sums(copy, others), 1, atol=1e-5)
    again = CompactNGramLM.from_arrays(copy.to_arrays())
    np.testing.assert_array_equal(again.log_probs(others), copy.log_probs(others))
    small = sum(a.nbytes for a in arrays.values())
    assert small < 4 * model.count_params() + 500


def test_low_counts_are_kept_exactly():
    ids = make_ids(60)
    model = CompactNGramLM(4, 4).fit(ids)
    np.testing.assert_allclose(model.quantised().log_probs(ids), model.log_probs(ids))


def test_it_writes():
    model = CompactNGramLM(4, 3).fit([0, 1, 2, 3] * 20)
    rng = np.random.default_rng(0)
    assert generate(model, [0, 1], 6, rng, temperature=0).tolist() == [2, 3, 0, 1, 2, 3]


def test_refuses():
    with pytest.raises(ValueError, match="`ids` must hold at least one token"):
        CompactNGramLM(4, 3).fit([])
    with pytest.raises(ValueError, match="`ids` must be from 0 to 3; got 4"):
        CompactNGramLM(4, 3).fit([4])
    with pytest.raises(ValueError, match="`order` must be a positive integer; got 0"):
        CompactNGramLM(4, 0)
    with pytest.raises(ValueError, match="Only a model that has counted"):
        CompactNGramLM(4, 3).fit([1, 2, 1]).quantised().pruned(1.0)
