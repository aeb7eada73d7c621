"""Reels as a project file declares them: which shots, how they are cut, joined, named and heard."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, field_validator

from seedgen.geometry import Fit, Size
from seedgen.project.fields import COLOUR, Model, Text
from seedgen.timing import Rate

BLUR = "blur"
"""Instead of a background colour: the picture itself, enlarged and blurred."""

BACKGROUND = rf"{COLOUR}|^{BLUR}$"

DEFAULT = "default"
"""The key of `transitions` that stands for every shot without one of its own."""

CUT_POINT = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?s?|[0-9]{1,8}f")

Colour = Annotated[Text, StringConstraints(pattern=COLOUR)]
Background = Annotated[Text, StringConstraints(pattern=BACKGROUND)]
Gain = Annotated[Decimal, Field(ge=-60, le=20, description="Decibels; 0 is as it is.")]
Fade = Annotated[Decimal, Field(ge=0, le=60, description="Seconds.")]


class Slate(StrEnum):
    """How a reel names its shots."""

    NONE = "none"
    CARD = "card"
    BURN_IN = "burn_in"


class Placeholder(StrEnum):
    """What a reel shows for a shot without a clip."""

    ANIMATIC = "animatic"
    SLATE = "slate"
    SKIP = "skip"
    ERROR = "error"


class TransitionType(StrEnum):
    """How one shot becomes the next."""

    CUT = "cut"
    DISSOLVE = "dissolve"
    FADE = "fade"
    WIPE = "wipe"


class Direction(StrEnum):
    """Where the edge of a wipe moves to."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"


class Cut(Model):
    """In and out point of a shot's clip: seconds (`1.5`), or frames of the reel (`36f`)."""

    in_: Text | None = Field(None, alias="in", description="The first frame shown. By default the clip's.")
    out: Text | None = Field(None, description="Where it ends. By default where the clip does.")

    @field_validator("in_", "out")
    @classmethod
    def _point(cls, value: str | None) -> str | None:
        if value is not None and not CUT_POINT.fullmatch(value):
            raise ValueError("write seconds like 1.5, or frames like 36f")
        return value


class Transition(Model):
    """How the shot before becomes this one. Both shots are shown during its frames: it shortens the reel."""

    type: TransitionType = Field(TransitionType.DISSOLVE, description="How one picture becomes the other.")
    frames: int = Field(12, ge=1, le=1000, description="Frames of the reel in which both shots overlap.")
    color: Colour = Field("#000000", description="What a fade goes through.")
    direction: Direction = Field(Direction.LEFT, description="Where the edge of a wipe moves to.")

    @property
    def overlap(self) -> int:
        """Frames during which both shots are shown."""
        return 0 if self.type is TransitionType.CUT else self.frames


def _named(key: str, written: Any) -> BeforeValidator:
    """A single word stands for a mapping with that key: `dissolve` for `{type: dissolve}`."""

    def whole(value: Any) -> Any:
        return {key: value} if isinstance(value, str | int | Decimal) else value

    return BeforeValidator(whole, json_schema_input_type=written)


TransitionField = Annotated[Transition, _named("type", TransitionType | Transition)]


class TitleCard(Model):
    """A card before or after the shots."""

    title: Text = Field(description="The large line.")
    lines: tuple[Text, ...] = Field((), description="Smaller ones below it.")
    seconds: Decimal = Field(Decimal(2), gt=0, le=60, description="How long it is shown.")


TitleField = Annotated[TitleCard, _named("title", str | TitleCard)]


class Titles(Model):
    """Cards at the start and at the end of a reel."""

    start: TitleField | None = Field(None, description="Before the first shot.")
    end: TitleField | None = Field(None, description="After the last one.")


class ShotSound(Model):
    """The sound of one shot's clip in a reel."""

    gain_db: Gain = Decimal(0)
    mute: bool = Field(False, description="No sound of this clip.")


class Music(Model):
    """Music under a whole reel, from its beginning; longer music is cut, shorter music ends early."""

    path: Text = Field(description="A sound file of the project.")
    gain_db: Gain = Decimal(-12)
    duck: bool = Field(True, description="Lower it while clips are heard.")
    fade_in: Fade = Decimal("0.5")
    fade_out: Fade = Decimal(2)


MusicField = Annotated[Music, _named("path", str | Music)]


class Reel(Model):
    """One assembled video."""

    shots: tuple[Text, ...] = Field(
        ("*",), description="Ids, globs, tag:NAME or VARIABLE=VALUE of a matrix, in the order to show."
    )
    size: Text | None = Field(None, description="1280x720. By default that of the first shot.")
    fps: Text = Field("24", description="Frames a second, such as 24, 29.97 or 30000/1001.")
    background: Background = Field("#000000", description="A colour, or `blur` for the picture itself.")
    fit: Fit = Field(Fit.CONTAIN, description="contain: the whole picture; cover: the frame is filled.")
    cut: dict[str, Cut] = Field(default_factory=dict, description="In and out points of single shots, by id.")
    transitions: dict[str, TransitionField] = Field(
        default_factory=dict, description="Into which shot, by its id; `default` for all others."
    )
    slate: Slate = Field(
        Slate.NONE, description="How shots are named: not, on a card before, in the picture."
    )
    titles: Titles = Field(Titles(), description="Cards at the start and at the end.")
    sound: dict[str, ShotSound] = Field(default_factory=dict, description="Of single shots, by id.")
    music: MusicField | None = Field(None, description="A sound file under the whole reel.")
    loudness: Decimal | None = Field(
        None, ge=-40, le=-5, description="Integrated loudness in LUFS (EBU R128), such as -16 or -23."
    )
    placeholder: Placeholder = Field(
        Placeholder.ANIMATIC, description="What is shown for a shot without a clip."
    )
    chapters: bool = Field(False, description="A chapter in the file for each shot.")
    subtitles: bool = Field(False, description="The prompts as a track of subtitles.")

    @field_validator("transitions", mode="before")
    @classmethod
    def _for_all(cls, value: Any) -> Any:
        """`transitions: dissolve` is short for the default."""
        return {DEFAULT: value} if isinstance(value, str) else value

    @field_validator("size")
    @classmethod
    def _size(cls, value: str | None) -> str | None:
        if value is not None:
            size = Size.parse(value)
            if size.width % 2 or size.height % 2:
                raise ValueError("both sides must be even: 4:2:0 video has one colour sample for two pixels")
            if not (16 <= size.width <= 8192 and 16 <= size.height <= 8192):
                raise ValueError("sides lie between 16 and 8192 pixels")
        return value

    @field_validator("fps")
    @classmethod
    def _fps(cls, value: str) -> str:
        rate = Rate.parse(value)
        if not 1 <= rate.fraction <= 120:
            raise ValueError("a frame rate lies between 1 and 120")
        return value

    def transition_into(self, shot_id: str) -> Transition:
        """How a shot follows the one before it: its own transition, the reel's default, or a cut."""
        plain = Transition(type=TransitionType.CUT)
        return self.transitions.get(shot_id) or self.transitions.get(DEFAULT) or plain
