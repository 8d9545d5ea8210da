"""How fast the machine is: numbers that can be right."""

import numpy as np
import pytest

from seqmodels import CharLM, ContiguousBatches
from seqmodels.program import measuring
from seqmodels.program.settings import WINDOWS_AT_ONCE


def test_a_product_takes_its_time():
    assert 0.01 < measuring.gflops() < 1e6


def test_the_first_windows_do_not_count_for_they_are_compiled(monkeypatch):
    times = iter([100.0, 104.0])
    monkeypatch.setattr(measuring.time, "perf_counter", lambda: next(times))
    model = CharLM(3, 2)
    model.compile("sgd", jit_compile=False)
    ids = np.random.default_rng(0).integers(3, size=60)
    found = measuring.windows_per_second(model, ContiguousBatches(ids, 2, 5))
    assert found == pytest.approx(WINDOWS_AT_ONCE / 4)
