"""From size, minutes and speed to settings: arithmetic alone."""

import pytest

from seqmodels.program.settings import (
    MOST_PASSES,
    Network,
    Plan,
    alphabet_size,
    choose_network,
    choose_plan,
    cosine,
    most_symbols,
    operations,
    split,
)

NETWORK = Network(256, 32, 25, 0.004, 0.3)


def test_few_characters_are_symbols_many_become_pairs():
    assert alphabet_size(65) == 65 and alphabet_size(128) == 128
    assert alphabet_size(129) == 128 and alphabet_size(4000) == 128
    assert alphabet_size(20_000) == 256 and alphabet_size(150_000) == 1024
    with pytest.raises(ValueError, match="2,000,000 different characters are too many"):
        alphabet_size(2_000_000)


def test_a_text_is_cut_at_its_last_tenths():
    assert split(1000) == (800, 900)
    assert split(1_115_394) == (892_315, 1_003_854)


def test_a_megabyte_in_five_minutes_is_used_whole():
    for vocab_size in (65, 128):
        assert most_symbols(vocab_size, 5) > 1_500_000
    assert most_symbols(65, 50) > most_symbols(65, 5)  # longer texts take longer
    for minutes in (5, 1e6):
        assert most_symbols(128, minutes) * 128 * 4 < 4e9  # bytes


@pytest.mark.parametrize(
    ("num_train", "units"),
    [(800, 32), (50_000, 64), (200_000, 128), (800_000, 256), (8_000_000, 512)],
)
def test_a_longer_text_is_worth_a_larger_network(num_train, units):
    assert choose_network(num_train, 65, 3600, 250).units == units


def test_a_slow_machine_trains_a_smaller_network():
    units = [choose_network(800_000, 65, 240, g).units for g in (250, 25, 2.5, 0.01)]
    assert units == sorted(units, reverse=True) and units[0] == 256
    assert units[-1] == 32


def test_dropout_where_the_text_is_read_often():
    rates = [choose_network(800_000, 65, s, 250).dropout for s in (1, 30, 600)]
    assert rates == sorted(rates) and rates[0] == 0 < rates[-1]


@pytest.mark.parametrize("num_train", [800, 2000, 9000, 24_000, 800_000])
def test_a_short_text_is_read_in_fewer_streams(num_train):
    network = choose_network(num_train, 65, 240, 250)
    windows = (num_train - 1) // network.batch_size // network.num_steps
    assert network.batch_size >= 2 and windows >= 10


def test_the_time_is_used():
    plan = choose_plan(NETWORK, 800_000, seconds=200, windows_per_second=30)
    assert 0.9 * 6000 < plan.windows <= 6000 + plan.windows_per_round
    assert plan.windows_per_round % 100 == 0  # whole calls into compiled code
    assert 25 <= plan.rounds <= 40


def test_but_not_to_learn_by_heart():
    plan = choose_plan(NETWORK, 80_000, seconds=2000, windows_per_second=30)
    passes = plan.windows * 32 * 25 / 80_000
    assert 0.8 * MOST_PASSES < passes <= 1.1 * MOST_PASSES


@pytest.mark.parametrize("seconds", [-50, 0, 1])
def test_without_time_it_still_learns_a_little(seconds):
    plan = choose_plan(NETWORK, 800_000, seconds, windows_per_second=30)
    assert 80 <= plan.windows <= 120


def test_a_plan_is_the_same_after_it_was_written():
    plan = choose_plan(NETWORK, 800_000, 200, 30)
    assert Plan(*list(plan)) == plan and Network(*list(NETWORK)) == NETWORK


def test_the_rate_falls_to_zero():
    assert cosine(0.004, 0) == 0.004 and cosine(0.004, 0.5) == pytest.approx(0.002)
    assert cosine(0.004, 1) == pytest.approx(0) and cosine(0.004, 2) == cosine(0.004, 1)


def test_operations_are_those_of_the_products():
    # Per symbol: seven one-hot vectors or as large, 4 gates, states; forth, and back.
    lstm, classifier, matches = 4 * 256 * (7 * 65 + 256), 256 * 65, 7 * 65 * 65
    assert operations(65, 256) == 6 * (lstm + classifier + matches)


def test_all_of_it_without_tensorflow(run_python):
    child = run_python(
        "import sys\n"
        "from seqmodels.program import settings, reading, cutting, counted, partial\n"
        "import seqmodels.program.using, seqmodels.program.training\n"
        "print([n for n in ('tensorflow', 'keras', 'matplotlib') if n in sys.modules])"
    )
    assert child.stdout == "[]\n"
