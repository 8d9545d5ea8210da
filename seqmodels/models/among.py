"""Training among several workers: what is other than in training alone."""

import hashlib
import json
from collections.abc import Mapping, Sequence

import numpy as np

from seqmodels._tensorflow import keras, tf
from seqmodels.display.progress import ProgressBar
from seqmodels.models.resuming import Resume
from seqmodels.text.batches import ContiguousBatches
from seqmodels.workers.collectives import Workers
from seqmodels.workers.joining import watched

# What writes files is the chief's to run; the others get from it what it reads.
CHIEFS_ALONE = (
    *(Resume, ProgressBar, keras.callbacks.ModelCheckpoint),
    *(keras.callbacks.CSVLogger, keras.callbacks.TensorBoard),
)


def take_workers(model: keras.Model) -> Workers | None:
    """The workers of the strategy that a model was made under; `None` if it is alone.

    Keras' `fit` fails under such a strategy (github.com/keras-team/keras/issues/20585),
    so the model forgets it: each worker runs Keras' `fit` for itself, on its share of
    the streams, and what must be the same on all is exchanged in between.
    """
    strategy = model._distribute_strategy
    several = isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy)
    if not several or strategy.cluster_resolver.task_id is None:
        return None
    if len(strategy.extended.worker_devices) > 1:
        raise ValueError(
            "Under `MultiWorkerMirroredStrategy` a worker trains on one device; this "
            f"one has {len(strategy.extended.worker_devices)}. Start a worker for each."
        )
    model._distribute_strategy = None
    return Workers(strategy)


def shares(
    model: keras.Model,
    method: str,
    texts: Sequence[ContiguousBatches | None],
    numbers: Sequence[int] = (),
) -> Sequence[ContiguousBatches | None]:
    """The streams of each text that this worker reads; all, if the model is alone.

    Args:
        model: `LanguageModel`.
        method: Of the model, which is called with the texts, on all workers.
        texts: The text, and that for validation.
        numbers: What else must be the same for all.

    Raises:
        DifferentWorkersError: If the workers are not about to do the same.
        ValueError: If a batch cannot be divided, or the call is within the scope.
    """
    workers = model._running.workers
    if workers is None:
        return texts
    if tf.distribute.has_strategy():
        raise ValueError(
            f"Call `{method}` outside of `strategy.scope()`: within it the model is "
            "made, compiled and loaded."
        )
    keep_own_variables(model, workers)
    names = ["text", "validation text"][: len(texts)]
    with watched(workers):
        named = dict(zip(names, texts, strict=True))
        check_same_training(workers, model, named, numbers)
        take_chiefs(workers, model.variables)
    return [x and x.share(workers.number, workers.index) for x in texts]


def keep_own_variables(model: keras.Model, workers: Workers) -> None:
    """Has a model and its optimizer use this worker's variables, not the strategy's.

    Those of the strategy have one component here. Outside of its scope they cost an
    exchange whenever a metric is read, and Keras' optimizer cannot change them in a
    loop; the component is a variable like any other.
    """
    metrics = [v for metric in model.metrics for v in metric.variables]
    for variable in [*model.variables, *model.optimizer.variables, *metrics]:
        whole = variable.value
        if isinstance(whole, tf.distribute.DistributedValues):
            model._running.wholes.append(whole)  # the optimizer knows it by that
            (own,) = workers.strategy.experimental_local_results(whole)
            variable._value = own
    for optimizer in (model.optimizer, getattr(model.optimizer, "inner_optimizer", 0)):
        if optimizer:  # one that scales the loss has another in it
            optimizer._distribution_strategy = tf.distribute.get_strategy()


def take_chiefs(workers: Workers, variables: Sequence[keras.Variable]) -> None:
    """Gives each variable the value that it has at the chief."""
    values = workers.from_chief([np.asarray(v.numpy()) for v in variables])
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def add_up(workers: Workers, metrics: Sequence[keras.metrics.Metric]) -> None:
    """Gives each variable of the metrics the sum over all workers.

    Raises:
        ValueError: If one is the strategy's.
    """
    variables = [v for metric in metrics for v in metric.variables]
    if any(isinstance(v.value, tf.distribute.DistributedValues) for v in variables):
        raise ValueError(
            "Metrics must be given to `compile` by their names, or be made outside of "
            "`strategy.scope()`."
        )
    totals = workers.sum([tf.convert_to_tensor(v.value) for v in variables])
    for variable, total in zip(variables, totals, strict=True):
        variable.assign(total)


def check_same_training(
    workers: Workers,
    model: keras.Model,
    texts: Mapping[str, ContiguousBatches | None],
    numbers: Sequence[int],
) -> None:
    """Raises on all workers if they are not about to do the same.

    Args:
        workers: All of them; all must call this.
        model: What is trained.
        texts: The whole texts, by what they are called.
        numbers: What else must be the same.

    Raises:
        DifferentWorkersError: If anything differs.
        ValueError: If something in the model is not the same for a part of a batch.
    """
    if model.non_trainable_weights:
        names = sorted({v.path for v in model.non_trainable_weights})
        raise ValueError(
            "Several workers cannot train what keeps statistics of whole batches: "
            f"{', '.join(names)}."
        )
    inner = getattr(model.optimizer, "inner_optimizer", None)
    said = {
        "model": _described(model),
        "optimizer": _described(model.optimizer) + (_described(inner) if inner else ""),
        "metrics": ", ".join(metric.name for metric in model.metrics),
    }
    for name, batches in texts.items():
        shape = (batches.batch_size, batches.num_steps) if batches is not None else None
        said[f"batch size and steps of the {name}"] = str(shape)
        said[name] = "" if batches is None else _digest(batches)
    workers.check_same(said | {"steps and epochs": str(list(numbers))})


def _described(part):
    config = part.get_config()
    # Keras numbers names by what a process has made before; an inner one has its own.
    config = {k: v for k, v in config.items() if k not in ("name", "inner_optimizer")}
    return json.dumps([type(part).__name__, config], sort_keys=True, default=str)


def _digest(batches):
    digest = hashlib.blake2b()
    for array in (batches.ids, *batches.features):
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def callbacks_among(workers: Workers | None, callbacks: list) -> list:
    """The callbacks of this worker: the chief's are all, and writers are its alone."""
    if workers is None:
        return callbacks
    for callback in callbacks:
        if isinstance(callback, keras.callbacks.BackupAndRestore):
            raise ValueError(
                "`BackupAndRestore` does not know of several workers; take "
                "`seqmodels.Resume`."
            )
    if not workers.is_chief:
        callbacks = [c for c in callbacks if not isinstance(c, CHIEFS_ALONE)]
    return [*callbacks, Together(workers)]


class Together(keras.callbacks.Callback):
    """Has all begin where the chief does, and stop when any of them does.

    It stands behind the others, so that it sees what they have done.
    """

    def __init__(self, workers: Workers):
        super().__init__()
        self.workers = workers

    def on_train_begin(self, logs=None):
        optimizer = self.model.optimizer
        if not optimizer.built:
            optimizer.build(self.model.trainable_variables)
        take_chiefs(self.workers, [*self.model.variables, *optimizer.variables])
        # As `Resume` has it, which is the chief's alone.
        self.model._initial_epoch = self.workers.told(self.model._initial_epoch)

    def on_epoch_begin(self, epoch, logs=None):
        self.model._initial_epoch = None

    def on_train_batch_end(self, batch, logs=None):
        self.model.stop_training = self.workers.any(self.model.stop_training)

    def on_epoch_end(self, epoch, logs=None):
        self.model.stop_training = self.workers.any(self.model.stop_training)
