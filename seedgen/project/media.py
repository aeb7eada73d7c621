"""What is known of a media file: its type and the facts that a model card can limit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from seedgen.digest import Digest


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
class FileIdentity:
    """A file's digest with what was probed of it; `facts` is None when it is not readable media."""

    digest: Digest
    facts: MediaFacts | None
