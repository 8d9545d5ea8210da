"""The page in a notebook: in a frame, or as a widget."""

from __future__ import annotations

import html

from seqmodels.page.assembling import module, style


class Shown:
    """A page that a notebook shows, in a frame of its own.

    Args:
        page: The HTML file.
        description: As in `assemble`.
        weights: As in `assemble`.
        tables: As in `assemble`.
        height: Of its frame, in pixels.
    """

    def __init__(
        self,
        page: str,
        description: dict[str, object],
        weights: str,
        tables: str = "",
        height: int = 900,
    ):
        self.page, self.height, self._title = page, height, description["title"]
        self._synced = {
            "description": description,
            "weights": weights,
            "tables": tables,
        }

    def __repr__(self):
        return f"<playground: {self._title}>"

    def _repr_html_(self) -> str:
        # Without `allow-same-origin` it cannot reach the notebook around it.
        return (
            f'<iframe title="{html.escape(self._title)}" '
            f'style="width:100%;height:{self.height}px;border:0" '
            'sandbox="allow-scripts" allow="clipboard-write" '
            f'srcdoc="{html.escape(self.page)}"></iframe>'
        )

    def widget(self) -> object:
        """The same as an [anywidget](https://anywidget.dev), where it is installed.

        Raises:
            ImportError: If it is not.
        """
        try:
            import anywidget
            import traitlets
        except ImportError as error:
            raise ImportError(
                "`widget` needs anywidget, which is not installed: "
                "`pip install anywidget`. Without it, show the page itself: leave "
                "`.widget()` out."
            ) from error

        class Playground(anywidget.AnyWidget):
            _esm = module()
            _css = style()
            description = traitlets.Dict().tag(sync=True)
            weights = traitlets.Unicode().tag(sync=True)
            tables = traitlets.Unicode().tag(sync=True)

        return Playground(**self._synced)
