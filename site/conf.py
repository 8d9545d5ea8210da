"""Sphinx' settings. Everything is local, and nothing depends on when it is built."""

import html
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "notebooks"))

from docutils import nodes  # noqa: E402

import address  # noqa: E402

project = html_title = "seqmodels"
author = "The seqmodels authors"
release = version = address.package_version()
language = "en"

extensions = ["myst_nb"]
nb_execution_mode = "off"
nb_code_prompt_show = "Show {type}"
nb_code_prompt_hide = "Hide {type}"
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "dollarmath"]
myst_heading_anchors = 4
myst_update_mathjax = False
suppress_warnings = ["misc.highlighting_failure"]  # of output that looks like code

html_theme = "sphinx_book_theme"
html_static_path = ["static"]
html_css_files = ["course.css"]
html_favicon = "static/favicon.svg"
html_math_renderer = "course"
html_context = {"default_mode": "auto"}
html_copy_source = html_show_sourcelink = html_show_copyright = False
html_permalinks_icon = "#"
html_theme_options = {
    "logo": {"text": "seqmodels"},
    "home_page_in_toc": False,
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "toc_title": "On this page",
    "use_download_button": False,
    "use_fullscreen_button": False,
    "use_source_button": False,
    "navbar_persistent": [],
    "back_to_top_button": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "extra_footer": "Code and notebooks: MIT. Bundled texts: CC0. More: Licences.",
}
repository, tag = address.read()
if repository:
    html_theme_options |= {
        "repository_url": repository,
        "repository_branch": tag,
        "use_repository_button": True,
    }


def inline_math(writer, node):
    """Writes TeX as it is; course.js has KaTeX set it."""
    writer.body.append(f'<span class="math">{html.escape(node.astext())}</span>')
    raise nodes.SkipNode


def display_math(writer, node):
    """The same for a line of its own."""
    writer.body.append(f'<div class="math">{html.escape(node.astext())}</div>')
    raise nodes.SkipNode


def add_scripts(app, page, template, context, doctree):
    """KaTeX and the playground go where they are needed alone."""
    app.add_js_file("course.js", loading_method="defer")
    if doctree is None:
        return
    if any(isinstance(n, (nodes.math, nodes.math_block)) for n in doctree.findall()):
        app.add_css_file("katex/katex.min.css")
        app.add_js_file("katex/katex.min.js", loading_method="defer", priority=400)
    if any("data-network" in raw.astext() for raw in doctree.findall(nodes.raw)):
        app.add_js_file("playground.js", loading_method="defer")


def setup(app):
    """Registers what stands above with Sphinx."""
    app.add_html_math_renderer(
        "course",
        inline_renderers=(inline_math, None),
        block_renderers=(display_math, None),
    )
    app.connect("html-page-context", add_scripts)
    app.connect(
        "builder-inited",
        lambda app: app.config.html_static_path.append(str(Path(app.srcdir, "made"))),
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
