"""The planner: what an apply would do to each take, why, and what it costs; pure and the same every time."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.planning.capping import Caps
from seedgen.planning.found import World
from seedgen.planning.lock import Lock
from seedgen.planning.plan import Action, FieldDiff, Standing
from seedgen.planning.planner import make_plan
from tests.fakes import FakeCache
from tests.planning.projects import STUDIO, Files, lock_of, opened, take_of, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from seedgen.digest import Fingerprint
    from seedgen.planning.plan import Plan
    from seedgen.planning.resolved import ResolvedShot

SHOTS = """\
provider: studio
reference_sets:
  shoe: {images: [front.png, side.png]}
shots:
  - {id: 010, prompt: "Front of {{ ref('shoe') }}.", references: [shoe]}
  - {id: 020, prompt: The sole.}
  - {id: 030, prompt: End card., takes: 2}
"""
FILES: Files = {"front.png": b"front", "side.png": b"side", "cards/one.yaml": STUDIO}


def resolved(root: Path, yaml: str = SHOTS) -> list[ResolvedShot]:
    """The shots of a project of the priced model."""
    project = opened(root, yaml, FILES)
    assert project.found() == []
    return project.shots


def cache_of(*shots: ResolvedShot) -> FakeCache:
    """A cache with every take of these shots."""
    return FakeCache(*(take_of(shot, n) for shot in shots for n in range(1, shot.shot.takes + 1)))


def planned(
    shots: Sequence[ResolvedShot],
    lock: Lock | None = None,
    cache: FakeCache | None = None,
    *,
    standings: Mapping[Fingerprint, Standing] | None = None,
    **options: Any,
) -> Plan:
    """A plan against a lock and a cache; empty ones by default."""
    cache = cache or FakeCache()
    world = World(cache.find, cache.present, lambda: standings or {})
    return make_plan(shots, lock or Lock(), world, project="film", **options)


def rows(plan: Plan) -> list[tuple[str, int, str, tuple[str, ...]]]:
    """What a plan changes, as shot, take, action, reasons."""
    return [(c.shot, c.take, c.action.value, tuple(map(str, c.reasons))) for c in plan.changes]


# -- generate, unchanged, reuse ---------------------------------------------------------------------


def test_a_new_shot_is_generated_once_for_every_take(tmp_path: Path) -> None:
    """With neither lock nor cache, every take has to be made, in the order of the project."""
    plan = planned(resolved(tmp_path))
    assert rows(plan) == [
        ("010", 1, "generate", ()),
        ("020", 1, "generate", ()),
        ("030", 1, "generate", ()),
        ("030", 2, "generate", ()),
    ]
    # 4 takes of the default 4 s at 0.05 USD a second.
    assert (plan.cost, plan.unpriced, plan.seconds) == (Decimal("0.80"), 0, 16)


def test_an_applied_project_has_no_changes(tmp_path: Path) -> None:
    """What the lock has and whose clip is there is unchanged, costs nothing and is not looked up again."""
    shots = resolved(tmp_path)
    cache = cache_of(*shots)
    plan = planned(shots, lock_of(*shots), cache)
    assert not plan.has_changes
    assert plan.counts == {Action.UNCHANGED: 4}
    assert plan.cost == 0
    assert cache.lookups == 0


def test_a_take_that_the_cache_has_is_reused(tmp_path: Path) -> None:
    """A fresh checkout without a lock pays for nothing that was paid for."""
    shots = resolved(tmp_path)
    plan = planned(shots, Lock(), cache_of(*shots))
    assert rows(plan) == [
        ("010", 1, "reuse", ()),
        ("020", 1, "reuse", ()),
        ("030", 1, "reuse", ()),
        ("030", 2, "reuse", ()),
    ]
    assert plan.cost == 0
    assert [c.found for c in plan.changes][:1] == [take_of(shots[0])]


def test_a_record_without_its_clip_is_no_take(tmp_path: Path) -> None:
    """The action cache may outlive an object: then the take has to be made."""
    shots = resolved(tmp_path)[:1]
    cache = cache_of(*shots)
    cache.clips.clear()
    assert rows(planned(shots, Lock(), cache)) == [("010", 1, "generate", ())]


def test_an_edit_taken_back_costs_nothing(tmp_path: Path) -> None:
    """The cache still has the take of the prompt that came back."""
    edited = resolved(tmp_path / "b", SHOTS.replace("The sole.", "The heel."))
    original = resolved(tmp_path / "a")
    plan = planned(original, lock_of(*edited), cache_of(*original, *edited))
    assert rows(plan) == [("020", 1, "reuse", ())]


def test_a_lost_cache_of_takes_is_made_up_from_the_lock(tmp_path: Path) -> None:
    """The lock names the clips too: a second shot with the request of a locked one is not paid again."""
    before = resolved(tmp_path / "a")
    after = resolved(tmp_path / "b", SHOTS + "  - {id: 040, prompt: The sole.}\n")
    cache = cache_of(*before)
    cache.takes.clear()
    assert rows(planned(after, lock_of(*before), cache)) == [("040", 1, "reuse", ())]


def test_the_same_request_is_paid_once(tmp_path: Path) -> None:
    """The second shot takes over what the first is about to get, and says from whom."""
    shots = resolved(tmp_path, SHOTS + "  - {id: 040, prompt: The sole., takes: 2}\n")
    plan = planned(shots)
    assert rows(plan)[-2:] == [("040", 1, "reuse", ("same_request:020",)), ("040", 2, "generate", ())]
    assert plan.cost == Decimal("1.00")  # five distinct takes at 0.20


# -- regenerate -------------------------------------------------------------------------------------

REGENERATED: dict[str, tuple[str, str, tuple[str, ...], tuple[FieldDiff, ...]]] = {
    "the prompt": (
        "The sole.",
        "The heel.",
        ("prompt",),
        (FieldDiff("prompt", "The sole.", "The heel."),),
    ),
    "a parameter": (
        "prompt: The sole.",
        "prompt: The sole., duration: 6",
        ("parameter:duration",),
        (FieldDiff("parameters.duration", 4, 6),),
    ),
    "several things at once": (
        "prompt: The sole.",
        "prompt: The heel., duration: 6, resolution: 720p",
        ("prompt", "parameter:duration", "parameter:resolution"),
        (
            FieldDiff("prompt", "The sole.", "The heel."),
            FieldDiff("parameters.duration", 4, 6),
            FieldDiff("parameters.resolution", "480p", "720p"),
        ),
    ),
    "the provider, and with it model and parameters": (
        "prompt: The sole.",
        "prompt: The sole., provider: local",
        (
            "provider",
            "model",
            "parameter:aspect_ratio",
            "parameter:duration",
            "parameter:generate_audio",
            "parameter:resolution",
        ),
        (
            FieldDiff("provider", "studio", "local"),
            FieldDiff("model", "one", "animatic"),
            FieldDiff("parameters.aspect_ratio", None, "auto"),
            FieldDiff("parameters.duration", 4, "auto"),
            FieldDiff("parameters.generate_audio", None, False),
            FieldDiff("parameters.resolution", "480p", "720p"),
        ),
    ),
    "the model": (
        "prompt: The sole.",
        "prompt: The sole., model: two",
        ("model",),
        (FieldDiff("model", "one", "two"),),
    ),
}


@pytest.mark.parametrize("what", REGENERATED)
def test_a_changed_request_is_regenerated_and_says_why(what: str, tmp_path: Path) -> None:
    """One reason and one difference for each field, and no other shot is touched."""
    old, new, reasons, diff = REGENERATED[what]
    write(
        tmp_path, {"cards/two.yaml": STUDIO.replace("model: one", "model: two").replace("default: true", "")}
    )
    before = resolved(tmp_path)
    after = resolved(tmp_path, SHOTS.replace(old, new))
    plan = planned(after, lock_of(*before), cache_of(*before))
    assert rows(plan) == [("020", 1, "regenerate", reasons)]
    [change] = plan.changes
    assert change.diff == diff
    assert (change.fingerprint, change.prior_fingerprint) == (after[1].fingerprint, before[1].fingerprint)


def digest(reference: int, shots: Sequence[ResolvedShot]) -> str:
    """How a difference shows a reference of the first shot."""
    return f"image {shots[0].request.references[reference - 1].id}"


def test_a_changed_reference_names_its_set(tmp_path: Path) -> None:
    """One edited picture regenerates the shot that uses it, and the difference says which position."""
    before = resolved(tmp_path)
    lock, cache = lock_of(*before), cache_of(*before)
    after = opened(tmp_path, SHOTS, FILES | {"side.png": b"other side"}).shots
    plan = planned(after, lock, cache)
    assert rows(plan) == [("010", 1, "regenerate", ("reference:shoe",))]
    [change] = plan.changes
    assert change.diff == (FieldDiff("references.2", digest(2, before), digest(2, after)),)


def test_a_reference_taken_away_is_told_by_its_position(tmp_path: Path) -> None:
    """There is no set any more to name; the shortened prompt is a reason of its own."""
    before = resolved(tmp_path)
    after = resolved(tmp_path, SHOTS.replace("front.png, side.png", "front.png"))
    plan = planned(after, lock_of(*before), cache_of(*before))
    assert rows(plan) == [("010", 1, "regenerate", ("prompt", "reference:2"))]
    assert next(plan.changes).diff[1] == FieldDiff("references.2", digest(2, before), None)


def test_a_clip_that_is_gone_is_made_again(tmp_path: Path) -> None:
    """The lock knows the take, the cache lost the clip: the request is the same, the object is missing."""
    shots = resolved(tmp_path)
    cache = cache_of(*shots)
    cache.clips.discard(take_of(shots[2], 2).digest)
    plan = planned(shots, lock_of(*shots), cache)
    assert rows(plan) == [("030", 2, "regenerate", ("object_missing",))]
    assert next(plan.changes).diff == ()


def test_a_replacement_is_generated_whatever_the_cache_has(tmp_path: Path) -> None:
    """`--replace` asks for new takes of a shot that has perfectly good ones."""
    shots = resolved(tmp_path)
    plan = planned(shots, lock_of(*shots), cache_of(*shots), replaced=["030"])
    assert rows(plan) == [
        ("030", 1, "regenerate", ("replace_requested",)),
        ("030", 2, "regenerate", ("replace_requested",)),
    ]


def test_two_replacements_of_one_request_are_paid_once(tmp_path: Path) -> None:
    """Asking anew for two shots with the same request buys one new take."""
    shots = resolved(tmp_path, SHOTS + "  - {id: 040, prompt: The sole.}\n")
    plan = planned(shots, lock_of(*shots), cache_of(*shots), replaced=["020", "040"])
    assert rows(plan) == [
        ("020", 1, "regenerate", ("replace_requested",)),
        ("040", 1, "reuse", ("same_request:020",)),
    ]


# -- takes ------------------------------------------------------------------------------------------


def test_takes_raised_from_one_to_three_keep_the_first(tmp_path: Path) -> None:
    """Takes 2 and 3 are generated; take 1 is neither paid nor touched."""
    before = resolved(tmp_path)
    after = resolved(tmp_path, SHOTS.replace("The sole.", "The sole., takes: 3"))
    plan = planned(after, lock_of(*before), cache_of(*before))
    assert rows(plan) == [("020", 2, "generate", ()), ("020", 3, "generate", ())]


def test_fewer_takes_change_nothing(tmp_path: Path) -> None:
    """A take that is asked for no more stays where it is."""
    before = resolved(tmp_path)
    after = resolved(tmp_path, SHOTS.replace(", takes: 2", ""))
    assert not planned(after, lock_of(*before), cache_of(*before)).has_changes


def test_takes_of_a_changed_request_are_regenerated_as_far_as_there_were_any(tmp_path: Path) -> None:
    """Of three takes of a new prompt, the two that existed are regenerated and the third is new."""
    before = resolved(tmp_path)
    after = resolved(tmp_path, SHOTS.replace("End card., takes: 2", "The end., takes: 3"))
    plan = planned(after, lock_of(*before), cache_of(*before))
    assert rows(plan) == [
        ("030", 1, "regenerate", ("prompt",)),
        ("030", 2, "regenerate", ("prompt",)),
        ("030", 3, "generate", ()),
    ]


# -- move, remove -----------------------------------------------------------------------------------


def test_a_renamed_shot_is_moved_with_all_its_takes(tmp_path: Path) -> None:
    """Another id and the same request: free, and nothing is removed."""
    before = resolved(tmp_path)
    after = resolved(tmp_path, SHOTS.replace("id: 030", "id: end"))
    plan = planned(after, lock_of(*before), cache_of(*before))
    assert rows(plan) == [("end", 1, "move", ()), ("end", 2, "move", ())]
    assert {change.moved_from for change in plan.changes} == {"030"}
    assert plan.cost == 0


def test_a_renamed_shot_with_more_takes_moves_what_there_is(tmp_path: Path) -> None:
    """The third take of the renamed shot is the only one to pay."""
    before = resolved(tmp_path)
    after = resolved(
        tmp_path, SHOTS.replace("id: 030, prompt: End card., takes: 2", "id: e, prompt: End card., takes: 3")
    )
    plan = planned(after, lock_of(*before), cache_of(*before))
    assert rows(plan) == [("e", 1, "move", ()), ("e", 2, "move", ()), ("e", 3, "generate", ())]


def test_a_shot_renamed_and_edited_is_a_removal_and_a_new_shot(tmp_path: Path) -> None:
    """Nothing ties the two together any more."""
    before = resolved(tmp_path)
    after = resolved(tmp_path, SHOTS.replace("id: 020, prompt: The sole.", "id: sole, prompt: The heel."))
    plan = planned(after, lock_of(*before), cache_of(*before))
    assert rows(plan) == [("sole", 1, "generate", ()), ("020", 1, "remove", ())]


def test_one_of_two_copies_is_moved_and_the_other_reused(tmp_path: Path) -> None:
    """A removed shot's entry can move to one id only; the second shot finds the same clip in the cache."""
    before = resolved(tmp_path)
    copies = "  - {id: s1, prompt: The sole.}\n  - {id: s2, prompt: The sole.}\n"
    after = resolved(tmp_path, SHOTS.replace("  - {id: 020, prompt: The sole.}\n", copies))
    plan = planned(after, lock_of(*before), cache_of(*before))
    assert rows(plan) == [("s1", 1, "move", ()), ("s2", 1, "reuse", ())]


