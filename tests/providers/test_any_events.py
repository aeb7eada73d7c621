"""Any stream of events: however it is cut into pieces it says the same, and garbage in it harms nobody."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seedgen.errors import BadResponse, ProviderError
from seedgen.providers.http import LARGEST_ANSWER, Api
from seedgen.providers.oxen_events import Subscription
from tests.fuzzing import NASTY, json_values, laws, spoilt
from tests.providers.scripted import Scripted
from tests.providers.talking import access

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DONE = "media_generation_completed"
HEAD = "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
SAID: Sequence[tuple[str, str]] = [
    (DONE, '{"generation_id": "ö-1"}'),
    ("message", "a\nb"),
    ("x", "鞋\u2028\u0085 "),
]
STREAM = (
    b": heartbeat\r\n\r\n"
    b'event: media_generation_completed\r\ndata: {"generation_id": "\xc3\xb6-1"}\r\n\r\n'
    b"data: a\rdata: b\r\r"
    b"id: 7\nretry: soon\nunknown: x\nevent: x\ndata: \xe9\x9e\x8b\xe2\x80\xa8\xc2\x85 \n\n"
    b"data: cut off"
)
"""All three line ends, a comment, signs of several bytes, fields nobody knows, and an end that is none."""


def in_pieces(pieces: Sequence[bytes], kind: str = "text/event-stream") -> bytes:
    """An answer that comes in just these pieces: HTTP's chunks reach a reader one by one."""
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces if piece)
    return HEAD.format(kind).encode() + chunks + b"0\r\n\r\n"


@dataclass
class Ear:
    """Listens to a server of streams, over an API that is open for a whole test."""

    server: Scripted
    runner: asyncio.Runner
    api: Api

    def hears(self, content: bytes) -> list[tuple[str, str]]:
        """Names and data of the events in a stream."""

        async def listen() -> list[tuple[str, str]]:
            async with self.api.events("/events") as stream:
                return [(event.event, event.data) async for event in stream]

        self.server.answer_with(content)
        return self.runner.run(listen())


@pytest.fixture(scope="module")
def ear() -> Iterator[Ear]:
    """The server, and the line to it."""
    with Scripted(b"") as server, asyncio.Runner() as runner:
        api = Api(access(server.url), connections=2, pace=1e-4)
        yield Ear(server, runner, api)
        runner.run(api.close())


@laws(40)
@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=12))
@example(cuts=list(range(len(STREAM))))
def test_events_are_the_same_however_a_stream_is_cut(cuts: list[int], ear: Ear) -> None:
    """Between the bytes of a sign, between \\r and \\n, anywhere: a network cuts where it likes."""
    ends = [0, *sorted(cuts), len(STREAM)]
    pieces = in_pieces([STREAM[start:end] for start, end in pairwise(ends)])
    assert ear.hears(pieces)[: len(SAID)] == SAID


@laws(60)
@given(content=spoilt(in_pieces([STREAM])) | spoilt(in_pieces([STREAM], "text/event-stream; charset=hex")))
@example(content=in_pieces([STREAM], "text/event-stream; charset=hex"))
@example(content=in_pieces([b"\xff\xfe\x00\n\n"]))
def test_a_broken_stream_is_events_or_an_error_of_ours(content: bytes, ear: Ear) -> None:
    """Also one that is cut in the middle of a chunk, or names a charset that is no text."""
    with contextlib.suppress(ProviderError):
        assert all(isinstance(data, str) for _, data in ear.hears(content))


def test_an_event_without_end_is_given_up(ear: Ear) -> None:
    """It would fill the memory of a process that waits for days."""
    with pytest.raises(BadResponse, match="an event without end"):
        ear.hears(in_pieces([b"data: ", b"x" * LARGEST_ANSWER]))


GARBAGE = [
    b": \n\n",
    b"event\n\n",
    b"data\n\n",
    b"retry: " + b"9" * 5000 + b"\n\n",
    b"\x00\xff\n\n",
    b"\n\n\n",
]


def event(name: str, data: object) -> bytes:
    """One event."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


garbage = (
    st.sampled_from(GARBAGE)
    | st.builds(event, st.sampled_from([DONE, "other"]), json_values)
    | st.builds(lambda value: event(DONE, {"generation_id": value}), st.sampled_from(NASTY))
)


@laws(25)
@given(parts=st.lists(garbage, max_size=6), at=st.integers(0, 6))
def test_a_true_event_is_heard_among_garbage(parts: list[bytes], at: int, ear: Ear) -> None:
    """The subscription goes on, hears it, and opens the stream again when it ends."""
    parts.insert(at, event(DONE, {"generation_id": "ours"}))
    ear.server.answer_with(in_pieces(parts))
    ids: list[str] = []

    async def listen() -> None:
        opened = 0
        again = asyncio.Event()

        def missed() -> None:
            nonlocal opened
            opened += 1
            if opened == 2:
                again.set()

        # Closed with its subscription, as a provider does it: a connection that was just ending may be left.
        api = Api(access(ear.server.url), connections=2, pace=1e-4)
        subscription = Subscription(api, ids.append, missed, pace=1e-4)
        await subscription.open()
        await asyncio.wait_for(again.wait(), 5)
        await subscription.close()
        await api.close()

    ear.runner.run(listen())
    assert "ours" in ids
    assert all(one.isprintable() and len(one) <= 200 for one in ids)
