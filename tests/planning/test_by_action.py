"""By action: each shot of a plan under what would be done to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.planning.by_action import shots_by_action
from seedgen.planning.plan import Action
from tests.planning.projects import lock_of
from tests.planning.test_planner import SHOTS, cache_of, planned, resolved

if TYPE_CHECKING:
    from pathlib import Path


def test_every_action_is_named_and_every_shot_is_somewhere(tmp_path: Path) -> None:
    """Also actions that no shot has, so that asking for them is no mistake."""
    shots = resolved(tmp_path)
    found = shots_by_action(planned(shots, lock_of(shots[0]), cache_of(*shots[:2])))
    assert set(found) == {action.value for action in Action}
    assert {name: ids for name, ids in found.items() if ids} == {
        "unchanged": {"010"},
        "reuse": {"020"},
        "generate": {"030"},
    }


def test_a_shot_is_unchanged_when_all_its_takes_are(tmp_path: Path) -> None:
    """One more take asked for is a change of the shot."""
    before = resolved(tmp_path)
    after = resolved(tmp_path, SHOTS.replace("The sole.", "The sole., takes: 2"))
    found = shots_by_action(planned(after, lock_of(*before), cache_of(*before)))
    assert found["unchanged"] == {"010", "030"}
    assert found["generate"] == {"020"}


def test_who_waits_for_a_take_stands_with_who_gets_it(tmp_path: Path) -> None:
    """`action:reuse` is what costs nothing by itself."""
    shots = resolved(tmp_path, SHOTS + "  - {id: 040, prompt: The sole.}\n")
    found = shots_by_action(planned(shots, lock_of(*shots[:1]), cache_of(*shots[:1])))
    assert found["reuse"] == frozenset()
    assert found["generate"] == {"020", "030", "040"}
