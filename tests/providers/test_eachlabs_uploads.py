"""Uploads to each::labs: each file once, and never other bytes than the fingerprint names."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from seedgen.digest import digest_bytes
from seedgen.errors import Rejected, Unavailable
from seedgen.planning.request import Request, RequestReference
from seedgen.ports.provider import Submission
from seedgen.ports.store import Upload
from seedgen.project.media import MediaType
from seedgen.store.uploads import UploadStore
from tests.emulator import Do, Emulator, Fault
from tests.providers.eachlabs_shots import FILES, MINI, SETTINGS, SHOE, submission, submitted, uploaded
from tests.providers.talking import at_eachlabs

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.providers.eachlabs import EachlabsProvider


def test_a_file_that_many_shots_share_goes_up_once(emulator: Emulator, tmp_path: Path) -> None:
    """Side by side in one apply, and again in the next, as long as its link lives."""
    one = submission(tmp_path, SHOE)

    async def many(provider: EachlabsProvider) -> list[Submission]:
        return await asyncio.gather(*(provider.prepare(one) for _ in range(20)))

    prepared = at_eachlabs(emulator, tmp_path, many) + at_eachlabs(emulator, tmp_path, many)
    assert len(emulator.requests_of("presign")) == len(emulator.requests_of("upload")) == 2
    front, side = uploaded(emulator, FILES["front.png"]), uploaded(emulator, FILES["side.png"])
    assert {tuple(each.media) for each in prepared} == {(front, side)}
    assert emulator.violations == []


def test_a_presign_says_what_the_file_is_and_how_long_to_keep_it(emulator: Emulator, tmp_path: Path) -> None:
    """By its bytes, not by its name: `side.png` is a JPEG. Thirty days, not half a year."""
    one = submission(tmp_path, "references: [shoe, walk], prompt: \"{{ ref('shoe') }} {{ ref('walk') }}\"")
    at_eachlabs(emulator, tmp_path, lambda provider: provider.prepare(one))
    asked = [request.json for request in emulator.requests_of("presign")]
    assert {(one["content_type"], one["file_type"]) for one in asked} == {
        ("image/png", "image"),
        ("image/jpeg", "image"),
        ("video/mp4", "video"),
        ("audio/wav", "audio"),
    }
    assert {one["expires_in_seconds"] for one in asked} == {30 * 24 * 3600}


@pytest.mark.parametrize(("lives", "uploads"), [(timedelta(minutes=59), 1), (timedelta(minutes=61), 0)])
def test_a_link_that_is_about_to_die_is_not_used(
    emulator: Emulator, tmp_path: Path, lives: timedelta, uploads: int
) -> None:
    """It has to last until the model has fetched it: an hour is kept to spare."""
    one = submission(tmp_path, SHOE)
    at_eachlabs(emulator, tmp_path, lambda provider: provider.prepare(one))
    store = UploadStore(tmp_path / "uploads")
    known = Upload(uploaded(emulator, FILES["front.png"]), datetime.now(UTC) + lives)
    host = emulator.eachlabs_url.removeprefix("http://")
    store.note(f"eachlabs {host}", digest_bytes(b"\x89PNG\r\n\x1a\nfront"), known)
    store.close()
    before = len(emulator.requests_of("upload"))
    at_eachlabs(emulator, tmp_path, lambda provider: provider.prepare(one))
    assert len(emulator.requests_of("upload")) - before == uploads


def test_a_link_that_leads_nowhere_is_made_anew(emulator: Emulator, tmp_path: Path) -> None:
    """The service is asked once for each file, without a key, and the job fetches what is there."""
    one = submission(tmp_path, SHOE)
    at_eachlabs(emulator, tmp_path, lambda provider: provider.prepare(one))
    emulator.advance(timedelta(days=31).total_seconds())

    async def twice(provider: EachlabsProvider) -> str:
        await provider.prepare(one)
        return await submitted(provider, one)

    job_id = at_eachlabs(emulator, tmp_path, twice)
    asked = emulator.requests_of("download")
    assert [request.method for request in asked] == ["HEAD"] * 2
    assert len(emulator.requests_of("upload")) == 4
    assert (
        at_eachlabs(emulator, tmp_path, lambda provider: provider.wait(job_id, lambda _: None)).message == ""
    )
    assert emulator.violations == []


def test_addresses_are_passed_on_as_they_are(emulator: Emulator, tmp_path: Path) -> None:
    """The service fetches them; seedgen does not."""
    reference = RequestReference(MediaType.IMAGE, "url:https://example.test/a.png")
    request = Request("eachlabs", MINI, "A roof.", SETTINGS, (reference,))
    one = Submission(request, request.fingerprint(), ("https://example.test/a.png",))
    assert at_eachlabs(emulator, tmp_path, lambda provider: provider.prepare(one)) == one
    assert emulator.requests == []


def test_a_file_that_changed_after_the_plan_is_refused(emulator: Emulator, tmp_path: Path) -> None:
    """Nobody pays for other bytes than the fingerprint names, and no link is remembered for them."""
    one = submission(tmp_path, SHOE)
    (tmp_path / "film" / "front.png").write_bytes(b"\x89PNG another")
    for _ in range(2):
        with pytest.raises(Rejected, match="has changed since it was planned"):
            at_eachlabs(emulator, tmp_path, lambda provider: submitted(provider, one))
    assert emulator.submits == []


def test_a_file_that_is_gone_is_an_os_error(emulator: Emulator, tmp_path: Path) -> None:
    """It is the disk's trouble, not the service's."""
    one = submission(tmp_path, SHOE)
    (tmp_path / "film" / "front.png").unlink()
    with pytest.raises(FileNotFoundError):
        at_eachlabs(emulator, tmp_path, lambda provider: provider.prepare(one))


def test_a_file_that_is_too_large_is_refused_before_anything(emulator: Emulator, tmp_path: Path) -> None:
    """each::labs takes 100 MB."""
    large = tmp_path / "large.mp4"
    with large.open("wb") as stream:
        stream.truncate(100_000_001)
    reference = RequestReference(MediaType.VIDEO, f"sha256:{'0' * 64}")
    request = Request("eachlabs", MINI, "A roof.", SETTINGS, (reference,))
    one = Submission(request, request.fingerprint(), (large,))
    with pytest.raises(Rejected, match="larger than the 100 MB"):
        at_eachlabs(emulator, tmp_path, lambda provider: provider.prepare(one))
    assert emulator.requests == []


def test_a_derived_picture_goes_up_under_the_digest_of_its_own_bytes(
    emulator: Emulator, tmp_path: Path
) -> None:
    """Its id names the clip that it comes from: there are no bytes to compare it with."""
    frame = tmp_path / "frame.png"
    frame.write_bytes(b"\x89PNG frame")
    reference = RequestReference(MediaType.IMAGE, f"derived:last_frame:sha256:{'0' * 64}")
    request = Request("eachlabs", MINI, "A roof.", SETTINGS, (reference,))
    one = Submission(request, request.fingerprint(), (frame,))
    prepared = at_eachlabs(emulator, tmp_path, lambda provider: provider.prepare(one))
    assert prepared.media == (uploaded(emulator, b"\x89PNG frame"),)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("eachlabs", "presign", status=500, times=2),
        Fault(None, "upload", status=503, times=2),
        Fault(None, "upload", Do.DROP),
    ],
    ids=lambda fault: f"{fault.route}-{fault.do}",
)
def test_an_upload_is_repeated(emulator: Emulator, tmp_path: Path, fault: Fault) -> None:
    """It costs nothing, however often it is tried."""
    one = submission(tmp_path, SHOE)
    emulator.add(fault)
    at_eachlabs(emulator, tmp_path, lambda provider: submitted(provider, one))
    assert len(emulator.submits) == 1


def test_shots_that_share_a_file_fail_together(emulator: Emulator, tmp_path: Path) -> None:
    """Two tries for each of the two files, the second a minute later: not two for each of the shots."""
    one = submission(tmp_path, SHOE)
    emulator.add(Fault("eachlabs", "presign", status=503, headers={"Retry-After": "60"}, times=None))

    async def many(provider: EachlabsProvider) -> list[Submission | BaseException]:
        return await asyncio.gather(*(provider.prepare(one) for _ in range(5)), return_exceptions=True)

    assert {type(result).__mro__[-6] for result in at_eachlabs(emulator, tmp_path, many)} == {Unavailable}
    assert len(emulator.requests_of("presign")) == 4
