"""Sizes of every constructor, and Keras' arguments of `fit` and `evaluate`."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import CharLM, RecurrentStack, Seq2Seq, TopicLM
from seqmodels.models import feeding

SIZES = [
    (
        CharLM,
        {"vocab_size": 9, "units": 6},
        "vocab_size units num_layers embed_dim input_size",
    ),
    (
        TopicLM,
        {"num_symbols": 9, "topics": ["a"], "units": 6},
        "num_symbols units num_layers embed_dim topic_dim",
    ),
    (
        Seq2Seq,
        {"vocab_size": 9, "units": 6},
        "vocab_size units num_layers embed_dim",
    ),
    (RecurrentStack, {"units": 6}, "units num_layers"),
]
each_size = pytest.mark.parametrize(
    "cls, options, name",
    [(cls, options, name) for cls, options, names in SIZES for name in names.split()],
)


@each_size
@pytest.mark.parametrize("size", [True, np.True_, 0, -1, 2.5, 2.0, "3", np.int64(0)])
def test_refuses_what_is_no_size(cls, options, name, size):
    message = f"`{name}` must be a positive integer; got {size!r}"
    with pytest.raises(ValueError, match=message.replace("(", ".").replace(")", ".")):
        cls(**{**options, name: size})


@pytest.mark.parametrize(
    "cls, options", [case[:2] for case in SIZES if case[0] is not Seq2Seq]
)
@pytest.mark.parametrize("size", [True, 0, 2.5])
def test_refuses_states_for_what_is_no_size(cls, options, size):
    model = cls(**options)
    message = f"`batch_size` must be a positive integer; got {size}"
    with pytest.raises(ValueError, match=message):
        model.initial_states(size)


@each_size
def test_takes_integers_of_numpy_and_hands_pythons_on(cls, options, name):
    model = cls(**{**options, name: np.int64(2)})
    config = model.get_config()
    assert config[name] == 2 and type(config[name]) is int
    again = cls.from_config(config)
    assert again.get_config() == config


@pytest.mark.parametrize("cls, options, names", SIZES)
def test_refuses_cells_and_rates_that_there_are_not(cls, options, names):
    with pytest.raises(
        ValueError, match="`cell` must be one of lstm, gru, rnn; got 'x'"
    ):
        cls(**options, cell="x")
    with pytest.raises(ValueError, match="`rate` must be from 0 to below 1; got 1"):
        cls(**options, dropout=1)


def make(cls, options):
    """A small model, and a function that gives its logits for ids."""
    keras.utils.set_random_seed(1)
    model = cls(**options)
    if cls is Seq2Seq:
        return model, lambda ids: model((ids, ids))
    return model, lambda ids: model(ids)[0]


each_model = pytest.mark.parametrize(
    "cls, options", [(cls, options) for cls, options, _ in SIZES[:3]]
)


@each_model
@pytest.mark.parametrize("cell", ["lstm", "rnn"])
def test_refuses_ids_without_a_step(cls, options, cell):
    model, logits = make(cls, {**options, "cell": cell})
    for read in (logits, model.encode if cls is Seq2Seq else model):
        with pytest.raises(ValueError, match="` must have at least one step; got none"):
            read(np.zeros((2, 0), np.int32))


@each_model
@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, np.int64, np.uint64])
def test_reads_integers_of_every_kind_alike(cls, options, dtype):
    _, logits = make(cls, options)
    last = 9 if cls is TopicLM else 8  # a topic's token may stand in front
    ids = np.array([[last, 1, 8], [0, 3, 4]], np.int32)
    expected = logits(ids)
    np.testing.assert_array_equal(logits(ids.astype(dtype)), expected)
    found = tf.function(logits)(tf.constant(ids.astype(dtype)))
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.fixture
def compiled_model(make_model):
    return make_model(keras.optimizers.SGD(0.1), num_layers=1)


GIVEN = {
    "y": np.ones(3),
    "batch_size": 32,
    "validation_batch_size": 32,
    "shuffle": True,
    "validation_split": 0.1,
    "validation_steps": 3,
    "sample_weight": np.ones(3),
    "class_weight": {0: 1.0},
    "steps": 3,
    "workers": 2,
}
WHY = {
    "batch_size": "`ContiguousBatches` has it",
    "y": "the targets are the next tokens",
    "workers": "there is no such argument",
}


@pytest.mark.parametrize("method", ["fit", "evaluate"])
@pytest.mark.parametrize("name", GIVEN)
def test_refuses_by_name(method, name, compiled_model, make_batches):
    start = compiled_model.get_weights()
    message = f"`{method}` does not take `{name}`: {WHY.get(name, '')}"
    with pytest.raises(TypeError, match=message):
        getattr(compiled_model, method)(make_batches(), **{name: GIVEN[name]})
    np.testing.assert_array_equal(compiled_model.get_weights()[0], start[0])


def test_takes_what_is_left_unset(compiled_model, make_batches):
    compiled_model.fit(make_batches(20), y=None, batch_size=None, verbose=0)
    compiled_model.evaluate(make_batches(20), sample_weight=None)


@pytest.mark.parametrize("name", ["steps_per_epoch", "epochs", "validation_freq"])
@pytest.mark.parametrize("size", [True, 0, -1, 2.5, "3"])
def test_fit_refuses_what_is_no_number_of_steps(
    name, size, compiled_model, make_batches
):
    start = compiled_model.get_weights()
    options = {"validation_data": make_batches(20)} if "freq" in name else {}
    message = f"`{name}` must be a positive integer; got {size!r}"
    with pytest.raises(ValueError, match=message):
        compiled_model.fit(make_batches(20), verbose=0, **{name: size}, **options)
    np.testing.assert_array_equal(compiled_model.get_weights()[0], start[0])


@pytest.mark.parametrize("size", [True, -1, 2.5, "3"])
def test_fit_refuses_what_is_no_epoch_to_begin_with(size, compiled_model, make_batches):
    message = f"`initial_epoch` must be a non-negative integer; got {size!r}"
    with pytest.raises(ValueError, match=message):
        compiled_model.fit(make_batches(20), initial_epoch=size, verbose=0)


@pytest.mark.slow
def test_numbers_of_steps_may_be_numpys(compiled_model, make_batches, monkeypatch):
    monkeypatch.setattr(feeding, "WINDOWS_PER_CALL", 2)
    fit = compiled_model.fit(
        make_batches(),
        epochs=np.int64(4),
        initial_epoch=np.int64(1),
        steps_per_epoch=np.int64(3),
        validation_data=make_batches(20),
        validation_freq=np.int64(2),
        verbose=0,
    )
    assert fit.epoch == [1, 2, 3]
    assert compiled_model.optimizer.iterations == 9
    assert len(fit.history["loss"]) == 3 and len(fit.history["val_loss"]) == 2


@pytest.mark.parametrize("steps", [1, 2, 5, 7, 8, 20])
def test_an_epoch_has_as_many_steps_as_asked_for(
    steps, compiled_model, make_batches, monkeypatch
):
    monkeypatch.setattr(feeding, "WINDOWS_PER_CALL", 5)
    compiled_model.fit(make_batches(), steps_per_epoch=steps, verbose=0)
    assert compiled_model.optimizer.iterations == steps


@pytest.mark.parametrize("steps", [None, 1, 5, 12])
@pytest.mark.slow
def test_the_bar_counts_windows(
    steps, compiled_model, make_batches, monkeypatch, capsys
):
    monkeypatch.setattr(feeding, "WINDOWS_PER_CALL", 5)
    compiled_model.fit(make_batches(), steps_per_epoch=steps)  # the text has 7
    last = capsys.readouterr().err.strip("\n").split("\r")[-1]
    assert f" {steps or 7}/{steps or 7} [" in last
    assert ("window" in last) == (steps != 1)


@pytest.mark.parametrize("steps", [2, "auto"])
def test_compile_refuses_steps_per_execution(steps):
    with pytest.raises(ValueError, match="`steps_per_execution` must be left out.*got"):
        CharLM(9, 6).compile("sgd", steps_per_execution=steps)
    CharLM(9, 6).compile("sgd", steps_per_execution=1)


def test_texts_must_be_readable_as_well_as_writable(make_batches):
    model = CharLM(9, 6, input_size=5)
    model.compile("sgd")
    for method in (model.fit, model.evaluate):
        with pytest.raises(ValueError, match="`x.ids` must be from 0 to 4; got 8"):
            method(make_batches())


def test_evaluate_refuses_a_dataset_of_others():
    model = CharLM(9, 6)
    model.compile("sgd")
    data = tf.data.Dataset.from_tensors((np.ones((2, 5), int), np.ones((2, 5), int)))
    with pytest.raises(TypeError, match="`x` must be `ContiguousBatches`; got"):
        model.evaluate(data)
