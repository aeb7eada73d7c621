"""Plays a slow tune of four chords: soft plucked strings over a warm ground, written as AAC."""

from __future__ import annotations

import subprocess
from array import array
from math import exp, pi, sin
from typing import TYPE_CHECKING

from seedgen.media.ffmpeg_finder import find_ffmpeg

if TYPE_CHECKING:
    from pathlib import Path

RATE = 24_000
BEAT = 0.75
"""Seconds: 80 beats a minute."""

# Semitones above A (110 Hz): the ground, and the notes that are plucked one after another, half a beat each.
BARS = (
    (0, (12, 19, 24, 28, 24, 19, 16, 19)),
    (-4, (8, 15, 20, 24, 27, 24, 20, 15)),
    (3, (15, 19, 22, 27, 31, 27, 22, 19)),
    (-2, (10, 17, 22, 26, 29, 26, 22, 17)),
    (0, (12, 19, 24, 28, 31, 28, 24, 19)),
    (0, (12, 16, 19, 24)),
)
SECONDS = (sum(len(notes) for _, notes in BARS) / 2 + 4) * BEAT
"""The last bar rings on for four beats."""


def play(path: Path) -> None:
    """Write the tune, mono at 24 kHz, compressed by the ffmpeg that comes with seedgen."""
    samples = _tune()
    peak = max(abs(s) for s in samples)
    sound = array("h", [round(s / peak * 20_000) for s in samples]).tobytes()
    source = ["-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", "pipe:0"]
    form = [
        "-c:a",
        "aac",
        "-b:a",
        "48k",
        "-fflags",
        "+bitexact",
        "-flags:a",
        "+bitexact",
        "-map_metadata",
        "-1",
    ]
    command = [str(find_ffmpeg(None, None).exe), "-v", "error", "-y", *source, *form, str(path)]
    subprocess.run(command, input=sound, check=True)


def _tune() -> list[float]:
    samples = [0.0] * int(RATE * SECONDS)
    at = 0.0
    for ground, notes in BARS:
        length = len(notes) / 2 * BEAT
        _ground(samples, at, length + 1.2, ground)
        for i, note in enumerate(notes):
            _pluck(samples, at + i * BEAT / 2, note, 0.9 if i % 4 == 0 else 0.6)
        at += length
    return samples


def _pitch(semitones: int) -> float:
    return 110.0 * 2 ** (semitones / 12)


def _pluck(samples: list[float], at: float, note: int, force: float) -> None:
    """A string: three harmonics, the higher the sooner gone."""
    step = 2 * pi * _pitch(note) / RATE
    start = int(at * RATE)
    for i in range(min(int(RATE * 2.6), len(samples) - start)):
        second = i / RATE
        rise = min(1.0, second / 0.006)
        wave = (
            sin(step * i) * exp(-second * 1.7)
            + 0.4 * sin(2 * step * i) * exp(-second * 3.2)
            + 0.16 * sin(3 * step * i) * exp(-second * 5.5)
        )
        samples[start + i] += force * rise * wave


def _ground(samples: list[float], at: float, length: float, note: int) -> None:
    """A bowed fifth below it all, that swells and ebbs."""
    low, fifth = (2 * pi * _pitch(note + above) / RATE for above in (-12, -5))
    start = int(at * RATE)
    count = min(int(RATE * length), len(samples) - start)
    for i in range(count):
        swell = sin(pi * i / count) ** 0.7
        samples[start + i] += 0.42 * swell * (sin(low * i) + 0.5 * sin(fifth * i) + 0.25 * sin(2 * low * i))
