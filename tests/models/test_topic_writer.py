"""`TopicWriter`: the topic enters where it should, from the first step to the last."""

import keras
import numpy as np
import pytest

from seqmodels.models.losses import masked_cross_entropy
from seqmodels.models.topic_writer import TopicWriter

IDS = np.array([[0, 3, 5, 2], [0, 1, 4, 6]], np.int32)
WEIGHTS = np.array([[1, 0, 0], [0.25, 0, 0.75]], np.float32)


def make(inject="input", **options):
    keras.utils.set_random_seed(4)
    return TopicWriter(
        7, 3, 6, inject=inject, **{"embed_dim": 5, "topic_dim": 4, **options}
    )


def by_hand(model, ids, weights):
    lstm = keras.layers.LSTM(6, return_sequences=True)
    x, state = model.embedding.get_weights()[0][ids], [np.zeros((2, 6), np.float32)] * 2
    if model.inject:
        vectors = weights @ model.topic_vectors.get_weights()[0]
    if model.inject == "input":
        x = np.concatenate([x, np.repeat(vectors[:, None], ids.shape[1], axis=1)], -1)
    if model.inject == "start":
        kernel, bias = model.first_state.get_weights()
        h, c = np.split(vectors @ kernel + bias, 2, axis=-1)
        state = [np.tanh(h), c]
    lstm.build(x.shape)
    lstm.set_weights(model.stack.get_weights())
    kernel, bias = model.classifier.get_weights()
    return lstm(x, initial_state=state).numpy() @ kernel + bias


@pytest.mark.parametrize("inject", ["input", "start", None])
def test_the_topic_enters_where_it_should(inject):
    model = make(inject)
    found = model([IDS, WEIGHTS]).numpy()
    np.testing.assert_allclose(found, by_hand(model, IDS, WEIGHTS), atol=1e-5)
    other = model([IDS, WEIGHTS[:, ::-1].copy()]).numpy()
    assert (np.abs(other - found).max() > 1e-4) == bool(inject)


@pytest.mark.parametrize("inject", ["input", "start"])
def test_the_last_step_teaches_the_topic(inject):
    """Nothing cuts the gradient between the topic and where it is used."""
    import tensorflow as tf

    model = make(inject)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(model([IDS, WEIGHTS])[:, -1] ** 2)
    assert np.abs(tape.gradient(loss, model.topic_vectors.kernel)).max() > 0


@pytest.mark.parametrize("inject", ["input", "start", None])
def test_steps_say_what_the_whole_row_says(inject):
    model = make(inject)
    whole, states = model([IDS, WEIGHTS]).numpy(), model.begin(WEIGHTS)
    for n in range(IDS.shape[1]):
        logits, states = model.step(IDS[:, n], WEIGHTS, states)
        np.testing.assert_allclose(logits, whole[:, n], atol=1e-5)


def test_it_learns_by_topic_and_writes_it():
    model = make("input", topic_dim=8)
    ids = np.array([[0, 3, 3], [0, 4, 4]] * 16, np.int32)
    targets = np.array([[3, 3, 1], [4, 4, 1]] * 16, np.int32)
    weights = np.array([[1, 0, 0], [0, 1, 0]] * 16, np.float32)
    model.compile(keras.optimizers.Adam(0.05), masked_cross_entropy)
    model.fit([ids, weights], targets, epochs=60, verbose=0)
    rows = model.write(weights[:2], np.random.default_rng(0), end=1, temperature=0)
    assert [row.tolist() for row in rows] == [[3, 3], [4, 4]]


def test_padding_is_never_written_and_long_rows_are_broken_off():
    rows = make().write(WEIGHTS, np.random.default_rng(0), end=1, longest=9)
    assert all(0 not in row and 1 not in row and len(row) <= 9 for row in rows)


def test_a_saved_model_is_the_same(tmp_path):
    model = make("start", dropout=0.1)
    model.save(tmp_path / "writer.keras")
    again = keras.saving.load_model(tmp_path / "writer.keras")
    np.testing.assert_array_equal(again([IDS, WEIGHTS]), model([IDS, WEIGHTS]))
    assert again.get_config() == model.get_config()


def test_ids_of_another_vocabulary():
    model = make()
    with pytest.raises(ValueError, match="`ids` must be from 0 to 6; got 7"):
        model([IDS + 1, WEIGHTS])
    model.compile("sgd", masked_cross_entropy)
    history = model.fit([IDS + 1, WEIGHTS], IDS, verbose=0).history
    assert np.isnan(history["loss"][0])  # compiled code cannot raise


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="`inject` must be"):
        make("end")
    with pytest.raises(ValueError, match="`cell` must be"):
        make(cell="perceptron")
    with pytest.raises(ValueError, match="`num_topics` must be"):
        TopicWriter(7, 0, 6)
    with pytest.raises(TypeError, match="`ids` must be integers"):
        make()([IDS / 2, WEIGHTS])
    with pytest.raises(ValueError, match=r"shape \(batch, 3\)"):
        make()([IDS, WEIGHTS[:, :2]])
    with pytest.raises(ValueError, match="`end` must be from 0 to 6; got 7"):
        make().write(WEIGHTS, np.random.default_rng(0), end=7)
    with pytest.raises(ValueError, match=r"shape \(batch, 3\)"):
        make().write(WEIGHTS[:, :2], np.random.default_rng(0), end=1)
    with pytest.raises(ValueError, match="longest"):
        make().write(WEIGHTS, np.random.default_rng(0), end=1, longest=0)
