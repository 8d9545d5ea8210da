"""Calls a reader's function, which may crash, print, change its inputs or never end."""

import contextlib
import copy
import ctypes
import io
import threading
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


class TimeUp(BaseException):
    """Raised within a function that takes too long; `except Exception` lets it pass."""


@dataclass(frozen=True)
class Outcome:
    """What a call gave: a value, or an error, or no end."""

    value: object = None
    error: BaseException | None = None
    is_endless: bool = False

    @property
    def has_value(self) -> bool:
        """Whether the call returned."""
        return self.error is None and not self.is_endless


def call(function: Callable, inputs: Sequence, seconds: float) -> Outcome:
    """Calls a function on copies of its inputs, for so many seconds at most.

    It runs in a thread of its own, as signals neither work on Windows nor outside the
    main thread. What cannot be interrupted, such as a sleep, is left to end by itself.

    Args:
        function: Whose result is wanted.
        inputs: Its positional arguments.
        seconds: After which it is interrupted.

    Returns:
        The value that it returned, the error that it raised, or that it did not end.
    """
    outcome = Outcome(is_endless=True)

    def run():
        nonlocal outcome
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                outcome = Outcome(function(*copy.deepcopy(list(inputs))))
        except TimeUp:
            pass
        except BaseException as error:  # SystemExit, too, would go unseen
            outcome = Outcome(error=error)

    thread = threading.Thread(target=run, daemon=True)
    with contextlib.redirect_stdout(io.StringIO()):
        thread.start()
        try:
            thread.join(seconds)
        finally:  # the reader's Ctrl-C, too, ends it
            _end(thread)
    return outcome


def _end(thread):
    for _ in range(3):  # a bare `except` may have swallowed the first
        if not thread.is_alive():
            return
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(TimeUp)
        )
        thread.join(0.2)
