"""Workers that are processes of this machine."""

import pytest

from seqmodels.workers.cluster import Cluster
from tests.launched import free_addresses


@pytest.fixture
def launch_workers(launch):
    """A function that calls a function as each of some workers: `(cluster, *args)`."""

    def start(number, function, *args, **options):
        addresses = tuple(free_addresses(number))
        clusters = [Cluster(addresses, index) for index in range(number)]
        return [launch(function, cluster, *args, **options) for cluster in clusters]

    return start
