"""Oxen's repositories, as far as references and results need them: create, put a file, get a file."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from starlette.routing import Route as Path

from tests.emulator.clips import serve
from tests.emulator.download import give_clip
from tests.emulator.gate import Call, Gate, Refusal
from tests.emulator.jobs import Stored
from tests.emulator.oxen_words import MANNERS, OWNER, RESULTS, authorise, bad, document, words_for
from tests.emulator.records import ResultHost, Route
from tests.emulator.wire import Answer, as_json

if TYPE_CHECKING:
    from tests.emulator.clips import Clips
    from tests.emulator.world import World

_DISPOSITION = re.compile(r'form-data; name="([^"]*)"(?:; filename="([^"]*)")?')


def _create(call: Call) -> Answer:
    body = document(call)
    if unknown := set(body) - {"namespace", "name", "user", "description", "is_public"}:
        raise bad(f"unknown field {min(unknown)}")
    if not all(isinstance(body.get(name), str) and body[name] for name in ("namespace", "name")):
        raise bad("namespace and name are required")
    user = body.get("user", {})
    if not isinstance(user, dict) or not set(user) <= {"name", "email"}:
        raise bad("user must hold name and email")
    full_name = f"{body['namespace']}/{body['name']}"
    if full_name in call.world.repos:
        raise Refusal(409, {"status": "error", "status_message": "resource_already_exists"})
    call.world.repos[full_name] = {}
    return as_json(
        {"status": "success", "status_message": "resource_created", "repository": _shown(full_name)}
    )


def _shown(full_name: str) -> dict[str, Any]:
    namespace, _, name = full_name.partition("/")
    return {"namespace": namespace, "name": name, "is_public": True}


def _files(call: Call) -> dict[str, Stored]:
    full_name = f"{call.params['namespace']}/{call.params['name']}"
    if full_name not in call.world.repos:
        raise Refusal(404, words_for(Route.REPO, 404))
    return call.world.repos[full_name]


def _show(call: Call) -> Answer:
    _files(call)
    shown = _shown(f"{call.params['namespace']}/{call.params['name']}")
    return as_json({"status": "success", "status_message": "resource_found", "repository": shown})


def parts(body: bytes, content_type: str) -> list[tuple[str, str | None, str, bytes]]:
    """The parts of multipart/form-data: name, file name, content type, bytes. Raises ValueError."""
    kind, _, boundary = content_type.partition("boundary=")
    if not kind.startswith("multipart/form-data") or not boundary:
        raise ValueError("Content-Type must be multipart/form-data")
    sections = (b"\r\n" + body).split(b"\r\n--" + boundary.strip('"').encode())
    if len(sections) < 3 or sections[0] or not sections[-1].startswith(b"--"):
        raise ValueError("the multipart body is not whole")
    return [_part(section) for section in sections[1:-1]]


def _part(section: bytes) -> tuple[str, str | None, str, bytes]:
    head, found, content = section.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
    named = {name.lower(): value for name, value in headers.items()}
    disposition = _DISPOSITION.fullmatch(named.get("content-disposition", ""))
    if not found or disposition is None:
        raise ValueError("a part has no name")
    return disposition[1], disposition[2], named.get("content-type", "text/plain"), content


def _put(call: Call) -> Answer:
    files, folder = _files(call), call.params.get("folder", "").strip("/")
    try:
        found = parts(call.seen.body, call.seen.header("content-type") or "")
    except ValueError as error:
        raise bad(str(error)) from None
    brought = [part for part in found if part[0] == "files[]" and part[1]]
    others = {part[0] for part in found if part not in brought}
    if not brought or not others <= {"name", "email", "message"}:
        raise bad("files[] is required; besides it only name, email and message")
    for _, file_name, content_type, content in brought:
        files[f"{folder}/{file_name}".lstrip("/")] = Stored(content_type, content)
    commit = {"id": uuid.uuid4().hex, "message": "Add files"}
    return as_json({"status": "success", "status_message": "resource_created", "commit": commit})


def _get(call: Call, clips: Clips) -> Answer:
    if call.params["namespace"] == OWNER and call.params["name"] == RESULTS and "token" in call.params:
        return _result(call, clips)
    files = _files(call)
    path = call.params.get("path") or f"{call.params['token']}.mp4"
    if (stored := files.get(path)) is None or stored.content is None:
        raise Refusal(404, words_for(Route.DOWNLOAD, 404))
    return serve(call, stored.content, stored.content_type, str(hash(stored.content)))


def _result(call: Call, clips: Clips) -> Answer:
    authorise(call)
    if call.world.settings.oxen_results is ResultHost.API_REDIRECT:
        address = f"{call.world.addresses.download}/clips/{call.params['token']}.mp4"
        return Answer(302, b"", {"Location": address})
    return give_clip(call, clips)


def routes(world: World, clips: Clips) -> list[Path]:
    """The routes under `/api/repos`. Files can be read without a key, results cannot."""

    def path(where: str, methods: list[str], route: Route, act: Any, *, public: bool = False) -> Path:
        return Path(f"/api/repos{where}", Gate(world, MANNERS, route, act, public=public), methods=methods)

    def get(call: Call) -> Answer:
        return _get(call, clips)

    file = "/{namespace}/{name}/file/{branch}"
    reading = ["GET", "HEAD"]
    return [
        path("", ["POST"], Route.REPO, _create),
        path("/{namespace}/{name}", ["GET"], Route.REPO, _show),
        path(file, ["PUT"], Route.UPLOAD, _put),
        path(f"{file}/{{folder:path}}", ["PUT"], Route.UPLOAD, _put),
        path(f"{file}/{{token}}.mp4", reading, Route.DOWNLOAD, get, public=True),
        path(f"{file}/{{path:path}}", reading, Route.DOWNLOAD, get, public=True),
    ]
