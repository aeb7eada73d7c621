"""Costs: what was spent, told from the journal and from takes it does not know. Unknown is never zero."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from seedgen.planning.lock import IMPORTED
from seedgen.ports.store import UNKNOWN_STAGES, Stage
from seedgen.project.models import LOCAL
from seedgen.timing import Rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from seedgen.planning.lock import Take
    from seedgen.ports.store import JournalEntry

    Job = tuple[str, str]
    """A provider and the id of its job."""

_MADE = frozenset({Stage.SUCCEEDED, Stage.DOWNLOADED, Stage.RECORDED})


class By(StrEnum):
    """What costs are added up by."""

    SHOT = "shot"
    APPLY = "apply"
    PROVIDER = "provider"
    PROFILE = "profile"


@dataclass(frozen=True, slots=True)
class Charge:
    """One attempt that was billed, or may have been. Money is USD; None is unknown.

    `made` says that a clip came of it; `seconds` is its length, None while unknown. `apply` is empty
    for a take that only the lock knows, `profile` for what was made without one.
    """

    shot: str
    apply: str
    provider: str
    made: bool
    seconds: Fraction | None
    estimated: Decimal | None
    actual: Decimal | None
    profile: str = ""

    def named(self, by: By) -> str:
        """The group that it belongs to."""
        names = {By.SHOT: self.shot, By.APPLY: self.apply, By.PROVIDER: self.provider}
        return names.get(by, self.profile)


@dataclass(frozen=True, slots=True)
class Sum:
    """Charges added up, in USD.

    `estimated` and `actual` hold what is known; `unestimated` and `unbilled` count the charges of which
    it is not. `difference` is actual less estimated, None when either is not known of some.
    `spent` is the bill, or the estimate where there is no bill; `unpriced` charges have neither.
    `failed` attempts were billed, or may have been. `untimed` takes are not in `seconds`.
    """

    takes: int
    failed: int
    seconds: Fraction
    untimed: int
    estimated: Decimal
    unestimated: int
    actual: Decimal
    unbilled: int
    difference: Decimal | None
    spent: Decimal
    unpriced: int


@dataclass(frozen=True, slots=True)
class Pending:
    """Jobs that may still be billed: how many, their estimate in USD, and how many have none."""

    jobs: int
    estimated: Decimal
    unpriced: int


@dataclass(frozen=True, slots=True)
class Costs:
    """What a project has spent, by group in order of their names; `local` counts free local takes.

    `by_hand` are jobs that a person closed as not billed and whose bill nobody knows. `profiles` are those
    that anything of it was made under, empty for none.
    """

    by: By
    groups: tuple[tuple[str, Sum], ...]
    total: Sum
    in_flight: Pending
    in_doubt: Pending
    by_hand: Pending
    local: int
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Locked:
    """A take of a lock: of which shot, and under which profile, empty for none."""

    shot: str
    take: Take
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """What costs are told from.

    `entries` is the whole journal, also of other projects that share the cache; `project` names ours.
    With `profile` only what was made under it counts. `lengths` are seconds of clips by job.
    `failures_are_free` says of provider and model whether a job that fails costs nothing.
    """

    project: str
    entries: Sequence[JournalEntry]
    locked: Sequence[Locked] = ()
    lengths: Mapping[Job, Fraction] | None = None
    failures_are_free: Callable[[str, str], bool] = lambda *_: False
    profile: str | None = None


def costs_of(ledger: Ledger, by: By = By.SHOT) -> Costs:
    """Everything that was spent, and what may still be billed."""
    own = [one for one in ledger.entries if one.project == ledger.project and _counts(one, ledger)]
    services = [entry for entry in own if entry.provider != LOCAL]
    charges = [charge for entry in services if (charge := _charge(entry, ledger))]
    charges += _forgotten(ledger)
    groups = defaultdict(list)
    for charge in charges:
        groups[charge.named(by)].append(charge)
    made_here = {entry.job_id for entry in own if entry.provider == LOCAL and entry.stage in _MADE}
    locked = [one.take for one in ledger.locked if _counts(one, ledger)]
    made_here |= {take.job_id for take in locked if take.provider == LOCAL}
    unverified = [one for one in services if one.closed_by_hand and one.cost_usd is None]
    open_ = [one for one in services if one.stage in UNKNOWN_STAGES | {Stage.SUBMITTED}]
    profiles = {one.profile for one in charges} | {one.profile for one in (*unverified, *open_)}
    return Costs(
        by,
        tuple((name, sum_of(groups[name])) for name in sorted(groups)),
        sum_of(charges),
        _pending(entry for entry in services if entry.stage is Stage.SUBMITTED),
        _pending(entry for entry in services if entry.stage in UNKNOWN_STAGES),
        _pending(unverified),
        len(made_here - {IMPORTED}),
        tuple(sorted(profiles)),
    )


def _counts(one: JournalEntry | Locked, ledger: Ledger) -> bool:
    return ledger.profile in {None, one.profile}


def sum_of(charges: Sequence[Charge]) -> Sum:
    """Charges added up."""
    both = [c.actual - c.estimated for c in charges if c.actual is not None and c.estimated is not None]
    compared = both and len(both) == len(charges)
    best = [c.estimated if c.actual is None else c.actual for c in charges]
    made = [c.seconds for c in charges if c.made]
    return Sum(
        takes=len(made),
        failed=len(charges) - len(made),
        seconds=sum((seconds for seconds in made if seconds is not None), Fraction(0)),
        untimed=made.count(None),
        estimated=_total(c.estimated for c in charges),
        unestimated=[c.estimated for c in charges].count(None),
        actual=_total(c.actual for c in charges),
        unbilled=[c.actual for c in charges].count(None),
        difference=sum(both, Decimal(0)) if compared else None,
        spent=_total(best),
        unpriced=best.count(None),
    )


def lengths_of(takes: Iterable[Take]) -> dict[Job, Fraction]:
    """Seconds of some takes' clips, by job."""
    return {(take.provider, take.job_id): _length(take) for take in takes}