def test_a_shot_that_is_declared_no_more_is_removed(tmp_path: Path) -> None:
    """Removing costs nothing; the clip stays in the cache."""
    before = resolved(tmp_path)
    plan = planned(before[:2], lock_of(*before), cache_of(*before))
    assert rows(plan) == [("030", 1, "remove", ())]
    [change] = plan.changes
    assert (change.fingerprint, change.prior_fingerprint) == (None, before[2].fingerprint)


def test_a_declared_shot_with_an_error_is_not_removed(tmp_path: Path) -> None:
    """What is declared and could not be resolved is not gone."""
    before = resolved(tmp_path)
    plan = planned(before[:2], lock_of(*before), cache_of(*before), declared=["010", "020", "030"])
    assert rows(plan) == []


# -- resume, blocked --------------------------------------------------------------------------------


def test_a_job_in_flight_is_resumed_and_not_paid_again(tmp_path: Path) -> None:
    """The journal knows the job: the take is on its way."""
    shots = resolved(tmp_path)[1:2]
    plan = planned(shots, standings={shots[0].request.fingerprint(): Standing.IN_FLIGHT})
    assert rows(plan) == [("020", 1, "resume", ())]
    assert plan.cost == 0


CAPPED = """\
provider: studio
shots:
  - {id: a, prompt: A., duration: 10}
  - {id: b, prompt: B., resolution: 1080p}
  - {id: c, prompt: C., duration: 10}
  - {id: d, prompt: D., duration: 2}
  - {id: e, prompt: C., duration: 10}
"""
# a and c cost 10 x 0.05 = 0.50, d 0.10; b has no known price; e wants the take of c.


