"""What the reader guessed, beside what came out."""

import pytest

from seqmodels import compare_guess


@pytest.mark.parametrize(
    "guess, answer, unit, said",
    [
        (None, 83.21, "%", "It is 83.2%. (You made no guess.)"),
        (60, 83.21, "%", "Your guess, 60%, is 1.4 times too low."),
        (90, 83.21, "%", "Your guess, 90%, is within a tenth of it."),
        (3.0, 1.5, " nats", "It is 1.5 nats. Your guess, 3 nats, is 2 times too high."),
        (0, 1.5, "", "is 1.5 away."),
        (0.2, 0, "", "It is 0. Your guess, 0.2, is 0.2 away."),
        (-1, 2, "", "is 3 away."),
        ("GRU ", "gru", "", "It is 'gru'. Your guess was right."),
        ("lstm", "gru", "", "It is 'gru'. Your guess was 'lstm'."),
        (["b", "a", "c"], ["a", "b", "c"], "", "a > b > c. Your guess: 2 of 3 pairs"),
        (None, ["a", "b"], "", "It is a > b. (You made no guess.)"),
    ],
)
def test_says(guess, answer, unit, said, capsys):
    compare_guess(guess, answer, unit)
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    "guess, answer", [("a", 3), (3, "a"), (["a"], "a"), ("a", ["a"])]
)
def test_a_guess_of_another_kind(guess, answer):
    with pytest.raises(TypeError, match="`guess` must be of the kind of"):
        compare_guess(guess, answer)


def test_a_ranking_of_other_things():
    with pytest.raises(ValueError, match="`guess` must rank"):
        compare_guess(["a", "c"], ["a", "b"])
