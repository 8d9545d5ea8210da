"""What runs as one compiled call, and when by XLA."""

import functools
from collections.abc import Callable

from seqmodels._tensorflow import expect_retracing, keras, tf

KERAS_FOR_CARDS = 3, 10  # the oldest whose losses and metrics are those of all cards


def use_xla() -> bool:
    """Whether to compile by XLA what Keras would leave alone.

    On a machine without accelerators XLA trains small models twice as fast and large
    ones no slower, and writes many times as fast; Keras' `jit_compile="auto"` does not
    use it there. Where there is one, Keras decides: cuDNN's layers have no XLA kernel,
    and graphics cards of Macs have no XLA.
    """
    devices = tf.config.list_physical_devices()
    return all(device.device_type == "CPU" for device in devices)


class XLAModel(keras.Model):
    """A model that is compiled by XLA unless told otherwise, where that can be."""

    def compile(self, optimizer="rmsprop", loss=None, *, jit_compile="auto", **kwargs):
        """As in Keras, all but the first two by name; for `"auto"` see `use_xla`.

        Raises:
            RuntimeError: If there are several cards, and Keras is too old for them.
        """
        self._jit_compile_asked_for = jit_compile
        if isinstance(self._distribute_strategy, tf.distribute.MirroredStrategy):
            _check_keras(self._distribute_strategy)
        if jit_compile == "auto" and self._distribute_strategy is not None:
            jit_compile = False  # XLA compiles for one device
        if jit_compile == "auto" and not kwargs.get("run_eagerly") and use_xla():
            jit_compile = True
        super().compile(optimizer, loss, jit_compile=jit_compile, **kwargs)
        # So that it is whole in a file, also before any training.
        if self.built and not self.optimizer.built:
            self.optimizer.build(self.trainable_variables)

    def fit(self, *args, **kwargs):
        """As in Keras, but not under `MultiWorkerMirroredStrategy`.

        Raises:
            ValueError: If the model was made in its scope.
        """
        strategy = self._distribute_strategy
        if isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy):
            raise ValueError(
                f"`{type(self).__name__}` cannot be trained under "
                "`MultiWorkerMirroredStrategy`, for Keras' `fit` fails there "
                "(github.com/keras-team/keras/issues/20585); a language model of this "
                "package can. Under `MirroredStrategy` it can."
            )
        if strategy is not None and self.compiled:
            _make_metrics(self)
        return super().fit(*args, **kwargs)

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        # Under a strategy Keras tries a model on a mean of the replicas' batches, which
        # is of floats, where ours read ids; and they are built when they are made.
        pass

    def get_compile_config(self):
        config = super().get_compile_config()
        if config:  # "auto" is decided anew on the machine that loads the file
            config["jit_compile"] = self._jit_compile_asked_for
        return config

    def compile_from_config(self, config):
        # Keras leaves a loaded model uncompiled if its `compile` is not Keras' own.
        self.compile(**keras.saving.deserialize_keras_object(config))


def _check_keras(strategy: tf.distribute.Strategy) -> None:
    """Raises if this version of Keras does not train on several cards as on one.

    Raises:
        RuntimeError: If so.
    """
    version = tuple(map(int, keras.__version__.split(".")[:2]))
    if strategy.num_replicas_in_sync > 1 and version < KERAS_FOR_CARDS:
        raise RuntimeError(
            "Several cards need Keras 3.10 or later, for older versions take one "
            "card's losses and metrics for those of all, and the oldest add up "
            f"gradients that are to be averaged; this is Keras {keras.__version__}."
        )


def _make_metrics(model) -> None:
    """Makes the variables of compiled metrics, before a train function needs them."""
    # One that has to make variables itself is compiled with a condition around it, in
    # which TensorFlow loses what the devices of a strategy exchange.

    def make():
        ids, logits = tf.zeros((1, 1), tf.int32), tf.zeros((1, 1, model.vocab_size))
        model.compute_metrics(ids, ids, logits)

    strategy = model._distribute_strategy
    tf.function(lambda: strategy.run(make), autograph=False)()
    model.reset_metrics()


def graph_function(function: Callable, **options) -> Callable:
    """`tf.function` of what is traced once for every model."""
    expect_retracing(f"{function.__qualname__} at ")
    return tf.function(function, reduce_retracing=True, autograph=False, **options)


class compiled:  # noqa: N801, a decorator
    """Turns an `XLAModel`'s method into a `tf.function`, by XLA as its `fit` is."""

    def __init__(self, method: Callable):
        self._plain, self._by_xla = (
            graph_function(method, jit_compile=by_xla) for by_xla in (None, True)
        )
        functools.update_wrapper(self, method)

    def __get__(self, model, owner=None):
        if model is None:
            return self
        by_xla = model.jit_compile or (not model.compiled and use_xla())
        function = self._by_xla if by_xla else self._plain
        return function.__get__(model, owner)  # each model has traces of its own
