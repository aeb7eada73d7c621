"""Laws of exports: for whatever reel, what editors read is what the timeline says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.reel.exports.edl import edl_text
from seedgen.reel.exports.fcpxml import fcpxml_text
from seedgen.reel.exports.otio import otio_text
from seedgen.timing import Rate, timecode
from tests.reel.exported import (
    EDIT,
    expected,
    frame,
    in_fcpxml,
    in_otio,
    line_of,
    media_of,
)

if TYPE_CHECKING:
    from seedgen.planning.resolved import ResolvedShot


NAMES = {"dissolve": "Cross Dissolve", "fade": "Fade To Color", "wipe": "Wipe", "": ""}
"""What FCPXML calls our transitions."""

RATES = ["24", "25", "30", "60", "24000/1001", "30000/1001"]


@st.composite
def reels(draw: st.DrawFn) -> dict[str, Any]:
    """A reel of six shots of 20 to 40 frames, with transitions that fit, and cards or none."""
    kinds = st.sampled_from(["cut", "dissolve", "fade", "wipe"])
    into = {
        shot: {"type": draw(kinds), "frames": draw(st.integers(1, 10)), "direction": draw(_DIRECTIONS)}
        for shot in "bcdef"
    }
    windows = {shot: (draw(st.integers(0, 20)), draw(st.integers(20, 40))) for shot in "abcdef"}
    return {
        "fps": draw(st.sampled_from(RATES)),
        "cut": {shot: {"in": f"{start}f", "out": f"{start + n}f"} for shot, (start, n) in windows.items()},
        "transitions": into,
        "slate": draw(st.sampled_from(["none", "card"])),
        "titles": draw(st.sampled_from([{}, {"start": "First & <foremost>", "end": "Last"}])),
        "placeholder": draw(st.sampled_from(["animatic", "slate"])),
    }


_DIRECTIONS = st.sampled_from(["left", "right", "up", "down"])
LAW = settings(max_examples=40, deadline=None, derandomize=True)


@LAW
@given(reel=reels(), without=st.sampled_from(["", "a", "c", "f"]))
def test_every_export_says_what_every_timeline_says(
    reel: dict[str, Any], without: str, shots: list[ResolvedShot]
) -> None:
    """Order, record and source in points, lengths and transitions, from OTIO and from FCPXML."""
    line = line_of(shots, without=without, **reel)
    media = media_of(line)
    wanted = expected(line)
    assert in_otio(otio_text(line, media, None))[1] == wanted
    spine = in_fcpxml(fcpxml_text(line, media), line.form.rate)[1]
    assert spine == [replace(shown, transition=NAMES[shown.transition]) for shown in wanted]


@LAW
@given(reel=reels(), without=st.sampled_from(["", "a", "c", "f"]))
def test_record_times_tile_the_reel(reel: dict[str, Any], without: str, shots: list[ResolvedShot]) -> None:
    """Every event of an EDL begins where the one before it ends, and shows as much as it records."""
    line = line_of(shots, without=without, **reel)
    text = edl_text(line, media_of(line))
    assert all(EDIT.fullmatch(row) for row in text.splitlines() if row[:1].isdigit())
    at, number = 0, 0
    for event, _, kind, overlap, *times in EDIT.findall(text):
        source_in, source_out, record_in, record_out = (_frame(time, line.form.rate) for time in times)
        assert record_in == at
        assert source_out - source_in == record_out - record_in
        assert kind == "C" or record_out - record_in >= int(overlap)
        at = record_out
        assert int(event) in {number, number + 1}
        number = int(event)
    assert at == line.frames
    read: Any = otio.adapters.read_from_string(text, "cmx_3600", rate=float(line.form.rate.fraction))
    assert frame(read.duration()) == line.frames


@LAW
@given(text=st.text(min_size=1))
def test_no_words_break_a_format(text: str, shots: list[ResolvedShot]) -> None:
    """A title of any characters leaves XML and JSON readable, and an EDL its lines."""
    line = line_of(shots[:1], titles={"start": {"title": f"x{text}", "lines": [text, text]}})
    media = media_of(line)
    assert [shown.at for shown in in_fcpxml(fcpxml_text(line, media), line.form.rate)[1]] == [0, 48]
    assert [shown.at for shown in in_otio(otio_text(line, media, None))[1]] == [0, 48]
    assert len(edl_text(line, media).splitlines()) == 8


def _frame(time: str, rate: Rate) -> int:
    hours, minutes, seconds, frames = map(int, time.split(":"))
    found = ((hours * 60 + minutes) * 60 + seconds) * round(rate.fraction) + frames
    assert timecode(found, rate) == time
    return found
