"""Timelines: where each shot stands once there are transitions, slates and title cards. Pure arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.errors import UsageError
from seedgen.planning.select import Selectable, select
from seedgen.ports.segments import CardSegment, ClipSegment, CrossSegment, Passage
from seedgen.project.reels import Reel, Slate, TransitionType
from seedgen.reel.cut_list import cut_list, reel_format
from seedgen.reel.passages import chapters, subtitles
from seedgen.reel.pieces import Piece, pieces
from seedgen.reel.timeline import Cross, Part, SpanKind, Timeline, timeline
from tests.planning.projects import opened, take_of

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.planning.resolved import ResolvedShot

FILM = """\
shots:
  - {id: a, prompt: One.}
  - {id: b, prompt: Two.}
  - {id: c, prompt: Three.}
"""


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> list[ResolvedShot]:
    """Three shots; `take_of` gives each a clip of 96 frames at 24 a second."""
    return opened(tmp_path_factory.mktemp("film"), FILM).shots


def line_of(shots: list[ResolvedShot], without: str = "", **reel: Any) -> Timeline:
    """The timeline of a reel; the shot `without` has no clip, and its stand-in lasts four seconds."""
    spec = Reel.model_validate(reel)
    form = reel_format(spec, None)
    cuts = cut_list(
        "main", spec, form, shots, lambda shot: None if shot.id == without else take_of(shot), lambda _: 4
    )
    return timeline(cuts, spec)


def stand(line: Timeline) -> list[tuple[str, int, int]]:
    """Each span: whose it is, where it begins, where it ends."""
    return [(span.entry.shot.id if span.entry else span.kind, span.at, span.end) for span in line.spans]


def test_shots_stand_one_behind_the_other(shots: list[ResolvedShot]) -> None:
    """Without transitions a reel is as long as its clips."""
    line = line_of(shots)
    assert stand(line) == [("a", 0, 96), ("b", 96, 192), ("c", 192, 288)]
    assert line.frames == 288


def test_a_transition_makes_a_reel_as_much_shorter_as_it_lasts(shots: list[ResolvedShot]) -> None:
    """Two of twelve frames: 288 - 24."""
    line = line_of(shots, transitions="dissolve")
    assert stand(line) == [("a", 0, 96), ("b", 84, 180), ("c", 168, 264)]
    assert line.frames == 264


def test_a_shot_may_have_a_transition_of_its_own(shots: list[ResolvedShot]) -> None:
    """It leads into that shot; a cut takes no frames, and the first shot has nothing to come from."""
    line = line_of(
        shots, transitions={"default": {"type": "wipe", "frames": 6}, "b": "cut", "c": {"frames": 20}}
    )
    assert stand(line) == [("a", 0, 96), ("b", 96, 192), ("c", 172, 268)]
    assert [span.transition.type for span in line.spans] == [
        TransitionType.CUT,
        TransitionType.CUT,
        TransitionType.DISSOLVE,
    ]


def test_title_cards_frame_a_reel(shots: list[ResolvedShot]) -> None:
    """Two seconds are 48 frames; the default transition leads out of the first and into the last."""
    line = line_of(
        shots, titles={"start": "Film", "end": {"title": "End", "seconds": 1}}, transitions="dissolve"
    )
    assert stand(line) == [
        ("title", 0, 48),
        ("a", 36, 132),
        ("b", 120, 216),
        ("c", 204, 300),
        ("title", 288, 312),
    ]
    assert [span.kind for span in line.spans].count(SpanKind.SHOT) == 3


def test_a_slate_card_comes_between_a_transition_and_its_shot(shots: list[ResolvedShot]) -> None:
    """The shot before dissolves into the slate; from the slate to its own shot it is a cut."""
    line = line_of(shots, slate="card", transitions="dissolve")
    assert [(span.kind, span.at) for span in line.spans][:4] == [
        (SpanKind.SLATE, 0),
        (SpanKind.SHOT, 24),
        (SpanKind.SLATE, 108),
        (SpanKind.SHOT, 132),
    ]


@pytest.mark.parametrize("frames", [49, 96])
def test_a_shot_that_is_too_short_for_its_transitions_is_an_error(
    frames: int, shots: list[ResolvedShot]
) -> None:
    """`b` has 96 frames, and both its transitions lie within it."""
    with pytest.raises(UsageError, match=rf"b is shown for 96 frames.* take {2 * frames}"):
        line_of(shots, transitions={"default": {"frames": frames}})


def test_a_shot_may_be_nothing_but_transitions(shots: list[ResolvedShot]) -> None:
    """48 and 48 of 96: there is no piece of `b` alone."""
    line = line_of(shots, transitions={"default": {"frames": 48}})
    kinds = [type(part).__name__ for part in line.parts()]
    assert kinds == ["Part", "Cross", "Cross", "Part"]


transition = st.fixed_dictionaries(
    {"type": st.sampled_from(["cut", "dissolve", "fade", "wipe"]), "frames": st.integers(1, 40)}
)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(
    own=st.dictionaries(st.sampled_from(["default", "a", "b", "c"]), transition),
    slate=st.sampled_from(list(Slate)),
    title=st.booleans(),
)
def test_the_parts_of_a_timeline_are_all_of_it(
    own: dict[str, Any], slate: Slate, title: bool, shots: list[ResolvedShot]
) -> None:
    """Their frames add up to the reel's, and every span is shown whole, each frame once or in a cross."""
    reel: dict[str, Any] = {"transitions": own, "slate": slate}
    try:
        line = line_of(shots, **reel | ({"titles": {"start": "T"}} if title else {}))
    except UsageError:
        return  # a slate of 24 frames is too short for two transitions
    parts = list(line.parts())
    assert sum(part.frames for part in parts) == line.frames
    shown: dict[int, list[int]] = {id(span): [] for span in line.spans}
    for part in parts:
        for side in (part.before, part.after) if isinstance(part, Cross) else (part,):
            shown[id(side.span)].extend(range(side.start, side.start + side.frames))
    for span in line.spans:
        assert shown[id(span)] == list(range(span.frames))


