"""This package: `CharLM` and its own `fit`, and `generate`."""

import numpy as np
from workload import BATCH_SIZE, CLIP_NORM, LEARNING_RATE, make_text

from seqmodels import CharLM, ContiguousBatches, generate
from seqmodels._tensorflow import keras


class Contender:
    def __init__(self, size, weights, dtype=None):
        self.model = CharLM(
            size.vocab_size, size.units, unit_forget_bias=False, dtype=dtype
        )
        self.model.set_weights(list(weights.values()))
        self.model.compile(
            keras.optimizers.SGD(LEARNING_RATE, global_clipnorm=CLIP_NORM)
        )
        self.batches = ContiguousBatches(make_text(size), BATCH_SIZE, size.num_steps)
        self.rng = np.random.default_rng(0)

    def train(self, windows):
        history = self.model.fit(self.batches, steps_per_epoch=windows, verbose=0)
        return history.history["loss"][0]

    def write(self, letters, batch_size, temperature=1):
        prompts = np.zeros((batch_size, 1), np.int32)
        return generate(self.model, prompts, letters, self.rng, temperature=temperature)
