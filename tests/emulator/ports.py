"""Three ports under one uvicorn: the APIs, the download host, and a host where nobody should go."""

from __future__ import annotations

import asyncio
import socket
import traceback
from typing import TYPE_CHECKING

import uvicorn
from starlette.routing import Route as Path
from starlette.routing import Router

from tests.emulator import control, download, eachlabs, eachlabs_words, oxen, repos
from tests.emulator.gate import Gate, Manners, Refusal
from tests.emulator.records import Route, Service
from tests.emulator.wire import ClientLeft

if TYPE_CHECKING:
    import concurrent.futures
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from tests.emulator.clips import Clips
    from tests.emulator.gate import Call
    from tests.emulator.wire import Answer
    from tests.emulator.world import World

_PATIENCE_S = 10.0


def listener(port: int) -> socket.socket:
    """A socket that listens on loopback; port 0 takes a free one."""
    # asyncio turns Nagle's algorithm off only where the protocol is named. With it on, each answer
    # on a kept connection takes 40 ms.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("127.0.0.1", port))
    sock.listen(1024)
    return sock


class Server(uvicorn.Server):
    """uvicorn without its ticks of a tenth of a second, and with an end that waits for no client."""

    def __init__(self, config: uvicorn.Config, ready: concurrent.futures.Future[None]) -> None:
        super().__init__(config)
        self.told_to_stop = asyncio.Event()
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self._ready.set_result(None)

    async def main_loop(self) -> None:
        """Wait for the end."""
        await self.told_to_stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close every connection, whatever is under way on it."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=_PATIENCE_S)
        for sock in sockets or []:
            sock.close()


class Front:
    """Leads each request to the application of the port it came in at."""

    def __init__(self, world: World, by_port: Mapping[int, ASGIApp]) -> None:
        self._world = world
        self._by_port = by_port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; a crash is remembered, for it is a bug of the emulator."""
        try:
            await self._by_port[scope["server"][1]](scope, receive, send)
        except ClientLeft:
            pass
        except Exception:
            self._world.crashes.append(traceback.format_exc())
            raise


def applications(world: World, clips: Clips) -> list[ASGIApp]:
    """The APIs, the download host and the host elsewhere."""
    paths = [*eachlabs.routes(world), *oxen.routes(world, clips), *repos.routes(world, clips)]
    for prefix, service in (("/api", Service.OXEN), ("", Service.EACHLABS)):
        manners = Manners(service, _anybody, eachlabs_words.words_for)
        unknown = Gate(world, manners, Route.UNKNOWN, _not_found)
        paths.append(Path(prefix + "/{rest:path}", unknown))
    return [
        Router([*control.routes(world), *paths], redirect_slashes=False),
        download.router(world, clips, Service.DOWNLOAD),
        download.router(world, clips, Service.ELSEWHERE),
    ]


def _anybody(_: Call) -> None:
    pass


def _not_found(call: Call) -> Answer:
    raise Refusal(404, {"error": f"no route {call.seen.method} {call.seen.path}"})
