"""Right answers to the exercises of notebook 12, written in other ways."""

import math

import numpy as np


def topic_of_sentence_1(counts, shares, phi):
    scores = np.log(shares) + np.log(phi) @ counts
    r = np.exp(scores - scores.max())
    return r / r.sum()


def topic_of_sentence_2(counts, shares, phi):
    r = np.array(shares)
    for word, count in enumerate(counts):  # one word after the other, as evidence
        for _ in range(count):
            r = r * phi[:, word]
            r = r / r.sum()
    return r


def topic_of_sentence_3(counts, shares, phi):
    likely = [
        share * math.prod(p**n for p, n in zip(row, counts.tolist(), strict=True))
        for share, row in zip(shares.tolist(), phi.tolist(), strict=True)
    ]
    return [number / math.fsum(likely) for number in likely]


def inputs_on_topic_1(embedded, shares, vectors):
    vector = sum(share * row for share, row in zip(shares, vectors, strict=True))
    return [[*unit, *vector] for unit in embedded]


def inputs_on_topic_2(embedded, shares, vectors):
    width = embedded.shape[1]
    found = np.empty((len(embedded), width + vectors.shape[1]), "float32")
    found[:, :width] = embedded
    found[:, width:] = np.dot(vectors.T, shares)
    return found


def inputs_on_topic_3(embedded, shares, vectors):
    many = np.repeat(shares[None], len(embedded), axis=0)
    return np.hstack([embedded, np.einsum("tk,kv->tv", many, vectors)])


def weights_of_a_topic_1(num_topics, vector_size, units):
    return vector_size * (num_topics + 4 * units)


def weights_of_a_topic_2(num_topics, vector_size, units):
    vectors = np.zeros((num_topics, vector_size))
    rows_of_kernel = np.zeros((vector_size, 4 * units))
    return vectors.size + rows_of_kernel.size


def weights_of_a_topic_3(num_topics, vector_size, units):
    total = 0
    for _ in range(num_topics):
        total += vector_size
    for _ in ("input gate", "forget gate", "candidate", "output gate"):
        total += vector_size * units
    return float(total)


def bits_of_mixture_1(valid, test):
    weights = np.linspace(0, 1, 11)[:, None]
    bits = [
        -np.log2(weights * first + (1 - weights) * second).mean(axis=1)
        for first, second in (valid, test)
    ]
    best = bits[0].argmin()
    return weights[best, 0], bits[1][best]


def bits_of_mixture_2(valid, test):
    def likelihood(weight):
        return math.prod(weight * a + (1 - weight) * b for a, b in valid.T)

    best = max([n / 10 for n in range(11)], key=likelihood)
    total = sum(math.log(best * a + (1 - best) * b) for a, b in test.T)
    return [best, -total / math.log(2) / test.shape[1]]


def bits_of_mixture_3(valid, test):
    pairs = np.array([(n / 10, 1 - n / 10) for n in range(11)])
    losses = -np.log(np.einsum("wm,mu->wu", pairs, valid)).sum(axis=1)
    pair = pairs[np.argsort(losses)[0]]
    return np.float32(pair[0]), np.mean(-np.log2(np.float32(pair @ test)))


def learn_from_some_labels_1(x, labels, num_topics, num_rounds):
    def m_step(r):
        shares = (r.sum(axis=0) + 1) / (len(x) + num_topics)
        counts = np.einsum("nk,nw->kw", r, x) + 0.1
        return shares, counts / counts.sum(axis=1)[:, None]

    def e_step(shares, phi):
        scores = x @ np.log(phi.T) + np.log(shares)
        r = np.exp(scores - np.logaddexp.reduce(scores, axis=1)[:, None])
        for n, label in enumerate(labels):
            if label != -1:
                r[n] = np.arange(num_topics) == label
        return r

    topics = np.ones(num_topics), np.ones((num_topics, x.shape[1]))
    for _ in range(num_rounds + 1):
        topics = m_step(e_step(*topics))
    return topics


def learn_from_some_labels_2(x, labels, num_topics, num_rounds):
    one_hot = np.vstack([np.eye(num_topics), np.zeros(num_topics)])[labels]
    known, hidden = x[labels >= 0], x[labels < 0]
    fixed = one_hot[labels >= 0]
    r = np.ones((len(hidden), num_topics)) / num_topics
    while True:
        shares = 1 + fixed.sum(axis=0) + r.sum(axis=0)
        shares = shares / shares.sum()
        phi = 0.1 + fixed.T @ known + r.T @ hidden
        phi = phi / phi.sum(axis=1, keepdims=True)
        if num_rounds == 0:
            return [shares, phi]
        num_rounds -= 1
        r = np.array([shares * np.prod(phi**words, axis=1) for words in hidden])
        r = r.reshape(-1, num_topics)
        r = r / r.sum(axis=1, keepdims=True)


def learn_from_some_labels_3(x, labels, num_topics, num_rounds):
    def row(words, label, shares, phi):
        if label in range(num_topics):
            return [int(k == label) for k in range(num_topics)]
        if shares is None:
            return [1 / num_topics] * num_topics
        joint = [
            shares[k] * math.prod(p**n for p, n in zip(phi[k], words, strict=True))
            for k in range(num_topics)
        ]
        return [p / sum(joint) for p in joint]

    sentences, shares, phi = x.tolist(), None, None
    for _ in range(num_rounds + 1):
        pairs = zip(sentences, labels.tolist(), strict=True)
        r = [row(words, label, shares, phi) for words, label in pairs]
        columns = [*zip(*r, strict=True)]
        sizes = [sum(column) + 1 for column in columns]
        shares = [size / sum(sizes) for size in sizes]
        phi = []
        for column in columns:
            counts = [0.1] * x.shape[1]
            for weight, words in zip(column, sentences, strict=True):
                counts = [
                    c + weight * word for c, word in zip(counts, words, strict=True)
                ]
            phi.append([c / sum(counts) for c in counts])
    return shares, phi
