"""FCPXML: as Apple's DTD wants it, and saying what the timeline says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seedgen.reel.exports.fcpxml import fcpxml_text
from seedgen.reel.exports.words import printable
from seedgen.timing import Rate
from tests.reel.exported import (
    Shown,
    frames_in,
    in_fcpxml,
    line_of,
    media_of,
)

if TYPE_CHECKING:
    from seedgen.planning.resolved import ResolvedShot
    from seedgen.reel.timeline import Timeline


_ITEM = "(asset-clip |gap |transition )*"
CONTENT = {
    "fcpxml": "resources library ",
    "resources": "(format |effect |asset )*",
    "asset": "media-rep ",
    "library": "(event )*",
    "event": "(project )*",
    "project": "sequence ",
    "sequence": "spine ",
    "spine": _ITEM,
    "asset-clip": "(conform-rate )?(adjust-conform )?(adjust-volume )?(marker )*",
    "gap": "(marker )*",
    "transition": "(filter-video )?(filter-audio )?",
}
"""In which order Apple's DTD of version 1.10 lets the elements stand that are used; others are empty."""

_TIMES = {"offset", "start", "duration"}
ATTRIBUTES: dict[str, tuple[set[str], set[str]]] = {
    "fcpxml": ({"version"}, set()),
    "format": ({"id"}, {"frameDuration", "width", "height"}),
    "effect": ({"id", "uid"}, {"name"}),
    "asset": (
        {"id"},
        {"name", "start", "duration", "hasVideo", "hasAudio", "format", "videoSources", "audioSources"},
    ),
    "media-rep": ({"src"}, {"kind"}),
    "event": (set(), {"name"}),
    "project": (set(), {"name"}),
    "sequence": ({"format"}, {"duration", "tcStart", "tcFormat", "audioLayout", "audioRate"}),
    "asset-clip": ({"ref"}, {"name", "tcFormat", "srcEnable", *_TIMES}),
    "gap": ({"duration"}, {"name", *_TIMES}),
    "transition": ({"duration"}, {"name", "offset"}),
    "filter-video": ({"ref"}, {"name"}),
    "filter-audio": ({"ref"}, {"name"}),
    "conform-rate": (set(), {"scaleEnabled", "srcFrameRate"}),
    "adjust-conform": (set(), {"type"}),
    "adjust-volume": (set(), {"amount"}),
    "marker": ({"start", "value"}, {"duration", "note"}),
}
"""What it requires of each, and what else it allows that is used."""


def test_fcpxml_is_as_its_dtd_wants_it(shots: list[ResolvedShot]) -> None:
    """Elements in their order, attributes that are known, and no reference into the void."""
    line = line_of(
        shots,
        without="c",
        fps="25",
        fit="cover",
        slate="card",
        titles={"start": "<Film> & ]]>", "end": "Fin"},
        transitions={"default": "dissolve", "d": {"type": "fade"}, "e": {"type": "wipe"}},
        sound={"a": {"gain_db": -6}, "b": {"mute": True}},
    )
    text = fcpxml_text(line, media_of(line, silent="f"))
    assert text.startswith(
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n<fcpxml version="1.10">'
    )
    root, _ = in_fcpxml(text, line.form.rate)
    for element in root.iter():
        children = "".join(f"{child.tag} " for child in element)
        assert re.fullmatch(CONTENT.get(element.tag, ""), children), (element.tag, children)
        required, allowed = ATTRIBUTES.get(element.tag, (set(), set()))
        assert required <= set(element.attrib) <= required | allowed, (element.tag, element.attrib)
    known = {element.get("id"): element.tag for element in root.iter() if element.get("id")}
    points_to = {"asset-clip": "asset", "filter-video": "effect", "filter-audio": "effect"}
    assert all(known[element.get("ref")] == points_to[element.tag] for element in root.iterfind(".//*[@ref]"))
    assert all(known[element.get("format")] == "format" for element in root.iterfind(".//*[@format]"))
    assert len(known) == len(list(root.iterfind(".//*[@id]")))


def test_fcpxml_says_what_the_cut_list_says(cut: Timeline) -> None:
    """The spine without its transitions tiles the sequence; they lie over the cuts."""
    root, shown = in_fcpxml(fcpxml_text(cut, media_of(cut)), Rate(24))
    assert shown == [
        Shown("a", 0, 48, 12),
        Shown("b", 36, 96, 0, "Cross Dissolve", 12),
        Shown("c", 125, 48, 0, "Wipe", 7),
    ]
    sequence = root.find(".//sequence")
    assert sequence is not None
    assert frames_in(sequence.get("duration", ""), Rate(24)) == 173
    files = [element.get("src") for element in root.iter("media-rep")]
    assert files == [f"file:///film/build/clips/{shot}.mp4" for shot in "abc"]


def test_prompts_come_back_from_fcpxml(shots: list[ResolvedShot]) -> None:
    """Quotes, brackets, line ends and other scripts, as notes of markers at the first frame shown."""
    line = line_of(shots, cut={"a": {"in": "1"}})
    root, _ = in_fcpxml(fcpxml_text(line, media_of(line)), Rate(24))
    markers = [element.attrib for element in root.iter("marker")]
    prompts = [span.entry.shot.request.prompt for span in line.shots if span.entry]
    assert [marker["note"] for marker in markers] == [printable(prompt) for prompt in prompts]
    assert [marker["value"] for marker in markers] == list("abcdef")
    assert [marker["start"] for marker in markers] == ["1s", *["0s"] * 5]


def test_final_cut_is_told_of_sound_and_of_other_rates(shots: list[ResolvedShot]) -> None:
    """Gain, mute, no sound; 24 frames a second stay that in a reel of 25, and `cover` fills the frame."""
    line = line_of(shots[:3], fps="25", fit="cover", sound={"a": {"gain_db": "-6.5"}, "b": {"mute": True}})
    root, _ = in_fcpxml(fcpxml_text(line, media_of(line, silent="c")), Rate(25))
    a, b, c = root.iter("asset-clip")
    assert [(one.tag, one.attrib) for one in a][:3] == [
        ("conform-rate", {"scaleEnabled": "0", "srcFrameRate": "24"}),
        ("adjust-conform", {"type": "fill"}),
        ("adjust-volume", {"amount": "-6.5dB"}),
    ]
    assert [one.get("srcEnable") for one in (a, b, c)] == [None, "video", None]
    assert [one.get("hasAudio") for one in root.iter("asset")] == ["1", "1", None]
