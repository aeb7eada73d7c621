"""The storyboard page: escaped, closed to the network, and the same for the same film."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from seedgen.planning.plan import Action, Change, Reason, ReasonKind
from seedgen.store.pictures import PictureStore
from seedgen.views.storyboard import Panel, Shown, State, clock, scenes, storyboard_page
from seedgen.views.storyboard_words import planned_cost, prompt_words, standing, take_cost, values
from tests.film import Film, new_film
from tests.planning.projects import STUDIO, take_of
from tests.planning.projects import opened as shots_of
from tests.views.boards import PICTURES, board, outline, webp, write_page

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = [
    "</script><script>hit()</script>",
    "</style><img src=x onerror=hit()>",
    "\"><svg onload='hit()'>",
    "' autofocus onfocus=hit() x='",
    "{{ 7 * 7 }}{% raw %}<!--",
    "\u2028\u2029</p></li></ol>&lt;b&gt;",
    "javascript:hit()",
]


# -- what a stranger's text can do ------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_project_becomes_text_of_the_page(text: str) -> None:
    """Whatever a project says, the page has the elements and attributes that it has for a plain word."""
    # A tag with a colon is something to group by: one more choice in a list.
    plain = board("a:b" if ":" in text else "b")
    assert outline(storyboard_page(board(text), PICTURES)) == outline(storyboard_page(plain, PICTURES))


def test_control_characters_are_shown_as_such() -> None:
    """HTML cannot write most of them, and those that turn the direction of text would turn what follows."""
    page = storyboard_page(board("a\x00b\x1bc\u202ed"), PICTURES)
    assert not re.search("[\x00\x1b\u202e]", page)
    assert "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c" in page


def test_nothing_runs_or_loads_but_what_the_page_brings() -> None:
    """The policy names its script and style by digest; all else is pictures within and clips beside it."""
    page = storyboard_page(board(), PICTURES)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy[1].replace("&#39;", "'").split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert rules["media-src"] == "'self' file:"
    for element, rule in (("script", "script-src"), ("style", "style-src")):
        written = page.split(f"<{element}>")[1].split(f"</{element}>")[0]
        digest = base64.b64encode(hashlib.sha256(written.encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"
    assert not re.search(r"https?:|//[a-z]", page.replace("http-equiv", ""))
    assert "style" not in {name for _, names in outline(page) for name in names}


# -- what it shows ------------------------------------------------------------------------------------


def test_the_same_board_gives_the_same_bytes() -> None:
    """Nothing in it knows the time; another picture is another page."""
    page = storyboard_page(board(), PICTURES)
    assert storyboard_page(board(), dict(reversed(PICTURES.items()))) == page
    assert storyboard_page(board(), PICTURES | {"poster": webp("black")}) != page


def test_a_reference_that_many_shots_carry_stands_in_the_page_once() -> None:
    """Five hundred shots with the same shoe would else be five hundred shoes."""
    (shot,) = board().panels
    waiting = replace(shot, shown=Shown.REFERENCE, poster="other", clip=None, attempts=())
    plain = replace(shot, attempts=())
    page = storyboard_page(replace(board(), panels=(plain, plain, waiting, waiting)), PICTURES)
    counts = {name: page.count(base64.b64encode(picture).decode()) for name, picture in PICTURES.items()}
    assert counts == {"poster": 2, "thumb": 1, "other": 1}


def test_without_shots_the_page_says_so() -> None:
    """An empty project has a page too."""
    assert "No shots yet." in storyboard_page(replace(board(), panels=()), {})


def tagged(shot: str, *tags: str) -> Panel:
    """A shot of two and a half seconds with some tags."""
    return replace(board().panels[0], shot=shot, tags=tags, seconds=Fraction(5, 2))


def test_scenes_stand_in_the_order_in_which_they_begin() -> None:
    """A scene that is taken up again stays one; shots without a scene keep together."""
    shots = [
        tagged("a", "scene:quay"),
        tagged("b"),
        tagged("c", "hero", "scene:hill"),
        tagged("d", "scene:quay"),
    ]
    assert [(s.title, [p.shot for p in s.panels]) for s in scenes(shots)] == [
        ("quay", ["a", "d"]),
        ("", ["b"]),
        ("hill", ["c"]),
    ]
    assert scenes(shots)[0].detail == "2 shots · 0:05"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (Fraction(0), "0:00"),
        (Fraction(1, 2), "0:01"),
        (Fraction(5995, 100), "1:00"),
        (Fraction(725), "12:05"),
        (Fraction(3725), "1:02:05"),
    ],
)
def test_running_times_are_rounded_to_seconds(seconds: Fraction, shown: str) -> None:
    """And never say `0:60`."""
    assert clock(seconds) == shown


def change(action: Action, *reasons: Reason, take: int = 1) -> Change:
    """A change to a shot's take."""
    return Change("s1", take, action, "studio", "one", reasons)


PROMPT, DURATION = Reason(ReasonKind.PROMPT), Reason(ReasonKind.PARAMETER, "duration")


