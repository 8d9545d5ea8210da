"""All of counting, reading on, with matches, mixed by situation (07)."""

from _counting import Known, Mixture, split

DESCRIPTION = "10-gram, counts that read on, and matches, mixed by situation"


class Counting:
    def __init__(self, known, mixture):
        self.known, self.mixture = known, mixture

    def log_probs(self, ids):
        return self.mixture.log_probs(*self.known.experts(ids))


def learn(train_ids, vocab_size, seconds_left):
    """Weights from the text's end, as of one not yet counted; then all is counted."""
    before, choice = split(train_ids)
    mixture = Mixture(Known(before, vocab_size).experts(choice))
    return Counting(Known(train_ids, vocab_size), mixture)
