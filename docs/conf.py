"""The documentation as a site: Sphinx reads the same Markdown that a repository shows.

python -m sphinx -W --keep-going -b html docs docs/_build
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pygments.lexers.data import JsonLexer

from seedgen import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "seedgen"
author = "the authors of seedgen"
release = version = __version__

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
nitpicky = True
smartquotes = False  # `--profile` outside of code is no dash

html_theme = "furo"
html_title = "seedgen"
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
html_use_index = False
html_static_path = ["static"]
html_css_files = ["site.css"]

myst_heading_anchors = 3
"""Links such as `project-file.md#continuity` work as they do in a repository."""

linkcheck_ignore = [r"https://example\.com/.*"]
linkcheck_timeout = 20


def setup(app: Sphinx) -> None:
    """What Sphinx calls before it builds."""
    app.add_lexer("jsonl", JsonLexer)
    app.connect("source-read", _contents)


def _contents(app: Sphinx, page: str, source: list[str]) -> None:
    """The list of pages on an index becomes the site's, by its headings: it is written once.

    Pages of its folder that it does not name come last, so that none is lost.
    """
    folder, _, name = page.rpartition("/")
    if name != "index":
        return
    parts = re.split(r"^## ", source[0], flags=re.MULTILINE)
    lists = {
        "" if part.startswith("# ") else part.splitlines()[0]: re.findall(
            r"^- .*?\]\(([\w/-]+)\.md\)", part, re.MULTILINE
        )
        for part in parts
    }
    above = f"{folder}/" if folder else ""
    beside = {found.removeprefix(above) for found in app.env.found_docs if found.startswith(above)}
    own = {one for one in beside if "/" not in one.removesuffix("/index")}
    lists["More"] = sorted(own.difference(*lists.values(), ["index"]))
    for heading, pages in lists.items():
        if pages:
            caption = f":caption: {heading}\n" if heading and not folder else ""
            source[0] += f"\n\n```{{toctree}}\n:hidden:\n{caption}\n" + "\n".join(pages) + "\n```\n"
