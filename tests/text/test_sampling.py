"""Choosing tokens: one at a time, and many in a row."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqmodels import generate, sample_logits

VOCAB_SIZE = 11


def softmax(logits):
    exps = np.exp(logits - np.max(logits))
    return exps / exps.sum()


def draw(logits, num_draws=20_000, **options):
    """How often each id came among many draws from the same logits."""
    rows = np.tile(logits, (num_draws, 1))
    ids = sample_logits(rows, np.random.default_rng(0), **options)
    assert ids.dtype == np.int32
    return np.bincount(ids, minlength=len(logits)) / num_draws


@pytest.mark.parametrize("options", [{"temperature": 0}, {"top_k": 1}])
def test_argmax(options):
    rng = np.random.default_rng(1)
    logits = rng.normal(size=(200, VOCAB_SIZE))
    ids = sample_logits(logits, rng, **options)
    np.testing.assert_array_equal(ids, logits.argmax(axis=1))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("top_k", [None, 3])
def test_frequencies_follow_the_softmax(temperature, top_k):
    logits, num_draws = np.array([0.3, -1.0, 1.2, 0.0, 0.9]), 20_000
    kept = np.argsort(logits)[-top_k:] if top_k else np.arange(5)
    expected = np.zeros(5)
    expected[kept] = softmax(logits[kept] / temperature)
    found = draw(logits, num_draws, temperature=temperature, top_k=top_k)
    assert (found[expected == 0] == 0).all()
    chi_square = num_draws * ((found - expected)[kept] ** 2 / expected[kept]).sum()
    assert chi_square < 18.5  # exceeded once in 1,000 with 4 degrees of freedom


def test_top_k_of_the_whole_vocabulary_restricts_nothing():
    logits = np.array([0.3, -1.0, 1.2])
    np.testing.assert_array_equal(draw(logits, top_k=3), draw(logits))


def test_rows_are_drawn_from_their_own_logits():
    logits = np.full((2, 4), -50.0)
    logits[0, 3] = logits[1, 1] = 50
    assert sample_logits(logits, np.random.default_rng(0)).tolist() == [3, 1]


def test_huge_logits_do_not_overflow():
    found = draw(np.array([1e4, 1e4, -1e4]), temperature=0.01)
    assert found[:2].min() > 0.45


# Many ties, and ids that are impossible.
rows = st.lists(st.sampled_from([-np.inf, -1e308, -700.0, 0.0, 1.0]), min_size=1)
rows = rows.filter(lambda row: max(row) > -np.inf)
temperatures = st.sampled_from([0, 5e-324, 1e-300, 0.7, 300, 1e300, np.inf])


@given(rows, temperatures, st.data())
def test_only_the_likeliest_possible_ids_are_drawn(row, temperature, data):
    top_k = data.draw(st.integers(1, len(row)))
    ids = sample_logits(
        np.tile(row, (50, 1)),
        np.random.default_rng(0),
        temperature=temperature,
        top_k=np.uint8(top_k),
    )
    likeliest = sorted(range(len(row)), key=lambda n: (-row[n], n))[:top_k]
    assert set(ids) <= {n for n in likeliest if row[n] > -np.inf}
    if temperature < 1e-9:
        assert {row[n] for n in ids} == {max(row)}


def test_an_infinite_temperature_makes_the_possible_equally_likely():
    logits = np.array([3.0, -np.inf, -700.0, 0.0, -1e308])
    found = draw(logits, temperature=np.inf)
    np.testing.assert_allclose(found, [0.25, 0, 0.25, 0.25, 0.25], atol=0.02)
    assert found[1] == 0
    # The likeliest is chosen before all become alike.
    assert sample_logits(
        [[0, -1]], np.random.default_rng(0), temperature=np.inf, top_k=1
    ) == [0]


def test_of_equals_exactly_so_many_are_kept():
    found = draw(np.array([0.0, 1.0, 0.0, 0.0, -1.0]), top_k=3)
    assert found.nonzero()[0].tolist() == [0, 1, 2]


@pytest.mark.parametrize("top_k", [np.uint8(1), np.int64(1), np.array(1)])
def test_top_k_may_be_numpys(top_k):
    assert draw(np.array([0.0, 2.0, 1.0]), top_k=top_k)[1] == 1


@pytest.mark.parametrize("top_k", [True, 1.0, "1"])
def test_top_k_may_not_be_something_else(top_k):
    with pytest.raises(ValueError, match="`top_k` must be a positive integer; got "):
        draw(np.array([0.0, 2.0, 1.0]), top_k=top_k)


@pytest.mark.parametrize(
    "logits, options, message",
    [
        ([[0.0, 1.0]], {"temperature": -0.1}, "must be 0 or more; got -0.1"),
        ([[0.0, 1.0]], {"temperature": np.nan}, "must be 0 or more; got nan"),
        ([[0.0, 1.0]], {"top_k": 0}, "`top_k` must be a positive integer; got 0"),
        ([[0.0, 1.0]], {"top_k": 3}, "`top_k` must be from 1 to 2, .*; got 3"),
        ([[0.0, np.nan]], {}, "`logits` must be finite"),
        ([[0.0, np.inf]], {"temperature": 0}, "`logits` must be finite"),
        ([[-np.inf, np.nan]], {"top_k": 1}, "`logits` must be finite"),
        ([[0.0], [-np.inf]], {}, "`logits` must leave an id possible; row 1 has none"),
        (np.zeros((2, 0)), {}, r"shape \(batch, vocab_size\); got \(2, 0\)"),
        ([0.0, 1.0], {}, r"shape \(batch, vocab_size\); got \(2,\)"),
    ],
)
def test_sample_logits_refuses(logits, options, message):
    with pytest.raises(ValueError, match=message):
        sample_logits(logits, np.random.default_rng(0), **options)


@pytest.fixture(scope="module")
def model():
    from seqmodels import CharLM

    model = CharLM(VOCAB_SIZE, 8, num_layers=2, embed_dim=5)
    rng = np.random.default_rng(3)
    # Large weights: an untrained model of small ones says the same id for ever.
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def test_generate_is_a_loop_of_whole_forward_passes(model, rng):
    text = [3, 1, 4]
    for _ in range(12):
        logits, _ = model(np.array([text]))
        text.append(int(np.argmax(logits[0, -1])))
    new = generate(model, [3, 1, 4], 12, rng, temperature=0)
    assert new.dtype == np.int32
    assert new.tolist() == text[3:]
    assert len(set(text[3:])) > 2


def test_prompts_in_a_batch_go_on_as_they_do_alone(model, rng):
    prompts = np.array([[1, 2], [3, 4], [9, 0]])
    together = generate(model, prompts, 10, rng, temperature=0)
    alone = [generate(model, prompt, 10, rng, temperature=0) for prompt in prompts]
    np.testing.assert_array_equal(together, alone)
    assert len({tuple(row) for row in together}) == 3


def test_the_seed_decides_the_text(model):
    texts = [
        generate(model, [1], 40, np.random.default_rng(seed)).tolist()
        for seed in [0, 0, 1]
    ]
    assert texts[0] == texts[1] != texts[2]


def test_temperature_and_top_k_are_handed_on(model, rng):
    greedy = generate(model, [1], 20, rng, temperature=0)
    np.testing.assert_array_equal(generate(model, [1], 20, rng, top_k=1), greedy)
    warm = generate(model, [1], 20, rng, temperature=5.0)
    assert warm.tolist() != greedy.tolist()


def test_no_tokens_at_all(model, rng):
    assert generate(model, [1], 0, rng).tolist() == []
    assert generate(model, [[1], [2]], 0, rng).shape == (2, 0)


@pytest.mark.parametrize(
    "prompt, num_tokens, options, error, message",
    [
        ([], 1, {}, ValueError, r"hold at least one id; got \(0,\)"),
        ([[], []], 1, {}, ValueError, r"hold at least one id; got \(2, 0\)"),
        (3, 1, {}, ValueError, r"`prompt` must have shape .*; got \(\)"),
        ([1, 11], 1, {}, ValueError, "`prompt` must be from 0 to 10; got 11"),
        ([1, -1], 1, {}, ValueError, "`prompt` must be from 0 to 10; got -1"),
        ([1.0], 1, {}, TypeError, "`prompt` must be integers; got float64"),
        ([1], -1, {}, ValueError, "must be a non-negative integer; got -1"),
        ([1], 0, {"temperature": -1}, ValueError, "`temperature` must be 0 or more"),
        ([1], 0, {"top_k": 12}, ValueError, "`top_k` must be from 1 to 11"),
    ],
)
def test_generate_refuses(model, rng, prompt, num_tokens, options, error, message):
    with pytest.raises(error, match=message):
        generate(model, prompt, num_tokens, rng, **options)


class Alphabet:
    """Writes a, b, c, d, e in turn, and can read the first `input_size` of them."""

    vocab_size = 5

    def __init__(self, input_size):
        self.input_size, self.read = input_size, []

    def initial_states(self, batch_size):
        return np.zeros(batch_size)

    def step(self, ids, states):
        self.read.append(ids.tolist())
        return np.eye(5)[(ids + 1) % 5], states


@pytest.mark.parametrize("input_size, last", [(3, 2), (5, 4), (9, 4)])
def test_a_prompt_holds_what_can_be_both_read_and_written(rng, input_size, last):
    model = Alphabet(input_size)
    assert generate(model, [last], 1, rng, temperature=0) == [(last + 1) % 5]
    with pytest.raises(ValueError, match=f"`prompt` must be from 0 to {last}; got"):
        generate(model, [last + 1], 1, rng)


def test_what_cannot_be_read_is_not_written(rng):
    with pytest.raises(ValueError, match="writes ids up to 4, but reads them up to 2"):
        generate(Alphabet(3), [0], 2, rng)
    assert len(generate(Alphabet(3), [0], 1, rng)) == 1  # nothing to read again


@pytest.mark.parametrize("num_tokens, read", [(0, 1), (1, 2), (3, 4)])
def test_what_is_written_last_is_never_read(rng, num_tokens, read):
    model = Alphabet(5)
    generate(model, [[0, 1], [1, 2]], num_tokens, rng, temperature=0)
    assert model.read == [[n, n + 1] for n in range(read)]
