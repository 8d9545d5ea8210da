"""07's network: an LSTM that reads what counting says, each tenth by the others."""

from _by_the_clock import end_that_fits, train

from seqmodels import (
    ContiguousBatches,
    InformedLM,
    MatchModel,
    NGramLM,
    ResidualLM,
    cross_fitted_log_probs,
)

DESCRIPTION = "LSTM, 256 units, told what a 10-gram and the last matches say"


def learn(train_ids, vocab_size, seconds_left):
    """What it is told takes a third of the time at most, and cuts the text to that."""

    def say(ids):
        return cross_fitted_log_probs(ids, vocab_size, 10), matches.followed(ids)

    ngram, matches = NGramLM(vocab_size, 10).fit(train_ids), MatchModel(vocab_size)
    ids = end_that_fits(train_ids, seconds_left() / 3, say)
    batches = ContiguousBatches(ids, 32, 25, features=say(ids))
    network = ResidualLM(vocab_size, 256, num_matches=len(matches.lengths))
    matches.fit(train_ids)
    train(network, batches, 0.004, seconds_left)
    return InformedLM(network, ngram, matches)
