"""`generate` in compiled code: the ids of the plain loop, one step per token."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import CharLM, LanguageModel, TopicLM, generate, sample_logits
from seqmodels.models.writing import MIN_CAPACITY, capacity, choose


def make(cls=CharLM, jit_compile=False, **options):
    """A model with large weights, so that what it writes varies."""
    keras.utils.set_random_seed(2)
    model = cls(9, 6, **{"num_layers": 2, "embed_dim": 5, **options})
    model.set_weights([3 * w for w in model.get_weights()])
    model.compile("sgd", jit_compile=jit_compile)
    return model


@pytest.fixture(scope="module")
def model():
    return make()


def plain_loop(model, prompt, num_tokens, rng, **options):
    """What `generate` promises."""
    states = model.initial_states(len(prompt))
    for ids in prompt.T:
        logits, states = model.step(ids, states)
    new = []
    for _ in range(num_tokens):
        ids = sample_logits(logits, rng, **options)
        new.append(ids)
        logits, states = model.step(ids, states)
    return np.array(new, np.int32).reshape(num_tokens, len(prompt)).T


def assert_writes_as_the_plain_loop(model, prompt, num_tokens, **options):
    prompt = np.array(prompt, np.int32)
    ours, theirs = np.random.default_rng(7), np.random.default_rng(7)
    new = generate(model, prompt, num_tokens, ours, **options)
    expected = plain_loop(model, prompt, num_tokens, theirs, **options)
    assert new.dtype == np.int32 and new.shape == (len(prompt), num_tokens)
    np.testing.assert_array_equal(new, expected)
    assert ours.bit_generator.state == theirs.bit_generator.state
    return new


@pytest.mark.parametrize("top_k", [None, 1, 3, 9])
@pytest.mark.parametrize("temperature", [0, 0.5, 1, np.inf])
def test_writes_as_the_plain_loop(temperature, top_k, model):
    prompt = [[1, 2, 3], [4, 5, 6]]
    options = {"temperature": temperature, "top_k": top_k}
    new = assert_writes_as_the_plain_loop(model, prompt, 40, **options)
    if temperature == np.inf and top_k != 1:
        assert len(set(new.ravel())) > 3


@pytest.mark.parametrize("num_tokens", [0, 1, MIN_CAPACITY, MIN_CAPACITY + 1, 500])
@pytest.mark.parametrize("prompt", [[[1]], [[1, 2]] * 3])
def test_of_any_length(prompt, num_tokens, model):
    assert_writes_as_the_plain_loop(model, prompt, num_tokens)


def test_a_prompt_longer_than_what_is_compiled_for(model):
    prompt = np.random.default_rng(0).integers(9, size=(2, MIN_CAPACITY + 1))
    assert_writes_as_the_plain_loop(model, prompt, 3)
    assert_writes_as_the_plain_loop(model, prompt, 0)


def test_by_xla():
    model = make(jit_compile=True)
    for prompt, num_tokens in [([[1, 2]], 40), ([[1], [2], [3]], 20)]:
        assert_writes_as_the_plain_loop(model, prompt, num_tokens, top_k=3)
        assert_writes_as_the_plain_loop(model, prompt, num_tokens, temperature=0)


@pytest.mark.parametrize(
    "options", [{"cell": "gru"}, {"cell": "rnn"}, {"dropout": 0.5}]
)
def test_with_every_cell_and_nothing_dropped(options):
    assert_writes_as_the_plain_loop(make(num_layers=1, **options), [[1, 2]], 30)


def test_what_has_been_trained_since_is_what_writes(model):
    changing = make()
    before = generate(changing, [[1]], 30, np.random.default_rng(0))
    changing.set_weights([-w for w in changing.get_weights()])
    after = assert_writes_as_the_plain_loop(changing, [[1]], 30)
    assert (before != after).any()


def test_one_prompt_without_a_batch(model):
    alone = generate(model, np.array([1, 2]), 20, np.random.default_rng(7))
    expected = assert_writes_as_the_plain_loop(model, [[1, 2]], 20)
    np.testing.assert_array_equal(alone, expected[0])


class Pairs(CharLM):
    """Reads the id before beside each id: a state that is no float."""

    def initial_states(self, batch_size):
        return tf.zeros([batch_size], tf.int32), super().initial_states(batch_size)

    def call(self, ids, states=None, training=False):
        before, states = states or self.initial_states(tf.shape(ids)[0])
        ids = tf.cast(ids, tf.int32)
        pairs = tf.concat([before[:, None], ids], axis=1)
        logits, states = super().call(pairs[:, :-1] * 3 + ids, states, training)
        return logits, (ids[:, -1], states)


def test_states_of_a_subclass_are_carried():
    model = make(Pairs, input_size=36)
    assert_writes_as_the_plain_loop(model, [[1, 2], [3, 4]], 40)


def test_topic_lm_writes():
    keras.utils.set_random_seed(2)
    model = TopicLM(7, ["birds", "boats"], 6, embed_dim=5, topic_dim=4)
    model.compile("sgd", jit_compile=False)
    assert_writes_as_the_plain_loop(model, [[7, 1], [8, 1]], 30)


class Fixed(LanguageModel):
    """Says the same at every step."""

    vocab_size = 4

    def __init__(self, logits, jit_compile=False):
        super().__init__()
        self.logits = tf.Variable(logits, dtype=tf.float32)
        self.compile("sgd", jit_compile=jit_compile)
        self.built = True

    def initial_states(self, batch_size):
        return [tf.zeros([batch_size, 1])]

    def call(self, ids, states=None, training=False):
        shape = [tf.shape(ids)[0], tf.shape(ids)[1], self.vocab_size]
        return tf.broadcast_to(self.logits, shape), states


@pytest.mark.parametrize("temperature", [0, 0.5, 1, np.inf])
def test_what_is_impossible_is_never_written(temperature):
    model = Fixed([-np.inf, 0, -np.inf, 1])
    new = generate(
        model, [[1]] * 20, 60, np.random.default_rng(0), temperature=temperature
    )
    assert set(new.ravel()) == ({1, 3} if temperature else {3})
    assert_writes_as_the_plain_loop(model, [[1]], 30, temperature=temperature, top_k=3)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_model_that_has_diverged_is_refused(jit_compile):
    model = Fixed(np.arange(4.0), jit_compile)
    for wrong in (np.nan, np.inf):
        for where in range(4):
            model.logits[where].assign(wrong)
            for options in ({}, {"temperature": 0}, {"top_k": 2}):
                with pytest.raises(ValueError, match="the model has diverged"):
                    generate(model, [[1]], 2, np.random.default_rng(0), **options)
            model.logits[where].assign(0)


def test_weights_that_are_nan_are_refused():
    model = make()
    model.set_weights([w * np.nan for w in model.get_weights()])
    with pytest.raises(ValueError, match="the model has diverged"):
        generate(model, [[1, 2]], 5, np.random.default_rng(0))


def test_a_row_without_a_possible_id_is_refused():
    with pytest.raises(ValueError, match="`logits` must be finite"):
        generate(Fixed([-np.inf] * 4), [[1]], 2, np.random.default_rng(0))


class Script:
    """A `Generator` whose draws are known beforehand."""

    def __init__(self, draws):
        self.draws = np.array(draws)

    def random(self, shape):
        return self.draws.reshape(shape)


def chosen(logits, draws, temperature=1.0, top_k=None, jit_compile=None):
    """What `choose` and `sample_logits` choose of logits, by draws for all rows."""
    logits = np.broadcast_to(np.float32(logits), [len(draws), np.shape(logits)[-1]])
    ids = tf.function(choose, jit_compile=jit_compile)(
        tf.constant(logits),
        tf.constant(draws, tf.float32),
        tf.constant(temperature, tf.float32),
        tf.constant(top_k or logits.shape[1]),
    )
    options = {"temperature": temperature, "top_k": top_k}
    return ids.numpy(), sample_logits(logits, Script(draws), **options)


@pytest.mark.parametrize("jit_compile", [None, True])
@pytest.mark.parametrize("size", [3, 200])
def test_the_largest_draw_takes_nothing_impossible(size, jit_compile):
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(50, size))
    logits[rng.random((50, size)) < 0.5] = -np.inf
    logits[:, -1], logits[:, 0] = -np.inf, 0
    largest = np.nextafter(1.0, 0.0)  # in 32 bits, 1
    for draw in (largest, np.nextafter(np.float32(1), np.float32(0)), 0.0):
        ids, _ = chosen(logits, np.full(50, draw), jit_compile=jit_compile)
        assert np.isfinite(logits[range(50), ids]).all()


@pytest.mark.parametrize("jit_compile", [None, True])
def test_no_draw_takes_anything_impossible_however_sums_are_rounded(jit_compile):
    rng = np.random.default_rng(1)
    logits = rng.normal(size=3000)
    logits[rng.random(3000) < 0.5] = -np.inf
    draws = rng.random(2000)
    ids, expected = chosen(logits, draws, jit_compile=jit_compile)
    assert np.isfinite(logits[ids]).all()
    assert np.mean(ids == expected) > 0.99  # but for rounding


@pytest.mark.parametrize(
    "logits", [[0, 1, 1, 1, 0, -1], [2, 2, 2, 2, 2, 2], [-np.inf, 0, 0, -np.inf, 0, 0]]
)
@pytest.mark.parametrize("top_k", [1, 2, 3, 5])
def test_of_equals_the_lower_ids(logits, top_k):
    draws = np.arange(0.005, 1, 0.01)
    for temperature in (0.0, 1.0):
        ids, expected = chosen(logits, draws, temperature, top_k)
        np.testing.assert_array_equal(ids, expected)


@pytest.mark.parametrize("temperature", [0.0, 1e-30, 1e-3, 0.7, 30.0, np.inf])
def test_chooses_as_sample_logits(temperature):
    rng = np.random.default_rng(0)
    logits, draws = 3 * rng.normal(size=12), (np.arange(300) + 0.5) / 300
    for top_k in (None, 1, 5, 12):
        ids, expected = chosen(logits, draws, temperature, top_k)
        np.testing.assert_array_equal(ids, expected)


def test_few_sizes_are_compiled_for():
    assert {capacity(n) for n in range(65)} == {64}
    assert [capacity(n) for n in (65, 128, 129, 1000)] == [128, 128, 256, 1024]
