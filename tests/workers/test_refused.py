"""What workers refuse before the first step, on all of them at once."""

import re
import socket

import numpy as np
import pytest

from seqmodels.workers.cluster import Cluster
from tests.launched import free_addresses, wait

pytestmark = pytest.mark.slow

SAME = r"The workers must have the same {}; that of worker 1 \({}\) is not that of "


def said(function, *args, **kwargs):
    """The name and the message of what is raised."""
    try:
        function(*args, **kwargs)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def make(
    optimizer="Adam", given=(), metrics=None, kind="CharLM", vocab_size=9, **options
):
    import keras

    import seqmodels

    model = getattr(seqmodels, kind)(vocab_size, **{"units": 3, **options})
    optimizer = getattr(keras.optimizers, optimizer)(**dict(given))
    model.compile(optimizer, jit_compile=False, metrics=metrics)
    return model


def refuse_all(cluster, folder):
    """By what is other on worker 1, or wrong on all: what each says of it."""
    import keras

    from seqmodels import CharVocab, ContiguousBatches, Resume, Seq2Seq
    from seqmodels.workers.joining import join

    strategy, me, found = join(cluster), cluster.index, {}
    ids = np.arange(90) % 9
    text, other_text = (ContiguousBatches(x, 4, 5) for x in (ids, np.roll(ids, me)))

    def try_to_fit(name, *args, made=None, **kwargs):
        with strategy.scope():
            model = make(**(made or {}))
        found[name] = said(model.fit, *args, verbose=0, **kwargs)
        return model

    model = try_to_fit("text", other_text)
    found["text of evaluate"] = said(model.evaluate, other_text)
    found["log_probs"] = said(model.log_probs, other_text.ids)
    try_to_fit("batch size", ContiguousBatches(ids, 4 + 4 * me, 5))
    try_to_fit("num_steps", ContiguousBatches(ids, 4, 5 + me))
    features = ContiguousBatches(ids, 4, 5, np.full((90, 9), -1.0 - me))
    try_to_fit("features", features, made={"kind": "ResidualLM"})
    try_to_fit("validation text", text, validation_data=other_text)
    try_to_fit("validation alone", text, validation_data=text if me else None)
    try_to_fit("steps", text, steps_per_epoch=3 + me)
    try_to_fit("epochs", text, epochs=1 + me)
    try_to_fit("initial_epoch", text, epochs=3, initial_epoch=me)
    try_to_fit("validation_freq", text, validation_data=text, validation_freq=1 + me)

    letters = "abcdefghi"
    vocab = CharVocab(letters[::-1] if me else letters)
    encoded = vocab.encode(10 * letters)
    try_to_fit("vocabulary", ContiguousBatches(encoded, 4, 5))
    try_to_fit("vocabulary size", text, made={"vocab_size": 9 + me})
    try_to_fit("units", text, made={"units": 3 + me})
    try_to_fit("layers", text, made={"num_layers": 1 + me})
    try_to_fit("embedding", text, made={"embed_dim": 5 if me else None})
    try_to_fit("constant rate", text, made={"given": {"learning_rate": 0.1 + me}})
    try_to_fit("dropout", text, made={"dropout": 0.1 + 0.1 * me})
    try_to_fit("optimizer", text, made={"optimizer": "AdamW" if me else "Adam"})
    rate = keras.optimizers.schedules.ExponentialDecay(0.01, 5, 0.8 - 0.1 * me)
    try_to_fit("rate", text, made={"given": {"learning_rate": rate}})
    try_to_fit("clipnorm", text, made={"given": {"clipnorm": 1.0 + me}})
    try_to_fit("metrics", text, made={"metrics": ["accuracy"] if me else None})

    try_to_fit("divides", ContiguousBatches(ids, 3, 5))
    callbacks = [keras.callbacks.BackupAndRestore(f"no/{me}")]
    try_to_fit("backup", text, callbacks=callbacks)
    with strategy.scope():
        found["scope"] = said(model.fit, text, verbose=0)
        found["scope of evaluate"] = said(model.evaluate, text)
        accuracy = keras.metrics.SparseCategoricalAccuracy()
        seq2seq = Seq2Seq(9, 6)
        seq2seq.compile("adam", "mse")
    try_to_fit("metric", text, made={"metrics": [accuracy]})
    pairs = np.ones((4, 3), int)
    found["Seq2Seq"] = said(seq2seq.fit, (pairs, pairs), pairs)
    if me:  # After it Keras gives other names to what it makes.
        make()
    try_to_fit("nothing", text)
    try_to_fit("copy", text, callbacks=[Resume(folder)])  # then the chief ends
    return found


