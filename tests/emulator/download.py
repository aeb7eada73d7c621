"""The download host: result clips and uploaded files. No key belongs here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route as Path
from starlette.routing import Router

from tests.emulator.clips import ends_the_file, serve
from tests.emulator.faults import Do
from tests.emulator.gate import Call, Gate, Manners, Refusal
from tests.emulator.records import Route, Service
from tests.emulator.wire import Answer

if TYPE_CHECKING:
    from tests.emulator.clips import Clips
    from tests.emulator.world import World

_SECRETS = ("authorization", "x-api-key", "proxy-authorization", "cookie")


def no_secrets(call: Call) -> None:
    """Refuse who brings credentials, as a signed URL does, and remember it."""
    for name in _SECRETS:
        if call.seen.header(name) is not None:
            call.world.violation(f"{name} was sent to {call.seen.service}", call.seen)
            raise Refusal(400, {"error": f"Only one auth mechanism allowed: remove {name}"})


def _words(route: Route, status: int) -> str:
    return f"<?xml version='1.0'?><Error><Code>{status}</Code><Resource>{route}</Resource></Error>"


def give_clip(call: Call, clips: Clips) -> Answer:
    """A job's clip, while its URL works."""
    link = call.world.links.get(call.params["token"])
    if link is None:
        raise Refusal(404, {"error": "no such file"})
    if call.fault is not None and call.does(Do.EXPIRE):
        link.status = call.fault.status or 403
    if not link.status and call.world.clock.now() >= link.until:
        link.status = 403
    if link.status:
        raise Refusal(link.status, {"error": "the link has expired"})
    job = link.job
    content = clips.of(call.world.record_of(job))
    answer = serve(call, content, "video/mp4", job.id, ranges=call.world.settings.ranges)
    if call.seen.method == "GET" and ends_the_file(answer, len(content)):

        def count() -> None:
            job.downloads += 1

        call.after.append(count)
    return answer


def _put(call: Call) -> Answer:
    stored = call.world.uploads.get(call.params["name"])
    if stored is None:
        raise Refusal(403, {"error": "no such upload"})
    if call.world.clock.now() >= stored.until:
        raise Refusal(403, {"error": "the upload link has expired"})
    wanted = {"content-type": stored.content_type, **stored.required}
    for name, value in wanted.items():
        if call.seen.header(name) != value:
            raise Refusal(403, {"error": f"SignatureDoesNotMatch: {name} must be {value}"})
    if len(call.seen.body) > 100_000_000:
        raise Refusal(413, {"error": "EntityTooLarge"})
    stored.content = call.seen.body
    return Answer(200)


def _uploaded(call: Call) -> Answer:
    stored = call.world.shows(call.params["name"])
    if stored is None or stored.content is None:
        raise Refusal(404, {"error": "no such file"})
    return serve(call, stored.content, stored.content_type, call.params["name"])


def _nothing(call: Call) -> Answer:
    raise Refusal(404, {"error": f"nothing at {call.seen.path}"})


def router(world: World, clips: Clips, service: Service) -> Router:
    """The routes of a download host."""
    manners = Manners(service, no_secrets, _words)

    def clip(call: Call) -> Answer:
        return give_clip(call, clips)

    reading = ["GET", "HEAD"]
    return Router(
        [
            Path("/clips/{token}.mp4", Gate(world, manners, Route.DOWNLOAD, clip), methods=reading),
            Path("/uploads/{name}", Gate(world, manners, Route.DOWNLOAD, _uploaded), methods=reading),
            Path("/put/{name}", Gate(world, manners, Route.UPLOAD, _put), methods=["PUT"]),
        ],
        redirect_slashes=False,
        default=Gate(world, manners, Route.UNKNOWN, _nothing),
    )
