"""Keras layers, each with its gradient beside it."""
