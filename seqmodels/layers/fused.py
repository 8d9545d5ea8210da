from seqmodels.layers.gru import FusedGRU  # noqa: F401
from seqmodels.layers.lstm import FusedLSTM  # noqa: F401
