"""Chains of shots: what each asks for, and what a plan makes of it before all clips are there."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.digest import Digest, digest_bytes
from seedgen.planning.capping import Caps
from seedgen.planning.comparison import Version, compare
from seedgen.planning.current import as_locked
from seedgen.planning.found import World
from seedgen.planning.lock import Lock
from seedgen.planning.plan import Action, Standing
from seedgen.planning.planner import make_plan
from seedgen.project.diagnostics import Severity
from seedgen.project.media import Derived
from seedgen.project.models import FromShotUse
from tests.fakes import FakeCache
from tests.planning.projects import STUDIO, Files, lock_of, opened, take_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from seedgen.planning.plan import Plan
    from seedgen.planning.resolved import ResolvedShot

VIDEO = "  video: {field: videos, max: 1}\n"
CARD = STUDIO.replace("  image: {field: images, max: 4}\n", f"  image: {{field: images, max: 4}}\n{VIDEO}")
FILES: Files = {"front.png": b"front", "walk.mp4": b"walk", "cards/one.yaml": CARD}
SETS = """\
provider: studio
reference_sets:
  shoe: {images: [front.png]}
  walk: {videos: [walk.mp4]}
"""
CHAIN = f"""\
{SETS}shots:
  - {{id: 010, prompt: A door.}}
  - {{id: 020, prompt: A hall., from_shot: {{id: 010}}}}
  - {{id: 030, prompt: A stair., from_shot: {{id: 020, use: clip}}}}
"""


def resolved(root: Path, yaml: str = CHAIN, files: Files = FILES) -> list[ResolvedShot]:
    """The shots of a project of the priced model."""
    project = opened(root, yaml, files)
    assert project.found() == []
    return project.shots


def made(shots: Sequence[ResolvedShot]) -> list[ResolvedShot]:
    """The shots after an apply: each continues the clip that `take_of` gives the one before it."""
    found: dict[str, ResolvedShot] = {}
    while len(found) < len(shots):
        for shot in shots:
            if shot.id in found:
                continue
            if shot.upstream is None:
                found[shot.id] = shot
            elif shot.upstream in found:
                found[shot.id] = shot.continuing(take_of(found[shot.upstream]).clip)
    return [found[shot.id] for shot in shots]


def everything(shots: Sequence[ResolvedShot]) -> tuple[Lock, FakeCache]:
    """The lock and the cache after an apply."""
    done = made(shots)
    return lock_of(*done), FakeCache(*(take_of(s, n) for s in done for n in range(1, s.shot.takes + 1)))


def planned(shots: Sequence[ResolvedShot], lock: Lock, cache: FakeCache, **options: Any) -> Plan:
    """A plan against a lock and a cache."""
    standings = options.pop("standings", {})
    world = World(cache.find, cache.present, lambda: standings)
    return make_plan(shots, lock, world, project="film", **options)


def rows(plan: Plan) -> list[tuple[str, int, str, tuple[str, ...]]]:
    """What a plan changes, as shot, take, action, reasons."""
    return [(c.shot, c.take, c.action.value, tuple(map(str, c.reasons))) for c in plan.changes]


# -- what a shot asks for ---------------------------------------------------------------------------


def test_what_is_taken_over_stands_after_the_declared_ones_of_its_type(tmp_path: Path) -> None:
    """The prompt names it as any other; its number is known before there is a clip."""
    shot = resolved(
        tmp_path,
        SETS
        + """\
shots:
  - {id: a, prompt: A door.}
  - id: b
    prompt: "{{ ref('shoe') }}, from {{ ref('from_shot') }}, as in {{ ref('walk') }}."
    references: [walk, shoe]
    from_shot: {id: a}
