"""Sequence models for a course that runs: layers, batches, sampling, data.

Names are imported when first used, so that what needs NumPy alone starts at once.
"""

import importlib

__version__ = "0.1.0"

_HOMES = {
    "vocab": ["CharVocab", "BigramVocab", "WordVocab"],
    "batches": ["ContiguousBatches", "pad", "teacher_forcing_pairs"],
    "ngrams": ["NGramLM"],
    "metrics": ["cross_entropy", "perplexity", "bits_per_char", "exact_match"],
    "hmm": ["HMM"],
    "sampling": ["sample_logits", "generate", "greedy_decode"],
    "layers": ["FusedLSTM", "FusedGRU"],
    "attention": ["DotAttention"],
    "pooling": ["MeanMaxPooling"],
    "language_model": ["CharLM"],
    "topics": ["TopicLM"],
    "losses": ["masked_cross_entropy", "masked_exact_match"],
    "seq2seq": ["Seq2Seq"],
    "progress": ["ProgressBar", "progress_bar"],
    "notebook": ["setup", "report"],
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME)


def __getattr__(name):
    if name in _HOME:
        return getattr(importlib.import_module(f"seqmodels.{_HOME[name]}"), name)
    raise AttributeError(f"module 'seqmodels' has no attribute {name!r}")


def __dir__():
    return [*globals(), *__all__]
