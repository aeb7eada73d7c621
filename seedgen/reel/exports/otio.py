"""OTIO: a reel as an OpenTimelineIO timeline, through its own library."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import opentimelineio as otio

from seedgen.project.reels import TransitionType
from seedgen.reel.exports.events import centred
from seedgen.reel.exports.words import one_line, printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seedgen.project.reels import Transition
    from seedgen.reel.exports.events import Clip, Event, Media
    from seedgen.reel.timeline import Timeline
    from seedgen.timing import Rate

OURS = "seedgen"
"""The key of our own metadata."""


def otio_text(line: Timeline, media: Mapping[str, Media], folder: Path | None) -> str:
    """The timeline as JSON: a track of picture and a track of sound.

    `media` is by shot id. Its files are named by their paths, relative to `folder`, where the text is to
    stand, or absolute when that is None: DaVinci Resolve takes no `file:` (OpenTimelineIO, issue 1985).
    """
    reel = otio.schema.Timeline(name=one_line(line.reel), global_start_time=_time(0, line.form.rate))
    reel.metadata[OURS] = {"reel": line.reel, "size": str(line.form.size), "rate": str(line.form.rate)}
    picture = otio.schema.Track(name="V1", kind=otio.schema.TrackKind.Video)
    sound = otio.schema.Track(name="A1", kind=otio.schema.TrackKind.Audio)
    heard_before = False
    for event in centred(line, media):
        heard = event.clip is not None and event.clip.sound is not None
        if event.transition:
            picture.append(_transition(event, event.transition, line.form.rate))
            if heard or heard_before:
                sound.append(_crossfade(event, event.transition, line.form.rate))
        picture.append(_picture(event, line.form.rate, folder))
        sound.append(_sound(event, line.form.rate, folder))
        heard_before = heard
    reel.tracks.extend([picture, sound])
    text: str = otio.adapters.write_to_string(reel, "otio_json")
    return text + "\n"


def _picture(event: Event, rate: Rate, folder: Path | None) -> Any:
    item = _clip(event, event.clip, rate, folder) if event.clip else _gap(event, rate)
    colour = otio.schema.MarkerColor.RED if event.missing else otio.schema.MarkerColor.GREEN
    item.markers.append(
        otio.schema.Marker(
            name=one_line(f"{event.name}: no clip yet" if event.missing else event.name),
            marked_range=_range(event.source_in, 1, rate),
            color=colour,
            comment=printable(event.remark),
        )
    )
    return item


def _sound(event: Event, rate: Rate, folder: Path | None) -> Any:
    if event.clip is None or event.clip.sound is None:
        return _gap(event, rate)
    item = _clip(event, event.clip, rate, folder)
    item.metadata[OURS]["gain_db"] = f"{event.clip.sound.gain_db:f}"
    return item


def _clip(event: Event, clip: Clip, rate: Rate, folder: Path | None) -> Any:
    whole = _range(0, clip.whole(rate), clip.rate)
    reference = otio.schema.ExternalReference(_url(clip.media.path, folder), whole)
    item = otio.schema.Clip(event.name, reference, _range(event.source_in, event.frames, rate))
    item.metadata[OURS] = {
        "shot": clip.entry.shot.id,
        "take": clip.take.take,
        "fingerprint": clip.take.fingerprint,
        "digest": clip.take.digest,
        "job_id": clip.take.job_id,
        "provider": clip.take.provider,
        "model": clip.take.model,
    }
    return item


def _gap(event: Event, rate: Rate) -> Any:
    gap = otio.schema.Gap(name=one_line(event.name), source_range=_range(event.source_in, event.frames, rate))
    gap.metadata[OURS] = {"kind": event.span.kind.value}
    if event.span.entry:
        gap.metadata[OURS]["shot"] = event.span.entry.shot.id
    return gap


def _transition(event: Event, into: Transition, rate: Rate) -> Any:
    """What OpenTimelineIO has no name for is `Custom`; the metadata then says what it is."""
    dissolve = into.type is TransitionType.DISSOLVE
    types = otio.schema.TransitionTypes
    written = _between(event, into, rate, types.SMPTE_Dissolve if dissolve else types.Custom)
    written.metadata[OURS] = {"type": into.type.value}
    if into.type is TransitionType.FADE:
        written.metadata[OURS]["color"] = into.color
    if into.type is TransitionType.WIPE:
        written.metadata[OURS]["direction"] = into.direction.value
    return written


def _crossfade(event: Event, into: Transition, rate: Rate) -> Any:
    return _between(event, into, rate, otio.schema.TransitionTypes.SMPTE_Dissolve)


def _between(event: Event, into: Transition, rate: Rate, kind: str) -> Any:
    return otio.schema.Transition(
        name=into.type.value,
        transition_type=kind,
        in_offset=_time(event.lead, rate),
        out_offset=_time(into.overlap - event.lead, rate),
    )


def _url(path: Path, folder: Path | None) -> str:
    """A path as a URL reference: only what would end the path is escaped (RFC 3986, section 3.3)."""
    named = path.as_posix() if folder is None else Path(os.path.relpath(path, folder)).as_posix()
    return re.sub("[%?#]", lambda found: quote(found[0]), named)


def _time(frames: int, rate: Rate) -> Any:
    return otio.opentime.RationalTime(frames, float(rate.fraction))


def _range(start: int, frames: int, rate: Rate) -> Any:
    return otio.opentime.TimeRange(_time(start, rate), _time(frames, rate))
