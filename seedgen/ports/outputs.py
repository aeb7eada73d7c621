"""Port to what stands in `build/` and to the segments it is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from seedgen.ports.provider import Submission
    from seedgen.ports.segments import SegmentFiles


class Outputs(Protocol):
    """The files of `build/`, each remembered with the key of what it was made from."""

    def is_current(self, name: str, key: str) -> bool:
        """Whether an output is there, untouched since it was made, and made from this key."""

    def made(self, name: str, key: str) -> None:
        """Note that an output was just made from a key."""

    def path(self, name: str) -> Path:
        """Where an output goes; its folder is made."""

    def place(self, name: str, source: Path, key: str) -> bool:
        """Put a copy of an object into `build/`; False when it is there already."""


class Segments(Protocol):
    """Encoded segments by key."""

    def find(self, key: str, frames: int) -> SegmentFiles | None:
        """A segment that has been encoded before."""

    def files(self, key: str, frames: int) -> SegmentFiles:
        """Where a segment is kept, there or not."""

    def making(self, key: str, frames: int) -> AbstractContextManager[SegmentFiles]:
        """Files to encode into; kept when the block ends well."""

    def discard(self, key: str) -> None:
        """Forget a segment that is damaged."""

    def scratch(self) -> AbstractContextManager[Path]:
        """A folder for files on their way."""

    def stand_in(self, key: str) -> Path:
        """Where a stand-in clip is kept."""


class StandIns(Protocol):
    """Renders a shot without a clip as its animatic."""

    async def stand_in(self, submission: Submission, out: Path, mark: str, caption: str) -> None:
        """Write the animatic to `out`, marked in a corner, with this caption. Raises MediaError."""
