"""Oxen's event stream: heartbeats and events from now on, none from before."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.emulator.faults import Do

if TYPE_CHECKING:
    from tests.emulator.gate import Call

HEARTBEAT = b": keep-alive\n\n"
GARBAGE = (
    b"event: media_generation_completed\ndata: {not json\n\n"
    b"event: media_generation_completed\ndata: []\n\n"
    b'event: media_generation_completed\ndata: {"generation_id": "unknown", "status": "succeeded"}\n\n'
    b"event: media_generation_completed\n\n"
    b'event: repository_indexed\ndata: {"generation_id": null}\n\n'
    b"just a line\n\n"
)


async def listen(call: Call) -> None:
    """Stream events until the client leaves, the stream is ended, or a fault ends it."""
    wire, world = call.wire, call.world
    allowed = call.fault.size if call.fault is not None and call.does(Do.CLOSE) else None
    with world.listening() as queue:
        await wire.start(200, {"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        while allowed is None or allowed > 0:
            event = await _next(call, queue)
            if wire.left.done():
                return
            if event is None:
                break
            if call.does(Do.DEAD) or (call.does(Do.SILENT) and event != HEARTBEAT):
                continue
            await wire.write(_said(call, event))
            if allowed is not None and event != HEARTBEAT:
                allowed -= 1
    await wire.write(b"", more=False)


async def _next(call: Call, queue: asyncio.Queue[tuple[str, str] | None]) -> bytes | None:
    """The next thing to send; None when the stream ends or the client has left."""
    waiting = asyncio.create_task(queue.get())
    done, _ = await asyncio.wait(
        {waiting, call.wire.left},
        timeout=call.world.settings.heartbeat_s,
        return_when=asyncio.FIRST_COMPLETED,
    )
    if waiting in done:
        event = waiting.result()
        return None if event is None else f"event: {event[0]}\ndata: {event[1]}\n\n".encode()
    waiting.cancel()
    return None if done else HEARTBEAT


def _said(call: Call, event: bytes) -> bytes:
    if event == HEARTBEAT:
        return event
    if call.does(Do.DUPLICATE):
        return event + event
    return GARBAGE + event if call.does(Do.GARBAGE) else event
