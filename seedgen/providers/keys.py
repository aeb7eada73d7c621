"""Keys: read from the environment, or from a `.env` beside the project file, and never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import SecretStr

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KEY_NAMES = {"eachlabs": "EACHLABS_API_KEY", "oxen": "OXEN_API_KEY"}
"""The variable that holds each service's key. Of a `.env` these are read and nothing else."""

_MOST_BYTES = 1_000_000


def read_key(service: str, environment: Mapping[str, str], root: Path) -> SecretStr | None:
    """A service's key; the environment wins over the file. None where there is none."""
    name = KEY_NAMES[service]
    key = environment.get(name) or _in_file(root / ".env", name)
    return SecretStr(key.strip()) if key and key.strip() else None


def _in_file(file: Path, name: str) -> str | None:
    """One value of a `.env`. What cannot be read, or leads elsewhere by a link, counts as absent."""
    try:
        if file.is_symlink() or file.stat().st_size > _MOST_BYTES or name not in file.read_text("utf-8"):
            return None
    except (OSError, UnicodeDecodeError):
        return None
    from dotenv import dotenv_values  # noqa: PLC0415  only for who has such a file

    return dotenv_values(file, interpolate=False).get(name)
