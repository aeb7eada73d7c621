"""Saved plans on disk: one JSON file, written atomically, and read with care, as anybody may have made it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from seedgen.digest import is_deeper
from seedgen.errors import PlanUnreadable, UsageError
from seedgen.planning.saved_plan import SavedPlan
from seedgen.store.disk import replace_text

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 64 * 1024 * 1024
"""Bytes. A plan of 10,000 shots with requests of 2 KB takes a third of it."""

_DEEPEST = 64
"""Levels, which is further than anything lies that seedgen writes."""
_KEY = "seedgen_plan"
_AGAIN = "Make it anew with `seedgen plan -o FILE`."


def read_plan(path: Path) -> SavedPlan:
    """The plan that a file holds. Raises UsageError when there is no such file, PlanUnreadable."""
    value = _value(path, _bytes(path))
    version = value[_KEY]
    if is_deeper(value, _DEEPEST):
        raise PlanUnreadable(f"{path.name} is damaged: it is nested too deeply", remedy=_AGAIN)
    if isinstance(version, int) and version > 1:
        raise PlanUnreadable(
            f"{path.name} is a plan of version {version}; this seedgen reads version 1",
            remedy="Upgrade seedgen, or make the plan anew with this one.",
        )
    try:
        saved = SavedPlan.model_validate(value)
        saved.overrides()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the whole"
        what = first["msg"].removeprefix("Value error, ").lower()
        raise PlanUnreadable(f"{path.name} is damaged at {where}: {what}", remedy=_AGAIN) from error
    except ValueError as error:
        raise PlanUnreadable(f"{path.name} is damaged: {error}", remedy=_AGAIN) from error
    return saved


def write_plan(path: Path, saved: SavedPlan) -> None:
    """Write a plan, over an earlier plan but over nothing else. Raises UsageError, OSError."""
    if path.is_dir():
        raise UsageError(f"-o {path}: that is a folder", remedy="Name a file in it, such as plan.json.")
    if path.exists() and not is_plan(path):
        raise UsageError(
            f"-o {path}: that file is there already and is no plan",
            remedy="Give another name: only a plan is written over.",
        )
    replace_text(path, saved.to_text())


def is_plan(path: Path) -> bool:
    """Whether a file says of itself that it is a plan, readable or not."""
    try:
        _value(path, _bytes(path))
    except (PlanUnreadable, UsageError):
        return False
    return True


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except FileNotFoundError as error:
        raise UsageError(f"no file {path}", remedy="`seedgen plan -o FILE` makes a plan file.") from error
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror or error}",
            remedy="Name a file that `seedgen plan -o FILE` wrote.",
        ) from error
    if len(data) > LARGEST:
        raise PlanUnreadable(f"{path.name} is larger than a plan can be (64 MiB)", remedy=_AGAIN)
    return data


def _value(path: Path, data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise PlanUnreadable(
            f"{path.name} is no plan: it is not the JSON that `seedgen plan -o` writes", remedy=_AGAIN
        ) from error
    if not isinstance(value, dict) or _KEY not in value:
        hint = "`seedgen plan -o FILE` makes one; what `plan --json` prints is to be read only."
        raise PlanUnreadable(f"{path.name} is no saved plan", remedy=hint)
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
