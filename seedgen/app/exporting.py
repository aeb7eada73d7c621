"""Exporting: a project's reels in the formats of editors and players. Free, without ffmpeg."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from seedgen.app.opened import DEFAULT_REEL
from seedgen.errors import UsageError
from seedgen.project.diagnostics import known_words
from seedgen.store.disk import replace_text

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.app.reels import ReeledProject
    from seedgen.reel.exports.events import Media
    from seedgen.reel.timeline import Timeline


class Format(StrEnum):
    """What a reel can be exported as."""

    OTIO = "otio"
    EDL = "edl"
    FCPXML = "fcpxml"
    SRT = "srt"
    VTT = "vtt"
    CHAPTERS = "chapters"

    @property
    def for_editors(self) -> bool:
        """Whether it names the clips, so that an editor can go on cutting."""
        return self in {Format.OTIO, Format.EDL, Format.FCPXML}

    @property
    def suffix(self) -> str:
        """What a file of it is called behind the reel's name."""
        return "chapters.txt" if self is Format.CHAPTERS else self.value


@dataclass(frozen=True, slots=True)
class Exported:
    """An export. `missing` are the shots that stand in it as gaps, because they have no clip."""

    text: str
    missing: tuple[str, ...]


def default_reel(project: ReeledProject) -> str:
    """The one reel, or `main`. Raises UsageError when there are several and none is called so."""
    names = list(project.reels)
    if len(names) == 1:
        return names[0]
    if DEFAULT_REEL in names:
        return DEFAULT_REEL
    raise UsageError("there are several reels", remedy=f"Name one. There are {known_words(names)}.")


def place_of(project: ReeledProject, form: Format, reel: str) -> Path:
    """Where an export goes when nobody says otherwise: beside the reel."""
    return project.build / f"{reel}.{form.suffix}"


def export(project: ReeledProject, form: Format, reel: str, out: Path | None) -> Exported:
    """Export a reel, into a file that is replaced if it is there, or with None as a text alone.

    What names clips puts them into `build/clips/` first. Raises ProjectError, UsageError, StoreError,
    UnreadableMedia, OSError.
    """
    project.require_sound()
    line = project.timeline(reel, project.lock_file.read())
    if not line.spans:
        raise UsageError(
            f"the reel {reel!r} shows nothing yet",
            remedy="It skips shots without a clip, or its `shots` match none. Apply first.",
        )
    folder = out.resolve().parent if out else None
    text = _for_editors(project, form, line, folder) if form.for_editors else _for_players(form, line)
    if out:
        replace_text(out, text)
    return Exported(text, line.stand_ins if form.for_editors else ())


def _for_players(form: Format, line: Timeline) -> str:
    from seedgen.reel.exports.captions import srt_text, vtt_text
    from seedgen.reel.exports.chapters import chapters_text
    from seedgen.reel.passages import chapters, subtitles

    if form is Format.CHAPTERS:
        return chapters_text(chapters(line), line.form.rate)
    write = srt_text if form is Format.SRT else vtt_text
    return write(subtitles(line), line.form.rate)


def _for_editors(project: ReeledProject, form: Format, line: Timeline, folder: Path | None) -> str:
    if form is Format.OTIO:
        _require_otio()
        from seedgen.reel.exports.otio import otio_text

        return otio_text(line, _placed(project, line), folder)
    from seedgen.reel.exports.edl import edl_text
    from seedgen.reel.exports.fcpxml import fcpxml_text

    write = edl_text if form is Format.EDL else fcpxml_text
    return write(line, _placed(project, line))


def _require_otio() -> None:
    """Raises UsageError when OpenTimelineIO is not installed."""
    try:
        import opentimelineio  # noqa: F401
    except ModuleNotFoundError as error:
        raise UsageError(
            "OpenTimelineIO is not installed",
            remedy="Install it: `pip install 'seedgen[otio]'`. The other formats do not need it.",
        ) from error


def _placed(project: ReeledProject, line: Timeline) -> dict[str, Media]:
    """The clips of a timeline by shot, where people find them: an editor must not reach into the cache."""
    from seedgen.media.probe import PyavClipReader
    from seedgen.reel.exports.events import Media

    found = {}
    try:
        for span in line.shots:
            entry = span.entry
            if entry is not None and entry.take is not None:
                name = f"clips/{entry.shot.id}.mp4"
                if not project.outputs.is_current(name, entry.take.digest):
                    project.verify_clip(entry.shot, entry.take)
                    project.outputs.place(name, project.objects.path(entry.take.clip), entry.take.digest)
                path = project.outputs.path(name).resolve()
                found[entry.shot.id] = Media(path, PyavClipReader().probe(path))
    finally:
        project.outputs.save()
    return found
