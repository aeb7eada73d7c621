"""HTTP: what may be repeated is, what may cost money is not, and the key goes nowhere but to its API."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from seedgen.digest import digest_bytes
from seedgen.errors import (
    AuthError,
    BadResponse,
    Moderated,
    OutOfCredits,
    ProviderError,
    RateLimited,
    Rejected,
    SubmitUnknown,
    Unavailable,
    Unreachable,
    UsageError,
)
from seedgen.project.models import KeyHeader
from seedgen.providers.access import KeyForOrigin
from seedgen.providers.http import Api, NotThere
from tests.emulator import Do
from tests.emulator import Fault as Trouble
from tests.emulator.faults import accepted_then_dropped, html_page, malformed_json, too_many
from tests.providers.scripted import Scripted, answer
from tests.providers.talking import PACE, access, over, over_eachlabs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.emulator import Emulator

SUBMIT = "/v1/prediction/"
BODY: dict[str, Any] = {
    "model": "bytedance-seedance-2-0-mini-reference-to-video",
    "version": "0.0.1",
    "input": {"prompt": "A roof.", "duration": "4"},
    "webhook_url": "",
}
KEY = "smk_of_a_test_0123456789"


async def submit(api: Api) -> Any:
    """Submit the plain body; a read waits 0.3 s."""
    return await api.submit(SUBMIT, BODY, read_s=1)


async def look(api: Api) -> Any:
    """Ask for a model's schema, which needs no job."""
    return await api.ask("GET", "/v1/model", params={"slug": BODY["model"]})


def trouble(emulator: Emulator, act: Callable[[Api], Any], **options: Any) -> ProviderError:
    """The error that a conversation ends in."""
    with pytest.raises(ProviderError) as caught:
        over_eachlabs(emulator, act, **options)
    return caught.value


# What a service answers

REFUSALS: dict[int, tuple[type[ProviderError], type[ProviderError]]] = {
    400: (Rejected, Rejected),
    401: (AuthError, AuthError),
    402: (OutOfCredits, OutOfCredits),
    403: (AuthError, Rejected),
    404: (NotThere, Rejected),
    409: (Rejected, Rejected),
    410: (NotThere, Rejected),
    413: (Rejected, Rejected),
    422: (Rejected, Rejected),
    429: (RateLimited, RateLimited),
    408: (Unavailable, SubmitUnknown),
    500: (Unavailable, SubmitUnknown),
    502: (Unavailable, SubmitUnknown),
    503: (Unavailable, SubmitUnknown),
    504: (Unavailable, SubmitUnknown),
    599: (Unavailable, SubmitUnknown),
}


@pytest.mark.parametrize("status", REFUSALS)
@pytest.mark.parametrize("body", [None, {}], ids=["words", "empty"])
def test_a_status_is_the_same_error_with_and_without_words(
    emulator: Emulator, status: int, body: dict[str, Any] | None
) -> None:
    """A call that costs nothing, and a submit, where only some answers prove that nothing was begun."""
    for route in ("model", "submit"):
        emulator.add(Trouble("eachlabs", route, status=status, body=body, times=None))
    asked = trouble(emulator, look, silence_s=1)
    sent = trouble(emulator, submit)
    assert isinstance(asked, REFUSALS[status][0])
    assert type(sent) is REFUSALS[status][1]
    assert len(emulator.requests_of("submit")) == 1
    assert str(status) in str(asked)
    assert str(status) in str(sent)


@pytest.mark.parametrize("status", REFUSALS)
def test_a_submit_may_be_repeated_only_when_the_error_says_so(emulator: Emulator, status: int) -> None:
    """Of what a status can mean, only too many and too little money are safe to try again."""
    emulator.add(Trouble("eachlabs", "submit", status=status, times=None))
    assert trouble(emulator, submit).retry_is_safe is (status in (402, 429))


