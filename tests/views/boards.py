"""Storyboards: values for a page, and the page of a real film with everything that it stands beside."""

from __future__ import annotations

import asyncio
import io
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from PIL import Image

from seedgen.app.kept import Settings
from seedgen.app.posters import Posters
from seedgen.app.storyboard import PAGE, poster_folder, write_storyboard
from seedgen.app.workspace import Workspace
from seedgen.views.storyboard import Attached, Attempt, Board, Panel, Showing, Shown, State, Words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from seedgen.planning.lock import Lock, Take
    from seedgen.planning.resolved import ResolvedShot


def webp(colour: str = "teal") -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (16, 9), colour).save(out, format="WEBP")
    return out.getvalue()


def board(text: str = "x") -> Board:
    """One shot with two takes and a reference, stale, and a reel; `text` stands wherever a project or a lock
    can say anything at all."""
    door = Attached(set_name=text, kind="image", token=text, file=text, picture="thumb")
    panel = Panel(
        shot="s1",
        state=State.STALE,
        shown=Shown.CLIP,
        provider=text,
        model=text,
        seconds=Fraction(5),
        cost=text,
        prompt=(Words(text), Words(text, 0)),
        why=text,
        tags=(text, f"scene:{text}"),
        take=2,
        takes=2,
        clip="clips/s1.mp4",
        poster="poster",
        attempts=(
            Attempt(1, text, Fraction(5), "takes/s1/1.mp4", "other"),
            Attempt(2, text, Fraction(5), "takes/s1/2.mp4", "poster"),
        ),
        references=(door,),
        parameters=((text, text),),
    )
    reel = Showing(text, Fraction(5), "main.mp4")
    return Board(text, text, text, Decimal("0.72"), 0, (panel,), estimated=True, reels=(reel,))


PICTURES = {"poster": webp(), "other": webp("olive"), "thumb": webp("red")}
"""The pictures that `board` names."""


class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))


def outline(page: str) -> list[tuple[str, tuple[str, ...]]]:
    """Every element of a page with the names of its attributes."""
    parser = _Outline()
    parser.feed(page)
    return parser.found


@contextmanager
def opened(root: Path, profile: str | None = None) -> Iterator[Workspace]:
    """A project, opened as a command does it."""
    workspace = Workspace(Settings(root, profile=profile))
    try:
        yield workspace
    finally:
        workspace.close()


def _clips(shot: ResolvedShot, lock: Lock, pick: Take | None) -> Iterator[tuple[str, Take]]:
    """The clips of a shot by where they stand in `build/`."""
    if pick is not None:
        yield f"clips/{shot.id}.mp4", pick
        takes = lock.shots[shot.id].takes
        yield from ((f"takes/{shot.id}/{take.take}.mp4", take) for take in takes if len(takes) > 1)


def write_page(root: Path, stand_ins: dict[str, Path] | None = None) -> tuple[Path, bool]:
    """Write a film's page as an assembly does, clips first: where it is, and whether it was made anew."""

    def stand_in(shot: ResolvedShot) -> Path | None:
        return (stand_ins or {}).get(shot.id)

    with opened(root) as workspace:
        lock = workspace.lock_file.read()
        picked = workspace.picked(lock)
        for shot in workspace.resolved:
            for name, take in _clips(shot, lock, picked(shot)):
                workspace.outputs.place(name, workspace.objects.path(take.clip), take.digest)
        posters = Posters(poster_folder(workspace) / "clips", workspace.cache / "objects")
        writing = write_storyboard(workspace, lock, picked, posters, stand_in, making=workspace.reels)
        changed = asyncio.run(writing)
        workspace.outputs.save()
        return workspace.build / PAGE, changed
