"""Exercises of notebook 12, topics without labels and a writer that is told one."""

import math

import numpy as np
from hypothesis import strategies as st

from seqmodels.exercises import exercise
from seqmodels.exercises._inputs import ids, numbers, probabilities, size

__all__ = [
    "topic_of_sentence",
    "inputs_on_topic",
    "weights_of_a_topic",
    "bits_of_mixture",
    "learn_from_some_labels",
]

_topics, _words = size("topics", 2, 3), size("words", 2, 4)


@exercise(
    difficulty=2,
    minutes=6,
    inputs=[
        ids(_words, vocab_size=3),
        probabilities(_topics),
        probabilities(_topics, _words),
    ],
    hints=[
        "How likely is it that a topic is drawn, and then each of the words?",
        "A word that comes twice is drawn twice. In the end all topics sum to one.",
    ],
)
def topic_of_sentence(
    counts: np.ndarray, shares: np.ndarray, phi: np.ndarray
) -> np.ndarray:
    """The probability of each topic (topics,), given a sentence's words.

    `counts` (words,) says how often each word comes in it; `shares` (topics,) are the
    topics' probabilities before, `phi` (topics, words) those of the words in each.
    """
    joint = shares * np.prod(phi**counts, axis=1)
    return joint / joint.sum()


@topic_of_sentence.specification
def _(counts, shares, phi):
    joint = []
    for share, words in zip(shares, phi, strict=True):
        for count, probability in zip(counts, words, strict=True):
            for _ in range(count):
                share *= probability
        joint.append(share)
    return [number / sum(joint) for number in joint]


@topic_of_sentence.wrong(
    "the topics' shares forgotten",
    "You ask under which topic the words are likely. How common is the topic? A "
    "sentence without words should still be on a common one.",
)
def _(counts, shares, phi):
    joint = np.prod(phi**counts, axis=1)
    return joint / joint.sum()


@topic_of_sentence.wrong(
    "each word counted once",
    "A word that comes twice says as much to you as one that comes once. It is drawn "
    "from the bag twice.",
)
def _(counts, shares, phi):
    joint = shares * np.prod(phi ** (counts > 0), axis=1)
    return joint / joint.sum()


@topic_of_sentence.wrong(
    "a sum for a product",
    "You add the words' probabilities up. All of the words were drawn, one and another "
    "and a third: a word that a topic hardly has should speak strongly against it.",
)
def _(counts, shares, phi):
    joint = shares * (phi @ counts)
    return joint / joint.sum()


@topic_of_sentence.wrong(
    "joint for conditional",
    "This is the probability of a topic together with these words. But the words are "
    "given: over the topics it should sum to one.",
)
def _(counts, shares, phi):
    return shares * np.prod(phi**counts, axis=1)


@topic_of_sentence.wrong(
    "the likeliest topic alone",
    "You decide for one topic. How sure that is gets lost, and EM weighs each sentence "
    "by it.",
)
def _(counts, shares, phi):
    joint = shares * np.prod(phi**counts, axis=1)
    return np.eye(len(shares))[joint.argmax()]


@exercise(
    difficulty=2,
    minutes=5,
    inputs=[
        numbers(size("num_units", 2, 4), size("embedding")),
        probabilities(_topics),
        numbers(_topics, size("vector", 1, 3)),
    ],
    hints=[
        "One topic vector first: the topics' vectors, each as much as its share.",
        "The same vector then stands beside every unit of the formula.",
    ],
)
def inputs_on_topic(
    embedded: np.ndarray, shares: np.ndarray, vectors: np.ndarray
) -> np.ndarray:
    """What an LSTM reads (units, embedding + vector), its topic at every input.

    `embedded` (units, embedding) are a formula's units; `shares` (topics,) say how
    much it is on each topic, `vectors` (topics, vector) are the learnt ones. In each
    row the unit comes first.
    """
    vector = shares @ vectors
    beside = np.tile(vector, (len(embedded), 1))
    return np.concatenate([embedded, beside], axis=1)


