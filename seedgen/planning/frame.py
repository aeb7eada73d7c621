"""Frame: the picture size that a request asks for."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from seedgen.geometry import Size, frame_size, parse_ratio
from seedgen.project.cards import AUTO

if TYPE_CHECKING:
    from collections.abc import Mapping

PLAIN = Fraction(16, 9)
"""What an automatic ratio is where nothing says otherwise."""
_SHORT_SIDE = 720


def requested_size(parameters: Mapping[str, object], automatic: Fraction = PLAIN) -> Size:
    """The frame of a request: `720p` is the short side; `automatic` is the ratio that `auto` stands for."""
    resolution = str(parameters.get("resolution", ""))
    ratio = str(parameters.get("aspect_ratio", AUTO))
    short_side = (
        int(resolution[:-1]) if resolution.endswith("p") and resolution[:-1].isdigit() else _SHORT_SIDE
    )
    return frame_size(short_side, automatic if ratio == AUTO else parse_ratio(ratio))
