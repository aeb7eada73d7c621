"""Hums a calm phrase: a glottal hum shaped by the resonances of vowels, written as a WAV file."""

from __future__ import annotations

import wave
from array import array
from itertools import pairwise
from math import cos, exp, pi, sin
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

RATE = 48_000
SECONDS = 3.6

# (second, pitch in Hz): a phrase that rises a little and settles.
MELODY = ((0.0, 174.6), (0.7, 196.0), (1.3, 220.0), (1.9, 207.7), (2.5, 196.0), (3.1, 174.6), (3.6, 171.0))
# (second, three resonances in Hz): mm, ah, oh, ah, mm.
VOWELS = (
    (0.0, (280, 1000, 2300)), (0.45, (300, 1050, 2300)), (0.95, (720, 1180, 2500)), (1.75, (480, 860, 2450)),
    (2.35, (700, 1150, 2500)), (3.0, (290, 1000, 2300)), (3.6, (270, 950, 2250)),
)  # fmt: skip
LOUDNESS = (
    (0.0, 0.0),
    (0.18, 0.55),
    (0.9, 1.0),
    (1.5, 0.85),
    (2.2, 1.0),
    (2.9, 0.6),
    (3.35, 0.35),
    (3.6, 0.0),
)
WIDTHS = (90.0, 120.0, 190.0)
GAINS = (1.0, 0.55, 0.22)
HARMONICS = 22
BLOCK = 240
"""Samples between two looks at the score: 5 ms."""


def hum(path: Path) -> None:
    """Write the phrase: mono, 48 kHz, 16 bit, peaking at half of full scale."""
    samples = _sing()
    peak = max(abs(s) for s in samples)
    sound = array("h", [round(s / peak * 16_000) for s in samples])
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(sound.tobytes())


def _sing() -> list[float]:
    samples: list[float] = []
    angle = 0.0
    levels = [0.0] * HARMONICS
    for start in range(0, int(RATE * SECONDS), BLOCK):
        second = start / RATE
        vibrato = 1 + 0.006 * sin(2 * pi * 5.1 * second) * min(1.0, second)
        pitch = _read(MELODY, second) * vibrato
        wanted = _levels(pitch, second)
        for i in range(BLOCK):
            f = i / BLOCK
            angle += 2 * pi * pitch / RATE
            samples.append(_sum(angle, [a + (b - a) * f for a, b in zip(levels, wanted, strict=True)]))
        levels = wanted
    return samples


def _sum(angle: float, levels: list[float]) -> float:
    """The harmonics of one sample, by Clenshaw's recurrence: one cosine instead of one sine each."""
    twice = 2 * cos(angle)
    ahead, further = 0.0, 0.0
    for level in reversed(levels):
        ahead, further = level + twice * ahead - further, ahead
    return ahead * sin(angle)


def _levels(pitch: float, second: float) -> list[float]:
    """How strong each harmonic is: the glottis falls off, the mouth resonates."""
    loud = _read(LOUDNESS, second)
    tract = [_read(tuple((t, f[i]) for t, f in VOWELS), second) for i in range(3)]
    levels = []
    for k in range(1, HARMONICS + 1):
        frequency = pitch * k
        mouth = sum(
            gain / (1 + ((frequency - peak) / width) ** 2)
            for gain, peak, width in zip(GAINS, tract, WIDTHS, strict=True)
        )
        levels.append(loud * (mouth + 0.02) * k**-0.9 * exp(-frequency / 6000))
    return levels


def _read(score: tuple[tuple[float, float], ...], second: float) -> float:
    """The value at a time, eased between the score's points."""
    for (t0, a), (t1, b) in pairwise(score):
        if second <= t1:
            f = (second - t0) / (t1 - t0)
            return a + (b - a) * (0.5 - 0.5 * cos(pi * f))
    return score[-1][1]
