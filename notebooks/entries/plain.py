"""The control: a dense layer in the LSTM's place, with as many weights (07)."""

import keras
import tensorflow as tf
from _by_the_clock import end_that_fits, train

from seqmodels import (
    ContiguousBatches,
    InformedLM,
    LanguageModel,
    MatchModel,
    NGramLM,
    cross_fitted_log_probs,
)

DESCRIPTION = "a dense layer of 2,104 units, told the same as the LSTM of told.py"


class Plain(LanguageModel):
    """Knows nothing of the step before but what it is told."""

    def __init__(self, vocab_size, units, num_matches):
        super().__init__()
        self.vocab_size, self.num_matches = vocab_size, num_matches
        self.feature_sizes = vocab_size, num_matches
        self.dense = keras.layers.Dense(units, activation="relu")
        self.classifier = keras.layers.Dense(vocab_size)
        self.dense.build((None, None, (2 + num_matches) * vocab_size))
        self.classifier.build((None, None, units))
        shape = num_matches * vocab_size, vocab_size
        self.trust = self.add_weight(shape=(vocab_size,), initializer="ones")
        self.follow = self.add_weight(shape=shape, initializer="zeros")
        self.built = True

    def initial_states(self, batch_size):
        return []

    def call(self, inputs, states=None, training=False):
        ids, log_probs, followed = inputs
        log_probs = tf.cast(log_probs, tf.float32)
        followed = tf.one_hot(followed, self.vocab_size)
        followed = tf.reshape(
            followed, [*tf.unstack(tf.shape(ids)), self.follow.shape[0]]
        )
        x = tf.one_hot(ids, self.vocab_size), tf.maximum(log_probs, -8.0) / 4 + 1
        known = self.trust * log_probs + tf.matmul(followed, self.follow)
        hidden = self.dense(tf.concat([*x, followed], -1))
        return self.classifier(hidden) + known, []


def learn(train_ids, vocab_size, seconds_left):
    """As told.py learns; the rate is the best that 07 found for it."""

    def say(ids):
        return cross_fitted_log_probs(ids, vocab_size, 10), matches.followed(ids)

    ngram, matches = NGramLM(vocab_size, 10).fit(train_ids), MatchModel(vocab_size)
    ids = end_that_fits(train_ids, seconds_left() / 3, say)
    batches = ContiguousBatches(ids, 32, 25, features=say(ids))
    network = Plain(vocab_size, 2104, len(matches.lengths))
    matches.fit(train_ids)
    train(network, batches, 0.002, seconds_left)
    return InformedLM(network, ngram, matches)
