"""Any answer: whatever a service says, an adapter gives a value or one of our errors, and submits once."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import SecretStr

from seedgen.errors import BadResponse, SeedgenError, SubmitUnknown
from seedgen.planning.request import Request, RequestReference
from seedgen.ports.provider import Submission, Window
from seedgen.project.media import MediaType
from seedgen.project.models import EachlabsSettings, OxenMode, OxenSettings
from seedgen.providers.eachlabs import EachlabsProvider
from seedgen.providers.http import Access, Api
from seedgen.providers.oxen import OxenProvider
from seedgen.store.uploads import UploadStore
from tests.fuzzing import damaged, json_values, laws, spoilt
from tests.providers.scripted import Scripted, answer
from tests.providers.talking import shipped_cards

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from seedgen.project.shelf import Cards

PACE = 1e-5
"""A service that says "not now" is left after a millisecond."""
NOW = datetime.now(UTC)
WINDOW = Window(NOW - timedelta(hours=1), NOW)
MODELS = {
    "eachlabs": "bytedance-seedance-2-0-mini-reference-to-video",
    "oxen": "bytedance-seedance-2-0-reference-to-video",
}


@dataclass
class Line:
    """A line to a service that answers as it is told, held open for a whole test."""

    server: Scripted
    runner: asyncio.Runner
    api: Api
    uploads: UploadStore
    file: Path
    cards: Cards

    def provider(self, service: str, mode: OxenMode = OxenMode.POLL) -> EachlabsProvider | OxenProvider:
        """An adapter that knows nothing yet."""
        if service == "eachlabs":
            return EachlabsProvider(self.api, self.cards, EachlabsSettings(), self.uploads, pace=PACE)
        settings = OxenSettings(mode=mode, upload_repo="studio/refs", public_uploads=True)
        return OxenProvider(self.api, self.cards, settings, self.uploads, pace=PACE)

    def submission(self, service: str, *media: str | Path) -> Submission:
        """A request with the card's defaults."""
        card = self.cards.find(service, MODELS[service])
        assert card is not None
        values = {name: card.default_of(name) for name in card.parameters}
        references = tuple(RequestReference(MediaType.IMAGE, None) for _ in media)
        request = Request(service, card.model, "A roof.", values, references)
        return Submission(request, request.numbered(1).outline(), media)

    def ask(self, act: Callable[[], Awaitable[Any]], *answers: bytes) -> SeedgenError | None:
        """The error of ours that comes of some answers, in words that can be written; None for a value."""
        self.server.answer_with(*answers)

        async def once() -> SeedgenError | None:
            try:
                await act()
            except SeedgenError as error:
                return error
            return None

        error = self.runner.run(once())
        assert error is None or f"{error} {error.remedy}".encode()
        return error


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """The line, and a file to bring."""
    folder = tmp_path_factory.mktemp("line")
    file = folder / "door.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\ndoor")
    with Scripted(b"") as server, asyncio.Runner() as runner:
        access = Access("Service", server.url, SecretStr("smk_of_a_test_0123456789"), "A_KEY")
        api = Api(access, connections=4, pace=PACE)
        uploads = UploadStore(folder / "uploads")
        yield Line(server, runner, api, uploads, file, shipped_cards())
        runner.run(api.close())
        uploads.close()


def ok(value: Any) -> bytes:
    """200 with JSON."""
    return answer("200 OK", json.dumps(value).encode())


ROW = {
    "generation_id": "3b9d",
    "model_name": MODELS["oxen"],
    "prompt": "A roof.",
    "status": "succeeded",
    "result_url": "http://127.0.0.1:9/a.mp4",
    "error_message": None,
    "enqueued_at": 1780000000,
    "cost": "1.386",
    "duration": 6,
}
PREDICTION = {
    "id": "p-1",
    "status": "success",
    "input": {"prompt": "A roof.", "duration": "5", "image_urls": ["https://x.test/a.png"]},
    "output": {"video": {"url": "http://127.0.0.1:9/a.mp4"}},
    "metrics": {"cost": 0.3},
}
FAILED = PREDICTION | {
    "status": "error",
    "output": [{"error_message": '{"error": {"message": "x"}}', "error_code": "E", "classification": {}}],
    "error_classification": "x",
}
PRESIGNED = {
    "presigned_url": "http://127.0.0.1:9/put",
    "public_url": "http://127.0.0.1:9/a.png",
    "required_headers": {"Content-Type": "image/png", "x-amz-acl": "public-read"},
    "expires_at": "2026-06-01T00:00:00Z",
}
QUEUED = {"generations": [ROW, ROW | {"generation_id": "4c"}], "count": 2, "total_pages": 1}
EXECUTIONS = {"executions": [{"id": "p-1", "status": "success"}, {"id": "p-2"}]}

