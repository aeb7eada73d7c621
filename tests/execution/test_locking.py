"""When the lock is written while an apply goes on, and what a budget allows."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.execution.budget import Budget
from seedgen.execution.locking import RunningLock
from seedgen.planning.lock import Lock, Take
from tests.execution.stage import generate
from tests.fakes import FakeLockFile


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def take_of(shot: str) -> Take:
    """Some take."""
    change = generate(shot)
    return Take(
        take=1,
        fingerprint=change.fingerprint or "",
        digest="0" * 64,
        provider="studio",
        model="one",
        job_id="job",
        cost_usd=None,
        cost_estimated=False,
        frames=24,
        rate="24/1",
    )


def test_the_lock_is_written_every_five_seconds_at_most() -> None:
    """Forty takes half a second apart last 20 s: four checkpoints of ten takes each, none per shot."""
    file, clock = FakeLockFile(), Clock()
    running = RunningLock(file, Lock(), "0" * 64, clock)
    for number in range(40):
        clock.now += 0.5
        change = generate(f"s{number}")
        assert change.request is not None
        running.record(change, change.request, take_of(change.shot))
        running.checkpoint()
    assert [len(lock.shots) for lock in file.written] == [10, 20, 30, 40]
    assert {lock.serial for lock in file.written} == {1}


def test_a_quiet_apply_writes_nothing() -> None:
    """Time alone is no reason to write."""
    file, clock = FakeLockFile(), Clock()
    running = RunningLock(file, Lock(), "0" * 64, clock)
    clock.now = 60
    running.checkpoint()
    running.flush()
    assert file.written == []


cents = st.integers(0, 500).map(lambda n: Decimal(n) / 100)
ends = st.sampled_from(["held", "settled", "released"])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(cap=cents, jobs=st.lists(st.tuples(cents, ends), max_size=20))
def test_reserved_and_spent_never_pass_the_cap(cap: Decimal, jobs: list[tuple[Decimal, str]]) -> None:
    """However jobs end, as long as they cost their estimate, no more is promised than there is."""
    budget, held = Budget(cap), Decimal(0)
    for estimate, end in jobs:
        reserved = budget.reserve(estimate)
        assert (reserved is not None) == (budget.spent + held + estimate <= cap)
        if reserved is None:
            continue
        if end == "held":
            held += estimate
        elif end == "settled":
            reserved.settle(None)
        else:
            reserved.release()
        if end != "held":
            reserved.settle(Decimal(400))  # what ended has ended: nothing is counted twice
        assert budget.spent + held <= cap


def test_without_a_cap_everything_is_allowed_and_counted() -> None:
    """No cap refuses nothing, not even an unknown price; what was spent is still known."""
    budget = Budget(None)
    unknown, known = budget.reserve(None), budget.reserve(Decimal(1000))
    assert unknown is not None
    assert known is not None
    known.settle(Decimal("999.50"))
    unknown.settle(None)
    assert (budget.spent, budget.unpriced) == (Decimal("999.50"), 1)


def test_what_is_in_flight_from_before_takes_room_under_the_cap() -> None:
    """It cannot be refused, and while it runs there is less for new jobs; then it is not spent again."""
    budget = Budget(Decimal(10))
    held = budget.hold(Decimal(8))
    assert budget.reserve(Decimal(3)) is None
    held.release()
    assert budget.reserve(Decimal(3)) is not None
    assert budget.spent == 0
