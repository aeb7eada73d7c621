"""Page: what every self-contained HTML page has in common: its policy, its template, escaping.

Text is escaped by the template, and the page's own policy keeps it from reaching anything but files
beside it: were something to slip through, it could not run.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from seedgen.views.paint import harmless

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from jinja2 import Template

    Filters = tuple[tuple[str, Callable[[Any], str]], ...]


def page_policy(style: str, script: str) -> str:
    """A Content-Security-Policy: only this style and script, pictures in the page, clips beside it."""
    rules = (
        "default-src 'none'",
        "img-src data:",
        # A page that was opened as a file has no origin that 'self' could mean.
        "media-src 'self' file:",
        f"style-src '{_hash(style)}'",
        f"script-src '{_hash(script)}'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
    return "; ".join(rules)


def _hash(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()


def picture_uri(picture: bytes, kind: str) -> str:
    """A picture as a `data:` address; `kind` is `jpeg`, `webp`."""
    return f"data:image/{kind};base64," + b64encode(picture).decode()


@cache
def page_file(name: str) -> str:
    """A template, style or script that lies beside this module."""
    return (files("seedgen.views") / name).read_text(encoding="utf-8")


@cache
def page_template(name: str, filters: Filters = ()) -> Template:
    """A template that escapes everything, and knows no name that it was not given, but these filters."""
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415  only a page needs it

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_clean
    )
    environment.filters.update(filters)
    return environment.from_string(page_file(name))


def _clean(value: object) -> object:
    """Control characters in a project's text are shown as such; HTML has no way to write most of them."""
    return harmless(value) if type(value) is str else value


def trusted(text: str) -> object:
    """Text of our own that goes into a page as it is."""
    from markupsafe import Markup  # noqa: PLC0415  as above

    return Markup(text)  # noqa: S704  our own files
