"""Port to clips: rendering stand-ins, and looking into what there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from seedgen.geometry import Size
    from seedgen.project.media import MediaType
    from seedgen.timing import Rate

    Progress = Callable[[float], None]
    """Called with the part that is done, from 0.0 to 1.0."""


@dataclass(frozen=True, slots=True)
class AnimaticSpec:
    """Everything that decides an animatic's bytes, besides ffmpeg's own identity.

    `seed` is a fingerprint's hex digits: camera moves and colours are taken from it. `pictures`
    are the images and videos in the order shown, `sounds` the audio files. `continues` says that the
    first picture is of the shot before: it fills the frame if it has its shape. `tone` asks for a scratch
    tone where there is no sound. `mark` is a word burnt into a corner, or empty: then the number of a
    take beyond the first stands there.
    """

    caption: str
    size: Size
    rate: Rate
    frames: int
    seed: str
    pictures: Sequence[tuple[MediaType, Path]] = ()
    sounds: Sequence[Path] = ()
    tone: bool = False
    mark: str = ""
    take: int = 1
    continues: bool = False


class AnimaticRenderer(Protocol):
    """Renders a free stand-in clip from references and prompt."""

    async def render(self, spec: AnimaticSpec, out: Path, progress: Progress) -> None:
        """Write the clip to `out` (mp4). Same spec, same ffmpeg: same bytes.

        Raises FfmpegFailed, UnreadableMedia. Cancelling the call kills ffmpeg.
        """


@dataclass(frozen=True, slots=True)
class ClipInfo:
    """A video file as probed: displayed size, average rate, frame count."""

    size: Size
    rate: Rate
    frames: int
    has_audio: bool


class ClipReader(Protocol):
    """Looks into clips, in process."""

    def probe(self, path: Path) -> ClipInfo:
        """Read the headers and decode the first picture. Raises UnreadableMedia."""

    def check_decodes(self, path: Path) -> ClipInfo:
        """Probe and decode the first and the last pictures. Raises UnreadableMedia."""


class FrameReader(Protocol):
    """Takes pictures out of clips."""

    @property
    def recipe(self) -> str:
        """What, besides the clip, decides the picture."""

    def last_frame(self, clip: Path, out: Path) -> None:
        """Write the last picture that a clip shows as PNG. Raises UnreadableMedia, OSError."""
