"""TensorFlow's own engine for several workers, so that nobody waits for ever."""

import contextlib
import logging
import re
import socket
import sys
from collections.abc import Sequence

import numpy as np

from seqmodels._tensorflow import keras, tf
from seqmodels.workers.cluster import (
    Cluster,
    ClusterError,
    check_own_host,
    check_port,
    find_cluster,
    split_address,
)
from seqmodels.workers.collectives import Workers

WAIT = 300  # seconds that all may take to come
ASKED_EVERY, ANSWER_IN, TIMES = 10, 10, 2  # seconds, seconds; how workers are watched
# What a silent machine can cost the others, in seconds; a process that ends is noticed
# at once, for its connections are closed.
SILENT_FOR = ASKED_EVERY + ANSWER_IN * TIMES


class LostWorkerError(RuntimeError):
    """A worker has ended, or does not answer; the others cannot go on without it."""


def join_workers(
    workers: str | Sequence[str] | None = None,
    index: int | None = None,
    wait: float = WAIT,
) -> tf.distribute.Strategy:
    """Joins the workers named, or those in `TF_CONFIG`; the same call on each of them.

    In the strategy's scope a model is made, compiled and loaded; outside of it
    `LanguageModel.fit` and `evaluate` are called, by all workers with the same
    arguments.

        strategy = seqmodels.join_workers("host1:9001,host2:9001", index=0)
        with strategy.scope():
            model = seqmodels.CharLM(27, 512)
            model.compile("adam")
        model.fit(batches, epochs=10, callbacks=[seqmodels.Resume("folder")])

    Args:
        workers: Addresses, `host:port`, or a text with commas between; `None` takes
            `TF_CONFIG`.
        index: The number of this one, from 0, the chief.
        wait: Seconds to wait for the others.

    Raises:
        ClusterError: As `find_cluster` and `join`, or if there is no `TF_CONFIG`.
        DifferentWorkersError: If another has other versions.
        RuntimeError: As `join`.
    """
    if workers is not None and not isinstance(workers, str):
        workers = ",".join(workers)
    cluster = find_cluster(workers, index)
    if cluster is None:
        raise ClusterError("`workers` must be addresses, for TF_CONFIG is not set.")
    if workers is not None:
        check_own_host(cluster)
    return join(cluster, wait)


def join(cluster: Cluster, wait: float = WAIT) -> tf.distribute.Strategy:
    """Waits for all workers; returns the strategy in whose scope a model is made.

    It is `tf.distribute.MultiWorkerMirroredStrategy`, with TensorFlow's own watch over
    the other workers in place of a service that does not notice a machine that is
    silent. One device a worker: where a machine has several graphics cards, each gets
    a process of its own, to which `CUDA_VISIBLE_DEVICES` shows that card alone.

    Args:
        cluster: The workers, and which one this is.
        wait: Seconds to wait for the others.

    Raises:
        ClusterError: If not all came, one has other versions, or this one has several
            graphics cards.
        RuntimeError: If TensorFlow has been used already in this process, or it has
            joined before.
    """
    from tensorflow.python.distribute import collective_all_reduce_strategy as engine
    from tensorflow.python.eager import context

    if context.context()._context_handle is not None:
        raise RuntimeError(
            "Workers must be joined before TensorFlow is used, and once in a process; "
            "here TensorFlow has begun already. Start the process anew."
        )
    check_port(cluster)
    cards = len(tf.config.list_physical_devices("GPU"))
    if cards > 1:
        raise ClusterError(
            f"A worker trains on one graphics card; this one sees {cards}. Start one "
            "for each, and let CUDA_VISIBLE_DEVICES show it that card alone."
        )
    # TensorFlow's coordination service keeps Python's lock while it waits, takes
    # SIGTERM for itself, and let a stopped worker be waited for without end.
    context.context().configure_coordination_service(service_type="")
    watch = engine.CollectiveAllReduceExtended
    watch._check_health_initial_timeout = int(wait)
    watch._check_health_interval = ASKED_EVERY
    watch._check_health_timeout = ANSWER_IN
    watch._check_health_retry_limit = TIMES
    tf.get_logger().addFilter(_is_news)
    resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
        tf.train.ClusterSpec({"worker": list(cluster.addresses)}),
        task_type="worker",
        task_id=cluster.index,
        num_accelerators={"GPU": cards},
        rpc_layer="grpc",
    )
    try:
        strategy = tf.distribute.MultiWorkerMirroredStrategy(resolver)
    except tf.errors.OpError as error:
        address = cluster.addresses[cluster.index]
        raise ClusterError(f"{address} cannot be served: {error.message}") from None
    except RuntimeError as error:
        if "Timeout waiting" not in str(error):
            raise
        missing = unreachable(cluster.addresses, cluster.index)
        who = (
            f"{_named(missing, cluster)} cannot be reached" if missing else "others did"
        )
        raise ClusterError(
            f"Not all workers came within {wait:.0f} seconds: {who}."
        ) from None
    # Each variable would be the chief's, sent while the others wait for one of the same
    # shape. Others' own are compared first, and what the chief has is sent after that.
    strategy.extended._get_variable_creator_initial_value = super(
        watch, strategy.extended
    )._get_variable_creator_initial_value
    workers = Workers(strategy, cluster.addresses)
    with watched(workers):
        workers.check_same(versions())
    return strategy


def versions() -> dict[str, str]:
    """What must be the same on all workers before anything is said."""
    from seqmodels import __version__

    return {
        "version of seqmodels": __version__,
        "version of TensorFlow": tf.__version__,
        "version of Keras": keras.__version__,
        "version of NumPy": np.__version__,
        "byte order": sys.byteorder,
    }


def unreachable(addresses: tuple[str, ...], own: int) -> list[int]:
    """The numbers of the workers at whose address nobody listens."""
    missing = []
    for number, address in enumerate(addresses):
        try:
            if number != own:
                socket.create_connection(split_address(address), timeout=5).close()
        except OSError:
            missing.append(number)
    return missing


@contextlib.contextmanager
def watched(workers: Workers | None):
    """Turns TensorFlow's errors of a lost worker into one that names it.

    Raises:
        LostWorkerError: If one has ended, or has not answered for `SILENT_FOR` seconds.
    """
    try:
        yield
    except (
        *(tf.errors.UnavailableError, tf.errors.AbortedError),
        *(tf.errors.CancelledError, tf.errors.DeadlineExceededError),
        *(tf.errors.FailedPreconditionError, tf.errors.InternalError),
    ) as error:
        said = re.findall(r"/task:(\d+) (?:is down|while calling)", error.message)
        lost = sorted({int(number) for number in said} - {workers.index})
        lost = lost or unreachable(workers.addresses, workers.index)
        if not (lost or "ollective" in error.message):
            raise  # of something else
        who = _named(lost, workers) if lost else "A worker"
        raise LostWorkerError(
            f"{who} has ended or does not answer, and the others cannot go on "
            "without it."
        ) from error


def _named(numbers, cluster):
    names = [f"worker {n} ({cluster.addresses[n]})" for n in numbers]
    return " and ".join(names).capitalize() if names else ""


def _is_news(record: logging.LogRecord) -> bool:
    said = record.getMessage()  # what is raised says it better
    return "seems down, retrying" not in said and "Cluster check alive" not in said
