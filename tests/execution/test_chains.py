"""Chains of shots under an apply: who begins when, what is found once a request is known, what is left."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.digest import digest_bytes
from seedgen.errors import AuthError, JobFailed, Moderated, Rejected, Unavailable
from seedgen.execution.outcome import LeftBecause
from seedgen.planning.found import World
from seedgen.planning.plan import Action, Change, Reason, ReasonKind
from seedgen.planning.planner import make_plan
from seedgen.planning.request import Request, RequestReference
from seedgen.planning.resolved import continuing
from seedgen.ports import events
from seedgen.ports.store import JournalEntry
from seedgen.ports.store import Stage as Journalled
from seedgen.project.media import Derived, MediaType
from seedgen.project.models import FromShotUse
from tests.execution.stage import Stage, generate
from tests.fakes import FakeJournal, FakeLockFile, FakeProvider, FakeTakes, Fate
from tests.planning.projects import opened
from tests.planning.test_chains import FILES, SETS

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.digest import Fingerprint
    from seedgen.execution.outcome import Outcome
    from seedgen.planning.lock import Lock

USES = {FromShotUse.LAST_FRAME: MediaType.IMAGE, FromShotUse.CLIP: MediaType.VIDEO}


def after(
    shot: str, before: str, use: FromShotUse = FromShotUse.LAST_FRAME, *, take: int = 1, prompt: str = ""
) -> Change:
    """A shot to generate that continues another one."""
    request = Request("studio", "one", prompt or shot, {}, (RequestReference(USES[use], None),), take)
    return Change(
        shot=shot,
        take=take,
        action=Action.GENERATE,
        provider="studio",
        model="one",
        cost=Decimal("0.10"),
        seconds=1,
        request=request,
        media=(Derived(before, use),),
    )


def follow_open(shot: str, first: Change) -> Change:
    """A shot that continues the same one the same way as another."""
    reasons = (Reason(ReasonKind.SAME_REQUEST, first.shot),)
    return replace(first, shot=shot, action=Action.REUSE, reasons=reasons, cost=None, seconds=0)


def perform(stage: Stage, *changes: Change, **options: object) -> Outcome:
    """Apply to the end."""
    return asyncio.run(stage.perform(*changes, **options))  # type: ignore[arg-type]


def left(outcome: Outcome) -> list[tuple[str, str, str]]:
    """What was not begun: which shot, because of which, and why."""
    return [(one.shot, one.upstream, one.because.value) for one in outcome.untouched]


def known(stage: Stage, change: Change, before: str) -> Fingerprint:
    """The fingerprint of a change now that the shot before it has its clip."""
    assert change.request is not None
    clip = stage.lock_file.lock.shots[before].takes[0].clip
    return continuing(change.request, change.media, clip)[0].fingerprint()


# -- order ------------------------------------------------------------------------------------------


def test_a_chain_is_made_one_after_another(tmp_path: Path) -> None:
    """Each is submitted when the clip before it is recorded, and asks for that very clip."""
    story: list[str] = []
    stage = Stage(tmp_path, FakeProvider(story=story), FakeJournal(story))
    outcome = perform(stage, after("c", "b", FromShotUse.CLIP), after("b", "a"), generate("a"))
    assert [line for line in story if line.startswith(("submit", "journal recorded"))] == [
        "submit a",
        "journal recorded a",
        "submit b",
        "journal recorded b",
        "submit c",
        "journal recorded c",
    ]
    shots = outcome.lock.shots
    assert shots["b"].request.references[0].id == f"derived:last_frame:sha256:{shots['a'].takes[0].digest}"
    assert shots["c"].request.references[0].id == f"derived:clip:sha256:{shots['b'].takes[0].digest}"
    assert (outcome.done, outcome.succeeded, str(outcome.spent)) == (3, True, "0.30")


def test_what_is_sent_is_the_last_frame_or_the_clip_itself(tmp_path: Path) -> None:
    """The frame is taken once for all that continue the clip by it."""
    stage = Stage(tmp_path, FakeProvider())
    perform(stage, generate("a"), after("b", "a"), after("c", "a"), after("d", "a", FromShotUse.CLIP))
    clip = (tmp_path / "objects").glob("??/*.mp4")
    assert stage.provider.sent["d"][0] in list(clip)
    [frame] = stage.provider.sent["b"]
    assert stage.provider.sent["c"] == [frame]
    assert frame.read_bytes() == b"the last frame of " + stage.provider.sent["d"][0].read_bytes()
    assert stage.frames.taken == 1


def test_chains_run_side_by_side_without_waiting_for_each_other(tmp_path: Path) -> None:
    """While one first shot takes its time, another chain goes to its end."""
    provider = FakeProvider({"slow": Fate(waits_for="z3")})
    stage = Stage(tmp_path, provider)
    chain = [generate("z1"), after("z2", "z1"), after("z3", "z2")]
    outcome = perform(stage, generate("slow"), after("late", "slow"), *chain, concurrency=2)
    assert outcome.done == 5
    assert provider.submitted.index("late") == 4


def test_a_fan_is_as_wide_as_the_concurrency(tmp_path: Path) -> None:
    """All that continue one shot begin at once, when it is there."""
    provider = FakeProvider({"a": Fate(at_once=True)}, meet=6)
    fan = [after(f"b{n}", "a") for n in range(12)]
    outcome = perform(Stage(tmp_path, provider), generate("a"), *fan, concurrency=6)
    assert (provider.peak, outcome.done) == (6, 13)


def test_the_picked_take_is_waited_for_and_no_other(tmp_path: Path) -> None:
    """Take 2 may come first: what continues the shot begins with take 1, which is picked."""
    takes = [generate("a", take=2), generate("a")]
    outcome = perform(Stage(tmp_path, FakeProvider()), *takes, after("b", "a"), concurrency=1)
    locked = outcome.lock.shots
    first = locked["a"].take(1)
    assert first is not None
    assert locked["b"].request.references[0].id == f"derived:last_frame:sha256:{first.digest}"


def test_a_long_chain_of_known_takes_is_gone_through_without_recursion(tmp_path: Path) -> None:
    """A cache that has all but the first: two thousand are reused one after another, at no cost."""
    many = 2_000
    chain = [generate("s0"), *(after(f"s{n}", f"s{n - 1}") for n in range(1, many))]
    stage = Stage(tmp_path, FakeProvider(same_clips=True))
    perform(stage, *chain[:1])
    clip = stage.lock_file.lock.shots["s0"].takes[0].clip
    first = stage.lock_file.lock.shots["s0"].takes[0]
    for change in chain[1:]:
        assert change.request is not None
        request, _ = continuing(change.request, change.media, clip)
        stage.takes.have(first.model_copy(update={"fingerprint": request.fingerprint()}))
    again = Stage(tmp_path, FakeProvider(same_clips=True), takes=stage.takes)
    del again.takes.takes[first.fingerprint]
    outcome = perform(again, *chain)
    assert (outcome.done, outcome.reused, len(outcome.lock.shots)) == (1, many - 1, many)


# -- what is found when a request becomes known -----------------------------------------------------


def interrupted(tmp_path: Path) -> Stage:
    """The lock, cache and journal of a killed apply that had made the first shot and nothing else."""
    stage = Stage(tmp_path, FakeProvider(same_clips=True))
    perform(stage, generate("a"))
    return Stage(tmp_path, FakeProvider(same_clips=True), takes=FakeTakes(), lock_file=FakeLockFile())


def entry(stage: Stage, change: Change, key: Fingerprint, journalled: Journalled, job_id: str = "") -> None:
    """What the journal has for a request."""
    stage.journal.write(
        JournalEntry(
            fingerprint=key,
            provider="studio",
            model="one",
            stage=journalled,
            shot=change.shot,
            take=1,
            job_id=job_id,
            estimate_usd=Decimal("0.10"),
        )
    )


def key_of(change: Change) -> Fingerprint:
    """The fingerprint of a change that continues `a`, whose clip is always the same."""
    assert change.request is not None
    return continuing(change.request, change.media, digest_bytes(b"clip for a"))[0].fingerprint()


def test_a_take_that_the_cache_has_is_not_made_again(tmp_path: Path) -> None:
    """The clip came out as one that was continued before: what continues it is there, free."""
    stage = interrupted(tmp_path)
    done = perform(stage, generate("a"), after("b", "a"))
    again = Stage(tmp_path, FakeProvider(same_clips=True), takes=stage.takes)
    again.takes.takes.pop(generate("a").fingerprint or "")
    outcome = perform(again, generate("a"), after("b", "a"))
    assert again.provider.submitted == ["a"]
    assert (outcome.done, outcome.reused) == (1, 1)
    assert outcome.lock.shots == done.lock.shots


def test_a_job_that_is_in_flight_is_gone_on_from(tmp_path: Path) -> None:
    """It was paid by an earlier apply, and is not submitted again."""
    stage = interrupted(tmp_path)
    stage.provider.know("job-7", "b")
    change = after("b", "a")
    entry(stage, change, key_of(change), Journalled.SUBMITTED, "job-7")
    outcome = perform(stage, generate("a"), change, max_cost=Decimal("0.20"))
    assert stage.provider.submitted == ["a"]
    assert (outcome.done, outcome.resumed, str(outcome.spent)) == (1, 1, "0.10")
    assert outcome.lock.shots["b"].takes[0].job_id == "job-7"


@pytest.mark.parametrize(
    ("journalled", "reason", "remedy"),
    [
        (Journalled.AMBIGUOUS, "ambiguous", "seedgen jobs resolve b"),
        (Journalled.SUBMITTING, "ambiguous", "seedgen jobs resolve b"),
        (Journalled.REJECTED, "rejected", "seedgen retry b"),
    ],
)
def test_what_a_person_has_to_decide_is_blocked(
    journalled: Journalled, reason: str, remedy: str, tmp_path: Path
) -> None:
    """As in a plan, with the way out; what continues it is left."""
    stage = interrupted(tmp_path)
    change = after("b", "a")
    entry(stage, change, key_of(change), journalled)
    outcome = perform(stage, generate("a"), change, after("c", "b"))
    assert stage.provider.submitted == ["a"]
    assert [(one.shot, str(one.reasons[0])) for one in outcome.blocked] == [("b", reason)]
    assert left(outcome) == [("c", "b", "blocked")]
    assert not outcome.succeeded
    [told] = [event for event in stage.told if isinstance(event, events.JobFailed)]
    assert remedy in told.remedy


def test_shots_that_turn_out_to_ask_for_the_same_are_paid_once(tmp_path: Path) -> None:
    """The clips of two shots are the same, so what continues them is."""
    provider = FakeProvider(same_clips=True)
    stage = Stage(tmp_path, provider)
    first, second = generate("a"), generate("a2", "a")
    second = replace(second, action=Action.REUSE, reasons=(Reason(ReasonKind.SAME_REQUEST, "a"),))
    outcome = perform(stage, first, second, after("b", "a", prompt="b"), after("c", "a2", prompt="b"))
    assert provider.submitted == ["a", "b"]
    assert (outcome.done, outcome.reused, outcome.succeeded) == (2, 2, True)


def test_followers_of_an_open_request_get_its_take(tmp_path: Path) -> None:
    """The plan knew that they ask for the same; what continues a follower begins with it."""
    stage = Stage(tmp_path, FakeProvider())
    first = after("b", "a")
    outcome = perform(stage, generate("a"), first, follow_open("b2", first), after("c", "b2"))
    assert stage.provider.submitted == ["a", "b", "c"]
    shots = outcome.lock.shots
    assert shots["b2"].fingerprint == shots["b"].fingerprint
    assert outcome.succeeded


# -- what is left -----------------------------------------------------------------------------------

FAILURES = [
    Fate(on_submit=Rejected("the prompt was refused")),
    Fate(on_submit=Moderated("not this")),
    Fate(on_wait=JobFailed("out of memory")),
    Fate(on_fetch=OSError("no space left on device")),
]


@pytest.mark.parametrize("fate", FAILURES, ids=repr)
def test_what_continues_a_failure_is_left_as_it_is(fate: Fate, tmp_path: Path) -> None:
    """All down the chain, told with the shot that failed; other chains go on."""
    stage = Stage(tmp_path, FakeProvider({"a": fate}))
    twin = after("b", "a")
    chain = [generate("a"), twin, follow_open("b2", twin), after("c", "b")]
    outcome = perform(stage, *chain, generate("z"), after("z2", "z"))
    assert sorted(outcome.lock.shots) == ["z", "z2"]
    assert stage.provider.submitted == ["a", "z", "z2"]
    why = "in_flight" if fate.on_fetch else "failed"
    assert sorted(left(outcome)) == [("b", "a", why), ("b2", "a", why), ("c", "a", why)]
    assert stage.told_of(events.ShotLeft) == ["b", "b2", "c"]
    assert (len(outcome.failures), outcome.not_started, outcome.succeeded) == (1, 0, False)


def test_what_continues_a_job_that_goes_on_waits_for_the_next_apply(tmp_path: Path) -> None:
    """Its clip is not here yet: it is not lost."""
    stage = Stage(tmp_path, FakeProvider({"a": Fate(on_wait=Unavailable("nobody answers"))}))
    outcome = perform(stage, generate("a"), after("b", "a"))
    assert left(outcome) == [("b", "a", "in_flight")]
    assert not outcome.succeeded


def test_detached_chains_begin_and_no_more(tmp_path: Path) -> None:
    """The first is submitted; the rest is told to come next time, which is what was asked for."""
    stage = Stage(tmp_path, FakeProvider())
    outcome = perform(stage, generate("a"), after("b", "a"), after("c", "b"), detach=True)
    assert stage.provider.submitted == ["a"]
    assert left(outcome) == [("b", "a", "in_flight"), ("c", "a", "in_flight")]
    assert (outcome.left, outcome.succeeded) == (1, True)


def test_a_key_that_is_refused_leaves_no_chain_hanging(tmp_path: Path) -> None:
    """Nothing more is submitted, and nobody waits for what will not come."""
    stage = Stage(tmp_path, FakeProvider({"x": Fate(on_submit=AuthError("no such key"))}))
    outcome = perform(stage, generate("x"), generate("a"), after("b", "a"), after("c", "b"), concurrency=1)
    assert outcome.lock.shots == {}
    assert sorted(left(outcome)) == [("b", "a", "not_started"), ("c", "a", "not_started")]
    assert outcome.not_started == 1


def test_a_cap_holds_over_a_chain(tmp_path: Path) -> None:
    """Each costs what it was estimated at; what the money does not reach is blocked, the rest left."""
    stage = Stage(tmp_path, FakeProvider({"a": Fate(cost=Decimal("0.15"))}))
    outcome = perform(
        stage, generate("a"), after("b", "a"), after("c", "b"), max_cost=Decimal("0.20"), concurrency=1
    )
    assert stage.provider.submitted == ["a"]
    assert [one.shot for one in outcome.blocked] == ["b"]
    assert left(outcome) == [("c", "b", "blocked")]


def test_a_stop_leaves_what_has_not_begun(tmp_path: Path) -> None:
    """The shot under way is finished where it would be lost; nothing that continues it is begun."""
    stopping = asyncio.Event()
    stage = Stage(tmp_path, FakeProvider(survives=False))
    stage.on_event = lambda event: stopping.set() if isinstance(event, events.JobSubmitted) else None
    outcome = perform(stage, generate("a"), after("b", "a"), after("c", "b"), stopping=stopping)
    assert sorted(outcome.lock.shots) == ["a"]
    assert stage.provider.submitted == ["a"]
    assert (outcome.not_started, outcome.untouched, outcome.interrupted) == (2, [], True)


def test_a_damaged_clip_is_not_continued(tmp_path: Path) -> None:
    """It is read whole before it is used: what continues it fails, and nothing is submitted."""
    stage = Stage(tmp_path, FakeProvider())
    perform(stage, generate("a"))
    [clip] = (tmp_path / "objects").glob("??/*.mp4")
    clip.chmod(0o644)
    clip.write_bytes(b"rot")
    change = after("b", "a")
    take = stage.lock_file.lock.shots["a"].takes[0]
    assert change.request is not None
    request, media = continuing(change.request, change.media, take.clip)
    change = replace(change, request=request, media=media, fingerprint=request.fingerprint())
    outcome = perform(stage, change)
    assert stage.provider.submitted == ["a"]
    assert [failure.shot for failure in outcome.failures] == ["b"]


# -- laws -------------------------------------------------------------------------------------------


@st.composite
def films(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A project of chains and fans in any order, and shots whose first job fails."""
    count = draw(st.integers(1, 8))
    entries = []
    for n in range(count):
        before = draw(st.none() | st.integers(0, n - 1)) if n else None
        use = draw(st.sampled_from(["last_frame", "clip"]))
        takes = draw(st.integers(1, 2))
        link = f", from_shot: {{id: s{before}, use: {use}}}" if before is not None else ""
        prompt = draw(st.sampled_from([f"Shot {n}.", "A shot like others."]))
        entries.append(f"  - {{id: s{n}, prompt: {prompt}, takes: {takes}{link}}}\n")
    order = draw(st.permutations(entries))
    failing = draw(st.lists(st.sampled_from([f"Shot {n}." for n in range(count)]), max_size=2))
    return f"{SETS}shots:\n{''.join(order)}", failing


