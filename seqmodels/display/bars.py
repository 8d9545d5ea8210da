"""One bar that shows how far something is, in a terminal or in a notebook."""

import sys
from collections.abc import Iterable

from tqdm import tqdm


def progress_bar(iterable: Iterable | None = None, **kwargs) -> tqdm:
    """A `tqdm` bar that in a notebook leaves one line behind. Arguments as `tqdm`'s."""
    bar = _NotebookBar if in_notebook() else tqdm
    return bar(iterable, dynamic_ncols=False, **kwargs)


def in_notebook() -> bool:
    """Whether there is a notebook to show something in."""
    # That `ipykernel` is imported is no proof: pytest's nbval imports it, too.
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


class _NotebookBar(tqdm):
    """A bar in a display of its own; `tqdm.notebook` would need a widget."""

    def __init__(self, *args, **kwargs):
        from IPython.display import display

        self._handle = display({"text/plain": ""}, raw=True, display_id=True)
        super().__init__(*args, **kwargs)

    def display(self, msg=None, pos=None):
        self._handle.update({"text/plain": msg or str(self)}, raw=True)

    def close(self):
        if not self.disable:
            self.disable = True
            self._decr_instances(self)
            self.display()
