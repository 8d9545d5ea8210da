"""Exercises of notebook 13, what can be learnt in three minutes."""

from collections.abc import Callable

import numpy as np
from hypothesis import strategies as st

from seqmodels.exercises import exercise
from seqmodels.exercises._inputs import filled, ids, numbers, size

__all__ = [
    "total_probability",
    "windows_in_time",
    "falling_rate",
    "best_mixing_weight",
    "bits_of_product",
]


class Model:
    """Says of each letter something that depends on all before it, and on its place.

    Its probabilities may sum to anything.
    """

    def __init__(self, seed: int) -> None:
        self.table = np.random.default_rng(seed).uniform(0.02, 0.5, size=(7, 4))

    def __call__(self, ids: np.ndarray) -> np.ndarray:
        """Log-probabilities of a text's letters, four different ones."""
        weights = np.arange(1, len(ids) + 1)
        before = np.cumsum(weights * (1 + np.asarray(ids))) - weights * (1 + ids)
        return np.log(self.table[before % 7, ids])

    def __repr__(self):
        return "a model of four letters"


@exercise(
    difficulty=3,
    minutes=8,
    inputs=[
        st.integers(0, 1000).map(Model),
        ids(size("num", 2, 6), vocab_size=4),
        st.shared(st.integers(2, 6), key="num").flatmap(
            lambda n: st.integers(0, n - 1)
        ),
        st.just(4),
    ],
    hints=[
        "Ask the model about as many texts as there are letters.",
        "The texts share all letters before the place; each ends with another.",
        "Log-probabilities are no probabilities yet.",
    ],
)
def total_probability(
    log_probs: Callable, ids: np.ndarray, place: int, vocab_size: int
) -> float:
    """What a model's probabilities of all letters at one place of a text sum to.

    `log_probs(ids)` gives the log-probability of each letter of a text (an array), each
    given those before it. `place` counts from 0; letters are `0` to `vocab_size - 1`.
    """
    total = 0.0
    for letter in range(vocab_size):
        text = np.append(ids[:place], letter)
        total += np.exp(log_probs(text)[place])
    return total


@total_probability.specification
def _(log_probs, ids, place, vocab_size):
    probs = []
    for letter in range(vocab_size):
        text = np.array([*ids], int)
        text[place] = letter
        probs.append(float(np.exp(log_probs(text))[place]))
    return sum(probs)


@total_probability.wrong(
    "summed over the places",
    "You add up the probabilities of the letters that came, one place after another. "
    "What must sum to one are those of all the letters that might have come at one.",
)
def _(log_probs, ids, place, vocab_size):
    return np.exp(log_probs(ids)).sum()


@total_probability.wrong(
    "logarithms added",
    "You add logarithms. The sum of these is the logarithm of a product; what must be "
    "one is the sum of the probabilities.",
)
def _(log_probs, ids, place, vocab_size):
    texts = [np.append(ids[:place], letter) for letter in range(vocab_size)]
    return sum(log_probs(text)[place] for text in texts)


@total_probability.wrong(
    "nothing before the place",
    "Your texts have one letter each, so the model is asked about the first letter of "
    "a text. At this place it has read something.",
)
def _(log_probs, ids, place, vocab_size):
    texts = [np.array([letter]) for letter in range(vocab_size)]
    return sum(np.exp(log_probs(text)[0]) for text in texts)


@total_probability.wrong(
    "one place too late",
    "Your texts have the letter of the place itself and then one more. That is the "
    "next place; counted from 0, as many letters stand before a place as its number "
    "says.",
)
def _(log_probs, ids, place, vocab_size):
    texts = [np.append(ids[: place + 1], letter) for letter in range(vocab_size)]
    return sum(np.exp(log_probs(text)[-1]) for text in texts)


def in_steps(low: int, high: int, step: float) -> st.SearchStrategy[float]:
    return st.integers(low, high).map(lambda n: n * step)


