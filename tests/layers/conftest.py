"""Fixtures of the recurrent layers' tests."""

import pytest


@pytest.fixture(params=["LSTM", "LSTM halved", "GRU", "GRU halved"])
def case(request, monkeypatch):
    """Both layers, taking a batch as one, and as two halves."""
    from seqmodels.layers import loop
    from tests.layers.recurrent import BATCH, GRUCase, LSTMCase

    rows = BATCH if "halved" in request.param else BATCH + 1
    monkeypatch.setattr(loop, "MIN_ROWS_TO_HALVE", rows)
    return GRUCase() if "GRU" in request.param else LSTMCase()


@pytest.fixture(params=["LSTM", "GRU"])
def either(request):
    """Either layer, whichever way it takes a batch."""
    from tests.layers.recurrent import GRUCase, LSTMCase

    return GRUCase() if request.param == "GRU" else LSTMCase()
