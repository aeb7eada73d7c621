"""Matching: which rows may be the job of a submit whose answer was lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from seedgen.planning.request import RequestReference
from seedgen.ports.provider import Window
from seedgen.project.media import MediaType
from seedgen.project.models import OxenSettings
from seedgen.providers.oxen_answers import read_row
from seedgen.providers.oxen_matching import ANY, Likeness, compare
from seedgen.providers.oxen_request import request_body
from tests.providers.oxen_room import MODEL, asked, card

WINDOW = Window(datetime.fromtimestamp(1000.7, UTC), datetime.fromtimestamp(1060, UTC))
PICTURE = RequestReference(MediaType.IMAGE, "url:https://x.test/a.png", face=False)
FACE = RequestReference(MediaType.IMAGE, "url:https://x.test/b.png", face=True)

SENT = asked("A roof <image 2>.", references=[FACE, PICTURE], duration=6, aspect_ratio="9:16")
ADDRESSES = ("https://x.test/b.png", "https://x.test/a.png")
ECHO: dict[str, Any] = {
    "generation_id": "3b9d",
    "model_name": MODEL,
    "status": "processing",
    "enqueued_at": 1030,
    "prompt": "A roof [Image 2].",
    "resolution": "720p",
    "duration": 6,
    "aspect_ratio": "9:16",
    "generate_audio": False,
    "watermark": False,
    "input_face_images": ["https://x.test/b.png"],
    "input_images": ["https://x.test/a.png"],
    "target_namespace": "somebody",
}


def likeness(urls: tuple[str, ...] = ADDRESSES, **changed: Any) -> Likeness:
    """How a row compares that echoes everything, but for what is said."""
    body = request_body(SENT.request, card(), urls, OxenSettings())
    return compare(read_row(ECHO | changed), body, card(), WINDOW)


def test_without_a_window_any_time_will_do() -> None:
    """For a job that a person names: when it began says nothing of what it was asked for."""
    body = request_body(SENT.request, card(), ADDRESSES, OxenSettings())
    for changed in ({"enqueued_at": 5}, {"enqueued_at": None}):
        assert compare(read_row(ECHO | changed), body, card()) is Likeness.SAME
    assert compare(read_row(ECHO | {"duration": 8}), body, card()) is Likeness.OTHER


def test_a_row_that_echoes_everything_is_the_same() -> None:
    """Whoever owns it: the owner is filled in by the service."""
    assert likeness() is Likeness.SAME


@pytest.mark.parametrize(
    "changed",
    [
        {"model_name": "another"},
        {"prompt": "A roof [Image 1]."},
        {"duration": 8},
        {"aspect_ratio": "16:9"},
        {"generate_audio": True},
        {"input_images": ["https://x.test/c.png"]},
        {"input_images": []},
        {"input_images": ["https://x.test/a.png", "https://x.test/c.png"]},
        {"input_videos": ["https://x.test/c.mp4"]},
        {"enqueued_at": 999},
        {"enqueued_at": 1061},
    ],
    ids=str,
)
def test_one_field_that_differs_makes_it_another_job(changed: dict[str, Any]) -> None:
    """Somebody else's clip is never taken for ours."""
    assert likeness(**changed) is Likeness.OTHER


@pytest.mark.parametrize(
    "changed",
    [
        {"duration": "6"},
        {"generate_audio": "false"},
        {"watermark": None},
        {"input_videos": []},
        {"input_audios": None},
        {"prompt": " A roof  [Image 2].\n"},
        {"enqueued_at": 1000},
        {"enqueued_at": 1060},
    ],
    ids=str,
)
def test_the_same_written_otherwise_is_the_same(changed: dict[str, Any]) -> None:
    """To overlook our own job would make us pay twice. Times are whole seconds, cut off."""
    assert likeness(**changed) is Likeness.SAME


@pytest.mark.parametrize(
    "changed", [{"prompt": None}, {"enqueued_at": None}, {"enqueued_at": "noon"}], ids=str
)
def test_a_row_that_leaves_out_what_counts_is_unsure(changed: dict[str, Any]) -> None:
    """It may not be adopted, and it may not be taken for absent either."""
    assert likeness(**changed) is Likeness.UNSURE
    assert likeness(**changed, duration=8) is Likeness.OTHER


def test_an_address_that_is_not_known_fits_any() -> None:
    """A file that was not uploaded yet, and bytes that travelled inside the request."""
    assert likeness((ANY, "https://x.test/a.png")) is Likeness.SAME
    assert likeness(("https://x.test/b.png", "data:image/png;base64,AAAA")) is Likeness.SAME
    assert likeness((ANY, "https://x.test/c.png")) is Likeness.OTHER
