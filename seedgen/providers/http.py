"""HTTP: one service's API, asked over one connection pool, with its key and our errors."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import httpx
from httpx_sse import EventSource

from seedgen import __version__
from seedgen.errors import BadResponse
from seedgen.providers import answers
from seedgen.providers.access import Access, KeyForOrigin, origin
from seedgen.providers.answers import NotThere
from seedgen.providers.download import Download
from seedgen.providers.repeating import (
    LONGEST_WAIT_S,
    out_of_reach,
    until_silent,
    until_uploaded,
    while_unreached,
)
from seedgen.providers.translating import Fault, Reached, translated
from seedgen.providers.uploading import put_file

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
    from pathlib import Path

    from httpx_sse import ServerSentEvent

    from seedgen.digest import Digest

__all__ = ["Access", "Api", "NotThere"]

LARGEST_ANSWER = 32 * 1024 * 1024
"""Bytes; clips are fetched by `download`, so no answer of an API is that long."""

_CONNECT_S, _WRITE_S, _READ_S, _EVENTS_S, _LEAST_S = 10, 60, 60, 45, 0.3
_LOOK_S = 10
_EVENTS = "text/event-stream"
_JSON = {"Accept": "application/json"}
_GONE = frozenset({403, 404, 410})
_SHORTEST_KEY = 8
"""Characters; a shorter one is no real key, and would turn up in any text."""

_KEEP_S = 4
"""Below the five seconds after which common servers close a connection that is not used: a submit that
leaves just then is lost, and nobody knows whether it was accepted."""


class Api:
    """A service's API. `pace` multiplies every waiting time: 1 in earnest, less in tests.

    At most `connections` at once, and one more for a stream of events. Certain calls are repeated
    until the service was silent for `silence_s * pace` seconds. `unreached` is told why no connection can
    be made, once until there is an answer again. Raises AuthError, UsageError.
    """

    def __init__(
        self,
        access: Access,
        *,
        connections: int,
        pace: float = 1.0,
        silence_s: float = 120,
        unreached: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._access = access.checked()
        self._pace = pace
        self._silence_s = silence_s
        self._unreached = unreached
        self._away: set[str] = set()
        # Who waits for a connection waits here: the pool goes through all that wait in it at each call.
        self._turns = asyncio.Semaphore(connections)
        tls = httpx.create_ssl_context()
        common: dict[str, Any] = {
            "verify": tls,
            "follow_redirects": False,
            "headers": {"User-Agent": f"seedgen/{__version__}"},
            "timeout": self._timeout(_READ_S),
            "limits": httpx.Limits(
                max_connections=connections + 1,
                max_keepalive_connections=connections,
                keepalive_expiry=_KEEP_S,
            ),
        }
        self._own = httpx.AsyncClient(auth=KeyForOrigin(access), **common)
        self._foreign = httpx.AsyncClient(**common)

    @property
    def base_url(self) -> str:
        """Where the API is, without a slash at the end."""
        return self._access.base_url.rstrip("/")

    @property
    def host(self) -> str:
        """Host and port of the API, to tell what is remembered of one service from another."""
        return httpx.URL(self._access.base_url).netloc.decode("ascii")

    async def ask(
        self,
        method: str,
        path: str,
        *,
        params: Any = None,
        json: Any = None,
        files: Any = None,
        data: Any = None,
        uploading: bool = False,
    ) -> Any:
        """One call that is surely safe to repeat; the decoded JSON, None for an empty 204.

        Repeated after silence, 5xx and 429; for less long where `uploading` says that it only prepares a
        submit. Raises Unavailable, RateLimited, AuthError, OutOfCredits, NotThere, Rejected, BadResponse.
        """

        async def once() -> Any:
            response = await self._exchange(method, path, params=params, json=json, files=files, data=data)
            if not response.is_success:
                raise answers.refusal(response, *self._names())
            return None if response.status_code == 204 else self._decoded(response)

        again = until_uploaded if uploading else until_silent
        with out_of_reach():
            return await again(self._pace, self._silence_s)(once)

    async def submit(self, path: str, body: Mapping[str, Any], *, read_s: float = 120) -> Any:
        """One POST that may cost money; the decoded JSON.

        Repeated only while nothing of it can have reached the service. Raises Unavailable, RateLimited,
        OutOfCredits, AuthError, Rejected, Moderated: certainly not accepted; SubmitUnknown, BadResponse:
        perhaps accepted.
        """
        try:
            with out_of_reach():
                response: httpx.Response = await while_unreached(self._pace)(
                    self._exchange, "POST", path, json=dict(body), read_s=read_s
                )
        except Fault as fault:
            raise answers.unknown(str(fault)) from fault
        if not response.is_success:
            raise answers.submit_refusal(response, *self._names())
        return self._decoded(response)

    @contextlib.asynccontextmanager
    async def events(self, path: str) -> AsyncIterator[AsyncIterator[ServerSentEvent]]:
        """A stream of server-sent events; within the `async with` the service has begun to send.

        The iterator ends when the service ends it. Raises Unavailable when it breaks, cannot be had, or
        is silent for 45 s * pace, comments included; AuthError, NotThere, Rejected, BadResponse.
        """
        headers = {"Accept": _EVENTS, "Cache-Control": "no-store"}
        with translated(self._access.service):
            async with self._own.stream(
                "GET", self._url(path), headers=headers, timeout=self._timeout(_EVENTS_S)
            ) as response:
                if not response.is_success:
                    raise answers.refusal(await self._read(response), *self._names())
                if _EVENTS not in response.headers.get("content-type", ""):
                    raise BadResponse(
                        f"{self._access.service} answered something else than a stream of events"
                    )
                yield self._heard(response)

    async def _heard(self, response: httpx.Response) -> AsyncIterator[ServerSentEvent]:
        """The events of a stream. Each may be as long as an answer; what has no end fills no memory."""
        since = 0

        async def blocks() -> AsyncIterator[bytes]:
            nonlocal since
            async for block in response.aiter_bytes():
                since += len(block)
                if since > LARGEST_ANSWER:
                    raise BadResponse(f"{self._access.service} sent an event without end")
                yield block

        # A new response around the bytes: events are UTF-8, whatever charset the old one's head names.
        stream = httpx.Response(200, headers={"Content-Type": _EVENTS}, content=blocks())
        async for event in EventSource(stream).aiter_sse():
            since = 0
            yield event

    async def download(self, url: str, out: Path, *, fresh: Callable[[], Awaitable[str]]) -> Digest:
        """Write a clip to `out`; the digest of its bytes. `fresh` gives a new address for an expired one.

        Raises Unavailable, BadResponse, RateLimited, what `fresh` raises, and OSError; `out` is gone then.
        """
        return await Download(self._client_for, out, fresh, self._pace).run(url)

    async def upload(self, url: str, file: Path, headers: Mapping[str, str]) -> Digest:
        """PUT a file to a signed address, never with a key; the digest of the bytes that went up.

        Raises Unavailable, RateLimited, Rejected, BadResponse, OSError.
        """

        async def once() -> Digest:
            with self._reaching("storage"):
                return await put_file(self._foreign, url, file, headers, LONGEST_WAIT_S * self._pace)

        with out_of_reach():
            return await until_uploaded(self._pace, self._silence_s)(once)

    async def is_there(self, url: str) -> bool:
        """Whether something stands at an address: 403, 404 and 410 say that it is gone.

        Asked once; whatever else is answered, or not, counts as there. The key goes to the API alone.
        """
        timeout = self._timeout(_LOOK_S)
        try:
            with translated(self._access.service):
                address = httpx.URL(url)
                response = await self._client_for(address).head(address, timeout=timeout)
        except Fault:
            return True
        return response.status_code not in _GONE

    async def close(self) -> None:
        """Close every connection."""
        await asyncio.gather(self._own.aclose(), self._foreign.aclose())

    def _client_for(self, url: httpx.URL) -> httpx.AsyncClient:
        return self._own if origin(url) == origin(self._access.base_url) else self._foreign

    async def _exchange(
        self, method: str, path: str, *, read_s: float = _READ_S, **content: Any
    ) -> httpx.Response:
        async with self._turns:
            response = await self._sent(method, path, read_s, content)
            try:
                return await self._read(response)
            finally:
                await response.aclose()

    async def _sent(
        self, method: str, path: str, read_s: float, content: Mapping[str, Any]
    ) -> httpx.Response:
        """An answer of which nothing is read yet."""
        with self._reaching("API"), translated(self._access.service):
            request = self._own.build_request(
                method, self._url(path), headers=_JSON, timeout=self._timeout(read_s), **content
            )
            return await self._own.send(request, stream=True)

    @contextlib.contextmanager
    def _reaching(self, what: str) -> Iterator[None]:
        """Tell that no connection can be made: once, until there is an answer again."""
        try:
            yield
        except Fault as fault:
            if fault.reached is Reached.SURELY_NOT and what not in self._away:
                self._away.add(what)
                self._unreached(str(fault))
            raise
        self._away.discard(what)

    async def _read(self, response: httpx.Response) -> httpx.Response:
        """The answer with its body, the key struck out of it should a service repeat it.

        A refusal whose body is cut off is a refusal all the same.
        """
        body = bytearray()
        try:
            with translated(self._access.service):
                async with asyncio.timeout(self._patience(_READ_S)):
                    async for block in response.aiter_bytes():
                        body += block
                        if len(body) > LARGEST_ANSWER:
                            raise BadResponse(f"{self._access.service} sent an answer without end")
        except (Fault, TimeoutError) as error:
            if response.status_code < 400:
                slow = f"{self._access.service} did not finish its answer in time"
                raise error if isinstance(error, Fault) else Fault(slow, Reached.PERHAPS) from error
        key = self._access.key.get_secret_value().encode()
        struck = bytes(body).replace(key, b"[key]") if len(key) >= _SHORTEST_KEY else bytes(body)
        # As bytes: a header may hold what is no ASCII.
        headers = [pair for pair in response.headers.raw if pair[0].lower() in (b"retry-after", b"location")]
        phrase = {"reason_phrase": response.extensions.get("reason_phrase", b"")}
        return httpx.Response(response.status_code, headers=headers, content=struck, extensions=phrase)

    def _decoded(self, response: httpx.Response) -> Any:
        try:
            return answers.decoded(answers.text_of(response))
        except ValueError:
            said = answers.plain(answers.text_of(response)) or "nothing"
            raise BadResponse(f"{self._access.service} answered something that is not JSON: {said}") from None

    def _names(self) -> tuple[str, str, float]:
        return self._access.service, self._access.key_name, LONGEST_WAIT_S * self._pace

    def _url(self, path: str) -> str:
        return self.base_url + path

    def _patience(self, seconds: float) -> float:
        return max(seconds * self._pace, _LEAST_S)

    def _timeout(self, read_s: float) -> httpx.Timeout:
        return httpx.Timeout(connect=_CONNECT_S, write=_WRITE_S, read=self._patience(read_s), pool=None)
