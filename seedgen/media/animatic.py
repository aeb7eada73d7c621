"""Render animatics: free stand-in clips from references and a prompt, the same bytes every time."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from PIL import Image

from seedgen.errors import MediaError, UnreadableMedia
from seedgen.geometry import Size
from seedgen.media.animatic_graph import Footage, FrameGraph, Scene, Still
from seedgen.media.backdrops import Stage, canvas_size, compose, gradient, plain_ground, trimmed
from seedgen.media.camera import STILL, choose_move
from seedgen.media.captions import caption, mark, title
from seedgen.media.ffmpeg import BITEXACT
from seedgen.media.magic import recognise
from seedgen.media.normalise import STEADY, as_many
from seedgen.media.pictures import read_picture
from seedgen.media.probe import PyavClipReader, probe_media
from seedgen.media.soundbed import sound_graph, sound_inputs, tone_graph
from seedgen.project.media import MediaType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seedgen.media.captions import Overlay
    from seedgen.media.ffmpeg import Ffmpeg
    from seedgen.ports.media import AnimaticSpec, Progress

RECIPE = 4
"""Raised whenever the same spec would give other bytes."""

_CLEAR_SECONDS = Fraction(1, 4)
_CLEAR_SHARE = 8
"""A quarter of a second, and no more than an eighth of a clip, is left without words at its end."""

_ALMOST = 2
"""Pixels by which a picture may miss the frame's shape and still fill it: sizes are rounded to even ones."""

X264 = (
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-threads", "2"),
    *("-x264-params", STEADY, "-pix_fmt", "yuv420p"),
)
"""How pictures are encoded, whatever they show."""
_BT709 = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv")
_AAC = ("-c:a", "aac", "-b:a", "128k", "-ar", "48000", "-ac", "2")


class FfmpegAnimatics:
    """Renders animatics with Pillow and ffmpeg; fulfils `ports.media.AnimaticRenderer`."""

    def __init__(self, ffmpeg: Ffmpeg) -> None:
        self._ffmpeg = ffmpeg

    @property
    def identity(self) -> str:
        """What, besides the spec, decides the bytes."""
        return f"animatic {RECIPE}, {self._ffmpeg.identity}"

    async def render(self, spec: AnimaticSpec, out: Path, progress: Progress) -> None:
        """Write the clip to `out` (mp4, H.264 yuv420p, AAC where there is sound).

        Nothing is left behind, and `out` not touched, when it fails or is cancelled. Raises
        FfmpegFailed, UnreadableMedia, MediaError when there is no room to write.
        """
        with _workspace(out) as folder:
            graph = await _to_the_end(lambda: _prepare(spec, folder))
            arguments = [*graph, *_encoding(spec), str(folder / "clip.mp4")]
            await self._ffmpeg.run(arguments, frames=spec.frames, progress=progress)
            (folder / "clip.mp4").replace(out)


def _prepare(spec: AnimaticSpec, folder: Path) -> list[str]:
    """Draw all that stands still into `folder`, and return ffmpeg's inputs, filters and maps."""
    graph = FrameGraph(spec.rate, spec.size, folder)
    graph.show(_scene(spec))
    sound = _sound(spec, graph.inputs)
    filters = [graph.filters, sound[1]] if sound else [graph.filters]
    maps = ["-map", "[picture]", *(("-map", "[sound]") if sound else ())]
    return [*graph.arguments, *(sound[0] if sound else ()), "-filter_complex", ";".join(filters), *maps]


def _scene(spec: AnimaticSpec) -> Scene:
    size, frames = spec.size, spec.frames
    if not spec.pictures:
        move = choose_move(spec.seed, size, (size.width, size.height), frames)
        still = Still(gradient(spec.seed, canvas_size(size, move)), move, frames)
        return Scene((still,), _words(spec, title(spec.caption, size, spec.rate, frames)))
    text = caption(spec.caption, size, spec.rate, frames)
    stage = Stage(size, text.top if text else size.height)
    shares = tuple(_share(spec, index, stage, share) for index, share in enumerate(_shares(spec)) if share)
    return Scene(shares, _words(spec, text))


