"""Timelines to export, and what readers of exports say of them, brought into one form."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import opentimelineio as otio

from seedgen.geometry import Size
from seedgen.ports.media import ClipInfo
from seedgen.project.reels import Reel
from seedgen.reel.cut_list import Standing, cut_list, reel_format
from seedgen.reel.exports.events import Media
from seedgen.reel.timeline import timeline
from seedgen.timing import Rate
from tests.planning.projects import opened, take_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seedgen.planning.resolved import ResolvedShot
    from seedgen.reel.timeline import Timeline

CLIPS = Path("/film/build/clips")

EDIT = re.compile(
    r"(\d{3})  ([A-Z0-9]{1,8}) +V     (C|D|W\d{3}) +(\d{3})? +(\S{11}) (\S{11}) (\S{11}) (\S{11})"
)
"""An edit of an EDL: number, reel, kind, length of a transition, source and record times."""

HOSTILE = (
    'It\'s "quoted" & <b>bold</b>',
    "one --> two\n\n00:00:00,000 --> 00:00:09,000",
    "]]> &amp; <!-- no comment -->",
    "e\u0301te\u0301, 日本, \U0001f3ac",
    "001  AX V C 00:00:00:00 00:00:01:00\n* FROM CLIP NAME: else.mp4\nTITLE: no",
    "WEBVTT {\\an8} \u2028 NOTE\u0085\u200f",
)
"""Prompts that mean something in one of the formats, or break its lines."""


def shots_of(root: Path, prompts: Sequence[str], ids: Sequence[str] = ()) -> list[ResolvedShot]:
    """Shots with these prompts, called a, b, c when nobody says otherwise."""
    names = ids or [chr(ord("a") + number) for number in range(len(prompts))]
    listed = [{"id": name, "prompt": prompt} for name, prompt in zip(names, prompts, strict=True)]
    return opened(root, f"shots: {json.dumps(listed, ensure_ascii=False)}\n").shots


def line_of(shots: Iterable[ResolvedShot], *, without: str = "", **reel: Any) -> Timeline:
    """The timeline of a reel. Clips have 96 frames at 24 a second; `without` has none, for five seconds."""
    spec = Reel.model_validate(reel)
    cuts = cut_list(
        "main",
        spec,
        reel_format(spec, None),
        list(shots),
        lambda shot: None if shot.id == without else take_of(shot),
        lambda _: 5,
    )
    return timeline(cuts, spec)


def media_of(line: Timeline, *, silent: str = "") -> dict[str, Media]:
    """A file of 640x360 for every clip; all but `silent` have sound."""
    return {
        span.entry.shot.id: Media(
            CLIPS / f"{span.entry.shot.id}.mp4",
            ClipInfo(Size(640, 360), Rate(24), 96, has_audio=span.entry.shot.id != silent),
        )
        for span in line.shots
        if span.entry and span.entry.standing is Standing.CLIP
    }


@dataclass(frozen=True)
class Shown:
    """A stretch of picture whole, with what it shows in transitions: frames of the reel, and of the clip."""

    name: str
    at: int
    frames: int
    source: int
    transition: str = ""
    overlap: int = 0


def expected(line: Timeline) -> list[Shown]:
    """What a timeline says of its own spans."""
    found = []
    for span in line.spans:
        shot = span.entry.shot.id if span.entry else ""
        name = {"title": span.card.title if span.card else "", "slate": f"slate {shot}", "shot": shot}
        clip = span.entry and span.kind == "shot" and span.entry.take
        source = span.entry.start if clip and span.entry else 0
        kind = span.transition.type.value if span.transition.overlap else ""
        shown = Shown(name[span.kind], span.at, span.frames, source, kind, span.transition.overlap)
        found.append(shown)
    return found


def in_otio(text: str) -> tuple[Any, list[Shown]]:
    """What the library reads in an OTIO file: the timeline, and its picture."""
    read = otio.adapters.read_from_string(text, "otio_json")
    return read, _joined([_otio_item(child) for child in read.video_tracks()[0]])


def _otio_item(child: Any) -> tuple[str, str, int, int, int]:
    if isinstance(child, otio.schema.Transition):
        return "transition", child.name, frame(child.in_offset), frame(child.out_offset), 0
    span = child.source_range
    return "item", child.name, 0, frame(span.duration), frame(span.start_time)


def in_fcpxml(text: str, rate: Rate) -> tuple[ET.Element, list[Shown]]:
    """What stands in an FCPXML document: its root, and its spine, whose offsets must follow each other."""
    root = ET.fromstring(text)
    spine = root.find(".//spine")
    assert spine is not None
    items, at = [], 0
    for element in spine:
        offset, length = (frames_in(element.get(key, "0s"), rate) for key in ("offset", "duration"))
        if element.tag == "transition":
            items.append(("transition", element.get("name", ""), at - offset, offset + length - at, 0))
        else:
            assert offset == at, element.attrib
            start = frames_in(element.get("start", "0s"), rate)
            items.append(("item", element.get("name", ""), 0, length, start))
            at += length
    return root, _joined(items)


def _joined(items: list[tuple[str, str, int, int, int]]) -> list[Shown]:
    """Give each item back what transitions took of it: both their halves belong to both its neighbours."""
    found: list[Shown] = []
    at = 0
    for number, (tag, name, before, length, source) in enumerate(items):
        if tag == "transition":
            assert before >= 0
            assert length > 0
            continue
        _, kind, lead, out, _ = items[number - 1] if number and _is_transition(items[number - 1]) else _CUT
        tail = items[number + 1][3] if number + 1 < len(items) and _is_transition(items[number + 1]) else 0
        found.append(Shown(name, at - lead, lead + length + tail, source - lead, kind, lead + out))
        at += length
    return found


_CUT = ("", "", 0, 0, 0)


def _is_transition(item: tuple[str, str, int, int, int]) -> bool:
    return item[0] == "transition"


def frame(time: Any) -> int:
    """A rational time as a frame; it has to be a whole one."""
    assert time.value == int(time.value)
    return int(time.value)


def frames_in(time: str, rate: Rate) -> int:
    """FCPXML's seconds as frames; they have to be whole ones."""
    frames = Fraction(time.removesuffix("s")) * rate.fraction
    assert frames.denominator == 1, time
    return int(frames)
