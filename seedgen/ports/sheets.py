"""Port to the drawer of contact sheets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from seedgen.geometry import Size


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One cell of a contact sheet. `clip` is None when there is no picture to show."""

    clip: Path | None
    title: str
    detail: str
    prompt: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a contact sheet: a heading and its cells in order. `shape` is that of the pictures.

    `places` is how many cells a full page has, so that a last page with few is set like the others;
    0 when there is only one page.
    """

    heading: str
    detail: str
    shape: Size
    entries: Sequence[SheetEntry] = field(default=())
    places: int = 0


class SheetDrawer(Protocol):
    """Draws contact sheets."""

    def draw(self, sheet: Sheet, out: Path) -> None:
        """Write one PNG: a grid of poster frames with labels. Raises UnreadableMedia."""