def test_under_a_cap_what_does_not_fit_and_what_has_no_price_is_blocked(tmp_path: Path) -> None:
    """In order, as much as fits; a smaller one after a larger one may fit, an unknown price never does."""
    plan = planned(resolved(tmp_path, CAPPED), caps=Caps(Decimal("0.60")))
    assert rows(plan) == [
        ("a", 1, "generate", ()),
        ("b", 1, "blocked", ("unpriced",)),
        ("c", 1, "blocked", ("over_budget",)),
        ("d", 1, "generate", ()),
        ("e", 1, "blocked", ("over_budget", "same_request:c")),
    ]
    assert (plan.cost, plan.unpriced, plan.seconds) == (Decimal("0.60"), 0, 12)
    assert plan.has_changes


def test_a_cap_is_met_exactly(tmp_path: Path) -> None:
    """A cap is what may be spent, to the cent, in decimals."""
    shots = resolved(
        tmp_path, CAPPED.replace("b, prompt: B., resolution: 1080p", "b, prompt: B., duration: 1")
    )
    assert planned(shots, caps=Caps(Decimal("1.15"))).counts[Action.BLOCKED] == 0
    assert [c.shot for c in planned(shots, caps=Caps(Decimal("1.14"))).changes if not c.submits] == ["d", "e"]


