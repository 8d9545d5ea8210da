"""An n-gram's counts, cut down to those that matter most."""

from __future__ import annotations

import base64
from typing import NamedTuple

import numpy as np

from seqmodels.counting.ngrams import NGramLM
from seqmodels.text.checks import check_size

PARTS = 65535  # what is kept of a probability is a whole number of these
MOST_NUMBERS = 4_000_000  # probabilities looked at for histories of one length
LARGEST = 2**53  # what JavaScript still counts exactly
ROUNDS = 4  # until it settles: on text8 more of them change little
TRIES = 8  # to fill the room
TINY = 1e-12


class Grams(NamedTuple):
    """N-grams of one length, by history and token, a number in each array for each."""

    histories: np.ndarray
    tokens: np.ndarray
    kept: np.ndarray


class Histories(NamedTuple):
    """The likeliest histories of one length, a row in each array for each of them."""

    numbers: np.ndarray
    shares: np.ndarray  # of all places in a text
    shorter: np.ndarray  # the row of the history without its first token
    probs: np.ndarray  # of what comes next
    seen: np.ndarray  # whether this has been seen to come next


def pack_counts(ngram: NGramLM, room: int) -> dict[str, object]:
    """All n-grams of an `NGramLM`, or those without which it would predict worst.

    What is left out leaves its share to the shorter history, so that all still adds up
    to 1. If anything is left out, the shorter histories predict what follows them, not,
    as in Kneser-Ney's smoothing, what is new: there would be nothing to make up for it.

    Args:
        ngram: Fitted.
        room: Bytes, as base64.

    Returns:
        What the page reads: see `counting.js`.

    Sources: A. Stolcke, "Entropy-based Pruning of Backoff Language Models", 1998;
    C. Chelba et al., "Study on Interaction between Entropy Pruning and Kneser-Ney
    Smoothing", 2010.
    """
    room = check_size("room", room, least=0)
    fits = room // 4 * 3
    total = sum(len(level.grams) for level in ngram._levels)
    grams = _all(ngram) if 2 * total < fits else []
    packed = _encode(grams)
    if not grams or len(packed) > fits:
        packed, grams = _pruned(ngram, fits)
    return {
        "base64": base64.b64encode(packed).decode(),
        "num_levels": len(grams),
        "vocab_size": ngram.vocab_size,
        "order": ngram.order,
        "num_kept": sum(len(level.tokens) for level in grams),
        "num_grams": total,
    }


def _lengths(ngram):
    """Levels whose histories JavaScript can number."""
    size = ngram.vocab_size
    return [x for n, x in enumerate(ngram._levels) if size**n <= LARGEST]


def _all(ngram):
    size = ngram.vocab_size
    return [Grams(*np.divmod(x.grams, size), x.kept) for x in _lengths(ngram)]


