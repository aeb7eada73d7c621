"""Prices: exact decimals, the longest for an automatic duration, and an unknown price is never zero."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from seedgen.planning.pricing import price_of, seconds_of
from tests.planning.projects import STUDIO, opened

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.planning.resolve import ResolvedShot


def shot_of(root: Path, provider: str, parameters: str) -> ResolvedShot:
    """A shot with these parameters."""
    yaml = f"provider: {provider}\nshots: [{{id: a, prompt: A.{parameters}}}]\n"
    [shot] = opened(root, yaml, {"cards/one.yaml": STUDIO}).shots
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
}


@pytest.mark.parametrize("what", PRICES)
def test_a_request_costs_its_seconds_at_its_resolution(what: str, tmp_path: Path) -> None:
    """Seconds times price; automatic counts as the longest that the model makes; unknown is None."""
    provider, parameters, seconds, price = PRICES[what]
    shot = shot_of(tmp_path, provider, parameters)
    assert seconds_of(shot.request, shot.card) == seconds
    assert price_of(shot.request, shot.card) == price
