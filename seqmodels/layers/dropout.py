"""Dropout that costs little in compiled code."""

from seqmodels._tensorflow import keras, tf


@keras.saving.register_keras_serializable("seqmodels")
class Dropout(keras.layers.Layer):
    """`keras.layers.Dropout` with cheaper random numbers.

    Compiled for a CPU, the random numbers of Keras' own take longer than the LSTM
    behind them. These are a hash of each number's place and of a seed that changes
    at every call: a few whole-number operations on whole arrays. Every step of a
    sequence has a mask of its own. The seed is saved with the weights, so that
    training that is taken up again drops what it would have dropped.

    Args:
        rate: Share of the inputs to zero in training, from 0 to below 1. The others
            are scaled up so that the mean stays.
        seed: Seed of the first call's masks; `None` draws one.
    """

    def __init__(self, rate: float, *, seed: int | None = None, **kwargs):
        super().__init__(**kwargs)
        if not 0 <= rate < 1:
            raise ValueError(f"`rate` must be from 0 to below 1; got {rate}.")
        self.rate = rate
        self.seed = seed
        self.supports_masking = True
        if rate:
            self.seed_generator = keras.random.SeedGenerator(seed)
        self.built = True

    def call(self, inputs, training=False):
        """Zeroes a random share of `inputs`, of any shape, if `training`."""
        if not training or not self.rate:
            return inputs
        words = random_words(tf.size(inputs), self.seed_generator.next())
        dropped = min(round(2**32 * self.rate), 2**32 - 1)
        kept = tf.reshape(words >= tf.constant(dropped, tf.uint32), tf.shape(inputs))
        return tf.where(kept, inputs / (1 - self.rate), tf.zeros_like(inputs))

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        return tuple(input_shape)

    def save_own_variables(self, store):
        if self.rate:  # Keras keeps no seed generator's state in any file
            store["seed"] = self.seed_generator.state

    def load_own_variables(self, store):
        # Files of version 0.1.0 have no seed.
        if self.rate and "seed" in store.keys():  # noqa: SIM118, a store of Keras
            self.seed_generator.state.assign(store["seed"])

    def get_config(self) -> dict:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}


def random_words(size: tf.Tensor | int, seeds: tf.Tensor) -> tf.Tensor:
    """Random whole numbers from 0 to 2^32 - 1, good enough to drop by.

    Each is a hash of its place in the row and of two seeds, so nothing waits for
    anything else and compiled code does sixteen or so at a time.

    Args:
        size: How many.
        seeds: Two whole numbers.

    Source: "lowbias32" from C. Wellons, "Prospecting for Hash Functions", 2018.
    """
    seeds = tf.cast(seeds, tf.uint32)
    words = tf.cast(tf.range(size), tf.uint32) + _mix(seeds[0])
    return _mix(_mix(words) ^ seeds[1])


def _mix(words):
    for shift, factor in [(16, 0x7FEB352D), (15, 0x846CA68B), (16, 1)]:
        words ^= tf.bitwise.right_shift(words, tf.constant(shift, tf.uint32))
        words *= tf.constant(factor, tf.uint32)
    return words
