"""Where the models drop out in training, and that they do so nowhere else."""

import keras
import numpy as np
import pytest

from seqmodels import CharLM, ContiguousBatches, RecurrentStack, Seq2Seq, TopicLM
from seqmodels.layers.dropout import Dropout

IDS = np.random.default_rng(0).integers(1, 7, size=(4, 6)).astype(np.int32)
MODELS = {
    "CharLM": (CharLM, (9, 6)),
    "TopicLM": (TopicLM, (7, ["birds", "boats"], 6)),
    "Seq2Seq": (Seq2Seq, (9, 6)),
}
each_model = pytest.mark.parametrize("cls, arguments", MODELS.values(), ids=MODELS)
NEARLY_ALL = 1 - 2**-31  # of a few hundred numbers none comes through


def make(cls, arguments, **options):
    keras.utils.set_random_seed(3)
    return cls(*arguments, **options)


def logits(model, ids=IDS, training=False):
    if isinstance(model, Seq2Seq):
        return model((ids, ids), training=training).numpy()
    return model(ids, training=training)[0].numpy()


@each_model
@pytest.mark.parametrize("num_layers", [1, 2])
def test_in_training_and_nowhere_else(cls, arguments, num_layers):
    model = make(cls, arguments, dropout=0.5, num_layers=num_layers)
    whole = logits(model)
    np.testing.assert_array_equal(logits(model), whole)
    first, second = logits(model, training=True), logits(model, training=True)
    assert (first != whole).any() and (first != second).any()
    without = make(cls, arguments, num_layers=num_layers)
    for weight, value in zip(
        without.trainable_variables, model.trainable_variables, strict=True
    ):
        weight.assign(value)
    np.testing.assert_array_equal(logits(without), whole)
    np.testing.assert_array_equal(logits(without, training=True), whole)


@each_model
@pytest.mark.slow
def test_fit_drops_out_and_evaluate_does_not(cls, arguments):
    losses = []
    for dropout in (0.0, 0.6):
        model = make(cls, arguments, dropout=dropout)
        rng = np.random.default_rng(5)
        weights = [rng.normal(size=w.shape) for w in model.trainable_variables]
        for weight, value in zip(model.trainable_variables, weights, strict=True):
            weight.assign(value)
        if cls is Seq2Seq:
            loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
            model.compile(keras.optimizers.SGD(0.0), loss, jit_compile=False)
            data = (IDS, IDS), IDS
            seen = model.evaluate(*data, verbose=0)
        else:
            model.compile(keras.optimizers.SGD(0.0), jit_compile=False)
            data = (ContiguousBatches(np.tile(IDS.ravel(), 4), 4, 6),)
            seen = model.evaluate(*data)["loss"]
        trained = model.fit(*data, verbose=0).history["loss"][0]
        losses.append((trained, seen))
    (trained, seen), (dropped, seen_again) = losses
    assert trained == pytest.approx(seen, rel=1e-5)
    assert seen_again == pytest.approx(seen, rel=1e-5)
    assert abs(dropped - seen) > 0.01


@pytest.mark.parametrize("cls, arguments", [MODELS["CharLM"], MODELS["TopicLM"]])
def test_what_the_classifier_reads_is_dropped_too(cls, arguments):
    model = make(cls, arguments, dropout=NEARLY_ALL)
    rng = np.random.default_rng(0)
    for weight in model.trainable_variables:  # what reads nothing says something
        weight.assign(rng.normal(size=weight.shape))
    _, bias = model.classifier.get_weights()
    found = logits(model, training=True)
    np.testing.assert_allclose(found, np.broadcast_to(bias, found.shape), atol=1e-6)
    assert np.abs(logits(model) - bias).max() > 1e-3


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("num_layers", [1, 3])
@pytest.mark.parametrize("as_ids", [False, True])
def test_the_stack_drops_before_between_and_behind_its_layers(
    cell, num_layers, as_ids, monkeypatch
):
    stack = RecurrentStack(5, cell=cell, num_layers=num_layers, dropout=0.5)
    stack.build((None, None, 9))
    seen = []
    drop = Dropout.call

    def watched(self, inputs, training=False):
        outputs = drop(self, inputs, training)
        seen.append((inputs.shape[-1], bool((outputs.numpy() != inputs.numpy()).any())))
        return outputs

    monkeypatch.setattr(Dropout, "call", watched)
    inputs = IDS if as_ids else np.eye(9, dtype=np.float32)[IDS]
    stack(inputs, training=True)
    assert seen == [(9, True)] + [(5, True)] * num_layers


def test_both_sides_of_a_seq2seq_drop_out():
    model = make(Seq2Seq, (9, 6), dropout=0.5)
    whole, _, _ = model.encode(IDS)
    dropped, mask, states = model.encode(IDS, training=True)
    assert (dropped.numpy() != whole.numpy()).any()
    seen, _, _ = model.decode(IDS, states, whole, mask)
    dropped, _, _ = model.decode(IDS, states, whole, mask, training=True)
    assert (dropped.numpy() != seen.numpy()).any()
