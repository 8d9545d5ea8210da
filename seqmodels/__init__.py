"""Sequence models for a course that runs: layers, batches, sampling, data.

Names are imported when first used, so that what needs NumPy alone starts at once.
What Keras must know to load a file is imported as soon as Keras is.
"""

import importlib
import sys

from seqmodels import _registration

__version__ = "0.2.0"

_HOMES = {
    "text.vocab": ["CharVocab", "BigramVocab", "WordVocab"],
    "text.codes": ["CodedVocab"],
    "text.batches": ["ContiguousBatches", "pad", "teacher_forcing_pairs"],
    "counting.ngrams": ["NGramLM"],
    "counting.compact": ["CompactNGramLM"],
    "counting.matching": ["MatchModel"],
    "counting.stacking": ["cross_fitted_log_probs"],
    "text.metrics": ["cross_entropy", "perplexity", "bits_per_char", "exact_match"],
    "counting.hmm": ["HMM"],
    "text.sampling": ["sample_logits", "generate"],
    "layers.lstm": ["FusedLSTM"],
    "layers.gru": ["FusedGRU"],
    "layers.attention": ["DotAttention"],
    "layers.pooling": ["MeanMaxPooling"],
    "models.char_lm": ["CharLM"],
    "models.topic_lm": ["TopicLM"],
    "models.residual_lm": ["ResidualLM"],
    "models.informed": ["InformedLM"],
    "models.losses": ["masked_cross_entropy", "masked_exact_match"],
    "models.seq2seq": ["Seq2Seq"],
    "models.stack": ["RecurrentStack"],
    "models.compiled": ["use_xla"],
    "models.comparing": ["outputs_and_gradients", "relative_gaps"],
    "models.language_model": ["LanguageModel"],
    "models.scoring": ["restart"],
    "models.resuming": ["Resume"],
    "models.writing": ["greedy_decode"],
    "workers.joining": ["join_workers"],
    "bundle": ["save", "load"],
    "page.playground": ["playground"],
    "display.bars": ["progress_bar"],
    "display.guesses": ["compare_guess"],
    "display.progress": ["ProgressBar"],
    "display.notebook": ["setup", "report"],
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME)


def __getattr__(name):
    if name not in _HOME:
        raise AttributeError(f"module 'seqmodels' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"seqmodels.{_HOME[name]}"), name)
    if "keras" in sys.modules:
        _registration.import_all()
    return value


def __dir__():
    return [*globals(), *__all__]


_registration.register()
