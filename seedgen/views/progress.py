"""Progress: an apply as people watch it. Live on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Protocol, Self, TextIO

from seedgen.ports import events
from seedgen.timing import Rate
from seedgen.views.leaving import left_words
from seedgen.views.paint import harmless
from seedgen.views.words import counted, dollars, lasted, waiting_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from seedgen.views.paint import Paint


class Watcher(Protocol):
    """Sees events go by. Used as a context manager around a flow."""

    def tell(self, event: events.Event) -> None:
        """One event."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...


def event_line(event: events.Event, took: str, root: Path, paint: Paint) -> str:
    """An event that is worth a line of its own, or an empty string."""
    match event:
        case events.TakeRecorded(shot, take, action, _, frames, rate, cost):
            length = f"{float(Rate.parse(rate).seconds(frames)):.1f} s"
            name = _name(shot, take)
            price = f", {dollars(cost)}" if cost and action not in ("reuse", "move") else ""
            done = {"reuse": "reused", "move": "moved"}.get(action, "done")
            return f"  {paint.green('✓')} {name}  {done}: {length} clip{price}{took}"
        case events.JobFailed(shot, take, error, remedy, in_flight):
            more = f"\n      {harmless(remedy)}" if remedy else ""
            sign = f"{paint.yellow('!')} {_name(shot, take)}  not finished" if in_flight else ""
            sign = sign or f"{paint.red('✗')} {_name(shot, take)}  failed"
            return f"  {sign}: {harmless(error)}{more}"
        case events.ShotLeft(shot, take, upstream, because):
            return f"  {paint.yellow('!')} {_name(shot, take)}  {left_words(shot, upstream, because)}"
        case events.JobResumed(shot, take, provider, job_id):
            return f"  {paint.dim('>')} {_name(shot, take)}  goes on at {provider}: job {harmless(job_id)}"
        case events.SubmitUnsure(shot, take, provider, error):
            ask = f"{_sentence(error)} Asking {provider} whether it took the job."
            return f"  {paint.yellow('?')} {_name(shot, take)}  {ask}"
        case events.WaitsForMoney(shot, take, _, error):
            wait = f"{_sentence(error)} Waiting for a job in flight to end: money may be set aside for it."
            return f"  {paint.yellow('…')} {_name(shot, take)}  {wait}"
        case events.Slowed() | events.Unreached() | events.AssemblyWaits():
            return f"  {paint.yellow('…')} {_waiting(event)}"
        case events.ShotRemoved(shot):
            return f"  {paint.red('-')} {harmless(shot)}  removed; its clip stays in the cache"
        case events.Draining(ending, leaving, submitting):
            jobs = f" {counted(ending, 'render')} under way will be finished." if ending else ""
            go_on = "goes on and is" if leaving == 1 else "go on and are"
            jobs += f" {counted(leaving, 'job')} {go_on} collected next time." if leaving else ""
            jobs += f" {counted(submitting, 'submit')} under way may yet be accepted." if submitting else ""
            return (
                f"  {paint.yellow('Stopping.')} Nothing more is submitted.{jobs} Ctrl-C again stops at once."
            )
        case events.ReelAssembled():
            return _reel_line(event, root, paint)
        case events.SheetDrawn(path, changed) | events.PageWritten(path, changed):
            return f"  {paint.green('✓')} {_relative(path, root)}" if changed else ""
    return ""


def _waiting(event: events.Slowed | events.Unreached | events.AssemblyWaits) -> str:
    """Who is waited for, and for how long as far as that is known."""
    match event:
        case events.Slowed(provider, limit, seconds, error):
            jobs = f"{counted(limit, 'job')} at once for now, the next in {lasted(seconds)}"
            return f"{provider}  {_sentence(error)} {jobs}."
        case events.Unreached(provider, error):
            return f"{provider}  {_sentence(error)} Trying again."
        case events.AssemblyWaits(other):
            return f"{harmless(waiting_words(other))}. These are assembled when it has ended."


def _name(shot: str, take: int) -> str:
    return shot if take == 1 else f"{shot} take {take}"


def _sentence(text: str) -> str:
    """A stranger's words with one full stop at their end."""
    return harmless(text).rstrip(" .") + "."


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _reel_line(event: events.ReelAssembled, root: Path, paint: Paint) -> str:
    where = _relative(event.path, root)
    if not event.segments:
        return f"  {paint.yellow('!')} {where}  {_NOTHING_SHOWN}{_nothing(event)}"
    length = f"{float(Rate.parse(event.rate).seconds(event.frames)):.1f} s, {counted(event.frames, 'frame')}"
    if not event.changed:
        return f"  {paint.dim('=')} {where}  unchanged: {length}{_left_out(event)}"
    encoded = f"{counted(event.encoded, 'segment')} encoded, {event.segments - event.encoded} from the cache"
    text = f"  {paint.green('✓')} {where}  {length}; {encoded}"
    if event.stand_ins:
        shown = ", ".join(event.stand_ins[:6]) + (" …" if len(event.stand_ins) > 6 else "")
        text += f"\n      Without a clip yet, shown as stand-ins: {shown}"
    return text + _left_out(event) + _missed(event)


_NOTHING_SHOWN = "not made: the reel has no shots to show"


def _nothing(event: events.ReelAssembled) -> str:
    """Why a reel shows nothing, and what to do."""
    if event.left_out:
        return f"{_left_out(event)}\n      Apply first, or let `placeholder: animatic` stand in."
    return "\n      Declare some, or mend its `shots:`. A reel that was made before is kept."


