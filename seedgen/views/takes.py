"""Picks and acceptances as text: what stands in the lock now, and what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.planning.accept import Refusal
from seedgen.views.fields_text import field_lines
from seedgen.views.paint import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from seedgen.planning.accept import Acceptance
    from seedgen.planning.pick import Picked
    from seedgen.views.paint import Paint

_WHY = {
    Refusal.NO_CLIP: "it has no clip; `seedgen apply` generates one, `seedgen import` adopts one",
    Refusal.UNCHANGED: "its clip was made for this very request, or accepted for it before",
    Refusal.UNKNOWN_REQUEST: "its request is known only when the shot that it continues has its clip",
    Refusal.IN_FLIGHT: "a job for the changed request is in flight, and paid; `seedgen apply` collects it",
    Refusal.IN_DOUBT: "a submit of the changed request may have been billed; `seedgen jobs list` says more",
}


_FEW = 6


def picked_text(picked: Picked, following: Sequence[str], paint: Paint) -> str:
    """Which take goes into reels now. `following` are the shots that continue it."""
    shot = harmless(picked.shot)
    if not picked.changed:
        return f"{shot}: take {picked.take} is picked already. Nothing was changed.\n"
    was = f", was take {picked.before}" if picked.before else ""
    text = f"  {paint.green('✓')} {shot}  take {picked.take} is picked{was}\n  `seedgen reel` shows it.\n"
    return text + following_text(following, "pick")


def following_text(following: Sequence[str], what: str) -> str:
    """Which shots continue one that has another clip by a pick or the like; or nothing."""
    if not following:
        return ""
    shown = ", ".join(following[:_FEW]) + (" …" if len(following) > _FEW else "")
    who = f"{shown} continue{'s' if len(following) == 1 else ''} it"
    return f"  {harmless(who)}: `seedgen plan` shows what the {what} changes there.\n"


def accepted_text(
    done: Sequence[Acceptance], outdated: Sequence[str], lock_name: str, paint: Paint, width: int
) -> str:
    """A line for each shot, with how its request changed, and what that means.

    `outdated` are reels that show something else than there is now, as those that show prompts do.
    """
    text = "".join(f"{line}\n" for one in done for line in _lines(one, paint, width))
    if not any(one.entry for one in done):
        return text + "Nothing was changed.\n"
    if any(one.missing for one in done):
        text += "`seedgen plan` shows what is still to generate.\n"
    text += f"{lock_name} has it now. Another change of the shot asks for a new clip.\n"
    if outdated:
        text += f"`seedgen reel` brings {harmless(_joined(outdated))} up to date.\n"
    return text


def _lines(one: Acceptance, paint: Paint, width: int) -> Iterator[str]:
    shot = harmless(one.shot)
    if one.refusal is not None:
        still = one.refusal is Refusal.UNCHANGED
        sign, what = (" ", "nothing to accept") if still else (paint.red("!"), "not accepted")
        yield f"  {sign} {shot}  {what}: {_WHY[one.refusal]}"
        return
    kept = "its clip stays" if one.kept == (1,) else f"{_takes(one.kept)} stay{_s(one.kept)}"
    verb = "is" if len(one.missing) == 1 else "are"
    rest = f"; {_takes(one.missing)} {verb} still to generate" if one.missing else ""
    yield f"  {paint.green('✓')} {shot}  accepted: {kept}, at no cost{rest}"
    yield from field_lines(one.diff, paint, width)


def _takes(numbers: Sequence[int]) -> str:
    return f"take{'' if len(numbers) == 1 else 's'} {_joined(map(str, numbers))}"


def _s(numbers: Sequence[int]) -> str:
    return "s" if len(numbers) == 1 else ""


def _joined(words: Iterable[str]) -> str:
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last
