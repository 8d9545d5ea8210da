"""An LSTM that reads letters and nothing else (06), of 256 units."""

from _by_the_clock import train

from seqmodels import CharLM, ContiguousBatches

DESCRIPTION = "LSTM of letters, 256 units"


def learn(train_ids, vocab_size, seconds_left):
    """Trained until time is over, its rate falling by the clock."""
    model = CharLM(vocab_size, 256)
    train(model, ContiguousBatches(train_ids, 32, 25), 0.008, seconds_left)
    return model
