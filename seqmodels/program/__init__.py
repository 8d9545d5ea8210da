"""One's own text: what `python -m seqmodels` does."""
