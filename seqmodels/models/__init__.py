"""What is trained: Keras models over one recurrent stack."""

# All of them, so that Keras knows each from a file once one has been imported.
from seqmodels import layers
from seqmodels.models import char_lm, losses, residual_lm, seq2seq, topic_lm

__all__ = ["char_lm", "layers", "losses", "residual_lm", "seq2seq", "topic_lm"]