READ: dict[tuple[str, str], list[Any]] = {
    ("eachlabs", "status"): [PREDICTION, FAILED],
    ("eachlabs", "bill"): [PREDICTION],
    ("eachlabs", "find"): [EXECUTIONS, PREDICTION],
    ("eachlabs", "made_for"): [PREDICTION],
    ("eachlabs", "fetch"): [PREDICTION],
    ("eachlabs", "cancel"): [PREDICTION],
    ("eachlabs", "prepare"): [PRESIGNED],
    ("oxen", "status"): [ROW, {"generation": ROW}],
    ("oxen", "find"): [QUEUED],
    ("oxen", "made_for"): [ROW],
    ("oxen", "fetch"): [ROW],
    ("oxen", "cancel"): [ROW],
    ("oxen", "prepare"): [{"status": "success"}],
}
"""What an adapter reads, and answers by the contract, of which one at a time is damaged."""


def reading(line: Line, service: str, what: str) -> Callable[[], Awaitable[Any]]:
    """One call of the port that reads answers."""
    provider = line.provider(service)
    sent = line.submission(service)

    async def bill() -> None:
        status = await provider.status("p-1")
        if status.cost is not None:
            # As the journal and the lock write it: exact, and of a length that somebody can read.
            assert len(format(status.cost, "f")) < 100

    calls: dict[str, Callable[[], Awaitable[Any]]] = {
        "status": lambda: provider.status("p-1"),
        "bill": bill,
        "find": lambda: provider.find(sent, WINDOW),
        "made_for": lambda: provider.made_for("p-1", sent),
        "fetch": lambda: provider.fetch("p-1", line.file.with_name("a.mp4")),
        "cancel": lambda: provider.cancel("p-1"),
        "prepare": lambda: provider.prepare(line.submission(service, line.file)),
    }
    return calls[what]


@pytest.mark.parametrize(("service", "what"), READ, ids=lambda part: part)
@laws(50)
@given(data=st.data())
def test_an_answer_of_any_shape_is_read_or_an_error_of_ours(
    service: str, what: str, line: Line, data: st.DataObject
) -> None:
    """Near to the contract or far from it, over a real connection."""
    sound = data.draw(st.sampled_from(READ[service, what]))
    value = data.draw(damaged(sound) | json_values)
    line.ask(reading(line, service, what), ok(value), ok(value), ok(sound))


# -- submits -----------------------------------------------------------------------------------------

SUBMITS = {
    "eachlabs": {"predictionID": "p-1", "status": "success", "message": ""},
    "oxen": {"generations": [{"generation_id": "3b9d", "status": "queued"}], "error": None},
    "oxen in one call": {"created": 1, "videos": [{"url": "http://127.0.0.1:9/a.mp4"}]},
}
UNSURE = (SubmitUnknown, BadResponse)
"""Errors that say: it may have been accepted."""


def submitting(line: Line, way: str) -> Callable[[], Awaitable[Any]]:
    """A submit, which gives an id that the journal can keep and an address can hold."""
    service, _, sync = way.partition(" ")
    provider = line.provider(service, OxenMode.SYNC if sync else OxenMode.POLL)

    async def submit() -> None:
        job_id = await provider.submit(line.submission(service))
        assert job_id.isprintable()
        assert 0 < len(job_id) <= 200

    return submit


def is_refusal(value: Any) -> bool:
    """Whether 2xx says in so many words that nothing was begun: an error in place of a job."""
    if not isinstance(value, dict) or any(value.get(key) for key in ("generations", "videos", "video")):
        return False
    return bool(value.get("error")) or value.get("generations") == []


@pytest.mark.parametrize("way", SUBMITS)
@laws(80)
@given(data=st.data())
@example(data=None)
def test_a_submit_whose_answer_cannot_be_read_may_have_been_accepted(
    way: str, line: Line, data: st.DataObject | None
) -> None:
    """It is an id or a doubt, and a refusal only where the answer is one; nothing is sent twice."""
    sound = SUBMITS[way]
    value = sound if data is None else data.draw(damaged(sound) | json_values)
    error = line.ask(submitting(line, way), ok(value), ok({"generations": []}))
    assert data is not None or error is None
    assert error is None or isinstance(error, UNSURE) or is_refusal(value)
    assert [head for head in line.server.requests if head.startswith("POST")] == line.server.requests[:1]


