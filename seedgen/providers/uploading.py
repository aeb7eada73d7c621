"""Uploading: a file to a signed address, in blocks, hashed as it goes."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from typing import TYPE_CHECKING

from seedgen.digest import Digest
from seedgen.errors import BadResponse, ProviderError, RateLimited, Rejected, Unavailable, Unreachable
from seedgen.providers.answers import PASSING, Silent, reason, retry_after
from seedgen.providers.translating import translated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    import httpx

_BLOCK = 256 * 1024
_WHO = "the storage for references"


class Turns:
    """One upload at a time. Who waited while it found no answer does not go the same way again.

    Another one may still come and try: then somebody has had the time to mend it.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._failures = 0
        self._why = ("", "")

    @contextlib.asynccontextmanager
    async def next(self) -> AsyncIterator[None]:
        """Wait for a turn. Raises Unavailable as the one before did."""
        failures = self._failures
        async with self._lock:
            if failures != self._failures:
                why, remedy = self._why
                raise Unavailable(why, remedy=remedy)
            try:
                yield
            except Unreachable:
                raise  # whoever waits is told to stop: once for all shots, not by each of them
            except Unavailable as error:
                self._failures += 1
                self._why = (str(error), error.remedy)
                raise


async def put_file(
    client: httpx.AsyncClient, url: str, file: Path, headers: Mapping[str, str], longest_s: float
) -> Digest:
    """Send a file once. Raises Unavailable, RateLimited, Rejected, BadResponse, OSError."""
    hashed = hashlib.sha256()
    with file.open("rb") as stream:
        size = (await asyncio.to_thread(file.stat)).st_size

        async def blocks() -> AsyncIterator[bytes]:
            while block := await asyncio.to_thread(stream.read, _BLOCK):
                hashed.update(block)
                yield block

        # Signed storage refuses a chunked body, which httpx would send without a length.
        with translated(_WHO):
            response = await client.put(
                url, content=blocks(), headers={**headers, "Content-Length": str(size)}
            )
    if not response.is_success:
        raise _refusal(response, longest_s)
    return Digest(hashed.hexdigest())


def _refusal(response: httpx.Response, longest_s: float) -> ProviderError:
    said, status = f"{_WHO} answered {reason(response)}", response.status_code
    if status == 429:
        return RateLimited(said, retry_after=retry_after(response, longest_s), remedy="Try again later.")
    if status in PASSING or status >= 500:
        return Silent(said, retry_after=retry_after(response, longest_s), remedy="Try again later.")
    if status >= 400:
        return Rejected(said, remedy="Run it again: the file is uploaded anew.")
    return BadResponse(said)