def _left_out(event: events.ReelAssembled) -> str:
    shown = ", ".join(event.left_out[:6]) + (" …" if len(event.left_out) > 6 else "")
    return f"\n      Without a clip yet, left out: {shown}" if shown else ""


def _missed(event: events.ReelAssembled) -> str:
    if event.missed is None:
        return ""
    asked, reached, by_peaks = event.missed.asked, event.missed.reached, event.missed.by_peaks
    why = "its peaks allow no more" if by_peaks else "it is too quiet to be lifted further"
    return f"\n      Loudness {reached:.1f} LUFS instead of {asked}: {why}"


class PlainProgress:
    """One line for each thing that ended, for logs and pipes."""

    def __init__(
        self, stream: TextIO, root: Path, paint: Paint, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream
        self._root = root
        self._paint = paint
        self._clock = clock
        self._began: dict[tuple[str, int], float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        return

    def tell(self, event: events.Event) -> None:
        """Write a line if the event is worth one."""
        if isinstance(event, events.JobSubmitted):
            self._began[event.shot, event.take] = self._clock()
            line = f"  {self._paint.dim('·')} {_name(event.shot, event.take)}  submitted to {event.provider}"
        elif isinstance(event, events.ReelBegun):
            which = f"{event.missing} of {counted(event.total, 'segment')}"
            line = f"  {self._paint.dim('·')} {_relative(event.path, self._root)}  encoding {which}"
        else:
            line = event_line(event, self._took(event), self._root, self._paint)
        if line:
            self._stream.write(line + "\n")
            self._stream.flush()

    def _took(self, event: events.Event) -> str:
        if isinstance(event, events.TakeRecorded):
            began = self._began.pop((event.shot, event.take), None)
            return f" in {lasted(self._clock() - began)}" if began is not None else ""
        return ""


class LiveProgress:
    """What runs, how long, what is left: redrawn in place, with a line left for each thing that ended."""

    _MOST_ROWS = 8

    def __init__(
        self, takes: int, root: Path, paint: Paint, clock: Callable[[], float] = time.monotonic
    ) -> None:
        from rich.console import Console  # noqa: PLC0415  only a terminal pays for importing rich
        from rich.live import Live  # noqa: PLC0415

        self._console = Console(stderr=True, highlight=False)
        self._root = root
        self._paint = paint
        self._clock = clock
        self._start = clock()
        self._jobs: dict[tuple[str, int], tuple[float, float | None]] = {}
        self._ended = 0
        self._total = takes
        self._stopping = False
        self._reel: events.ReelProgress | None = None
        # Last, for it asks for a first frame at once.
        self._live = Live(
            console=self._console, get_renderable=self._frame, refresh_per_second=8, transient=True
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._live.stop()

    def tell(self, event: events.Event) -> None:
        """Remember what runs; print what ended above the moving part."""
        from rich.text import Text  # noqa: PLC0415

        took = ""
        match event:
            case events.JobSubmitted(shot, take) | events.JobResumed(shot, take):
                self._jobs[shot, take] = (self._clock(), 0.0)
            case events.JobProgress(shot, take, part):
                began, _ = self._jobs.get((shot, take), (self._clock(), None))
                self._jobs[shot, take] = (began, part)
            case events.TakeRecorded(shot, take) | events.JobFailed(shot, take):
                began, _ = self._jobs.pop((shot, take), (0.0, None))
                if began:
                    self._ended += 1
                    took = f" in {lasted(self._clock() - began)}"
            case events.Draining(ending):
                self._stopping, self._total = True, self._ended + ending
            case events.ReelBegun(path, missing, total):
                self._reel = events.ReelProgress(path.stem, total - missing, total, 0)
            case events.ReelProgress():
                self._reel = event
            case events.ReelAssembled():
                self._reel = None
        if line := event_line(event, took, self._root, self._paint):
            self._console.print(Text.from_ansi(line))

    def _frame(self) -> Any:
        from rich.text import Text  # noqa: PLC0415

        now = self._clock()
        rows = []
        for (shot, take), (began, part) in list(self._jobs.items())[: self._MOST_ROWS]:
            bar = f"{_bar(part)} {part:4.0%}" if part is not None else "in progress"
            rows.append(f"  {_name(shot, take):<16} {bar}  {lasted(now - began)}")
        if len(self._jobs) > self._MOST_ROWS:
            rows.append(f"  … and {len(self._jobs) - self._MOST_ROWS} more")
        if self._ended < self._total:
            rest = counted(self._total - self._ended, "take")
            done = f"{self._ended} of {counted(self._total, 'take')} done{self._left(now)}"
            rows.append(f"  {f'stopping: {rest} to be finished' if self._stopping else done}")
        if self._reel is not None:
            reel = self._reel
            bar = _bar(reel.ready / max(1, reel.total))
            rows.append(f"  {reel.reel:<16} {bar} {reel.ready}/{reel.total} segments")
        return Text("\n".join(rows))

    def _left(self, now: float) -> str:
        if not self._ended:
            return ""
        rest = (now - self._start) / self._ended * (self._total - self._ended)
        return f", about {lasted(rest)} left"


def _bar(part: float, width: int = 20) -> str:
    full = round(max(0.0, min(1.0, part)) * width)
    return "█" * full + "░" * (width - full)
