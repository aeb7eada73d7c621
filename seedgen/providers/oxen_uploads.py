"""Oxen's references: where the service finds a file. In a public repository, or inside the request."""

from __future__ import annotations

import asyncio
import base64
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from seedgen.digest import Digest, digest_bytes
from seedgen.errors import Rejected
from seedgen.ports.store import Upload
from seedgen.project.media import DERIVED
from seedgen.project.models import OXEN, FromShotUse
from seedgen.providers.answers import NotThere
from seedgen.providers.oxen_answers import SERVICE
from seedgen.providers.oxen_request import UPLOAD_REMEDY, fits_inside, unreachable, uploads_allowed
from seedgen.providers.uploading import Turns

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.planning.request import RequestReference
    from seedgen.ports.provider import Submission
    from seedgen.ports.store import Uploads
    from seedgen.project.models import OxenSettings
    from seedgen.providers.http import Api

LARGEST_INSIDE = 12_000_000
"""Bytes of a file that travels inside the request: what a client in use is known to send."""

_FOLDER = "seedgen"
_BRANCH = "main"
_AUTHOR = {"name": "seedgen", "email": "seedgen@localhost"}
_REMEMBERED = timedelta(days=30)
"""Files in a repository stay, but somebody may tidy it up."""
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")
_KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
_CHANGED_REMEDY = "Run it again: the plan is made anew with the file as it is now."


class References:
    """Puts a submission's files where Oxen can fetch them; equal bytes go up once."""

    def __init__(self, api: Api, base_url: str, settings: OxenSettings, uploads: Uploads) -> None:
        self._settings = settings
        self._uploads = uploads
        self._api = api
        self._stands: dict[str, bool] = {}
        self._repository = Repository(api, base_url, settings.upload_repo or "")
        # Every upload is a commit on one branch; two at once would get into each other's way.
        self._turns = Turns()

    async def urls(self, submission: Submission) -> tuple[str, ...]:
        """An address for each reference. Raises Rejected for a file that may not go, and as `prepare`."""
        request, media = submission.request, submission.media
        if why := unreachable(request, media, self._settings):
            raise Rejected(why, remedy=UPLOAD_REMEDY)
        found: list[str] = []
        for reference, location in zip(request.references, media, strict=True):
            found.append(await self._url(reference, location))
        return tuple(found)

    async def _url(self, reference: RequestReference, file: Path | str) -> str:
        if isinstance(file, str):
            return file
        if fits_inside(reference, self._settings) and (inside := await _inside(reference, file)):
            return inside
        if not uploads_allowed(self._settings):
            limit = LARGEST_INSIDE // 1_000_000
            raise Rejected(
                f"{file.name}: to travel inside a request to {SERVICE} it has to be a PNG, JPEG or WebP "
                f"of at most {limit} MB",
                remedy=UPLOAD_REMEDY,
            )
        async with self._turns.next():
            promised = promised_digest(reference)
            if promised and (known := await self._known(promised)):
                return known
            content, digest = await asyncio.to_thread(_read, reference, file)
            if not promised and (known := await self._known(digest)):
                return known
            return await self._upload(content, digest, file)

    async def _known(self, digest: Digest) -> str:
        """Where bytes are that went up before, if they still are; the service is asked once."""
        upload = self._uploads.find(OXEN, digest)
        if upload is None or upload.expires_at <= datetime.now(UTC) or not self._repository.holds(upload.url):
            return ""
        if upload.url not in self._stands:
            self._stands[upload.url] = await self._api.is_there(upload.url)
        return upload.url if self._stands[upload.url] else ""

    async def _upload(self, content: bytes, digest: Digest, file: Path) -> str:
        suffix = file.suffix.lower()
        url = await self._repository.put(f"{digest}{suffix if _SUFFIX.fullmatch(suffix) else ''}", content)
        self._uploads.note(OXEN, digest, Upload(url, datetime.now(UTC) + _REMEMBERED))
        self._stands[url] = True
        return url


class Repository:
    """A public repository at Oxen, made when it is first needed."""

    def __init__(self, api: Api, base_url: str, name: str) -> None:
        self._api = api
        self._path = f"/repos/{name}"
        self._name = name
        self._address = f"{base_url}{self._path}/file/{_BRANCH}/"
        self._is_there = False

    def holds(self, url: str) -> bool:
        """Whether an address is one of this repository's."""
        return url.startswith(self._address)

    async def put(self, name: str, content: bytes) -> str:
        """Commit a file; the address at which anybody can read it. Raises ProviderError."""
        refusal = await self._make()
        try:
            await self._api.ask(
                "PUT",
                f"{self._path}/file/{_BRANCH}/{_FOLDER}",
                files=[("files[]", (name, content))],
                data=_AUTHOR | {"message": f"Add reference {name}"},
                uploading=True,
            )
        except NotThere as error:
            raise refusal or error from error
        self._is_there = True
        return f"{self._address}{_FOLDER}/{name}"

    async def _make(self) -> Rejected | None:
        """Make the repository. What it is refused for matters only when it is not there afterwards."""
        if self._is_there:
            return None
        namespace, _, name = self._name.partition("/")
        body = {
            "namespace": namespace,
            "name": name,
            "user": _AUTHOR,
            "description": "References for seedgen",
        }
        try:
            await self._api.ask("POST", "/repos", json=body, uploading=True)
        except Rejected as error:  # 409: it is there already
            return error
        return None


def promised_digest(reference: RequestReference) -> Digest | None:
    """The digest that the plan saw; None for a reference made from something else."""
    for prefix in ("sha256:", f"{DERIVED}{FromShotUse.CLIP}:sha256:"):
        if reference.id is not None and reference.id.startswith(prefix):
            return Digest(reference.id.removeprefix(prefix))
    return None


def _read(reference: RequestReference, file: Path) -> tuple[bytes, Digest]:
    content = file.read_bytes()
    digest = digest_bytes(content)
    if digest != (promised_digest(reference) or digest):
        raise Rejected(f"{file.name} changed after the plan was made", remedy=_CHANGED_REMEDY)
    return content, digest


async def _inside(reference: RequestReference, file: Path) -> str:
    """A file as a data URI; empty when it is too large or of a kind that is not known."""
    if (await asyncio.to_thread(file.stat)).st_size > LARGEST_INSIDE:
        return ""
    content, _ = await asyncio.to_thread(_read, reference, file)
    kind = next((kind for magic, kind in _KINDS.items() if content.startswith(magic)), None)
    return f"data:{kind};base64,{base64.b64encode(content).decode()}" if kind else ""
