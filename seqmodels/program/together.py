"""`train` alone or among several workers: who says what, and who does what."""

import contextlib
import math
from collections.abc import Callable, Iterator

from seqmodels.program.quietly import import_tensorflow
from seqmodels.program.reading import RefusedError
from seqmodels.workers.cluster import (
    Cluster,
    ClusterError,
    check_own_host,
    check_port,
    find_cluster,
)


class Alone:
    """One process, which decides everything itself."""

    number, is_chief, strategy = 1, True, None

    def told(self, value: object) -> object:
        """What the chief says, which is this."""
        return value

    def any(self, said: bool) -> bool:
        """Whether any says so."""
        return said

    def total(self, value: float) -> float:
        """The sum of all workers' numbers."""
        return value

    def check_same(self, said: dict[str, str]) -> None:
        """There is nobody to differ from."""


def the_cluster(workers: str | None, index: int | None) -> Cluster | None:
    """The cluster that is asked for, checked on this machine; `None` for one alone.

    Raises:
        RefusedError: If it will not do.
    """
    try:
        cluster = find_cluster(workers, index)
        if cluster is not None and workers is not None:
            check_own_host(cluster)
        if cluster is not None:
            check_port(cluster)
    except ClusterError as error:
        raise RefusedError(str(error)) from None
    return cluster if cluster and len(cluster.addresses) > 1 else None


@contextlib.contextmanager
def gathered(cluster: Cluster | None, say: Callable) -> Iterator[object]:
    """Those who train together, once all have come; what goes wrong is refused.

    Args:
        cluster: The workers, or `None`.
        say: Prints a line.

    Raises:
        RefusedError: If they cannot begin, or cannot go on without one.
    """
    if cluster is None:
        yield Alone()
        return
    import_tensorflow()
    from seqmodels.workers.collectives import DifferentWorkersError, Workers
    from seqmodels.workers.joining import WAIT, LostWorkerError, join, watched

    say(
        f"Worker {cluster.index} of {len(cluster.addresses)}: waits for the others, "
        f"{WAIT / 60:.0f} minutes at most"
    )
    try:
        workers = Workers(join(cluster), cluster.addresses)
        with watched(workers):
            yield workers
    except (ClusterError, DifferentWorkersError) as error:
        raise RefusedError(str(error)) from None
    except LostWorkerError as error:
        raise RefusedError(
            f"{error}\nWhat was learnt is kept by worker 0: start all of them again, "
            "by the same commands, and they go on where they were."
        ) from None


def check_number(number: int, *streams: int) -> None:
    """Raises if streams cannot be divided among so many workers.

    Raises:
        RefusedError: Names the numbers that can be.
    """
    common = math.gcd(*streams)
    if common % number:
        able = [n for n in range(1, common + 1) if common % n == 0]
        raise RefusedError(
            f"{common} streams of text cannot be divided among {number} workers; "
            f"there can be {', '.join(map(str, able))}."
        )
