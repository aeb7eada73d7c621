"""Write an animatic's pictures as an ffmpeg command: windows moving over stills, footage, overlays.

A window moves by cropping, which copies nothing. In 4:2:0 a colour stands for two pixels, so a
crop can begin at even positions only; each still is therefore handed over twice, as it is and
shifted by one pixel, the two alternate, and every odd position is an even one in the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

from seedgen.media.ffmpeg import untrusted_input

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.geometry import Size
    from seedgen.media.camera import Move
    from seedgen.media.captions import Overlay
    from seedgen.timing import Rate

_GROUND = "0x17171A"
_TO_BT709 = "out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int"
_TAGS = "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
"""Encoders take their colour tags from the frames; options on the output alone do not reach all of them."""

_FOOT = 3
"""A third of the frame's height: as much as a caption can cover, and room above it to grow soft in."""

_HOLD = "tpad=stop=-1:stop_mode=clone"


@dataclass(frozen=True, slots=True)
class Still:
    """`frames` frames of a window moving over a canvas (RGB, the frame's size and the move's travel)."""

    canvas: Image.Image
    move: Move
    frames: int


@dataclass(frozen=True, slots=True)
class Footage:
    """`frames` frames of a video at `corner` in the frame, scaled to `size`; its last frame is held.

    A `soft_foot` blurs the lower third, so that letters there are no longer read.
    """

    path: Path
    demuxer: str
    corner: tuple[int, int]
    size: Size
    frames: int
    soft_foot: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """All that is seen: shares one after another, overlays on top of all."""

    shares: tuple[Still | Footage, ...]
    overlays: tuple[Overlay, ...]


