"""What is added to the cross-entropy, and metrics besides: as everywhere in Keras."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import CharLM, TopicLM

pytestmark = pytest.mark.slow

RATE = 0.1


class Regularized(CharLM):
    """Punishes its classifier's weights, and adds a loss that hangs on the outputs."""

    def __init__(self, *args, l2=0.0, added=0.0, **kwargs):
        super().__init__(*args, **kwargs)
        self.added = added
        self.classifier.kernel.regularizer = keras.regularizers.L2(l2) if l2 else None

    def call(self, ids, states=None, training=False):
        logits, states = super().call(ids, states, training)
        if self.added:
            self.add_loss(self.added * tf.reduce_mean(logits**2))
        return logits, states


def make(optimizer=None, metrics=None, **options):
    keras.utils.set_random_seed(4)
    model = Regularized(9, 6, embed_dim=5, **options)
    model.set_weights([3 * w for w in model.get_weights()])
    optimizer = optimizer or keras.optimizers.SGD(RATE)
    model.compile(optimizer, metrics=metrics, jit_compile=False)
    return model


def extra(model, ids):
    """What the options add to the loss, by hand."""
    added = model.added * tf.reduce_mean(model(ids)[0] ** 2)
    l2 = model.classifier.kernel.regularizer
    return added + (l2(model.classifier.kernel) if l2 else 0.0)


@pytest.mark.parametrize("options", [{"l2": 0.3}, {"added": 5000.0}])
def test_counts_in_the_loss_and_not_in_the_perplexity(options, make_batches):
    batches = make_batches(13, 3, 4)
    plain, model = make(), make(**options)
    expected = plain.evaluate(batches)
    more = float(extra(model, batches[0][0]))
    assert more > 0.1
    for result in (
        model.evaluate(batches),
        {k: v[0] for k, v in model.fit(batches, verbose=0).history.items()},
    ):
        assert result["loss"] == pytest.approx(expected["loss"] + more, rel=1e-5)
        assert result["perplexity"] == pytest.approx(expected["perplexity"], rel=1e-5)


@pytest.mark.parametrize("options", [{"l2": 0.3}, {"added": 5.0}])
def test_counts_in_the_gradient(options, make_batches):
    batches = make_batches(13, 3, 4)  # a single window
    inputs, targets = batches[0]
    model = make(**options)
    with tf.GradientTape() as tape:
        logits, _ = model(inputs)
        loss = keras.losses.sparse_categorical_crossentropy(
            targets, logits, from_logits=True
        )
        loss = tf.reduce_mean(loss) + extra(model, inputs)
    gradients = tape.gradient(loss, model.trainable_variables)
    start = model.get_weights()
    model.fit(batches, verbose=0)
    weights = zip(model.get_weights(), start, gradients, strict=True)
    for after, before, gradient in weights:
        gradient = tf.convert_to_tensor(gradient)
        np.testing.assert_allclose(after, before - RATE * gradient, atol=1e-6)


def accuracy(model, batches):
    right, states = [], None
    for inputs, targets in batches:
        logits, states = model(inputs, states)
        right.append(np.argmax(logits, axis=-1) == targets)
    return np.mean(right)


NAME = "sparse_categorical_accuracy"


def test_metrics_are_counted(make_batches):
    batches, validation = make_batches(90), make_batches(60, seed=1)
    model = make(keras.optimizers.SGD(0.0), metrics=[NAME])
    fit = model.fit(batches, epochs=2, validation_data=validation, verbose=0)
    expected = accuracy(model, batches)
    np.testing.assert_allclose(fit.history[NAME], [expected] * 2, rtol=1e-6)
    found = accuracy(model, validation)
    np.testing.assert_allclose(fit.history[f"val_{NAME}"], [found] * 2, rtol=1e-6)
    assert expected != found
    result = model.evaluate(validation)
    assert result[NAME] == pytest.approx(found, rel=1e-6)


@pytest.mark.parametrize("cls", [CharLM, TopicLM])
def test_metrics_come_back_from_files(cls, make_batches, tmp_path):
    between = [["birds", "boats"]] if cls is TopicLM else []
    model = cls(9, *between, 6, embed_dim=5)
    model.compile("adam", metrics=[NAME], jit_compile=False)
    batches = make_batches()
    model.fit(batches, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    expected = model.evaluate(batches)
    assert set(expected) == {"loss", "perplexity", NAME}
    assert loaded.evaluate(batches) == pytest.approx(expected, rel=1e-5)
    loaded.fit(batches, verbose=0)
    assert loaded.optimizer.iterations == 2 * len(batches)


def test_a_regularizer_of_a_layer_inside_counts(make_batches):
    model = make()
    before = model.evaluate(make_batches())["loss"]
    model.stack.layers[0].cell.kernel.regularizer = keras.regularizers.L1(0.1)
    more = 0.1 * np.abs(model.stack.layers[0].cell.kernel).sum()
    model.compile("sgd", jit_compile=False)
    assert model.evaluate(make_batches())["loss"] == pytest.approx(
        before + more, rel=1e-5
    )
