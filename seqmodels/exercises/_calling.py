"""Calls a reader's function, which may crash, print, change its inputs or never end."""

import contextlib
import copy
import ctypes
import io
import threading
import types
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np


class TimeUp(BaseException):
    """Raised within a function that takes too long; `except Exception` lets it pass."""


@dataclass(frozen=True)
class Outcome:
    """What a call gave: a value, or an error, or no end within so many seconds."""

    value: object = None
    error: BaseException | None = None
    seconds: float = 0.0
    printed: str = ""

    @property
    def is_endless(self) -> bool:
        """Whether it was stopped."""
        return self.seconds > 0

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
        The value that it returned (of a generator all that it yields, in a list), the
        error that it raised, or that it did not end; and what it printed.
    """
    outcome = Outcome(seconds=seconds)

    def run():
        nonlocal outcome
        try:
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                value = function(*copy.deepcopy(list(inputs)))
                if isinstance(value, types.GeneratorType):
                    value = [*value]
                if isinstance(value, (list, dict)):  # which another call may change
                    value = copy.deepcopy(value)
                outcome = Outcome(value)
        except TimeUp:
            pass
        except BaseException as error:  # SystemExit, too, would go unseen
            outcome = Outcome(error=error)

    def run_quietly():
        with contextlib.suppress(TimeUp):  # a second may come while the first is told
            run()

    thread = threading.Thread(target=run_quietly, daemon=True)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        thread.start()
        try:
            thread.join(seconds)
        finally:  # the reader's Ctrl-C, too, ends it
            _end(thread)
    return replace(outcome, printed=printed.getvalue())


def _end(thread):
    for _ in range(3):  # a bare `except` may have swallowed the first
        if not thread.is_alive():
            return
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(TimeUp)
        )
        thread.join(1)
