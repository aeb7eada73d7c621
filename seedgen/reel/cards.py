"""Cards: the words on slates and title cards, and on the label that is burnt into a clip. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.planning.readable import readable_prompt
from seedgen.ports.segments import CardSegment, CardStyle, Label
from seedgen.timing import timecode

if TYPE_CHECKING:
    from seedgen.project.reels import TitleCard
    from seedgen.reel.cut_list import CutEntry
    from seedgen.timing import Rate

_SHOWN = 7
"""Letters of a digest, as git shows of a commit."""


def slate_card(entry: CutEntry, frames: int, rate: Rate) -> CardSegment:
    """The card before a shot, or in its place: its id, its version, its length, its prompt."""
    length = timecode(entry.frames, rate)
    lines = (version_of(entry), f"{length}  ·  {entry.shot.request.model}")
    return CardSegment(frames, entry.shot.id, lines, readable_prompt(entry.shot))


def title_card(title: TitleCard, frames: int) -> CardSegment:
    """A card that frames the reel."""
    return CardSegment(frames, title.title, title.lines, style=CardStyle.TITLE)


def burnt_in(entry: CutEntry, start: int) -> Label:
    """The label on a shot's picture. `start` is the frame of the clip that its first picture is."""
    return Label((f"{entry.shot.id}  ·  {version_of(entry)}",), timecode_from=start)


def version_of(entry: CutEntry) -> str:
    """Which result of a shot this is: its take, and the beginning of its clip's digest.

    It changes only with the clip, and so a slate is encoded anew only with its clip.
    """
    if entry.take is None:
        return "no clip yet"
    return f"take {entry.take.take}  ·  {entry.take.digest[:_SHOWN]}"
