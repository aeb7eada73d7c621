"""Reel checks: what is wrong with a project's reels, found before anything is paid."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from seedgen.errors import MediaError, UsageError
from seedgen.planning.pricing import seconds_of
from seedgen.planning.select import Kind, in_order, kinds, select
from seedgen.project.cards import AUTO
from seedgen.project.diagnostics import Place, Severity, did_you_mean, there_are
from seedgen.project.files import PathProblem, inside
from seedgen.project.media import MediaType
from seedgen.project.missing import may_be_declared
from seedgen.project.reels import DEFAULT, Slate, TransitionType
from seedgen.project.shots import id_problem
from seedgen.timing import Rate, point

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from seedgen.planning.lock import Take
    from seedgen.planning.resolved import ResolvedShot
    from seedgen.planning.select import Selectable
    from seedgen.project.diagnostics import Problems
    from seedgen.project.loader import Project
    from seedgen.project.media import FileIdentity
    from seedgen.project.reels import Cut, Reel
    from seedgen.project.survey import Identify

_LEEWAY = Fraction(1, 2)
"""Seconds by which a clip may come longer or shorter than asked for: that is not held against a cut."""

_LATIN = 0x24F
"""The last letter of Latin Extended-B: up to there nothing is missing, and nothing need be asked."""

_SOUNDS = "Give a WAV, MP3, M4A or FLAC."


class ReelChecks:
    """Looks at every reel of a project, and notes problems at their places. `take_of` is the take that goes
    into reels, if there is one for just what a shot asks; it is asked only of shots that are cut."""

    def __init__(
        self,
        project: Project,
        shots: Sequence[Selectable],
        resolved: Sequence[ResolvedShot],
        problems: Problems,
        take_of: Callable[[ResolvedShot], Take | None],
    ) -> None:
        self._project = project
        self._shots = shots
        self._known = {shot.id for shot in shots}
        self._resolved = {shot.id: shot for shot in resolved}
        self._problems = problems
        self._take_of = take_of

    def run(self, identify: Identify, *, allow_outside: bool) -> Mapping[str, tuple[Path, FileIdentity]]:
        """Check them all; the music of each reel that has some, found and identified."""
        music = {}
        for name, reel in self._project.spec.reels.items():
            place = Place(self._project.file, ("reels", name))
            self._patterns(reel, place)
            for key in ("cut", "transitions", "sound"):
                self._ids(getattr(reel, key), place, key)
            self._cuts(reel, place)
            self._transitions(reel, place)
            self._idle(reel, place)
            self._letters(reel, place)
            if found := self._music(reel, place, identify, allow_outside=allow_outside):
                music[name] = found
        return music

    def _patterns(self, reel: Reel, place: Place) -> None:
        for index, pattern in enumerate(reel.shots):
            at = place.at("shots", index)
            if circular := kinds(pattern) - {Kind.TAG}:
                self._problems.error(
                    f"a reel cannot choose by {min(circular)}",
                    "Its shots are chosen by what is written about them: ids, globs, tag:NAME or "
                    "VARIABLE=VALUE.",
                    at=at,
                )
                continue
            try:
                select([pattern], self._shots)
            except UsageError as error:
                if not id_problem(pattern):
                    self._unknown(pattern, at)
                elif not self._in_doubt:
                    self._problems.warning("pattern matches no shot", f"{error}. {error.remedy}", at=at)

    @cached_property
    def _in_doubt(self) -> bool:
        """Whether an error elsewhere may keep a shot away, or a tag of one, that a pattern means."""
        return any(
            one.severity is Severity.ERROR and not one.address.startswith("reels.") for one in self._problems
        )

    def _unknown(self, shot_id: str, at: Place) -> None:
        if not may_be_declared(shot_id, self._problems):
            hint = did_you_mean(shot_id, self._known) or there_are(self._known)
            self._problems.error("unknown shot", f"No shot {shot_id!r}. {hint}", at=at)

    def _ids(self, keyed: Mapping[str, object], place: Place, key: str) -> None:
        for shot_id in keyed:
            if shot_id not in self._known and not (key == "transitions" and shot_id == DEFAULT):
                self._unknown(shot_id, place.key(key, shot_id))

    def _cuts(self, reel: Reel, place: Place) -> None:
        for shot_id, cut in reel.cut.items():
            if shot_id in self._known and (wrong := self._unfit(cut, Rate.parse(reel.fps), shot_id)):
                self._problems.error(*wrong, at=place.key("cut", shot_id))

    def _seconds(self, shot_id: str) -> int:
        """How long a shot is to be; 0 when the model decides or nobody can tell."""
        shot = self._resolved.get(shot_id)
        if shot is None or shot.request.parameters.get("duration") == AUTO:
            return 0
        return seconds_of(shot.request, shot.card)

    def _unfit(self, cut: Cut, rate: Rate, shot_id: str) -> tuple[str, str] | None:
        """Why a cut cannot lie within its clip, as far as that is known before it is paid."""
        start = point(cut.in_, rate) if cut.in_ else 0
        end = point(cut.out, rate) if cut.out else None
        if end is not None and end <= start:
            return "cut leaves nothing", "The out point is not behind the in point."
        seconds, known_by = self._length(shot_id)
        most = rate.count(seconds + _LEEWAY)
        beyond = f"out: {cut.out}" if (end or 0) > most else f"in: {cut.in_}" if start >= most else ""
        if not seconds or not beyond:
            return None
        return "cut behind the clip's end", f"`{beyond}` lies behind it: {known_by} {_plain(seconds)} s."

    def _length(self, shot_id: str) -> tuple[Fraction, str]:
        """How long a shot's clip is, or will be, and how that is known; 0 when nobody can tell."""
        shot = self._resolved.get(shot_id)
        take = self._take_of(shot) if shot else None
        if take is not None:
            return Rate.parse(take.rate).seconds(take.frames), "the clip has"
        return Fraction(self._seconds(shot_id)), "the shot asks for"

    def _transitions(self, reel: Reel, place: Place) -> None:
        """Find shots and title cards that are too short for the transitions at both their ends."""
        shown = in_order(reel.shots, [shot.id for shot in self._shots], self._quietly)
        rate, (start, end) = Rate.parse(reel.fps), (reel.titles.start, reel.titles.end)
        into = [reel.transition_into(shot_id).overlap for shot_id in shown]
        if not shown:
            return
        first, last = into[0] if start else 0, reel.transition_into(DEFAULT).overlap if end else 0
        out = [*into[1:], last]
        into[0] = first
        if reel.slate is Slate.CARD:
            into = [0] * len(into)  # it leads into the card
        ends = [
            ("the start title", start.seconds if start else None, 0, first),
            ("the end title", end.seconds if end else None, last, 0),
        ]
        for name, seconds, lead, tail in ends:
            if seconds is not None:
                self._fits(name, rate.count(Fraction(seconds)), (lead, tail), place.at("titles"))
        for shot_id, lead, tail in zip(shown, into, out, strict=True):
            own = shot_id if shot_id in reel.transitions else DEFAULT
            at = place.key("transitions", own) if own in reel.transitions else place.key("transitions")
            if frames := self._frames(reel, shot_id):
                self._fits(shot_id, frames, (lead, tail), at)

    def _idle(self, reel: Reel, place: Place) -> None:
        """Warn of what is declared and changes nothing."""
        shown = set(in_order(reel.shots, [shot.id for shot in self._shots], self._quietly))
        for key in ("cut", "transitions", "sound"):
            for shot_id in getattr(reel, key):
                if shot_id in self._known - shown:
                    detail = f"The reel does not show {shot_id}."
                    self._problems.warning("changes nothing", detail, at=place.key(key, shot_id))
        for shot_id, transition in reel.transitions.items():
            for name, wanted in (("color", TransitionType.FADE), ("direction", TransitionType.WIPE)):
                if name in transition.model_fields_set and transition.type is not wanted:
                    detail = f"`{name}` is for a {wanted}; this is a {transition.type}."
                    self._problems.warning(
                        "changes nothing", detail, at=place.at("transitions", shot_id, name)
                    )

    def _fits(self, name: str, frames: int, ends: tuple[int, int], at: Place) -> None:
        if sum(ends) > max(1, frames):
            self._problems.error(
                "too short for its transitions",
                f"{name} is shown for {frames} frames, and the transitions at its ends take "
                f"{ends[0]} and {ends[1]} of them. Make them shorter, or what is shown longer.",
                at=at,
            )

    def _letters(self, reel: Reel, place: Place) -> None:
        """Warn of letters on title cards that the shipped typeface does not have."""
        for key, card in (("start", reel.titles.start), ("end", reel.titles.end)):
            text = "".join((card.title, *card.lines)) if card else ""
            if not any(ord(letter) > _LATIN for letter in text):
                continue
            from seedgen.media.lettering import missing_letters

            if missing := missing_letters(text):
                detail = f"The shipped typeface has no {missing}: shown as □."
                self._problems.warning("letters that cannot be drawn", detail, at=place.at("titles", key))

    def _quietly(self, pattern: str) -> frozenset[str]:
        try:
            return select([pattern], self._shots)
        except UsageError:
            return frozenset()

    def _frames(self, reel: Reel, shot_id: str) -> int:
        """How long a shot is shown; 0 when nobody can tell."""
        rate, cut = Rate.parse(reel.fps), reel.cut.get(shot_id)
        length = rate.count(Fraction(self._seconds(shot_id)))
        start = point(cut.in_, rate) if cut and cut.in_ else 0
        end = point(cut.out, rate) if cut and cut.out else length
        return max(0, end - start)

    def _music(
        self, reel: Reel, place: Place, identify: Identify, *, allow_outside: bool
    ) -> tuple[Path, FileIdentity] | None:
        if reel.music is None:
            return None
        at = place.at("music")
        found = inside(self._project.root, reel.music.path, allow_outside=allow_outside)
        if isinstance(found, PathProblem):
            self._problems.error(found.summary, found.detail, at=at)
            return None
        try:
            identity = identify(found)
        except MediaError as error:
            self._problems.error("music is not a sound file", f"{error}. {_SOUNDS}", at=at)
            return None
        except OSError as error:
            self._problems.error("file not readable", str(error), at=at)
            return None
        if identity.facts is None or identity.facts.type is not MediaType.AUDIO:
            detail = f"{reel.music.path!r} holds no sound, or pictures too. {_SOUNDS}"
            self._problems.error("music is not a sound file", detail, at=at)
            return None
        return found, identity


def _plain(seconds: Fraction) -> str:
    return f"{float(round(seconds, 3)):g}"
