"""Contact sheets as files: as many pages as the shots take, and none drawn twice."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from seedgen.ports import events
from seedgen.reel.contact_sheet import PAGE_SHOTS, draw_contact_sheet, sheet_names
from seedgen.store.objects import ObjectStore
from seedgen.store.outputs import Outputs
from tests.planning.projects import opened, take_of

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.planning.lock import Take
    from seedgen.planning.resolved import ResolvedShot
    from seedgen.ports.sheets import Sheet

FIRST = "contact-sheet.png"
SECOND = "contact-sheet-2.png"
COUNT = PAGE_SHOTS + 3


class FakeDrawer:
    """Writes a page's words instead of a picture, and remembers what it drew."""

    def __init__(self) -> None:
        self.drawn: list[str] = []
        self.sheets: dict[str, Sheet] = {}

    def draw(self, sheet: Sheet, out: Path) -> None:
        """Note the page and write a file."""
        self.drawn.append(out.name)
        self.sheets[out.name] = sheet
        out.write_text(sheet.detail)


class Wall:
    """A project of shots and the sheet that hangs on the wall, drawn again whenever it is asked for."""

    def __init__(self, root: Path, count: int) -> None:
        shots = "".join(f"  - {{id: s{n}, prompt: Picture {n}.}}\n" for n in range(1, count + 1))
        self.shots: list[ResolvedShot] = opened(root / "film", f"shots:\n{shots}").shots
        self.takes: dict[str, Take] = {}
        self.drawer = FakeDrawer()
        self.heard: list[events.Event] = []
        self._objects = ObjectStore(root / "cache")
        self._outputs = Outputs(root / "build", root / "outputs.json")

    def make(self, name: str) -> None:
        """Give a shot a clip."""
        (shot,) = (shot for shot in self.shots if shot.id == name)
        take = take_of(shot)
        with self._objects.scratch() as folder:
            (folder / "clip").write_bytes(f"clip of {take.fingerprint}".encode())
            assert self._objects.adopt(folder / "clip") == take.digest
        self.takes[name] = take

    def draw(self, version: str = "") -> list[str]:
        """Draw the sheet; which pages were drawn anew."""
        self.drawer.drawn.clear()
        asyncio.run(
            draw_contact_sheet(
                "film",
                self.shots,
                lambda shot: self.takes.get(shot.id),
                self._objects,
                self._outputs,
                self.drawer,
                FIRST,
                self.heard.append,
                version,
            )
        )
        return list(self.drawer.drawn)


@pytest.fixture
def wall(tmp_path: Path) -> Wall:
    """Three shots more than go on a page; the last has a clip."""
    wall = Wall(tmp_path, COUNT)
    wall.make(f"s{COUNT}")
    return wall


@pytest.mark.parametrize(
    ("shots", "pages"), [(0, 1), (1, 1), (PAGE_SHOTS, 1), (PAGE_SHOTS + 1, 2), (500, -(-500 // PAGE_SHOTS))]
)
def test_there_are_as_many_pages_as_the_shots_take(shots: int, pages: int) -> None:
    """At least one; the first keeps its name, the others are numbered."""
    names = sheet_names(FIRST, shots)
    assert names == [FIRST, *(f"contact-sheet-{n}.png" for n in range(2, pages + 1))]


def test_every_shot_is_on_a_page_in_order(wall: Wall) -> None:
    """The first page is full, the second goes on where it ends, and says so."""
    assert wall.draw("lock 12 · a1b2c3d") == [FIRST, SECOND]
    first, second = (wall.drawer.sheets[name] for name in (FIRST, SECOND))
    assert [entry.title for entry in [*first.entries, *second.entries]] == [
        f"s{n}" for n in range(1, COUNT + 1)
    ]
    assert len(first.entries) == first.places == second.places == PAGE_SHOTS
    missing = COUNT - 1
    assert (
        first.detail == f"{COUNT} shots · 4.0 s · {missing} without a clip · lock 12 · a1b2c3d · page 1 of 2"
    )
    assert second.detail == f"shots {PAGE_SHOTS + 1} to {COUNT} · page 2 of 2"


def test_a_short_sheet_is_one_page_without_a_number(tmp_path: Path) -> None:
    """Its grid is chosen for the shots there are; the heading says the version where there is one."""
    wall = Wall(tmp_path, 2)
    assert wall.draw("lock 3") == [FIRST]
    assert wall.drawer.sheets[FIRST].places == 0
    assert wall.drawer.sheets[FIRST].detail == "2 shots · 0.0 s · 2 without a clip · lock 3"


def test_nothing_changed_draws_nothing(wall: Wall) -> None:
    """The second time the pages stand there already, and the event says so."""
    wall.draw("lock 1")
    assert wall.draw("lock 1") == []
    assert [event.changed for event in wall.heard if isinstance(event, events.SheetDrawn)] == [True, False]


def test_a_new_version_draws_only_the_page_that_says_it(wall: Wall) -> None:
    """Version and totals stand on the first page alone."""
    wall.draw("lock 1")
    assert wall.draw("lock 2") == [FIRST]


def test_a_changed_shot_leaves_the_other_pages(tmp_path: Path) -> None:
    """A clip for a shot of page 3 draws that page, and the first, as the totals stand there; not page 2."""
    wall = Wall(tmp_path, 2 * PAGE_SHOTS + 1)
    wall.draw()
    wall.make(f"s{2 * PAGE_SHOTS + 1}")
    assert wall.draw() == [FIRST, "contact-sheet-3.png"]


def test_a_page_that_was_lost_is_drawn_again(wall: Wall, tmp_path: Path) -> None:
    """Only that one."""
    wall.draw()
    (tmp_path / "build" / SECOND).unlink()
    assert wall.draw() == [SECOND]


def test_a_shot_without_a_clip_is_marked(wall: Wall) -> None:
    """It has no picture, a mark, and words that say so; one with a clip has its take and length."""
    wall.draw()
    bare, ready = wall.drawer.sheets[FIRST].entries[0], wall.drawer.sheets[SECOND].entries[-1]
    assert (bare.clip, bare.mark) == (None, "no clip")
    assert bare.detail.startswith("no clip yet · ")
    assert (ready.mark, ready.detail) == ("", "take 1 · 4.0 s")
    assert ready.clip is not None
