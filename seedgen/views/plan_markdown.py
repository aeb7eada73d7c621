"""Plans as Markdown, for a comment on a pull request: what would change, why, and for how much."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from seedgen.planning.plan import Action, ReelAction
from seedgen.project.diagnostics import Severity
from seedgen.views.diagnostics import place_of
from seedgen.views.fields_text import after_words, value_words
from seedgen.views.markdown import changed, code
from seedgen.views.paint import Paint
from seedgen.views.plan_text import (
    SYMBOLS,
    blocked_text,
    no_changes,
    picks_taken_back,
    reason_words,
    reuse_words,
    summary,
    takes_of_shots,
)
from seedgen.views.unpriced import unpriced_sentence
from seedgen.views.words import Kind, counted, price, word_diff

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal
    from pathlib import Path

    from seedgen.planning.plan import Change, FieldDiff, Plan
    from seedgen.project.diagnostics import Diagnostic

_ROOM = 60_000
"""Characters: GitHub takes 65,536 in a comment."""

_WIDTH = 160
"""Pixels of a thumbnail as shown."""

_FEW, _SHORT = 10, 300
"""Diagnostics that are shown, and characters of what one says."""

_PLAIN = Paint(on=False)


def plan_markdown(
    plan: Plan,
    diagnostics: Sequence[Diagnostic],
    root: Path,
    cap: Decimal | None = None,
    pictures: Mapping[str, str] | None = None,
) -> str:
    """A whole plan. `pictures` are addresses of thumbnails by shot, percent-encoded.

    What does not fit into a comment is left out and counted: first how requests differ, then rows.
    """
    under = f", profile {code(plan.profile)}" if plan.profile else ""
    head = [f"### seedgen plan: {code(plan.project)}{under}", "", _sum(plan), ""]
    foot = [*_reels(plan), *_unpriced(plan), *_blocked(plan, cap), *_diagnostics(diagnostics, root)]
    room = _ROOM - _length(head) - _length(foot)
    rows = _table(plan, pictures or {})
    table, room = _fitting(rows, len(rows), room, "change")
    changes = (change for change in plan.changes if change.diff)
    alike = itertools.groupby(changes, lambda change: (change.shot, change.diff))
    differing = [list(takes) for _, takes in alike]
    details, _ = _fitting(map(_detail, differing), len(differing), room - 200, "difference")
    if details:
        title = f"<summary>What differs ({len(differing)})</summary>"
        details = ["<details>", title, "", *details, "</details>", ""]
    return "\n".join([*head, *table, *details, *foot]).rstrip("\n") + "\n"


def _sum(plan: Plan) -> str:
    if not plan.has_changes:
        return f"**{no_changes(plan)}**"
    counts = summary(plan, _PLAIN).replace("Plan:", "**Plan:**", 1)
    return " ".join([counts, *takes_of_shots(plan), *picks_taken_back(plan)])


def _length(lines: Sequence[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def _fitting(blocks: Iterable[Sequence[str]], count: int, room: int, word: str) -> tuple[list[str], int]:
    """The blocks that there is room for, with a word about the others, and the room that is left.

    To tell how a prompt differs takes its time, so no more are asked for than there is room for.
    """
    lines: list[str] = []
    for index, block in enumerate(blocks):
        size = _length(block)
        if size > room:
            lines += ["", f"{counted(count - index, 'more ' + word)} did not fit here.", ""]
            return lines, 0
        lines += block
        room -= size
    return lines, room


def _table(plan: Plan, pictures: Mapping[str, str]) -> list[list[str]]:
    rows = [_row(change, pictures) for change in plan.changes]
    if not rows:
        return []
    # The head goes with the first row: it cannot stand without one.
    shown = ("| clip now ", "|---") if pictures else ("", "")
    head = [f"| | shot | action | because | cost {shown[0]}|", f"|:-:|---|---|---|--:{shown[1]}|"]
    return [[*head, rows[0]], *([row] for row in rows[1:]), [""]]


def _row(change: Change, pictures: Mapping[str, str]) -> str:
    take = "" if change.take == 1 else f" take {change.take}"
    cost = price(change.cost) if change.submits or (change.action is Action.BLOCKED and change.cost) else ""
    seconds = f", {change.seconds} s" if change.submits else ""
    cells = [
        code(SYMBOLS[change.action]),
        code(change.shot) + take,
        change.action.value,
        code(_why(change)),
        cost + seconds,
    ]
    if pictures:
        address = pictures.get(change.shot) if change.take == 1 else None
        cells.append(f'<img src="{address}" width="{_WIDTH}" alt="">' if address else "")
    return f"| {' | '.join(cells)} |"


def _why(change: Change) -> str:
    why = [reason_words(reason) for reason in change.reasons]
    if change.action is Action.MOVE:
        why.append(f"{change.moved_from} has this id now")
    elif change.action is Action.REMOVE:
        why.append("no longer declared")
    elif change.action is Action.RESUME:
        why.append("a job is in flight: paid already")
    elif change.action is Action.REUSE and not why:
        why.append(reuse_words(change))
    elif change.awaits is not None and not why:
        why.append(f"after {change.awaits}")
    return "; ".join(why)


def _detail(takes: Sequence[Change]) -> list[str]:
    """How takes of a shot differ that differ alike."""
    change = takes[0]
    numbers = ", ".join(str(one.take) for one in takes)
    take = "" if numbers == "1" else f" take{'s' if len(takes) > 1 else ''} {numbers}"
    lines = [f"**{code(change.shot)}{take}**", ""]
    fields = [diff for diff in change.diff if not _is_prompt(diff)]
    for diff in fields:
        before, after = value_words(diff.before), after_words(diff)
        lines.append(f"- {code(diff.path)}: {code(before)} → {code(after)}")
    lines += [""] if fields else []
    for diff in change.diff:
        if _is_prompt(diff):
            lines += [*_prompt(diff.before, diff.after), ""]
    return lines


def _is_prompt(diff: FieldDiff) -> bool:
    return diff.path == "prompt" and isinstance(diff.before, str) and isinstance(diff.after, str)


def _prompt(before: str, after: str) -> list[str]:
    pieces = word_diff(before, after)
    old = "".join(piece.text for piece in pieces if piece.kind is not Kind.NEW)
    new = "".join(piece.text for piece in pieces if piece.kind is not Kind.GONE)
    return changed(old, new)


def _reels(plan: Plan) -> Iterator[str]:
    reels = [code(reel.reel) for reel in plan.reels if reel.action is ReelAction.ASSEMBLE]
    if reels:
        yield f"Reel{'s' if len(reels) > 1 else ''} to assemble: {', '.join(reels)}."
    stand_ins = list(dict.fromkeys(shot for reel in plan.reels for shot in reel.stand_ins))
    if stand_ins:
        yield f"{counted(len(stand_ins), 'shot')} without a clip so far, shown as a stand-in."
    left_out = list(dict.fromkeys(shot for reel in plan.reels for shot in reel.left_out))
    if left_out:
        yield f"{counted(len(left_out), 'shot')} without a clip so far, left out of a reel."
    if reels or stand_ins or left_out:
        yield ""


def _unpriced(plan: Plan) -> Iterator[str]:
    if sentence := unpriced_sentence(plan):
        yield code(sentence)
        yield ""


def _blocked(plan: Plan, cap: Decimal | None) -> Iterator[str]:
    if text := blocked_text(plan, cap).strip():
        yield f"> {text}"
        yield ""


def _diagnostics(diagnostics: Sequence[Diagnostic], root: Path) -> Iterator[str]:
    for diagnostic in diagnostics[:_FEW]:
        word = "Error" if diagnostic.severity is Severity.ERROR else "Warning"
        where = place_of(diagnostic, root)
        said = ": ".join(part for part in (diagnostic.summary, diagnostic.detail[:_SHORT]) if part)
        yield f"- **{word}** {code(where)} {code(said)}".replace("  ", " ")
    if len(diagnostics) > _FEW:
        yield f"- {counted(len(diagnostics) - _FEW, 'more diagnostic')}: `seedgen validate` shows them."