@exercise(
    difficulty=2,
    minutes=6,
    inputs=[
        st.integers(0, 60).map(lambda n: n + 0.1),  # so that no number comes out whole
        st.lists(in_steps(1, 6, 0.25), min_size=1, max_size=3).flatmap(
            lambda later: in_steps(8, 30, 0.5).map(lambda first: [first, *later])
        ),
        st.sampled_from([4, 16, 32]),
        in_steps(0, 8, 0.5),
    ],
    hints=[
        "How long does one window take, once everything is compiled?",
        "The first block is no measure: leave it out of the mean.",
        "`int` leaves out what is behind the point; and fewer than none there are not.",
    ],
)
def windows_in_time(
    seconds_left: float, block_seconds: list[float], block_windows: int, reserve: float
) -> int:
    """How many more windows can be trained on in the time that is left.

    `block_seconds` are the seconds that each block of `block_windows` windows has taken
    so far, two blocks or more; in the first the model was compiled, so the mean of the
    later ones counts. `reserve` seconds are to be left at the end. A whole number, also
    of a part of a block; 0 if there is no time.
    """
    per_window = np.mean(block_seconds[1:]) / block_windows
    return max(int((seconds_left - reserve) / per_window), 0)


@windows_in_time.specification
def _(seconds_left, block_seconds, block_windows, reserve):
    later, windows = block_seconds[1:], 0
    seconds = sum(later) / (len(later) * block_windows)
    while (windows + 1) * seconds <= seconds_left - reserve:
        windows += 1
    return windows


@windows_in_time.wrong(
    "compiling counted in",
    "The first block took so long because the model was compiled in it. That is over; "
    "measured with it, the windows seem slower than they are, and time is left unused.",
)
def _(seconds_left, block_seconds, block_windows, reserve):
    per_window = np.mean(block_seconds) / block_windows
    return max(int((seconds_left - reserve) / per_window), 0)


@windows_in_time.wrong(
    "blocks for windows",
    "This is how many blocks can be trained on. Each has several windows.",
)
def _(seconds_left, block_seconds, block_windows, reserve):
    return max(int((seconds_left - reserve) / np.mean(block_seconds[1:])), 0)


@windows_in_time.wrong(
    "nothing kept in reserve",
    "You train until the last second. Then nothing is left for what comes after.",
)
def _(seconds_left, block_seconds, block_windows, reserve):
    per_window = np.mean(block_seconds[1:]) / block_windows
    return max(int(seconds_left / per_window), 0)


@windows_in_time.wrong(
    "rounded up",
    "Your last window is begun in time and ended too late. Who is late gets no score.",
)
def _(seconds_left, block_seconds, block_windows, reserve):
    per_window = np.mean(block_seconds[1:]) / block_windows
    return max(int(np.ceil((seconds_left - reserve) / per_window)), 0)


@windows_in_time.wrong(
    "less than none",
    "There may be less time than the reserve. What is the least number of windows?",
)
def _(seconds_left, block_seconds, block_windows, reserve):
    per_window = np.mean(block_seconds[1:]) / block_windows
    return int((seconds_left - reserve) / per_window)


@exercise(
    difficulty=2,
    minutes=6,
    inputs=[
        st.sampled_from([0.002, 0.01, 1.0]),
        st.sampled_from([-20.0, -3.0, 0.0, 15.0, 30.0, 40.0, 100.0, 120.0]),
        st.sampled_from([120.0, 180.0]),
    ],
    hints=[
        "From both numbers of seconds: what share of the time is gone?",
        "The cosine goes from 1 at 0 to -1 at pi. Bring that to 1 and 0.",
        "Late is late: what if less than nothing is left?",
    ],
)
def falling_rate(peak: float, seconds_left: float, seconds_in_all: float) -> float:
    """The rate of training, falling along half a cosine from `peak` to 0.

    It is `peak` when all of the time is left, half of it after half of the time, and 0
    when nothing is left. `seconds_left` may be negative; then, too, it is 0.
    """
    gone = min(1 - seconds_left / seconds_in_all, 1)
    return peak * (1 + np.cos(np.pi * gone)) / 2


