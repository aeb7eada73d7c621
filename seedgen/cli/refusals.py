"""Refusals: what the operating system did not let us do, which file that was about, and what helps."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

from seedgen.errors import StoreError

_DRAFT = re.compile(r"\.(.+)\.[0-9a-z_]{8}(\.partial)?")
"""What files are called until they are whole, as `tempfile` and we ourselves do it."""

_IN_PLACE = {
    errno.EACCES: "Make {folder} writable",
    errno.EPERM: "{folder} may be marked immutable, or its file system allow no such thing: make it writable",
    errno.EROFS: "The file system of {folder} is read-only: work on a copy elsewhere",
}
_FULL = "Free some space and apply again; what is done is kept."


def refused(error: OSError, cache: Path | None = None) -> StoreError:
    """An error of the system in words. `cache` is where the project's cache is, which can be elsewhere."""
    reason = error.strerror or str(error)
    if not isinstance(error.filename, str):
        return StoreError(reason, remedy=_FULL if _is_full(error) else "")
    file = _named(Path(error.filename))
    return StoreError(f"{file}: {reason}", remedy=_FULL if _is_full(error) else _remedy(error, file, cache))


def _is_full(error: OSError) -> bool:
    return error.errno in (errno.ENOSPC, errno.EDQUOT)


def _named(file: Path) -> Path:
    """The file that a draft was to become: nobody knows the draft."""
    draft = _DRAFT.fullmatch(file.name)
    return file.with_name(draft[1]) if draft else file


def _remedy(error: OSError, file: Path, cache: Path | None) -> str:
    if error.errno not in _IN_PLACE:
        return ""
    if error.errno == errno.EACCES and os.access(file, os.F_OK) and not os.access(file, os.R_OK):
        return "Make it readable."
    own = file if os.access(file, os.F_OK) and not os.access(file, os.W_OK) else file.parent
    standing = next(place for place in (own, *own.absolute().parents) if os.access(place, os.F_OK))
    inside = cache is not None and file.absolute().is_relative_to(cache.absolute())
    other = ", or name another cache with --cache-dir" if inside else ""
    return f"{_IN_PLACE[error.errno].format(folder=standing)}{other}."
