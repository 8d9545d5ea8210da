"""One bar that shows how far something is, in a terminal or in a notebook."""

import sys
from collections.abc import Iterable

from tqdm import tqdm


def progress_bar(iterable: Iterable | None = None, **kwargs) -> tqdm:
    """A `tqdm` bar that in a notebook leaves one line behind. Arguments as `tqdm`'s."""
    bar = _NotebookBar if in_notebook() else tqdm
    return bar(iterable, **kwargs)


def in_notebook() -> bool:
    """Whether there is a notebook to show something in."""
    # That `ipykernel` is imported is no proof: pytest's nbval imports it, too.
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


class _NotebookBar(tqdm):
    """A bar in a display of its own; `tqdm.notebook` would need a widget."""

    _handle = None  # of the display, once there is something to show

    def display(self, msg=None, pos=None):
        content = {"text/plain": str(self) if msg is None else msg}
        if self._handle is None:
            from IPython.display import display

            self._handle = display(content, raw=True, display_id=True)
        else:
            self._handle.update(content, raw=True)

    def close(self):
        if not self.disable:
            self.disable = True
            leave = self.pos == 0 if self.leave is None else self.leave
            self._decr_instances(self)
            if self._handle is not None:  # nothing is, before its `delay` is over
                self.display(None if leave else "")
