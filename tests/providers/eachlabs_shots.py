"""Shots for each::labs: a project on disk, and the ways that its jobs go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seedgen.ports.provider import JobStatus, Submission
from tests.emulator import Emulator, Fault
from tests.planning.projects import files_of, opened
from tests.providers.talking import at_eachlabs

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.providers.eachlabs import EachlabsProvider

MINI = "bytedance-seedance-2-0-mini-reference-to-video"
FILES: dict[str, str | bytes] = {
    "front.png": b"\x89PNG\r\n\x1a\nfront",
    "side.png": b"\xff\xd8\xff\xe0side",
    "mia.png": b"\x89PNG\r\n\x1a\nmia",
    "walk.mp4": b"\x00\x00\x00\x18ftypisomwalk",
    "voice.wav": b"RIFF\x00\x00\x00\x00WAVEvoice",
}
SETS = """\
provider: eachlabs
reference_sets:
  shoe: {images: [front.png, {path: side.png, face: true}]}
  mia: {images: [{path: mia.png, face: true}]}
  walk: {videos: [walk.mp4], audios: [voice.wav]}
"""
SHOE = "references: [shoe], prompt: \"{{ ref('shoe') }}\""
SETTINGS = {"resolution": "720p", "duration": "auto", "aspect_ratio": "auto", "generate_audio": True}


def submission(root: Path, shot: str = "prompt: A roof.") -> Submission:
    """A shot of a project on disk, as it is handed over."""
    done = opened(root / "film", f"{SETS}shots: [{{id: a, {shot}}}]\n", FILES)
    assert done.found() == []
    [one] = done.shots
    return Submission(one.request, one.request.fingerprint(), files_of(one))


async def submitted(provider: EachlabsProvider, one: Submission) -> str:
    """Prepare and submit."""
    return await provider.submit(await provider.prepare(one))


def uploaded(emulator: Emulator, content: bytes | str) -> str:
    """The public address of a file that was brought."""
    [name] = [name for name, held in emulator.uploads.items() if held == content]
    return f"{emulator.download_url}/uploads/{name}"


async def waited(provider: EachlabsProvider, job_id: str) -> JobStatus:
    """The end of a job, watched by nobody."""
    return await provider.wait(job_id, lambda _: None)


async def made(provider: EachlabsProvider, one: Submission) -> JobStatus:
    """Submit, and wait for the end."""
    return await waited(provider, await submitted(provider, one))


def status(emulator: Emulator, tmp_path: Path, body: Any) -> JobStatus:
    """What a prediction's record is taken for."""
    emulator.add(Fault("eachlabs", "status", status=200, body=body))
    return at_eachlabs(emulator, tmp_path, lambda provider: provider.status("p-1"))