def test_a_refusal_for_content_is_told_from_others(emulator: Emulator) -> None:
    """Moderation is remembered, so that the same request is not sent again."""
    said = {"error": "DataInspectionFailed: input data may contain inappropriate content."}
    emulator.add(Trouble("eachlabs", "submit", status=400, body=said))
    assert isinstance(trouble(emulator, submit), Moderated)


def test_a_page_is_not_repeated_in_a_message(emulator: Emulator) -> None:
    """A proxy's error page is named, not quoted."""
    emulator.add(html_page("eachlabs", "submit", 502))
    assert str(trouble(emulator, submit)) == (
        "each::labs answered 502 Bad Gateway: an HTML page: the job may have been accepted all the same"
    )


@pytest.mark.parametrize("route", ["submit", "model"])
def test_an_answer_that_is_not_json_is_a_bad_response(emulator: Emulator, route: str) -> None:
    """Of a submit it leaves in doubt whether it was accepted, so it is never taken for a refusal."""
    emulator.add(malformed_json("eachlabs", route))
    error = trouble(emulator, submit if route == "submit" else look)
    assert isinstance(error, BadResponse)
    assert not error.retry_is_safe


def test_an_answer_without_end_is_left(emulator: Emulator) -> None:
    """A service that sends megabytes for a status does not fill the memory."""
    emulator.add(Trouble("eachlabs", "model", status=200, body=b" " * (33 * 1024 * 1024)))
    assert "without end" in str(trouble(emulator, look, pace=1))


def test_fractions_are_read_exactly(emulator: Emulator) -> None:
    """Money that passes through binary floats is no longer the bill."""
    emulator.add(Trouble("eachlabs", "model", status=200, body=b'{"cost": 0.1}'))
    assert str(over_eachlabs(emulator, look)["cost"]) == "0.1"


@pytest.mark.parametrize("body", [b"NaN", b"[" * 100_000, b"\xff\xfe", b""])
def test_what_python_takes_for_json_and_json_does_not_is_refused(emulator: Emulator, body: bytes) -> None:
    """Nothing that a server sends ends in a traceback."""
    emulator.add(Trouble("eachlabs", "model", status=200, body=body))
    assert isinstance(trouble(emulator, look), BadResponse)


# What is repeated


@pytest.mark.parametrize(
    "fault",
    [
        Trouble("eachlabs", "model", status=500, times=2),
        Trouble("eachlabs", "model", status=503, times=2, headers={"Retry-After": "1"}),
        Trouble("eachlabs", "model", Do.DROP, times=2),
        Trouble("eachlabs", "model", Do.DROP, times=2, reset=True),
        Trouble("eachlabs", "model", Do.TRUNCATE, times=2),
        Trouble("eachlabs", "model", Do.HANG),
        Trouble("eachlabs", "model", Do.DRIP, size=1, seconds=0.2),
        html_page("eachlabs", "model"),
        too_many("eachlabs", route="model", times=2),
        too_many("eachlabs", "1", route="model", times=2),
        too_many("eachlabs", "Wed, 21 Oct 2015 07:28:00 GMT", route="model", times=2),
    ],
    ids=lambda fault: f"{fault.do}-{fault.status}",
)
def test_a_question_is_repeated_until_it_is_answered(emulator: Emulator, fault: Trouble) -> None:
    """Asking again costs nothing, whatever became of the first time."""
    emulator.add(fault)
    assert over_eachlabs(emulator, look, silence_s=1000)["slug"] == BODY["model"]
    assert len(emulator.requests_of("model")) == (fault.times or 0) + 1


def test_a_service_that_stays_silent_is_given_up(emulator: Emulator) -> None:
    """The error says so, and that a repetition is safe."""
    emulator.add(Trouble("eachlabs", "model", status=500, times=None))
    error = trouble(emulator, look, silence_s=100)
    assert isinstance(error, Unavailable)
    assert len(emulator.requests_of("model")) > 1