@settings(deadline=None, max_examples=60)
@given(made_up=films(), concurrency=st.integers(1, 4))
def test_after_an_apply_nothing_is_left_to_do(
    made_up: tuple[str, list[str]], concurrency: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """However many applies it took: the plan is empty, every request was paid once, and the lock is the
    one of an apply in which nothing failed."""
    yaml, failing = made_up
    root = tmp_path_factory.mktemp("film")
    project = opened(root, yaml, FILES)
    assert project.found() == []

    def plan_at(stage: Stage) -> list[Change]:
        world = World(stage.takes.find, stage.objects.present)
        plan = make_plan(project.shots, stage.lock_file.lock, world, project="film")
        return list(plan.takes)

    def apply_all(place: str, fates: dict[str, Fate]) -> Lock:
        stage = Stage(root / place, FakeProvider(fates, same_clips=True))
        perform(stage, *plan_at(stage), concurrency=concurrency)
        stage.provider.forgive()
        perform(stage, *plan_at(stage), concurrency=concurrency)
        assert all(change.action is Action.UNCHANGED for change in plan_at(stage))
        takes = {t.fingerprint for s in stage.lock_file.lock.shots.values() for t in s.takes}
        assert len(stage.provider.ended_well) == len(takes)
        return stage.lock_file.lock

    whole = apply_all("one", {})
    broken = apply_all("two", {prompt: Fate(on_wait=JobFailed("no")) for prompt in failing})
    assert whole.shots.keys() == broken.shots.keys()
    for shot_id, one in whole.shots.items():
        other = broken.shots[shot_id]
        assert one.fingerprint == other.fingerprint
        takes = [[t.model_copy(update={"job_id": ""}) for t in shot.takes] for shot in (one, other)]
        assert takes[0] == takes[1]


def test_reasons_for_leaving_are_all_told() -> None:
    """Every reason has words, for people and for programs."""
    from seedgen.views.leaving import left_words

    assert {left_words("020", "010", because) for because in LeftBecause} == {
        "010 failed, so 020 is left as it is",
        "010 is blocked, so 020 is left as it is",
        "010 is in flight, so 020 is left to the next apply",
        "010 was not begun, so 020 is left as it is",
    }
