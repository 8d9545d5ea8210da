"""The plainest loop that writes: an LSTM's equations in NumPy, a letter at a time."""

import numpy as np


class Contender:
    def __init__(self, size, weights):
        self.size, self.weights = size, weights
        self.rng = np.random.default_rng(0)

    def write(self, letters, batch_size, temperature=1):
        w = self.weights
        h = c = np.zeros((batch_size, self.size.units), np.float32)
        ids = np.zeros(batch_size, int)
        written = []
        for _ in range(letters):
            gates = w["kernel"][ids] + h @ w["recurrent_kernel"] + w["bias"]
            i, f, g, o = np.split(gates, 4, axis=1)
            c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(c)
            logits = h @ w["classifier"] + w["classifier_bias"]
            if temperature:
                logits /= temperature
                bounds = np.cumsum(np.exp(logits - logits.max(1, keepdims=True)), 1)
                draws = self.rng.random((batch_size, 1), np.float32) * bounds[:, -1:]
                ids = np.minimum((bounds <= draws).sum(1), bounds.shape[1] - 1)
            else:
                ids = logits.argmax(1)
            written.append(ids)
        return np.stack(written, axis=1)


def sigmoid(x):
    return 0.5 + 0.5 * np.tanh(0.5 * x)
