"""Comparison: what differs between two versions, and what only looks as if it did."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from seedgen.planning.comparison import ClipReason, Comparison, Difference, Version, compare
from seedgen.planning.lock import IMPORTED, Lock
from tests.planning.projects import STUDIO, lock_of, opened

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.planning.resolved import ResolvedShot

SHOTS = "provider: studio\nshots:\n"
ONE = "  - {id: one, prompt: A door.}\n"
TWO = "  - {id: two, prompt: A wall., duration: 6}\n"


def shots(folder: Path, yaml: str) -> list[ResolvedShot]:
    """Shots of a project whose model has a price."""
    return opened(folder, SHOTS + yaml, {"cards/one.yaml": STUDIO}).shots


def version(folder: Path, yaml: str) -> Version:
    """A project just applied."""
    found = shots(folder, yaml)
    return Version(found, lock_of(*found))


def with_take(given: Version, shot: str, number: int = 1, **facts: Any) -> Version:
    """The same version with other facts about a take."""
    locked = given.lock.shots[shot]
    takes = tuple(t.model_copy(update=facts) if t.take == number else t for t in locked.takes)
    return with_locked(given, shot, takes=takes)


def with_locked(given: Version, shot: str, **facts: Any) -> Version:
    """The same version with other facts about what the lock has for a shot."""
    locked = given.lock.shots[shot].model_copy(update=facts)
    return replace(given, lock=given.lock.model_copy(update={"shots": {**given.lock.shots, shot: locked}}))


def differences(found: Comparison) -> dict[str, Difference]:
    """What differs, by shot."""
    return {shot.shot: shot.difference for shot in found.differing}


def clip_reasons(found: Comparison) -> list[ClipReason]:
    """How the takes of the only shot that differs do."""
    (shot,) = found.differing
    return list(shot.clip_reasons)


def test_the_same_is_no_difference(tmp_path: Path) -> None:
    """Nor is another order of shots, another tag, or a lock that was written again."""
    before = version(tmp_path / "a", ONE + TWO)
    after = version(tmp_path / "b", TWO + ONE.replace("}", ", tags: [hero]}"))
    found = compare(before, replace(after, lock=after.lock.model_copy(update={"serial": 9})))
    assert not found.differs
    assert found.counts == {Difference.UNCHANGED: 2}


def test_shots_come_and_go(tmp_path: Path) -> None:
    """In the order of the later version, the removed last."""
    before = version(tmp_path / "a", ONE + TWO)
    after = version(tmp_path / "b", "  - {id: new, prompt: A roof.}\n" + TWO)
    found = compare(before, after)
    assert differences(found) == {"new": Difference.ADDED, "one": Difference.REMOVED}
    assert [shot.shot for shot in found.shots] == ["new", "two", "one"]


def test_the_same_request_under_another_id_is_a_rename(tmp_path: Path) -> None:
    """Also before an apply has moved its entry in the lock; of twins, each is renamed once."""
    before = version(tmp_path / "a", ONE + TWO)
    after = Version(shots(tmp_path / "b", ONE.replace("one", "first") + TWO), before.lock)
    (shot,) = compare(before, after).differing
    assert (shot.difference, shot.shot, shot.renamed_from) == (Difference.RENAMED, "first", "one")
    assert shot.clip_reasons == ()
    twins = version(tmp_path / "c", ONE + ONE.replace("one", "twin"))
    renamed = version(tmp_path / "d", "".join(ONE.replace("one", name) for name in ("x", "y", "z")))
    found = [(s.difference, s.renamed_from) for s in compare(twins, renamed).shots]
    assert found == [(Difference.RENAMED, "one"), (Difference.RENAMED, "twin"), (Difference.ADDED, None)]


def test_a_changed_request_says_why(tmp_path: Path) -> None:
    """As a plan does, with each field before and after."""
    after = TWO.replace("A wall.", "A tall wall.").replace("6", "8")
    (shot,) = compare(version(tmp_path / "a", TWO), version(tmp_path / "b", after)).differing
    assert [str(reason) for reason in shot.reasons] == ["prompt", "parameter:duration"]
    assert [(d.path, d.before, d.after) for d in shot.diff] == [
        ("prompt", "A wall.", "A tall wall."),
        ("parameters.duration", 6, 8),
    ]
    assert shot.clip_reasons == (ClipReason.CLIP,)


def test_more_takes_are_more_requests(tmp_path: Path) -> None:
    """The first take's request is the same, and yet something else is asked for."""
    before = version(tmp_path / "a", ONE)
    after = Version(shots(tmp_path / "b", ONE.replace("}", ", takes: 3}")), before.lock)
    (shot,) = compare(before, after).differing
    assert (shot.difference, shot.reasons) == (Difference.CHANGED, ())
    assert [(d.path, d.before, d.after) for d in shot.diff] == [("takes", 1, 3)]


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({"digest": "1" * 64}, [ClipReason.CLIP]),
        ({"digest": "1" * 64, "job_id": IMPORTED}, [ClipReason.CLIP, ClipReason.IMPORTED]),
        ({"cost_usd": Decimal("0.40")}, [ClipReason.COST]),
    ],
)
def test_the_same_request_may_have_another_clip(
    tmp_path: Path, facts: dict[str, Any], reasons: list[ClipReason]
) -> None:
    """Generated anew, imported, or billed at last."""
    before = version(tmp_path, ONE)
    found = compare(before, with_take(before, "one", **facts))
    assert differences(found) == {"one": Difference.CLIP}
    assert clip_reasons(found) == reasons


def test_a_pick_is_a_difference(tmp_path: Path) -> None:
    """Another take goes into reels; that the takes are the same ones is not said again."""
    before = version(tmp_path, ONE.replace("}", ", takes: 3}"))
    picked = with_locked(before, "one", pick=2)
    assert clip_reasons(compare(before, picked)) == [ClipReason.CLIP, ClipReason.PICK]
    assert clip_reasons(compare(before, with_take(before, "one", 3, digest="1" * 64))) == [
        ClipReason.OTHER_TAKES
    ]


def test_accepting_is_a_difference(tmp_path: Path) -> None:
    """The clip stays, and stands for another request from now on."""
    before = version(tmp_path, ONE)
    assert clip_reasons(compare(before, with_locked(before, "one", accepted_from="2" * 64))) == [
        ClipReason.ACCEPTED
    ]


def test_a_first_clip_and_a_lost_one(tmp_path: Path) -> None:
    """A lock that has nothing for a shot, against one that does."""
    full = version(tmp_path, ONE)
    empty = replace(full, lock=Lock())
    assert clip_reasons(compare(empty, full)) == [ClipReason.FIRST_CLIP]
    assert clip_reasons(compare(full, empty)) == [ClipReason.NO_CLIP]
    assert not compare(empty, empty).differs


def test_new_takes_are_added_up_once(tmp_path: Path) -> None:
    """What two shots share was paid once; what came from a file cost nothing; unknown is not nothing."""
    yaml = ONE + ONE.replace("one", "twin") + TWO + "  - {id: cut, prompt: A cut.}\n"
    full = version(tmp_path, yaml)
    shared = full.lock.shots["one"].takes[0].model_copy(update={"cost_usd": Decimal("0.44")})
    full = with_locked(with_locked(full, "one", takes=(shared,)), "twin", takes=(shared,))
    full = with_take(full, "cut", job_id=IMPORTED)
    found = compare(replace(full, lock=Lock()), full)
    assert (len(found.fresh), found.spent, found.unpriced) == (3, Decimal("0.44"), 1)
    assert compare(full, full).fresh == ()
