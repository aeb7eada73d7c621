"""Downloads: a paid clip arrives whole, whatever the network does, and nothing else is taken for it."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import httpx
import pytest

from seedgen.digest import digest_bytes
from seedgen.errors import BadResponse, ProviderError, Unavailable
from seedgen.providers.download import LARGEST_CLIP, Download
from tests.emulator import Do, Emulator, Fault, ResultHost
from tests.emulator.faults import html_page
from tests.providers.scripted import Scripted, answer
from tests.providers.talking import PACE, over, over_eachlabs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from seedgen.digest import Digest
    from seedgen.providers.http import Api

CLIP = bytes(range(256)) * 400
"""102,400 bytes that are never the same in two places of 256."""

BODY = {
    "model": "bytedance-seedance-2-0-mini-reference-to-video",
    "input": {"prompt": "A roof."},
}
ETAG = 'ETag: "v1"'


@pytest.fixture
def service() -> Iterator[Emulator]:
    """An emulator whose clips are CLIP."""
    with Emulator(CLIP, distinct=False) as running:
        yield running


async def get(api: Api, out: Path) -> Digest:
    """Make a clip and download it; a fresh address is asked for as often as wanted."""
    job_id = (await api.submit("/v1/prediction/", BODY))["predictionID"]

    async def fresh() -> str:
        return str((await api.ask("GET", f"/v1/prediction/{job_id}"))["output"])

    return await api.download(await fresh(), out, fresh=fresh)


async def refused() -> str:
    """For downloads that need no fresh address."""
    raise AssertionError


def downloaded(server: Scripted, out: Path, path: str = "/clip.mp4?signature=s3cret") -> Digest:
    """Download from a scripted server."""
    return over(server.url, lambda api: api.download(server.url + path, out, fresh=refused))


def ranges(emulator: Emulator) -> list[str | None]:
    """The Range header of every download."""
    return [seen.header("range") for seen in emulator.requests_of("download")]


# Whole, whatever happens

MISHAPS = {
    "nothing": None,
    "the connection ends early": Fault(None, "download", Do.TRUNCATE, size=40_000),
    "it ends early three times": Fault(None, "download", Do.TRUNCATE, size=10_000, times=3),
    "the body stalls": Fault(None, "download", Do.DRIP, size=60_000, seconds=5),
    "no answer": Fault(None, "download", Do.DROP, times=2),
    "silence": Fault(None, "download", Do.HANG),
    "500": Fault(None, "download", status=500, times=3),
    "503 with a wish": Fault(None, "download", status=503, headers={"Retry-After": "1"}),
    "429": Fault(None, "download", status=429),
    "408": Fault(None, "download", status=408),
    "403, and a fresh address": Fault(None, "download", Do.EXPIRE),
    "404, and a fresh address": Fault(None, "download", Do.EXPIRE, status=404, times=3),
    "410, and a fresh address": Fault(None, "download", Do.EXPIRE, status=410),
    "a redirect": Fault(None, "download", Do.REDIRECT),
    "416": Fault(None, "download", status=416),
    "an empty file": Fault(None, "download", status=200, body=b""),
}


@pytest.mark.parametrize("mishap", MISHAPS)
def test_a_clip_arrives_whole(service: Emulator, tmp_path: Path, mishap: str) -> None:
    """Its digest is that of the bytes that the service holds, and one submit was enough."""
    fault, out = MISHAPS[mishap], tmp_path / "clip.mp4"
    if fault is not None:
        service.add(fault)
    assert over_eachlabs(service, lambda api: get(api, out)) == digest_bytes(CLIP)
    assert out.read_bytes() == CLIP
    assert len(service.submits) == 1
    assert service.violations == []


def test_what_is_there_is_not_downloaded_again(service: Emulator, tmp_path: Path) -> None:
    """The rest is asked for, on condition that the file is still the same."""
    service.add(Fault(None, "download", Do.TRUNCATE, size=40_000))
    over_eachlabs(service, lambda api: get(api, tmp_path / "clip.mp4"))
    first, second = service.requests_of("download")
    assert ranges(service) == [None, "bytes=40000-"]
    assert second.header("if-range") is not None
    assert first.header("accept-encoding") == "identity"


def test_a_server_without_ranges_is_asked_from_the_start(tmp_path: Path) -> None:
    """It answers 200 with everything, which replaces what was there."""
    with Emulator(CLIP, distinct=False, ranges=False) as service:
        service.add(Fault(None, "download", Do.TRUNCATE, size=40_000))
        digest = over_eachlabs(service, lambda api: get(api, tmp_path / "clip.mp4"))
    assert digest == digest_bytes(CLIP)
    assert (tmp_path / "clip.mp4").read_bytes() == CLIP


@pytest.mark.parametrize(
    "validator", ["X-Nothing: 1", 'ETag: W/"v1"', "Last-Modified: Wed, 21 Oct 2015 07:28:00 GMT"]
)
def test_without_a_strong_validator_a_download_begins_anew(tmp_path: Path, validator: str) -> None:
    """Two halves that may be of two different files are not put together."""
    cut = answer("200 OK", CLIP[:500], validator, length=1000)
    with Scripted(cut, answer("200 OK", CLIP[:1000], validator)) as server:
        assert downloaded(server, tmp_path / "clip.mp4") == digest_bytes(CLIP[:1000])
        assert "range:" not in server.requests[1].lower()


def test_what_comes_anew_and_shorter_leaves_nothing_of_what_was_there(tmp_path: Path) -> None:
    """The file is exactly what was hashed."""
    with Scripted(answer("200 OK", b"a" * 800, length=1000), answer("200 OK", CLIP[:500])) as server:
        assert downloaded(server, tmp_path / "clip.mp4") == digest_bytes(CLIP[:500])
    assert (tmp_path / "clip.mp4").read_bytes() == CLIP[:500]


WRONG_PARTS = {
    "another beginning": answer(
        "206 Partial Content", CLIP[400:900], "Content-Range: bytes 400-899/1000", ETAG
    ),
    "another length": answer("206 Partial Content", CLIP[500:900], "Content-Range: bytes 500-899/900", ETAG),
    "another file": answer(
        "206 Partial Content", CLIP[500:1000], "Content-Range: bytes 500-999/1000", 'ETag: "v2"'
    ),
    "no range": answer("206 Partial Content", CLIP[500:1000], ETAG),
    "nonsense": answer("206 Partial Content", CLIP[500:1000], "Content-Range: bytes five-six/seven", ETAG),
    "no such part": answer("416 Range Not Satisfiable", b"", "Content-Range: bytes */1000"),
}


@pytest.mark.parametrize("case", WRONG_PARTS)
def test_a_part_that_does_not_fit_is_thrown_away(tmp_path: Path, case: str) -> None:
    """The download begins anew rather than put it in the wrong place."""
    cut, whole = answer("200 OK", CLIP[:500], ETAG, length=1000), answer("200 OK", CLIP[:1000], ETAG)
    with Scripted(cut, WRONG_PARTS[case], whole) as server:
        assert downloaded(server, tmp_path / "clip.mp4") == digest_bytes(CLIP[:1000])
        assert "range: bytes=500-" in server.requests[1].lower()
        assert "range:" not in server.requests[2].lower()
    assert (tmp_path / "clip.mp4").read_bytes() == CLIP[:1000]


def test_a_part_that_is_shorter_than_asked_for_is_gone_on_from(tmp_path: Path) -> None:
    """A server may give less than the rest; what is missing is asked for."""
    parts = [
        answer("200 OK", CLIP[:500], ETAG, length=1000),
        answer("206 Partial Content", CLIP[500:700], "Content-Range: bytes 500-699/1000", ETAG),
        answer("206 Partial Content", CLIP[700:1000], "Content-Range: bytes 700-999/1000", ETAG),
    ]
    with Scripted(*parts) as server:
        assert downloaded(server, tmp_path / "clip.mp4") == digest_bytes(CLIP[:1000])
        assert len(server.requests) == 3


def test_a_clip_of_another_address_does_not_continue_the_first(tmp_path: Path) -> None:
    """Only a changed signature leaves what is there in place; a changed path may be another file."""
    script = [
        answer("200 OK", b"a" * 500, ETAG, length=1000),
        answer("403 Forbidden"),
        answer("200 OK", CLIP[:1000], ETAG),
    ]
    with Scripted(*script) as server:

        async def fresh() -> str:
            return f"{server.url}/other.mp4"

        digest = over(
            server.url, lambda api: api.download(f"{server.url}/clip.mp4", tmp_path / "clip.mp4", fresh=fresh)
        )
        assert digest == digest_bytes(CLIP[:1000])
        assert "range:" not in server.requests[2].lower()


def test_a_clip_that_was_compressed_on_the_way_is_the_clip(tmp_path: Path) -> None:
    """It was not asked for, and a paid clip is not lost over it."""
    with Scripted(answer("200 OK", gzip.compress(CLIP), "Content-Encoding: gzip", ETAG)) as server:
        assert downloaded(server, tmp_path / "clip.mp4") == digest_bytes(CLIP)


# Given up

HOPELESS = {
    "an address that has expired for good": (Fault(None, "download", status=403, times=None), BadResponse),
    "an error without end": (Fault(None, "download", status=500, times=None), Unavailable),
    "a page": (html_page("eachlabs", "download", 200), BadResponse),
    "a refusal": (Fault(None, "download", status=400, times=None), BadResponse),
    "a connection that always breaks": (Fault(None, "download", Do.DROP, times=None), Unavailable),
}


@pytest.mark.parametrize("case", HOPELESS)
def test_a_download_that_is_given_up_leaves_nothing(service: Emulator, tmp_path: Path, case: str) -> None:
    """The error says that the clip is not lost, and keeps the signed address to itself."""
    fault, kind = HOPELESS[case]
    service.add(fault)
    out = tmp_path / "clip.mp4"
    with pytest.raises(ProviderError) as caught:
        over_eachlabs(service, lambda api: get(api, out), pace=0.001)
    assert isinstance(caught.value, kind)
    assert "the next apply downloads it" in caught.value.remedy
    assert "http" not in f"{caught.value}"
    assert not out.exists()


def test_a_fresh_address_is_asked_for_three_times(service: Emulator, tmp_path: Path) -> None:
    """Then the error is told: asking on would not help."""
    service.add(Fault(None, "download", status=403, times=None))
    with pytest.raises(BadResponse):
        over_eachlabs(service, lambda api: get(api, tmp_path / "clip.mp4"))
    assert len(service.requests_of("download")) == 4
    assert len(service.requests_of("status")) == 4


def test_redirects_end_after_five(service: Emulator, tmp_path: Path) -> None:
    """A server that sends one in circles is left."""
    service.add(Fault(None, "download", Do.REDIRECT, to=service.download_url, times=None))
    with pytest.raises(BadResponse, match="without end"):
        over_eachlabs(service, lambda api: get(api, tmp_path / "clip.mp4"))
    assert len(service.requests_of("download")) == 6


@pytest.mark.parametrize("length", [LARGEST_CLIP + 1, 10**18])
def test_what_says_it_is_too_large_is_not_even_begun(tmp_path: Path, length: int) -> None:
    """A gibibyte is no clip."""
    with (
        Scripted(answer("200 OK", b"x", length=length)) as server,
        pytest.raises(BadResponse, match="no clip"),
    ):
        downloaded(server, tmp_path / "clip.mp4")
    assert not (tmp_path / "clip.mp4").exists()


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_what_does_not_say_and_is_too_large_is_cut_off(tmp_path: Path, encoding: str) -> None:
    """Whether it comes in full length or is blown up on arrival."""
    body = gzip.compress(CLIP) if encoding == "gzip" else CLIP
    raw = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nConnection: close\r\n\r\n".encode() + body
    with Scripted(raw) as server:

        async def get_little(_: Api) -> Digest:
            async with httpx.AsyncClient() as client:
                download = Download(lambda _: client, tmp_path / "clip.mp4", refused, PACE, largest=1000)
                return await download.run(f"{server.url}/clip.mp4")

        with pytest.raises(BadResponse, match="no clip"):
            over(server.url, get_little)
    assert not (tmp_path / "clip.mp4").exists()


@pytest.mark.parametrize(
    "url",
    ["file:///etc/hostname", "ftp://x.test/clip", "data:video/mp4;base64,AA", "clip.mp4", "", "http://"],
)
def test_only_http_addresses_are_opened(tmp_path: Path, url: str) -> None:
    """Whatever a service names, nothing on this machine is read."""
    with pytest.raises(BadResponse, match="not an http"):
        over("http://127.0.0.1:1", lambda api: api.download(url, tmp_path / "clip.mp4", fresh=refused))


@pytest.mark.parametrize("location", ["file:///etc/hostname", "ftp://x.test/"])
def test_only_http_addresses_are_redirected_to(tmp_path: Path, location: str) -> None:
    """The same holds for where a server sends one."""
    with (
        Scripted(answer("302 Found", b"", f"Location: {location}")) as server,
        pytest.raises(BadResponse, match="not an http"),
    ):
        downloaded(server, tmp_path / "clip.mp4")


def test_a_folder_that_is_not_there_is_an_os_error(service: Emulator, tmp_path: Path) -> None:
    """A disk's troubles are not mistaken for the network's, and nothing is asked again for them."""
    with pytest.raises(FileNotFoundError):
        over_eachlabs(service, lambda api: get(api, tmp_path / "gone" / "clip.mp4"))
    assert service.requests_of("download") == []


# The key


def test_a_clip_on_the_apis_own_origin_is_asked_for_with_the_key(tmp_path: Path) -> None:
    """Oxen's results lie there; sent on to another host, the key stays behind."""
    with Emulator(CLIP, distinct=False, oxen_results=ResultHost.API_REDIRECT) as service:

        async def get_from_oxen(api: Api) -> Digest:
            body = {
                "model": "bytedance-seedance-2-0-reference-to-video",
                "prompt": "A roof.",
                "num_generations": 1,
            }
            job_id = (await api.submit("/ai/queue", body))["generations"][0]["generation_id"]
            url = (await api.ask("GET", f"/ai/queue/{job_id}"))["result_url"]
            assert url.startswith(service.oxen_url)
            return await api.download(url, tmp_path / "clip.mp4", fresh=refused)

        assert over(service.oxen_url, get_from_oxen, service.keys["oxen"]) == digest_bytes(CLIP)
        assert service.violations == []
        given = [(seen.service, seen.header("authorization")) for seen in service.requests_of("download")]
    assert given[0] == ("oxen", f"Bearer {service.keys['oxen']}")
    assert given[1] == ("download", None)


@pytest.mark.parametrize("other", ["http://localhost:{port}", "http://127.0.0.2:{port}"])
def test_the_key_goes_to_its_exact_origin_alone(tmp_path: Path, other: str) -> None:
    """Another name of the same machine is another origin."""
    with Scripted(answer("200 OK", CLIP[:1000])) as server:
        url = other.format(port=server.url.rpartition(":")[2])
        try:
            over(url, lambda api: api.download(f"{server.url}/c", tmp_path / "clip.mp4", fresh=refused))
        finally:
            assert all("authorization" not in request.lower() for request in server.requests)
    assert (tmp_path / "clip.mp4").read_bytes() == CLIP[:1000]
