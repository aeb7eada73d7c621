"""One exchange on the wire: answers sent whole, slowly, in part, or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive, Scope, Send


class ClientLeft(Exception):
    """The client closed the connection before its request was whole."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `headers` have a content type; the length is added."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer with a JSON body."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(status, body, {"Content-Type": "application/json", **(headers or {})})


class Wire:
    """The client's connection for the time of one exchange."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self._receive = receive
        self._send = send
        # ASGI has no word for closing a connection without an answer. uvicorn's `send` is a method of
        # the object that holds the transport.
        self._transport = cast("asyncio.Transport", send.__self__.transport)  # type: ignore[attr-defined]
        self._left: asyncio.Task[None] | None = None

    async def body(self) -> bytes:
        """The request's body; raises ClientLeft."""
        parts: list[bytes] = []
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientLeft
            parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                return b"".join(parts)

    async def start(self, status: int, headers: Mapping[str, str]) -> None:
        """Send the head of the answer."""
        raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await self._send({"type": "http.response.start", "status": status, "headers": raw})

    async def write(self, content: bytes, *, more: bool = True) -> None:
        """Send a part of the body."""
        await self._send({"type": "http.response.body", "body": content, "more_body": more})

    async def send(self, answer: Answer) -> None:
        """Send a whole answer."""
        await self.start(*_head(answer))
        await self.write(answer.body, more=False)

    async def drip(self, answer: Answer, size: int, pause_s: float) -> None:
        """Send an answer a few bytes at a time, until the client has enough of it."""
        await self.start(*_head(answer))
        for offset in range(0, len(answer.body), size):
            if offset and await self.leaves_within(pause_s):
                return
            await self.write(answer.body[offset : offset + size])
        await self.write(b"", more=False)

    async def truncate(self, answer: Answer, size: int) -> None:
        """Promise the whole body, send a part of it and close."""
        await self.start(*_head(answer))
        await self.write(answer.body[: size or len(answer.body) // 2])
        self._transport.close()
        await self.hang()

    async def drop(self, *, reset: bool = False) -> None:
        """Close without an answer; with `reset` the client gets a TCP reset."""
        if reset:
            sock = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._transport.abort()
        await self.hang()

    async def hang(self) -> None:
        """Wait until the client has left."""
        await asyncio.wait({self.left})

    async def leaves_within(self, seconds: float) -> bool:
        """Wait; whether the client has left meanwhile."""
        done, _ = await asyncio.wait({self.left}, timeout=seconds)
        return bool(done)

    @property
    def left(self) -> asyncio.Task[None]:
        """Ends when the client leaves. Only after the body was read."""
        if self._left is None:
            self._left = asyncio.create_task(self._until_left())
        return self._left

    async def _until_left(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def close(self) -> None:
        """Nobody waits for the client any more."""
        if self._left is not None:
            self._left.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._left


def _head(answer: Answer) -> tuple[int, dict[str, str]]:
    return answer.status, {**answer.headers, "Content-Length": str(len(answer.body))}
