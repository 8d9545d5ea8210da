"""A seed gives the weights that it gives with Keras' own initializers, in turn."""

import keras
import numpy as np

from seqmodels import CharLM


def test_nothing_else_draws_between_them():
    keras.utils.set_random_seed(3)
    wanted = [
        keras.initializers.GlorotUniform()((9, 32)),
        keras.initializers.Orthogonal()((8, 32)),
        np.repeat([0, 1, 0, 0], 8),
        keras.initializers.GlorotUniform()((8, 9)),
        np.zeros(9),
    ]
    keras.utils.set_random_seed(3)
    found = CharLM(9, 8).get_weights()
    for ours, theirs in zip(found, wanted, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)