def test_sound_is_soft_only_where_a_clip_is_cut(shots: list[ResolvedShot]) -> None:
    """Where a clip goes on in a transition its sound must not dip."""
    line = line_of(shots, transitions={"c": "dissolve"})
    shown = [piece.named for piece in pieces(line, Slate.NONE, "encoder")]
    bodies = [one.sound for one in shown if isinstance(one, ClipSegment)]
    assert [(sound.soft_start, sound.soft_end) for sound in bodies] == [
        (True, True),
        (True, False),
        (False, True),
    ]
    (cross,) = [one for one in shown if isinstance(one, CrossSegment)]
    assert isinstance(cross.before, ClipSegment)
    assert not cross.before.sound.soft_start
    assert not cross.before.sound.soft_end


def test_a_cross_shows_the_end_of_one_clip_and_the_start_of_the_next(shots: list[ResolvedShot]) -> None:
    """With in and out points the frames are those of the clips, counted from their own beginning."""
    line = line_of(shots, transitions={"b": "dissolve"}, cut={"a": {"out": "60f"}, "b": {"in": "10f"}})
    (cross,) = [p.named for p in pieces(line, Slate.NONE, "") if isinstance(p.named, CrossSegment)]
    before, after = cross.before, cross.after
    assert isinstance(before, ClipSegment)
    assert isinstance(after, ClipSegment)
    assert (before.start, before.frames, after.start, after.frames) == (48, 12, 10, 12)


@pytest.mark.parametrize(("how", "labelled"), [("dissolve", (False, True)), ("wipe", (True, True))])
def test_in_a_dissolve_the_incoming_shot_alone_has_its_slate(
    how: str, labelled: tuple[bool, bool], shots: list[ResolvedShot]
) -> None:
    """Both pictures are seen at once there, and two labels in one place could not be read."""
    line = line_of(shots, transitions={"b": how})
    (cross,) = [p.named for p in pieces(line, Slate.BURN_IN, "") if isinstance(p.named, CrossSegment)]
    sides = [side for side in (cross.before, cross.after) if isinstance(side, ClipSegment)]
    assert tuple(bool(side.label.lines) for side in sides) == labelled


def keys(line: Timeline, slate: Slate = Slate.NONE) -> list[str]:
    """The keys of everything that is encoded."""
    return [piece.key for piece in pieces(line, slate, "encoder")]


