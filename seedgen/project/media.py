"""What is known of a media file: its type and the facts that a model card can limit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from seedgen.digest import Digest
    from seedgen.project.models import FromShotUse


class MediaType(StrEnum):
    """What a reference is."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """The facts of one media file, as probed.

    `format` is the container or codec in lower case (`png`, `jpeg`, `webp`, `mp4`, `mov`, `wav`,
    `mp3` …), `width` and `height` are pixels as displayed (0 for audio), `seconds` is the length
    (0 for a still image).
    """

    type: MediaType
    format: str
    size_bytes: int
    width: int = 0
    height: int = 0
    seconds: Decimal | int = 0


@dataclass(frozen=True, slots=True)
class Derived:
    """A reference that is taken from the clip of another shot; `clip` is None while that is not known."""

    shot: str
    use: FromShotUse
    clip: Digest | None = None

    @property
    def words(self) -> str:
        """What people call it: `the last frame of 010`."""
        return f"the {self.use.words} of {self.shot}"

    @property
    def id(self) -> str | None:
        """What identifies it: the clip and what is taken from it, never the bytes of a picture made of it."""
        return None if self.clip is None else f"{DERIVED}{self.use}:sha256:{self.clip}"


DERIVED = "derived:"
"""How the id of such a reference begins."""

Media = Path | str | Derived
"""Where the bytes of a reference are: a file, a URL as text, or another shot's clip."""


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """A file's digest with what was probed of it; `facts` is None when it is not readable media."""

    digest: Digest
    facts: MediaFacts | None
