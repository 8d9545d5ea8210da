"""This package: `CharLM` and its own `fit`, and `generate`."""

import numpy as np
from workload import BATCH_SIZE, CLIP_NORM, LEARNING_RATE, make_text

from seqmodels import CharLM, ContiguousBatches, generate
from seqmodels._tensorflow import keras


class Contender:
    def __init__(self, size, weights):
        self.model = CharLM(size.vocab_size, size.units, unit_forget_bias=False)
        self.model.set_weights(list(weights.values()))
        self.model.compile(
            keras.optimizers.SGD(LEARNING_RATE, global_clipnorm=CLIP_NORM)
        )
        self.batches = ContiguousBatches(make_text(size), BATCH_SIZE, size.num_steps)

    def train(self, num_windows):
        history = self.model.fit(self.batches, steps_per_epoch=num_windows, verbose=0)
        return history.history["loss"][0]

    def generate(self, num_chars):
        return generate(self.model, np.array([0]), num_chars, np.random.default_rng(0))
