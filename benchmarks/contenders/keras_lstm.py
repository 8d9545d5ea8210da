"""`keras.layers.LSTM` in a stateful model, trained by `fit`, sampled by `predict`."""

import keras
import numpy as np
import tensorflow as tf
from workload import BATCH_SIZE, CLIP_NORM, LEARNING_RATE, make_windows

from seqmodels.text.sampling import sample_logits


class Contender:
    """Keras at its defaults; `unroll`, `jit` and `block` depart from them.

    With `block`, several windows to a compiled call, and a `tf.data` pipeline that
    TensorFlow does not tune: what `fit` makes of arrays is tuned, and sometimes ends
    late, by up to as long as it ran.
    """

    def __init__(self, size, weights, unroll=False, jit="auto", block=False):
        self.size, self.block = size, block
        self.model = self._build(BATCH_SIZE, size.num_steps, weights, unroll)
        self.model.compile(
            keras.optimizers.SGD(LEARNING_RATE, global_clipnorm=CLIP_NORM),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            jit_compile=jit,
            steps_per_execution=size.block if block else 1,
        )
        self.windows = make_windows(size)
        self.writers = {}  # a stateful model has one batch size for good

    def _build(self, batch_size, num_steps, weights, unroll):
        vocab_size = self.size.vocab_size
        ids = keras.Input(batch_shape=(batch_size, num_steps), dtype="int32")
        lstm = keras.layers.LSTM(
            self.size.units, return_sequences=True, stateful=True, unroll=unroll
        )
        outputs = lstm(keras.ops.one_hot(ids, vocab_size))
        model = keras.Model(ids, keras.layers.Dense(vocab_size)(outputs))
        model.lstm = lstm
        model.set_weights(list(weights.values()))
        return model

    def train(self, windows):
        self.model.lstm.reset_state()
        parts = tuple(part[:windows] for part in self.windows)
        if self.block:
            options = tf.data.Options()
            options.autotune.enabled = False
            data = tf.data.Dataset.from_tensor_slices(parts).with_options(options)
            history = self.model.fit(data, verbose=0)
        else:
            rows = [part.reshape(-1, self.size.num_steps) for part in parts]
            history = self.model.fit(
                *rows, batch_size=BATCH_SIZE, shuffle=False, verbose=0
            )
        return history.history["loss"][0]

    def write(self, letters, batch_size, temperature=1):
        if batch_size not in self.writers:
            weights = dict(enumerate(self.model.get_weights()))
            self.writers[batch_size] = self._build(batch_size, 1, weights, False)
        writer = self.writers[batch_size]
        writer.lstm.reset_state()
        rng = np.random.default_rng(0)
        written = [np.zeros(batch_size, np.int32)]
        for _ in range(letters):
            logits = writer.predict(written[-1][:, None], verbose=0)[:, 0]
            written.append(sample_logits(logits, rng, temperature=temperature))
        return np.stack(written[1:], axis=1)
