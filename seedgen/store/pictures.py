"""Pictures by key: small pictures that took decoding to make, kept until nobody wants them any more."""

from __future__ import annotations

import contextlib
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


class PictureStore:
    """Files `<folder>/<key>.<kind>`. They can always be made again, so nothing here waits for a disk."""

    def __init__(self, folder: Path, kind: str = "webp") -> None:
        self._folder, self._kind = folder, kind

    def find(self, key: str) -> bytes | None:
        """A picture that was kept; None when it is not there."""
        try:
            return self._place(key).read_bytes() or None
        except OSError:
            return None

    def has(self, key: str) -> bool:
        """Whether a picture is kept."""
        return self._place(key).is_file()

    def keep(self, key: str, picture: bytes) -> None:
        """Keep a picture; a disk that is full keeps none."""
        place = self._place(key)
        draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                draft.write_bytes(picture)
                draft.replace(place)
            finally:
                draft.unlink(missing_ok=True)

    def keep_only(self, keys: Collection[str]) -> None:
        """Remove every other picture."""
        wanted = {self._place(key).name for key in keys}
        for file in self._folder.glob("*.*"):
            if file.name not in wanted:
                with contextlib.suppress(OSError):
                    file.unlink()

    def _place(self, key: str) -> Path:
        return self._folder / f"{key}.{self._kind}"
