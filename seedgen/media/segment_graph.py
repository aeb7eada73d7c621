"""Collect one ffmpeg command's inputs and filters: what any segment shows, in the form of its reel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedgen.media.backgrounds import fills, ground
from seedgen.media.clip_source import look
from seedgen.media.ffmpeg import untrusted_input
from seedgen.media.labels import write_label
from seedgen.media.normalise import (
    Part,
    audio_chain,
    clock,
    poster_chain,
    seek_arguments,
    seek_frame,
    video_chain,
)
from seedgen.media.pictures import MAX_PIXELS
from seedgen.media.slates import draw_card
from seedgen.ports.segments import CardSegment
from seedgen.project.reels import BLUR

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from seedgen.media.clip_source import ClipSource
    from seedgen.ports.segments import ClipSegment, Label, ReelFormat


_DECODERS = "2"
"""Threads that decode: more of them only hold more pictures."""


@dataclass(frozen=True, slots=True)
class Streams:
    """Links of a graph that are still open: a picture, and a sound where there is one."""

    picture: str
    sound: str | None
    poster: str | None = None


class SegmentGraph:
    """Collects inputs and filters; what is drawn is written into `folder`."""

    def __init__(self, form: ReelFormat, folder: Path) -> None:
        self.form, self._folder = form, folder
        self.arguments: list[str] = []
        self._chains: list[str] = []
        self._inputs = 0

    @property
    def filters(self) -> str:
        """The filter graph."""
        return ";".join(self._chains)

    def add(self, filters: str, *links: str) -> str:
        """Add filters behind some links and return the link behind them."""
        out = f"[link{len(self._chains)}]"
        self._chains.append(f"{''.join(links)}{filters}{out}")
        return out

    def _doubled(self, filters: str, link: str) -> tuple[str, str]:
        out = f"[link{len(self._chains)}]", f"[twin{len(self._chains)}]"
        self._chains.append(f"{link}{filters},split{''.join(out)}")
        return out

    def drop(self, link: str) -> None:
        """Leave a link unused: ffmpeg refuses a graph with open ends."""
        self._chains.append(f"{link}nullsink")

    def show(
        self, shown: ClipSegment | CardSegment, fades: Sequence[str] = (), *, with_poster: bool = False
    ) -> Streams:
        """Add a clip or a card, as long as it says. `fades` are filters for its sound.

        `with_poster` also gives the picture a third into the clip, where it is decoded anyway.
        Raises UnreadableMedia, and OSError when the folder cannot be written.
        """
        if isinstance(shown, CardSegment):
            return self._card(shown)
        return self._clip(shown, fades, with_poster=with_poster)

    def hear(self, heard: ClipSegment | CardSegment, fades: Sequence[str] = ()) -> str | None:
        """Add the sound that `show` would, without a picture. Raises UnreadableMedia."""
        if isinstance(heard, CardSegment) or heard.sound.mute:
            return None
        source = look(heard.clip, shape=False)
        return (
            None if source.sound is None else self._sound(heard, source, *self._opened(heard, source), fades)
        )

    def _clip(self, clip: ClipSegment, fades: Sequence[str], *, with_poster: bool) -> Streams:
        form = self.form
        source = look(clip.clip, shape=form.background == BLUR)
        number, part = self._opened(clip, source)
        is_filled = source.shown is None or fills(form, source.shown)
        chain = video_chain(form, part, source.matrix, fills=is_filled, name=f"clip{number}")
        stream, poster = f"[{number}:{source.picture}]", None
        third = int(form.rate.fraction * source.seconds / 3) - (clip.start - part.start)
        if with_poster and 0 <= third < part.start + part.frames:
            stream, other = self._doubled(clock(form.rate), stream)
            poster = self.add(poster_chain(third, source.matrix), other)
        else:
            chain = f"{clock(form.rate)},{chain}"
        picture = self._labelled(self.add(chain, stream), clip.label, clip.frames)
        sound = None
        if source.sound is not None and not clip.sound.mute:
            sound = self._sound(clip, source, number, part, fades)
        return Streams(picture, sound, poster)

    def _opened(self, clip: ClipSegment, source: ClipSource) -> tuple[int, Part]:
        """Add a clip as an input, read from somewhat before its cut; which part of that is shown."""
        first = seek_frame(clip.start, self.form.rate)
        number = self._input(
            *seek_arguments(first, self.form.rate),
            *("-max_pixels:v", str(MAX_PIXELS), "-threads", _DECODERS),
            *untrusted_input(clip.clip, source.demuxer),
        )
        return number, Part(clip.start - first, clip.frames)

    def _sound(
        self, clip: ClipSegment, source: ClipSource, number: int, part: Part, fades: Sequence[str]
    ) -> str:
        chain = audio_chain(self.form, part, clip.sound, fades, mono=source.mono)
        return self.add(chain, f"[{number}:{source.sound}]")

    def _card(self, card: CardSegment) -> Streams:
        path = self._folder / f"card{self._inputs}.png"
        draw_card(card, self.form.size, ground(self.form.background)).save(path)
        number = self._input("-f", "png_pipe", "-i", f"file:{path}")
        # One picture, held by the same filter that lengthens a short clip: looping the file instead
        # would decode it again for every frame.
        chain = video_chain(self.form, Part(0, card.frames), "auto", fills=True, name=f"card{number}")
        return Streams(self.add(f"{clock(self.form.rate)},{chain}", f"[{number}:v]"), None)

    def _labelled(self, picture: str, label: Label, frames: int) -> str:
        path = self._folder / f"label{self._inputs}.png"
        place = write_label(label, self.form, frames, path)
        if place is None:
            return picture
        rate = str(self.form.rate)
        number = self._input("-framerate", rate, "-f", "png_pipe", "-i", f"file:{path}")
        drawn = self.add("format=yuva420p", f"[{number}:v]")
        left, top = place
        return self.add(f"overlay={left}:{top}:eof_action=repeat:format=yuv420", picture, drawn)

    def _input(self, *arguments: str) -> int:
        self.arguments += arguments
        self._inputs += 1
        return self._inputs - 1
