"""The parts of a `Seq2Seq`, against Keras' own layers one above the other."""

import keras
import numpy as np
import pytest

from seqmodels import Seq2Seq, greedy_decode

pytestmark = pytest.mark.slow

LAYERS = {
    "lstm": keras.layers.LSTM,
    "gru": keras.layers.GRU,
    "rnn": keras.layers.SimpleRNN,
}
SOURCE = np.array([[3, 4, 5, 2], [6, 2, 0, 0], [8, 7, 2, 0]])
INPUTS = np.array([[1, 5, 4, 3], [1, 6, 0, 0], [1, 7, 8, 0]])
each_cell = pytest.mark.parametrize("cell", LAYERS)


def make(**options):
    """A model with large random weights: all that it does shows."""
    keras.utils.set_random_seed(1)
    model = Seq2Seq(9, 6, embed_dim=4, **options)
    rng = np.random.default_rng(0)
    for weight in model.trainable_variables:
        weight.assign(rng.normal(size=weight.shape))
    return model


def by_keras(stack, x, states=None):
    """Outputs and last states, by Keras' own layers with the stack's weights."""
    found = []
    for n, ours in enumerate(stack.layers):
        layer = LAYERS[stack.cell](
            stack.units, return_sequences=True, return_state=True
        )
        layer.build(x.shape)
        layer.set_weights(ours.get_weights())
        x, *last = layer(x, initial_state=states and list(states[n]))
        found.append(last)
    return np.array(x), found


@each_cell
@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("direction", ["forward", "backward", "both"])
def test_encoders_read_each_row_alone_and_in_their_direction(
    cell, num_layers, direction
):
    model = make(cell=cell, num_layers=num_layers, direction=direction)
    outputs, _, states = model.encode(SOURCE)
    embedding = model.embedding.get_weights()[0]
    ways = ["forward", "backward"] if direction == "both" else [direction]
    for row, ids in enumerate(SOURCE):
        x = embedding[None, ids[ids > 0]]
        expected, last = [], []
        for way, stack in zip(ways, model.encoders, strict=True):
            turn = slice(None, None, -1 if way == "backward" else 1)
            part, part_states = by_keras(stack, x[:, turn])
            expected.append(part[:, turn])
            last.append(part_states)
        expected = np.concatenate(expected, axis=-1)
        np.testing.assert_allclose(
            outputs[row : row + 1, : x.shape[1]], expected, atol=1e-5
        )
        for n, layer in enumerate(states):
            for k, state in enumerate(layer):
                parts = np.concatenate([part[n][k] for part in last], axis=-1)
                np.testing.assert_allclose(state[row : row + 1], parts, atol=1e-5)


@each_cell
@pytest.mark.parametrize("attention", [False, True])
def test_the_decoder_begins_where_the_encoder_ends(cell, attention):
    model = make(cell=cell, num_layers=2, attention=attention)
    outputs, mask, states = model.encode(SOURCE)
    x = model.embedding.get_weights()[0][INPUTS]
    hidden, _ = by_keras(model.decoder, x, states)
    if attention:
        (query,) = model.query.get_weights()
        scores = np.where(
            mask[:, None], hidden @ query @ np.swapaxes(outputs, 1, 2), -np.inf
        )
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights = scores / scores.sum(axis=-1, keepdims=True)
        kernel, bias = model.combine.get_weights()
        both = np.concatenate([hidden, weights @ outputs.numpy()], axis=-1)
        hidden = np.tanh(both @ kernel + bias)
    kernel, bias = model.classifier.get_weights()
    logits = model((SOURCE, INPUTS))
    np.testing.assert_allclose(logits, hidden @ kernel + bias, atol=1e-4)


@each_cell
def test_deep_ones_train_write_and_come_back_from_files(cell, tmp_path):
    model = make(cell=cell, num_layers=2, dropout=0.2, direction="both")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=0)
    model.compile(keras.optimizers.Adam(0.01), loss, run_eagerly=True)
    fit = model.fit((SOURCE, INPUTS), INPUTS, epochs=5, verbose=0)
    assert fit.history["loss"][-1] < fit.history["loss"][0]
    marks = {"start": 1, "end": 2, "max_length": 7}
    answers = greedy_decode(model, SOURCE, **marks)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.get_config() == model.get_config()
    np.testing.assert_allclose(
        loaded((SOURCE, INPUTS)), model((SOURCE, INPUTS)), atol=1e-6
    )
    np.testing.assert_array_equal(greedy_decode(loaded, SOURCE, **marks), answers)


@pytest.mark.parametrize("direction", ["forward", "backward", "both"])
def test_padding_stands_behind_whichever_way_one_reads(direction, monkeypatch):
    """Before what is read it cannot be for cuDNN."""
    model, masks = make(direction=direction), []
    for stack in model.encoders:
        call = stack.call

        def spy(x, states=None, mask=None, training=False, call=call):
            masks.append(mask)
            return call(x, states, mask, training)

        monkeypatch.setattr(stack, "call", spy)
    model.encode(SOURCE)
    assert len(masks) == len(model.encoders)
    for mask in masks:
        np.testing.assert_array_equal(mask, SOURCE > 0)


def test_padding_amid_a_source_is_passed_over():
    model = make()
    holes = np.array([[3, 0, 4, 0, 2, 0]])
    _, _, states = model.encode(holes)
    _, _, expected = model.encode(holes[holes > 0][None])
    for found, state in zip(states[0], expected[0], strict=True):
        np.testing.assert_allclose(found, state, atol=1e-6)
