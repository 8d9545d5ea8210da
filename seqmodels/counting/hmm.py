"""Hidden Markov models: a text explained by states that nobody sees. NumPy alone."""

import numpy as np

from seqmodels.counting.probabilities import distributions, multiply, normalize
from seqmodels.text.checks import check_ids


class HMM:
    """A chain of hidden states, each of which emits one token.

    A text is `(num_tokens,)`; several of one length are `(batch, num_tokens)`, each
    beginning anew. They are read in step, so a long text cut into a thousand is read
    nearly a thousand times as fast. Everything is rescaled at every token: no length
    of text underflows.

    `generate` writes with it as with a `CharLM`; its state is how likely each hidden
    state is for the token to come.

    >>> model = HMM([1, 0], [[0.5, 0.5], [0, 1]], [[1, 0], [0.5, 0.5]])
    >>> f"{np.exp(model.log_likelihood([0, 1])):.3f}"
    '0.250'
    >>> model.viterbi([0, 1])[0]
    array([0, 1], dtype=int32)

    Args:
        start: Probability of each state at a text's start, `(num_states,)`.
        transitions: From each state (row) to each, `(num_states, num_states)`.
        emissions: Of each token in each state (row), `(num_states, vocab_size)`.

    Raises:
        ValueError: If shapes do not fit, or a row is not a distribution.

    Source: L. Rabiner, "A Tutorial on Hidden Markov Models", 1989, sections III, V.
    """

    def __init__(self, start, transitions, emissions):
        self.start = distributions("start", start, 1)
        self.transitions = distributions("transitions", transitions, 2)
        self.emissions = distributions("emissions", emissions, 2)
        self.num_states, self.vocab_size = self.emissions.shape
        for name, axes in [("start", 1), ("transitions", 2)]:
            shape, want = getattr(self, name).shape, (self.num_states,) * axes
            if shape != want:
                raise ValueError(
                    f"`{name}` must have shape {want}, one row of `emissions` for each "
                    f"state; got {shape}."
                )

    @classmethod
    def random(cls, num_states, vocab_size, rng):
        """A model to start `fit` from: all distributions nearly even, none alike."""
        shapes = [(num_states,), (num_states, num_states), (num_states, vocab_size)]
        weights = [rng.uniform(0.5, 1.5, shape) for shape in shapes]
        return cls(*(w / w.sum(axis=-1, keepdims=True) for w in weights))

    def forward(self, ids):
        """Reads texts from left to right.

        Args:
            ids: Integers, `(num_tokens,)` or `(batch, num_tokens)`, at least one.

        Returns:
            The probability of each state given the tokens so far, `(...,
            num_states)`, and the log-probability of each token given those before
            it, in nats, `(...)`: minus infinity from an impossible one on.

        Raises:
            TypeError: If the ids are not integers.
            ValueError: If one is out of range, or the shape is another. What
                follows raises as well, and `posteriors`, `viterbi`, `fit` and
                `step` if a text is impossible, saying where.
        """
        rows = self._check(ids)
        filtered, scales, _ = self._forward(rows)
        shape = np.shape(ids)
        with np.errstate(divide="ignore"):
            log_probs = np.log(scales).T.reshape(shape)
        return filtered.swapaxes(0, 1).reshape(*shape, -1), log_probs

    def log_likelihood(self, ids):
        """Log-probability of a text, or of several together, in nats.

        One text is a product of matrices, one for each token. They are multiplied in
        pairs, the products in pairs, and so on: few steps even for a million tokens.

        Returns:
            A float; minus infinity if the text is impossible.
        """
        rows = self._check(ids)
        if len(rows) > 1 or self.num_states > 8:  # products of large ones take longer
            return float(self.forward(rows)[1].sum())
        piece = 2**20 // self.num_states**2  # tokens whose matrices fit in memory
        so_far = ()
        for begin in range(0, rows.shape[1], piece):
            likely = self.emissions.T[rows[0, begin : begin + piece]]
            matrices = self.transitions * likely[:, None, :]  # (tokens, from, to)
            if begin == 0:
                matrices[0] = self.start * likely[0]  # wherever one comes from
            so_far = multiply(matrices, *so_far)
        (matrix,), (log_scale,) = so_far
        with np.errstate(divide="ignore"):
            return float(np.log(matrix[0].sum()) + log_scale[0])

    def posteriors(self, ids):
        """Probability of each state given the whole text: forward and backward.

        Returns:
            `(num_tokens, num_states)` or `(batch, num_tokens, num_states)`.
        """
        both = self._forward_backward(self._check(ids))[0]
        return both.swapaxes(0, 1).reshape(*np.shape(ids), -1)

    def viterbi(self, ids):
        """The one likeliest sequence of states behind each text.

        Returns:
            The states, shaped as `ids`, `int32`, and the log-probability of states
            and text together, in nats, `()` or `(batch,)`.
        """
        rows = self._check(ids)
        with np.errstate(divide="ignore"):  # log 0 is minus infinity, as it should be
            start, move, emit = map(
                np.log, (self.start, self.transitions, self.emissions.T[rows.T])
            )
        best, came_from = start + emit[0], np.zeros(emit.shape, np.int32)
        for t in range(1, len(emit)):
            ways = best[:, :, None] + move  # (batch, from, to)
            came_from[t] = ways.argmax(axis=1)
            best = ways.max(axis=1) + emit[t]
        if best.max(axis=1).min() == -np.inf:
            self._check_possible(self._forward(rows)[1])  # says where
        path = np.empty(rows.shape, np.int32)
        path[:, -1] = best.argmax(axis=1)
        for t in range(len(emit) - 1, 0, -1):
            path[:, t - 1] = np.take_along_axis(came_from[t], path[:, t, None], 1)[:, 0]
        return path.reshape(np.shape(ids)), best.max(axis=1).reshape(np.shape(ids)[:-1])

    def fit(self, ids, num_steps=100):
        """Baum-Welch: makes the texts likelier, step by step, and never less likely.

        Args:
            ids: Integers, `(num_tokens,)` or `(batch, num_tokens)`.
            num_steps: How often to read all of them.

        Returns:
            The log-likelihood before each step and after the last, in nats,
            `(num_steps + 1,)`.
        """
        rows = self._check(ids)
        history = []
        for _ in range(num_steps):
            both, scales, moves = self._forward_backward(rows)
            history.append(np.log(scales).sum())
            tokens = rows.T.ravel()
            emitted = [
                np.bincount(tokens, weights, self.vocab_size)
                for weights in both.reshape(-1, self.num_states).T
            ]
            self.start = normalize(both[0].sum(axis=0), self.start)
            self.transitions = normalize(moves, self.transitions)
            self.emissions = normalize(np.array(emitted), self.emissions)
        return np.array([*history, self.log_likelihood(rows)])

    def initial_states(self, batch_size):
        """Nothing read yet: the start distribution, `(batch_size, num_states)`."""
        return np.tile(self.start, (batch_size, 1))

    def step(self, ids, states):
        """Reads ids `(batch,)`; logits `(batch, vocab_size)` and new states.

        Raises:
            ValueError: If a token is impossible.
        """
        joint = states * self.emissions.T[ids]
        total = joint.sum(axis=1, keepdims=True)
        self._check_possible(total.T)
        states = joint / total @ self.transitions
        # Not zero, whose logarithm no sampling could handle.
        return np.log(np.maximum(states @ self.emissions, 1e-300)), states

    def _forward(self, rows):
        emit = self.emissions.T[rows.T]  # (num_tokens, batch, num_states)
        filtered, scales = np.empty_like(emit), np.empty(emit.shape[:2])
        expected = self.start
        for t, likely in enumerate(emit):
            joint = expected * likely
            scales[t] = total = joint.sum(axis=1)
            filtered[t] = joint / np.where(total > 0, total, 1)[:, None]
            expected = filtered[t] @ self.transitions
        return filtered, scales, emit

    def _forward_backward(self, rows):
        """Posteriors, scales, and how often each transition is to be expected."""
        filtered, scales, emit = self._forward(rows)
        self._check_possible(scales)
        # How much likelier what follows is in each state than by the forward pass.
        ratio = np.ones_like(emit)
        emit /= scales[:, :, None]
        for t in range(len(emit) - 1, 0, -1):
            emit[t] *= ratio[t]
            ratio[t - 1] = emit[t] @ self.transitions.T
        before = filtered[:-1].reshape(-1, self.num_states)
        after = emit[1:].reshape(-1, self.num_states)
        return filtered * ratio, scales, self.transitions * (before.T @ after)

    def _check(self, ids):
        ids = check_ids("ids", ids, self.vocab_size)
        if ids.ndim not in (1, 2) or not ids.size:
            raise ValueError(
                "`ids` must have shape (num_tokens,) or (batch, num_tokens) and hold "
                f"at least one token; got {ids.shape}."
            )
        return ids.reshape(-1, ids.shape[-1])

    def _check_possible(self, scales):
        """Raises if a token has probability zero; scales are `(num_tokens, batch)`."""
        if not scales.all():
            row, token = np.argwhere(scales.T == 0)[0]
            raise ValueError(
                f"`ids` cannot come from this model: token {token} of text {row} has "
                "probability zero after those before it."
            )
