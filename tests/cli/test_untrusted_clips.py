"""A clip from a service is a stranger's file: what is no video is not kept, and nothing it names is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.emulator import Emulator

if TYPE_CHECKING:
    from tests.film import Film

YAML = """\
seedgen: 1
name: film
provider: oxen
defaults: {resolution: 480p, duration: 4}
shots:
  - {id: a, prompt: A roof in the rain.}
"""

STRANGE = {
    "a playlist that names a file": b"#EXTM3U\n#EXTINF:4,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
    "a playlist that names an address": b"#EXTM3U\n#EXTINF:4,\n%ADDRESS%/secret.ts\n#EXT-X-ENDLIST\n",
    "a list for the concat demuxer": b"ffconcat version 1.0\nfile /etc/hostname\n",
    "an SDP that opens a socket": b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=video 9 RTP/AVP 96\n",
    "a web page": b"<!doctype html><title>Your clip has expired</title>",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "nothing": b"",
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_no_video_is_not_kept(name: str, film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    """The job stays paid and in flight, its clip is asked for again next time; no cache holds the file."""
    with Emulator(b"", distinct=False) as other:
        content = STRANGE[name].replace(b"%ADDRESS%", other.elsewhere_url.encode())
        with Emulator(content, distinct=False) as emulator:
            for variable, value in {**emulator.environment, "SEEDGEN_PACE": "0.01"}.items():
                monkeypatch.setenv(variable, value)
            film.write({"seedgen.yaml": YAML})
            ran = film.run("apply", "--auto-approve", "--allow-unpriced", "--no-reel")
            assert ran.code == 1
            assert "bug" not in ran.err
            assert film.objects == set()
            assert film.actions() == {"a": "resume"}
            assert len(emulator.submits) == 1
        assert other.requests == []
