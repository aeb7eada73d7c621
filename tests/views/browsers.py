"""A real browser, where the machine has one: driven by Playwright, which brings none of its own here."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
"""Sandboxes need rights that containers lack; what is opened is our own page."""


def _executable(playwright: Playwright) -> Path | None:
    """`CHROME_BIN`, a Chromium on PATH, or the one that `playwright install chromium` fetched."""
    found = os.environ.get("CHROME_BIN") or next(filter(None, map(shutil.which, _NAMES)), None)
    path = Path(found or playwright.chromium.executable_path)
    return path if path.is_file() else None


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium; the test is skipped where there is none."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        executable = _executable(playwright)
        if executable is None:
            pytest.skip("no Chromium: install one, or name it in CHROME_BIN")
        found = playwright.chromium.launch(executable_path=executable, args=list(_QUIET))
        try:
            yield found
        finally:
            found.close()
