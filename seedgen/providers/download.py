"""Download: a clip into a file, hashed as it comes, resumed where it broke off."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import re
from typing import TYPE_CHECKING

import httpx

from seedgen.digest import Digest
from seedgen.errors import BadResponse, RateLimited
from seedgen.providers.access import origin
from seedgen.providers.answers import PASSING, Silent, plain, retry_after
from seedgen.providers.repeating import LONGEST_WAIT_S, a_few_times
from seedgen.providers.translating import translated

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path
    from typing import BinaryIO

LARGEST_CLIP = 1024**3
"""Bytes. Seedance makes at most 15 seconds; what is larger is no clip."""

_TRIES, _FRESH, _REDIRECTS = 10, 3, 5
_TRY_S = 1800
"""A server that sends a byte now and then is left, and asked for the rest."""

_WHO = "the server of the clip"
_REMEDY = "The clip is made and paid; the next apply downloads it, and makes no new one."
_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18}|\*)", re.ASCII)
_EXPIRED = frozenset({401, 403, 404, 410})
_MOVED = frozenset({301, 302, 303, 307, 308})


class _Again(Silent):
    """Not this time: the next try goes on from the bytes that are there."""


class Download:
    """One clip on its way into `out`.

    `client_for` gives the client for an address: only that of the API itself has the key. `fresh`
    asks for a new address when the old one has expired.
    """

    def __init__(
        self,
        client_for: Callable[[httpx.URL], httpx.AsyncClient],
        out: Path,
        fresh: Callable[[], Awaitable[str]],
        pace: float,
        *,
        largest: int = LARGEST_CLIP,
    ) -> None:
        self._client_for = client_for
        self._out = out
        self._fresh = fresh
        self._pace = pace
        self._largest = largest
        self._fresh_left = _FRESH
        self._restart()

    def _restart(self) -> None:
        self._hashed = hashlib.sha256()
        self._got = 0
        self._total: int | None = None
        self._validator = ""

    async def run(self, url: str) -> Digest:
        """Until the file is whole.

        Raises Unavailable, RateLimited, BadResponse, OSError; `out` is gone then.
        """
        self._url = url
        try:
            with self._out.open("wb") as stream:
                await a_few_times(self._pace, _TRIES, Silent, RateLimited)(self._once, stream)
        except BaseException as error:
            self._out.unlink(missing_ok=True)
            if isinstance(error, Silent | RateLimited):
                error.remedy = _REMEDY
            raise
        return Digest(self._hashed.hexdigest())

    async def _once(self, stream: BinaryIO) -> None:
        try:
            async with asyncio.timeout(_TRY_S * self._pace):
                await self._attempt(stream)
        except TimeoutError:
            raise _Again(f"{_WHO} is too slow") from None

    async def _attempt(self, stream: BinaryIO) -> None:
        if self._got and not self._validator:
            self._restart()  # without a strong validator nobody knows that the rest belongs to the beginning
        response = await self._open()
        try:
            await self._check(response)
            self._place(response)
            if stream.tell() != self._got:
                stream.seek(self._got)
                stream.truncate()
            await self._read(response, stream)
        finally:
            await response.aclose()

    async def _open(self) -> httpx.Response:
        """The answer to a GET, redirects followed by hand: each hop gets the client of its own origin."""
        url = _address(self._url)
        headers = {"Accept-Encoding": "identity"}
        if self._got:
            headers |= {"Range": f"bytes={self._got}-", "If-Range": self._validator}
        for _ in range(_REDIRECTS + 1):
            client = self._client_for(url)
            with translated(_WHO):
                response = await client.send(client.build_request("GET", url, headers=headers), stream=True)
            if response.status_code not in _MOVED:
                return response
            await response.aclose()
            url = _address(response.headers.get("location", ""), url)
        raise BadResponse(f"{_WHO} redirects without end", remedy=_REMEDY)

    async def _check(self, response: httpx.Response) -> None:
        """Raise for everything but a body to read."""
        status = response.status_code
        said = f"{_WHO} answered {status} {plain(response.reason_phrase)}".rstrip()
        if status in _EXPIRED:
            if not self._fresh_left:
                raise BadResponse(said, remedy=_REMEDY)
            self._fresh_left -= 1
            self._renewed(await self._fresh())
            raise _Again(said)
        if status == 416:
            self._restart()
            raise _Again(said)
        if status == 429 or status in PASSING or status >= 500:
            raise _Again(said, retry_after=retry_after(response, LONGEST_WAIT_S * self._pace))
        if status not in (200, 206):
            raise BadResponse(said, remedy=_REMEDY)
        if response.headers.get("content-type", "").startswith("text/html"):
            raise BadResponse(f"{_WHO} answered an HTML page instead of a clip", remedy=_REMEDY)

    def _renewed(self, url: str) -> None:
        """Take a new address. What is there already counts only when no more than a signature changed."""
        if _address(url).copy_with(query=None) != _address(self._url).copy_with(query=None):
            self._restart()
        self._url = url

    def _place(self, response: httpx.Response) -> None:
        """Find where the body belongs: behind what is there, or at the start."""
        if response.status_code == 206:
            self._continue(response)
        else:
            self._restart()
            encoded = response.headers.get("content-encoding", "identity") != "identity"
            length = response.headers.get("content-length", "")
            self._total = int(length) if length.isdigit() and not encoded else None
            etag = response.headers.get("etag", "")
            self._validator = etag if etag.startswith('"') and not encoded else ""
        if self._total is not None and self._total > self._largest:
            raise _too_large(self._largest)

    def _continue(self, response: httpx.Response) -> None:
        match = _RANGE.fullmatch(response.headers.get("content-range", ""))
        total = int(match[3]) if match and match[3] != "*" else self._total
        same = response.headers.get("etag", self._validator) == self._validator
        if not match or int(match[1]) != self._got or total != (self._total or total) or not same:
            self._restart()
            raise _Again(f"{_WHO} answered another part than was asked for")
        self._total = total

    async def _read(self, response: httpx.Response, stream: BinaryIO) -> None:
        with translated(_WHO):
            async for block in response.aiter_bytes():
                self._got += len(block)
                if self._got > self._largest:
                    raise _too_large(self._largest)
                self._hashed.update(block)
                stream.write(block)
        if not self._got:
            raise _Again(f"{_WHO} sent an empty file")
        if self._total is not None and self._got != self._total:
            short = f"{_WHO} sent {self._got} of {self._total} bytes"
            if self._got > self._total:
                self._restart()
            raise _Again(short)


def _address(url: str, base: httpx.URL | None = None) -> httpx.URL:
    """An http or https address, taken relative to `base`. Raises BadResponse."""
    with contextlib.suppress(httpx.InvalidURL, ValueError):
        found = base.join(url) if base else httpx.URL(url)
        if origin(found) is not None:
            return found
    # The address itself is not repeated: it may be signed, and whoever has it has the clip.
    raise BadResponse("the clip's address is not an http or https URL", remedy=_REMEDY)


def _too_large(largest: int) -> BadResponse:
    return BadResponse(f"{_WHO} offers more than {largest:,} bytes: that is no clip")
