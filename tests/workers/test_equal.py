"""Several workers train the weights that one process does with the whole batch."""

import numpy as np
import pytest

from seqmodels import ContiguousBatches
from tests.launched import wait

pytestmark = pytest.mark.slow

# By their names: options of `CharLM`, and of its `compile`.
MODELS = {
    "LSTM": ({}, {}),
    "GRU": ({"cell": "gru"}, {"jit_compile": False}),
    "two layers of LSTM": ({"num_layers": 2}, {"jit_compile": False}),
    "two layers of GRU": ({"cell": "gru", "num_layers": 2}, {"jit_compile": False}),
    "embedding": ({"embed_dim": 5}, {"jit_compile": False, "metrics": ["accuracy"]}),
}
# Adam divides by the gradients' size, so rounding moves a weight by more than itself.
CLOSE = 1e-5


def make_text(num_tokens, seed):
    """Of nine tokens, some more frequent than others."""
    rng = np.random.default_rng(seed)
    return rng.integers(1 + np.arange(num_tokens) % 9)


def make(options, compile_options, seed=3):
    """A model whose gradients are clipped at some steps, and at others are not."""
    import keras

    from seqmodels import CharLM

    keras.utils.set_random_seed(seed)
    model = CharLM(9, 16, **options)
    rate = keras.optimizers.schedules.ExponentialDecay(0.004, 50, 0.8)
    adam = keras.optimizers.Adam(rate, global_clipnorm=0.3, weight_decay=0.01)
    model.compile(adam, **compile_options)
    return model


def train(model, batch_size=16):
    """The weights after two epochs of two blocks, 240 steps, and what was measured."""
    validation = ContiguousBatches(make_text(500, 1), 8, 5)
    history = model.fit(
        ContiguousBatches(make_text(2000, 0), batch_size, 5),
        epochs=2,
        steps_per_epoch=120,
        validation_data=validation,
        verbose=0,
    )
    measured = model.evaluate(validation)
    measured = {f"evaluated {name}": value for name, value in measured.items()}
    measured |= history.history
    return model.get_weights(), measured


def train_among(cluster, names):
    """By the models' names: what `train` returns. Workers begin with other weights."""
    from seqmodels.workers.joining import join

    strategy, found = join(cluster), {}
    for name in names:
        with strategy.scope():
            model = make(*MODELS[name], seed=3 + cluster.index)
        found[name] = train(model)
    with strategy.scope():
        model = make(*MODELS[name], seed=3 + cluster.index)
    found["not trained"] = model.evaluate(ContiguousBatches(make_text(500, 1), 8, 5))
    return found


def gaps(found, expected):
    """The largest difference of weights, and that of what was measured."""
    assert list(found[1]) == list(expected[1])
    return [
        max(np.abs(np.subtract(*pair)).max() for pair in zip(*pairs, strict=True))
        for pairs in [
            (found[0], expected[0]),
            (found[1].values(), expected[1].values()),
        ]
    ]


@pytest.mark.parametrize(
    "number, names", [(2, list(MODELS)), (4, ["two layers of GRU"])]
)
def test_workers_train_as_one_process(number, names, launch_workers):
    launched = launch_workers(number, train_among, names)
    alone = {name: train(make(*MODELS[name])) for name in names}
    chief, *others = wait(launched)
    for name in names:
        print(number, "workers,", name, *gaps(chief[name], alone[name]))
        assert max(gaps(chief[name], alone[name])) < CLOSE
        for other in others:
            assert gaps(other[name], chief[name]) == [0, 0]
        assert other["not trained"] == chief["not trained"]
    model = make(*MODELS[names[-1]])  # with the chief's seed
    measured = model.evaluate(ContiguousBatches(make_text(500, 1), 8, 5))
    assert chief["not trained"] == pytest.approx(measured, rel=CLOSE)
    if len(names) == 1:  # of more, TensorFlow says how often it has compiled one
        assert [each.warnings() for each in launched] == [[]] * number


def test_half_of_the_batch_trains_other_weights():
    options = MODELS["GRU"]
    half, whole = (train(make(*options), batch_size) for batch_size in (8, 16))
    assert min(gaps(half, whole)) > 1000 * CLOSE