def _words(spec: AnimaticSpec, text: Overlay | None) -> tuple[Overlay, ...]:
    """What is written over the picture: the text and a label.

    Text and take leave shortly before the end, as subtitles do before a cut: the last frame is the picture
    alone, and what continues the shot begins with that.
    """
    kept = spec.frames - min(spec.rate.count(_CLEAR_SECONDS), spec.frames // _CLEAR_SHARE)
    stands_in = mark(spec.mark, spec.size, spec.frames)
    label = stands_in or mark(f"take {spec.take}" if spec.take > 1 else "", spec.size, kept)
    return tuple(overlay for overlay in (text and replace(text, frames=kept), label) if overlay)


def _shares(spec: AnimaticSpec) -> list[int]:
    """Frames for each picture: three fifths for the first, the rest in equal shares, adding up exactly.

    The first picture is what the shot is about, so it also stands in the middle, where posters are taken.
    """
    others = len(spec.pictures) - 1
    first = spec.frames if others == 0 else -(-spec.frames * 3 // 5)
    ends = [first + (spec.frames - first) * index // max(1, others) for index in range(others + 1)]
    return [end - begin for begin, end in zip([0, *ends], ends, strict=False)]


def _share(spec: AnimaticSpec, index: int, stage: Stage, frames: int) -> Still | Footage:
    path = spec.pictures[index][1]
    container = recognise(path)
    if container.type is MediaType.VIDEO:
        shape = PyavClipReader().probe(path).size
        if _fills(spec, index, shape):
            # It may be an animatic, whose own captions run where these stand.
            return Footage(path, container.demuxer, (0, 0), spec.size, frames, soft_foot=True)
        left, top, size = stage.place(shape)
        return Footage(path, container.demuxer, (left, top), size, frames)
    if container.type is not MediaType.IMAGE:
        raise UnreadableMedia(f"{path.name} is sound, not a picture")
    picture = read_picture(path, container, about=Size(2 * stage.frame.width, 2 * stage.frame.height))
    if _fills(spec, index, Size(*picture.size)):
        return Still(
            picture.resize((spec.size.width, spec.size.height), Image.Resampling.LANCZOS), STILL, frames
        )
    ground = plain_ground(picture)
    picture = picture if ground is None else trimmed(picture, ground)
    room = stage.room(Size(*picture.size))
    move = choose_move(f"{spec.seed} {index}", stage.frame, room, frames)
    return Still(compose(picture, ground, stage, move), move, frames)


def _fills(spec: AnimaticSpec, index: int, shape: Size) -> bool:
    """Whether a picture is what the shot continues, in the frame's shape: then the cut to it is not seen."""
    whole = shape.covering(spec.size)
    spare = whole.width - spec.size.width + whole.height - spec.size.height
    return spec.continues and index == 0 and spare <= _ALMOST


def _sound(spec: AnimaticSpec, first_input: int) -> tuple[list[str], str] | None:
    """Input options and filter graph of the sound, or None for a silent clip."""
    samples = spec.rate.samples(spec.frames)
    if spec.sounds:
        for sound in spec.sounds:
            if probe_media(sound).type is not MediaType.AUDIO:
                raise UnreadableMedia(f"{sound.name} is not a sound file")
        return sound_inputs(spec.sounds), sound_graph(first_input, len(spec.sounds), samples)
    return ([], tone_graph(spec.seed, samples)) if spec.tone else None


def _encoding(spec: AnimaticSpec) -> list[str]:
    sound = _AAC if spec.sounds or spec.tone else ()
    # A key frame every two seconds lets players and editors jump about in it.
    key_frames = str(max(1, round(2 * spec.rate.fraction)))
    form = (*as_many(spec.frames, spec.rate), "-g", key_frames, "-movflags", "+faststart")
    return [*X264, *_BT709, *form, *sound, *BITEXACT]


@contextmanager
def _workspace(out: Path) -> Iterator[Path]:
    """A folder beside `out`, so that the clip can be put into its place in one step."""
    try:
        with TemporaryDirectory(prefix=".animatic-", dir=out.parent) as folder:
            yield Path(folder)
    except OSError as error:
        raise MediaError(f"{out.name} cannot be written: {(error.strerror or str(error)).lower()}") from error


async def _to_the_end(work: Callable[[], list[str]]) -> list[str]:
    """Run `work` in a thread. When cancelled, wait for it: it must not write where all is removed."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.gather(running, return_exceptions=True)
        raise