@pytest.mark.parametrize(
    ("planned", "state", "why"),
    [
        (change(Action.UNCHANGED), State.READY, ""),
        (change(Action.GENERATE), State.NO_CLIP, ""),
        (
            change(Action.REGENERATE, PROMPT, DURATION),
            State.STALE,
            "Changed: the prompt, the parameter duration.",
        ),
        (change(Action.REGENERATE, Reason(ReasonKind.OBJECT_MISSING)), State.MISSING, ""),
        (change(Action.RESUME), State.IN_FLIGHT, ""),
        (
            change(Action.REUSE, Reason(ReasonKind.SAME_REQUEST, "s0")),
            State.NO_CLIP,
            "Shares the same request as s0.",
        ),
        (
            change(Action.BLOCKED, Reason(ReasonKind.REJECTED)),
            State.BLOCKED,
            "Moderation refused this very request before.",
        ),
    ],
)
def test_a_shot_stands_where_the_plan_says(planned: Change, state: State, why: str) -> None:
    """The page asks the plan, so that both say the same."""
    assert standing([planned], None) == (state, why)


def test_a_blocked_take_shows_whatever_take_is_shown() -> None:
    """It waits for a person, who looks at this page."""
    takes = [change(Action.UNCHANGED), change(Action.BLOCKED, Reason(ReasonKind.UNPRICED), take=2)]
    assert standing(takes, None)[0] is State.BLOCKED


def test_a_prompt_stands_with_its_references_by_name(tmp_path: Path) -> None:
    """Each name is known for the reference that it addresses; what addresses none stays as it is sent."""
    yaml = """\
provider: studio
reference_sets:
  door: {images: [a.png, b.png]}
shots:
  - id: s1
    takes: 2
    references: [door]
    prompt: "{{ ref('door', 2) }} then {{ ref('door', 1) }} & <video 1>."
"""
    (shot,) = shots_of(tmp_path, yaml, {"cards/one.yaml": STUDIO, "a.png": "a", "b.png": "b"}).shots
    assert [(piece.text, piece.names) for piece in prompt_words(shot)] == [
        ("door 2", 1),
        (" then ", None),
        ("door 1", 0),
        (" & ", None),
        ("[Video 1]", None),
        (".", None),
    ]
    # Two takes of four seconds at 0.05 USD a second.
    assert planned_cost(shot) == "$0.40 to make"
    assert values(shot.request.parameters) == (("resolution", "480p"), ("duration", "4"))


def test_a_bill_and_an_estimate_are_told_apart(tmp_path: Path) -> None:
    """And what nobody knows is not zero."""
    (shot,) = shots_of(tmp_path, "shots: [{id: s1, prompt: A door.}]").shots
    take = take_of(shot)
    assert take_cost(take) == "price unknown"
    assert take_cost(take.model_copy(update={"cost_usd": Decimal("0.36")})) == "$0.36"
    guess = {"cost_usd": Decimal("0.36"), "cost_estimated": True}
    assert take_cost(take.model_copy(update=guess)) == "$0.36 estimated"


# -- the page of a film -------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _filmed_once(tmp_path_factory: pytest.TempPathFactory) -> Film:
    film = new_film(tmp_path_factory.mktemp("film"))
    film.apply("--no-reel")
    return film


@pytest.fixture
def filmed(_filmed_once: Film, tmp_path: Path) -> Film:
    """The film with its clips, and no reel yet."""
    shutil.copytree(_filmed_once.root, tmp_path / "filmed")
    return Film(tmp_path / "filmed")


def test_the_page_is_made_once_and_stands_beside_what_it_plays(filmed: Film) -> None:
    """A second assembly leaves it; lost posters and another checkout give the same bytes."""
    page, made = write_page(filmed.root)
    first = page.read_bytes()
    clips = re.findall(r'href="((?:clips|takes)/[^"]+)"', first.decode())
    assert made
    assert clips == ["clips/s1.mp4", "clips/s2.mp4", "clips/s3.mp4"]
    assert all((page.parent / clip).is_file() for clip in clips)
    assert not write_page(filmed.root)[1]
    page.unlink()
    shutil.rmtree(filmed.root / ".seedgen" / "posters")
    assert write_page(filmed.root) == (page, True)
    assert page.read_bytes() == first
    assert str(filmed.root).encode() not in first


def test_a_changed_prompt_makes_the_page_anew(filmed: Film) -> None:
    """The shot is stale, its clip still plays, and the page says what changed."""
    write_page(filmed.root)
    filmed.edit("how: open", "how: shut")
    page, made = write_page(filmed.root)
    text = page.read_text()
    assert made
    assert re.findall(r'data-shot="(\w+)" data-state="(\w+)"', text) == [
        ("s1", "stale"),
        ("s2", "ready"),
        ("s3", "ready"),
    ]
    assert "Changed: the prompt." in text
    assert "stands shut" in text