def test_a_wait_that_a_service_asks_for_is_obeyed_up_to_a_minute(emulator: Emulator) -> None:
    """An hour is not waited for: 60 seconds, here 0.3, and it is asked again."""
    emulator.add(too_many("eachlabs", "3600", route="model"))
    over_eachlabs(emulator, look)
    first, second = emulator.requests_of("model")
    assert 60 * PACE <= second.at - first.at < 30 * 60 * PACE


# What may cost money


@pytest.mark.parametrize(
    "fault",
    [
        accepted_then_dropped("eachlabs"),
        accepted_then_dropped("eachlabs", reset=True),
        Trouble("eachlabs", "submit", Do.TRUNCATE),
        Trouble("eachlabs", "submit", Do.HANG, takes_effect=True),
        Trouble("eachlabs", "submit", Do.DELAY, seconds=2),
        Trouble("eachlabs", "submit", status=500, takes_effect=True),
        html_page("eachlabs", "submit", 504, takes_effect=True),
    ],
    ids=lambda fault: f"{fault.do}-{fault.status}{'-reset' * fault.reset}",
)
def test_a_submit_whose_answer_is_lost_is_never_repeated(emulator: Emulator, fault: Trouble) -> None:
    """It was accepted and billed; a second one would be billed too."""
    emulator.add(fault)
    assert type(trouble(emulator, submit)) is SubmitUnknown
    assert list(emulator.accepted.values()) == [1]


def test_a_refusal_whose_words_are_cut_off_is_a_refusal() -> None:
    """The status line has arrived, and it says that nothing was begun."""
    cut = answer("400 Bad Request", b'{"error": "no', length=500)
    with Scripted(cut) as server, pytest.raises(Rejected):
        over(server.url, submit)


async def prepare(api: Api) -> Any:
    """A call that only prepares a submit."""
    return await api.ask("POST", "/v1/upload/presign", json={}, uploading=True)


@pytest.mark.parametrize("act", [submit, prepare])
def test_what_cannot_be_sent_is_soon_given_up_and_certainly_not_accepted(act: Callable[[Api], Any]) -> None:
    """A port at which nobody listens: the request never left. It is told of once, at the first try.

    However long silence is borne elsewhere, nothing comes of waiting here.
    """
    told: list[str] = []
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(Unreachable) as caught:
            over(url, act, silence_s=10_000, unreached=told.append)
    assert told == [str(caught.value)]
    assert str(caught.value).startswith("each::labs cannot be reached: ")
    assert caught.value.retry_is_safe


def test_a_submit_to_something_that_speaks_no_tls_is_certainly_not_accepted(emulator: Emulator) -> None:
    """The handshake comes before the request."""
    with pytest.raises(Unavailable):
        over(emulator.eachlabs_url.replace("http:", "https:"), submit)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/1.1 2",
        answer("307 Temporary Redirect", b"", "Location: javascript:1"),
        answer("200 OK", b"not gzip", "Content-Encoding: gzip"),
    ],
)
def test_a_server_that_does_not_speak_http_leaves_a_submit_in_doubt(sent: bytes) -> None:
    """An answer that makes no sense does not say that nothing was begun."""
    with Scripted(sent) as server:
        with pytest.raises(SubmitUnknown):
            over(server.url, submit)
        assert len(server.requests) == 1  # whatever it is, it has the request


# The key


@pytest.mark.parametrize(
    ("header", "name", "value"),
    [(KeyHeader.BEARER, "authorization", f"Bearer {KEY}"), (KeyHeader.X_API_KEY, "x-api-key", KEY)],
)
def test_the_key_is_sent_in_one_form(header: KeyHeader, name: str, value: str) -> None:
    """The documented one, or the older one where the project asks for it; never both."""
    with Scripted(answer("200 OK", b"{}")) as server:
        over(server.url, look, KEY, header=header)
    [request] = server.requests
    assert f"{name}: {value}" in request.lower().replace(KEY.lower(), KEY).replace("bearer", "Bearer")
    assert request.count(KEY) == 1