def test_another_clip_redoes_one_body_and_two_crosses(shots: list[ResolvedShot]) -> None:
    """Five pieces with dissolves; without the clip of `b` the two at the ends stay."""
    before, after = (keys(line_of(shots, name, transitions="dissolve")) for name in ("", "b"))
    assert [one == other for one, other in zip(before, after, strict=True)] == [
        True,
        False,
        False,
        False,
        True,
    ]


REDONE = [
    ({"transitions": {"b": {"type": "fade", "frames": 12}}}, {"transitions": {"b": {"frames": 12}}}, 1),
    ({"sound": {"b": {"gain_db": -3}}}, {}, 1),
    ({"sound": {"b": {"mute": True}}}, {}, 1),
    ({"cut": {"c": {"in": "1f"}}}, {}, 1),
    ({"background": "blur"}, {}, 3),
    ({"music": "theme.wav"}, {}, 0),
    ({"loudness": -16}, {}, 0),
    ({"chapters": True, "subtitles": True}, {}, 0),
    ({"titles": {"start": "Film"}}, {}, 1),
]


@pytest.mark.parametrize(("one", "other", "redone"), REDONE)
def test_a_setting_redoes_what_it_changes(
    one: dict[str, Any], other: dict[str, Any], redone: int, shots: list[ResolvedShot]
) -> None:
    """So many pieces of the one are not among those of the other."""
    assert len(set(keys(line_of(shots, **one))) - set(keys(line_of(shots, **other)))) == redone


def test_a_piece_names_its_sources_and_shows_them_where_they_are(
    shots: list[ResolvedShot], tmp_path: Path
) -> None:
    """A cross has two; a card none."""

    def at(piece: Piece) -> set[str]:
        shown = piece.show(lambda source: tmp_path / source.shot.id)
        if isinstance(shown, CardSegment):
            return set()
        sides = (shown.before, shown.after) if isinstance(shown, CrossSegment) else (shown,)
        return {side.clip.name for side in sides if isinstance(side, ClipSegment)}

    line = line_of(shots, titles={"start": "Film"}, transitions={"c": "dissolve"})
    found = pieces(line, Slate.NONE, "encoder")
    assert [at(piece) for piece in found] == [set(), {"a"}, {"b"}, {"b", "c"}, {"c"}]
    assert [len(piece.sources) for piece in found] == [0, 1, 1, 2, 1]


def test_chapters_tile_the_reel(shots: list[ResolvedShot]) -> None:
    """One for each shot, its slate included; the titles belong to the first and the last."""
    line = line_of(shots, slate="card", titles={"start": "Film", "end": "End"})
    assert chapters(line) == (
        Passage(0, 168, "a"),
        Passage(168, 288, "b"),
        Passage(288, line.frames, "c"),
    )


def test_subtitles_are_shown_with_the_pictures_alone(shots: list[ResolvedShot]) -> None:
    """Not over cards; in a transition the next one begins."""
    line = line_of(shots, titles={"end": "End"}, transitions={"b": "dissolve"})
    assert subtitles(line) == (
        Passage(0, 84, "One."),
        Passage(84, 180, "Two."),
        Passage(180, 276, "Three."),
    )
    slated = subtitles(line_of(shots, slate="card"))
    assert [(one.start, one.end) for one in slated] == [(24, 120), (144, 240), (264, 360)]


def test_parts_know_their_span(shots: list[ResolvedShot]) -> None:
    """What an export of a timeline relies on."""
    line = line_of(shots)
    assert [part.span for part in line.parts() if isinstance(part, Part)] == list(line.spans)
    assert line.stand_ins == ()
    assert line_of(shots, "b").stand_ins == ("b",)


def test_a_reel_filters_by_a_variable_of_a_matrix(tmp_path: Path) -> None:
    """`lang=de` takes the shots whose templates see that value; globs count."""
    shots = [
        Selectable("en", frozenset(), {"lang": "en", "n": 1}),
        Selectable("de", frozenset(), {"lang": "de", "n": 2}),
        Selectable("other", frozenset()),
    ]
    assert select(["lang=de"], shots) == {"de"}
    assert select(["lang=*"], shots) == {"en", "de"}
    assert select(["n=1"], shots) == {"en"}
    with pytest.raises(UsageError, match="no shot has 'fr' for 'lang'"):
        select(["lang=fr"], shots)
    with pytest.raises(UsageError, match="no shot has a variable 'lnag'") as caught:
        select(["lnag=de"], shots)
    assert "lang" in caught.value.remedy
