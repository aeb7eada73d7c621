"""Uploads: a local reference goes where Oxen can fetch it, and only where the project allows it."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from seedgen.errors import AuthError, ProviderError, Rejected
from seedgen.planning.request import RequestReference
from seedgen.project.media import MediaType
from seedgen.project.models import OxenSettings
from seedgen.providers.oxen import unreachable
from tests.emulator import Do, Emulator, Fault
from tests.providers.oxen_room import asked, at_oxen, run

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.ports.provider import Submission
    from seedgen.providers.oxen import OxenProvider

PNG = b"\x89PNG\r\n\x1a\n and so on"
REPOSITORY: dict[str, Any] = {"upload_repo": "studio/refs", "public_uploads": True}
URL = "https://x.test/street.png"


def digest(content: bytes) -> str:
    """SHA-256."""
    return hashlib.sha256(content).hexdigest()


def with_file(
    root: Path, name: str = "street.png", content: bytes = PNG, *, face: bool = False, kind: str = "image"
) -> Submission:
    """A request with one local reference."""
    file = root / name
    file.write_bytes(content)
    reference = RequestReference(MediaType(kind), f"sha256:{digest(content)}", face)
    return asked("A roof <image 1>.", references=[reference], media=[file])


def prepared(emulator: Emulator, root: Path, submission: Submission, **settings: Any) -> list[str]:
    """The addresses that a submission's references get."""

    async def act(oxen: OxenProvider) -> list[str]:
        return [str(url) for url in (await oxen.prepare(submission)).media]

    return at_oxen(emulator, root, act, **settings)


def test_a_url_is_passed_on_as_it_is(emulator: Emulator, tmp_path: Path) -> None:
    """Pinned or not; nothing is asked of anybody."""
    references = [
        RequestReference(MediaType.IMAGE, f"url:{URL}", face=False),
        RequestReference(MediaType.IMAGE, f"sha256:{'0' * 64}", face=True),
    ]
    submission = asked("A.", references=references, media=[URL, URL])
    assert prepared(emulator, tmp_path, submission) == [URL, URL]
    assert emulator.requests == []


def test_a_file_goes_into_the_repository_under_its_digest(emulator: Emulator, tmp_path: Path) -> None:
    """Made when it is not there; the address is one that needs no key, and a job can be made with it."""
    name = f"seedgen/{digest(PNG)}.png"

    async def act(oxen: OxenProvider) -> str:
        ready = await oxen.prepare(with_file(tmp_path, "Street.PNG"))
        await run(oxen, ready)
        return str(ready.media[0])

    url = at_oxen(emulator, tmp_path, act, **REPOSITORY)
    assert url == f"{emulator.oxen_url}/repos/studio/refs/file/main/{name}"
    assert emulator.uploads == {f"studio/refs/{name}": PNG}
    assert emulator.submits[0].body["input_images"] == [url]
    made, put = emulator.requests[:2]
    assert (made.method, made.path) == ("POST", "/api/repos")
    assert (made.json["namespace"], made.json["name"]) == ("studio", "refs")
    assert (put.method, put.path) == ("PUT", "/api/repos/studio/refs/file/main/seedgen")


def test_a_repository_that_is_there_is_fine(emulator: Emulator, tmp_path: Path) -> None:
    """409 when it is made a second time, by another run."""
    prepared(emulator, tmp_path, with_file(tmp_path), **REPOSITORY)
    prepared(emulator, tmp_path, with_file(tmp_path, "roof.png", PNG + b"2"), **REPOSITORY)
    assert len(emulator.uploads) == 2
    assert [seen.method for seen in emulator.requests] == ["POST", "PUT"] * 2


def test_equal_bytes_go_up_once(emulator: Emulator, tmp_path: Path) -> None:
    """At the same time, later, and under another name."""

    async def act(oxen: OxenProvider) -> None:
        again = with_file(tmp_path, "same.png")
        await asyncio.gather(*(oxen.prepare(with_file(tmp_path)) for _ in range(5)), oxen.prepare(again))

    at_oxen(emulator, tmp_path, act, **REPOSITORY)
    at_oxen(emulator, tmp_path, act, **REPOSITORY)
    assert len(emulator.requests_of("upload")) == 1


@pytest.mark.parametrize(("status", "uploads"), [(403, 2), (404, 2), (410, 2), (405, 1), (500, 1)])
def test_a_file_that_is_gone_goes_up_again(
    status: int, uploads: int, emulator: Emulator, tmp_path: Path
) -> None:
    """Somebody tidied the repository up; asked once in a process. What says nothing of it changes nothing."""
    prepared(emulator, tmp_path, with_file(tmp_path), **REPOSITORY)
    emulator.add(Fault("oxen", "download", status=status, times=None))

    async def act(oxen: OxenProvider) -> None:
        for _ in range(3):
            await oxen.prepare(with_file(tmp_path))

    at_oxen(emulator, tmp_path, act, **REPOSITORY)
    assert len(emulator.requests_of("upload")) == uploads
    assert [request.method for request in emulator.requests_of("download")] == ["HEAD"]


def test_another_repository_does_not_have_the_file(emulator: Emulator, tmp_path: Path) -> None:
    """What is remembered is where a file stands, not that it once went somewhere."""
    [first] = prepared(emulator, tmp_path, with_file(tmp_path), **REPOSITORY)
    other = REPOSITORY | {"upload_repo": "studio/more"}
    [second] = prepared(emulator, tmp_path, with_file(tmp_path), **other)
    assert "/studio/refs/" in first
    assert "/studio/more/" in second


