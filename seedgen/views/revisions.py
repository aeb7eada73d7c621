"""Two revisions as text: which shots differ, how, and what the clips in between cost."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

from seedgen.planning.comparison import ClipReason, Difference
from seedgen.planning.lock import IMPORTED
from seedgen.views.fields_text import field_lines
from seedgen.views.paint import harmless
from seedgen.views.plan_text import reason_words
from seedgen.views.words import estimate, price

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seedgen.planning.comparison import Comparison, ShotAt, ShotDifference
    from seedgen.planning.lock import Take
    from seedgen.store.blobs import Revision
    from seedgen.views.paint import Paint

SYMBOLS = {
    Difference.ADDED: "+",
    Difference.REMOVED: "-",
    Difference.RENAMED: "=",
    Difference.CHANGED: "~",
    Difference.CLIP: "*",
}
NO_DIFFERENCES = "No differences."
_INDENT = " " * 8
_SHORT = 12


def revisions_text(
    found: Comparison, before: Revision | None, after: Revision | None, paint: Paint, width: int
) -> str:
    """A whole comparison. None is the work tree; `width` is the terminal's."""
    listed = list(found.differing)
    if not listed:
        return paint.green(NO_DIFFERENCES) + "\n"
    lines = [paint.dim(f"{side_words(before)} against {side_words(after)}"), ""]
    id_width = max(len(harmless(shot.shot)) for shot in listed)
    for shot in listed:
        lines.append(_line(shot, id_width, paint))
        lines.extend(field_lines(shot.diff, paint, width))
        lines.extend(_clip_lines(shot, paint))
    return "\n".join([*lines, "", summary(found, paint)]) + "\n"


def side_words(side: Revision | None) -> str:
    """A revision as `v1 (1f3a2b4)`; None is the project as it is."""
    if side is None:
        return "the project as it is now"
    short = side.commit[:7]
    return harmless(side.name) if side.commit.startswith(side.name) else f"{harmless(side.name)} ({short})"


class Group(StrEnum):
    """What a shot is counted among: shots whose clips alone differ are told apart."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    CHANGED = "changed"
    FIRST_CLIP = "with a first clip"
    CLIP = "with another clip"
    NO_CLIP = "with no clip any more"
    TAKES = "with other takes"
    UNCHANGED = "unchanged"


_ALWAYS_COUNTED = {Group.ADDED, Group.REMOVED, Group.CHANGED}


def group_of(shot: ShotDifference) -> Group:
    """What a shot is counted among."""
    if shot.difference is not Difference.CLIP:
        return Group[shot.difference.name]
    for reason in (ClipReason.FIRST_CLIP, ClipReason.NO_CLIP, ClipReason.CLIP):
        if reason in shot.clip_reasons:
            return Group[reason.name]
    return Group.TAKES


def summary(found: Comparison, paint: Paint) -> str:
    """The last line: counts, and what the later clips cost."""
    counts = Counter(map(group_of, found.shots))
    words = [
        f"{counts[group]} {group}"
        for group in Group
        if group in _ALWAYS_COUNTED or (counts[group] and group is not Group.UNCHANGED)
    ]
    text = f"{paint.bold('Diff:')} {', '.join(words)}; {counts[Group.UNCHANGED]} unchanged."
    return f"{text} New takes: {cost_words(found)}." if found.generated else text


def cost_words(found: Comparison) -> str:
    """What the takes cost that only the later lock has, as `2, $0.72`; empty without any."""
    if not found.generated:
        return ""
    free = not found.spent and not found.unpriced
    return f"{len(found.generated):,}, {'free' if free else estimate(found.spent, found.unpriced)}"


def _line(shot: ShotDifference, id_width: int, paint: Paint) -> str:
    head = f"  {SYMBOLS[shot.difference]} {harmless(shot.shot):<{id_width}}  "
    colours = {
        Difference.ADDED: paint.green,
        Difference.REMOVED: paint.red,
        Difference.CHANGED: paint.yellow,
    }
    why = "; ".join(reason_words(reason) for reason in shot.reasons)
    text = colours.get(shot.difference, paint.cyan)(head) + heading(shot)
    return f"{text}  {paint.dim('because of ' + why)}" if why else text


def heading(shot: ShotDifference) -> str:
    """What happened to a shot, in a few words."""
    clips = "; ".join(clip_words(reason, shot.before, shot.after) for reason in shot.clip_reasons)
    if shot.difference is Difference.RENAMED:
        renamed = f"renamed from {harmless(shot.renamed_from or '')}: the same request under another id"
        return f"{renamed}; {clips}" if clips else renamed
    if shot.difference is Difference.CLIP:
        return f"the same request, {clips}"
    if shot.difference is Difference.CHANGED:
        return "changed"
    at = shot.after or shot.before
    of = f"{at.shot.request.provider} {at.shot.request.model}" if at else ""
    return f"{shot.difference.value}  {harmless(of)}"


def reason_lines(shot: ShotDifference) -> list[str]:
    """Every reason for people: first how the requests differ, then how the takes do."""
    return [reason_words(one) for one in shot.reasons] + [
        clip_words(one, shot.before, shot.after) for one in shot.clip_reasons
    ]


def clip_words(reason: ClipReason, before: ShotAt | None, after: ShotAt | None) -> str:
    """How the takes of a shot differ."""
    was, now = (at.take if at else None for at in (before, after))
    words = {
        ClipReason.TAKES: "another number of takes",
        ClipReason.FIRST_CLIP: "its first clip",
        ClipReason.NO_CLIP: "no clip in the later lock",
        ClipReason.CLIP: "another clip",
        ClipReason.PICK: f"take {now.take if now else '?'} picked, not {was.take if was else '?'}",
        ClipReason.OTHER_TAKES: "other takes to choose from",
        ClipReason.COST: "another cost of the same clip",
        ClipReason.ACCEPTED: "its clip accepted for this request",
        ClipReason.IMPORTED: "imported from a file",
    }
    return words[reason]


def _clip_lines(shot: ShotDifference, paint: Paint) -> Iterator[str]:
    was, now = (at.take if at else None for at in (shot.before, shot.after))
    if shot.before is None or shot.after is None:
        if was or now:
            yield f"{_INDENT}clip: {take_words(was or now)}"
        return
    if was != now and shot.clip_reasons:
        yield f"{_INDENT}clip: {paint.red(take_words(was))} -> {paint.green(take_words(now))}"
    if shot.difference is Difference.CHANGED:
        # What the line above does not show; elsewhere the heading says it.
        for reason in (ClipReason.ACCEPTED, ClipReason.OTHER_TAKES):
            if reason in shot.clip_reasons:
                yield f"{_INDENT}{clip_words(reason, shot.before, shot.after)}"


def take_words(take: Take | None) -> str:
    """A take as `take 1 3f2a81c09d12… $0.40`."""
    if take is None:
        return "none"
    cost = "imported" if take.cost_usd is None and take.job_id == IMPORTED else price(take.cost_usd)
    return f"take {take.take} {take.digest[:_SHORT]}… {cost}" + (" estimated" if take.cost_estimated else "")
