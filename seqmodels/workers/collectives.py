"""What workers tell one another: sums, means, and what the chief knows."""

import hashlib
import json
from collections.abc import Mapping, Sequence

import numpy as np

from seqmodels._tensorflow import tf

SLOTS = 32  # of a fixed number, so that other versions can be compared with
SUM, MEAN = tf.distribute.ReduceOp.SUM, tf.distribute.ReduceOp.MEAN


class DifferentWorkersError(ValueError):
    """The workers do not train the same model on the same text in the same way."""


class Workers:
    """The workers of a strategy, each of one device, and which one this is.

    Every method is one exchange, for which all of them wait: all workers must call
    the same ones in the same order. They may be called in compiled code, but not in
    what XLA compiles.

    Args:
        strategy: `tf.distribute.MultiWorkerMirroredStrategy`.
        addresses: To call them by in messages; `None` takes the strategy's.
    """

    def __init__(
        self, strategy: tf.distribute.Strategy, addresses: Sequence[str] | None = None
    ):
        self.strategy = strategy
        if addresses is None:
            jobs = strategy.cluster_resolver.cluster_spec().as_dict()
            addresses = [*jobs.get("chief", []), *jobs.get("worker", [])]
        self.addresses = tuple(addresses)
        numbers = strategy.experimental_distribute_values_from_function(
            lambda context: context.replica_id_in_sync_group
        )
        self.index = int(strategy.experimental_local_results(numbers)[0])
        self.number = strategy.num_replicas_in_sync

    @property
    def is_chief(self) -> bool:
        """Whether this one prints and saves."""
        return self.index == 0

    def mean(self, tensors: Sequence[tf.Tensor]) -> list[tf.Tensor]:
        """The mean of each over all workers; of `tf.IndexedSlices` such ones."""
        return self._reduced(MEAN, tensors)

    def sum(self, tensors: Sequence[tf.Tensor]) -> list[tf.Tensor]:
        """The sum of each over all workers."""
        return self._reduced(SUM, tensors)

    def _reduced(self, how, tensors):
        with self.strategy.scope(), tf.device(self.strategy.extended.worker_devices[0]):
            # In a loop of compiled code a tensor has no device, and none is guessed.
            tensors = [tf.nest.map_structure(tf.identity, x) for x in tensors]
            pairs = [(x, x) for x in tensors]
            found = self.strategy.extended.batch_reduce_to(how, pairs)
        return [self.strategy.experimental_local_results(x)[0] for x in found]

    def from_chief(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The chief's arrays, of everybody's shapes and types; others' are not read."""
        arrays = [np.asarray(array) for array in arrays]
        sent = []
        for array in arrays:
            number = array if self.is_chief else np.zeros_like(array)
            whole = number.dtype.kind in "iub"  # not every kind can be added up
            sent.append(tf.constant(number.astype(np.int64) if whole else number))
        found = self.sum(sent)
        return [
            new.numpy().astype(array.dtype)
            for new, array in zip(found, arrays, strict=True)
        ]

    def told(self, value: object) -> object:
        """What the chief says, a value that JSON can hold; the others' is not read."""
        content = json.dumps(value).encode() if self.is_chief else b""
        (size,) = self.from_chief([np.int64(len(content))])
        sent = np.zeros(size, np.uint8)
        if self.is_chief:
            sent[:] = np.frombuffer(content, np.uint8)
        return json.loads(self.from_chief([sent])[0].tobytes())

    def total(self, value: float) -> float:
        """The sum of all workers' numbers."""
        return float(self.sum([tf.constant(value, tf.float64)])[0].numpy())

    def any(self, said: bool) -> bool:
        """Whether any worker says so."""
        return bool(self.sum([tf.constant(int(said), tf.int64)])[0].numpy())

    def check_same(self, said: Mapping[str, str | bytes]) -> None:
        """Raises on all workers if any of them differs from the chief in something.

        Args:
            said: What is compared, by what it is called; at most `SLOTS` of them.

        Raises:
            DifferentWorkersError: Names the first such thing, and the workers.
        """
        rows = np.zeros((self.number, SLOTS), np.int64)
        for slot, value in enumerate(said.values()):
            rows[self.index, slot] = _digest(value)
        rows = self.sum([tf.constant(rows)])[0].numpy()
        for slot, (name, value) in enumerate(said.items()):
            others = np.flatnonzero(rows[:, slot] != rows[0, slot])
            if len(others):
                short = isinstance(value, str) and len(value) < 40
                here = f" Here it is {value}." if short else ""
                who = ", ".join(f"{n} ({self.addresses[n]})" for n in others)
                raise DifferentWorkersError(
                    f"The workers must have the same {name}; that of worker {who} "
                    f"is not that of worker 0 ({self.addresses[0]}).{here}"
                )


def _digest(value):
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(value, digest_size=8).digest()
    return np.frombuffer(digest, np.int64)[0]
