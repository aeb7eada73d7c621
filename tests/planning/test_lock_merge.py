"""Lock merge: what two branches paid for is in what comes out, and nothing is chosen for anybody."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedgen.errors import LockUnreadable
from seedgen.planning.lock import Lock, LockedShot, RequestRecord, Take
from seedgen.planning.lock_merge import merge_locks
from seedgen.store.lockfile import read_lock


def entry(prompt: str, *clips: str, pick: int = 1) -> LockedShot:
    """A shot with a request and the clips of its takes, each named by a letter."""
    fingerprint = (prompt * 64)[:64]
    return LockedShot(
        fingerprint=fingerprint,
        request=RequestRecord(
            v=1, provider="studio", model="one", prompt=prompt, parameters={}, references=(), take=1
        ),
        takes=tuple(
            Take(
                take=number,
                fingerprint=fingerprint,
                digest=clip * 64,
                provider="studio",
                model="one",
                job_id=f"job-{clip}",
                cost_usd=None,
                cost_estimated=False,
                frames=24,
                rate="24/1",
            )
            for number, clip in enumerate(clips, start=1)
        ),
        pick=pick,
    )


def lock(serial: int = 1, **shots: LockedShot) -> Lock:
    """A lock of some shots."""
    return Lock(serial=serial, plan_id=f"{serial:064}", shots=shots)


OLD, NEW, OTHER = entry("a", "1"), entry("b", "2"), entry("c", "3")

MERGES = {
    "each side changed another": (
        {"s1": OLD, "s2": OLD},
        {"s1": NEW, "s2": OLD},
        {"s1": OLD, "s2": OTHER},
        {"s1": NEW, "s2": OTHER},
    ),
    "each side added another": ({}, {"s1": NEW}, {"s2": OTHER}, {"s1": NEW, "s2": OTHER}),
    "both added the same": ({}, {"s1": NEW}, {"s1": NEW}, {"s1": NEW}),
    "one side removed": ({"s1": OLD, "s2": OLD}, {"s1": OLD}, {"s1": OLD, "s2": OLD}, {"s1": OLD}),
    "one removed, the other changed": ({"s1": OLD}, {}, {"s1": NEW}, {"s1": NEW}),
    "one picked, the other added a take": (
        {"s1": entry("a", "1", "2")},
        {"s1": entry("a", "1", "2", pick=2)},
        {"s1": entry("a", "1", "2", "3")},
        {"s1": entry("a", "1", "2", "3", pick=2)},
    ),
    "one side made a take anew": (
        {"s1": entry("a", "1", "2")},
        {"s1": entry("a", "1", "3")},
        {"s1": entry("a", "4", "2")},
        {"s1": entry("a", "4", "3")},
    ),
}


@pytest.mark.parametrize("name", MERGES)
def test_what_both_sides_made_is_kept(name: str) -> None:
    """Whichever side is ours."""
    base, ours, theirs, merged = MERGES[name]
    for mine, yours in ((ours, theirs), (theirs, ours)):
        found = merge_locks(lock(1, **base), lock(2, **mine), lock(3, **yours))
        assert found.conflicts == ()
        assert found.ours.shots == merged
        assert found.ours == found.theirs
        assert read_lock("seedgen.lock", found.to_text().encode()) == found.ours


def test_a_lock_that_neither_side_had_is_the_next_one() -> None:
    """Its serial is above both, no plan made it, and no reel is known to show it."""
    found = merge_locks(lock(1), lock(2, s1=NEW), lock(5, s2=OTHER)).ours
    assert (found.serial, found.plan_id, found.reels) == (6, None, {})
    same = merge_locks(lock(1), lock(2, s1=NEW), lock(1)).ours
    assert same == lock(2, s1=NEW)


CONFLICTS = {
    "two requests": ({"s1": OLD}, {"s1": NEW}, {"s1": OTHER}),
    "two first clips": ({}, {"s1": entry("a", "1")}, {"s1": entry("a", "2")}),
    "two picks": (
        {"s1": entry("a", "1", "2", "3")},
        {"s1": entry("a", "1", "2", "3", pick=2)},
        {"s1": entry("a", "1", "2", "3", pick=3)},
    ),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_what_both_sides_decided_is_left_to_a_person(name: str) -> None:
    """Markers stand around that shot alone; with either side kept, the file is a lock."""
    base, ours, theirs = CONFLICTS[name]
    found = merge_locks(lock(1, s2=OLD, **base), lock(2, s2=NEW, **ours), lock(2, s2=OLD, s3=OTHER, **theirs))
    assert found.conflicts == ("s1",)
    text = found.to_text()
    with pytest.raises(LockUnreadable, match="conflict markers"):
        read_lock("seedgen.lock", text.encode())
    head, _, rest = text.partition("<<<<<<< ours\n")
    mine, _, rest = rest.partition("=======\n")
    yours, _, tail = rest.partition(">>>>>>> theirs\n")
    for chosen, shots in ((mine, ours), (yours, theirs)):
        lock_ = Lock.model_validate(json.loads(head + chosen + tail))
        assert lock_.shots == {**shots, "s2": NEW, "s3": OTHER}


entries = st.builds(
    lambda prompt, clips: entry(prompt, *clips),
    st.sampled_from("ab"),
    st.lists(st.sampled_from("123"), min_size=1, max_size=2),
)
locks = st.dictionaries(st.sampled_from(["s1", "s2", "s3"]), entries).map(lambda shots: lock(1, **shots))


@given(locks, locks, locks)
def test_the_laws_of_merging(base: Lock, ours: Lock, theirs: Lock) -> None:
    """Sides can be exchanged; a side that did nothing changes nothing; no paid clip is lost."""
    found, turned = merge_locks(base, ours, theirs), merge_locks(base, theirs, ours)
    assert found.conflicts == turned.conflicts
    assert (found.ours.shots, found.theirs.shots) == (turned.theirs.shots, turned.ours.shots)
    assert merge_locks(base, ours, base).ours == ours
    assert merge_locks(base, ours, ours).ours == ours
    had = {take.digest for shot in base.shots.values() for take in shot.takes}
    made = {take.digest for side in (ours, theirs) for shot in side.shots.values() for take in shot.takes}
    kept = {
        take.digest
        for side in (found.ours, found.theirs)
        for shot in side.shots.values()
        for take in shot.takes
    }
    assert made - had <= kept