""",
    )[1]
    assert shot.request.prompt == "<image 1>, from <image 2>, as in <video 1>."
    assert [(r.type.value, r.is_derived) for r in shot.request.references] == [
        ("image", False),
        ("image", True),
        ("video", False),
    ]
    assert shot.fingerprint is None


def test_it_is_known_by_the_clip_that_it_is_taken_from(tmp_path: Path) -> None:
    """`derived:<use>:sha256:<clip digest>`, for every take; any other clip is another request."""
    _, hall, stair = resolved(tmp_path)
    clip = digest_bytes(b"a clip")
    assert hall.continuing(clip).request.references[0].id == f"derived:last_frame:sha256:{clip}"
    assert stair.continuing(clip).request.references[0].id == f"derived:clip:sha256:{clip}"
    assert stair.continuing(clip).request.references[0].type == "video"
    other = hall.continuing(digest_bytes(b"another clip"))
    assert hall.continuing(clip).fingerprint == hall.continuing(clip).request.fingerprint()
    assert other.fingerprint != hall.continuing(clip).fingerprint
    assert other.outline == hall.outline == hall.continuing(clip).outline


def test_a_prompt_need_not_speak_of_it(tmp_path: Path) -> None:
    """No warning: what it is for goes without saying."""
    assert opened(tmp_path, CHAIN, FILES).found(Severity.WARNING) == []


def test_faces_first_where_the_model_wants_them_so(tmp_path: Path) -> None:
    """With `face: true` it is sent among the faces, and numbered there."""
    yaml = """\
provider: oxen
reference_sets:
  shoe: {images: [front.png]}
shots:
  - {id: a, prompt: A door.}
  - id: b
    prompt: "{{ ref('from_shot') }} holds {{ ref('shoe') }}."
    references: [shoe]
    from_shot: {id: a, face: true}
"""
    shot = resolved(tmp_path, yaml)[1]
    assert shot.request.prompt == "<image 1> holds <image 2>."
    assert [(r.face, r.is_derived) for r in shot.request.references] == [(True, True), (False, False)]


FIRST = "model: bytedance-seedance-2-0-image-to-video, provider: eachlabs"
REFUSED = {
    "no image": (
        "{id: b, prompt: B., from_shot: {id: a}}",
        CARD.replace("  image: {field: images, max: 4}\n", ""),
        "no image references",
    ),
    "no video": ("{id: b, prompt: B., from_shot: {id: a, use: clip}}", STUDIO, "no video references"),
    "too many": (
        "{id: b, prompt: \"{{ ref('walk') }}\", references: [walk], from_shot: {id: a, use: clip}}",
        CARD,
        "too many video references",
    ),
    "the first picture is taken": (
        f"{{id: b, {FIRST}, prompt: B., references: [shoe], from_shot: {{id: a}}}}",
        CARD,
        "first picture given twice",
    ),
    "too long a clip": (
        "{id: b, prompt: B., from_shot: {id: a, use: clip}}",
        CARD.replace("field: videos, max: 1", "field: videos, max: 1, max_seconds: 3"),
        "length not taken",
    ),
    "no png": (
        "{id: b, prompt: B., from_shot: {id: a}}",
        CARD.replace("field: images, max: 4", "field: images, max: 4, formats: [jpeg]"),
        "format not taken",
    ),
    "named without being there": (
        "{id: b, prompt: \"{{ ref('from_shot') }}\"}",
        CARD,
        "shot continues no other",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_model_cannot_take_is_refused_before_money(case: str, tmp_path: Path) -> None:
    """As any other reference is, as far as it can be told before there is a clip."""
    shot, card, summary = REFUSED[case]
    found = opened(
        tmp_path, f"{SETS}shots: [{{id: a, prompt: A.}}, {shot}]\n", {**FILES, "cards/one.yaml": card}
    )
    assert [error for error, _ in found.found()] == [summary]


def test_the_first_picture_may_be_the_last_of_another_shot(tmp_path: Path) -> None:
    """A model that begins with a picture begins with that frame."""
    yaml = f"{SETS}shots: [{{id: a, prompt: A.}}, {{id: b, {FIRST}, prompt: B., from_shot: {{id: a}}}}]\n"
    assert opened(tmp_path, yaml, FILES).found() == []


def test_its_name_is_reserved(tmp_path: Path) -> None:
    """A set of that name would be two things at once."""
    yaml = "reference_sets: {from_shot: {images: [front.png]}}\nshots: [{id: a, prompt: A.}]\n"
    assert [error for error, _ in opened(tmp_path, yaml, FILES).found()] == ["reserved name"]


# -- plan -------------------------------------------------------------------------------------------


def test_a_new_chain_is_planned_whole(tmp_path: Path) -> None:
    """Cost and seconds are known, prompts too; only what waits for a clip has no fingerprint."""
    plan = planned(resolved(tmp_path), Lock(), FakeCache())
    assert rows(plan) == [("010", 1, "generate", ()), ("020", 1, "generate", ()), ("030", 1, "generate", ())]
    assert [change.fingerprint is None for change in plan.takes] == [False, True, True]
    assert [change.awaits for change in plan.takes] == [None, "010", "020"]
    assert (str(plan.cost), plan.seconds) == ("0.60", 12)


def test_after_an_apply_nothing_changes(tmp_path: Path) -> None:
    """Every clip is there, so every request is known, and each is the lock's."""
    shots = resolved(tmp_path)
    assert rows(planned(shots, *everything(shots))) == []


