"""each::labs' uploads: local references to links, each file once while its link lives."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from seedgen.digest import Digest, digest_file
from seedgen.errors import BadResponse, Rejected
from seedgen.ports.store import Upload
from seedgen.providers.content_types import content_type
from seedgen.providers.uploading import Turns

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from seedgen.planning.request import RequestReference
    from seedgen.ports.store import Uploads
    from seedgen.providers.http import Api

LARGEST_FILE = 100_000_000
"""Bytes (eachlabs.md section 7)."""

_KEEP = timedelta(days=30)
_TO_SPARE = timedelta(hours=1)
"""A link has to live until the model has fetched it, which a queue may put off."""
_UNTOLD = timedelta(days=1)


class References:
    """Where each::labs finds a request's references. What went up is remembered by the bytes' digest."""

    def __init__(self, api: Api, uploads: Uploads) -> None:
        self._api = api
        self._uploads = uploads
        self._service = f"eachlabs {api.host}"
        self._stands: dict[str, bool] = {}
        self._turns: defaultdict[str, Turns] = defaultdict(Turns)

    async def url(self, reference: RequestReference, media: Path | str) -> str:
        """The address of one reference; a file goes up first. Raises ProviderError, OSError."""
        if isinstance(media, str):
            return media
        digest = promised(reference)
        if digest is None:
            digest = await asyncio.to_thread(digest_file, media)
        async with self._turns[digest].next():
            known = self.remembered(digest)
            if known and await self._is_there(known):
                return known
            return await self._upload(reference, media, digest)

    async def _is_there(self, url: str) -> bool:
        """Whether a link that was made before still leads somewhere; asked once."""
        if url not in self._stands:
            self._stands[url] = await self._api.is_there(url)
        return self._stands[url]

    def remembered(self, digest: Digest, *, dead_too: bool = False) -> str | None:
        """The link to bytes that went up before."""
        upload = self._uploads.find(self._service, digest)
        alive = upload is not None and upload.expires_at > datetime.now(UTC) + _TO_SPARE
        return upload.url if upload is not None and (alive or dead_too) else None

    async def _upload(self, reference: RequestReference, file: Path, digest: Digest) -> str:
        kind = await asyncio.to_thread(_acceptable, file)
        wanted = {
            "content_type": kind,
            "file_type": reference.type.value,
            "expires_in_seconds": int(_KEEP.total_seconds()),
        }
        granted = await self._api.ask("POST", "/v1/upload/presign", json=wanted, uploading=True)
        put, public, headers = _granted(granted)
        went_up = await self._api.upload(put, file, {"Content-Type": kind, **headers})
        if went_up != digest:
            raise Rejected(
                f"{file.name} has changed since it was planned: it is not sent under its old name",
                remedy="Plan again.",
            )
        self._uploads.note(self._service, digest, Upload(public, _expiry(granted)))
        self._stands[public] = True
        return public


def _acceptable(file: Path) -> str:
    """A file's content type. Raises Rejected when it is too large, OSError."""
    if file.stat().st_size > LARGEST_FILE:
        raise Rejected(
            f"{file.name} is larger than the {LARGEST_FILE // 1_000_000} MB that each::labs takes",
            remedy="Make it smaller, or give it as a URL.",
        )
    return content_type(file)


def promised(reference: RequestReference) -> Digest | None:
    """The digest of the bytes that a fingerprint names; None where it names how they are derived."""
    for prefix in ("sha256:", "derived:clip:sha256:"):
        if reference.id is not None and reference.id.startswith(prefix):
            return Digest(reference.id.removeprefix(prefix))
    return None


def _granted(answer: Any) -> tuple[str, str, Mapping[str, str]]:
    if isinstance(answer, dict):
        put, public, headers = (answer.get(k) for k in ("presigned_url", "public_url", "required_headers"))
        if isinstance(put, str) and isinstance(public, str) and public.startswith(("https://", "http://")):
            given = headers.items() if isinstance(headers, dict) else ()
            return put, public, {str(name): str(value) for name, value in given}
    raise BadResponse("each::labs did not say where to upload a reference to")


def _expiry(answer: dict[str, Any]) -> datetime:
    try:
        found = datetime.fromisoformat(str(answer.get("expires_at")))
    except ValueError:
        return datetime.now(UTC) + _UNTOLD
    return found if found.tzinfo else found.replace(tzinfo=UTC)