@inputs_on_topic.specification
def _(embedded, shares, vectors):
    rows = []
    for unit in embedded:
        row = [*unit]
        for n in range(len(vectors[0])):
            row.append(sum(shares[k] * vectors[k][n] for k in range(len(shares))))
        rows.append(row)
    return rows


@inputs_on_topic.wrong(
    "the largest topic alone",
    "A formula that is on one topic by half and on two by a quarter each gets the "
    "vector of the first. The others have a share in it.",
)
def _(embedded, shares, vectors):
    return np.array([[*unit, *vectors[shares.argmax()]] for unit in embedded])


@inputs_on_topic.wrong(
    "at the first input alone",
    "You tell the topic once. Then the LSTM must remember it, which is the other "
    "design; at every input nothing need be remembered.",
)
def _(embedded, shares, vectors):
    beside = np.zeros((len(embedded), vectors.shape[1]))
    beside[0] = shares @ vectors
    return np.concatenate([embedded, beside], axis=1)


@inputs_on_topic.wrong(
    "added in place of put beside",
    "You add the topic's vector to the unit's. The two need not even be of the same "
    "length: they stand side by side.",
)
def _(embedded, shares, vectors):
    return embedded + shares @ vectors


@inputs_on_topic.wrong(
    "the topic in front of the unit",
    "Everything is there, but the unit should come first in a row. Learnt weights "
    "belong to places.",
)
def _(embedded, shares, vectors):
    return np.array([[*(shares @ vectors), *unit] for unit in embedded])


@exercise(
    difficulty=1,
    minutes=3,
    inputs=[st.integers(2, 20), st.integers(2, 40), st.integers(2, 400)],
    hints=[
        "Two things are new: the topics' vectors, and what reads a vector.",
        "An LSTM has four matrices (three gates and a candidate) for its input.",
    ],
)
def weights_of_a_topic(num_topics: int, vector_size: int, units: int) -> int:
    """How many more weights a writer has if it is told its topic at every input.

    Each of `num_topics` has a learnt vector of `vector_size` numbers, which stands
    beside every input of the writer's one LSTM layer, of so many units.
    """
    return num_topics * vector_size + vector_size * 4 * units


@weights_of_a_topic.specification
def _(num_topics, vector_size, units):
    def count(input_size):
        return sum((input_size + units + 1) * units for _ in "ifgo")

    embedding = 10  # of whatever size
    return num_topics * vector_size + count(embedding + vector_size) - count(embedding)


@weights_of_a_topic.wrong(
    "one matrix for four",
    "You connect the topic's vector with each unit once. It is read by three gates and "
    "by the candidate.",
)
def _(num_topics, vector_size, units):
    return num_topics * vector_size + vector_size * units


@weights_of_a_topic.wrong(
    "the topics' vectors forgotten",
    "These are the weights that read a vector. The vectors are learnt as well.",
)
def _(num_topics, vector_size, units):
    return vector_size * 4 * units


@weights_of_a_topic.wrong(
    "shares for a vector",
    "You connect the gates with the topics themselves. Between them stands the vector, "
    "and it alone is read.",
)
def _(num_topics, vector_size, units):
    return num_topics * vector_size + num_topics * 4 * units


@weights_of_a_topic.wrong(
    "biases counted again",
    "A longer input needs longer matrices. The biases, one for each gate of each unit, "
    "were there before.",
)
def _(num_topics, vector_size, units):
    return num_topics * vector_size + (vector_size + 1) * 4 * units


def _two_models(num_units, seed):
    """Probabilities of two models `(2, units)`, no two equal, each for two texts."""
    rng = np.random.default_rng(seed)
    drawn = rng.choice(np.arange(2, 98), (4, num_units), replace=False) / 100
    return drawn[:2], drawn[2:]


def _bits(probs, weight):
    return -np.log2(weight * probs[0] + (1 - weight) * probs[1]).mean()


_weights = np.arange(11) / 10


