"""`TopicLM`: the topic is set by its token, carried, and enters where it should."""

import keras
import numpy as np
import pytest

from seqmodels import ContiguousBatches
from seqmodels.models.topic_lm import TopicLM

TOPICS = ["birds", "boats", "bread"]


@pytest.fixture
def make_topic_model():
    """A function that makes a small model of seven characters, always the same."""

    def make(**options):
        keras.utils.set_random_seed(4)
        return TopicLM(7, TOPICS, 6, **{"embed_dim": 5, "topic_dim": 4, **options})

    return make


IDS = np.random.default_rng(0).integers(7, size=(2, 9)).astype(np.int32)


def started(*topics):
    """Two articles' ids behind the tokens of their topics."""
    return np.hstack([np.array(topics)[:, None], IDS]).astype(np.int32)


def logits_by_hand(model, topics, ids):
    """The same with Keras' own layers, the topic given as an argument."""

    embedding = model.embedding.get_weights()[0]
    lstm = keras.layers.LSTM(6, return_sequences=True)
    x = embedding[np.minimum(ids, 7)]
    state = [np.zeros((len(ids), 6), np.float32)] * 2
    if model.inject:
        vectors = model.topic_vectors.get_weights()[0][topics]
    if model.inject == "input":
        beside = np.repeat(vectors[:, None], ids.shape[1], axis=1)
        x = np.concatenate([x, beside], axis=-1)
    if model.inject == "start":
        kernel, bias = model.first_state.get_weights()
        h, c = np.split(vectors @ kernel + bias, 2, axis=-1)
        state = [np.tanh(h), c]
    lstm.build(x.shape)
    lstm.set_weights(model.stack.layers[0].get_weights())
    kernel, bias = model.classifier.get_weights()
    return lstm(x, initial_state=state).numpy() @ kernel + bias


@pytest.mark.parametrize("inject", ["input", "start", None])
def test_the_topic_enters_where_it_should(inject, make_topic_model):
    model = make_topic_model(inject=inject)
    ids = started(7, 9)
    expected = logits_by_hand(model, [0, 2], ids)
    np.testing.assert_allclose(model(ids)[0], expected, atol=1e-5)
    other = model(started(8, 9))[0]
    apart = np.abs(other - expected).max(axis=(1, 2))
    assert (apart[0] > 1e-3) == (inject is not None) and apart[1] < 1e-5


@pytest.mark.parametrize("inject", ["input", "start"])
def test_the_topic_is_carried_until_the_next_token(inject, make_topic_model):
    model = make_topic_model(inject=inject)
    ids = started(7, 9)
    whole, _ = model(ids)
    first, between = model(ids[:, :4])
    second, (weights, _) = model(ids[:, 4:], between)
    np.testing.assert_allclose(np.hstack([first, second]), whole, atol=1e-6)
    np.testing.assert_array_equal(weights, np.eye(3)[[0, 2]])
    again, (weights, _) = model(started(8, 8), between)
    np.testing.assert_allclose(again, model(started(8, 8))[0], atol=1e-6)
    np.testing.assert_array_equal(weights, np.eye(3)[[1, 1]])


