"""An LSTM by hand in JAX: compiled scans over windows and steps, and over letters."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from workload import BATCH_SIZE, CLIP_NORM, LEARNING_RATE, make_windows


class Contender:
    def __init__(self, size, weights):
        self.size = size
        self.params = jax.tree.map(jnp.asarray, weights)
        # Time first, as a scan over steps wants it.
        self.inputs, self.targets = (
            jnp.asarray(part.swapaxes(1, 2)) for part in make_windows(size)
        )

    def train(self, windows):
        zeros = jnp.zeros((BATCH_SIZE, self.size.units))
        states = (zeros, zeros.copy())  # both are donated, so they must be two
        block = min(self.size.block, windows)
        losses = []
        for start in range(0, windows, block):
            taken = slice(start, start + block)
            self.params, states, loss = train_on_block(
                self.params, states, self.inputs[taken], self.targets[taken]
            )
            losses.append(loss)
        return float(jnp.mean(jnp.stack(losses)))

    def write(self, letters, batch_size, temperature=1):
        key = jax.random.key(0)
        greedy = not temperature
        return np.asarray(write(self.params, key, letters, batch_size, greedy))


@partial(jax.jit, donate_argnums=(0, 1))
def train_on_block(params, states, inputs, targets):
    def train_on_window(carry, window):
        params, states = carry
        (loss, states), grads = jax.value_and_grad(loss_and_states, has_aux=True)(
            params, states, *window
        )
        norm = jnp.sqrt(sum(jnp.sum(grad**2) for grad in jax.tree.leaves(grads)))
        rate = LEARNING_RATE * jnp.minimum(1.0, CLIP_NORM / norm)
        params = jax.tree.map(lambda param, grad: param - rate * grad, params, grads)
        return (params, states), loss

    carry = (params, states)
    (params, states), losses = jax.lax.scan(train_on_window, carry, (inputs, targets))
    return params, states, jnp.mean(losses)


def loss_and_states(params, states, ids, targets):
    # A lookup is the one-hot product without its zeros, and was the faster of the two.
    x_gates = params["kernel"][ids] + params["bias"]  # (steps, batch, 4 units)

    def one(states, x_gates):
        return step(params, states, x_gates)

    states, outputs = jax.lax.scan(one, states, x_gates)
    logits = outputs @ params["classifier"] + params["classifier_bias"]
    log_probs = jax.nn.log_softmax(logits)
    picked = jnp.take_along_axis(log_probs, targets[..., None], axis=-1)
    return -jnp.mean(picked), states


def step(params, states, x_gates):
    h, c = states
    gates = x_gates + h @ params["recurrent_kernel"]
    i, f, g, o = jnp.split(gates, 4, axis=-1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    h = jax.nn.sigmoid(o) * jnp.tanh(c)
    return (h, c), h


@partial(jax.jit, static_argnums=(2, 3, 4))
def write(params, key, letters, batch_size, greedy):
    def one(carry, key):
        ids, states = carry
        states, outputs = step(params, states, params["kernel"][ids] + params["bias"])
        logits = outputs @ params["classifier"] + params["classifier_bias"]
        ids = logits.argmax(-1) if greedy else jax.random.categorical(key, logits)
        return (ids, states), ids

    zeros = jnp.zeros((batch_size, params["classifier"].shape[0]))
    carry = (jnp.zeros(batch_size, int), (zeros, zeros))
    _, written = jax.lax.scan(one, carry, jax.random.split(key, letters))
    return written.T