def test_a_cap_of_nothing_blocks_whatever_costs(tmp_path: Path) -> None:
    """Zero is a cap; what is free is still done."""
    shots = resolved(tmp_path, SHOTS.replace("The sole.", "The sole., provider: local"))
    plan = planned(shots, caps=Caps(Decimal(0)))
    assert [(c.shot, c.action.value) for c in plan.changes] == [
        ("010", "blocked"),
        ("020", "generate"),
        ("030", "blocked"),
        ("030", "blocked"),
    ]


def test_a_cap_leaves_alone_what_costs_nothing(tmp_path: Path) -> None:
    """Reuse, move and remove pass under any cap."""
    before = resolved(tmp_path)
    after = resolved(tmp_path, SHOTS.replace("id: 030", "id: end").replace("The sole.", "The heel."))
    cache = cache_of(*before, after[1])
    plan = planned(after, lock_of(*before), cache, caps=Caps(Decimal(0)))
    assert {change.action for change in plan.changes} == {Action.REUSE, Action.MOVE}


def test_without_a_cap_an_unknown_price_is_counted_apart(tmp_path: Path) -> None:
    """It is never taken for zero: the estimate says how many takes have none."""
    plan = planned(resolved(tmp_path, CAPPED)[:2])
    assert (plan.cost, plan.unpriced, plan.seconds) == (Decimal("0.50"), 1, 14)