def test_a_reference_that_changed_after_the_plan_is_not_sent(emulator: Emulator, tmp_path: Path) -> None:
    """The take would be kept under a request that never was."""
    submission = with_file(tmp_path)
    (tmp_path / "street.png").write_bytes(PNG + b"!")
    with pytest.raises(Rejected, match=r"street\.png changed after the plan was made"):
        prepared(emulator, tmp_path, submission, **REPOSITORY)
    assert emulator.uploads == {}


def test_what_was_derived_from_a_clip_is_named_by_its_own_bytes(emulator: Emulator, tmp_path: Path) -> None:
    """Its identity is the clip's, which no frame has."""
    file = tmp_path / "last.png"
    file.write_bytes(PNG)
    reference = RequestReference(MediaType.IMAGE, f"derived:last_frame:sha256:{'1' * 64}", face=False)
    submission = asked("A <image 1>.", references=[reference], media=[file])
    for _ in range(2):
        [url] = prepared(emulator, tmp_path, submission, **REPOSITORY)
        assert url.endswith(f"/{digest(PNG)}.png")
    assert len(emulator.requests_of("upload")) == 1


def test_a_repository_that_may_not_be_made_says_why(emulator: Emulator, tmp_path: Path) -> None:
    """Its absence afterwards is the lesser news."""
    body = {"error": {"title": "You may not write to studio"}}
    emulator.add(Fault("oxen", "repo", status=400, body=body))
    with pytest.raises(Rejected, match="You may not write to studio"):
        prepared(emulator, tmp_path, with_file(tmp_path), **REPOSITORY)


@pytest.mark.parametrize(("status", "error"), [(401, AuthError), (413, Rejected)])
def test_an_upload_that_is_refused_is_remembered_nowhere(
    status: int, error: type[ProviderError], emulator: Emulator, tmp_path: Path
) -> None:
    """The next apply tries again."""
    emulator.add(Fault("oxen", "upload", status=status))
    with pytest.raises(error):
        prepared(emulator, tmp_path, with_file(tmp_path), **REPOSITORY)
    assert prepared(emulator, tmp_path, with_file(tmp_path), **REPOSITORY)


def test_an_upload_that_breaks_off_is_repeated(emulator: Emulator, tmp_path: Path) -> None:
    """It costs nothing."""
    emulator.add(Fault("oxen", "upload", Do.DROP))
    [url] = prepared(emulator, tmp_path, with_file(tmp_path), **REPOSITORY)
    assert url.endswith(".png")
    assert len(emulator.requests_of("upload")) == 2


# -- inside the request --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0 and so on", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
    ],
)
def test_a_picture_may_travel_inside_the_request(
    content: bytes, kind: str, emulator: Emulator, tmp_path: Path
) -> None:
    """Only when the project says so; its kind is told by its bytes, whatever its name."""
    submission = with_file(tmp_path, "picture", content)
    [url] = prepared(emulator, tmp_path, submission, data_uris=True)
    assert url == f"data:{kind};base64,{base64.b64encode(content).decode()}"
    assert emulator.requests == []


@pytest.mark.parametrize("settings", [{}, REPOSITORY], ids=["alone", "with a repository"])
def test_a_picture_too_large_to_travel_goes_into_the_repository_or_nowhere(
    settings: dict[str, Any], emulator: Emulator, tmp_path: Path
) -> None:
    """12 MB is what is known to work."""
    submission = with_file(tmp_path, content=PNG + b"\0" * 12_000_000)
    if settings:
        # 12 MB take their time on a busy machine; at the usual pace a read waits 0.3 s.
        [url] = prepared(emulator, tmp_path, submission, pace=0.1, data_uris=True, **settings)
        assert url.startswith(emulator.oxen_url)
    else:
        with pytest.raises(Rejected, match="at most 12 MB") as caught:
            prepared(emulator, tmp_path, submission, data_uris=True)
        assert "upload_repo" in caught.value.remedy


# -- nowhere -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "what", "why"),
    [
        ({}, {}, "names none"),
        ({"public_uploads": True}, {}, "names none"),
        ({"upload_repo": "studio/refs"}, {}, "does not say public_uploads: true"),
        ({"data_uris": True}, {"face": True}, "names none"),
        ({"data_uris": True}, {"kind": "video"}, "names none"),
        ({"data_uris": True}, {"kind": "audio"}, "names none"),
    ],
    ids=str,
)
def test_a_file_is_sent_nowhere_without_a_word_of_the_project(
    settings: dict[str, Any], what: dict[str, Any], why: str, emulator: Emulator, tmp_path: Path
) -> None:
    """It would be public. Planning can tell, and the remedy names both ways out."""
    submission = with_file(tmp_path, **what)
    told = unreachable(submission.request, submission.media, OxenSettings.model_validate(settings))
    assert why in told
    assert told.startswith("street.png: ")
    with pytest.raises(Rejected) as caught:
        prepared(emulator, tmp_path, submission, **settings)
    assert str(caught.value) == told
    for word in ("URL", "upload_repo", "public_uploads", "public"):
        assert word in caught.value.remedy
    assert emulator.requests == []


@pytest.mark.parametrize("settings", [REPOSITORY, {"data_uris": True}], ids=str)
def test_a_file_that_can_be_sent_is_no_matter_for_a_warning(settings: dict[str, Any], tmp_path: Path) -> None:
    """Nor is a URL."""
    submission = with_file(tmp_path)
    wanted = OxenSettings.model_validate(settings)
    assert unreachable(submission.request, submission.media, wanted) == ""
    assert unreachable(submission.request, [URL], OxenSettings()) == ""
