"""Prices: exact decimals, the longest for an automatic duration, and an unknown price is never zero."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from seedgen.planning.pricing import price_of, seconds_of
from tests.planning.projects import STUDIO, opened

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.planning.resolved import ResolvedShot


SEEDANCE = "bytedance-seedance-2-0-"


def shot_of(root: Path, provider: str, parameters: str) -> ResolvedShot:
    """A shot with these parameters; it has a picture for the models that need one."""
    sets = "reference_sets: {door: {images: [door.png]}}\n"
    carries = ", references: [door]" if "image-to-video" in parameters else ""
    yaml = f"{sets}provider: {provider}\nshots: [{{id: a, prompt: A.{parameters}{carries}}}]\n"
    [shot] = opened(root, yaml, {"cards/one.yaml": STUDIO, "door.png": b"door"}).shots
    return shot


PRICES: dict[str, tuple[str, str, int, Decimal | None]] = {
    # 0.05 a second at 480p, 0.10 at 720p, no price for 1080p; 4 s by default, at most 10.
    "the default": ("studio", "", 4, Decimal("0.20")),
    "so many seconds at a better resolution": (
        "studio",
        ", duration: 7, resolution: 720p",
        7,
        Decimal("0.70"),
    ),
    "an automatic duration": ("studio", ", duration: auto", 10, Decimal("0.50")),
    "a resolution without a price": ("studio", ", resolution: 1080p", 4, None),
    "a model without prices": ("oxen", ", duration: 4", 4, None),
    "an automatic duration of a model without prices": ("eachlabs", "", 15, None),
    "what is free": ("local", "", 5, Decimal(0)),
    # The price lists of the pages, USD a second: 0.1412 at 480p, 0.3024 at 720p, 0.685 at 1080p; of the
    # fast models 0.1129 at 480p and 0.2419 at 720p.
    "six seconds with references": (
        "eachlabs",
        f", model: {SEEDANCE}reference-to-video, duration: 6, resolution: 480p",
        6,
        Decimal("0.8472"),
    ),
    "an automatic duration with references": (
        "eachlabs",
        f", model: {SEEDANCE}reference-to-video",
        15,
        Decimal("4.5360"),
    ),
    "ten seconds from a picture": (
        "eachlabs",
        f", model: {SEEDANCE}image-to-video, duration: 10, resolution: 1080p",
        10,
        Decimal("6.850"),
    ),
    "four fast seconds from text": (
        "eachlabs",
        f", model: {SEEDANCE}text-to-video-fast, duration: 4",
        4,
        Decimal("0.9676"),
    ),
    "five fast seconds from a picture": (
        "eachlabs",
        f", model: {SEEDANCE}image-to-video-fast, duration: 5, resolution: 480p",
        5,
        Decimal("0.5645"),
    ),
    "a model whose price is not known": (
        "eachlabs",
        f", model: {SEEDANCE}text-to-video, duration: 4",
        4,
        None,
    ),
}


@pytest.mark.parametrize("what", PRICES)
def test_a_request_costs_its_seconds_at_its_resolution(what: str, tmp_path: Path) -> None:
    """Seconds times price; automatic counts as the longest that the model makes; unknown is None."""
    provider, parameters, seconds, price = PRICES[what]
    shot = shot_of(tmp_path, provider, parameters)
    assert seconds_of(shot.request, shot.card) == seconds
    assert price_of(shot.request, shot.card) == price
