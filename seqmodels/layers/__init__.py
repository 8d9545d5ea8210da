"""Keras layers, each with its gradient beside it."""

# All of them, so that Keras knows each from a file once one has been imported.
from seqmodels.layers import attention, dropout, gru, lstm, pooling

__all__ = ["attention", "dropout", "gru", "lstm", "pooling"]
