"""Which workers there are, and which one this is; known before TensorFlow is asked."""

import errno
import json
import os
import socket
from collections.abc import Mapping, Sequence
from typing import NamedTuple

CHIEF, WORKER = "chief", "worker"


class ClusterError(ValueError):
    """The workers named cannot be those of one training, or this is none of them."""


class Cluster(NamedTuple):
    """The workers' addresses, `host:port` each, and the number of this one.

    The first is the chief, which prints and saves.
    """

    addresses: tuple[str, ...]
    index: int

    def __str__(self):
        return f"worker {self.index} of {len(self.addresses)}"


def find_cluster(
    workers: str | None = None,
    index: int | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Cluster | None:
    """The cluster that arguments name or `TF_CONFIG`; `None` if neither names one.

    >>> find_cluster("host1:9001,host2:9001", 1, {})
    Cluster(addresses=('host1:9001', 'host2:9001'), index=1)

    Args:
        workers: Addresses, `host:port`, between commas.
        index: The number of this one, from 0.
        environment: Of the process. What an orchestrator has written to `TF_CONFIG`
            is described at tensorflow.org, "Distributed training with Keras".

    Raises:
        ClusterError: If something is missing, wrong, or said twice.
    """
    config = environment.get("TF_CONFIG")
    if workers is None:
        if index is not None:
            raise ClusterError("--index is the number among --workers; name these too.")
        return _from_config(config) if config else None
    if config:
        raise ClusterError("TF_CONFIG names workers too: leave out --workers, or it.")
    if index is None:
        raise ClusterError("--workers needs --index, the number of this one, from 0.")
    return _checked(workers.split(","), index, "--workers", "--index")


def _from_config(config):
    try:
        found = json.loads(config)
        jobs, task = found["cluster"], found["task"]
        kind, index = task["type"], task["index"]
        chiefs, others = jobs.get(CHIEF, []), jobs.get(WORKER, [])
        known = set(jobs) <= {CHIEF, WORKER} and len(chiefs) <= 1
        if kind not in jobs or not known:
            raise ClusterError(
                "TF_CONFIG must have the jobs chief, of one task, and worker, or "
                f"worker alone, and a task of them; got jobs {sorted(jobs)} and a "
                f"{kind}."
            )
        # Within its own job: the first worker behind a chief is another task than it.
        _check_index(index, len(jobs[kind]), "TF_CONFIG's index", kind)
        if kind == WORKER:
            index += len(chiefs)
        return _checked([*chiefs, *others], index, "TF_CONFIG", "TF_CONFIG's index")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, ClusterError):
            raise
        raise ClusterError(
            'TF_CONFIG must be JSON such as {"cluster": {"worker": ["host1:9001", '
            '"host2:9001"]}, "task": {"type": "worker", "index": 0}}; '
            f"got {config[:200]}."
        ) from None


def _checked(addresses: Sequence[str], index, named: str, index_named: str) -> Cluster:
    addresses = tuple(address.strip() for address in addresses)
    for address in addresses:
        host, colon, port = address.rpartition(":")
        if not (host and colon and port.isdecimal() and 0 < int(port) < 65536):
            raise ClusterError(
                f"{named} must be addresses like host1:9001,host2:9001; "
                f"got {address!r}."
            )
    twice = {address for address in addresses if addresses.count(address) > 1}
    if twice:
        raise ClusterError(f"{named} has {min(twice)} twice; one process, one port.")
    _check_index(index, len(addresses), index_named, WORKER)
    return Cluster(addresses, index)


def _check_index(index, number, named, kind):
    if type(index) is not int or not 0 <= index < number:
        raise ClusterError(
            f"{named} must be from 0 to {number - 1} (number of {kind}s: {number}); "
            f"got {index!r}."
        )


def split_address(address: str) -> tuple[str, int]:
    """Host, without the brackets of IPv6, and port."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def check_own_host(cluster: Cluster) -> None:
    """Raises if this machine does not have the address that is to be its own.

    Not for `TF_CONFIG`: an orchestrator's address may stand before a machine that
    does not know it.

    Raises:
        ClusterError: If so.
    """
    host, _ = split_address(cluster.addresses[cluster.index])
    try:
        found = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)
    except OSError as error:
        raise ClusterError(f"{host} is not known here: {error.strerror}.") from None
    for family, kind, protocol, _, address in found:
        with socket.socket(family, kind, protocol) as probe:
            try:
                probe.bind(address)
                return
            except OSError as error:
                problem = error
    if problem.errno == errno.EADDRNOTAVAIL:
        raise ClusterError(
            f"--index is {cluster.index}, but {host} is no address of this machine."
        )


def check_port(cluster: Cluster) -> None:
    """Raises if this worker's port is taken or may not be.

    Raises:
        ClusterError: If so.
    """
    _, port = split_address(cluster.addresses[cluster.index])
    with socket.socket() as probe:
        if os.name == "posix":  # a port whose last user has just ended is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError as error:
            why = error.strerror or str(error)
            if error.errno == errno.EADDRINUSE:
                why = f"in use on this machine; is worker {cluster.index} running here?"
            raise ClusterError(f"Port {port} cannot be taken: {why}") from None
