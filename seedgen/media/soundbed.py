"""Lay sound under a picture: files one after another, or a soft scratch tone, to the exact sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.media.camera import Draw
from seedgen.media.ffmpeg import untrusted_input
from seedgen.media.magic import recognise

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SAMPLE_RATE = 48_000
_FADE = SAMPLE_RATE // 2
_UNIFORM = f"aresample={SAMPLE_RATE}:async=1:first_pts=0,aformat=sample_fmts=fltp:channel_layouts=stereo"


def sound_inputs(sounds: Sequence[Path]) -> list[str]:
    """Input options for the files, in order. Raises UnreadableMedia for what is no known media."""
    return [option for sound in sounds for option in untrusted_input(sound, recognise(sound).demuxer)]


def sound_graph(first_input: int, count: int, samples: int) -> str:
    """A filter graph that plays `count` inputs one after another, then silence; its output is [sound]."""
    parts = [f"[{first_input + index}:a:0]{_UNIFORM},asetpts=N/SR/TB[sound{index}]" for index in range(count)]
    joined = "".join(f"[sound{index}]" for index in range(count))
    parts.append(
        f"{joined}concat=n={count}:v=0:a=1,apad=whole_len={samples},atrim=end_sample={samples}[sound]"
    )
    return ";".join(parts)


def tone_graph(seed: str, samples: int) -> str:
    """A filter graph for a low, quiet tone with its fifth, faded in and out; its output is [sound].

    It says "there will be sound here" without asking for attention: some 34 dB below full scale.
    """
    pitch = 98 + Draw(f"{seed} tone").below(68)
    fade = min(_FADE, samples // 2)
    wave = f"0.024*sin(2*PI*{pitch}*t)+0.010*sin(3*PI*{pitch}*t)"
    return (
        f"aevalsrc=exprs='{wave}|{wave}':sample_rate={SAMPLE_RATE}:channel_layout=stereo,"
        f"atrim=end_sample={samples},"
        f"afade=t=in:start_sample=0:nb_samples={fade},"
        f"afade=t=out:start_sample={samples - fade}:nb_samples={fade}[sound]"
    )