CASES = {
    "text": SAME.format("text", "{}"),
    "vocabulary": SAME.format("text", "{}"),
    "text of evaluate": SAME.format("text", "{}"),
    "features": SAME.format("text", "{}"),
    "batch size": SAME.format("batch size and steps of the text", "{}"),
    "num_steps": SAME.format("batch size and steps of the text", "{}"),
    "validation text": SAME.format("validation text", "{}"),
    "validation alone": SAME.format(
        "batch size and steps of the validation text", "{}"
    ),
    **dict.fromkeys(
        ["steps", "epochs", "initial_epoch", "validation_freq"],
        SAME.format("steps and epochs", "{}"),
    ),
    **dict.fromkeys(
        ["vocabulary size", "units", "layers", "embedding", "dropout"],
        SAME.format("model", "{}"),
    ),
    **dict.fromkeys(
        ["rate", "constant rate", "optimizer", "clipnorm"],
        SAME.format("optimizer", "{}"),
    ),
    "metrics": SAME.format("metrics", "{}"),
}
CASES = {name: f"DifferentWorkersError: {text}" for name, text in CASES.items()}
CASES |= {
    "divides": "ValueError: `batch_size` must be a multiple of the number of workers",
    "backup": "ValueError: `BackupAndRestore` does not know of several workers; take ",
    "scope": r"ValueError: Call `fit` outside of `strategy.scope\(\)`",
    "scope of evaluate": r"ValueError: Call `evaluate` outside of `strategy.scope\(\)`",
    "metric": "ValueError: Metrics must be given to `compile` by their names",
    "Seq2Seq": "ValueError: `Seq2Seq` cannot be trained under `MultiWorker.*/20585",
}


def test_before_the_first_step(launch_workers, tmp_path):
    np.savez(tmp_path / "epoch-00000001.npz", np.zeros(3))  # of another model
    launched = launch_workers(2, refuse_all, tmp_path)
    address = launched[1].args[0].addresses[1]  # of its cluster
    found = wait(launched)
    assert [each.pop("copy").partition(":")[0] for each in found] == [
        "ValueError",
        "LostWorkerError",
    ]
    for by_case in found:
        assert by_case.pop("nothing") is by_case.pop("log_probs") is None
        assert set(by_case) == set(CASES)
        assert {
            name: by_case[name]
            for name, message in CASES.items()
            if not re.match(
                message.replace("{}", re.escape(address)), str(by_case[name])
            )
        } == {}
        assert "Here it is (" in by_case["batch size"]


def join_as(cluster, version):
    import seqmodels
    from seqmodels.workers.joining import join

    seqmodels.__version__ = version or seqmodels.__version__
    return said(join, cluster)


def test_other_versions(launch):
    addresses = tuple(free_addresses(2))
    chief = launch(join_as, Cluster(addresses, 0), None)
    other = launch(join_as, Cluster(addresses, 1), "0.0.7")
    message = SAME.format("version of seqmodels", addresses[1])
    for found in wait([chief, other]):
        assert re.match(f"DifferentWorkersError: {message}", found)
    assert found.endswith("Here it is 0.0.7.")


def join_late(cluster, begin):
    """Joins after `begin`: TensorFlow's use, or that of an earlier `join`."""
    from seqmodels.workers.joining import join

    if begin == "use":
        import tensorflow as tf

        tf.constant(1) + tf.constant(1)
    else:
        join(cluster)
    return said(join, cluster)


@pytest.mark.parametrize("begin", ["use", "join"])
def test_joined_too_late(begin, launch):
    found = launch(join_late, Cluster(tuple(free_addresses(1)), 0), begin).wait()
    assert re.match("RuntimeError: Workers must be joined before .* once in a", found)


def exchange_others(cluster):
    """Other shapes on each worker, as by calls in another order."""
    import tensorflow as tf

    from seqmodels.workers.collectives import Workers
    from seqmodels.workers.joining import join, watched

    workers = Workers(join(cluster))

    def exchange():
        with watched(workers):
            workers.sum([tf.zeros(2 + cluster.index)])

    return said(exchange)


def test_what_does_not_match_is_no_lost_worker(launch_workers):
    found = wait(launch_workers(2, exchange_others))
    assert any("ismatch" in text for text in found), found
    assert not any("LostWorkerError" in text for text in found if "ismatch" in text)


def wait_for_others(cluster, seconds):
    from seqmodels.workers.joining import join

    return said(join, cluster, seconds)


def test_workers_that_do_not_come(launch):
    addresses = tuple(free_addresses(3))
    found = launch(wait_for_others, Cluster(addresses, 1), 3).wait()
    assert found == (
        "ClusterError: Not all workers came within 3 seconds: Worker 0 "
        f"({addresses[0]}) and worker 2 ({addresses[2]}) cannot be reached."
    )


def join_with_cards(cluster, number):
    import tensorflow as tf

    tf.config.list_physical_devices = lambda kind: [kind] * number
    return wait_for_others(cluster, 3)


def test_a_port_in_use_and_several_cards(launch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        cluster = Cluster((f"127.0.0.1:{taken.getsockname()[1]}",), 0)
        found = launch(wait_for_others, cluster, 3).wait()
    assert re.match("ClusterError: .* cannot be taken: in use on this machine", found)
    found = launch(join_with_cards, cluster, 2).wait()
    message = "trains on one graphics card; this one sees 2. .* CUDA_VISIBLE_DEVICES"
    assert re.match(f"ClusterError: .* {message}", found)