def test_a_change_goes_down_the_chain(tmp_path: Path) -> None:
    """An edit of the first regenerates all that continue it, each because of the one before it."""
    lock, cache = everything(resolved(tmp_path))
    plan = planned(
        resolved(tmp_path, CHAIN.replace("A door", "A gate").replace("A stair", "A ladder")), lock, cache
    )
    assert rows(plan) == [
        ("010", 1, "regenerate", ("prompt",)),
        ("020", 1, "regenerate", ("upstream:010",)),
        ("030", 1, "regenerate", ("prompt", "upstream:020")),
    ]
    assert [d.after_unknown for d in plan.takes[1].diff] == [True]


def test_an_edit_that_comes_to_nothing_new_costs_nothing(tmp_path: Path) -> None:
    """The cache has the edited shot's clip, so what continues it is planned with that clip."""
    edited = resolved(tmp_path, CHAIN.replace("A door", "A gate"))
    lock, cache = everything(resolved(tmp_path))
    for shot in made(edited):
        cache.have(take_of(shot))
    assert [row[2] for row in rows(planned(edited, lock, cache))] == ["reuse", "reuse", "reuse"]


def test_another_pick_changes_what_continues_it(tmp_path: Path) -> None:
    """The picked take is the one that is continued; the others are not."""
    shots = resolved(tmp_path, CHAIN.replace("A door.", "A door., takes: 2"))
    lock, cache = everything(shots)
    assert rows(planned(shots, lock, cache)) == []
    other = lock.shots["010"].model_copy(update={"pick": 2})
    lock = lock.model_copy(update={"shots": {**lock.shots, "010": other}})
    plan = planned(shots, lock, cache)
    assert rows(plan) == [
        ("020", 1, "regenerate", ("upstream:010",)),
        ("030", 1, "regenerate", ("upstream:020",)),
    ]
    assert plan.takes[2].fingerprint is not None, "020's request is known, as take 2 of 010 is there"


def test_renaming_shots_of_a_chain_costs_nothing(tmp_path: Path) -> None:
    """Neither the id nor that of the shot before it is part of a request."""
    lock, cache = everything(resolved(tmp_path))
    renamed = resolved(tmp_path, CHAIN.replace("010", "110").replace("020", "120").replace("030", "130"))
    plan = planned(renamed, lock, cache)
    assert [(row[0], row[2]) for row in rows(plan)] == [("110", "move"), ("120", "move"), ("130", "move")]


def test_a_job_in_flight_makes_what_continues_it_known_later(tmp_path: Path) -> None:
    """It is paid and will come; nobody knows its clip yet."""
    shots = resolved(tmp_path)
    plan = planned(shots, Lock(), FakeCache(), standings={shots[0].fingerprint: Standing.IN_FLIGHT})
    assert [row[2] for row in rows(plan)] == ["resume", "generate", "generate"]


def test_a_blocked_shot_blocks_what_continues_it(tmp_path: Path) -> None:
    """For as long as a person has not decided, and all down the chain."""
    shots = resolved(tmp_path)
    plan = planned(shots, Lock(), FakeCache(), standings={shots[0].fingerprint: Standing.REJECTED})
    assert rows(plan) == [
        ("010", 1, "blocked", ("rejected",)),
        ("020", 1, "blocked", ("upstream:010",)),
        ("030", 1, "blocked", ("upstream:020",)),
    ]


