"""Exports for editors: OTIO, EDL and FCPXML say what the timeline says, whoever reads them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.errors import UsageError
from seedgen.reel.exports.edl import edl_text, reel_names
from seedgen.reel.exports.fcpxml import fcpxml_text
from seedgen.reel.exports.otio import otio_text
from seedgen.reel.exports.words import one_line, printable
from tests.reel.exported import (
    CLIPS,
    EDIT,
    HOSTILE,
    Shown,
    expected,
    frame,
    in_otio,
    line_of,
    media_of,
)

if TYPE_CHECKING:
    from seedgen.planning.resolved import ResolvedShot
    from seedgen.reel.timeline import Timeline


def of_otio(line: Timeline, folder: Path | None = CLIPS.parent, **media: Any) -> str:
    """The OTIO of a timeline whose clips are all there."""
    return otio_text(line, media_of(line, **media), folder)


def test_otio_says_what_the_cut_list_says(cut: Timeline) -> None:
    """Read by the library: 48 + 96 + 48 frames less the two transitions, each half before its cut."""
    read, shown = in_otio(of_otio(cut))
    assert shown == [
        Shown("a", 0, 48, 12),
        Shown("b", 36, 96, 0, "dissolve", 12),
        Shown("c", 125, 48, 0, "wipe", 7),
    ]
    (track,) = read.video_tracks()
    assert [(frame(clip.source_range.start_time), frame(clip.duration())) for clip in track.find_clips()] == [
        (12, 42),
        (6, 86),
        (3, 45),
    ]
    assert frame(track.duration()) == cut.frames == 173
    assert [clip.media_reference.target_url for clip in track.find_clips()] == [
        f"clips/{shot}.mp4" for shot in "abc"
    ]


def test_otio_keeps_what_a_clip_came_from(cut: Timeline) -> None:
    """Shot, take, fingerprint, digest and job stand in the metadata, the prompt in a marker's comment."""
    read, _ = in_otio(of_otio(cut))
    (first, *_) = read.video_tracks()[0].find_clips()
    entry = cut.shots[0].entry
    assert entry is not None
    assert entry.take is not None
    assert dict(first.metadata["seedgen"]) == {
        "shot": "a",
        "take": 1,
        "fingerprint": entry.shot.fingerprint,
        "digest": entry.take.digest,
        "job_id": "job-a-1",
        "provider": "local",
        "model": entry.take.model,
    }
    (marker,) = first.markers
    assert (marker.name, marker.comment, frame(marker.marked_range.start_time)) == ("a", HOSTILE[0], 12)


def test_a_transition_that_otio_has_no_name_for_says_what_it_is(shots: list[ResolvedShot]) -> None:
    """A dissolve is the standard's; a fade names its colour, a wipe where it moves to."""
    line = line_of(
        shots[:4],
        transitions={
            "b": "dissolve",
            "c": {"type": "fade", "color": "#ffeedd"},
            "d": {"type": "wipe", "direction": "up"},
        },
    )
    read, _ = in_otio(of_otio(line))
    found = [child for child in read.video_tracks()[0] if isinstance(child, otio.schema.Transition)]
    assert [(one.transition_type, dict(one.metadata["seedgen"])) for one in found] == [
        ("SMPTE_Dissolve", {"type": "dissolve"}),
        ("Custom_Transition", {"type": "fade", "color": "#ffeedd"}),
        ("Custom_Transition", {"type": "wipe", "direction": "up"}),
    ]


def test_sound_stands_under_its_picture(shots: list[ResolvedShot]) -> None:
    """b has no sound and c is muted: gaps as long as they; sound crosses wherever there is some."""
    line = line_of(shots[:4], transitions="dissolve", sound={"a": {"gain_db": "-3.5"}, "c": {"mute": True}})
    read, _ = in_otio(of_otio(line, silent="b"))
    (picture,), (sound,) = read.video_tracks(), read.audio_tracks()
    assert [type(child).__name__ for child in sound] == [
        "Clip",
        "Transition",
        "Gap",
        "Gap",
        "Transition",
        "Clip",
    ]
    items = [child for child in sound if not isinstance(child, otio.schema.Transition)]
    assert [item.range_in_parent() for item in items] == [
        item.range_in_parent() for item in picture if not isinstance(item, otio.schema.Transition)
    ]
    assert [clip.metadata["seedgen"]["gain_db"] for clip in sound.find_clips()] == ["-3.5", "0"]