def _pruned(ngram, fits):
    """About as many n-grams as fit, the worthiest; encoded, and themselves."""
    known = _known(ngram)
    worth = [_worth(x, known[n - 1].probs if n else None) for n, x in enumerate(known)]
    order = np.sort(np.concatenate([x[x > 0] for x in worth]))[::-1]
    low, high, best = 0, len(order) + 1, (b"", [])
    num = min(len(order), fits // 4)  # so many bytes each, the histories' included
    for _ in range(TRIES):
        if not low < num < high:
            break
        grams = _rebuilt(known, [x >= order[num - 1] for x in worth])
        packed = _encode(grams)
        if len(packed) <= fits:
            low, best = num, (packed, grams)
        else:
            high = num
        guess = int(num * fits / max(1, len(packed)))
        num = min(max(guess, low + 1), high - 1)
        if len(best[0]) > 0.99 * fits:
            break
    return best


def _known(ngram):
    """The likeliest histories of each length, from the shortest, and what follows."""
    size, found = ngram.vocab_size, []
    numbers, shares = np.zeros(1, np.int64), np.ones(1)
    most = max(100, MOST_NUMBERS // size)
    for length, level in enumerate(_lengths(ngram)):
        places, known = level.find(numbers)
        shorter = np.zeros(len(numbers), np.int64)
        if length:
            wanted, others = numbers % size ** (length - 1), found[-1].numbers
            shorter = np.minimum(np.searchsorted(others, wanted), len(others) - 1)
            known &= others[shorter] == wanted
        numbers, shares, shorter = numbers[known], shares[known], shorter[known]
        if not len(numbers):
            break
        states = np.full((len(numbers), ngram.order - 1), -1, np.int64)
        for n in range(length):
            states[:, -1 - n] = numbers // size**n % size
        probs = ngram._next(states)
        seen = level.rows(places[known], np.zeros_like(probs)) > 0
        found.append(Histories(numbers, shares, shorter, probs, seen))
        joint = (shares[:, None] * probs).ravel()
        likely = np.arange(len(joint))
        if len(joint) > most:
            likely = np.sort(np.argpartition(-joint, most)[:most])
        numbers = (numbers[:, None] * size + np.arange(size)).ravel()[likely]
        shares = joint[likely]
    for _ in range(ROUNDS):
        found = _told_by_longer(found)
    return found


def _told_by_longer(known):
    """Anew, from the longest down: what follows a history follows all longer ones."""
    long = known[-1]
    told = [long]
    for short in known[-2::-1]:
        total = np.zeros_like(short.probs)
        np.add.at(total, long.shorter, long.shares[:, None] * long.probs)
        share = np.bincount(long.shorter, long.shares, len(short.numbers))
        rest = np.maximum(short.shares - share, 0)
        total += rest[:, None] * short.probs
        long = short._replace(probs=total / (share + rest)[:, None])
        told.insert(0, long)
    # And from the shortest up: how often each is there.
    size = long.probs.shape[1]
    for n, (short, long) in enumerate(zip(told[:-1], told[1:], strict=True)):
        before, token = np.divmod(long.numbers, size)
        row = np.searchsorted(short.numbers, before)
        told[n + 1] = long._replace(
            shares=told[n].shares[row] * short.probs[row, token]
        )
    return told


def _worth(known, shorter_probs):
    """Nats a token that each n-gram saves, 0 where there is none: Stolcke's (5)."""
    size = known.probs.shape[1]
    shorter = shorter_probs[known.shorter] if shorter_probs is not None else 1 / size
    shorter = np.broadcast_to(shorter, known.probs.shape)
    some = known.seen & (known.probs > shorter)
    rest = np.maximum(1 - np.sum(known.probs, axis=1, where=some), TINY)[:, None]
    room = np.maximum(1 - np.sum(shorter, axis=1, where=some), TINY)[:, None]
    scale, without = rest / room, (rest + known.probs) / (room + shorter)
    loss = known.probs * np.log(known.probs / (without * shorter))
    loss -= rest * np.log(without / scale)
    return np.where(some, known.shares[:, None] * loss, 0)


def _rebuilt(known, chosen):
    """What to keep of the chosen so that each has its probability again."""
    grams, rows = [], None
    for histories, some in zip(known, chosen, strict=True):
        shorter = 1 / some.shape[1] if rows is None else rows[histories.shorter]
        shorter = np.broadcast_to(shorter, some.shape)
        # One that the shorter history makes likelier than it is cannot be kept.
        for _ in range(4):
            rest = 1 - np.sum(histories.probs, axis=1, where=some)
            room = np.maximum(1 - np.sum(shorter, axis=1, where=some), TINY)
            left = np.clip(rest / room, 0, 1)[:, None]
            kept = np.where(some, histories.probs - left * shorter, 0)
            some = some & (kept > 0)
        kept = np.where(some, kept, 0)
        row, tokens = np.nonzero(kept * PARTS >= 1)
        grams.append(Grams(histories.numbers[row], tokens, kept[row, tokens]))
        rows = kept + (1 - kept.sum(axis=1, keepdims=True)) * shorter
    return grams


def _encode(grams):
    numbers = []
    for level in grams:
        histories, first = np.unique(level.histories, return_index=True)
        # Rounded down: what is left is never less than nothing.
        parts = np.floor(level.kept * PARTS).astype(np.int64)
        pairs = list(zip(level.tokens.tolist(), parts.tolist(), strict=True))
        ends = [*first[1:].tolist(), len(pairs)]
        numbers.append(len(histories))
        before = 0
        for history, start, end in zip(
            histories.tolist(), first.tolist(), ends[: len(first)], strict=True
        ):
            numbers += [history - before, end - start]
            before, last = history, 0
            for token, part in pairs[start:end]:
                numbers += [token - last, part]
                last = token
    return _varints(numbers)


def _varints(numbers):
    """Seven bits a byte, the lowest first; all but the last have the eighth set."""
    out = bytearray()
    for number in numbers:
        while number > 127:
            out.append(number & 127 | 128)
            number >>= 7
        out.append(number)
    return bytes(out)