class FrameGraph:
    """Collects inputs and filters; what is drawn is written as raw video into `folder`."""

    def __init__(self, rate: Rate, frame: Size, folder: Path) -> None:
        self._rate, self._frame, self._folder = rate, frame, folder
        self._chains: list[str] = []
        self.inputs = 0
        self.arguments: list[str] = []

    @property
    def filters(self) -> str:
        """The filter graph; its output is [picture]."""
        return ";".join(self._chains)

    def show(self, scene: Scene) -> None:
        """Add the scene's inputs and filters. Raises OSError when the folder cannot be written."""
        for index, share in enumerate(scene.shares):
            chain = self._still(share) if isinstance(share, Still) else self._footage(share)
            self._chains.append(f"{chain}[share{index}]")
        joined = "".join(f"[share{index}]" for index in range(len(scene.shares)))
        # concat counts in microseconds; from here on frames are counted again.
        self._chains.append(f"{joined}concat=n={len(scene.shares)},{self._counted()}[layer0]")
        for index, overlay in enumerate(scene.overlays):
            source = self._overlay(overlay)
            self._chains.append(f"{source}[over{index}]")
            place = f"overlay=x={overlay.left}:y={overlay.top}:format=yuv420:eof_action=repeat"
            place += f":enable='lt(n,{overlay.frames})'"
            self._chains.append(f"[layer{index}][over{index}]{place}[layer{index + 1}]")
        self._chains.append(f"[layer{len(scene.overlays)}]format=yuv420p,{_TAGS}[picture]")

    def _still(self, still: Still) -> str:
        move, (x, y) = still.move, still.move.start
        odd = bool((move.dx + move.dy) % 2 and move.steps)
        number = self._raw("rgb24", _phases(still.canvas, move) if odd else (_evened(still.canvas),))
        window = (
            f"crop=w={self._frame.width}:h={self._frame.height}"
            f":x='2*floor(({x}+{move.dx}*n)/2)':y='2*floor(({y}+{move.dy}*n)/2)'"
        )
        settle = f",trim=end_frame={move.steps + 1},setpts='{move.timing}',fps={self._rate},{_HOLD}"
        return (
            f"[{number}:v]scale={_TO_BT709},format=yuv420p,loop=loop=-1:size={1 + odd},{self._counted()},"
            f"{window}{settle if move.settles else ''},trim=end_frame={still.frames},setsar=1"
        )

    def _footage(self, footage: Footage) -> str:
        number, (left, top), size = self._next(), footage.corner, footage.size
        seconds = float(self._rate.seconds(footage.frames + 2))
        self.arguments += ["-t", f"{seconds:.3f}", *untrusted_input(footage.path, footage.demuxer)]
        width, height = max(2, size.width // 2 * 2), max(2, size.height // 2 * 2)
        return (
            f"[{number}:V:0]fps={self._rate}:start_time=0,scale=w={width}:h={height}:{_TO_BT709},"
            f"format=yuv420p,{_HOLD},trim=end_frame={footage.frames},{self._counted()},"
            f"pad=w={self._frame.width}:h={self._frame.height}:x={left // 2 * 2}:y={top // 2 * 2}"
            f":color={_GROUND},setsar=1{self._soft_foot() if footage.soft_foot else ''}"
        )

    def _soft_foot(self) -> str:
        """Filters that lay a blurred copy over the frame's foot, soft at its upper edge."""
        width, height = self._frame.width, 2 * (self._frame.height // _FOOT // 2)
        number = self._raw("gray", (_ramp(width, height),))
        return (
            f",split[sharp][whole];[whole]crop={width}:{height}:0:{self._frame.height - height},"
            f"gblur=sigma={self._frame.height / 20}:steps=2[blurred];[blurred][{number}:v]alphamerge[foot];"
            f"[sharp][foot]overlay=0:{self._frame.height - height}:format=yuv420"
        )

    def _overlay(self, overlay: Overlay) -> str:
        number = self._raw("rgba", overlay.pages)
        turns = f"if(N,{overlay.first_frames}+{overlay.page_frames}*(N-1),0)"
        return f"[{number}:v]scale={_TO_BT709},format=yuva420p,{self._counted(turns)}"

    def _raw(self, pixels: str, pictures: tuple[Image.Image, ...]) -> int:
        """Write pictures of one size as a raw video and add it as an input; its number."""
        number = self._next()
        path = self._folder / f"{number}.{pixels}"
        with path.open("wb") as stream:
            for picture in pictures:
                stream.write(picture.tobytes())
        size = f"{pictures[0].width}x{pictures[0].height}"
        self.arguments += ["-f", "rawvideo", "-pixel_format", pixels, "-video_size", size]
        self.arguments += ["-framerate", str(self._rate), "-i", str(path)]
        return number

    def _next(self) -> int:
        self.inputs += 1
        return self.inputs - 1

    def _counted(self, number: str = "N") -> str:
        """Give each frame its number as its time stamp, or another one in terms of it."""
        return f"settb={self._rate.per_seconds}/{self._rate.frames},setpts='{number}'"


def _ramp(width: int, height: int) -> Image.Image:
    """From nothing at the upper edge, smoothly, to all of it a quarter further down."""
    parts = [min(1.0, 4 * row / height) for row in range(height)]
    column = Image.new("L", (1, height))
    column.putdata([round(255 * part * part * (3 - 2 * part)) for part in parts])
    return column.resize((width, height), Image.Resampling.NEAREST)


def _evened(canvas: Image.Image) -> Image.Image:
    return canvas.crop((0, 0, canvas.width - canvas.width % 2, canvas.height - canvas.height % 2))


def _phases(canvas: Image.Image, move: Move) -> tuple[Image.Image, Image.Image]:
    """The canvas as the even and as the odd positions see it, in the order in which the move needs them."""
    width, height = canvas.width + canvas.width % 2, canvas.height + canvas.height % 2
    right, down = abs(move.dx) % 2, abs(move.dy) % 2
    even = canvas.crop((0, 0, width, height))
    odd = canvas.crop((right, down, right + width, down + height))
    starts_odd = (move.start[0] if move.dx else move.start[1]) % 2
    return (odd, even) if starts_odd else (even, odd)