def test_a_shot_without_a_clip_is_a_gap_that_says_so(shots: list[ResolvedShot]) -> None:
    """Five seconds of nothing, a red marker, and the prompt of what will be there; so with cards."""
    line = line_of(shots[:2], without="b", slate="card", titles={"start": "Film"})
    read, shown = in_otio(of_otio(line))
    gaps = [child for child in read.video_tracks()[0] if isinstance(child, otio.schema.Gap)]
    assert [gap.name for gap in gaps] == ["Film", "slate a", "slate b", "b"]
    assert shown == expected(line)
    (marker,) = gaps[-1].markers
    assert (marker.name, marker.color, marker.comment) == ("b: no clip yet", "RED", printable(HOSTILE[1]))
    assert [gap.markers[0].color for gap in gaps[:-1]] == ["GREEN"] * 3


def test_a_stand_in_is_no_file_for_an_editor(shots: list[ResolvedShot]) -> None:
    """Whatever stands in, no export names a file of it."""
    line = line_of(shots[:2], without="b")
    texts = [of_otio(line), edl_text(line, media_of(line)), fcpxml_text(line, media_of(line))]
    assert all("a.mp4" in text and "b.mp4" not in text for text in texts)
    assert "* COMMENT: b HAS NO CLIP YET" in texts[1]


FOLDERS = [
    (CLIPS.parent, "clips/a.mp4"),
    (Path("/film"), "build/clips/a.mp4"),
    (Path("/else where/50%"), "../../film/build/clips/a.mp4"),
    (None, "/film/build/clips/a.mp4"),
]


@pytest.mark.parametrize(("folder", "url"), FOLDERS)
def test_otio_names_files_from_where_it_stands(folder: Path | None, url: str, cut: Timeline) -> None:
    """Relative to its folder, so that both can move together; absolute when it goes to stdout."""
    read, _ = in_otio(of_otio(cut, folder))
    assert next(iter(read.find_clips())).media_reference.target_url == url


def test_what_would_end_a_path_is_escaped(cut: Timeline) -> None:
    """The library's own way back from a reference finds the file."""
    odd = {shot: replace(media, path=Path(f"/50% #1?/{shot} é.mp4")) for shot, media in media_of(cut).items()}
    read, _ = in_otio(otio_text(cut, odd, None))
    url = next(iter(read.find_clips())).media_reference.target_url
    assert otio.url_utils.filepath_from_url(url) == "/50% #1?/a é.mp4"


def test_an_edl_is_what_cmx_3600_is(cut: Timeline) -> None:
    """Event by event: where a transition begins, what it comes from, how long it is, what follows."""
    assert [row for row in edl_text(cut, media_of(cut)).splitlines() if not row.startswith("* LOC")] == [
        "TITLE: main",
        "FCM: NON-DROP FRAME",
        "",
        "001  A        V     C        00:00:00:12 00:00:02:00 00:00:00:00 00:00:01:12",
        "* FROM CLIP NAME: a.mp4",
        "002  A        V     C        00:00:02:00 00:00:02:00 00:00:01:12 00:00:01:12",
        "002  B        V     D    012 00:00:00:00 00:00:03:17 00:00:01:12 00:00:05:05",
        "* FROM CLIP NAME: a.mp4",
        "* TO CLIP NAME: b.mp4",
        "003  B        V     C        00:00:03:17 00:00:03:17 00:00:05:05 00:00:05:05",
        "003  C        V     W001 007 00:00:00:00 00:00:02:00 00:00:05:05 00:00:07:05",
        "* FROM CLIP NAME: b.mp4",
        "* TO CLIP NAME: c.mp4",
        "* COMMENT: WIPE, ITS EDGE MOVES LEFT",
    ]


