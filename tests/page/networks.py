"""Small networks whose guesses differ from letter to letter, and their vocabulary."""

import numpy as np

from seqmodels import CharLM, CharVocab

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
