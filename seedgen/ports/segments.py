"""Port to the encoder of reels: the segments they are made of, and what finishes them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from seedgen.geometry import Fit
from seedgen.project.reels import Direction, TransitionType

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence
    from fractions import Fraction
    from pathlib import Path

    from seedgen.digest import Digest
    from seedgen.geometry import Size
    from seedgen.timing import Rate


@dataclass(frozen=True, slots=True)
class ReelFormat:
    """What all segments of one reel share. `background` is `#rrggbb`, or `blur` for the picture itself."""

    size: Size
    rate: Rate
    fit: Fit = Fit.CONTAIN
    background: str = "#000000"


@dataclass(frozen=True, slots=True)
class SegmentSound:
    """How a clip is heard. `soft_start` and `soft_end` say that the sound begins or ends there at a cut.

    It is then faded over a few milliseconds, or a cut would click. Where a clip goes on in the next
    segment it must not be.
    """

    gain_db: Decimal = Decimal(0)
    mute: bool = False
    soft_start: bool = True
    soft_end: bool = True


@dataclass(frozen=True, slots=True)
class Label:
    """The burnt-in slate: lines shown small in a corner, and the timecode of the picture below them.

    `timecode_from` is the frame that the first picture counts as; None for no timecode.
    """

    lines: Sequence[str] = ()
    timecode_from: int | None = None


@dataclass(frozen=True, slots=True)
class ClipSegment:
    """Part of a clip, normalised: `frames` frames from `start`, both counted at the reel's rate."""

    clip: Path
    start: int
    frames: int
    label: Label = Label()
    sound: SegmentSound = SegmentSound()


class CardStyle(StrEnum):
    """What a card is for, which decides how it is set."""

    SLATE = "slate"
    """Names a shot: everything at the left, as on a clapperboard."""

    TITLE = "title"
    """Names the film: large, in the middle."""


@dataclass(frozen=True, slots=True)
class CardSegment:
    """A still card with text on the reel's background: a slate, or a film's title.

    `title` is large (a shot's id), `lines` stand below it, `body` is a paragraph (the prompt), which a
    title card does not show.
    """

    frames: int
    title: str
    lines: Sequence[str] = ()
    body: str = ""
    style: CardStyle = CardStyle.SLATE


@dataclass(frozen=True, slots=True)
class CrossSegment:
    """Two shots that overlap: the last frames of one become the first of the next.

    Both sides last as long as the cross. `color` (`#rrggbb`) is what a fade goes through, half of the
    frames there and half back; `direction` is where the edge of a wipe moves to. The sound crosses
    with the picture.
    """

    before: ClipSegment | CardSegment
    after: ClipSegment | CardSegment
    type: TransitionType
    color: str = "#000000"
    direction: Direction = Direction.LEFT

    @property
    def frames(self) -> int:
        """How long both are shown."""
        return self.before.frames


Segment = ClipSegment | CardSegment | CrossSegment
"""What a reel is made of. Every one becomes a pair of files, in the same form."""


@dataclass(frozen=True, slots=True)
class Score:
    """Music under a whole reel, from its start; cut at its end. Fades in seconds."""

    file: Path
    gain_db: Decimal
    duck: bool
    fade_in: Fraction
    fade_out: Fraction


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a reel with words to it, in frames of the reel: a chapter, or a subtitle."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Finish:
    """What a reel gets besides its segments. `loudness` is in LUFS; None leaves it as it is."""

    score: Score | None = None
    loudness: Decimal | None = None
    chapters: Sequence[Passage] = ()
    subtitles: Sequence[Passage] = ()


@dataclass(frozen=True, slots=True)
class LoudnessMissed:
    """How loud a reel was to be and how loud it is, in LUFS. `by_peaks` says that its peaks allow no more;
    else it is so quiet that more would only be noise."""

    asked: Decimal
    reached: Decimal
    by_peaks: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """A reel that was written: the digest of its file, and the loudness where it is not the one asked for."""

    digest: Digest
    missed: LoudnessMissed | None = None


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


class PosterShelf(Protocol):
    """Takes a picture of each clip, as a JPEG, from whoever has decoded it."""

    def wants(self, clip: Path) -> bool:
        """Whether it has none of this clip yet, and would keep one."""

    def keep(self, clip: Path, jpeg: bytes) -> None:
        """Keep one."""


class SegmentEncoder(Protocol):
    """Makes segments and joins them."""

    @property
    def identity(self) -> str:
        """What, besides the arguments, decides a segment's bytes: ffmpeg's version, threads, recipe."""

    @property
    def joining(self) -> str:
        """What, besides segments and finish, decides a reel's bytes."""

    def is_whole(self, files: SegmentFiles, form: ReelFormat) -> bool:
        """Whether a segment that was encoded before is what it promises, as far as its index tells."""

    async def encode(self, segment: Segment, form: ReelFormat, files: SegmentFiles) -> None:
        """Write `files.video` and `files.audio`. Raises FfmpegFailed, UnreadableMedia."""

    async def encode_sound(self, segment: Segment, form: ReelFormat, out: Path) -> None:
        """Write what `encode` would write as `files.audio`, soon. Raises FfmpegFailed, UnreadableMedia."""

    async def join(
        self,
        segments: Sequence[SegmentFiles],
        form: ReelFormat,
        finish: Finish,
        out: Path,
        scratch: Path,
        pictures: Awaitable[None] | None = None,
    ) -> Joined:
        """Join without re-encoding video, by way of files in `scratch`.

        `pictures` ends when all of the segments' videos are there.
        The reel has exactly the sum of the segments' frames. Same arguments, same `identity` and `joining`:
        same bytes. Raises FfmpegFailed, UnreadableMedia, and SegmentDamaged for a segment that has to be
        encoded again.
        """