@falling_rate.specification
def _(peak, seconds_left, seconds_in_all):
    if seconds_left <= 0:
        return 0.0
    return peak * np.sin(np.pi / 2 * seconds_left / seconds_in_all) ** 2


@falling_rate.wrong(
    "left and gone exchanged",
    "Your rate rises: it begins at nothing and is highest at the end. What goes into "
    "the cosine must grow with the time that is gone.",
)
def _(peak, seconds_left, seconds_in_all):
    left = max(seconds_left / seconds_in_all, 0)
    return peak * (1 + np.cos(np.pi * left)) / 2


@falling_rate.wrong(
    "it rises again when time is over",
    "All is well while time is left. Behind the end your cosine goes up again, and the "
    "rate with it.",
)
def _(peak, seconds_left, seconds_in_all):
    gone = 1 - seconds_left / seconds_in_all
    return peak * (1 + np.cos(np.pi * gone)) / 2


@falling_rate.wrong(
    "a negative rate",
    "The cosine itself ends at -1, and a rate below 0 walks uphill. The rate must end "
    "at 0.",
)
def _(peak, seconds_left, seconds_in_all):
    gone = min(1 - seconds_left / seconds_in_all, 1)
    return peak * np.cos(np.pi * gone)


@falling_rate.wrong(
    "a straight line",
    "Yours falls in a straight line. Along a cosine it is slow to leave its peak, and "
    "slow to reach 0.",
)
def _(peak, seconds_left, seconds_in_all):
    return peak * max(seconds_left / seconds_in_all, 0)


@falling_rate.wrong(
    "a quarter of a cosine",
    "Yours falls along a quarter of the wave, from the top to the middle: still steep "
    "when it reaches 0. Half of the wave, from the top to the bottom, ends gently.",
)
def _(peak, seconds_left, seconds_in_all):
    gone = min(1 - seconds_left / seconds_in_all, 1)
    return peak * np.cos(np.pi / 2 * gone)


def given_by(model: int) -> st.SearchStrategy[np.ndarray]:
    """Probabilities of the letters that came; each model draws others."""

    def draw(rng, sizes):
        return rng.uniform(0.05, 0.95, size=(model, *sizes))[-1].round(3)

    return filled(draw, (size("letters", 2, 6),))


@exercise(
    difficulty=2,
    minutes=6,
    inputs=[
        given_by(1),
        given_by(2),
        st.sampled_from([[0.1, 0.5, 0.9], [0.0, 0.25, 0.5, 0.75, 1.0], [0.2, 0.6]]),
    ],
    num_examples=60,
    hints=[
        "Try each weight: what does the mixture give to each letter?",
        "A text's probability is the product over its letters, so add up logarithms.",
    ],
)
def best_mixing_weight(
    first: np.ndarray, second: np.ndarray, weights: list[float]
) -> float:
    """The one of the weights whose mixture gives a validation text the fewest bits.

    `first` and `second` are the probabilities that two models gave to each letter that
    came, `(letters,)`. Mixed by a weight w it gets `w * first + (1 - w) * second`.
    """
    gains = [np.log(w * first + (1 - w) * second).sum() for w in weights]
    return weights[int(np.argmax(gains))]


@best_mixing_weight.specification
def _(first, second, weights):
    best, most = None, 0.0
    for weight in weights:
        likelihood = 1.0
        for one, other in zip(first, second, strict=True):
            likelihood *= other + weight * (one - other)
        if likelihood > most:
            best, most = weight, likelihood
    return best


@best_mixing_weight.wrong(
    "probabilities added, not logarithms",
    "You look for the highest mean probability. A straight line in the weight is "
    "highest at one of its ends, so you would never mix at all.",
)
def _(first, second, weights):
    gains = [(w * first + (1 - w) * second).sum() for w in weights]
    return weights[int(np.argmax(gains))]


@best_mixing_weight.wrong(
    "logarithms mixed",
    "You mix log-probabilities. That is another thing, a product of experts, which "
    "sums to one only when it is divided by its sum.",
)
def _(first, second, weights):
    gains = [(w * np.log(first) + (1 - w) * np.log(second)).sum() for w in weights]
    return weights[int(np.argmax(gains))]


