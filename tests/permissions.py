"""Folders that may not be written, and commands that permissions hold for."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ROOTS_OWN = ("-dac_override", "-dac_read_search", "-fowner")


def unprivileged(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command that permissions hold for, also when root runs the tests."""
    if os.geteuid() == 0:
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("root may write anywhere, and there is no setpriv")
        fewer = ",".join(_ROOTS_OWN)
        command = (setpriv, "--bounding-set", fewer, "--inh-caps", fewer, *command)
    return subprocess.run(command, capture_output=True, text=True, check=False)


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing in a folder may be written meanwhile."""
    inside = [folder, *folder.rglob("*")]
    modes = {place: place.stat().st_mode for place in inside}
    for place in reversed(inside):
        place.chmod(0o555 if place.is_dir() else 0o444)
    try:
        yield
    finally:
        for place in inside:
            place.chmod(modes[place])
