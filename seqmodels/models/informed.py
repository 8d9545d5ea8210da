"""A network together with the models that tell it what they know."""

import numpy as np
from numpy.typing import ArrayLike

from seqmodels.models.residual_lm import ResidualLM


class InformedLM:
    """A `ResidualLM` and those whose predictions it reads, as one language model.

    `generate` writes with it as with a `CharLM`, and its `log_probs` compares with
    that of an `NGramLM`.

    Args:
        network: `ResidualLM`.
        ngram: `NGramLM` or `CompactNGramLM`, fitted.
        match: `MatchModel`, of as many lengths as the network reads; `None` if it
            reads none.

    Raises:
        ValueError: If they are not of one vocabulary, or the network reads another
            number of matches.
    """

    def __init__(self, network: ResidualLM, ngram: object, match: object = None):
        self.network, self.ngram, self.match = network, ngram, match
        self.vocab_size = network.vocab_size
        for name, other in (("ngram", ngram), ("match", match)):
            if other is not None and other.vocab_size != self.vocab_size:
                raise ValueError(
                    f"`{name}` must have the network's {self.vocab_size} tokens; got "
                    f"{other.vocab_size}."
                )
        num_matches = len(match.lengths) if match is not None else 0
        if num_matches != network.num_matches:
            raise ValueError(
                f"`match` must have {network.num_matches} lengths, which the network "
                f"reads; got {num_matches}."
            )

    def features(self, ids: ArrayLike) -> tuple[np.ndarray, ...]:
        """What the network reads beside a text's ids, as in `ContiguousBatches`."""
        log_probs = self.ngram.next_log_probs(ids).astype(np.float16)
        if self.match is None:
            return (log_probs,)
        return log_probs, self.match.followed(ids)

    def log_probs(self, ids: ArrayLike) -> np.ndarray:
        """As `NGramLM.log_probs`; the weights stay, the match model reads on."""
        return self.network.log_probs(ids, self.features(ids))

    def initial_states(self, batch_size: int) -> tuple:
        """Those of the network, of the n-gram, and of the match model."""
        parts = self.network, self.ngram, self.match
        return tuple(part and part.initial_states(batch_size) for part in parts)

    def step(self, ids: ArrayLike, states: tuple) -> tuple[np.ndarray, tuple]:
        """Reads ids `(batch,)`; logits `(batch, vocab_size)` and new states."""
        states, before, read = states
        log_probs, before = self.ngram.step(ids, before)
        inputs = [np.asarray(ids, np.int32), log_probs.astype(np.float32)]
        if self.match is not None:
            followed, read = self.match.step(ids, read)
            inputs.append(followed)
        logits, states = self.network.step(tuple(inputs), states)
        return logits, (states, before, read)
