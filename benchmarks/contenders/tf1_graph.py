"""The assignment's way, in `tf.compat.v1`: an unrolled graph, run once per window.

Written from the assignment's description of its model: each gate has a product
with the input and one with the last output of its own; states are variables that
the graph itself carries from window to window.
"""

import numpy as np
import tensorflow as tf
from workload import BATCH_SIZE, CLIP_NORM, LEARNING_RATE, make_windows

tf1 = tf.compat.v1


class Contender:
    def __init__(self, size, weights):
        self.inputs, self.targets = make_windows(size)
        with tf.Graph().as_default():
            self._build(size, weights)
            self.session = tf1.Session()
            self.session.run(tf1.global_variables_initializer())

    def _build(self, size, weights):
        shape = (BATCH_SIZE, size.num_steps)
        self.ids = tf1.placeholder(tf.int32, shape)
        self.labels = tf1.placeholder(tf.int32, shape)
        names = ("kernel", "recurrent_kernel", "bias")
        gates = [  # for each of i, f, g, o its three weights
            [tf1.Variable(part) for part in parts]
            for parts in zip(
                *(np.split(weights[name], 4, axis=-1) for name in names), strict=True
            )
        ]
        classifier = tf1.Variable(weights["classifier"])
        classifier_bias = tf1.Variable(weights["classifier_bias"])
        zeros = np.zeros((BATCH_SIZE, size.units), np.float32)
        saved = [tf1.Variable(zeros, trainable=False) for _ in "hc"]

        h, c = saved
        outputs = []
        for x in tf.unstack(tf.one_hot(self.ids, size.vocab_size), axis=1):
            i, f, g, o = (
                tf.matmul(x, kernel) + tf.matmul(h, recurrent_kernel) + bias
                for kernel, recurrent_kernel, bias in gates
            )
            c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(g)
            h = tf.sigmoid(o) * tf.tanh(c)
            outputs.append(h)

        carry = [saved[0].assign(h), saved[1].assign(c)]
        with tf.control_dependencies(carry):
            logits = tf.matmul(tf.concat(outputs, axis=0), classifier) + classifier_bias
            labels = tf.reshape(tf.transpose(self.labels), [-1])
            self.loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
            )
        optimizer = tf1.train.GradientDescentOptimizer(LEARNING_RATE)
        grads, variables = zip(*optimizer.compute_gradients(self.loss), strict=True)
        grads, _ = tf.clip_by_global_norm(grads, CLIP_NORM)
        self.step = optimizer.apply_gradients(zip(grads, variables, strict=True))
        self.reset = tf.group(*(state.assign(zeros) for state in saved))

    def train(self, windows):
        self.session.run(self.reset)
        total = 0.0
        for window in range(windows):
            feed = {self.ids: self.inputs[window], self.labels: self.targets[window]}
            loss, _ = self.session.run([self.loss, self.step], feed)
            total += loss
        return float(total) / windows
