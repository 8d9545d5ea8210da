"""07's network, mixed with all of counting as one expert more."""

import numpy as np
from _by_the_clock import end_that_fits, train
from _counting import Known, Mixture, split

from seqmodels import (
    ContiguousBatches,
    InformedLM,
    MatchModel,
    ResidualLM,
    cross_fitted_log_probs,
)

DESCRIPTION = "the network of told.py mixed with the experts of counting.py"


class Mixed:
    def __init__(self, network, known):
        self.known, self.mixture = known, None
        self.told = InformedLM(network, known.ngram, known.match)

    def experts(self, ids):
        experts, situations = self.known.experts(ids)
        return np.vstack([self.told.log_probs(ids), experts]), situations

    def log_probs(self, ids):
        return self.mixture.log_probs(*self.experts(ids))


def learn(train_ids, vocab_size, seconds_left):
    """The network never sees the text's end, by which the weights are chosen."""

    def say(ids):
        return cross_fitted_log_probs(ids, vocab_size, 10), matches.followed(ids)

    reserve = seconds_left() / 9  # for the network's reading of the text's end
    (before, choice), matches = split(train_ids), MatchModel(vocab_size)
    early, late = (Known(ids, vocab_size) for ids in (before, train_ids))
    ids = end_that_fits(before, seconds_left() / 3, say)
    batches = ContiguousBatches(ids, 32, 25, features=say(ids))
    network = ResidualLM(vocab_size, 256, num_matches=len(matches.lengths))
    experts, situations = early.experts(choice)
    train(network, batches, 0.004, seconds_left, reserve)
    told = InformedLM(network, early.ngram, early.match).log_probs(choice)
    model = Mixed(network, late)
    model.mixture = Mixture((np.vstack([told, experts]), situations))
    return model
