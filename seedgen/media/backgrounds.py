"""What stands around a picture whose shape is not the frame's: filters that scale it and fill the rest."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from seedgen.geometry import Fit, Size, nearest_even
from seedgen.project.reels import BLUR

if TYPE_CHECKING:
    from seedgen.ports.segments import ReelFormat

_DARK = "#17171a"
"""Where there is no picture to blur."""

_BLURRED_SHORT_SIDE = 90
"""Pixels. What is blurred anyway needs no more, and costs next to nothing at this size."""

_SIGMA = 10
"""In pixels of the reduced picture: 80 at 720 lines. With less, captions come through as ghosts."""

_DIMMED = "lutyuv=y=16+(val-16)*0.5:u=128+(val-128)*0.8:v=128+(val-128)*0.8"
"""Darker and paler than the picture, which is to be looked at."""


def ground(background: str) -> str:
    """The colour (`#rrggbb`) under cards, and around pictures that have nothing to blur."""
    return _DARK if background == BLUR else background


def fills(form: ReelFormat, shown: Size) -> bool:
    """Whether a picture of this shape leaves nothing of the frame free.

    The numbers are those of `scaled`, which takes the nearest even ones.
    """
    frame = form.size
    across, down = nearest_even(frame.height * shown.ratio), nearest_even(frame.width / shown.ratio)
    return form.fit is Fit.COVER or (across >= frame.width and down >= frame.height)


def scaled(size: Size, fit: Fit, matrix: str = "auto") -> str:
    """Scale to BT.709 video by the shape that is shown (`dar` knows of pixels that are not square).

    Contained, the picture lies within `size`; to cover, it may stand out of it on one axis.
    """
    width, height = size.width, size.height
    nearest, bound = ("min", "max(2,{})") if fit is Fit.CONTAIN else ("max", "{}")
    across = bound.format(f"{nearest}({width},2*round({height}*dar/2))")
    down = bound.format(f"{nearest}({height},2*round({width}/dar/2))")
    return (
        f"scale=w='{across}':h='{down}':flags=bicubic"
        f":in_color_matrix={matrix}:out_color_matrix=bt709:out_range=tv"
    )


def blurred_fill(size: Size, name: str) -> str:
    """Filters that lay a picture over itself: enlarged to cover `size`, blurred and darkened.

    They begin and end on a single link; `name` keeps those between apart from others in a graph.
    """
    short = Fraction(min(size.width, size.height))
    part = min(Fraction(1), _BLURRED_SHORT_SIDE / short)
    small = Size(nearest_even(size.width * part), nearest_even(size.height * part))
    return (
        f"setsar=1,format=yuv420p,split[{name}sharp][{name}whole];"
        f"[{name}whole]{scaled(small, Fit.COVER)},crop={small.width}:{small.height},setsar=1,"
        f"gblur=sigma={_SIGMA}:steps=3,{_DIMMED},scale={size.width}:{size.height}:flags=bicubic,setsar=1[{name}fill];"
        f"[{name}fill][{name}sharp]overlay=(W-w)/2:(H-h)/2:format=yuv420"
    )
