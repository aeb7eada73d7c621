"""Port to pictures, sound and ffmpeg."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from seedgen.geometry import Fit

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
    are the images and videos in the order sent, `sounds` the audio files. `tone` asks for a scratch
    tone where there is no sound. `mark` is a word burnt into a corner, or empty.
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


@dataclass(frozen=True, slots=True)
class ReelFormat:
    """What all segments of one reel share. `background` is `#rrggbb`."""

    size: Size
    rate: Rate
    fit: Fit = Fit.CONTAIN
    background: str = "#000000"


@dataclass(frozen=True, slots=True)
class ClipSegment:
    """Part of a clip, normalised: `frames` frames from `start`, both counted at the reel's rate.

    `label` is the burnt-in slate, its lines shown small in a corner; empty for none.
    """

    clip: Path
    start: int
    frames: int
    label: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class CardSegment:
    """A still card with text on the reel's background: a slate.

    `title` is large (a shot's id), `lines` stand below it, `body` is a paragraph (the prompt).
    """

    frames: int
    title: str
    lines: Sequence[str] = ()
    body: str = ""


@dataclass(frozen=True, slots=True)
class SegmentFiles:
    """One encoded segment: video without sound (mp4), and its sound as raw PCM.

    The PCM is s16le, stereo, 48 kHz, and holds `rate.samples(frames) + 1` samples: one more than
    needed, because at fractional rates (29.97) a segment's share of samples depends on where in
    the reel it stands. Who joins takes the exact number.
    """

    video: Path
    audio: Path
    frames: int


class SegmentEncoder(Protocol):
    """Makes segments and joins them."""

    @property
    def identity(self) -> str:
        """What, besides the arguments, decides the bytes: ffmpeg's version, threads, recipe."""

    async def encode(self, segment: ClipSegment | CardSegment, form: ReelFormat, files: SegmentFiles) -> None:
        """Write `files.video` and `files.audio`. Raises FfmpegFailed, UnreadableMedia."""

    async def join(self, segments: Sequence[SegmentFiles], form: ReelFormat, out: Path) -> None:
        """Join without re-encoding video, one pass of AAC over all sound. Raises FfmpegFailed.

        The reel has exactly the sum of the segments' frames.
        """


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One cell of a contact sheet. `clip` is None when there is no picture to show."""

    clip: Path | None
    title: str
    detail: str
    prompt: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A contact sheet: a heading and its cells in order. `shape` is that of the pictures."""

    heading: str
    detail: str
    shape: Size
    entries: Sequence[SheetEntry] = field(default=())


class SheetDrawer(Protocol):
    """Draws contact sheets."""

    def draw(self, sheet: Sheet, out: Path) -> None:
        """Write one PNG: a grid of poster frames with labels. Raises UnreadableMedia."""
