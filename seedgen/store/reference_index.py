"""Reference index: digests and facts of files, remembered as git's index does, so that unchanged
media are not read again."""

from __future__ import annotations

import json
import re
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from seedgen.digest import Digest, digest_file
from seedgen.project.media import FileIdentity, MediaFacts, MediaType
from seedgen.store.disk import replace_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_VERSION = 1
_DIGEST = re.compile(r"[0-9a-f]{64}")
_GRANULARITY_NS = 2_000_000_000
"""FAT keeps times to 2 s. A file written within that of its record may change again unseen."""


class ReferenceIndex:
    """Identifies files by content; trusts (path, size, mtime, inode) for those it has seen.

    `probe` gives the facts of a media file and may raise UnreadableMedia.
    """

    def __init__(
        self, path: Path, probe: Callable[[Path], MediaFacts], clock: Callable[[], int] = time.time_ns
    ) -> None:
        self._path = path
        self._probe = probe
        self._clock = clock
        self._known: dict[str, Any] | None = None
        self._changed = False

    def identify(self, path: Path) -> FileIdentity:
        """Digest and facts of a file. Raises OSError, UnreadableMedia."""
        name, stamp = str(path), stamp_of(path)
        if (known := self.known(name, stamp)) is not None:
            return known
        recorded = self._clock()
        facts = self._probe(path)
        identity = FileIdentity(digest_file(path), facts)
        if recorded - stamp[1] > _GRANULARITY_NS:
            self.remember(name, stamp, identity)
        elif self._load().pop(name, None) is not None:
            self._changed = True
        return identity

    def known(self, name: str, stamp: list[int]) -> FileIdentity | None:
        """What is remembered of a file under this name and stamp."""
        return _identity(self._load().get(name), stamp)

    def remember(self, name: str, stamp: list[int], identity: FileIdentity) -> None:
        """Remember a file that is known from elsewhere, or was just looked into."""
        facts = None if identity.facts is None else _written(identity.facts)
        self._load()[name] = {"stamp": stamp, "digest": identity.digest, "facts": facts}
        self._changed = True

    def save(self) -> None:
        """Write what was learnt; a folder that cannot be written costs time later, and no more."""
        if not self._changed or self._known is None:
            return
        value = {"version": _VERSION, "files": self._known}
        try:
            replace_text(self._path, json.dumps(value, separators=(",", ":")), durable=False)
        except OSError:
            return
        self._changed = False

    def _load(self) -> dict[str, Any]:
        if self._known is None:
            try:
                value = json.loads(self._path.read_bytes())
                files = value["files"] if value["version"] == _VERSION else {}
            except (OSError, ValueError, KeyError, TypeError):
                files = {}
            self._known = files if isinstance(files, dict) else {}
        return self._known


def stamp_of(path: Path) -> list[int]:
    """Size, time and inode, as they are when nobody changed the file. Raises OSError."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ino]


def _written(facts: MediaFacts) -> list[Any]:
    return [facts.type.value, facts.format, facts.size_bytes, facts.width, facts.height, str(facts.seconds)]


def _identity(entry: Any, stamp: list[int]) -> FileIdentity | None:
    """What is remembered of a file with this stamp; None for another stamp or a damaged entry."""
    try:
        if entry["stamp"] != stamp or not _DIGEST.fullmatch(entry["digest"]):
            return None
        kind, form, size, width, height, seconds = entry["facts"]
        facts = MediaFacts(MediaType(kind), str(form), int(size), int(width), int(height), Decimal(seconds))
        return FileIdentity(Digest(entry["digest"]), facts)
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return None
