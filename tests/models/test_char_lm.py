"""`CharLM`: what it says, how it carries its state, how it is kept in files."""

import json

import keras
import numpy as np
import pytest

from seqmodels import CharLM, ContiguousBatches, cross_entropy


@pytest.mark.parametrize("options", [{}, {"num_layers": 1, "embed_dim": None}])
def test_two_halves_are_one_whole(options, make_model, make_batches):
    model = make_model(**options)
    ids = make_batches()[0][0]
    whole, last = model(ids)
    first, between = model(ids[:, :1])
    second, end = model(ids[:, 1:], between)
    np.testing.assert_allclose(np.concatenate([first, second], 1), whole, atol=1e-6)
    np.testing.assert_allclose(end, last, atol=1e-6)
    assert np.abs(second - model(ids[:, 1:])[0]).max() > 1e-4  # the state counts


def test_one_hot_is_a_lookup_in_the_kernel(make_model, make_batches):
    model = make_model(num_layers=1, embed_dim=None)
    embedded = make_model(num_layers=1, embed_dim=9)
    embedded.set_weights([np.eye(9), *model.get_weights()])
    ids = make_batches()[0][0]
    np.testing.assert_allclose(embedded(ids)[0], model(ids)[0], atol=1e-6)


def test_a_step_is_a_call(make_model, make_batches):
    model, ids = make_model(), make_batches()[0][0]
    expected, end = model(ids)
    states = model.initial_states(3)
    for n, column in enumerate(ids.T):
        logits, states = model.step(column, states)
        np.testing.assert_allclose(logits, expected[:, n], atol=1e-6)
    np.testing.assert_allclose(states, end, atol=1e-6)


def test_untrained_perplexity_is_about_the_vocabulary_size(make_model, make_batches):
    result = make_model("sgd").evaluate(make_batches(900))
    assert result["perplexity"] == pytest.approx(9, rel=0.05)


def test_evaluate_is_the_cross_entropy_of_a_forward_pass(make_model, make_batches):
    model, batches = make_model("sgd"), make_batches(100)  # the last window is not full
    model.set_weights([3 * w for w in model.get_weights()])
    used = len(batches) * batches.num_steps
    streams = batches.ids[: 3 * batches.stream_length].reshape(3, -1)[:, :used]
    targets = batches.ids[1 : 3 * batches.stream_length + 1].reshape(3, -1)[:, :used]
    nll, count = cross_entropy(model(streams)[0], targets)
    result = model.evaluate(batches)
    assert result["loss"] == pytest.approx(nll / count, rel=1e-5)
    assert result["perplexity"] == pytest.approx(np.exp(nll / count), rel=1e-5)
    assert model.evaluate(batches, return_dict=False) == pytest.approx(
        [result["loss"], result["perplexity"]]
    )


@pytest.mark.slow
def test_saved_here_and_loaded_elsewhere(
    run_python, tmp_path, make_model, make_batches
):
    model = make_model("adam", initializer=keras.initializers.RandomNormal(0.0, 0.7))
    ids = make_batches()[0][0]
    model.fit(make_batches(), verbose=0)
    model.save(tmp_path / "model.keras")
    code = """if True:
        import json, sys, numpy as np
        from seqmodels import CharLM
        import keras
        model = keras.models.load_model(sys.argv[1])
        assert type(model) is CharLM and model.num_layers == 2, model
        logits, states = model(np.array(json.loads(sys.argv[2])))
        print(json.dumps(np.array(logits).tolist()))
    """
    child = run_python(code, tmp_path / "model.keras", ids.tolist())
    np.testing.assert_allclose(json.loads(child.stdout), model(ids)[0], atol=1e-6)


def test_config_comes_back(make_model):
    model = make_model(
        initializer=keras.initializers.RandomNormal(0.1, 0.2, seed=1),
        unit_forget_bias=False,
        name="reader",
    )
    copy = CharLM.from_config(model.get_config())
    assert copy.get_config() == model.get_config()
    for ours, theirs in zip(
        copy.get_weights()[1:], model.get_weights()[1:], strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)  # all but the embedding: seeded
    assert not copy.get_weights()[3].any()  # no forget bias


STATE = np.zeros((2, 6), np.float32)
IDS = np.ones((2, 3), np.int32)


@pytest.mark.parametrize(
    "ids, states, error, message",
    [
        (IDS / 2, None, TypeError, "`ids` must be integers; got float32"),
        (IDS[0], None, ValueError, r"shape \(batch, num_steps\); got \(3,\)"),
        (IDS * 9, None, ValueError, "`ids` must be from 0 to 8; got 9"),
        (-IDS, None, ValueError, "`ids` must be from 0 to 8; got -1"),
        (IDS, [(STATE, STATE)], ValueError, "for each of 2 layers; got 1"),
        (
            IDS,
            [(STATE, STATE), (STATE,)],
            ValueError,
            r"must be \(h, c\).*got 1 tensors",
        ),
        (
            IDS,
            [(STATE, STATE), (STATE, STATE[:, :2])],
            ValueError,
            r"layer 1: c must .* = \(2, 6\); got \(2, 2\)",
        ),
    ],
)
def test_call_refuses(ids, states, error, message, make_model):
    with pytest.raises(error, match=message):
        make_model()(ids, states)


def test_fit_and_evaluate_refuse(make_model, make_batches):
    with pytest.raises(ValueError, match=r"Call `compile\(\)` before `fit\(\)`"):
        make_model().fit(make_batches())
    model, good = make_model("sgd"), make_batches()
    with pytest.raises(TypeError, match="`x` must be `ContiguousBatches`; got ndarray"):
        model.fit(good.ids)
    with pytest.raises(TypeError, match="`validation_data` must be .*; got tuple"):
        model.fit(good, validation_data=(good.ids, good.ids))
    with pytest.raises(TypeError, match="`x` must be `ContiguousBatches`; got ndarray"):
        model.evaluate(good.ids)
    strange = ContiguousBatches(good.ids + 1, 3, 4)
    with pytest.raises(ValueError, match="`x.ids` must be from 0 to 8; got 9"):
        model.fit(strange)
    message = "`validation_data.ids` must be from 0 to 8; got 9"
    with pytest.raises(ValueError, match=message):
        model.fit(good, validation_data=strange)