@exercise(
    difficulty=3,
    minutes=8,
    inputs=st.builds(_two_models, st.integers(3, 5), st.integers(0, 2**16)),
    hints=[
        "Mixed, a unit has the probability weight * first + (1 - weight) * second.",
        "Bits come after: minus the logarithm to base 2 of what was mixed, on average.",
        "Which of the two texts may have a say in the weight?",
    ],
)
def bits_of_mixture(valid: np.ndarray, test: np.ndarray) -> tuple[float, float]:
    """The first model's weight in a mixture of two, and the mixture's bits per unit.

    Both arguments `(2, units)` hold the probabilities that the two models gave to the
    units that came: in the validation formulas and in the test formulas. The weight is
    one of 0, 0.1, ..., 1 and is chosen; the bits are those of the test formulas.
    """

    def bits(probs, weight):
        return -np.log2(weight * probs[0] + (1 - weight) * probs[1]).mean()

    weight = min(np.arange(11) / 10, key=lambda weight: bits(valid, weight))
    return weight, bits(test, weight)


@bits_of_mixture.specification
def _(valid, test):
    best, lowest = None, math.inf
    for tenths in range(11):
        total = 0.0
        for first, second in valid.T:
            total -= math.log2((tenths * first + (10 - tenths) * second) / 10)
        if total < lowest:
            best, lowest = tenths / 10, total
    losses = [-math.log2(best * a + (1 - best) * b) for a, b in test.T]
    return best, sum(losses) / len(losses)


@bits_of_mixture.wrong(
    "losses mixed instead of probabilities",
    "You mix the two models' bits, and so one of them always gets the whole weight. "
    "Mixed probabilities can be better than both: where one fails the other helps out.",
)
def _(valid, test):
    losses, new = -np.log2(valid).mean(axis=1), -np.log2(test).mean(axis=1)
    weight = float(losses[0] < losses[1])
    return weight, new[0] if weight else new[1]


@bits_of_mixture.wrong(
    "the weight chosen on the test formulas",
    "You choose the weight by what it is judged by. Then even a useless model cannot "
    "harm: choose on the validation formulas.",
)
def _(valid, test):
    weight = min(_weights, key=lambda weight: _bits(test, weight))
    return weight, _bits(test, weight)


@bits_of_mixture.wrong(
    "judged on the validation formulas",
    "The bits are those of the formulas that the weight was fitted to. How does it do "
    "on others?",
)
def _(valid, test):
    weight = min(_weights, key=lambda weight: _bits(valid, weight))
    return weight, _bits(valid, weight)


@bits_of_mixture.wrong(
    "nats for bits",
    "Your logarithm is the natural one. A bit is a halving.",
)
def _(valid, test):
    weight = min(_weights, key=lambda weight: _bits(valid, weight))
    return weight, _bits(test, weight) * np.log(2)


@bits_of_mixture.wrong(
    "the logarithm of the mean",
    "You average probabilities over the units and take the logarithm at the end. Each "
    "unit costs its own bits, and an unlikely one many.",
)
def _(valid, test):
    def bits(probs, weight):
        return -np.log2((weight * probs[0] + (1 - weight) * probs[1]).mean())

    weight = min(_weights, key=lambda weight: bits(valid, weight))
    return weight, bits(test, weight)


_sentences = size("sentences", 3, 5)


@exercise(
    difficulty=5,
    minutes=15,
    inputs=[
        ids(_sentences, _words, vocab_size=3),
        ids(_sentences, vocab_size=_topics.map(lambda topics: topics + 1)).map(
            lambda drawn: drawn - 1
        ),
        _topics,
        st.integers(1, 3),
    ],
    hints=[
        "Keep a table r (sentences, topics). What are the rows of a sentence whose "
        "topic is known, at the start and later?",
        "`r.T @ x` counts the words of each topic, `r.sum(axis=0)` its sentences.",
        "After each inference put the rows of the known sentences back.",
    ],
)
def learn_from_some_labels(
    x: np.ndarray, labels: np.ndarray, num_topics: int, num_rounds: int
) -> tuple[np.ndarray, np.ndarray]:
    """Shares (topics,) and phi (topics, words) by EM, some topics being known.

    `x` (sentences, words) are counts. `labels` (sentences,) are topics, or -1 where
    the topic is hidden. A known sentence is wholly on its topic, always; a hidden one
    at first on all alike. Count (M), then infer (E) and count again, `num_rounds`
    times. In counting, 0.1 is added to each word of each topic, and one sentence to
    each topic; then phi sums to one over the words, shares over the topics.
    """

    def count(r):
        phi, shares = r.T @ x + 0.1, r.sum(axis=0) + 1
        return shares / shares.sum(), phi / phi.sum(axis=1, keepdims=True)

    is_known = labels >= 0
    r = np.full((len(x), num_topics), 1 / num_topics)
    r[is_known] = np.eye(num_topics)[labels[is_known]]
    shares, phi = count(r)
    for _ in range(num_rounds):
        joint = shares * np.exp(x @ np.log(phi).T)
        inferred = joint / joint.sum(axis=1, keepdims=True)
        r = np.where(is_known[:, None], r, inferred)
        shares, phi = count(r)
    return shares, phi


