"""Workers that are processes of this machine."""

import socket

import pytest

from seqmodels.workers.cluster import Cluster


def free_addresses(number):
    """Addresses of this machine at which nobody listens."""
    sockets = [socket.socket() for _ in range(number)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    addresses = [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]
    for each in sockets:
        each.close()
    return addresses


@pytest.fixture
def launch_workers(launch):
    """A function that calls a function as each of some workers: `(cluster, *args)`."""

    def start(number, function, *args, **options):
        addresses = tuple(free_addresses(number))
        clusters = [Cluster(addresses, index) for index in range(number)]
        return [launch(function, cluster, *args, **options) for cluster in clusters]

    return start
