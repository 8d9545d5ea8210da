"""One block of windows, read or trained on: what `fit` and `evaluate` compile."""

from seqmodels._tensorflow import keras, tf
from seqmodels.models import among, cards
from seqmodels.models.compiled import graph_function
from seqmodels.models.feeding import Block
from seqmodels.models.reading import concluder, mean_gradients, num_parts, reader
from seqmodels.models.windows import over_windows


def read_block(
    model: keras.Model, block: Block, training: bool
) -> dict[str, tf.Tensor]:
    """Reads, or trains on, the windows of a block; returns the metrics so far.

    Args:
        model: `LanguageModel`, within its train or test function.
        block: The windows, of this worker's streams.
        training: Whether to change the weights.
    """
    workers = model._running.workers
    functions = reader(model, training), mean_gradients, concluder(model)
    if model.jit_compile and not model.run_eagerly:
        # Made here, not once for all: they hold the optimizer of this `compile`.
        functions = (graph_function(f, jit_compile=True) for f in functions)
    read, average, conclude = functions

    def on_window(n, parts):
        first = workers.index if workers else cards.own_number(model)
        readings = [
            read(n, tf.constant(len(parts) * first + i), *part)
            for i, part in enumerate(parts)
        ]
        gradients = None  # XLA averages and applies in one
        if workers and training:
            gradients = workers.mean(average(readings))
        elif model._distribute_strategy and training:
            gradients = cards.mean(model, average(readings))
        after = conclude(n, [part.block for part in parts], readings, gradients)
        return after, [reading.states for reading in readings]

    if workers and not workers.is_chief:
        model.reset_metrics()  # so that what is said so far is added up once
    over_windows(
        on_window,
        block,
        model.initial_states(tf.shape(block.targets)[0]),
        model._running.states[training],
        num_parts(model, block.targets.shape[0]),
    )
    if workers:
        among.add_up(workers, model.metrics)
    return model.get_metrics_result()
