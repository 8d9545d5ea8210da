"""Fixtures of the recurrent layers' tests."""

import pytest


@pytest.fixture(params=["LSTM", "GRU"])
def case(request):
    """Either layer."""
    from tests.layers.recurrent import GRUCase, LSTMCase

    return GRUCase() if request.param == "GRU" else LSTMCase()