def test_a_reason_to_regenerate_stays_beside_the_reason_to_block(tmp_path: Path) -> None:
    """Who blocks is named first, why the shot is stale after it."""
    before = resolved(tmp_path)
    after = resolved(tmp_path, SHOTS.replace("The sole.", "The heel."))
    plan = planned(after, lock_of(*before), cache_of(*before), caps=Caps(Decimal("0.1")))
    assert rows(plan) == [("020", 1, "blocked", ("over_budget", "prompt"))]


# -- selection, purity, ids -------------------------------------------------------------------------


def test_a_selection_restricts_a_plan(tmp_path: Path) -> None:
    """Shots that are not selected are neither generated nor removed."""
    before = resolved(tmp_path)
    after = resolved(tmp_path, SHOTS.replace("The sole.", "The heel.").replace("Front", "Back"))[:2]
    lock, cache = lock_of(*before), cache_of(*before)
    assert [c.shot for c in planned(after, lock, cache, selected={"020"}.__contains__).changes] == ["020"]
    assert [c.shot for c in planned(after, lock, cache, selected={"030"}.__contains__).changes] == ["030"]


def test_a_selection_pays_for_its_own_copy_of_a_request(tmp_path: Path) -> None:
    """A shot does not wait for the same request of a shot that is not selected."""
    shots = resolved(tmp_path, SHOTS + "  - {id: 040, prompt: The sole.}\n")
    assert rows(planned(shots, selected={"040"}.__contains__)) == [("040", 1, "generate", ())]