@learn_from_some_labels.specification
def _(x, labels, num_topics, num_rounds):
    topics, shares, phi = range(num_topics), None, None
    for _ in range(1 + num_rounds):
        new_shares, new_phi = [1.0] * num_topics, np.full((num_topics, len(x[0])), 0.1)
        for sentence, label in zip(x, labels, strict=True):
            r = [1 / num_topics] * num_topics
            if label >= 0:
                r = [float(k == label) for k in topics]
            elif shares is not None:
                r = [shares[k] * math.prod(phi[k] ** sentence) for k in topics]
                r = [number / sum(r) for number in r]
            for k in topics:
                new_shares[k] += r[k]
                new_phi[k] += r[k] * sentence
        shares = [share / sum(new_shares) for share in new_shares]
        phi = [row / sum(row) for row in new_phi]
    return np.array(shares), np.array(phi)


def _learn(x, labels, num_topics, num_rounds, sizes=None, infer=None, clamp=True):
    """As the solution, with other shares, another E step, or labels let go."""

    def count(r):
        phi, shares = r.T @ x + 0.1, (sizes @ r if sizes is not None else r.sum(0)) + 1
        return shares / shares.sum(), phi / phi.sum(axis=1, keepdims=True)

    is_known, r = labels >= 0, np.full((len(x), num_topics), 1 / num_topics)
    r[is_known] = np.eye(num_topics)[labels[is_known]]
    shares, phi = count(r)
    for _ in range(num_rounds):
        joint = shares * np.exp(x @ np.log(phi).T)
        joint = infer(joint, shares) if infer else joint
        inferred = joint / joint.sum(axis=1, keepdims=True)
        r = np.where(is_known[:, None] & clamp, r, inferred)
        shares, phi = count(r)
    return shares, phi


@learn_from_some_labels.wrong(
    "labels forgotten after the first round",
    "You infer the topic of every sentence anew, the known ones, too. What is known "
    "stays known.",
)
def _(*inputs):
    return _learn(*inputs, clamp=False)


@learn_from_some_labels.wrong(
    "hidden sentences left out",
    "You learn from the known sentences alone, as naive Bayes does. A sentence whose "
    "topic is hidden counts as well, for each topic as much as it is likely on it.",
)
def _(x, labels, num_topics, num_rounds):
    known = labels >= 0
    return _learn(x[known], labels[known], num_topics, num_rounds)


@learn_from_some_labels.wrong(
    "the likeliest topic alone",
    "A hidden sentence counts for one topic only, the likeliest. In EM it counts for "
    "each topic, as much as it is likely on it.",
)
def _(*inputs):
    return _learn(*inputs, infer=lambda joint, _: np.eye(inputs[2])[joint.argmax(1)])


@learn_from_some_labels.wrong(
    "the topics' shares forgotten",
    "In the E step you ask under which topic the words are likely, and not how common "
    "the topic is.",
)
def _(*inputs):
    return _learn(*inputs, infer=lambda joint, shares: joint / shares)


@learn_from_some_labels.wrong(
    "shares of words for shares of sentences",
    "Your shares count words, so that a long sentence weighs more than a short one. "
    "The topic is drawn once for a sentence.",
)
def _(x, *others):
    return _learn(x, *others, sizes=x.sum(axis=1))
