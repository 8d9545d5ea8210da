"""Other bodies in the place of 07's LSTM: a small causal Transformer, and a window."""

import keras
import numpy as np
import tensorflow as tf

LENGTH = 100  # letters of a window


class LastSteps(keras.layers.Layer):
    """A dense layer that reads this step and the seven before it, all of their inputs.

    Args:
        units: Size of what it hands on.
    """

    def __init__(self, units):
        super().__init__()
        self.dense = keras.layers.Dense(units, activation="relu")

    def build(self, input_shape):
        self.size = input_shape[-1]
        self.dense.build((None, None, 8 * self.size))

    def initial_states(self, batch_size):
        return tf.zeros((batch_size, 7, self.size))

    def call(self, x, states, training=False):
        known = tf.concat([states, x], axis=1)
        steps = tf.shape(x)[1]
        last = [known[:, n : n + steps] for n in range(8)]
        return self.dense(tf.concat(last, axis=-1)), known[:, -7:]


class Attention(keras.layers.Layer):
    """Two layers of causal self-attention; of earlier windows it knows nothing.

    Args:
        units: Size of what it hands on.
    """

    def __init__(self, units):
        super().__init__()
        self.enter = keras.layers.Dense(units)
        self.blocks = [_Block(units) for _ in range(2)]
        self.leave = keras.layers.LayerNormalization()
        self.places = self.add_weight(shape=(LENGTH, units), initializer="normal")

    def build(self, input_shape):
        size = (None, None, self.places.shape[1])
        self.enter.build(input_shape)
        for block in self.blocks:
            block.build(size)
        self.leave.build(size)

    def initial_states(self, batch_size):
        return []

    def call(self, x, states, training=False):
        x = self.enter(x) + self.places[: tf.shape(x)[1]]
        for block in self.blocks:
            x = block(x)
        return self.leave(x), states


class _Block(keras.layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.norms = [keras.layers.LayerNormalization() for _ in range(2)]
        self.attend = keras.layers.MultiHeadAttention(4, units // 4)
        self.wide = keras.layers.Dense(4 * units, activation="gelu")
        self.narrow = keras.layers.Dense(units)

    def build(self, size):
        for part in (*self.norms, self.wide):
            part.build(size)
        self.attend.build(size, size)
        self.narrow.build((None, None, 4 * size[-1]))

    def call(self, x):
        y = self.norms[0](x)
        x = x + self.attend(y, y, use_causal_mask=True)
        return x + self.narrow(self.wide(self.norms[1](x)))


def windowed_log_probs(model, ids, features):
    """As `model.log_probs`, each letter after at least half a window of others."""
    half, arrays = LENGTH // 2, (np.asarray(ids), *features)
    found = [np.full(1, -np.log(27))]
    starts = range(0, len(ids) - LENGTH - 1, half)
    for first in range(0, len(starts), 64):
        some = starts[first : first + 64]
        cuts = [np.stack([a[s : s + LENGTH] for s in some]) for a in arrays]
        targets = np.stack([ids[s + 1 : s + 1 + LENGTH] for s in some])
        logits = model(tuple(map(tf.constant, cuts)), [])[0]
        log_probs = tf.nn.log_softmax(logits).numpy()
        log_probs = np.take_along_axis(log_probs, targets[..., None], 2)[..., 0]
        if not first:
            found.append(log_probs[0, :half])
        found.append(log_probs[:, half:].reshape(-1))
    return np.concatenate(found)  # but the text's last few letters
