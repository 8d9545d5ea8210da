"""What the reader guessed, beside what came out."""

from collections.abc import Sequence


def compare_guess(
    guess: float | str | Sequence | None,
    answer: float | str | Sequence,
    unit: str = "",
) -> None:
    """Prints the answer, and how far off the reader's guess was.

    Args:
        guess: A number, a choice, or a ranking, as the answer is; `None` is no guess.
        answer: What came out.
        unit: Behind numbers, such as " nats" or "%".

    Raises:
        TypeError: If a guess is of another kind than the answer.
        ValueError: If a ranking does not rank the same things.
    """
    shown = _show(answer, unit)
    if guess is None:
        print(f"It is {shown}. (You made no guess.)")
        return
    ranked, is_number = _is_ranking(answer), _is_number(answer)
    if _is_ranking(guess) != ranked or _is_number(guess) != is_number:
        raise TypeError(f"`guess` must be of the kind of {answer!r}; got {guess!r}.")
    if ranked:
        print(f"It is {shown}. Your guess: {_rank(guess, answer)}")
    elif is_number:
        print(f"It is {shown}. Your guess, {guess:g}{unit}, {_distance(guess, answer)}")
    else:
        right = str(guess).strip().lower() == str(answer).strip().lower()
        print(f"It is {shown}. Your guess was {'right' if right else repr(guess)}.")


def _is_number(value):
    return not isinstance(value, (str, list, tuple))


def _is_ranking(value):
    return isinstance(value, (list, tuple))


def _show(answer, unit):
    if _is_ranking(answer):
        return " > ".join(map(str, answer))
    return f"{answer:.3g}{unit}" if _is_number(answer) else repr(answer)


def _distance(guess, answer):
    if not answer or guess / answer <= 0:
        return f"is {abs(guess - answer):.3g} away."
    ratio = guess / answer
    if abs(ratio - 1) < 0.1:
        return "is within a tenth of it."
    times = ratio if ratio > 1 else 1 / ratio
    return f"is {times:.2g} times {'too high' if ratio > 1 else 'too low'}."


def _rank(guess, answer):
    if sorted(map(str, guess)) != sorted(map(str, answer)):
        raise ValueError(f"`guess` must rank {sorted(answer)}; got {list(guess)}.")
    order = [list(map(str, guess)).index(str(x)) for x in answer]
    pairs = [(i, j) for i in range(len(order)) for j in range(i + 1, len(order))]
    right = sum(order[i] < order[j] for i, j in pairs)
    return f"{right} of {len(pairs)} pairs in the right order."