@pytest.mark.parametrize("key", ["smk\n_1", "smk 1", "smk_ü", "smk_\x00", "smk_1\r\nHost: x", "клюк"])
def test_a_key_that_no_header_may_carry_is_an_auth_error(key: str) -> None:
    """It comes from a bad paste, and is told of without being shown."""
    with pytest.raises(AuthError) as caught:
        Api(access("https://api.example.test", key), connections=1)
    assert key not in f"{caught.value}{caught.value.remedy}"
    assert "EACHLABS_API_KEY" in caught.value.remedy


@pytest.mark.parametrize("url", ["ftp://api.example.test", "api.example.test", "https://", "file:///x", ""])
def test_a_base_url_that_is_none_is_a_usage_error(url: str) -> None:
    """It comes from the environment."""
    with pytest.raises(UsageError):
        Api(access(url), connections=1)


ORIGINS = {
    "https://api.example.test/v1/x": True,
    "https://api.example.test:443/elsewhere": True,
    "https://API.example.test/": True,
    "http://api.example.test/v1/x": False,
    "https://api.example.test:8443/v1/x": False,
    "https://cdn.example.test/v1/x": False,
    "https://api.example.test.evil.test/": False,
    "https://api.example.test@evil.test/": False,
    "https://evil.test/api.example.test": False,
}


@pytest.mark.parametrize("url", ORIGINS)
def test_the_key_belongs_to_one_origin(url: str) -> None:
    """Scheme, host and port: never from https to http, never to a host that looks like it."""
    key = KeyForOrigin(access("https://api.example.test/v1", KEY))
    request = next(key.auth_flow(httpx.Request("GET", url)))
    assert (request.headers.get("authorization") == f"Bearer {KEY}") is ORIGINS[url]
    assert (KEY in str(request.headers.raw)) is ORIGINS[url]


GONE = {"200 OK": False, "302 Found": False, "401 No": False, "403 No": True, "404 No": True}
GONE |= {"405 No": False, "410 Gone": True, "429 Slow": False, "500 No": False, "nonsense": False}


@pytest.mark.parametrize("status", GONE)
def test_what_is_gone_is_told_by_three_answers(emulator: Emulator, status: str) -> None:
    """Whatever else is answered says nothing. It is asked once, with HEAD, and elsewhere without the key."""
    with Scripted(answer(status, b"", "Location: /x")) as server:
        there = over_eachlabs(emulator, lambda api: api.is_there(f"{server.url}/a.png"))
        assert there is not GONE[status]
        [head] = server.requests
    assert head.startswith("HEAD /a.png")
    assert emulator.keys["eachlabs"] not in head


def test_the_key_goes_along_to_the_api_s_own_origin() -> None:
    """A file may lie there."""
    with Scripted(answer("404 No")) as server:
        assert not over(server.url, lambda api: api.is_there(f"{server.url}/a.png"), KEY)
        assert KEY in server.requests[0]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/a.png", "https://[bad/a.png", "ftp://x.test/a.png"])
def test_what_cannot_be_asked_counts_as_there(emulator: Emulator, url: str) -> None:
    """Nobody listens, or it is no address of the web."""
    assert over_eachlabs(emulator, lambda api: api.is_there(url))


