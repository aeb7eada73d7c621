"""Checkup: what `doctor` found, as lines for people and as a document for programs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from seedgen.views.document import Document
from seedgen.views.paint import harmless
from seedgen.views.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.views.paint import Paint


class Level(StrEnum):
    """How it stands with one thing: sound, worth knowing, worth mending, in the way."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `check` names it for programs; `remedy` says what to do about it."""

    check: str
    level: Level
    message: str
    detail: str = ""
    remedy: str = ""


class CheckDocument(Document):
    """One thing that was looked at."""

    check: str = Field(description="What was looked at: ffmpeg, cache, git …")
    level: Level
    message: str
    detail: str
    remedy: str = Field(description="What to do; empty where there is nothing to do.")


class DoctorDocument(Document):
    """What `seedgen doctor --json` prints."""

    format_version: Literal["1.0"] = "1.0"
    seedgen_version: str
    sound: bool = Field(description="No problem was found; warnings do not count.")
    checks: tuple[CheckDocument, ...]


def is_sound(found: Sequence[Finding]) -> bool:
    """Whether nothing is in the way."""
    return all(one.level is not Level.PROBLEM for one in found)


def doctor_document(found: Sequence[Finding], version: str) -> DoctorDocument:
    """What was found, for programs."""
    checks = tuple(
        CheckDocument(
            check=one.check, level=one.level, message=one.message, detail=one.detail, remedy=one.remedy
        )
        for one in found
    )
    return DoctorDocument(seedgen_version=version, sound=is_sound(found), checks=checks)


def checkup_text(found: Sequence[Finding], paint: Paint) -> str:
    """A line for each, with its remedy below, and how many are in the way."""
    marks = {
        Level.OK: paint.green(f"{'ok':<7}"),
        Level.NOTE: paint.dim(f"{'--':<7}"),
        Level.WARNING: paint.yellow("warning"),
        Level.PROBLEM: paint.red("problem"),
    }
    lines = []
    for one in found:
        lines.append(f"{marks[one.level]}  {harmless(one.message)}")
        lines += [f"{'':<9}{harmless(part)}" for part in (one.detail, one.remedy) if part]
    levels = [one.level for one in found]
    counts = [
        counted(levels.count(level), level.value)
        for level in (Level.PROBLEM, Level.WARNING)
        if level in levels
    ]
    return "\n".join([*lines, "", f"{', '.join(counts) or 'Everything is as it should be'}."]) + "\n"