@pytest.mark.parametrize("inject", ["input", "start"])
def test_begin_is_reading_the_token(inject, make_topic_model):
    model = make_topic_model(inject=inject)
    logits, states = model(np.array([[7], [9]]))
    begun, begun_states = model.begin(np.eye(3)[[0, 2]])
    np.testing.assert_allclose(begun, logits[:, 0], atol=1e-6)
    for ours, theirs in zip(begun_states[1][0], states[1][0], strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
    half, _ = model.begin([[0.5, 0, 0.5]])
    assert np.abs(half - begun).min(axis=1).max() > 1e-6  # a mixture is neither


@pytest.mark.slow
def test_learns_what_depends_on_the_topic_alone(make_topic_model):
    model = make_topic_model()
    rows = np.repeat(np.arange(3)[:, None], 12, axis=1).astype(np.int32)
    rows[:, 0] += 7  # topic k writes k k k k ...
    batches = ContiguousBatches(np.append(rows.ravel(), 0), 3, 6)
    model.compile(keras.optimizers.Adam(0.05), jit_compile=False)
    before = model.evaluate(batches)["loss"]
    model.fit(batches, epochs=60, verbose=0)
    assert before > 1.8 and model.evaluate(batches)["loss"] < 0.5
    logits, _ = model.begin(np.eye(3))
    assert np.argmax(logits, axis=1).tolist() == [0, 1, 2]


def test_saved_and_loaded(tmp_path, make_topic_model):
    model = make_topic_model(inject="start", dropout=0.2)
    model.save(tmp_path / "model.keras")
    copy = keras.models.load_model(tmp_path / "model.keras")
    assert copy.get_config() == model.get_config()
    np.testing.assert_allclose(
        copy(started(7, 9))[0], model(started(7, 9))[0], atol=1e-6
    )


def test_the_number_of_symbols_by_its_old_name(make_topic_model):
    model = make_topic_model()
    config = model.get_config()
    config["num_chars"] = config.pop("num_symbols")
    kept = dict(config)
    assert TopicLM.from_config(config).get_config() == model.get_config()
    assert config == kept  # the caller's own


@pytest.mark.parametrize("method", ["fit", "evaluate"])
@pytest.mark.parametrize(
    "where, message",
    [
        (1, "at position 1 of its ids, in streams of 12"),
        (5, "at position 5"),
        (13, "at position 13"),
        (23, "at position 23"),
    ],
)
def test_refuses_a_topics_token_amid_a_window(method, where, message, make_topic_model):
    ids = np.zeros(26, np.int32)  # two streams of 12, six steps in a window
    ids[[0, 6, 12, 18]] = 7
    model = make_topic_model()
    model.compile("sgd", jit_compile=False)
    run = getattr(model, method)
    good = ContiguousBatches(ids, 2, 6)
    assert good.stream_length == 12
    ids = ids.copy()
    ids[where] = 9
    bad = ContiguousBatches(ids, 2, 6)
    with pytest.raises(ValueError, match=f"`x` must have topics' tokens .*{message}"):
        run(bad, verbose=0)
    if method == "fit":
        with pytest.raises(ValueError, match="`validation_data` must have topics'"):
            run(good, validation_data=bad, verbose=0)


def test_windows_start_anew_in_every_stream(make_topic_model):
    ids = np.zeros(29, np.int32)  # two streams of 14, six steps in a window
    ids[18] = 7  # a start, were the text one stream
    model = make_topic_model()
    model.compile("sgd", jit_compile=False)
    message = "windows only.* at position 18 of its ids, in streams of 14"
    with pytest.raises(ValueError, match=message):
        model.evaluate(ContiguousBatches(ids, 2, 6))


def test_takes_topics_tokens_at_starts_and_behind_what_is_read(make_topic_model):
    ids = np.zeros(29, np.int32)  # streams of 14: two steps of each are dropped
    ids[[0, 6, 14, 20]] = 7
    ids[[28]] = 9  # only ever a target
    model = make_topic_model()
    model.compile("sgd", jit_compile=False)
    result = model.evaluate(ContiguousBatches(ids, 2, 6))
    assert np.isfinite(result["loss"])


@pytest.mark.parametrize("topics", [[], ["a", "b", "a"], "aa"])
def test_topics_must_be_different(topics):
    with pytest.raises(ValueError, match="`topics` must be different names, at least"):
        TopicLM(7, topics, 6)


def test_an_unknown_topic_is_named(make_topic_model):
    model = make_topic_model()
    assert [model.token(topic) for topic in TOPICS] == [7, 8, 9]
    message = "`topic` must be one of birds, boats, bread; got 'cooking'"
    with pytest.raises(ValueError, match=message):
        model.token("cooking")


def test_refuses(make_topic_model):
    model = make_topic_model()
    with pytest.raises(ValueError, match="`inject` must be .* got 'every'"):
        make_topic_model(inject="every")
    with pytest.raises(ValueError, match="`ids` must be from 0 to 9; got 10"):
        model(started(7, 10))
    with pytest.raises(ValueError, match="topics' tokens in their first column only"):
        model(np.array([[7, 1, 8]]))
    with pytest.raises(TypeError, match="`ids` must be integers; got float"):
        model(np.ones((1, 2), np.float32))
    with pytest.raises(ValueError, match=r"shape \(batch, num_steps\); got \(2,\)"):
        model(np.array([7, 1]))
    with pytest.raises(
        ValueError, match=r"`topic_weights` must have shape \(batch, 3\).*\(2,\)"
    ):
        model.begin([0.5, 0.5])