SUBSETS = st.sets(st.sampled_from(["010", "020", "030", "040", "050"]))


@settings(deadline=None, max_examples=30, derandomize=True)
@given(declared=SUBSETS, locked=SUBSETS, cached=SUBSETS, lost=SUBSETS, seed=st.integers(0, 99))
def test_the_same_world_always_gives_the_same_plan(
    tmp_path_factory: pytest.TempPathFactory,
    declared: set[str],
    locked: set[str],
    cached: set[str],
    lost: set[str],
    seed: int,
) -> None:
    """Planning changes nothing it was given, and the order of a lock or a cache does not show."""
    shots = resolved(tmp_path_factory.getbasetemp() / "pure", FIVE)
    by_id = {shot.id: shot for shot in shots}
    lock = lock_of(*(by_id[name] for name in sorted(locked)))
    before = lock.model_copy(deep=True)
    cache = cache_of(*(by_id[name] for name in sorted(cached | locked)))
    for name in lost:
        cache.clips.discard(take_of(by_id[name]).digest)
    chosen = [shot for shot in shots if shot.id in declared]
    plan = planned(chosen, lock, cache)
    assert lock == before
    entries = list(lock.shots.items())
    random.Random(seed).shuffle(entries)
    again = planned(chosen, lock.model_copy(update={"shots": dict(entries)}), cache)
    assert rows(again) == rows(plan)
    assert again.plan_id == plan.plan_id


@settings(deadline=None, max_examples=30, derandomize=True)
@given(declared=SUBSETS, locked=SUBSETS, lost=SUBSETS)
def test_nothing_is_paid_that_is_there_and_everything_declared_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, declared: set[str], locked: set[str], lost: set[str]
) -> None:
    """A shot is submitted exactly when nobody has its clip; whatever is locked and undeclared goes."""
    shots = resolved(tmp_path_factory.getbasetemp() / "paid", FIVE)
    by_id = {shot.id: shot for shot in shots}
    cache = cache_of(*(by_id[name] for name in locked - lost))
    chosen = [shot for shot in shots if shot.id in declared]
    plan = planned(chosen, lock_of(*(by_id[name] for name in sorted(locked))), cache)
    assert {c.shot for c in plan.takes if c.submits} == declared - (locked - lost)
    assert {c.shot for c in plan.takes if c.action is Action.REMOVE} == locked - declared
    assert {c.shot for c in plan.takes} == declared | locked


FIVE = "provider: studio\nshots:\n" + "".join(f"  - {{id: 0{n}0, prompt: Shot {n}.}}\n" for n in range(1, 6))


def test_a_plan_id_names_what_would_be_done_to_which_lock(tmp_path: Path) -> None:
    """Another request, selection, profile, project or serial is another plan; unchanged shots are no part."""
    shots = resolved(tmp_path)
    lock, cache = lock_of(shots[0]), cache_of(shots[0])
    plan = planned(shots, lock, cache)
    edited = resolved(tmp_path, SHOTS.replace("The sole.", "The heel."))
    assert len(plan.plan_id) == 64
    assert planned(shots[1:], Lock(serial=1)).plan_id == plan.plan_id
    others = [
        planned(edited, lock, cache),
        planned(shots[:2], lock, cache),
        planned(shots, lock.model_copy(update={"serial": 2}), cache),
        planned(shots, lock, cache, profile="draft"),
        replace(plan, project="another"),
        planned(shots, lock, cache, caps=Caps(Decimal(0))),
    ]
    assert len({plan.plan_id, *(other.plan_id for other in others)}) == 7
