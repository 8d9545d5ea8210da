"""A text to train on in seconds, and the program called as from a command line."""

import random

import pytest

from seqmodels.__main__ import main

WORDS = "the a sea wind moon river stone old new light sees hears finds and of".split()


def make_text(num_chars=6000, seed=0, words=WORDS):
    """Sentences of a few words, always the same ones."""
    rng, text = random.Random(seed), ""
    while len(text) < num_chars:
        text += " ".join(rng.choices(words, k=rng.randint(3, 8))).capitalize() + ".\n"
    return text[:num_chars]


@pytest.fixture
def call(capsys):
    """A function that calls the program: arguments to status, output and errors."""

    def call(*args):
        status = main([str(arg) for arg in args])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return status, out, err

    return call


@pytest.fixture
def refused(call):
    """A function that calls the program and returns what it complains of."""

    def refused(*args):
        status, _, err = call(*args)
        assert status == 2
        assert err.startswith("error: ") and err.count("\n") <= 3, err
        return err.removeprefix("error: ")

    return refused
