"""Accept: clips stand for a changed request, and nothing that is known of them becomes untrue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seedgen.planning.accept import Refusal, acceptance, accepted
from seedgen.planning.lock import Lock
from seedgen.planning.plan import FieldDiff, Standing
from tests.planning.projects import lock_of, take_of
from tests.planning.test_planner import SHOTS, cache_of, planned, resolved, rows

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.planning.accept import Acceptance
    from seedgen.planning.resolved import ResolvedShot
    from tests.fakes import FakeCache

EDITED = SHOTS.replace("End card.", "The end card.")
"""Another prompt for 030, which has two takes."""


def asked(shot: ResolvedShot, lock: Lock, cache: FakeCache, standing: Standing | None = None) -> Acceptance:
    """What accepting one shot comes to."""
    standings = {shot.request.fingerprint(): standing} if standing else {}
    plan = planned([shot], lock, cache, standings=standings, declared=lock.shots)
    present = cache.present([take.clip for locked in lock.shots.values() for take in locked.takes])
    return acceptance(shot.id, list(plan.takes), lock.shots.get(shot.id), shot.set_names, present)


def test_an_accepted_change_is_none_to_the_plan(tmp_path: Path) -> None:
    """All takes carry over as they are; the entry says under which request they were generated."""
    before, after = resolved(tmp_path / "a"), resolved(tmp_path / "b", EDITED)
    lock, cache = lock_of(*before), cache_of(*before)
    done = asked(after[2], lock, cache)
    assert (done.refusal, done.kept, done.missing) == (None, (1, 2), ())
    assert done.diff == (FieldDiff("prompt", "End card.", "The end card."),)
    assert done.entry is not None
    assert done.entry.takes == lock.shots["030"].takes
    assert (done.entry.fingerprint, done.entry.accepted_from) == (after[2].fingerprint, before[2].fingerprint)
    kept = lock.with_shots({**lock.shots, "030": done.entry}, lock.plan_id)
    assert not planned(after, kept, cache).has_changes
    assert planned(after, kept, cache).counts == {"unchanged": 4}


def test_takes_that_are_not_there_remain_to_generate(tmp_path: Path) -> None:
    """One more take is asked for than there are clips, and one clip is lost: both are paid, no other."""
    before = resolved(tmp_path / "a")
    after = resolved(tmp_path / "b", EDITED.replace("takes: 2", "takes: 3"))
    lock, cache = lock_of(*before), cache_of(*before)
    done = asked(after[2], lock, cache)
    assert (done.kept, done.missing) == ((1, 2), (3,))
    cache.clips.discard(take_of(before[2], 1).digest)
    done = asked(after[2], lock, cache)
    assert (done.kept, done.missing) == ((2,), (1, 3))
    assert done.entry is not None
    plan = planned(after, lock.with_shots({**lock.shots, "030": done.entry}, None), cache)
    assert rows(plan) == [("030", 1, "regenerate", ("object_missing",)), ("030", 3, "generate", ())]


def test_accepting_twice_remembers_where_the_clips_came_from(tmp_path: Path) -> None:
    """Not the request in between, for which nothing was ever generated."""
    first, second, third = (
        resolved(tmp_path / name, SHOTS.replace("End card.", prompt))[2]
        for name, prompt in (("a", "One."), ("b", "Two."), ("c", "Three."))
    )
    once = accepted(lock_of(first).shots["030"], second.request)
    twice = accepted(once, third.request)
    assert (twice.accepted_from, twice.fingerprint) == (first.fingerprint, third.fingerprint)
    assert accepted(twice, first.request) == lock_of(first).shots["030"], "back where it began"


def test_an_accepted_clip_answers_for_nobody_else(tmp_path: Path) -> None:
    """Another shot with the changed request is generated: no clip was ever made for it. One with the
    first request reuses the clip that was."""
    before = resolved(tmp_path / "a")
    lock, cache = lock_of(*before), cache_of(*before)
    more = EDITED + "  - {id: 040, prompt: The end card.}\n  - {id: 050, prompt: End card.}\n"
    after = resolved(tmp_path / "b", more)
    entry = accepted(lock.shots["030"], after[2].request)
    plan = planned(after, lock.with_shots({**lock.shots, "030": entry}, None), cache)
    assert rows(plan) == [("040", 1, "generate", ()), ("050", 1, "reuse", ())]


REFUSED = {
    Standing.IN_FLIGHT: Refusal.IN_FLIGHT,
    Standing.AMBIGUOUS: Refusal.IN_DOUBT,
}


@pytest.mark.parametrize("standing", REFUSED)
def test_what_is_paid_or_may_be_is_not_accepted_away(standing: Standing, tmp_path: Path) -> None:
    """A job for the changed request is collected, or decided about, first."""
    before, after = resolved(tmp_path / "a"), resolved(tmp_path / "b", EDITED)
    done = asked(after[2], lock_of(*before), cache_of(*before), standing)
    assert (done.entry, done.refusal, done.refused) == (None, REFUSED[standing], True)


def test_a_refused_request_is_a_good_reason_to_accept(tmp_path: Path) -> None:
    """Moderation does not take the new prompt: the clip of the old one stands."""
    before, after = resolved(tmp_path / "a"), resolved(tmp_path / "b", EDITED)
    lock, cache = lock_of(*before), cache_of(*before)
    done = asked(after[2], lock, cache, Standing.REJECTED)
    assert done.entry is not None
    kept = lock.with_shots({**lock.shots, "030": done.entry}, None)
    standings = {after[2].request.fingerprint(): Standing.REJECTED}
    assert not planned(after, kept, cache, standings=standings).has_changes


def test_without_a_clip_or_without_a_change_there_is_nothing_to_accept(tmp_path: Path) -> None:
    """Each says which it is."""
    shots = resolved(tmp_path)
    lock, cache = lock_of(*shots), cache_of(*shots)
    assert asked(shots[0], lock, cache).refusal is Refusal.UNCHANGED
    assert asked(shots[0], Lock(), cache).refusal is Refusal.NO_CLIP
    cache.clips.clear()
    done = asked(shots[0], lock, cache)
    assert (done.refusal, done.idle, done.refused) == (Refusal.NO_CLIP, True, True)


def test_a_renamed_shot_takes_its_acceptance_along(tmp_path: Path) -> None:
    """The request is the same, so it is a move."""
    before = resolved(tmp_path / "a")
    after = resolved(tmp_path / "b", EDITED.replace("id: 030", "id: end"))
    lock, cache = lock_of(*before), cache_of(*before)
    entry = accepted(lock.shots["030"], after[2].request)
    plan = planned(after, lock.with_shots({**lock.shots, "030": entry}, None), cache)
    assert rows(plan) == [("end", 1, "move", ()), ("end", 2, "move", ())]
