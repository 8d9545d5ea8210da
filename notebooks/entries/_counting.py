"""All that counting knows of a text, reading on, with matches: 07's experts."""

import numpy as np

from seqmodels import MatchModel, NGramLM


class Counts:
    """What followed up to seven letters, smoothed as by Witten and Bell; reads on."""

    def __init__(self, vocab_size, ids=(), max_order=8):
        self.vocab_size, self.end = vocab_size, b""
        self.tables = [{} for _ in range(max_order)]
        self.tables, *_ = self.read(ids)
        self.end = as_bytes(ids)[-max_order:]

    def read(self, ids):
        """Counts by history, log-probabilities, and how long a history was known.

        A letter is predicted, then counted; what was counted before stays as it was.
        """
        text, start = self.end + as_bytes(ids), len(self.end)
        tables = [{} for _ in self.tables]
        log_probs, longest = np.empty(len(ids)), np.zeros(len(ids), int)
        for t in range(start, len(text)):
            letter, p = text[t], 1 / self.vocab_size
            for n, (table, old) in enumerate(zip(tables, self.tables, strict=True)):
                if n > t:
                    break
                history = text[t - n : t]
                seen = table.get(history)
                if seen is None:
                    seen = table[history] = dict(old.get(history, ()))
                if seen:
                    kinds, total = len(seen), sum(seen.values())
                    p = (seen.get(letter, 0) + kinds * p) / (total + kinds)
                    longest[t - start] = n
                seen[letter] = seen.get(letter, 0) + 1
            log_probs[t - start] = np.log(p)
        return tables, log_probs, longest


def as_bytes(ids):
    return np.asarray(ids, np.uint8).tobytes()


class Known:
    """What counting has learnt from a text."""

    def __init__(self, ids, vocab_size, order=10):
        self.vocab_size = vocab_size
        self.ngram = NGramLM(vocab_size, order).fit(ids)
        self.match = MatchModel(vocab_size).fit(ids)
        self.young, self.older = (
            Counts(vocab_size, part) for part in (ids[:0], ids[-400_000:])
        )

    def experts(self, ids):
        """Log-probabilities, `(experts, letters)`, and each letter's situation."""
        nobody, num = self.vocab_size, len(self.match.lengths)
        said = np.vstack([np.full(num, nobody), self.match.followed(ids)[:-1]])
        sure = np.where(said == ids[:, None], 0.98, 0.02 / (nobody - 1))
        matches = np.log(np.where(said == nobody, 1 / nobody, sure)).T
        number = (said != nobody).sum(axis=1)
        longest_says = said[np.arange(len(ids)), np.maximum(number - 1, 0)]
        agree = (said == longest_says[:, None]).sum(axis=1)
        _, young, longest = self.young.read(ids)
        _, older, _ = self.older.read(ids)
        counts = self.ngram.log_probs(ids), young, older
        return np.vstack([*counts, matches]), 100 * longest + 10 * number + agree


class Mixture:
    """Experts, in each situation with weights of its own, found by EM.

    Args:
        choice: Experts' log-probabilities of a text and its letters' situations.
    """

    def __init__(self, choice):
        log_probs, situations = choice
        self.weights = {None: em_weights(log_probs)}
        for situation, times in zip(
            *np.unique(situations, return_counts=True), strict=True
        ):
            if times >= 100:
                like = situations == situation
                self.weights[situation] = em_weights(log_probs[:, like])

    def log_probs(self, log_probs, situations):
        mixed = self.weights[None] @ np.exp(log_probs)
        for situation, weights in self.weights.items():
            here = situations == situation
            mixed[here] = weights @ np.exp(log_probs[:, here])
        return np.log(mixed)


def em_weights(log_probs, rounds=40):
    """The mixture of experts, `(experts, letters)`, that gives a text the most."""
    probs = np.exp(log_probs)
    weights = np.full(len(probs), 1 / len(probs))
    for _ in range(rounds):
        shares = weights[:, None] * probs
        weights = (shares / shares.sum(axis=0)).mean(axis=1)
    return weights


def split(ids):
    """A text without its end, and this, to choose weights by."""
    return np.split(ids, [len(ids) - min(100_000, len(ids) // 15)])
