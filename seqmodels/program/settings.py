"""From a text's size, the minutes and the machine: how a network is trained on it.

Plain arithmetic, so that it is tested without training anything.
"""

import math
from typing import NamedTuple

LEAST_CHARS = 1000  # so that a tenth is a hundred
MOST_SYMBOLS = 128  # read and predicted at a time; rarer characters become pairs
LARGER_ALPHABETS = (128, 256, 1024)
MEMORY = 3 * 2**30  # bytes for what the network reads beside the text
ORDERS = range(2, 11)
MATCH_LENGTHS = (3, 4, 5, 6, 8)
STREAMS, NUM_STEPS = 32, 25  # those of notebook 07
RATE = 0.004
# Least symbols to train on, for so many units.
SIZES = ((0, 32), (20_000, 64), (100_000, 128), (400_000, 256), (4_000_000, 512))
FEWEST_PASSES = 1.5  # a network that the text is too long for is made smaller
MOST_PASSES = 8  # twice as many brought Shakespeare's plays nothing more
ROUND_SECONDS, FEWEST_ROUNDS, MOST_ROUNDS = 6, 8, 60
FEWEST_WINDOWS = 100  # trained on even if the time is over
WINDOWS_AT_ONCE = 100  # that one call into compiled code trains on


class Network(NamedTuple):
    """What is trained."""

    units: int
    batch_size: int
    num_steps: int
    rate: float
    dropout: float


class Plan(NamedTuple):
    """How long: fixed when a run begins, so that one taken up again is the same."""

    windows_per_round: int
    rounds: int

    @property
    def windows(self) -> int:
        """All of them."""
        return self.windows_per_round * self.rounds


def alphabet_size(num_chars: int) -> int:
    """How many symbols write so many different characters.

    Raises:
        ValueError: If they are too many for pairs of symbols.
    """
    if num_chars <= MOST_SYMBOLS:
        return num_chars
    for size in LARGER_ALPHABETS:
        if num_chars <= size**2:
            return size
    raise ValueError(f"{num_chars:,} different characters are too many.")


def most_symbols(vocab_size: int, minutes: float) -> int:
    """How many symbols of a text are used at most.

    Beside each the network reads `vocab_size` numbers, of two bytes, kept twice. And
    counting takes about five seconds for each million, of which it may take a fifth.
    """
    by_memory = MEMORY // (4 * vocab_size + 40)
    by_time = int(60 * minutes / 5 / 20 * 1_000_000)
    return max(LEAST_CHARS, min(by_memory, max(by_time, 500_000)))


def split(num_tokens: int) -> tuple[int, int]:
    """Where the text to choose by begins, and the held-out text: its last tenths."""
    return num_tokens * 8 // 10, num_tokens * 9 // 10


def operations(vocab_size: int, units: int) -> int:
    """Additions and multiplications to train on one symbol, about."""
    read = (2 + len(MATCH_LENGTHS)) * vocab_size
    lstm = 4 * units * (read + units)
    return 6 * (lstm + units * vocab_size + read * vocab_size)


def choose_network(
    num_train: int, vocab_size: int, seconds: float, gflops: float
) -> Network:
    """A network as large as the text is worth, and as can be trained in the time.

    Args:
        num_train: Symbols to train on.
        vocab_size: Number of symbols.
        seconds: For the training.
        gflops: How many billion operations the machine makes in a second.
    """
    allowed = [units for least, units in SIZES if num_train >= least]

    def passes(units):
        work = operations(vocab_size, units) * num_train
        return 0.6 * gflops * 1e9 * seconds / work  # of what a product reaches

    units = allowed.pop()
    while allowed and passes(units) < FEWEST_PASSES:
        units = allowed.pop()
    batch_size = STREAMS
    while batch_size > 2 and num_train < 4 * batch_size * NUM_STEPS * 10:
        batch_size //= 2
    dropout = 0.0 if passes(units) < 1.5 else 0.3 if passes(units) < 5 else 0.5
    return Network(units, batch_size, NUM_STEPS, RATE, dropout)


def choose_plan(
    network: Network, num_train: int, seconds: float, windows_per_second: float
) -> Plan:
    """As many steps as fit into the time, but no more passes than do good."""
    most = MOST_PASSES * num_train / (network.batch_size * network.num_steps)
    windows = int(max(FEWEST_WINDOWS, min(seconds * windows_per_second, most)))
    seconds = windows / windows_per_second
    rounds = min(windows, MOST_ROUNDS, max(FEWEST_ROUNDS, seconds // ROUND_SECONDS))
    per_round = math.ceil(windows / rounds)
    if per_round > WINDOWS_AT_ONCE:
        per_round = round(per_round / WINDOWS_AT_ONCE) * WINDOWS_AT_ONCE
    return Plan(per_round, max(1, windows // per_round))


def cosine(rate: float, done: float) -> float:
    """The rate when a share `done` of the training is over."""
    return rate * (1 + math.cos(math.pi * min(1.0, done))) / 2
