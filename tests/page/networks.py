"""Small networks whose guesses differ from letter to letter, and their vocabulary."""

import numpy as np

from seqmodels import (
    CharLM,
    CharVocab,
    CodedVocab,
    CompactNGramLM,
    InformedLM,
    MatchModel,
    ResidualLM,
)

KINDS = [
    {"cell": "lstm"},
    {"cell": "gru"},
    {"cell": "rnn"},
    {"cell": "lstm", "num_layers": 2, "embed_dim": 5},
    {"cell": "gru", "num_layers": 2, "embed_dim": 3},
    {"cell": "rnn", "num_layers": 3},
]
CHARS = " abcdefgh\n"


def make_network(chars=CHARS, units=7, **kind):
    vocab = CharVocab(chars)
    model, rng = CharLM(len(vocab), units, **kind), np.random.default_rng(0)
    # A plain network with larger ones is chaotic: of 16 bits nothing would be left.
    scale = 0.4 if model.stack.cell == "rnn" else 0.7
    model.set_weights(
        [rng.normal(0, scale, w.shape).astype(np.float32) for w in model.get_weights()]
    )
    return model, vocab


INFORMED = [
    {"cell": "lstm"},
    {"cell": "lstm", "num_layers": 2, "lengths": (5, 1, 3)},
    {"cell": "gru", "lengths": (2, 4)},
    {"cell": "lstm", "lengths": (2, 3), "chars": 50, "size": 9},
    {"cell": "lstm", "lengths": (1, 2), "chars": 600, "size": 300},
]


def make_informed(*, lengths=(), chars=9, size=None, order=4, units=7, **kind):
    """An `InformedLM` of which all that it reads counts, and its vocabulary."""
    letters = [chr(97 + n if chars <= 26 else 0x4E00 + n) for n in range(chars)]
    rng = np.random.default_rng(0)
    vocab = CodedVocab(letters, size) if size else CharVocab(letters)
    text = np.cumsum(rng.choice([0, 1, 1, 1, 2, 5], size=4000)) % chars
    ids = vocab.encode("".join(letters[n] for n in text))
    network = ResidualLM(len(vocab), units, num_matches=len(lengths), **kind)
    for weights in network.weights:  # such that all fit into 16 bits
        scale = 2 / np.sqrt(weights.shape[0]) if len(weights.shape) > 1 else 0.5
        values = rng.normal(weights is network.trust, scale, weights.shape)
        weights.assign(values.astype(np.float16))
    # Of what bundles hold, as they hold it.
    ngram = CompactNGramLM(len(vocab), order).fit(ids).pruned(0.5).quantised()
    match = MatchModel(len(vocab), lengths).fit(ids[-300:]) if lengths else None
    return InformedLM(network, ngram, match), vocab