def _length(take: Take) -> Fraction:
    return Rate.parse(take.rate).seconds(take.frames)


def _charge(entry: JournalEntry, ledger: Ledger) -> Charge | None:
    """What an attempt cost; None for one that is not over, or certainly cost nothing."""
    made = entry.stage in _MADE
    if not made and not _billed(entry, ledger):
        return None
    known = (ledger.lengths or {}).get((entry.provider, entry.job_id))
    return Charge(
        entry.shot,
        entry.apply,
        entry.provider,
        made,
        (_asked_for(entry) if known is None else known) if made else None,
        entry.estimate_usd,
        entry.cost_usd,
        entry.profile,
    )


def _billed(entry: JournalEntry, ledger: Ledger) -> bool:
    """Whether a failed attempt was billed, or may have been. One without a job was not accepted."""
    if entry.stage not in {Stage.FAILED, Stage.REJECTED} or not entry.job_id:
        return False
    if entry.cost_usd is not None:
        return entry.cost_usd > 0
    if entry.closed_by_hand:
        return False  # it is counted apart: a person says that it was not billed
    return not ledger.failures_are_free(entry.provider, entry.model)


def _asked_for(entry: JournalEntry) -> Fraction | None:
    """The duration that was asked for, where the clip's own is not known."""
    parameters = (entry.request or {}).get("parameters")
    duration = parameters.get("duration") if isinstance(parameters, dict) else None
    return Fraction(str(duration)) if type(duration) in (int, float) else None


def _forgotten(ledger: Ledger) -> list[Charge]:
    """Takes of the locks that the journal does not know: its cache is lost, or the project was cloned."""
    seen = {(entry.provider, entry.job_id) for entry in ledger.entries}
    charges = []
    for one in ledger.locked:
        take = one.take
        if not _counts(one, ledger):
            continue
        job = (take.provider, take.job_id)
        if take.provider == LOCAL or take.job_id == IMPORTED or job in seen:
            continue
        seen.add(job)
        guess, bill = (take.cost_usd, None) if take.cost_estimated else (None, take.cost_usd)
        charges.append(Charge(one.shot, "", take.provider, True, _length(take), guess, bill, one.profile))
    return charges


def _pending(entries: Iterable[JournalEntry]) -> Pending:
    estimates = [entry.estimate_usd for entry in entries]
    return Pending(len(estimates), _total(estimates), estimates.count(None))


def _total(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
