"""Two revisions as a page: old and new clips side by side, with what changed in their requests."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from seedgen.planning.lock import IMPORTED
from seedgen.planning.readable import readable_prompt
from seedgen.views.fields_text import after_words, value_words
from seedgen.views.page import page_file, page_policy, page_template, picture_uri, trusted
from seedgen.views.revisions import Group, cost_words, group_of, heading, reason_lines, side_words
from seedgen.views.words import Piece, counted, price, word_diff

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seedgen.planning.comparison import Comparison, ShotAt, ShotDifference
    from seedgen.store.blobs import Revision

_WORDS = {
    Group.ADDED: "Added",
    Group.REMOVED: "Removed",
    Group.RENAMED: "Renamed",
    Group.CHANGED: "Changed",
    Group.FIRST_CLIP: "First clip",
    Group.CLIP: "Another clip",
    Group.NO_CLIP: "No clip any more",
    Group.TAKES: "Other takes",
}


@dataclass(frozen=True, slots=True)
class PageClip:
    """A clip beside the page: its address from there, and a JPEG of it, which may be empty."""

    address: str
    poster: bytes


class Shown(StrEnum):
    """What there is to see on one side of a shot."""

    CLIP = "clip"
    MISSING = "missing"
    NO_CLIP = "no clip"
    NO_SHOT = "no shot"


@dataclass(frozen=True, slots=True)
class _Frame:
    """One side of a shot. `side` names the revision; `facts` say take, cost and length in words."""

    side: str
    shown: Shown
    address: str = ""
    poster: str = ""
    facts: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of the request that differs, in words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Row:
    """One shot: its two sides, its prompt as pieces, its other fields. `same` is one clip on both sides."""

    shot: str
    kind: str
    label: str
    heading: str
    reasons: str
    frames: tuple[_Frame, _Frame]
    same: bool
    prompt: tuple[Piece, ...]
    whole: str
    fields: tuple[_Field, ...]


def revisions_page(
    found: Comparison,
    before: Revision | None,
    after: Revision | None,
    clips: Mapping[str, PageClip],
    *,
    project: str,
    profile: str | None,
) -> str:
    """The page as HTML. `clips` are those beside it, by digest; others are said to be missing."""
    style, script = page_file("revisions.css"), page_file("revisions.js")
    counts = Counter(map(group_of, found.shots))
    rows = [_row(shot, (side_words(before), side_words(after)), clips) for shot in found.differing]
    missing = sum(frame.shown is Shown.MISSING for row in rows for frame in row.frames)
    return page_template("revisions.html").render(
        policy=page_policy(style, script),
        style=trusted(style),
        script=trusted(script),
        project=project,
        profile=profile,
        sides=(side_words(before), side_words(after)),
        rows=rows,
        kinds=[(one.name.lower(), _WORDS[one], counts[one]) for one in _WORDS if counts[one]],
        unchanged=counts[Group.UNCHANGED],
        cost=cost_words(found),
        missing=counted(missing, "clip") if missing else "",
    )


def _row(shot: ShotDifference, sides: tuple[str, str], clips: Mapping[str, PageClip]) -> _Row:
    at = shot.after or shot.before
    takes = [one.take if one else None for one in (shot.before, shot.after)]
    return _Row(
        shot=shot.shot,
        kind=group_of(shot).name.lower(),
        label=_WORDS[group_of(shot)],
        heading=heading(shot),
        reasons="; ".join(reason_lines(shot)),
        frames=(_frame(shot.before, sides[0], clips), _frame(shot.after, sides[1], clips)),
        same=all(takes) and len({take.digest for take in takes if take}) == 1,
        prompt=_prompt_change(shot),
        whole=readable_prompt(at.shot) if at else "",
        fields=tuple(
            _Field(d.path, value_words(d.before), after_words(d)) for d in shot.diff if d.path != "prompt"
        ),
    )


def _prompt_change(shot: ShotDifference) -> tuple[Piece, ...]:
    """The prompt's change with references by name; by number, as in a plan, where only numbers changed."""
    if shot.before is None or shot.after is None or all(field.path != "prompt" for field in shot.diff):
        return ()
    before, after = shot.before.shot, shot.after.shot
    was, now = readable_prompt(before), readable_prompt(after)
    return tuple(
        word_diff(was, now) if was != now else word_diff(before.request.prompt, after.request.prompt)
    )


def _frame(at: ShotAt | None, side: str, clips: Mapping[str, PageClip]) -> _Frame:
    if at is None:
        return _Frame(side, Shown.NO_SHOT)
    take = at.take
    if take is None:
        return _Frame(side, Shown.NO_CLIP)
    cost = "imported" if take.cost_usd is None and take.job_id == IMPORTED else price(take.cost_usd)
    words = [f"take {take.take}", cost + (" estimated" if take.cost_estimated else "")]
    words += ["for an earlier request"] if not at.is_current else []
    words += ["accepted"] if at.is_accepted else []
    facts, digest = " · ".join(words), take.digest[:12]
    clip = clips.get(take.digest)
    if clip is None:
        return _Frame(side, Shown.MISSING, facts=facts, digest=digest)
    poster = picture_uri(clip.poster, "jpeg") if clip.poster else ""
    return _Frame(side, Shown.CLIP, clip.address, poster, facts, digest)