def test_an_accepted_clip_is_told_from_one_that_was_made_for_its_shot(filmed: Film) -> None:
    """The shot can be filtered for. With the change taken back it is as ready as the others."""
    filmed.edit("how: open", "how: shut")
    filmed.run("accept", "s1")
    text = write_page(filmed.root)[0].read_text()
    assert re.findall(r'data-shot="(\w+)" data-state="(\w+)"', text) == [
        ("s1", "accepted"),
        ("s2", "ready"),
        ("s3", "ready"),
    ]
    assert "Its clip is of an earlier request, and was accepted." in text
    assert re.search(r'<button type="button" data-state="accepted"[^>]*>Accepted <b>1</b>', text)
    filmed.edit("how: shut", "how: open")
    filmed.run("accept", "s1")
    assert 'data-state="accepted"' not in write_page(filmed.root)[0].read_text()


def test_the_page_says_which_lock_it_shows(filmed: Film) -> None:
    """By its serial, with a word on what that is for who does not know; outside of git there is no commit."""
    text = write_page(filmed.root)[0].read_text()
    assert f"<dt>Version</dt><dd>lock serial {filmed.lock().serial}</dd>" in text
    assert re.search(r'<div title="The lock, seedgen.lock, says which clip [^"]+"><dt>Version', text)


def test_the_head_leads_to_each_reel_that_can_be_made(filmed: Film) -> None:
    """By name and with the length that it has or will have: less than all clips, that are told as such. One
    that shows nothing, or lacks a clip that it may not be without, is left out."""
    filmed.edit(
        "  main: {size: 160x90, fps: 24}\n",
        """\
  main: {size: 160x90, shots: [s1, s2, s3]}
  short: {size: 160x90, shots: [s1, s2], transitions: dissolve}
  strict: {shots: [s1, s4], placeholder: error}
  empty: {shots: [none*]}
""",
    )
    filmed.edit("reels:\n", "  - {id: s4, prompt: A cellar.}\nreels:\n")
    page = write_page(filmed.root)[0]
    link = re.compile(r'<a class="reel" href="([^"]+)".*?<b>(.*?)</b> <span>(.*?)</span>')
    main, short = ("main.mp4", "main", "3.0 s"), ("short.mp4", "short", "1.5 s")
    assert link.findall(page.read_text()) == [main, short]
    assert "<dt>All clips</dt><dd>0:04</dd>" in page.read_text()
    filmed.run("reel", "short")
    assert link.findall(page.read_text()) == [short], "the other is neither there nor made now"
    filmed.run("reel", "main")
    assert link.findall(page.read_text()) == [main, short]


def test_before_the_first_apply_frames_show_references_and_stand_ins(film: Film, filmed: Film) -> None:
    """A shot with an animatic plays it; one with a reference shows that; one with neither says so."""
    page, _ = write_page(film.root, {"s3": filmed.object("s3")})
    text = page.read_text()
    assert re.findall(r'class="(reference|stand-in|clip|empty)\b', text) == [
        "reference",
        "reference",
        "stand-in",
    ]
    assert re.findall(r'class="frame" href="([^"]+)"', text) == ["stand-ins/s3.mp4"]
    assert (page.parent / "stand-ins" / "s3.mp4").read_bytes() == filmed.object("s3").read_bytes()
    text = write_page(film.root)[0].read_text()
    assert text.count("No clip yet") == 1


def test_a_reference_without_a_picture_is_named(film: Film) -> None:
    """A damaged one takes no page away: its kind stands where its picture would be."""
    film.rot("refs/door.png")
    text = write_page(film.root)[0].read_text()
    assert re.search(r'<span class="thumb none"[^>]+aria-label="\S+ 1\S?, door.png">image</span>', text)


def test_what_was_spent_is_each_job_once(filmed: Film) -> None:
    """Two shots that share a take paid for it once; a lock with an estimate says so."""
    lock = filmed.lock()
    priced = {"cost_usd": Decimal("0.36"), "cost_estimated": True, "job_id": "j1"}
    shots = {
        shot_id: shot.model_copy(update={"takes": tuple(t.model_copy(update=priced) for t in shot.takes)})
        for shot_id, shot in lock.shots.items()
    }
    filmed.write({"seedgen.lock": lock.model_copy(update={"shots": shots}).to_text()})
    text = write_page(filmed.root)[0].read_text()
    assert "<dt>Spent, partly estimated</dt><dd>$0.36</dd>" in text


# -- pictures that are kept -----------------------------------------------------------------------------


def test_kept_pictures_are_found_until_nobody_wants_them(tmp_path: Path) -> None:
    """An empty file is a picture that never was."""
    kept = PictureStore(tmp_path / "posters")
    assert kept.find("a") is None
    kept.keep("a", b"A")
    kept.keep("b", b"B")
    kept.keep_only(["b", "c"])
    assert (kept.find("a"), kept.find("b")) == (None, b"B")
    (tmp_path / "posters" / "b.webp").write_bytes(b"")
    assert kept.find("b") is None


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    """Pictures can always be made again: no disk full is worth an error."""
    (tmp_path / "posters").write_bytes(b"a file, where the folder would be")
    kept = PictureStore(tmp_path / "posters")
    kept.keep("a", b"A")
    assert kept.find("a") is None