@pytest.mark.parametrize("order", [("010", "020", "030", "040"), ("030", "040", "020", "010")])
def test_a_cap_ends_a_chain_where_the_money_ends(order: tuple[str, ...], tmp_path: Path) -> None:
    """What continues a shot that is not made is not counted, so the money goes to what can be made."""
    entries = {
        "010": "{id: 010, prompt: A.}",
        "020": "{id: 020, prompt: B., resolution: 720p, from_shot: {id: 010}}",
        "030": "{id: 030, prompt: C., from_shot: {id: 020}}",
        "040": "{id: 040, prompt: D., from_shot: {id: 010}}",
    }
    yaml = SETS + "shots:\n" + "".join(f"  - {entries[one]}\n" for one in order)
    plan = planned(resolved(tmp_path, yaml), Lock(), FakeCache(), caps=Caps(Decimal("0.45")))
    assert {row[0]: row[2:] for row in rows(plan)} == {
        "010": ("generate", ()),
        "020": ("blocked", ("over_budget",)),
        "030": ("blocked", ("upstream:020",)),
        "040": ("generate", ()),
    }


def test_two_shots_that_continue_one_the_same_way_are_paid_once(tmp_path: Path) -> None:
    """They ask for the same, whatever the clip will be."""
    twin = "  - {id: 025, prompt: A hall., from_shot: {id: 010}}\n"
    plan = planned(resolved(tmp_path, CHAIN + twin), Lock(), FakeCache())
    assert rows(plan)[-1] == ("025", 1, "reuse", ("same_request:020",))


def test_a_chain_is_replaced_from_a_shot_on(tmp_path: Path) -> None:
    """Its clip will be another one, so what continues it changes with it."""
    shots = resolved(tmp_path)
    plan = planned(shots, *everything(shots), replaced=["020"])
    assert rows(plan) == [
        ("020", 1, "regenerate", ("replace_requested",)),
        ("030", 1, "regenerate", ("upstream:020",)),
    ]


def test_a_lost_clip_changes_what_continues_it(tmp_path: Path) -> None:
    """It is made anew, and will be another one."""
    shots = resolved(tmp_path)
    lock, cache = everything(shots)
    cache.clips.discard(lock.shots["010"].takes[0].digest)
    assert [row[3] for row in rows(planned(shots, lock, cache))] == [
        ("object_missing",),
        ("upstream:010",),
        ("upstream:020",),
    ]


def test_leaving_out_from_shot_changes_the_request(tmp_path: Path) -> None:
    """The reason is upstream, never a set's name; nobody knows any more which shot that was."""
    lock, cache = everything(resolved(tmp_path))
    alone = resolved(tmp_path, CHAIN.replace("A hall., from_shot: {id: 010}", "A hall."))
    assert rows(planned(alone, lock, cache))[0] == ("020", 1, "regenerate", ("upstream",))


def test_taking_something_over_is_the_only_reason_for_itself(tmp_path: Path) -> None:
    """A picture put between the declared ones and a video is no change of the video."""
    before = (
        SETS
        + """\
shots:
  - {id: a, prompt: A.}
  - id: b
    prompt: "{{ ref('walk') }}"
    references: [walk]
"""
    )
    lock, cache = everything(resolved(tmp_path, before))
    plan = planned(resolved(tmp_path, before + "    from_shot: {id: a}\n"), lock, cache)
    assert rows(plan) == [("b", 1, "regenerate", ("upstream:a",))]


# -- select -----------------------------------------------------------------------------------------


def selecting(*ids: str) -> dict[str, Any]:
    """Only these shots."""
    return {"selected": set(ids).__contains__}


def test_what_is_not_selected_is_continued_as_it_is(tmp_path: Path) -> None:
    """Its clip is the lock's; that it is out of date is said."""
    lock, cache = everything(resolved(tmp_path))
    edited = resolved(tmp_path, CHAIN.replace("A door", "A gate").replace("A hall", "A room"))
    plan = planned(edited, lock, cache, **selecting("020"))
    assert rows(plan) == [("020", 1, "regenerate", ("prompt",))]
    [change] = plan.takes
    clip = Digest(lock.shots["010"].takes[0].digest)
    assert change.continues == Derived("010", FromShotUse.LAST_FRAME, clip)
    assert change.stale_upstream
    fresh = planned(resolved(tmp_path), lock, cache, **selecting("020"))
    assert [c.stale_upstream for c in fresh.takes] == [False]