ODD_HEADERS = [
    *("Content-Type: application/json; charset=hex", "Content-Type: text/html; charset=idna"),
    *("Content-Type: application/json; charset=utf-16", "Content-Encoding: gzip", "Content-Encoding: br"),
    *("Retry-After: 99999999999999999999", "Retry-After: soon", "Retry-After: Thu, 01 Jan 9999 00:00:00 GMT"),
    *("Location: http://[", "Location: //elsewhere.test/", "Set-Cookie: a=b", "Transfer-Encoding: chunked"),
    *("Retry-After: \xff", "Content-Length: 5", "Connection: upgrade"),
]
HUGE = b'{"a": 1e99999999999999999999}'
DEEP = b"[" * 950 + b"]" * 950
STATUSES = [*(200, 201, 204, 206, 301, 307, 400, 401, 402, 403, 404, 409, 410, 422, 425, 429), 500, 502, 599]


@st.composite
def raw(draw: st.DrawFn) -> bytes:
    """An HTTP answer that is odd in its head or its body, or spoilt on the way."""
    body = draw(
        st.sampled_from([b"", b"{", HUGE, DEEP, b"<html>", b"\xff"])
        | st.binary(max_size=40)
        | json_values.map(lambda value: json.dumps(value).encode())
    )
    status = draw(st.sampled_from(STATUSES))
    headers = draw(st.lists(st.sampled_from(ODD_HEADERS), max_size=2))
    length = draw(st.sampled_from([None, None, None, 0, len(body) + 5]))
    sound = answer(f"{status} Said", body, *headers, length=length)
    return draw(st.just(sound) | spoilt(sound))


@pytest.mark.parametrize("way", SUBMITS)
@laws(80)
@given(content=raw())
def test_a_submit_is_answered_by_anything(way: str, line: Line, content: bytes) -> None:
    """Only an answer that is a refusal by its status, or by its words, says that nothing was begun."""
    error = line.ask(submitting(line, way), content)
    assert len([head for head in line.server.requests if head.startswith("POST")]) <= 1
    if error is not None and not isinstance(error, UNSURE):
        assert content.startswith(b"HTTP/1.1 4") or b'"error"' in content or b'"generations"' in content


@pytest.mark.parametrize(("service", "what"), READ, ids=lambda part: part)
@laws(15)
@given(content=raw())
def test_a_question_is_answered_by_anything(service: str, what: str, line: Line, content: bytes) -> None:
    """It is an error of ours or a value."""
    line.ask(reading(line, service, what), content)


HALF = b'"\\ud800"'
UNREADABLE = {
    "a number without a value": answer("200 OK", HUGE),
    "lists in lists": answer("200 OK", DEEP),
    "a charset that is no text": answer("200 OK", b"{}", "Content-Type: application/json; charset=hex"),
    "a header that is no ASCII": answer("200 OK", b"", "Retry-After: \xff"),
    "half a character for an id": answer("200 OK", b'{"id": ' + HALF + b"}"),
    "an id of two lines": ok({"id": "a\nb"}),
    "jobs in another form, and an error": ok({"generations": {"id": "a"}, "error": "partly"}),
    "a clip in another form, and an error": ok({"videos": [{"b64_json": "A"}], "error": "late"}),
}
WHOSE = {
    "jobs in another form, and an error": "oxen",
    "a clip in another form, and an error": "oxen in one call",
}


@pytest.mark.parametrize(
    ("name", "way"), [(name, way) for name in UNREADABLE for way in SUBMITS if WHOSE.get(name, way) == way]
)
def test_these_answers_to_a_submit_are_doubts(name: str, way: str, line: Line) -> None:
    """They were tracebacks, ids that no journal can hold, or taken for refusals."""
    assert isinstance(line.ask(submitting(line, way), UNREADABLE[name]), UNSURE)


DEAD = PRESIGNED | {"presigned_url": "SERVER/put", "expires_at": "0001-01-01T00:00:00Z"}
READABLE: dict[str, tuple[str, str, Any]] = {
    "a bill without end": ("eachlabs", "bill", PREDICTION | {"metrics": {"cost": "1e999999999"}}),
    "a bill of almost nothing": ("oxen", "bill", ROW | {"cost": "1e-999999999"}),
    "a link that died long ago": ("eachlabs", "prepare", DEAD),
    "a time beyond all floats": ("oxen", "status", ROW | {"enqueued_at": 10**400}),
    "an execution that no address can name": ("eachlabs", "find", {"executions": [{"id": "\ud800"}]}),
}


@pytest.mark.parametrize("name", READABLE)
def test_these_answers_to_a_question_do_no_harm(name: str, line: Line) -> None:
    """They were tracebacks, or amounts of a gigabyte in the journal."""
    service, what, value = READABLE[name]
    content = answer("200 OK", json.dumps(value).replace("SERVER", line.server.url).encode())
    for _ in range(2):  # what the first one left behind is read by the second
        line.ask(reading(line, service, what), content)
