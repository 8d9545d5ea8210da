"""What is compiled by XLA, with and without a GPU to be seen."""

import logging

import keras
import numpy as np
import pytest
import tensorflow as tf

from seqmodels import (
    CharLM,
    ContiguousBatches,
    Seq2Seq,
    TopicLM,
    generate,
    greedy_decode,
    use_xla,
)

CPU = tf.config.PhysicalDevice("/physical_device:CPU:0", "CPU")
GPU = tf.config.PhysicalDevice("/physical_device:GPU:0", "GPU")
MODELS = {
    "CharLM": lambda **options: CharLM(9, 6, **options),
    "TopicLM": lambda **options: TopicLM(7, ["birds", "boats"], 6, **options),
    "Seq2Seq": lambda **options: Seq2Seq(9, 6, **options),
}
each_model = pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)


@pytest.fixture
def devices(monkeypatch):
    """A function that says which devices TensorFlow finds."""

    def show(*found):
        def lists(device_type=None):
            return [d for d in found if device_type in (None, d.device_type)]

        monkeypatch.setattr(tf.config, "list_physical_devices", lists)
        monkeypatch.setattr(tf.config, "list_logical_devices", lists)

    return show


@pytest.fixture
def said():
    """What TensorFlow's logger lets through."""
    messages, handler = [], logging.Handler()
    handler.emit = lambda record: messages.append(record.getMessage())
    tf.get_logger().addHandler(handler)
    yield messages
    tf.get_logger().removeHandler(handler)


@pytest.mark.slow
def test_one_model_after_another_is_no_warning(said):
    rng = np.random.default_rng(0)
    batches = ContiguousBatches(np.arange(41) % 9, batch_size=2, num_steps=5)
    for _ in range(7):
        model = CharLM(9, 3)
        model.compile("sgd")
        model.fit(batches, verbose=0)
        generate(model, [0, 1], 3, rng)
        model.step(np.zeros(1, np.int32), model.initial_states(1))
        translator = Seq2Seq(9, 4)
        source = np.ones((1, 4), np.int32)
        greedy_decode(translator, source, start=1, end=2, max_length=3)
    retraced = [message for message in said if "retracing" in message]
    assert all("<function TensorFlowTrainer." in message for message in retraced)


def test_of_a_readers_own_function_tensorflow_warns(said):
    for n in range(7):
        tf.function(lambda x: x)(n)
    assert any("retracing" in message and "<lambda>" in message for message in said)


@each_model
def test_by_xla_where_there_are_cpus_alone(make, devices):
    devices(CPU)
    assert use_xla()
    model = make()
    model.compile("sgd")
    assert model.jit_compile is True
    model.compile("sgd", jit_compile=False)
    assert model.jit_compile is False
    model.compile("sgd", run_eagerly=True)
    assert model.jit_compile is False


@each_model
@pytest.mark.parametrize("cell, loop", [("lstm", "cudnn"), ("gru", "cudnn")])
def test_not_by_xla_where_cudnn_runs(make, cell, loop, devices):
    devices(CPU, GPU)
    assert not use_xla()
    model = make(cell=cell)
    stack = model.decoder if isinstance(model, Seq2Seq) else model.stack
    assert stack.layers[0].loop == loop
    model.compile("sgd")
    assert model.jit_compile is False


def test_graphics_cards_of_other_kinds(devices):
    devices(CPU, tf.config.PhysicalDevice("/physical_device:XPU:0", "XPU"))
    assert not use_xla()


@pytest.fixture
def calls(monkeypatch):
    """How the compiled methods were called: by XLA, or as a plain graph."""
    made = []
    for cls in (CharLM, Seq2Seq):
        for name in ("step", "write_on", "decode_greedily"):
            for base in cls.__mro__:
                method = base.__dict__.get(name)
                if method is None:
                    continue
                plain = method._plain  # what is compiled is always the same
                for kind in ("_plain", "_by_xla"):
                    watched = watch(plain, (name, kind), made)
                    monkeypatch.setattr(method, kind, watched)
                break
    return made


def watch(function, called, made):
    class Watched:
        def __get__(self, model, owner=None):
            def call(*args, **kwargs):
                made.append(called)
                return function.__get__(model, owner)(*args, **kwargs)

            return call

    return Watched()


@pytest.mark.parametrize(
    "jit_compile, found, kind",
    [
        (None, [CPU], "_by_xla"),
        (None, [CPU, GPU], "_plain"),
        ("auto", [CPU], "_by_xla"),
        ("auto", [CPU, GPU], "_plain"),
        (True, [CPU, GPU], "_by_xla"),
        (False, [CPU], "_plain"),
    ],
)
def test_methods_are_compiled_as_fit_is(jit_compile, found, kind, devices, calls):
    model, other = CharLM(9, 6, cell="rnn"), Seq2Seq(9, 6, cell="rnn")
    devices(*found)
    if GPU in found and jit_compile is not True:
        for part in (model.stack.layers[0], other.decoder.layers[0]):
            part.supports_jit = False  # as cuDNN's layers say, which would not run here
    if jit_compile is not None:  # otherwise not compiled at all
        model.compile("sgd", jit_compile=jit_compile)
        other.compile("sgd", jit_compile=jit_compile)
    model.step(np.zeros(1, np.int32), model.initial_states(1))
    generate(model, [[1]], 2, np.random.default_rng(0))
    greedy_decode(other, np.ones((1, 2), np.int32), start=1, end=2, max_length=2)
    assert calls == [("step", kind), ("write_on", kind), ("decode_greedily", kind)]


@pytest.mark.parametrize(
    "trained_on, used_on", [([CPU, GPU], [CPU]), ([CPU], [CPU, GPU])]
)
def test_a_loaded_model_is_compiled_for_the_machine_it_is_on(
    trained_on, used_on, devices, tmp_path
):
    devices(*trained_on)
    model = CharLM(9, 6)
    model.compile("sgd")
    model.save(tmp_path / "model.keras")
    devices(*used_on)
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.jit_compile is (used_on == [CPU])
    loaded.compile("sgd", jit_compile=False)
    loaded.save(tmp_path / "model.keras")
    assert keras.models.load_model(tmp_path / "model.keras").jit_compile is False


def test_a_model_that_is_not_compiled_loads_as_one(tmp_path):
    CharLM(9, 6).save(tmp_path / "model.keras")
    assert not keras.models.load_model(tmp_path / "model.keras").compiled


def test_each_model_has_traces_of_its_own():
    one, two = CharLM(9, 6), CharLM(9, 6)
    for model in (one, two):
        model.compile("sgd", jit_compile=False)
    ids = np.zeros(1, np.int32)
    for model in (one, two):
        logits, _ = model.step(ids, model.initial_states(1))
        expected, _ = model(ids[:, None])
        np.testing.assert_allclose(logits, expected[:, 0], atol=1e-6)
    assert (one.step(ids, one.initial_states(1))[0] != logits).numpy().any()


def test_a_method_keeps_its_name_and_its_words():
    assert CharLM.step.__name__ == "step" and "compiled step" in CharLM.step.__doc__


def test_compiled_anew_with_the_same_optimizer_keeps_it_as_it_is(make_model):
    model = make_model("adam", dtype="mixed_float16")
    before = [(v.path, v.shape) for v in model.optimizer.variables]
    model.compile(model.optimizer, jit_compile=False)
    assert [(v.path, v.shape) for v in model.optimizer.variables] == before