@best_mixing_weight.wrong(
    "the least for the most",
    "You take the weight that gives the text the least. Is what you compare a loss, "
    "or a likelihood?",
)
def _(first, second, weights):
    gains = [np.log(w * first + (1 - w) * second).sum() for w in weights]
    return weights[int(np.argmin(gains))]


@best_mixing_weight.wrong(
    "the weight given to the other",
    "Your weight belongs to `second`. It is the share of `first`.",
)
def _(first, second, weights):
    gains = [np.log((1 - w) * first + w * second).sum() for w in weights]
    return weights[int(np.argmax(gains))]


@best_mixing_weight.wrong(
    "as often as it is ahead",
    "You count at how many letters the first is ahead, and take the weight next to "
    "that share. By how much it is ahead is left out, and what is lost "
    "where it is behind.",
)
def _(first, second, weights):
    ahead = np.mean(first > second)
    return min(weights, key=lambda w: abs(w - ahead))


@exercise(
    difficulty=4,
    minutes=12,
    inputs=[
        numbers(size("letters", 1, 4), size("vocab_size", 2, 5), scale=1.5),
        numbers(size("letters", 1, 4), size("vocab_size", 2, 5), scale=1.5),
        ids(size("letters", 1, 4), vocab_size=size("vocab_size", 2, 5)),
    ],
    hints=[
        "To multiply probabilities is to add their logarithms.",
        "What has been multiplied does not sum to one in each row: divide by the sum.",
        "Nats become bits by `np.log(2)`.",
    ],
)
def bits_of_product(first: np.ndarray, second: np.ndarray, ids: np.ndarray) -> float:
    """Bits per character of a text by the product of two experts.

    `first` and `second` are logits, `(letters, vocab_size)`, whose softmax is what each
    expert says; `ids` are the letters that came. The product gives to each letter what
    the one gives times what the other gives, in each row divided by the sum.
    """
    logits = first + second
    log_sum = np.log(np.exp(logits).sum(axis=-1))
    chosen = logits[np.arange(len(ids)), ids]
    return (log_sum - chosen).mean() / np.log(2)


def softmax(logits, axis=-1):
    return np.exp(logits) / np.exp(logits).sum(axis=axis, keepdims=True)


@bits_of_product.specification
def _(first, second, ids):
    total = 0.0
    for row, other, letter in zip(softmax(first), softmax(second), ids, strict=True):
        products = [p * q for p, q in zip(row, other, strict=True)]
        total -= np.log2(products[letter] / sum(products))
    return total / len(ids)


def bits_given(probs, ids):
    return -np.log2(probs[np.arange(len(ids)), ids]).mean()


@bits_of_product.wrong(
    "the product not divided by its sum",
    "You multiply the probabilities and leave it at that. They sum to less than one, "
    "as if some other letter might come; the referee would refuse such a model.",
)
def _(first, second, ids):
    return bits_given(softmax(first) * softmax(second), ids)


@bits_of_product.wrong(
    "a mean for a product",
    "This is a mixture: the mean of what both give. In a product a letter that one of "
    "them holds to be all but impossible stays so.",
)
def _(first, second, ids):
    return bits_given((softmax(first) + softmax(second)) / 2, ids)


@bits_of_product.wrong(
    "nats for bits",
    "This is the loss in nats. How many nats has a bit?",
)
def _(first, second, ids):
    return bits_given(softmax(first + second), ids) * np.log(2)


@bits_of_product.wrong(
    "softmax over the wrong axis",
    "Yours sums to one over the letters of the text. It should sum to one over those "
    "of the alphabet, at each place.",
)
def _(first, second, ids):
    return bits_given(softmax(first + second, axis=0), ids)


@bits_of_product.wrong(
    "logits averaged",
    "You take the mean of the logits, not the sum. Its softmax is the root of the "
    "product: both experts half as sure as they are.",
)
def _(first, second, ids):
    return bits_given(softmax((first + second) / 2), ids)
