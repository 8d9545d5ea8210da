"""`keras.layers.LSTM` in a stateful model, trained by `fit`, sampled by `predict`."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from workload import BATCH_SIZE, CLIP_NORM, LEARNING_RATE, make_windows

from seqmodels.text.sampling import sample_logits


class Contender:
    """Keras at its defaults; `unroll`, `jit` and `block` depart from them."""

    def __init__(self, size, weights, unroll=False, jit="auto", block=False):
        self.size = size
        self.model = self._build(BATCH_SIZE, size.num_steps, weights, unroll)
        self.model.compile(
            keras.optimizers.SGD(LEARNING_RATE, global_clipnorm=CLIP_NORM),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            jit_compile=jit,
            steps_per_execution=size.block if block else 1,
        )
        inputs, targets = make_windows(size)
        self.inputs = inputs.reshape(-1, size.num_steps)  # window after window
        self.targets = targets.reshape(-1, size.num_steps)
        self.generator = None

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

    def train(self, num_windows):
        self.model.lstm.reset_state()
        rows = slice(num_windows * BATCH_SIZE)
        history = self.model.fit(
            self.inputs[rows],
            self.targets[rows],
            batch_size=BATCH_SIZE,
            shuffle=False,
            verbose=0,
        )
        return history.history["loss"][0]

    def generate(self, num_chars):
        if self.generator is None:  # a stateful model has one batch size for good
            weights = dict(enumerate(self.model.get_weights()))
            self.generator = self._build(1, 1, weights, unroll=False)
        self.generator.lstm.reset_state()
        rng = np.random.default_rng(0)
        ids = np.zeros((1, 1), np.int32)
        for _ in range(num_chars):
            logits = self.generator.predict(ids, verbose=0)
            ids = sample_logits(logits[:, 0], rng)[:, None]
        return ids
