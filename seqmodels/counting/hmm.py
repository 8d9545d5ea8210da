"""Hidden Markov models: a text explained by states that nobody sees. NumPy alone."""

import numpy as np
from numpy.typing import ArrayLike

from seqmodels.counting.probabilities import distributions, log, normalize, sum_of_paths
from seqmodels.text.checks import check_ids, check_size


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

    def __init__(self, start: ArrayLike, transitions: ArrayLike, emissions: ArrayLike):
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
    def random(
        cls, num_states: int, vocab_size: int, rng: np.random.Generator
    ) -> "HMM":
        """A model to start `fit` from: all distributions nearly even, none alike."""
        n = check_size("num_states", num_states)
        shapes = [(n,), (n, n), (n, check_size("vocab_size", vocab_size))]
        weights = [rng.uniform(0.5, 1.5, shape) for shape in shapes]
        return cls(*(w / w.sum(axis=-1, keepdims=True) for w in weights))

    def forward(self, ids: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Reads texts from left to right.

        Args:
            ids: Integers, `(num_tokens,)` or `(batch, num_tokens)`, at least one.

        Returns:
            The probability of each state given the tokens so far, `(...,
            num_states)`, and the log-probability of each token given those before
            it, in nats, `(...)`: minus infinity from an impossible one on.

        Raises:
            TypeError: If the ids are not integers.
            ValueError: If one is out of range, or the shape is another.
        """
        rows = self._check(ids)
        filtered, scales, _ = self._forward(rows)
        shape, filtered = np.shape(ids), filtered.swapaxes(0, 1)
        return filtered.reshape(*shape, -1), log(scales).T.reshape(shape)

    def log_likelihood(self, ids: ArrayLike) -> float:
        """Log-probability of one text or of several in nats, -inf if impossible.

        Raises:
            TypeError, ValueError: As `forward`.
        """
        rows = self._check(ids)
        if len(rows) > 1 or self.num_states > 8:  # products of large ones take longer
            return float(log(self._forward(rows)[1]).sum())
        return sum_of_paths(self.start, self.transitions, self.emissions, rows[0])

    def posteriors(self, ids: ArrayLike) -> np.ndarray:
        """Probability of each state given the whole text: forward and backward.

        Returns:
            `(num_tokens, num_states)` or `(batch, num_tokens, num_states)`.

        Raises:
            TypeError: As `forward`.
            ValueError: As `forward`; or if a text is impossible, saying where.
        """
        both = self._forward_backward(self._check(ids))[0]
        return both.swapaxes(0, 1).reshape(*np.shape(ids), -1)

    def viterbi(self, ids: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """The one likeliest sequence of states behind each text.

        Returns:
            The states, shaped as `ids`, `int32`, and the log-probability of states
            and text together, in nats, `()` or `(batch,)`.

        Raises:
            TypeError: As `forward`.
            ValueError: As `forward`; or if a text is impossible, saying where.
        """
        rows = self._check(ids)
        move, emit = log(self.transitions), log(self.emissions).T[rows.T]
        best, came_from = log(self.start) + emit[0], np.zeros(emit.shape, np.int32)
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

    def fit(self, ids: ArrayLike, num_steps: int = 100) -> np.ndarray:
        """Baum-Welch: makes the texts likelier, step by step, and never less likely.

        Args:
            ids: Integers, `(num_tokens,)` or `(batch, num_tokens)`.
            num_steps: How often to read all of them; 0 only tells the likelihood.

        Returns:
            The log-likelihood before each step and after the last, in nats,
            `(num_steps + 1,)`.

        Raises:
            TypeError: As `forward`.
            ValueError: As `forward`; if `num_steps` is no size; or if a text is
                impossible and there is a step to make, saying where.
        """
        rows = self._check(ids)
        history = []
        for _ in range(check_size("num_steps", num_steps, least=0)):
            both, scales, moves = self._forward_backward(rows)
            history.append(np.log(scales).sum())
            tokens, weights = rows.T.ravel(), both.reshape(-1, self.num_states)
            emitted = [np.bincount(tokens, w, self.vocab_size) for w in weights.T]
            self.start = normalize(both[0].sum(axis=0), self.start)
            self.transitions = normalize(moves, self.transitions)
            self.emissions = normalize(np.array(emitted), self.emissions)
        return np.array([*history, self.log_likelihood(rows)])

    def initial_states(self, batch_size: int) -> np.ndarray:
        """Nothing read yet: the start distribution, `(batch_size, num_states)`."""
        return np.tile(self.start, (check_size("batch_size", batch_size), 1))

    def step(self, ids: ArrayLike, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Reads ids `(batch,)`; logits `(batch, vocab_size)` and new states.

        The logits are log-probabilities, minus infinity for an impossible token.

        Raises:
            TypeError: If the ids are not integers.
            ValueError: If one is out of range or, after what was read, impossible.
        """
        ids = check_ids("ids", ids, self.vocab_size, axes=("batch",))
        joint = states * self.emissions.T[ids]
        total = joint.sum(axis=1, keepdims=True)
        if not total.all():
            row = int(total.argmin())
            raise ValueError(
                f"`ids` cannot come from this model: {ids[row]} in row {row} has "
                "probability zero after what was read before it."
            )
        states = joint / total @ self.transitions
        return log(states @ self.emissions), states

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
