"""Where data came from, said aloud."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """Where data came from; `str` of it is one line to show the reader."""

    name: str  # the data set asked for, such as "text8"
    kind: str  # "real" (all of it), "excerpt" (its beginning) or "bundled"
    detail: str  # how much there is and, in place of something else, why

    def __str__(self):
        if self.kind == "bundled":
            return f"Data: bundled {self.detail}"
        part = ", excerpt" if self.kind == "excerpt" else ""
        return f"Data: {self.name}{part}, {self.detail}"


def announce(data, source: Source):
    """Prints a source; returns both."""
    print(source)
    return data, source


def stand_in(name: str, what: str, reason: str) -> Source:
    """The source of something bundled that stands in for a data set, and why."""
    return Source(name, "bundled", f"{what}, in place of {name} ({reason})")