def test_what_has_no_clip_and_is_not_selected_blocks(tmp_path: Path) -> None:
    """It would have to be made first, and nobody asked for that."""
    plan = planned(resolved(tmp_path), Lock(), FakeCache(), **selecting("020", "030"))
    assert rows(plan) == [
        ("020", 1, "blocked", ("upstream:010",)),
        ("030", 1, "blocked", ("upstream:020",)),
    ]
    capped = planned(resolved(tmp_path), Lock(), FakeCache(), caps=Caps(Decimal(1)), **selecting("020"))
    assert rows(capped) == [("020", 1, "blocked", ("upstream:010",))]


# -- laws -------------------------------------------------------------------------------------------


@st.composite
def films(draw: st.DrawFn) -> tuple[list[str], list[str], set[int]]:
    """The entries of a film of chains and fans, another order of them, and which of them are edited."""
    count = draw(st.integers(1, 8))
    entries = []
    for n in range(count):
        before = draw(st.none() | st.integers(0, n - 1)) if n else None
        use = draw(st.sampled_from(["last_frame", "clip"]))
        takes = draw(st.integers(1, 2))
        link = f", from_shot: {{id: s{before}, use: {use}}}" if before is not None else ""
        entries.append(f"{{id: s{n}, prompt: Shot {n}., takes: {takes}{link}}}")
    order = draw(st.permutations(range(count)))
    edited = draw(st.sets(st.integers(0, count - 1)))
    return entries, [entries[n] for n in order], edited


def project_of(entries: Sequence[str], edited: Collection[int] = ()) -> str:
    """A project of some entries, some of them with another prompt."""
    for n in edited:
        entries = [one.replace(f"prompt: Shot {n}.", f"prompt: Other shot {n}.") for one in entries]
    return SETS + "shots:\n" + "".join(f"  - {one}\n" for one in entries)


@settings(deadline=None, max_examples=60)
@given(made_up=films())
def test_the_order_of_shots_in_the_file_changes_nothing(
    made_up: tuple[list[str], list[str], set[int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Same fingerprints, same actions, same reasons; and after an apply nothing is left to do."""
    entries, shuffled, edited = made_up
    root = tmp_path_factory.mktemp("film")
    lock, cache = everything(resolved(root, project_of(entries)))
    one, other = (resolved(root, project_of(order, edited)) for order in (entries, shuffled))
    first, second = (planned(shots, lock, cache) for shots in (one, other))
    assert sorted(rows(first)) == sorted(rows(second))
    assert {c.name: c.fingerprint for c in first.takes} == {c.name: c.fingerprint for c in second.takes}
    assert [c.shot for c in second.takes] == [s.id for s in other for _ in range(s.shot.takes)]
    done = everything(other)
    assert rows(planned(one, *done)) == []
    assert [s.fingerprint for s in as_locked(one, done[0])] == [s.fingerprint for s in made(one)]
    changed = {c.shot for c in first.takes if c.submits}
    assert {f"s{n}" for n in edited} <= changed


def test_a_long_chain_is_planned_shot_by_shot(tmp_path: Path) -> None:
    """Thousands in a row, the last first: no question to the cache that cannot be answered, no recursion."""
    many = 3_000
    entries = [
        f"{{id: s{n}, prompt: Shot {n}." + (f", from_shot: {{id: s{n - 1}}}}}" if n else "}")
        for n in reversed(range(many))
    ]
    shots = resolved(tmp_path, project_of(entries))
    cache = FakeCache()
    plan = planned(shots, Lock(), cache)
    assert plan.counts[Action.GENERATE] == many
    assert cache.lookups == 1, "only the first request is known"


# -- compare ----------------------------------------------------------------------------------------


def test_two_versions_differ_where_a_chain_changes(tmp_path: Path) -> None:
    """What continues an edited shot asks for something else, and so it is told."""
    before = resolved(tmp_path)
    lock, _ = everything(before)
    after = resolved(tmp_path, CHAIN.replace("A door", "A gate"))
    sides = [Version(as_locked(shots, lock), lock) for shots in (before, after)]
    found = compare(*sides)
    assert [(one.shot, [str(reason) for reason in one.reasons]) for one in found.differing] == [
        ("010", ["prompt"]),
        ("020", ["upstream:010"]),
        ("030", ["upstream:020"]),
    ]
    assert not compare(sides[0], sides[0]).differs
    unapplied = [Version(as_locked(shots, Lock()), Lock()) for shots in (before, after)]
    assert [one.shot for one in compare(*unapplied).differing] == ["010"]