def test_an_edl_is_read_by_the_librarys_adapter(cut: Timeline) -> None:
    """Names, in points, lengths and transitions come back; a marker carries the prompt on one line."""
    read: Any = otio.adapters.read_from_string(edl_text(cut, media_of(cut)), "cmx_3600", rate=24)
    (track,) = read.tracks
    a, dissolve, b, wipe, c = track
    assert [clip.name for clip in (a, b, c)] == ["a.mp4", "b.mp4", "c.mp4"]
    assert [(frame(c.source_range.start_time), frame(c.duration())) for c in (a, b, c)] == [
        (12, 36),
        (0, 89),
        (0, 48),
    ]
    assert [(one.transition_type, frame(one.out_offset)) for one in (dissolve, wipe)] == [
        ("SMPTE_Dissolve", 12),
        ("SMPTE_Wipe", 7),
    ]
    assert b.markers[0].name == one_line(f"b {HOSTILE[1]}")


def test_non_drop_timecode_at_29_97(shots: list[ResolvedShot]) -> None:
    """Four seconds are 120 frames; timecode counts 30 to a second and drops none, and so it is read."""
    line = line_of(shots, fps="29.97")
    text = edl_text(line, media_of(line))
    assert "FCM: NON-DROP FRAME" in text
    assert ";" not in re.sub(r"\* .*", "", text)
    read: Any = otio.adapters.read_from_string(text, "cmx_3600", rate=30000 / 1001)
    assert frame(read.duration()) == line.frames == 720


def test_a_shot_that_is_all_transition_is_the_beginning_of_the_next_event(shots: list[ResolvedShot]) -> None:
    """CMX 3600 has no events without frames: what fades out from its first frame is only come from."""
    line = line_of(shots[:2], cut={"a": {"in": "5f", "out": "17f"}}, transitions={"b": {"type": "dissolve"}})
    edits = EDIT.findall(edl_text(line, media_of(line)))
    assert [(edit[0], edit[1], edit[2], edit[4]) for edit in edits] == [
        ("001", "A", "C", "00:00:00:05"),
        ("001", "B", "D", "00:00:00:00"),
    ]


def test_reel_names_are_short_and_never_the_same(shots: list[ResolvedShot]) -> None:
    """Eight capitals and digits; `BL` would be black, so that a shot called so gets another."""
    ids = ["scene-01-shot-010", "scene-01-shot-020", "Scene_01.shot", "bl", "ax", "7", "BLACK"]
    assert list(reel_names(ids).values()) == ["SCENE01S", "SCENE012", "SCENE013", "BL2", "AX2", "7", "BLACK2"]


@settings(max_examples=50, deadline=None, derandomize=True)
@given(ids=st.lists(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True), unique_by=str.lower))
def test_any_ids_get_reel_names(ids: list[str]) -> None:
    """One name each, whatever they have in common."""
    names = reel_names(ids)
    assert len(set(names.values())) == len(ids)
    assert all(re.fullmatch("[A-Z0-9]{1,8}", name) for name in names.values())


def test_timecode_cannot_count_120_frames(shots: list[ResolvedShot]) -> None:
    """Two digits are all it has; the message names formats that can."""
    line = line_of(shots[:1], fps="120")
    with pytest.raises(UsageError, match="at most 99") as refused:
        edl_text(line, media_of(line))
    assert "fcpxml" in refused.value.remedy


def test_an_edl_keeps_its_lines_whatever_prompts_say(shots: list[ResolvedShot]) -> None:
    """Every line is a header, an edit or a remark of ours, and no prompt adds one."""
    line = line_of(shots)
    rows = edl_text(line, media_of(line)).splitlines()
    assert rows[:3] == ["TITLE: main", "FCM: NON-DROP FRAME", ""]
    kinds = ["edit" if EDIT.fullmatch(row) else " ".join(row.split()[:2]) for row in rows[3:]]
    assert kinds == ["edit", "* FROM", "* LOC:"] * 6
    assert max(map(len, rows)) <= 150
