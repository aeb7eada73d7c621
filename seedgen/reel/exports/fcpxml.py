"""FCPXML: a reel for Final Cut Pro and DaVinci Resolve, version 1.10. Pure.

Written here because OpenTimelineIO's adapter has no maintainer and knows no transitions: its own project
took it out (OpenTimelineIO-Plugins, issue 11). Apple's DTD says which elements stand where.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from seedgen.geometry import Fit
from seedgen.project.reels import TransitionType
from seedgen.reel.exports.events import centred
from seedgen.reel.exports.words import one_line, printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seedgen.geometry import Size
    from seedgen.reel.exports.events import Clip, Event, Media
    from seedgen.reel.timeline import Timeline
    from seedgen.timing import Rate

VERSION = "1.10"

_EFFECTS = {
    TransitionType.DISSOLVE: ("Cross Dissolve", "FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265"),
    TransitionType.FADE: ("Fade To Color", "FxPlug:F779C565-486D-4633-8035-0374B4DB8F5C"),
    TransitionType.WIPE: ("Wipe", "FxPlug:857E2FBA-98DB-411B-A88C-CE6ABC1F65D8"),
}
"""Final Cut Pro's own transitions, by the identity that its exports give them."""

_CROSSFADE = ("Audio Crossfade", "FFAudioTransition")

_CONFORMED = {
    Fraction(24000, 1001): "23.98",
    Fraction(24): "24",
    Fraction(25): "25",
    Fraction(30000, 1001): "29.97",
    Fraction(30): "30",
    Fraction(48000, 1001): "47.95",
    Fraction(48): "48",
    Fraction(50): "50",
    Fraction(60000, 1001): "59.94",
    Fraction(60): "60",
}
"""The rates that `conform-rate` can name (DTD 1.10)."""


def fcpxml_text(line: Timeline, media: Mapping[str, Media]) -> str:
    """The whole document; `media` is by shot id, and its files are named by absolute URL."""
    root = Element("fcpxml", version=VERSION)
    resources = _Resources(SubElement(root, "resources"))
    rate, form = line.form.rate, resources.format(line.form.size, line.form.rate)
    named = {"name": one_line(line.reel)}
    project = SubElement(SubElement(SubElement(root, "library"), "event", named), "project", named)
    sequence = SubElement(
        project,
        "sequence",
        {"format": form, "duration": _time(line.frames, rate), "tcStart": "0s", "tcFormat": "NDF"},
        audioLayout="stereo",
        audioRate="48k",
    )
    spine = SubElement(sequence, "spine")
    for event in centred(line, media):
        _transition(spine, event, rate, resources)
        if event.clip:
            _clip(spine, event, event.clip, line, resources)
        else:
            _gap(spine, event, rate)
    indent(root)
    text: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{text}\n'


@dataclass(frozen=True, slots=True)
class _Resources:
    """What the spine refers to: each format, file and effect once, numbered as it is asked for."""

    element: Element
    known: dict[tuple[object, ...], str] = field(default_factory=dict)

    def _add(self, key: tuple[object, ...], tag: str, attributes: dict[str, str]) -> str:
        if key not in self.known:
            self.known[key] = f"r{len(self.known) + 1}"
            SubElement(self.element, tag, {"id": self.known[key], **attributes})
        return self.known[key]

    def format(self, size: Size, rate: Rate) -> str:
        attributes = {"frameDuration": _time(1, rate), "width": str(size.width), "height": str(size.height)}
        return self._add(("format", size, rate), "format", attributes)

    def effect(self, name: str, uid: str) -> str:
        return self._add(("effect", uid), "effect", {"name": name, "uid": uid})

    def file(self, event: Event, clip: Clip, reel: Rate) -> str:
        length = _time(clip.whole(reel), clip.rate)
        attributes = {"name": event.name, "start": "0s", "duration": length, "hasVideo": "1"}
        attributes |= {"format": self.format(clip.media.info.size, clip.rate), "videoSources": "1"}
        if clip.media.info.has_audio:
            attributes |= {"hasAudio": "1", "audioSources": "1"}
        found = self._add(("file", event.name), "asset", attributes)
        SubElement(self.element[-1], "media-rep", kind="original-media", src=clip.media.path.as_uri())
        return found


def _clip(spine: Element, event: Event, clip: Clip, line: Timeline, resources: _Resources) -> None:
    rate = line.form.rate
    element = SubElement(
        spine,
        "asset-clip",
        {"ref": resources.file(event, clip, rate), "offset": _time(event.at, rate), "name": event.name},
        start=_time(event.source_in, rate),
        duration=_time(event.frames, rate),
        tcFormat="NDF",
    )
    if clip.media.info.has_audio and clip.sound is None:
        element.set("srcEnable", "video")
    if clip.rate != rate:
        # Without it Final Cut Pro plays 24 frames a second as 25, rather than drop or repeat frames.
        conform = SubElement(element, "conform-rate", scaleEnabled="0")
        if name := _CONFORMED.get(clip.rate.fraction):
            conform.set("srcFrameRate", name)
    if line.form.fit is Fit.COVER:
        SubElement(element, "adjust-conform", type="fill")
    if clip.sound and clip.sound.gain_db:
        SubElement(element, "adjust-volume", amount=f"{clip.sound.gain_db:f}dB")
    _marker(element, event, rate)


def _gap(spine: Element, event: Event, rate: Rate) -> None:
    times = {"offset": _time(event.at, rate), "start": _time(event.source_in, rate)}
    gap = SubElement(spine, "gap", {"name": one_line(event.name), **times})
    gap.set("duration", _time(event.frames, rate))
    _marker(gap, event, rate)


def _marker(element: Element, event: Event, rate: Rate) -> None:
    value = f"{event.name}: no clip yet" if event.missing else event.name
    times = {"start": _time(event.source_in, rate), "duration": _time(1, rate)}
    SubElement(element, "marker", {**times, "value": one_line(value), "note": printable(event.remark)})


def _transition(spine: Element, event: Event, rate: Rate, resources: _Resources) -> None:
    if event.transition is None:
        return
    name, uid = _EFFECTS[event.transition.type]
    begin, length = event.at - event.lead, event.transition.overlap
    times = {"offset": _time(begin, rate), "duration": _time(length, rate)}
    found = SubElement(spine, "transition", {"name": name, **times})
    SubElement(found, "filter-video", ref=resources.effect(name, uid), name=name)
    SubElement(found, "filter-audio", ref=resources.effect(*_CROSSFADE), name=_CROSSFADE[0])


def _time(frames: int, rate: Rate) -> str:
    """A rational number of seconds, as FCPXML writes it: `1001/30000s`, `5s`."""
    return f"{rate.seconds(frames)}s"