@pytest.mark.parametrize("route", ["submit", "model"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_api_that_redirects_is_not_followed(emulator: Emulator, route: str, status: int) -> None:
    """Neither the key nor the request goes to another place."""
    emulator.add(Trouble("eachlabs", route, Do.REDIRECT, status=status, times=None))
    assert type(trouble(emulator, submit if route == "submit" else look)) is BadResponse
    assert emulator.violations == []
    assert {seen.service for seen in emulator.requests} == {"eachlabs"}


def test_a_service_that_repeats_the_key_does_not_get_it_into_a_message(emulator: Emulator) -> None:
    """Nor into anything that is read from its answers."""
    key = emulator.keys["eachlabs"]
    emulator.add(Trouble("eachlabs", "submit", status=401, body={"error": f"the key {key} is revoked"}))
    emulator.add(Trouble("eachlabs", "model", status=200, body={"key": key}))
    error = trouble(emulator, submit)
    assert str(error) == "each::labs refused the key: 401 Unauthorized: the key [key] is revoked"
    assert over_eachlabs(emulator, look) == {"key": "[key]"}


def test_the_key_is_in_no_representation() -> None:
    """What is printed by accident says nothing."""
    shown = access("https://api.example.test", KEY)
    assert KEY not in f"{shown!r} {shown}"


# Uploads


def test_an_upload_goes_without_a_key_and_with_its_length(tmp_path: Path) -> None:
    """Signed storage refuses both a second authorisation and a chunked body."""
    file = tmp_path / "front.png"
    file.write_bytes(b"\x89PNG" + b"x" * 700_000)
    with Scripted(answer("500 Oops"), answer("200 OK")) as server:
        digest = over(
            server.url, lambda api: api.upload(f"{server.url}/put?s=1", file, {"X-Amz-Meta": "a"}), KEY
        )
    assert digest == digest_bytes(file.read_bytes())
    assert len(server.requests) == 2
    sent = server.requests[1].lower()
    assert sent.startswith("put /put?s=1 http/1.1")
    assert "content-length: 700004" in sent
    assert "x-amz-meta: a" in sent
    assert "transfer-encoding" not in sent
    assert KEY not in server.requests[1]


def test_an_upload_that_is_refused_is_not_repeated(tmp_path: Path) -> None:
    """A signature that has expired does not come back to life."""
    file = tmp_path / "front.png"
    file.write_bytes(b"x")
    with Scripted(answer("403 Forbidden", b"<?xml version='1.0'?><Error/>")) as server:
        with pytest.raises(Rejected):
            over(server.url, lambda api: api.upload(f"{server.url}/put", file, {}))
        assert len(server.requests) == 1


# Events


def test_within_the_stream_of_events_one_is_subscribed(emulator: Emulator) -> None:
    """What happens after it was opened is heard."""

    async def listen(api: Api) -> str:
        async with api.events("/events") as events:
            assert emulator.streams == 1
            await asyncio.to_thread(emulator.send_event, "media_generation_completed", {"generation_id": "1"})
            return (await anext(events)).event
        raise AssertionError

    assert over(emulator.oxen_url, listen, emulator.keys["oxen"]) == "media_generation_completed"


def test_a_stream_of_events_that_is_dead_is_unavailable(emulator: Emulator) -> None:
    """Three heartbeats missed: the connection is gone, whatever TCP thinks."""
    emulator.add(Trouble("oxen", "events", Do.DEAD))

    async def listen(api: Api) -> list[Any]:
        async with api.events("/events") as events:
            return [event async for event in events]
        raise AssertionError

    with pytest.raises(Unavailable):
        over(emulator.oxen_url, listen, emulator.keys["oxen"])


def test_a_stream_of_events_that_the_service_ends_has_ended(emulator: Emulator) -> None:
    """That is no error; whoever listens opens the next one."""
    emulator.add(Trouble("oxen", "events", Do.CLOSE))

    async def listen(api: Api) -> list[Any]:
        async with api.events("/events") as events:
            return [event async for event in events]
        raise AssertionError

    assert over(emulator.oxen_url, listen, emulator.keys["oxen"]) == []


def test_a_stream_of_events_needs_the_key(emulator: Emulator) -> None:
    """A refusal is the same error as anywhere."""

    async def listen(api: Api) -> None:
        async with api.events("/events"):
            raise AssertionError

    with pytest.raises(AuthError):
        over(emulator.oxen_url, listen, "smk_wrong_wrong")
