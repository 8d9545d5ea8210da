"""`log_probs` of a network, and a model that starts anew."""

from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import CharLM, ContiguousBatches, NGramLM, restart
from seqmodels.models import scoring

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("num_tokens", [1, 2, 7, 8, 9, 30])
def test_is_one_pass_over_the_whole_text(num_tokens, make_model, monkeypatch):
    monkeypatch.setattr(scoring, "TOKENS_PER_CALL", 7)
    model = make_model()
    ids = np.random.default_rng(3).integers(9, size=num_tokens)
    found = model.log_probs(ids)
    assert found.shape == (num_tokens,) and found.dtype == np.float64
    assert found[0] == pytest.approx(np.log(1 / 9))
    if num_tokens > 1:
        logits = model(ids[None, :-1])[0][0]
        expected = tf.gather(tf.nn.log_softmax(logits), ids[1:], batch_dims=1)
        np.testing.assert_allclose(found[1:], expected, atol=1e-5)


def test_is_what_evaluate_says(make_model, make_batches):
    model = make_model("sgd")
    ids = np.random.default_rng(3).integers(9, size=41)
    loss = model.evaluate(ContiguousBatches(ids, 1, 5))["loss"]
    assert -model.log_probs(ids)[1:].mean() == pytest.approx(loss, rel=1e-5)


def test_of_nothing_as_of_an_n_gram():
    for model in (CharLM(9, 6), NGramLM(9, 3)):
        assert model.log_probs(np.zeros(0, int)).shape == (0,)


@pytest.mark.parametrize(
    "ids, message",
    [([1, 9], "`ids` must be from 0 to 8; got 9"), ([[1]], r"shape \(num_tokens,\)")],
)
def test_refuses(ids, message):
    with pytest.raises(ValueError, match=message):
        CharLM(9, 6).log_probs(ids)


@pytest.mark.parametrize(
    "optimizer", [keras.optimizers.Adam, partial(keras.optimizers.SGD, 0.3, 0.9)]
)
def test_started_anew_it_is_a_new_one(optimizer, make_batches):
    def make():
        model = CharLM(9, 6, embed_dim=5, dropout=0.3)
        model.compile(optimizer(), jit_compile=False)
        return model

    batches = make_batches()
    keras.utils.set_random_seed(7)
    new = make()
    expected = new.fit(batches, epochs=2, verbose=0).history["loss"]
    keras.utils.set_random_seed(1)
    used = make()
    used.fit(batches, verbose=0)
    train_function = used.train_function
    restart(used, seed=7)
    assert used.fit(batches, epochs=2, verbose=0).history["loss"] == expected
    assert used.train_function is train_function
    for weights in zip(used.get_weights(), new.get_weights(), strict=True):
        np.testing.assert_array_equal(*weights)


def test_starts_a_model_of_keras_anew():
    model = keras.Sequential([keras.Input([3]), keras.layers.Dense(2)])
    restart(model, 5)
    first = model.get_weights()
    model.set_weights([weight + 1 for weight in first])
    restart(model, 5)
    for weights in zip(model.get_weights(), first, strict=True):
        np.testing.assert_array_equal(*weights)
