"""Storyboard words: where a shot stands, its prompt in pieces, its cost, its parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seedgen.planning.lock import IMPORTED
from seedgen.planning.plan import Action, ReasonKind
from seedgen.planning.pricing import price_of
from seedgen.planning.readable import readable_pieces
from seedgen.views.plan_text import reason_words
from seedgen.views.storyboard import State, Words
from seedgen.views.words import price

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seedgen.planning.lock import Take
    from seedgen.planning.plan import Change
    from seedgen.planning.resolved import ResolvedShot

_STATES = {
    Action.UNCHANGED: State.READY,
    Action.MOVE: State.READY,
    Action.GENERATE: State.NO_CLIP,
    Action.REGENERATE: State.STALE,
    Action.REUSE: State.WAITING,
    Action.RESUME: State.IN_FLIGHT,
    Action.BLOCKED: State.BLOCKED,
}

_MATCHING = frozenset({Action.UNCHANGED, Action.MOVE})
_ACCEPTED = "Its clip is of an earlier request, and was accepted."


def standing(changes: Sequence[Change], pick: Take | None) -> tuple[State, str]:
    """A shot's state, by what an apply would do about the take that is shown, and why in a sentence.

    A take that is blocked comes first: it waits for a person. `changes` are those of one shot, `pick` is
    its clip, if it is there.
    """
    take = pick.take if pick else 1
    shown = next((change for change in changes if change.take == take), changes[0])
    change = next((change for change in changes if change.action is Action.BLOCKED), shown)
    kinds = {reason.kind for reason in change.reasons}
    if change.action is Action.REGENERATE and ReasonKind.OBJECT_MISSING in kinds:
        return State.MISSING, ""
    if change.action is Action.REUSE and change.found is None:
        return State.NO_CLIP, _sentence("shares", change)
    was = f"Was {change.moved_from}." if change.action is Action.MOVE else ""
    if pick and change.action in _MATCHING and pick.fingerprint != change.fingerprint:
        return State.ACCEPTED, f"{was} {_ACCEPTED}".lstrip()
    if was:
        return State.READY, was
    leads = {Action.REGENERATE: "changed:", Action.BLOCKED: ""}
    lead = leads.get(change.action)
    return _STATES[change.action], "" if lead is None else _sentence(lead, change)


def _sentence(lead: str, change: Change) -> str:
    words = f"{lead} {', '.join(map(reason_words, change.reasons))}".strip()
    return f"{words[:1].upper()}{words[1:]}." if change.reasons else ""


def prompt_words(shot: ResolvedShot) -> tuple[Words, ...]:
    """A shot's prompt with its references by name, cut where it names one."""
    return tuple(Words(text, place) for text, place in readable_pieces(shot))


def take_cost(take: Take) -> str:
    """What a take cost: `$0.36`, `$0.36 estimated`, `free`; of a clip from a file nobody can say."""
    if take.job_id == IMPORTED:
        return "imported"
    guessed = take.cost_estimated and bool(take.cost_usd)
    return price(take.cost_usd) + (" estimated" if guessed else "")


def planned_cost(shot: ResolvedShot) -> str:
    """What the takes of a shot without a clip would cost."""
    each = price_of(shot.request, shot.card)
    return price(each * shot.shot.takes if each else each) + (" to make" if each else "")


def values(parameters: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Parameters in words; those that every film has come first."""
    first = ("resolution", "aspect_ratio", "duration")
    names = [name for name in first if name in parameters]
    names += [name for name in parameters if name not in first]
    return tuple((name, _plain(parameters[name])) for name in names)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value is None else str(value)
