"""Events as JSON lines, for programs that run an apply."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

from seedgen.errors import SeedgenError
from seedgen.ports import events
from seedgen.project.diagnostics import Diagnostic, Severity
from seedgen.views.documents import (
    change_document,
    cost_document,
    diagnostic_document,
    summary_document,
    unpicked_documents,
)
from seedgen.views.event_documents import EventDocument, EventType
from seedgen.views.paint import Paint
from seedgen.views.plan_text import summary
from seedgen.views.words import waiting_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from seedgen.execution.outcome import Outcome
    from seedgen.planning.plan import Plan

_PLAIN = Paint(on=False)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _warning(
    event: events.SubmitUnsure | events.Slowed | events.Unreached | events.Draining | events.AssemblyWaits,
) -> str:
    match event:
        case events.AssemblyWaits():
            return f"{waiting_words(event.other)}; waiting for its end"
        case events.SubmitUnsure(shot, _, provider, error):
            return f"{shot}: {error}; asking {provider} whether it took the job"
        case events.Slowed(provider, limit, seconds, error):
            return f"{provider}: {error}; {limit} at once, the next in {seconds:.0f} s"
        case events.Unreached(provider, error):
            return f"{provider}: {error}; trying again"
        case events.Draining(ending, leaving, submitting):
            unsure = f", {submitting} may yet be accepted" if submitting else ""
            return f"interrupted; {ending} in flight end first, {leaving} go on{unsure}"


class JsonEvents:
    """Writes one JSON object a line and flushes it, so that a reader sees it at once."""

    def __init__(self, stream: TextIO, root: Path, version: str, now: Callable[[], str] = _now) -> None:
        self._stream = stream
        self._root = root
        self._version = version
        self._now = now

    def _write(self, kind: EventType, message: str, **fields: Any) -> None:
        event = EventDocument(type=kind, ts=self._now(), message=message, **fields)
        self._stream.write(event.line() + "\n")
        self._stream.flush()

    def begin(self, plan: Plan, diagnostics: Iterable[Diagnostic]) -> None:
        """Version, every planned change, the summary, and warnings."""
        self._write(EventType.VERSION, f"seedgen {self._version}", seedgen_version=self._version)
        for diagnostic in diagnostics:
            self.diagnostic(diagnostic)
        for change in plan.changes:
            message = f"{change.shot}: {change.action.value}"
            self._write(EventType.PLANNED_CHANGE, message, change=change_document(change))
        self._write(
            EventType.CHANGE_SUMMARY,
            summary(plan, _PLAIN),
            summary=summary_document(plan),
            estimated_cost=cost_document(plan),
            unpicked=unpicked_documents(plan) or None,
        )

    def diagnostic(self, diagnostic: Diagnostic) -> None:
        """A problem."""
        document = diagnostic_document(diagnostic, self._root)
        self._write(EventType.DIAGNOSTIC, f"{diagnostic.severity}: {diagnostic.summary}", diagnostic=document)

    def tell(self, event: events.Event) -> None:
        """One event of a flow."""
        match event:
            case events.JobSubmitted(shot, take, provider, job_id):
                message = f"{shot}: submitted to {provider}"
                self._write(
                    EventType.JOB_SUBMITTED, message, shot=shot, take=take, provider=provider, job_id=job_id
                )
            case events.JobResumed(shot, take, provider, job_id):
                message = f"{shot}: goes on at {provider}"
                self._write(
                    EventType.JOB_RESUMED, message, shot=shot, take=take, provider=provider, job_id=job_id
                )
            case events.JobProgress(shot, take, part):
                self._write(EventType.JOB_PROGRESS, f"{shot}: in progress", shot=shot, take=take, part=part)
            case events.JobSucceeded(shot, take, job_id):
                self._write(EventType.JOB_SUCCEEDED, f"{shot}: done", shot=shot, take=take, job_id=job_id)
            case events.JobFailed(shot, take, error, _, in_flight):
                self._write(
                    EventType.JOB_FAILED, f"{shot}: {error}", shot=shot, take=take, in_flight=in_flight
                )
            case events.ShotLeft(shot, take, upstream, because):
                message = f"{shot}: left, as {upstream} has no clip"
                self._write(
                    EventType.SHOT_LEFT, message, shot=shot, take=take, upstream=upstream, because=because
                )
            case events.TakeRecorded():
                self._recorded(event)
            case events.ReelProgress(reel, ready, total, encoded):
                message = f"{reel}: {ready} of {total} segments"
                self._write(
                    EventType.REEL_PROGRESS, message, reel=reel, ready=ready, total=total, encoded=encoded
                )
            case events.ReelAssembled():
                self._assembled(event)
            case (
                events.SubmitUnsure()
                | events.Slowed()
                | events.Unreached()
                | events.Draining()
                | events.AssemblyWaits()
            ):
                self.diagnostic(Diagnostic(Severity.WARNING, _warning(event)))
            case events.ShotRemoved() | events.ReelBegun() | events.SheetDrawn() | events.PageWritten():
                pass

    def _recorded(self, event: events.TakeRecorded) -> None:
        self._write(
            EventType.TAKE_RECORDED,
            f"{event.shot}: {event.action}",
            shot=event.shot,
            take=event.take,
            action=event.action,
            digest=event.digest,
            frames=event.frames,
            rate=event.rate,
            cost_usd=event.cost,
        )

    def _assembled(self, event: events.ReelAssembled) -> None:
        self._write(
            EventType.REEL_ASSEMBLED,
            f"{event.reel}: {event.frames} frames",
            reel=event.reel,
            path=event.path.relative_to(self._root).as_posix(),
            frames=event.frames,
            rate=event.rate,
            encoded=event.encoded,
            total=event.segments,
            changed=event.changed,
            stand_ins=event.stand_ins,
            left_out=event.left_out,
            loudness_asked=float(event.missed.asked) if event.missed else None,
            loudness_reached=float(event.missed.reached) if event.missed else None,
        )

    def end(self, outcome: Outcome, unassembled: SeedgenError | OSError | None = None) -> None:
        """What became of it all; `unassembled` is what kept the reels from being assembled."""
        if unassembled is not None:
            remedy = unassembled.remedy if isinstance(unassembled, SeedgenError) else ""
            self.diagnostic(Diagnostic(Severity.ERROR, str(unassembled), remedy))
        message = "apply complete" if outcome.succeeded else "apply ended with shots left"
        self._write(
            EventType.APPLY_COMPLETE,
            "apply interrupted" if outcome.interrupted else message,
            done=outcome.done,
            resumed=outcome.resumed,
            reused=outcome.reused,
            moved=outcome.moved,
            removed=outcome.removed,
            failed=len(outcome.failures),
            blocked=len(outcome.blocked),
            untouched=len(outcome.untouched),
            left=outcome.left,
            collected=outcome.collected,
            interrupted=outcome.interrupted,
            cost_usd=outcome.spent,
            unpriced=outcome.unpriced,
            pending_usd=outcome.pending,
        )
